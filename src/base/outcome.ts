// A request and what it gave.

import type { ErrorCode, SkipReason } from './errors.ts';

/** One request. The transport adds Host, User-Agent, Accept, Accept-Encoding and Connection. */
export interface Request {
  /** Absolute http(s) URL without fragment, asked for exactly as it stands. */
  readonly url: string;
  readonly method: 'GET' | 'HEAD';
  /** Extra headers, name and value by turns; they replace defaults of the same name. */
  readonly headers?: readonly string[];
  /** The body is cut there, coded and decoded, wherever the client cuts others. */
  readonly bodyBytesMax?: number;
  /** Asked once a body has grown long; without it all bodies stay in memory. */
  readonly spool?: OpenSpool;
}

/** Where a body goes that is too long for memory. Nothing of it throws: what a disk refused is told by `Spooled`. */
export interface Spool {
  write(bytes: Uint8Array): void;
  /** No more will come. */
  end(): Spooled;
}

export interface Spooled {
  readonly bytes: number;
  readonly sha256: Uint8Array;
  /** The file that holds it; empty where only its digest was wanted. */
  readonly path: string;
  /** Why the file does not hold all of it. */
  readonly failure: Error | null;
  /** Writes a piece more; throws what the disk says to it. */
  prove(): void;
  /** Nobody needs it any more. */
  drop(): void;
}

/** Null where a body of that type, beginning so, must stay in memory because it will be read. */
export type OpenSpool = (contentType: string, beginning: Uint8Array) => Spool | null;

/** Header names and values by turns, order, case and repetition as received. */
export type RawHeaders = readonly string[];

/** What a request gave. A failure is an outcome too: `error` is set, and `status` is 0 unless a response began. */
export interface Outcome {
  readonly url: string;
  /** 0 when no response began. */
  readonly status: number;
  readonly error: ErrorCode | null;
  /** Set where the guard refused before connecting; then `error` is null and `status` 0. */
  readonly refused: SkipReason | null;
  /** What happened in words, for people: never parsed. */
  readonly detail: string;
  /** Cut by us at a size (`length`) or time, or by the peer (`disconnect`). */
  readonly truncated: null | 'length' | 'time' | 'disconnect';
  readonly headers: RawHeaders;
  /** The request's bytes as sent, as latin1 text. */
  readonly requestHead: string;
  /** Status line and headers of the final response as they came, blank line included, as latin1 text. */
  readonly responseHead: string;
  /** The body after the transfer coding and before the content coding; nothing where it is in `spooled`. */
  readonly rawBody: Uint8Array;
  /** The body after the content coding; the very `rawBody` where there was none. */
  readonly body: Uint8Array;
  /** A content coding that we lack was met: `body` is empty, and `rawBody` has what came. */
  readonly isCoded?: true;
  /** Of `rawBody`, where it was made while the body came. */
  readonly sha256?: Uint8Array;
  /** `rawBody` itself was cut at a length, not only what it means. */
  readonly isRawCut?: true;
  /** The body where it was too long for memory. Whoever takes it over drops it. */
  readonly spooled: Spooled | null;
  /** Empty when no connection was made. */
  readonly remoteAddress: string;
  /** Start of the request, in wall time. */
  readonly startedAt: number;
  /** When the request was written to its connection, or begun where it never was; in steady time. */
  readonly sentAt: number;
  /** From the start to the first byte of the response; 0 where none came. */
  readonly firstByteMs: number;
  readonly elapsedMs: number;
  /** Bytes read from the connection for this response. */
  readonly wireBytes: number;
}

/** One request, no waiting for a host, no redirects. Never rejects: failures are outcomes. */
export type Fetch = (request: Request, signal: AbortSignal) => Promise<Outcome>;
/** A wrapper with one concern of its own. */
export type Layer = (next: Fetch) => Fetch;
