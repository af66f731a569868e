// The files of an archive and the places in them.

export interface ArchivePlace {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** A complete file of an archive that is kept outside of the job's folder, or is on its way there. */
export interface MovedFile {
  /** Its name in the rows: `archive/NAME`. */
  readonly file: string;
  /** Where it goes: `s3://BUCKET/PREFIX`, or the absolute path of a folder. */
  readonly place: string;
  readonly bytes: number;
  /** It is there and was verified. Until then the file in the job's folder is the one that counts. */
  readonly isThere: boolean;
  /** The name of an upload in parts that has begun; empty if there is none. */
  readonly upload: string;
}

/** The writing side; the reading side is `moved` of the ledger. */
export interface MovedFiles {
  /** Replaces what was known of the file. Resolves once it is durable. */
  note(moved: MovedFile): Promise<void>;
}
