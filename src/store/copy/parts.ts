// What a copy of a job consists of, whichever databases it comes from and goes to. A row is an object with the names of
// PostgreSQL's columns, where a URL that it refers to has its host and the hash of its key. Beside these it has the ids
// of such URLs, by which SQLite refers to them.

import type { JobIdentity } from '../../base/contracts.ts';
import type { HashSeed } from '../memory/hash.ts';

/** The parts in the order in which they are copied. */
export const PARTS = [
  'hosts',
  'urls',
  'queue',
  'visits',
  'attempts',
  'removals',
  'sitemaps',
  'mentions',
  'runs',
  'moved_files',
  'cookies',
] as const;
export type Part = (typeof PARTS)[number];

/** The columns that order the rows of each part. */
export const KEY_COLUMNS: Readonly<Record<Part, readonly string[]>> = {
  hosts: ['id'],
  urls: ['id'],
  queue: ['host', 'url'],
  visits: ['url'],
  attempts: ['url', 'number'],
  removals: ['url'],
  sitemaps: ['id'],
  mentions: ['url'],
  runs: ['number'],
  moved_files: ['file'],
  cookies: ['site', 'key'],
};
export type Key = readonly (number | string)[];

const TEXTS: ReadonlySet<string> = new Set(['file', 'site', 'key']);

/** Before every row of the part. */
export function firstKey(part: Part): Key {
  return KEY_COLUMNS[part].map((column) => (TEXTS.has(column) ? '' : -1));
}

// biome-ignore lint/suspicious/noExplicitAny: its values are what the column has.
export type CopiedRow = Readonly<Record<string, any>>;

export function keyOfRow(part: Part, row: CopiedRow): Key {
  return KEY_COLUMNS[part].map((column) => row[column]);
}

/** What a job is, beside its rows. */
export interface JobHead {
  readonly identity: JobIdentity;
  readonly seed: HashSeed;
  readonly createdAt: number;
  /** As JSON. */
  readonly rootAddresses: string | null;
  /** As JSON. */
  readonly exclusions: string | null;
}

/** How many rows are read and written at once. */
export const ROWS_COPIED_MAX = 1_000;

/** For each part the number of its rows and sums over their columns. They are equal for a job and its copy. */
export type PartSums = Readonly<Record<Part, readonly number[]>>;
