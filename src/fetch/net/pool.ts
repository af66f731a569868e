// Connections that take another request: those that are idle, and busy ones that still have room. The one used last is
// used first, so that those that are not needed grow old. The pool never queues: a request that finds no connection has
// one opened.

import { CLOSED_AT_ONCE_MAX, IDLE_CONNECTION_MS, IDLE_CONNECTIONS_MAX } from '../../base/limits.ts';
import type { Connection } from '../connection.ts';
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
  /** By origin, all that have room. */
  readonly #stacks = new Map<Origin, Connection[]>();

  #inFlightMost = IDLE_CONNECTIONS_MAX;

  /** How many are idle. */
  get size(): number {
    return this.#idle.size;
  }

  /** A connection to the origin that has room for another exchange, ready to use; null if there is none. */
  take(origin: Origin): Connection | null {
    const stack = this.#stacks.get(origin);
    if (stack === undefined) return null;
    while (stack.length > 0) {
      const connection = stack.at(-1)!;
      const { room, wire } = connection;
      const wasIdle = this.#idle.delete(connection);
      const isFit = room > 0 && !(wasIdle && wire.isRested);
      if (!isFit || room === 1) {
        stack.pop();
        connection.isPooled = false;
        if (stack.length === 0) this.#stacks.delete(origin);
      }
      if (isFit) {
        wire.wake();
        return connection;
      }
      if (wasIdle) wire.lost(null);
    }
    return null;
  }

  /**
   * Keeps a connection that has room. An idle one is kept as long as its server lets it live. If there are too many
   * idle ones, the oldest is closed.
   */
  put(connection: Connection, keepAliveMs: number, inFlight: number): void {
    if (connection.isIdle) {
      const idleMs = Math.min(IDLE_CONNECTION_MS, keepAliveMs - MARGIN_MS);
      if (idleMs <= 0) {
        this.drop(connection);
        return;
      }
      connection.wire.rest(idleMs);
      this.#idle.add(connection);
    }
    this.offer(connection);
    // No more connections are idle than were ever busy at once. A lower limit would close what a large crawl needs
    // soon.
    this.#inFlightMost = Math.max(this.#inFlightMost, inFlight + 1);
    if (this.#idle.size > this.#inFlightMost) this.dropOldest();
  }

  /** Makes the connection available to the next exchange, if it has room. */
  offer(connection: Connection): void {
    if (connection.isPooled || connection.room === 0) return;
    connection.isPooled = true;
    const { origin } = connection.wire;
    const stack = this.#stacks.get(origin);
    if (stack === undefined) this.#stacks.set(origin, [connection]);
    else stack.push(connection);
  }

  /** Closes the oldest idle connection, if there is one, to free its descriptor. */
  dropOldest(): void {
    const [oldest] = this.#idle;
    if (oldest !== undefined) this.drop(oldest);
  }

  /** Makes the connection unavailable to further exchanges. */
  forget(connection: Connection): void {
    this.#idle.delete(connection);
    if (!connection.isPooled) return;
    connection.isPooled = false;
    const { origin } = connection.wire;
    const stack = this.#stacks.get(origin)!;
    stack.splice(stack.indexOf(connection), 1);
    if (stack.length === 0) this.#stacks.delete(origin);
  }

  /** Closes all that are idle. There may be ten thousand, so the event loop gets turns. */
  async close(turn: () => Promise<void>): Promise<void> {
    for (const stack of this.#stacks.values()) for (const connection of stack) connection.isPooled = false;
    this.#stacks.clear();
    let closed = 0;
    for (const connection of this.#idle) {
      this.drop(connection);
      closed += 1;
      if (closed % CLOSED_AT_ONCE_MAX === 0) await turn();
    }
  }

  drop(connection: Connection): void {
    this.forget(connection);
    // The connection is told: others may rely on it.
    connection.wire.lost(null);
  }
}
