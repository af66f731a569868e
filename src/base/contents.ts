// The reading side of the archive: what was kept of a row's response.

import type { Row } from './ledger.ts';
import type { RawHeaders } from './outcome.ts';

export interface Content {
  /** The URL as requested. It is another form of the row's URL if the server redirected there. */
  readonly url: string;
  /** When it was requested: ISO 8601, UTC. */
  readonly date: string;
  readonly status: number;
  readonly headers: RawHeaders;
  /** The body without its transfer coding, still in its content coding. */
  readonly rawBody: Uint8Array;
  /** The decoded body; if its coding is damaged, the part that could be decoded. */
  readonly body: Uint8Array;
  /** Whether the body is everything that the server sent. */
  readonly isWhole: boolean;
}

/** A place in the archive that cannot be read, and why, in words. */
export interface Unreadable {
  readonly file: string;
  readonly offset: number;
  readonly damage: string;
  /** The record is there, and too long to be read at once. */
  readonly isTooLong?: true;
}

export interface Contents {
  /** Null if the row has no record. */
  of(row: Pick<Row, 'archive'>): Promise<Content | Unreadable | null>;
}
