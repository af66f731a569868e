// The sitemaps of the job: which were found and which were read. The SQLite store keeps the same rules.

import type { NewSitemap, Sitemap, SitemapList, SitemapRow } from '../../base/contracts.ts';
import { SITEMAP_HOSTS_MAX, SITEMAPS_PER_HOST_MAX, SITEMAPS_PER_JOB_MAX } from '../../base/limits.ts';
import { ERRORS } from '../codes.ts';
import type { Hosts } from './host-ids.ts';
import type { Ask, DatabaseRow as Row } from './line.ts';
import { whileLost } from './membership.ts';
import type { Share } from './share.ts';
import { createTellOthers } from './tell-others.ts';
import type { Tally, Transactions } from './transactions.ts';

export interface SitemapListParts {
  readonly schema: string;
  readonly transactions: Transactions;
  readonly share: () => Share;
  readonly hosts: Hosts;
}

export interface PostgresSitemaps extends SitemapList {
  /** The unread sitemaps of these hosts. */
  unreadOf(ask: Ask, hostIds: readonly number[]): Promise<Sitemap[]>;
}

/** What is known of the sitemaps when new ones are found. */
interface Stock {
  /** How many each host has. */
  readonly ofHost: Map<number, number>;
  readonly urls: Set<string>;
  readonly namedHosts: Set<number>;
  named: number;
}

export function createPostgresSitemaps(parts: SitemapListParts): PostgresSitemaps {
  const { schema, transactions, share, hosts } = parts;
  const tellOthers = createTellOthers(schema, (hostId) => share().isOurs(hostId));
  const readStock = `SELECT s.host, s.url, s.named_in IS NOT NULL FROM ${schema}.sitemaps s`;
  const insert = `INSERT INTO ${schema}.sitemaps (host, id, url, depth, named_in)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::integer[], $5::text[])
    ON CONFLICT (host, hashtextextended(url, 0)) DO NOTHING RETURNING id`;
  // A guessed sitemap may also be named later.
  const setName = `UPDATE ${schema}.sitemaps s SET named_in = r.named_in
    FROM unnest($1::bigint[], $2::text[], $3::text[]) AS r(host, url, named_in)
    WHERE s.host = r.host AND s.url = r.url AND s.named_in IS NULL`;
  const setEnd = `UPDATE ${schema}.sitemaps SET verdict = $2, entries = $3, excess = $4, status = $5, error = $6, is_cut = $7
    WHERE host = $8 AND id = $1 AND verdict IS NULL`;
  const unread = `SELECT s.id, s.url, h.name, s.host, s.depth, s.named_in FROM unnest($1::bigint[]) AS r(host)
    JOIN ${schema}.sitemaps s ON s.host = r.host JOIN ${schema}.hosts h ON h.id = r.host WHERE s.verdict IS NULL`;
  const reserve = `UPDATE ${schema}.job SET next_sitemap = next_sitemap + $1 RETURNING next_sitemap`;
  const hostOfSitemap = new Map<number, number>();

  let stock: Stock | null = null;
  const stockNow = async (ask: Ask): Promise<Stock> => {
    if (stock !== null) return stock;
    const read: Stock = { ofHost: new Map(), urls: new Set(), namedHosts: new Set(), named: 0 };
    const { rows } = await ask(readStock);
    for (const [hostId, url, isNamed] of rows as [number, string, boolean][]) count(read, hostId, url, isNamed);
    stock = read;
    return read;
  };
  const told = (row: Row): Sitemap => {
    const [id, url, host, hostId, depth, namedIn] = row as [number, string, string, number, number, string | null];
    hostOfSitemap.set(id, hostId);
    return { id, url, host, hostId, depth, namedIn };
  };

  const run = <T>(work: (ask: Ask, tally: Tally) => Promise<T>): Promise<T> =>
    whileLost(() => transactions.run(work), share().recover);

  return {
    async add(found) {
      const hostIds = await transactions.read(() => hosts.idsOf(found.map(({ host }) => host)));
      let sorted: Sorted | null = null;
      const { added, refused, isOpened } = await run(async (ask, tally) => {
        // Made once, also if the transaction is repeated, because it changes what is known.
        sorted ??= sort(found, hostIds, await stockNow(ask));
        const { fresh, named, refused } = sorted;
        const { rows } = await ask(reserve, [fresh.length]);
        const first = (rows[0]![0] as number) - fresh.length;
        const inserted = ask(insert, columnsOf(fresh, hostIds, first));
        // Another process may have added some of the new ones meanwhile.
        const naming = ask(setName, namesOf([...named, ...fresh], hostIds));
        const ids = new Set((await inserted).rows.map(([id]) => id));
        const added = fresh.flatMap(({ url, host, depth, namedIn }, at) => {
          const id = first + at;
          return ids.has(id) ? [told([id, url, host, hostIds.get(host)!, depth, namedIn])] : [];
        });
        tally.sitemaps += added.length;
        const [isOpened] = await Promise.all([
          tellOthers(
            ask,
            added.map(({ hostId }) => hostId),
          ),
          naming,
        ]);
        return { added, refused, isOpened };
      });
      if (isOpened) share().freed();
      return { added: added.filter(({ hostId }) => share().isOurs(hostId)), refused };
    },
    async end(id, { verdict, entries, excess, status, error, isCut }) {
      const values = [id, verdict, entries, excess, status, ERRORS.code(error), isCut, hostOfSitemap.get(id)];
      await run(async (ask, tally) => {
        tally.sitemaps -= (await ask(setEnd, values)).changed;
      });
    },
    // Those of a host are told when this process takes the host.
    unread: async () => [],
    unreadOf: async (ask, hostIds) => (await ask(unread, [hostIds])).rows.map(told),
  };
}

