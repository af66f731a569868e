// Bytes of a job in PostgreSQL, with its indexes: of a URL that is queued, and of a page that is settled.

import type { HostRoom } from '../src/base/contracts.ts';
import { createLine } from '../src/store/postgres/line.ts';
import { databasePlace } from '../src/store/postgres/place.ts';
import { openPostgresStore } from '../src/store/postgres/store.ts';
import type { TestDatabase } from '../test/helpers/postgres.ts';
import { identityOf, pageUrl, settledPage } from './settled.ts';
import { printTable } from './table.ts';

const HOSTS = 400;
const URLS = 300_000;
const GROUP = 100;
const LINKS = 30;
const FREE = (): HostRoom => ({ take: Number.POSITIVE_INFINITY, notBefore: 0 });

/** Queues many URLs, and settles half of them. */
export async function benchSize(database: TestDatabase): Promise<void> {
  const place = databasePlace(database.url, 'size');
  const page = (number: number) => pageUrl(`https://h${number % HOSTS}.example`, number);
  const { frontier } = await openPostgresStore(place, { identity: identityOf(page(0).host), now: 1 });
  for (let from = 0; from < URLS; from += 10_000)
    await frontier.add(Array.from({ length: 10_000 }, (_, at) => page(from + at)));
  const queued = await bytesOf(database, ['urls', 'queue']);
  for (let settled = 0; settled < URLS / 2; settled += GROUP) {
    const settlements = (await frontier.lease(GROUP, 1, FREE)).map((lease) => {
      const links = Array.from({ length: LINKS }, (_, at) => page((lease.id * 7 + at * 7_919) % URLS));
      return settledPage(lease, links);
    });
    await frontier.settle({ settlements, hosts: [], run: null });
  }
  const [urls, visits] = [await bytesOf(database, ['urls']), await bytesOf(database, ['visits'])];
  await frontier.close();
  console.log(`\n${URLS} URLs of 67 characters on ${HOSTS} hosts, ${LINKS} links a page\n`);
  printTable(
    ['what', 'bytes, indexes included'],
    [
      ['a queued URL', (queued / URLS).toFixed(0)],
      ['a settled page, its URL included', (urls / URLS + visits / (URLS / 2)).toFixed(0)],
    ],
  );
}

/** Of tables and their indexes, over all partitions. */
async function bytesOf(database: TestDatabase, tables: readonly string[]): Promise<number> {
  const line = createLine(databasePlace(database.url, 'size'));
  const { rows } = await line.ask(
    `SELECT sum(pg_total_relation_size(p.relid))::bigint FROM unnest($1::text[]) AS t(name),
       pg_partition_tree(('"gossamer:size".' || t.name)::regclass) p`,
    [tables],
  );
  await line.close();
  return rows[0]![0] as number;
}
