// The reading side of the store. It reads in pages by the last id read, each page in one statement, so that no long
// transaction keeps the database from removing dead rows. So pages may show different moments.

import type {
  ArchivedReader,
  EarlierRecord,
  JobReader,
  Ledger,
  LinkReader,
  Mention,
  Paged,
  RowFilter,
  RowReader,
  Row as UrlRow,
} from '../../base/contracts.ts';
import { ROWS_READ_MAX } from '../../base/limits.ts';
import { STATES } from '../codes.ts';
import { identityOf } from '../identity.ts';
import { ASKED_DUE_AT } from '../memory/backlog.ts';
import { type HashSeed, hashText } from '../memory/hash.ts';
import { hashNumber } from '../memory/hash-number.ts';
import { findingIn, outerOf } from '../outer.ts';
import { readExcluded, readExclusions } from './exclusions.ts';
import { HOST_COLUMNS, storedRowOf } from './host-shelf.ts';
import type { Ask, DatabaseRow as Row } from './line.ts';
import { readMovedFiles } from './moved-files.ts';
import { readOutOfScope } from './out-of-scope.ts';
import { attemptOf, attemptsSql, urlRowOf, urlRowSql } from './row.ts';
import { SITEMAP_COLUMNS, sitemapOf } from './sitemaps.ts';
import { runsOf, workersOf } from './worker-figures.ts';

