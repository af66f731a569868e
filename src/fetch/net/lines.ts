// The requests of an origin that wait for its one connection: while it is made, because only its handshake tells
// whether one is enough, and while it has no room. This part owns the lines and decides who makes a connection; the
// dispatcher sends.

import type { Connection } from '../connection.ts';
import type { Exchange } from '../exchange.ts';
import type { Origin } from './origins.ts';

interface Line {
  /** The exchange for which a connection is being made. */
  leader: Exchange | null;
  /** The connection that takes what comes next. */
  connection: Connection | null;
  readonly waiting: Set<Exchange>;
}

export class Lines {
  readonly #lines = new Map<Origin, Line>();

  /**
   * Makes the exchange wait, if there is something to wait for. Otherwise it is the one for which a connection is made.
   */
  join(exchange: Exchange): boolean {
    const { origin } = exchange;
    if (!origin.isSecure || origin.isSole === false) return false;
    const line = this.#lines.get(origin);
    if (line === undefined) {
      this.#lines.set(origin, { leader: exchange, connection: null, waiting: new Set() });
      return false;
    }
    line.waiting.add(exchange);
    exchange.dial = { close: () => line.waiting.delete(exchange) };
    return true;
  }

  /** The connection for the exchange stands. Returns those that must make one of their own. */
  connected({ origin }: Exchange, connection: Connection): readonly Exchange[] {
    const { isSole } = connection.protocol;
    if (origin.isSecure) origin.isSole = isSole;
    const line = this.#lines.get(origin);
    if (line === undefined || line.connection !== null) return [];
    line.leader = null;
    line.connection = connection;
    return isSole ? [] : this.#dissolved(origin, line);
  }

  /** No connection could be made for the exchange. Returns those that waited for it too. */
  failed(exchange: Exchange): readonly Exchange[] {
    const line = this.#lines.get(exchange.origin);
    return line === undefined || line.leader !== exchange ? [] : this.#dissolved(exchange.origin, line);
  }

  /** The exchange that had a connection made, or the connection, is gone. Returns the one that has one made now. */
  next(gone: Exchange | Connection): Exchange | null {
    const origin = 'origin' in gone ? gone.origin : gone.wire.origin;
    const line = this.#lines.get(origin);
    if (line === undefined || (line.leader !== gone && line.connection !== gone)) return null;
    line.connection = null;
    line.leader = this.#shift(line);
    if (line.leader === null) this.#lines.delete(origin);
    return line.leader;
  }

  /** The first that waits for room on the origin's connection. */
  take(origin: Origin): Exchange | null {
    const line = this.#lines.get(origin);
    return line === undefined || line.connection === null ? null : this.#shift(line);
  }

  #shift({ waiting }: Line): Exchange | null {
    for (const exchange of waiting) {
      // It is about to be told.
      if (exchange.signal.aborted) continue;
      waiting.delete(exchange);
      exchange.dial = null;
      return exchange;
    }
    return null;
  }

  #dissolved(origin: Origin, { waiting }: Line): readonly Exchange[] {
    this.#lines.delete(origin);
    return [...waiting];
  }
}
