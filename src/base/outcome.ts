// A request and its outcome.

import type { ErrorCode, SkipReason } from './errors.ts';

/** One request. The transport adds Host, User-Agent, Accept, Accept-Encoding and Connection. */
export interface Request {
  /** An absolute http(s) URL without fragment, requested exactly as it stands. */
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Extra headers as name, value, name, value. They replace defaults of the same name. */
  readonly headers?: readonly string[];
  /** The fields of a form: the body of a POST, with a character for each byte. Over HTTP/1.1 alone. */
  readonly form?: { readonly type: string; readonly body: string };
  /** The cookies to send, as the value of a field. Those that the user gives for the URL's origin are sent before. */
  readonly cookies?: string;
  /** The body is cut here, coded and decoded, instead of at the client's limit. */
  readonly bodyBytesMax?: number;
  /** Called once a body has grown long; without it all bodies stay in memory. */
  readonly spool?: OpenSpool;
  /**
   * The URL broke off before although its host answers others, usually after this time. So its first byte is waited for
   * half as long, but at least several times as long as is usual.
   */
  readonly usualMs?: number | undefined;
  /** Called when a connection was made for the request, just before it is written there. It may abort the request. */
  readonly beforeSent?: () => unknown;
}

/** Takes a body that is too long for memory. Its methods do not throw: `Spooled` tells if the disk failed. */
export interface Spool {
  write(bytes: Uint8Array): void;
  /** Called after the last piece. */
  end(): Spooled;
}

export interface Spooled {
  readonly bytes: number;
  readonly sha256: Uint8Array;
  /** Its first bytes, which tell what it is. */
  readonly beginning: Uint8Array;
  /** The file with the body; empty if only the digest was wanted. */
  readonly path: string;
  /** Why the file does not hold the whole body. */
  readonly failure: Error | null;
  /** Writes one more piece; throws the error of the disk. */
  prove(): void;
  /** Nothing needs the file any more. Resolves when it is gone, and never rejects. */
  drop(): Promise<void>;
}

/**
 * Opens a spool; null if a body of this type and beginning must stay in memory because it will be parsed. The beginning
 * of a coded body is empty.
 */
export type OpenSpool = (contentType: string, beginning: Uint8Array) => Spool | null;

/** What was agreed on in the TLS handshake, and what the server's certificate says. Dates are ISO 8601. */
export interface TlsFacts {
  /** As `TLSv1.3`. */
  readonly version: string;
  /** By its name in the standard. */
  readonly cipher: string;
  readonly subject: string;
  /** The names and addresses that it is for. */
  readonly names: readonly string[];
  readonly issuer: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly isResumed: boolean;
}

/** Header fields as name, value, name, value; order, case and repetition as received. */
export type RawHeaders = readonly string[];

/** The outcome of a request. A failure is an outcome too: `error` is set, and `status` is 0 unless a response began. */
export interface Outcome {
  readonly url: string;
  /** 0 if no response began. */
  readonly status: number;
  readonly error: ErrorCode | null;
  /** Set if the guard refused before connecting; then `error` is null and `status` is 0. */
  readonly refused: SkipReason | null;
  /** What happened in words, for people; never parsed. */
  readonly detail: string;
  /** The first thing in the framing of the response that is not as the standard has it, in words; absent if it is. */
  readonly oddity?: string;
  /** Cut by us at a size (`length`) or a time, or by the peer (`disconnect`). */
  readonly truncated: null | 'length' | 'time' | 'disconnect';
  readonly headers: RawHeaders;
  /** The bytes of the request as sent, as latin1 text. */
  readonly requestHead: string;
  /** Status line and headers of the final response as received, with the blank line, as latin1 text. */
  readonly responseHead: string;
  /** The body after the transfer coding and before the content coding; empty if it is in `spooled`. */
  readonly rawBody: Uint8Array;
  /** The body after the content coding; the same object as `rawBody` if there was none. */
  readonly body: Uint8Array;
  /** The body has a content coding that we lack: `body` is empty, and `rawBody` has what came. */
  readonly isCoded?: true;
  /** The content coding is damaged: `body` is what could be read of it, and `rawBody` is what was sent. */
  readonly isDamaged?: true;
  /** It is damaged only behind its last block, for example in its checksum: `body` is all that was sent. */
  readonly isWhole?: boolean;
  /** The digest of `rawBody`, if it was computed while the body came. */
  readonly sha256?: Uint8Array;
  /** The server asked who the user is, and the same request would tell it now. */
  readonly isChallenge?: true;
  /** `rawBody` itself was cut at a length, not only the decoded body. */
  readonly isRawCut?: true;
  /** The body if it was too long for memory. The part that takes it over must drop it. */
  readonly spooled: Spooled | null;
  /** Empty if no connection was made, and if it went to a proxy or to a Unix socket. */
  readonly remoteAddress: string;
  /** `http/1.1` or `h2`; empty if nothing was sent. */
  readonly protocol: string;
  /** The proxy that the request went to, without its password. */
  readonly proxy?: string;
  /** Of its connection; only if the client tells it. */
  readonly tls?: TlsFacts;
  /** The start of the request, in wall time. */
  readonly startedAt: number;
  /** When the request was written to its connection or, if it never was, when it started; in steady time. */
  readonly sentAt: number;
  /** From the start to the first byte of the response; 0 if none came. */
  readonly firstByteMs: number;
  readonly elapsedMs: number;
  /** Bytes read from the connection for this response. */
  readonly wireBytes: number;
}

/**
 * Makes one request, without waiting for a host and without following redirects. It never rejects: failures are
 * outcomes.
 */
export type Fetch = (request: Request, signal: AbortSignal) => Promise<Outcome>;
/** A wrapper with a concern of its own. */
export type Layer = (next: Fetch) => Fetch;
