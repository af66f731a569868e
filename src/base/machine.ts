// Tells what a failure of the machine is, by the name that the system or SQLite gives it. One table serves everything
// that opens, writes or reads a file.

import { GossamerError, MachineError } from './errors.ts';

/** What the machine lacks, or which part of it is broken. */
export interface Trouble {
  /** A part of a sentence. */
  readonly words: string;
  /** What may become available later; null if waiting is useless. */
  readonly lacks: 'room on the disk' | 'files that may be open' | 'the database' | 'the place of the archive' | null;
}

/** The database does not answer, or not as it should; that may pass. Its message has no secrets. */
export class DatabaseAway extends Error {
  constructor(cause: Error, why = 'the database does not answer') {
    super(why, { cause });
    this.name = 'DatabaseAway';
  }
}

/**
 * The place outside of the job's folder that has files of the archive does not answer, or refuses us; that may change.
 * Its message names the place and has no secrets.
 */
export class ArchiveAway extends Error {
  constructor(place: string, why: string, options?: { cause?: unknown }) {
    super(`${place}: ${why}`, options);
    this.name = 'ArchiveAway';
  }
}

const ROOM = 'room on the disk';
const FILES = 'files that may be open';

const BY_NAME: Readonly<Record<string, Trouble>> = {
  ENOSPC: { words: 'the disk is full', lacks: ROOM },
  EDQUOT: { words: 'the disk quota is used up', lacks: ROOM },
  EMFILE: { words: 'this process has too many files open', lacks: FILES },
  ENFILE: { words: 'this machine has too many files open', lacks: FILES },
  ENOMEM: { words: 'there is no memory left', lacks: null },
  EIO: { words: 'the disk fails (input/output error)', lacks: null },
  EROFS: { words: 'the disk is read-only', lacks: null },
  EFBIG: { words: 'the file would be larger than this machine allows', lacks: null },
  ENODEV: { words: 'the disk is gone', lacks: null },
  ENXIO: { words: 'the disk is gone', lacks: null },
  ESTALE: { words: 'the disk is gone', lacks: null },
  EUCLEAN: { words: 'the file system is damaged', lacks: null },
};

/** Errors without a name in Node ("Unknown system error -122"): those of Linux, and the quota of macOS. */
const BY_NUMBER: Readonly<Record<number, string>> = { 69: 'EDQUOT', 116: 'ESTALE', 117: 'EUCLEAN', 122: 'EDQUOT' };

const DAMAGED: Trouble = { words: 'it is damaged', lacks: null };

// https://www.sqlite.org/rescode.html; the low byte is the primary code. A code that is missing here is our own
// mistake, not a failure of the machine.
const BY_SQLITE: Readonly<Record<number, Trouble>> = {
  5: { words: 'another program keeps it locked', lacks: null },
  7: BY_NAME['ENOMEM']!,
  8: { words: 'it may not be written', lacks: null },
  10: { words: 'the disk fails', lacks: null },
  11: DAMAGED,
  13: BY_NAME['ENOSPC']!,
  14: { words: 'it cannot be opened', lacks: null },
  15: { words: 'it cannot be locked', lacks: null },
  26: DAMAGED,
};

/** Codes that concern the database, not the disk. */
const SQLITE_OF_DATABASE: ReadonlySet<number> = new Set([5, 7, 8, 11, 14, 15, 26]);

/** The system's name for a failed call, `ENOSPC`; null if the error is not from the system. */
export function systemName(error: unknown): string | null {
  if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') return null;
  const { code } = error as { code?: unknown };
  return BY_NUMBER[Math.abs(error.errno)] ?? (typeof code === 'string' ? code : null);
}

/** The primary result code of SQLite; null for any other error. */
export function sqliteCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : null;
}

/** Null if the machine did not fail: an impossible path, or a mistake of ours. */
export function troubleOf(error: unknown): Trouble | null {
  if (error instanceof DatabaseAway) return { words: error.message, lacks: 'the database' };
  if (error instanceof ArchiveAway) return { words: error.message, lacks: 'the place of the archive' };
  const name = systemName(error);
  if (name !== null) return BY_NAME[name] ?? null;
  return BY_SQLITE[sqliteCode(error) ?? -1] ?? null;
}

const OF_READING: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is longer than this system allows',
};

/** Why a file that the user named cannot be read, in words; for a rare error, those of the system. */
export function whyUnread(error: unknown): string {
  return troubleOf(error)?.words ?? OF_READING[systemName(error) ?? ''] ?? (error as Error).message;
}

/**
 * Turns the error of a system or SQLite call that failed while a job is at work into the error to throw. `what` is a
 * sentence without its full stop. A missing or forbidden file is the machine's fault too. Other errors are returned
 * unchanged.
 */
export function asMachineError(error: unknown, what: string): unknown {
  if (error instanceof GossamerError) return error;
  const trouble = troubleOf(error);
  if (trouble === null && systemName(error) === null) return error;
  const advice = adviceFor(trouble);
  const words = trouble?.words ?? (error as Error).message;
  const isDatabase = error instanceof DatabaseAway || SQLITE_OF_DATABASE.has(sqliteCode(error) ?? 0);
  const elsewhere = error instanceof ArchiveAway ? 'archive' : 'disk';
  const code = isDatabase ? 'database' : elsewhere;
  return new MachineError(code, `${what}: ${words}; ${advice}`, { cause: error });
}

function adviceFor(trouble: Trouble | null): string {
  if (trouble === DAMAGED) return 'use -o for another folder, or --fresh';
  return trouble?.lacks === ROOM ? 'make room and run again to go on' : 'run again to go on';
}
