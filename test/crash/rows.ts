// Reads a job's database with statements of its own, from a copy: to look at what a kill has left must not mend it.

import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface StoredRow {
  readonly url: string;
  readonly state: 'queued' | 'done' | 'failed' | 'skipped';
  readonly error: number | null;
  readonly status: number | null;
  readonly truncated: number | null;
  /** Hexadecimal. */
  readonly sha256: string | null;
  readonly file: string | null;
  readonly offset: number | null;
  readonly length: number | null;
}

export interface Stored {
  readonly rows: readonly StoredRow[];
  /** Records of tries whose commit was refused: their files and offsets. */
  readonly refused?: ReadonlySet<string>;
  /** What is wrong with the tables themselves, in sentences. */
  readonly wrong: readonly string[];
}

const ROWS = `SELECT u.id, u.url, u.skip, q.url IS NOT NULL AS queued, o.state, o.error, o.status, o.truncated, lower(hex(o.sha256)) AS sha256,
    w.word AS file, o.archive_offset AS offset, o.archive_length AS length
  FROM urls u LEFT JOIN outcomes o ON o.url = u.id LEFT JOIN words w ON w.id = o.archive_file
    LEFT JOIN queue q ON q.host = u.host AND q.url = u.id ORDER BY u.id`;
const STATES = [null, 'done', 'failed', 'skipped'] as const;

/** A row as either database has it. */
export interface Cells {
  readonly id: number;
  readonly url: string;
  readonly skip: number | null;
  readonly queued: number | boolean;
  readonly state: 1 | 2 | 3 | null;
  readonly error: number | null;
  readonly status: number | null;
  readonly truncated: number | null;
  readonly sha256: string | null;
  readonly file: string | null;
  readonly offset: number | null;
  readonly length: number | null;
}

/** Null where there is no database yet, or none that has a job. */
export function readStore(job: string, scratch: string): Stored | null {
  const folder = mkdtempSync(join(scratch, 'copy-'));
  const copy = join(folder, 'gossamer.db');
  try {
    for (const end of ['', '-wal']) {
      const path = `${join(job, 'gossamer.db')}${end}`;
      if (existsSync(path)) copyFileSync(path, `${copy}${end}`);
    }
    if (!existsSync(copy) || (statSync(copy).size === 0 && !existsSync(`${copy}-wal`))) return null;
    const db = new DatabaseSync(copy);
    try {
      const made = db.prepare("SELECT count(*) AS tables FROM sqlite_schema WHERE name IN ('job', 'urls')").get();
      return made!['tables'] === 2 ? storedOf(db) : null;
    } finally {
      db.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function storedOf(db: DatabaseSync): Stored {
  const wrong: string[] = [];
  const { integrity_check: integrity } = db.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
  if (integrity !== 'ok') wrong.push(`the database is damaged: ${integrity}`);
  const cells = db.prepare(ROWS).all() as unknown as Cells[];
  for (const [at, { id }] of cells.entries()) if (id !== at + 1) wrong.push(`the id after ${at} is ${id}`);
  const totals = db.prepare('SELECT done, failed, skipped FROM totals').get() as unknown as Totals;
  const judged = judgedRows(cells, totals);
  return { rows: judged.rows, wrong: [...wrong, ...judged.wrong] };
}

export interface Totals {
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What the rows say, and where they contradict themselves or the totals. */
export function judgedRows(cells: readonly Cells[], totals: Totals): Stored {
  const wrong: string[] = [];
  const counts = { done: 0, failed: 0, skipped: 0 };
  const urls = new Set<string>();
  const rows = cells.map((row): StoredRow => {
    if (urls.has(row.url)) wrong.push(`two rows of ${row.url}`);
    urls.add(row.url);
    const verdicts =
      Number(row.queued) +
      Number(row.state !== null) +
      Number(row.skip !== null && Number(row.queued) === 0 && row.state === null);
    if (verdicts !== 1) wrong.push(`${row.url} has ${verdicts} states`);
    const state = Number(row.queued) === 1 ? 'queued' : row.state === null ? 'skipped' : STATES[row.state]!;
    if (state !== 'queued') counts[state] += 1;
    const { url, error, status, truncated, sha256, file, offset, length } = row;
    return { url, state, error, status, truncated, sha256: sha256 || null, file, offset, length };
  });
  for (const state of ['done', 'failed', 'skipped'] as const) {
    if (totals[state] !== counts[state])
      wrong.push(`the totals say ${totals[state]} ${state}, the rows ${counts[state]}`);
  }
  return { rows, wrong };
}
