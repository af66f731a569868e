// A place outside of the job's folder where complete files of archives are kept: a folder, or a bucket of S3.

import type { FileThere } from '../file-there.ts';

export interface Depot {
  /** As messages name it and the store keeps it: `s3://BUCKET/PREFIX`, or the absolute path of a folder. */
  readonly place: string;
  /**
   * Finds out whether files can be put there, and leaves nothing. Rejects with UsageError if not, or with ArchiveAway
   * if it does not answer.
   */
  check(): Promise<void>;
  /**
   * Puts a file of this machine there and verifies it. It overwrites nothing: rejects with MachineError if another file
   * has the name. A file that is already there is not put again.
   */
  put(file: FileHere, upload: Upload): Promise<void>;
  /** Rejects with an error of the code `ENOENT` if there is no such file. */
  open(name: string): Promise<DepotFile>;
  /** Puts a file in the place of the one that was opened with this tag. Rejects with MachineError if it has changed. */
  replace(file: FileHere, tag: string): Promise<void>;
}

/** A file of this machine that is to be put into a depot under this name. */
export interface FileHere {
  readonly name: string;
  readonly path: string;
}

export interface DepotFile extends FileThere {
  /** Tells whether the file has changed since. */
  readonly tag: string;
}

/** An upload in parts, which can go on after a crash. */
export interface Upload {
  /** The name of the upload that an earlier process has begun; empty if there is none. */
  readonly begun: string;
  /** Keeps the name of an upload. It resolves once that is durable. */
  note(name: string): Promise<void>;
  readonly signal: AbortSignal;
}

/** For a file that is put at once and never goes on. */
export const AT_ONCE: Upload = { begun: '', note: async () => {}, signal: new AbortController().signal };

/** The error for a file that is not in its depot. */
export function notThere(name: string): Error {
  return Object.assign(new Error(`${name} is not there`), { code: 'ENOENT' });
}
