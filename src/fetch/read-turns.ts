// Some responses come in pieces of a byte, each of which costs as much to read as a piece of a kilobyte. What is read
// of them in one turn of the event loop has a bound: the rest of a read waits here for a later turn, and its socket is
// not read meanwhile.

import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { HTTP2_PIECES_AT_ONCE_MAX } from '../base/limits.ts';
import { READ_ON_MS, READ_STEPS_CROWDED_MAX, READ_STEPS_MAX } from '../base/limits-of-connections.ts';

export interface Toiling {
  /** Reads on. Returns whether it must wait again. */
  readOn(): boolean;
}

export class ReadTurns {
  readonly #clock: Pick<Clock, 'now' | 'turn'>;
  readonly #waiting = new Set<Toiling>();
  #isGoing = false;

  constructor(clock: Pick<Clock, 'now' | 'turn'>) {
    this.#clock = clock;
  }

  /** How many pieces one read may have before it waits. */
  get stepsMax(): number {
    return this.#isGoing ? READ_STEPS_CROWDED_MAX : READ_STEPS_MAX;
  }

  /** Its `readOn` is called in a later turn. */
  wait(one: Toiling): void {
    this.#waiting.add(one);
    if (!this.#isGoing) void this.#go();
  }

  async #go(): Promise<void> {
    this.#isGoing = true;
    while (this.#waiting.size > 0) {
      await this.#clock.turn();
      const endsAt = this.#clock.now() + READ_ON_MS;
      for (const one of this.#waiting) {
        this.#waiting.delete(one);
        // Behind all others.
        if (one.readOn()) this.#waiting.add(one);
        if (this.#clock.now() >= endsAt) break;
      }
    }
    this.#isGoing = false;
  }
}

/** Counts the pieces of a socket that Node itself reads, and pauses it for a turn. */
export class Pieces implements Toiling {
  readonly #socket: Socket;
  readonly #turns: ReadTurns;
  #count = 0;

  constructor(socket: Socket, turns: ReadTurns) {
    this.#socket = socket;
    this.#turns = turns;
  }

  came(): void {
    this.#count += 1;
    if (this.#count !== HTTP2_PIECES_AT_ONCE_MAX) return;
    this.#socket.pause();
    this.#turns.wait(this);
  }

  readOn(): boolean {
    this.#count = 0;
    this.#socket.resume();
    return false;
  }
}
