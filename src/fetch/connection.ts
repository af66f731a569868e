// What speaks on a wire, as the dispatcher and the pool see it. The protocol decides how many exchanges share one, and
// what is written for them: HTTP/1.1 takes one at a time, a multiplexing protocol many.

import type { BodyMemory } from './body-memory.ts';
import type { Carrier, Exchange } from './exchange.ts';
import type { Failure } from './failure.ts';
import type { RequestTail } from './http1/request-head.ts';
import type { Speaker, Wire } from './net/wire.ts';
import type { ReadTurns } from './read-turns.ts';

export interface Protocol {
  /** Its name in the TLS handshake (RFC 7301). */
  readonly version: string;
  /** One connection is enough for an origin. Requests wait for it while it is made, and while it has no room. */
  readonly isSole: boolean;
  /** Begins to speak on a wire that has just been opened. */
  readonly speak: (wire: Wire, owner: ConnectionOwner) => Connection;
}

/** What every protocol works with. */
export interface ProtocolParts {
  readonly requestTail: RequestTail;
  readonly memory: BodyMemory;
  readonly readTurns: ReadTurns;
  /** A longer body is cut at this length, unless its request names another limit. */
  readonly bodyBytesMax: number;
}

export type CreateProtocol = (parts: ProtocolParts) => Protocol;

export interface Connection extends Carrier, Speaker {
  readonly wire: Wire;
  readonly protocol: Protocol;
  /** How many exchanges more it takes now. */
  readonly room: number;
  /** No exchange is on it. */
  readonly isIdle: boolean;
  /** Belongs to the pool alone. */
  isPooled: boolean;
  /** Sends an exchange's request; there is room for it. */
  write(exchange: Exchange): void;
}

/**
 * What a server refused: one stream, the whole connection, or the rest of a connection that it has ended, of which it
 * took others.
 */
export type Refused = 'stream' | 'connection' | 'rest';

/** What a connection reports of itself and of its exchanges. An exchange has left it before its end is reported. */
export interface ConnectionOwner {
  /** An exchange's response has grown and is not complete yet. */
  grew(exchange: Exchange): void;
  /** An exchange's response is complete, or will never be more complete. */
  finished(exchange: Exchange): void;
  /**
   * An exchange ended before anything of its own response came. If it may be the cause itself, it is asked again
   * `alone`, on a connection of its own.
   */
  unanswered(exchange: Exchange, failure: Failure, alone?: boolean): void;
  /** The server told that it has not processed an exchange's request: it may be sent again (RFC 9113, section 8.7). */
  unprocessed(exchange: Exchange, failure: Failure, refused: Refused): void;
  /** Bytes came for an exchange. This is the last call that follows, because it may abort all that is in flight. */
  took(bytes: number, exchange: Exchange): void;
  /** The connection has more room than before. While it is idle it may be kept for `keepAliveMs`. */
  freed(connection: Connection, keepAliveMs: number): void;
  /** It takes nothing more. */
  withdrawn(connection: Connection): void;
}
