// Happy eyeballs (RFC 8305, section 5): a host with several addresses is called at one after the other, the next when
// the one before has failed or is slow, and whichever answers first is taken. A race owns its attempts until one of
// them has won.

import type { Clock, Timer } from '../../base/clock.ts';
import { CONNECT_ATTEMPT_DELAY_MS } from '../../base/limits.ts';
import type { Failure } from '../failure.ts';
import type { Contest, Wire } from './wire.ts';

export interface RaceParts {
  /** In the order in which to try; two at least. */
  readonly addresses: readonly string[];
  readonly open: (address: string) => Wire;
  /** Whether another wire may be opened besides the one that the request needs. */
  readonly hasRoom: () => boolean;
  readonly won: (wire: Wire) => void;
  /** All have failed. */
  readonly lost: (failure: Failure) => void;
}

export class Race implements Contest {
  readonly #parts: RaceParts;
  readonly #clock: Clock;
  readonly #attempts = new Set<Wire>();
  #next = 0;
  #timer: Timer | null = null;
  #failure: Failure | null = null;

  constructor(clock: Clock, parts: RaceParts) {
    this.#clock = clock;
    this.#parts = parts;
    this.#attempt();
  }

  won(wire: Wire): void {
    this.#attempts.delete(wire);
    this.close();
    wire.race = null;
    this.#parts.won(wire);
  }

  /** One attempt failed; it is closed. */
  failed(wire: Wire, failure: Failure): void {
    this.#attempts.delete(wire);
    // The failure that says most is reported: that one of many addresses has no route from here says little.
    if (this.#failure === null || isVague(this.#failure)) this.#failure = failure;
    if (this.#next < this.#parts.addresses.length) this.#attempt();
    else if (this.#attempts.size === 0) this.#parts.lost(this.#failure);
  }

  /** Ends all attempts. */
  close(): void {
    this.#timer?.cancel();
    for (const attempt of this.#attempts) attempt.close();
    this.#attempts.clear();
    this.#next = this.#parts.addresses.length;
  }

  #attempt(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#attempts.size > 0 && !this.#parts.hasRoom()) {
      this.#attemptLater();
      return;
    }
    const wire = this.#parts.open(this.#parts.addresses[this.#next]!);
    wire.race = this;
    this.#attempts.add(wire);
    this.#next += 1;
    if (this.#next < this.#parts.addresses.length) this.#attemptLater();
  }

  #attemptLater(): void {
    this.#timer = this.#clock.after(CONNECT_ATTEMPT_DELAY_MS, () => this.#attempt());
  }
}

function isVague(failure: Failure): boolean {
  return failure.code === 'unreachable' || failure.code === 'machine';
}