export interface PostgresLedgerOptions {
  readonly ask: Ask;
  /** The schema's name as SQL. */
  readonly schema: string;
  readonly seed: HashSeed;
  /** The leases of this process, by id. */
  readonly leased: ReadonlyMap<number, unknown>;
  readonly isWorkedOn: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

export function createPostgresLedger(options: PostgresLedgerOptions): Ledger {
  return {
    rows: createUrlReader(options),
    links: createUrlLinkReader(options),
    job: createDatabaseJobReader(options),
    archived: createRecordReader(options),
    tables: { schema: options.schema, ask: options.ask },
    isWorkedOn: options.isWorkedOn,
    close: options.close,
  };
}

function createUrlReader({ ask, schema, seed, leased }: PostgresLedgerOptions): RowReader {
  const rowSql = urlRowSql(schema);
  const isLeased = (id: number): boolean => leased.has(id);
  const hash = new Int32Array(2);
  const one = async (condition: string, values: readonly unknown[]): Promise<UrlRow | null> => {
    const [cells] = (await ask(`${rowSql} WHERE ${condition} LIMIT 1`, values)).rows;
    return cells === undefined ? null : urlRowOf(cells, isLeased);
  };
  return {
    async find(urlOrKey) {
      // PostgreSQL's text has no U+0000, so no URL has.
      if (urlOrKey.includes('\0')) return null;
      hashText(urlOrKey, seed, hash);
      const byKey = 'u.key_hash = $1 AND coalesce(u.key, u.url) = $2';
      const byUrl = 'u.key IS NOT NULL AND hashtextextended(u.url, 0) = hashtextextended($1, 0) AND u.url = $1';
      return (await one(byKey, [hashNumber(hash[0]!, hash[1]!), urlOrKey])) ?? (await one(byUrl, [urlOrKey]));
    },
    async *all({ state, afterId = 0, limit = Number.POSITIVE_INFINITY, onUnsound } = {}) {
      let left = limit;
      for await (const page of pagesOf(ask, `${rowSql} WHERE u.id > $1 ORDER BY u.id`, afterId)) {
        if (left <= 0) return;
        const rows = page.flatMap((cells) => soundOne(cells, isLeased, onUnsound));
        const wanted = state === undefined ? rows : rows.filter((row) => row.state === state);
        yield wanted.length > left ? wanted.slice(0, left) : wanted;
        left -= wanted.length;
      }
    },
    async *queued() {
      const { rows } = await ask(`SELECT url FROM ${schema}.queue`);
      yield rows.map(([id]) => Number(id));
    },
    async of(ids) {
      const { rows } = await ask(`${rowSql} WHERE u.id = ANY($1::bigint[])`, [ids]);
      return rows.flatMap((cells) => soundOne(cells, isLeased, () => {}));
    },
    outOfScope: () => readOutOfScope(ask, schema),
    attempts: async (id) => (await ask(attemptsSql(schema), [id])).rows.map(attemptOf),
    excludedBy: (pattern) => readExcluded(ask, schema, pattern),
    async mentions(ids) {
      const sql = `SELECT m.url, s.url, m.lastmod, m.changefreq, m.priority
        FROM ${schema}.mentions m JOIN ${schema}.sitemaps s ON s.id = m.sitemap WHERE m.url = ANY($1::bigint[])`;
      const byId = new Map((await ask(sql, [ids])).rows.map((row) => [row[0], mentionOf(row)]));
      return ids.map((id) => byId.get(id) ?? null);
    },
    async removedAt(id) {
      const { rows } = await ask(`SELECT at FROM ${schema}.removals WHERE url = $1`, [id]);
      return (rows[0]?.[0] ?? null) as number | null;
    },
    async askedByHost() {
      const sql = `SELECT host, count(*) FROM (
          SELECT host FROM ${schema}.visits WHERE fetched_at IS NOT NULL
          UNION ALL SELECT host FROM ${schema}.queue WHERE due_at >= ${ASKED_DUE_AT}
          UNION ALL SELECT a.host FROM ${schema}.attempts a WHERE a.form IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM ${schema}.attempts later WHERE later.host = a.host AND later.url = a.url
              AND later.number > a.number AND later.state IS NOT NULL)
        ) asked GROUP BY host`;
      return new Map((await ask(sql)).rows as unknown as [number, number][]);
    },
  };
}

/** The row; no row if what it holds is unsound and `onUnsound` takes it. */
function soundOne(cells: Row, isLeased: (id: number) => boolean, onUnsound: RowFilter['onUnsound']): UrlRow[] {
  try {
    return [urlRowOf(cells, isLeased)];
  } catch (error) {
    if (onUnsound === undefined) throw error;
    onUnsound(cells[0] as number, (error as Error).message.replace(/^store: /, ''));
    return [];
  }
}

function mentionOf(row: Row): Mention {
  const [, sitemap, lastmod, changefreq, priority] = row as [
    number,
    string,
    string | null,
    string | null,
    number | null,
  ];
  return { sitemap, lastmod, changefreq, priority };
}

function createUrlLinkReader({ ask, schema }: PostgresLedgerOptions): LinkReader {
  /** The links of visits, in document order; `what` is a column of the link's URL. */
  const linksSql = (visits: string, what: 'id' | 'url'): string => `
    SELECT v.url, array_agg(u.${what} ORDER BY l.at) FROM (${visits}) v
      CROSS JOIN LATERAL unnest(v.link_hosts, v.link_keys) WITH ORDINALITY AS l(host, key, at)
      JOIN ${schema}.urls u ON u.key_hash = l.key AND u.host = coalesce(l.host, v.host)
    GROUP BY v.url ORDER BY v.url`;
  const ofSql = linksSql(`SELECT * FROM ${schema}.visits WHERE url = ANY($1::bigint[])`, 'url');
  const listsSql = linksSql(
    `SELECT * FROM ${schema}.visits WHERE url > $1 AND link_keys IS NOT NULL ORDER BY url LIMIT ${ROWS_READ_MAX}`,
    'id',
  );
  const redirectsSql = `SELECT v.url, u.id FROM ${schema}.visits v
    JOIN ${schema}.urls u ON u.key_hash = v.redirect_key AND u.host = coalesce(v.redirect_host, v.host)
    WHERE v.url > $1 AND v.redirect_key IS NOT NULL ORDER BY v.url`;
  const findingSql = `SELECT u.outer_charset, r.id, r.url,
      v.redirect_key = u.key_hash AND coalesce(v.redirect_host, v.host) = u.host
    FROM ${schema}.urls u
      LEFT JOIN ${schema}.urls r ON r.id = u.referrer AND r.host = coalesce(u.referrer_host, u.host)
      LEFT JOIN ${schema}.visits v ON v.url = r.id AND v.host = r.host
    WHERE u.id = $1`;
  const badSql = `SELECT url, bad_links FROM ${schema}.visits WHERE url > $1 AND bad_links IS NOT NULL ORDER BY url`;
  return {
    async of(ids) {
      const byId = new Map((await ask(ofSql, [ids])).rows as unknown as [number, string[]][]);
      return ids.map((id) => byId.get(id) ?? []);
    },
    async *lists(afterId = 0) {
      for (let last = afterId; ; ) {
        const { rows } = await ask(listsSql, [last]);
        if (rows.length > 0) yield rows.map(([id, links]) => [id as number, (links as string[]).map(Number)] as const);
        if (rows.length < ROWS_READ_MAX) return;
        last = rows.at(-1)![0] as number;
      }
    },
    redirects: () => pagesOf(ask, redirectsSql) as Paged<Row> as Paged<readonly [number, number]>,
    async *bad() {
      for await (const page of pagesOf(ask, badSql)) {
        yield page.flatMap(([id, text]) => {
          const links = JSON.parse(text as string) as [href: string, element: string][];
          return links.map(([href, element]) => ({ page: id as number, href, element }));
        });
      }
    },
    async urls(ids) {
      const { rows } = await ask(`SELECT id, url FROM ${schema}.urls WHERE id = ANY($1::bigint[])`, [ids]);
      const byId = new Map(rows as unknown as [number, string][]);
      return ids.map((id) => {
        const url = byId.get(id);
        if (url === undefined) throw new Error(`store: row ${id} has links to it but does not exist`);
        return url;
      });
    },
    async referrer(id) {
      const sql = `SELECT r.url FROM ${schema}.urls u
        JOIN ${schema}.urls r ON r.id = u.referrer AND r.host = coalesce(u.referrer_host, u.host) WHERE u.id = $1`;
      return ((await ask(sql, [id])).rows[0]?.[0] ?? null) as string | null;
    },
    outer: (id) => outerOf(id, async (at) => findingIn((await ask(findingSql, [at])).rows[0])),
  };
}

function createDatabaseJobReader({ ask, schema, leased }: PostgresLedgerOptions): JobReader {
  const tallies = `SELECT coalesce(sum(done), 0)::bigint, coalesce(sum(failed), 0)::bigint, coalesce(sum(skipped), 0)::bigint
    FROM ${schema}.tallies`;
  const queued = `(SELECT count(*) FROM ${schema}.queue)`;
  const hostsSql = `SELECT ${HOST_COLUMNS} FROM ${schema}.hosts h WHERE h.id > $1 ORDER BY h.id`;
  const sitemapsSql = `SELECT ${SITEMAP_COLUMNS} FROM ${schema}.sitemaps s WHERE s.id > $1 ORDER BY s.id`;
  return {
    identity: async () => identityOf((await ask(`SELECT identity FROM ${schema}.job`)).rows[0]![0] as string),
    runs: () => runsOf(ask, schema),
    workers: () => workersOf(ask, schema),
    exclusions: () => readExclusions(ask, schema),
    async counts() {
      const sql = `SELECT t.*, ${queued}, (SELECT count(*) FROM ${schema}.sitemaps WHERE verdict IS NULL) FROM (${tallies}) t`;
      const [done, failed, skipped, pending, unread] = (await ask(sql)).rows[0] as [
        number,
        number,
        number,
        number,
        number,
      ];
      const counts = { queued: pending - leased.size, leased: leased.size, done, failed, skipped };
      return { ...counts, unreadSitemaps: unread };
    },
    async *hosts() {
      for await (const page of pagesOf(ask, hostsSql)) yield page.map(storedRowOf);
    },
    async *sitemaps() {
      for await (const page of pagesOf(ask, sitemapsSql)) yield page.map(sitemapOf);
    },
    async sums() {
      const inState = (state: 'done' | 'failed' | 'skipped'): string =>
        `(SELECT count(*) FROM ${schema}.visits WHERE state = ${STATES.code(state)})`;
      const skips = `(SELECT count(*) FROM ${schema}.urls WHERE skip IS NOT NULL)`;
      const sql = `SELECT (SELECT count(*) FROM ${schema}.urls), ${queued}, ${inState('done')}, ${inState('failed')},
        ${inState('skipped')} + ${skips}, t.* FROM (${tallies}) t`;
      const [urls, inQueue, ...counted] = (await ask(sql)).rows[0] as number[];
      const [rows, totals] = [counted.slice(0, 3), counted.slice(3)].map(([done, failed, skipped]) => {
        return { done: done!, failed: failed!, skipped: skipped! };
      });
      return { urls: urls!, queued: inQueue!, rows: rows!, totals: totals! };
    },
  };
}

function createRecordReader({ ask, schema }: PostgresLedgerOptions): ArchivedReader {
  return {
    ends: () => archiveEnds(ask, schema),
    async *payloads(bytesMin, most) {
      const sql = `SELECT encode(sha256, 'hex'), archive_file, archive_offset, archive_length FROM ${schema}.visits
        WHERE bytes >= $1 AND archive_file IS NOT NULL ORDER BY url LIMIT $2`;
      yield (await ask(sql, [bytesMin, most])).rows.map((row) => {
        const [sha256, file, offset, length] = row as [string, string, number, number];
        return [sha256, { file, offset, length }] as const;
      });
    },
    async *earlier() {
      const sql = `SELECT a.url, a.number, u.url, a.status, encode(a.sha256, 'hex'), a.archive_file, a.archive_offset, a.archive_length
        FROM ${schema}.attempts a JOIN ${schema}.urls u ON u.id = a.url AND u.host = a.host
        WHERE a.archive_file IS NOT NULL AND (a.url, a.number) > ($1, $2) ORDER BY a.url, a.number LIMIT ${ROWS_READ_MAX}`;
      for (let last = [0, 0]; ; ) {
        const { rows } = await ask(sql, last);
        if (rows.length > 0) yield rows.map(earlierOf);
        if (rows.length < ROWS_READ_MAX) return;
        last = rows.at(-1)!.slice(0, 2) as [number, number];
      }
    },
    moved: () => readMovedFiles(ask, schema),
  };
}

function earlierOf(row: Row): EarlierRecord {
  const [, , url, status, sha256, file, offset, length] = row as [
    ...attempt: [id: number, number: number, url: string, status: number | null, sha256: string | null],
    ...archive: [file: string, offset: number, length: number],
  ];
  return { url, status, sha256, archive: { file, offset, length } };
}

/** For each file of the archive, where the last record of a row ends. */
export async function archiveEnds(ask: Ask, schema: string): Promise<ReadonlyMap<string, number>> {
  const ends = (table: string): string => `SELECT archive_file AS file, archive_offset + archive_length AS at_end
    FROM ${schema}.${table} WHERE archive_file IS NOT NULL`;
  const sql = `SELECT file, max(at_end) FROM (${ends('visits')} UNION ALL ${ends('attempts')}) kept GROUP BY file`;
  return new Map((await ask(sql)).rows as unknown as [string, number][]);
}

/** The rows of a statement whose parameter is the last id read and whose first column is the id. */
async function* pagesOf(ask: Ask, sql: string, afterId = 0): AsyncGenerator<readonly Row[]> {
  let last = afterId;
  for (;;) {
    const { rows } = await ask(`${sql} LIMIT ${ROWS_READ_MAX}`, [last]);
    if (rows.length > 0) yield rows;
    if (rows.length < ROWS_READ_MAX) return;
    last = rows.at(-1)![0] as number;
  }
}
