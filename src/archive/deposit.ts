// What is handed to the archive's writer: the facts of one exchange as plain data, so that they can cross to another
// thread, and its body beside them.

import type { ArchivePlace, Link } from '../base/contracts.ts';
import { BODY_IN_MEMORY_BYTES_MAX } from '../base/limits.ts';
import type { KeptPlace } from './known-payloads.ts';
import type { Original, RecordedExchange } from './warc-record.ts';

export type Deposit = RecordedExchange & {
  readonly status: number;
  /** The value of Content-Type; empty if there was none. */
  readonly contentType: string;
  /** The body had a content coding, so it arrived compressed. */
  readonly isCoded: boolean;
  /** The file that holds the body; empty if the body is in memory. */
  readonly part: string;
  /** A record of an earlier run that was seen with this payload, or what it says if it is not on this machine. */
  readonly kept: KeptPlace | Original | null;
  /** The links of the page, if the archive keeps them. */
  readonly links: readonly Link[];
};

/** Writes exchanges to the files of an archive. It owns the files, and remembers which payloads it has stored. */
export interface ArchiveWriter {
  /**
   * Resolves with the place of the response's record once it is on disk, in the order of the places. The caller leaves
   * `body` unchanged until then. Rejects with MachineError.
   */
  append(deposit: Deposit, body: Uint8Array): Promise<ArchivePlace>;
  close(): Promise<void>;
}

/** Whether the body in memory is too long for a record in memory. */
export function isLongInMemory({ part, bodyBytes }: Deposit): boolean {
  return part === '' && bodyBytes > BODY_IN_MEMORY_BYTES_MAX;
}
