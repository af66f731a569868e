// The archive's reading side: what was kept of the response that a row tells of.

import type { Row } from './ledger.ts';
import type { RawHeaders } from './outcome.ts';

export interface Content {
  /** As it was asked; another form of the row's URL where the server sent it there at once. */
  readonly url: string;
  /** ISO 8601, UTC: when it was asked. */
  readonly date: string;
  readonly status: number;
  readonly headers: RawHeaders;
  /** Without its transfer coding, with its content coding. */
  readonly rawBody: Uint8Array;
  /** What it means; what could be read where its coding is damaged. */
  readonly body: Uint8Array;
  /** It is all that the server sent. */
  readonly isWhole: boolean;
}

/** A place of the archive that cannot be read, and why, in words. */
export interface Unreadable {
  readonly file: string;
  readonly offset: number;
  readonly damage: string;
}

export interface Contents {
  /** Null where the row has no record. */
  of(row: Pick<Row, 'archive'>): Promise<Content | Unreadable | null>;
}
