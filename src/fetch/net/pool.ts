// Connections that wait for another request. The one used last is used first, so that those that are not needed grow old.
// The pool owns which connections are idle; it never queues: who finds none opens one.

import { IDLE_CONNECTION_MS, IDLE_CONNECTIONS_MAX } from '../../base/limits.ts';
import type { Connection } from '../http1/connection.ts';
import type { Origin } from './origins.ts';

/** Of all connections, idle or not. */
export interface ConnectionFigures {
  readonly open: number;
  readonly opened: number;
  readonly reused: number;
  readonly replayed: number;
}

/** A server closes when its own timeout is over; what we send at that very moment is lost. */
const MARGIN_MS = 500;

export class Pool {
  /** In the order in which they fell idle. */
  readonly #idle = new Set<Connection>();
  /** The same, by origin. */
  readonly #stacks = new Map<Origin, Connection[]>();

  #inFlightMost = IDLE_CONNECTIONS_MAX;

  get size(): number {
    return this.#idle.size;
  }

  /** A connection to the origin that is as good as new; null where there is none. */
  take(origin: Origin): Connection | null {
    const stack = this.#stacks.get(origin);
    if (stack === undefined) return null;
    let found: Connection | null = null;
    while (found === null && stack.length > 0) {
      const connection = stack.pop()!;
      this.#idle.delete(connection);
      if (connection.isRested) connection.close();
      else found = connection;
    }
    if (stack.length === 0) this.#stacks.delete(origin);
    return found;
  }

  /** Keeps a connection whose server lets it live for `keepAliveMs`; closes it, or an older one, where there is no room. */
  put(connection: Connection, keepAliveMs: number, inFlight: number): void {
    const idleMs = Math.min(IDLE_CONNECTION_MS, keepAliveMs - MARGIN_MS);
    if (idleMs <= 0) {
      connection.close();
      return;
    }
    connection.rest(idleMs);
    const stack = this.#stacks.get(connection.origin);
    if (stack === undefined) this.#stacks.set(connection.origin, [connection]);
    else stack.push(connection);
    this.#idle.add(connection);
    // Never more that wait for work than have been at work: a large crawl would close what it is about to need.
    this.#inFlightMost = Math.max(this.#inFlightMost, inFlight + 1);
    if (this.#idle.size <= this.#inFlightMost) return;
    this.dropOldest();
  }

  /** Gives back a descriptor, where one is kept for nothing. */
  dropOldest(): void {
    const [oldest] = this.#idle;
    if (oldest !== undefined) this.drop(oldest);
  }

  drop(connection: Connection): void {
    connection.close();
    if (!this.#idle.delete(connection)) return;
    const stack = this.#stacks.get(connection.origin)!;
    stack.splice(stack.indexOf(connection), 1);
    if (stack.length === 0) this.#stacks.delete(connection.origin);
  }

  close(): void {
    for (const connection of this.#idle) connection.close();
    this.#idle.clear();
    this.#stacks.clear();
  }
}
