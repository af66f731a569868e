// The reading side of the store. It reads in pages, each in a short transaction, so that a slow reader never blocks
// checkpoints of a running crawl. So pages may show different moments.

import type { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../base/clock.ts';
import type {
  ArchivedReader,
  JobReader,
  Ledger,
  LinkReader,
  Paged,
  Row,
  RowFilter,
  RowReader,
} from '../../base/contracts.ts';
import { PAGES_READ_AT_ONCE, ROWS_READ_MAX } from '../../base/limits.ts';
import { STATES } from '../codes.ts';
import { identityOf } from '../identity.ts';
import { ASKED_DUE_AT } from '../memory/backlog.ts';
import { type HashSeed, hashText } from '../memory/hash.ts';
import type { Seen } from '../memory/seen.ts';
import { findingIn, outerOf } from '../outer.ts';
import { runOf } from '../run-row.ts';
import { createAttemptReader, createEarlierReader } from './attempts.ts';
import { createBadLinkReader } from './bad-links.ts';
import { type Cells, lenientQuery, type Query } from './database.ts';
import { createExcludedReader, createExclusionReader } from './exclusions.ts';
import { hostRowOf } from './host-notes.ts';
import { decodeLinkList } from './link-list.ts';
import { assertShort, createRowPages, unlessTooLong } from './long-values.ts';
import { createMovedReader } from './moved-files.ts';
import { readOutOfScope } from './out-of-scope.ts';
import { ROW_SQL, rowOf } from './row.ts';
import { MENTION_SQL, mentionRowOf, SITEMAPS_SQL, sitemapRowOf } from './sitemaps.ts';

/** Ids of the queue that are read at once. */
const QUEUED_READ_MAX = 4_096;

/** State that only the writing process has in memory. */
export interface Live {
  readonly seenNow: () => Seen;
  /** Keys are ids. */
  readonly leased: ReadonlyMap<number, unknown>;
}

/**
 * What was requested: settled rows, rows that are queued again, and forms that redirected to another form since their
 * row was last settled.
 */
const ASKED_SQL = `
  SELECT host, count(*) FROM (
    SELECT u.host FROM outcomes o JOIN urls u ON u.id = o.url WHERE o.fetched_at IS NOT NULL
    UNION ALL SELECT host FROM queue WHERE due_at >= ${ASKED_DUE_AT}
    UNION ALL SELECT u.host FROM attempts a JOIN urls u ON u.id = a.url WHERE a.form IS NOT NULL AND NOT EXISTS
      (SELECT 1 FROM attempts later WHERE later.url = a.url AND later.number > a.number AND later.state IS NOT NULL)
  ) GROUP BY host`;

export interface LedgerOptions {
  readonly seed: HashSeed;
  readonly live: Live | null;
  readonly isWorkedOn: () => boolean;
  readonly close: () => void;
}

export function createLedger(db: DatabaseSync, options: LedgerOptions): Ledger {
  return {
    rows: createRowReader(db, options),
    links: createLinkReader(db),
    job: createJobReader(db, options.live),
    archived: createArchivedReader(db),
    isWorkedOn: async () => options.isWorkedOn(),
    close: async () => options.close(),
  };
}

function createRowReader(db: DatabaseSync, options: LedgerOptions): RowReader {
  const one = lenientQuery(db, `${ROW_SQL} WHERE u.id = ?`);
  const page = createRowPages(db, one);
  const removedAt = lenientQuery(db, 'SELECT at FROM removals WHERE url = ?');
  const mentionOf = lenientQuery(db, MENTION_SQL);
  const asked = lenientQuery(db, ASKED_SQL);
  const idOf = createSearch(db, options);
  const isLeased = (id: number): boolean => options.live?.leased.has(id) ?? false;
  return {
    async find(urlOrKey) {
      const id = idOf(urlOrKey);
      const cells = id === null ? undefined : one.get(id);
      return cells === undefined ? null : rowOf(cells, isLeased);
    },
    async *all({ state, afterId = 0, limit = Number.POSITIVE_INFINITY, onUnsound } = {}) {
      let left = limit;
      for await (const cells of pagesOf(page, afterId)) {
        if (left <= 0) return;
        const rows = cells.flatMap((each) => soundRow(each, isLeased, onUnsound));
        const wanted = state === undefined ? rows : rows.filter((row) => row.state === state);
        yield wanted.length > left ? wanted.slice(0, left) : wanted;
        left -= wanted.length;
      }
    },
    queued: () => queuedIds(db),
    outOfScope: () => readOutOfScope(db),
    async of(ids) {
      const found = ids.map((id) => unlessTooLong(one, id)).filter((cells) => cells !== undefined);
      return found.flatMap((cells) => soundRow(cells, isLeased, () => {}));
    },
    attempts: createAttemptReader(db),
    excludedBy: createExcludedReader(db),
    mentions: async (ids) => ids.map((id) => mentionRowOf(mentionOf.get(id))),
    removedAt: async (id) => (removedAt.get(id)?.[0] ?? null) as number | null,
    askedByHost: async () => new Map(asked.all() as unknown as (readonly [number, number])[]),
  };
}

/** The table is read in the order of its key, a page at a time. */
async function* queuedIds(db: DatabaseSync): AsyncGenerator<readonly number[]> {
  const page = lenientQuery(db, `SELECT host, url FROM queue WHERE (host, url) > (?, ?) LIMIT ${QUEUED_READ_MAX}`);
  let last: Cells = [0, 0];
  for (;;) {
    const rows = page.all(...last);
    if (rows.length > 0) yield rows.map(([, id]) => id as number);
    if (rows.length < QUEUED_READ_MAX) return;
    last = rows.at(-1)!;
  }
}

/** The row; no row if its values are unsound and there is an `onUnsound`, which is then called. */
function soundRow(cells: Cells, isLeased: (id: number) => boolean, onUnsound: RowFilter['onUnsound']): Row[] {
  try {
    assertShort(cells);
    return [rowOf(cells, isLeased)];
  } catch (error) {
    if (onUnsound === undefined) throw error;
    onUnsound(cells[0] as number, (error as Error).message.replace(/^store: /, ''));
    return [];
  }
}

function createLinkReader(db: DatabaseSync): LinkReader {
  const linksOf = lenientQuery(db, 'SELECT links FROM outcomes WHERE url = ?');
  const urlOf = lenientQuery(db, 'SELECT url FROM urls WHERE id = ?');
  const referrerOf = lenientQuery(db, 'SELECT r.url FROM urls u JOIN urls r ON r.id = u.referrer WHERE u.id = ?');
  const findingOf = lenientQuery(
    db,
    `SELECT c.word, r.id, r.url, o.redirect_to = u.id FROM urls u LEFT JOIN words c ON c.id = u.outer_charset
       LEFT JOIN urls r ON r.id = u.referrer LEFT JOIN outcomes o ON o.url = r.id WHERE u.id = ?`,
  );
  const linkPage = lenientQuery(
    db,
    `SELECT url, links FROM outcomes WHERE url > ? AND links IS NOT NULL ORDER BY url LIMIT ${ROWS_READ_MAX}`,
  );
  const redirectPage = lenientQuery(
    db,
    `SELECT url, redirect_to FROM outcomes WHERE url > ? AND redirect_to IS NOT NULL ORDER BY url LIMIT ${ROWS_READ_MAX}`,
  );
  const listOf = (id: number, bytes: unknown): readonly number[] =>
    bytes instanceof Uint8Array ? decodeLinkList(id, bytes) : [];
  const text = (id: number): string => urlText(urlOf, id);
  return {
    of: async (ids) => ids.map((id) => listOf(id, linksOf.get(id)?.[0]).map(text)),
    async *lists(afterId = 0) {
      for await (const page of pagesOf(linkPage, afterId)) {
        yield page.map(([id, bytes]) => [id as number, listOf(id as number, bytes)] as const);
      }
    },
    redirects: () => pagesOf(redirectPage) as Paged<Cells> as Paged<readonly [number, number]>,
    bad: createBadLinkReader(db),
    urls: async (ids) => ids.map(text),
    referrer: async (id) => (referrerOf.get(id)?.[0] ?? null) as string | null,
    outer: (id) => outerOf(id, async (at) => findingIn(findingOf.get(at))),
  };
}

function createJobReader(db: DatabaseSync, live: Live | null): JobReader {
  const hostPage = lenientQuery(db, `SELECT * FROM hosts WHERE id > ? ORDER BY id LIMIT ${ROWS_READ_MAX}`);
  const sitemapPage = lenientQuery(db, SITEMAPS_SQL);
  const runs = lenientQuery(db, 'SELECT * FROM runs ORDER BY id');
  const job = lenientQuery(db, 'SELECT identity FROM job');
  return {
    async identity() {
      // The roots may be many.
      const { length } = db.limits;
      db.limits.length = Number.POSITIVE_INFINITY;
      try {
        return identityOf(job.get()![0] as string);
      } finally {
        db.limits.length = length;
      }
    },
    runs: async () => runs.all().map(runOf),
    workers: async () => [],
    exclusions: createExclusionReader(db),
    counts: createCounts(db, live),
    async *hosts() {
      for await (const page of pagesOf(hostPage)) yield page.map(hostRowOf);
    },
    async *sitemaps() {
      for await (const page of pagesOf(sitemapPage)) yield page.map(sitemapRowOf);
    },
    sums: createSums(db),
  };
}

function createArchivedReader(db: DatabaseSync): ArchivedReader {
  const ends = lenientQuery(
    db,
    `SELECT w.word, max(kept.at_end) FROM
       (SELECT archive_file AS file, archive_offset + archive_length AS at_end FROM outcomes
        UNION ALL SELECT archive_file, archive_offset + archive_length FROM attempts WHERE archive_file IS NOT NULL) kept
       JOIN words w ON w.id = kept.file WHERE kept.at_end <= ${Number.MAX_SAFE_INTEGER} GROUP BY kept.file`,
  );
  const payloads = lenientQuery(
    db,
    `SELECT o.sha256, w.word, o.archive_offset, o.archive_length FROM outcomes o JOIN words w ON w.id = o.archive_file
       WHERE o.bytes >= ? ORDER BY o.url LIMIT ?`,
  );
  return {
    ends: async () => new Map(ends.all() as unknown as (readonly [string, number])[]),
    async *payloads(bytesMin, most) {
      yield payloads.all(bytesMin, most).map((cells) => {
        const [sha256, file, offset, length] = cells as unknown as [Uint8Array, string, number, number];
        return [Buffer.from(sha256).toString('hex'), { file, offset, length }] as const;
      });
    },
    earlier: createEarlierReader(db),
    moved: createMovedReader(db),
  };
}

/** The rows of a statement whose parameter is the last id read and whose first column is the id. */
async function* pagesOf(statement: Pick<Query, 'all'>, afterId = 0): AsyncGenerator<readonly Cells[]> {
  let last = afterId;
  for (let pages = 1; ; pages += 1) {
    const rows = statement.all(last);
    if (rows.length > 0) yield rows;
    if (rows.length < ROWS_READ_MAX) return;
    if (pages % PAGES_READ_AT_ONCE === 0) await systemClock.turn();
    last = rows[rows.length - 1]![0] as number;
  }
}

function createCounts(db: DatabaseSync, live: Live | null): JobReader['counts'] {
  const totals = lenientQuery(
    db,
    `SELECT done, failed, skipped, (SELECT count(*) FROM queue),
       (SELECT count(*) FROM sitemaps WHERE verdict IS NULL) FROM totals`,
  );
  return async () => {
    const [done, failed, skipped, pending, unread] = totals.get() as number[];
    const leased = live?.leased.size ?? 0;
    const counts = { queued: pending! - leased, leased, done: done!, failed: failed!, skipped: skipped! };
    return { ...counts, unreadSitemaps: unread! };
  };
}

function createSums(db: DatabaseSync): JobReader['sums'] {
  const sums = lenientQuery(
    db,
    `SELECT (SELECT count(*) FROM urls), (SELECT count(*) FROM queue), o.done, o.failed,
       o.skipped + (SELECT count(*) FROM urls WHERE skip IS NOT NULL), t.done, t.failed, t.skipped
     FROM totals t, (SELECT count(*) FILTER (WHERE state = ${STATES.code('done')}) AS done,
       count(*) FILTER (WHERE state = ${STATES.code('failed')}) AS failed,
       count(*) FILTER (WHERE state = ${STATES.code('skipped')}) AS skipped FROM outcomes) o`,
  );
  return async () => {
    const [urls, queued, ...counted] = sums.get() as number[];
    const [rows, totals] = [counted.slice(0, 3), counted.slice(3)].map(([done, failed, skipped]) => {
      return { done: done!, failed: failed!, skipped: skipped! };
    });
    return { urls: urls!, queued: queued!, rows: rows!, totals: totals! };
  };
}

/**
 * Searches by key, then by URL. The database has no index for this: the process that writes uses its table of seen
 * keys, and other processes scan the rows.
 */
function createSearch(db: DatabaseSync, { seed, live }: LedgerOptions): (urlOrKey: string) => number | null {
  const keyOf = lenientQuery(db, 'SELECT ifnull(key, url) FROM urls WHERE id = ?');
  const byUrl = lenientQuery(db, 'SELECT id FROM urls WHERE key IS NOT NULL AND url = ? LIMIT 1');
  const scan = lenientQuery(
    db,
    `SELECT id FROM urls WHERE (hash_high = ?1 AND hash_low = ?2 AND ifnull(key, url) = ?3)
       OR (key IS NOT NULL AND url = ?3) LIMIT 1`,
  );
  const hash = new Int32Array(2);
  return (urlOrKey) => {
    hashText(urlOrKey, seed, hash);
    const [high, low] = hash as unknown as [number, number];
    if (live === null) return (scan.get(high, low, urlOrKey)?.[0] as number | undefined) ?? null;
    const id = live.seenNow().find(high, low);
    if (id !== 0 && keyOf.get(id)?.[0] === urlOrKey) return id;
    return (byUrl.get(urlOrKey)?.[0] as number | undefined) ?? null;
  };
}

function urlText(statement: Query, id: number): string {
  const cells = statement.get(id);
  if (cells === undefined) throw new Error(`store: row ${id} has links to it but does not exist`);
  return cells[0] as string;
}