interface Sorted {
  readonly fresh: readonly NewSitemap[];
  /** Those that are known and have a name now. */
  readonly named: readonly NewSitemap[];
  readonly refused: number;
}

function sort(found: readonly NewSitemap[], hostIds: ReadonlyMap<string, number>, stock: Stock): Sorted {
  const fresh: NewSitemap[] = [];
  const named: NewSitemap[] = [];
  let refused = 0;
  for (const each of found) {
    const hostId = hostIds.get(each.host)!;
    const isNamed = each.namedIn !== null;
    if (stock.urls.has(each.url)) {
      if (isNamed) named.push(each);
    } else if (isNamed && isTooMany(stock, hostId)) refused += 1;
    else {
      count(stock, hostId, each.url, isNamed);
      fresh.push(each);
    }
  }
  return { fresh, named, refused };
}

function columnsOf(fresh: readonly NewSitemap[], hostIds: ReadonlyMap<string, number>, first: number): unknown[][] {
  return [
    fresh.map(({ host }) => hostIds.get(host)),
    fresh.map((_, at) => first + at),
    fresh.map(({ url }) => url),
    fresh.map(({ depth }) => depth),
    fresh.map(({ namedIn }) => namedIn),
  ];
}

function namesOf(named: readonly NewSitemap[], hostIds: ReadonlyMap<string, number>): unknown[][] {
  return [named.map(({ host }) => hostIds.get(host)), named.map(({ url }) => url), named.map(({ namedIn }) => namedIn)];
}

function count(stock: Stock, hostId: number, url: string, isNamed: boolean): void {
  stock.urls.add(url);
  stock.ofHost.set(hostId, (stock.ofHost.get(hostId) ?? 0) + 1);
  if (!isNamed) return;
  stock.named += 1;
  stock.namedHosts.add(hostId);
}

/**
 * Whether the host or the job has too many sitemaps that some file names. Guessed ones are not limited: they belong to
 * roots, which the user chose.
 */
function isTooMany({ ofHost, namedHosts, named }: Stock, hostId: number): boolean {
  const count = ofHost.get(hostId) ?? 0;
  if (count >= SITEMAPS_PER_HOST_MAX || named >= SITEMAPS_PER_JOB_MAX) return true;
  return count === 0 && namedHosts.size >= SITEMAP_HOSTS_MAX;
}

/** The columns of `sitemapOf`. */
export const SITEMAP_COLUMNS = 's.id, s.url, s.named_in, s.verdict, s.status, s.error, s.is_cut';

export function sitemapOf(row: Row): SitemapRow {
  const [, url, namedIn, verdict, status, error, isCut] = row as [
    number,
    string,
    string | null,
    SitemapRow['verdict'],
    number | null,
    number | null,
    boolean,
  ];
  return { url, namedIn, verdict, status, error: ERRORS.word(error), isCut };
}
