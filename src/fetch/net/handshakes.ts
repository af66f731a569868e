// Spreads the handshakes of TLS over turns of the event loop. A handshake takes some 40 KB that are free after it. If
// thousands begin at once, all of that is taken before the first is done, and what is freed between the connections
// that stay never goes back to the system. This part owns the exchanges that wait for their turn.

import type { Clock } from '../../base/clock.ts';
import { HANDSHAKES_A_TURN_MAX } from '../../base/limits.ts';
import type { Exchange } from '../exchange.ts';

export class Handshakes {
  readonly #clock: Pick<Clock, 'turn'>;
  readonly #begin: (exchange: Exchange) => void;
  readonly #waiting = new Set<Exchange>();
  /** In this turn. */
  #begun = 0;

  constructor(clock: Pick<Clock, 'turn'>, begin: (exchange: Exchange) => void) {
    this.#clock = clock;
    this.#begin = begin;
  }

  /** Begins it now or in a later turn; time before that does not count for it. */
  begin(exchange: Exchange): void {
    if (this.#waiting.size > 0 || this.#begun === HANDSHAKES_A_TURN_MAX) {
      this.#waiting.add(exchange);
      exchange.dial = { close: () => this.#waiting.delete(exchange) };
      return;
    }
    if (this.#begun === 0) this.#clock.turn().then(() => this.#turned());
    this.#begun += 1;
    this.#begin(exchange);
  }

  #turned(): void {
    this.#begun = 0;
    const next = [...this.#waiting.values().take(HANDSHAKES_A_TURN_MAX)];
    if (next.length > 0) this.#clock.turn().then(() => this.#turned());
    for (const exchange of next) {
      // One that began before it may have aborted it.
      if (!this.#waiting.delete(exchange)) continue;
      exchange.dial = null;
      exchange.begin();
      this.#begun += 1;
      this.#begin(exchange);
    }
  }
}
