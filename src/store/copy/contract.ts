// What a database does for a copy of a job: as the place where the job is, and as the place where it goes.

import type { Mark } from './mark.ts';
import type { CopiedRow, JobHead, Key, Part, PartSums } from './parts.ts';

/** The same with the mark of a move. */
export interface MarkedHead extends JobHead {
  readonly mark: Mark | null;
}

/** A job that is read. All stored times of its rows are by the clock of this machine. */
export interface CopySource {
  /** What a message calls it. */
  readonly shown: string;
  readonly head: JobHead;
  readonly mark: Mark | null;
  /** The rows of a part beyond the key, in order; no more than `ROWS_COPIED_MAX`. */
  page(part: Part, after: Key): Promise<readonly CopiedRow[]>;
  /** The ids of URLs beyond this one, in order; an empty list if there are no more. */
  ids(after: number): Promise<readonly number[]>;
  sums(): Promise<PartSums>;
  /** What may change beside what `sums` tells. */
  moment(): Promise<string>;
  /** Marks the job as moved. */
  leave(to: string): Promise<void>;
  close(): Promise<void>;
}

/** Where the copy goes. */
export interface CopyTarget {
  /** What a message calls it. */
  readonly shown: string;
  /** What is there; null if nothing is. */
  readonly there: MarkedHead | null;
  /** Deletes what is there. */
  clear(): Promise<void>;
  /** Prepares for rows of this job; what is there already stays. */
  begin(source: Pick<CopySource, 'head' | 'ids'>, mark: Mark): Promise<void>;
  /** Writes the rows and the mark in one transaction. */
  write(part: Part, rows: readonly CopiedRow[], mark: Mark): Promise<void>;
  sums(): Promise<PartSums>;
  /** The copy is whole and the source has left: it is the job now. */
  arrive(): Promise<void>;
  close(): Promise<void>;
}
