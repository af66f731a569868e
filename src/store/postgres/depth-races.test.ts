// The rule of the smaller depth where several workers find, settle and bring nearer the same URL at the same time. A
// lock of the test holds each of them up at the worst moment.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../../test/contract/store.ts';
import { NO_POSTGRES, startPostgres } from '../../../test/helpers/postgres.ts';
import type { Lease, NewUrl } from '../../base/contracts.ts';
import { type Ask, createLine } from './line.ts';
import { type DatabasePlace, databasePlace, quotedName } from './place.ts';
import { openPostgresStore } from './store.ts';

type Opened = Awaited<ReturnType<typeof openPostgresStore>>;

interface Race {
  /** A page of the host of this race. */
  at(path: string, depth: number): NewUrl;
  /** Begins a transaction that has the rows locked until `release`. */
  lock(rows: string): Promise<void>;
  /** Resolves when so many processes of the server wait for a lock. */
  waiting(count: number): Promise<void>;
  release(): Promise<void>;
  /** The depth and the state of a URL. */
  what(url: NewUrl): Promise<unknown[]>;
}

/** The number of links that a crawl follows. */
const DEPTH = 5;

if (NO_POSTGRES !== false) {
  test('depth: several workers', { skip: NO_POSTGRES }, () => {});
} else {
  const database = await startPostgres();
  const place = databasePlace(database.url, 'races');
  const options = { identity: { ...IDENTITY, depth: DEPTH }, now: NOW };
  const [one, two] = [await openPostgresStore(place, options), await openPostgresStore(place, options)];
  after(async () => {
    await one.frontier.close();
    await two.frontier.close();
    await database[Symbol.asyncDispose]();
  });
  tests(place, one, two);
}

function tests(place: DatabasePlace, one: Opened, two: Opened): void {
  let hosts = 0;
  const race = (name: string, run: (race: Race) => Promise<void>): void => {
    test(`depth: ${name}`, async () => {
      hosts += 1;
      const host = `https://h${hosts}.test`;
      const [locking, watching] = [createLine(place), createLine(place)];
      let ask: Ask | null = null;
      const waiters = `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'`;
      try {
        await run({
          at: (path, depth) => found(`${host}/${path}`, { depth, skip: depth > DEPTH ? 'depth' : null }),
          async lock(rows) {
            ask = await locking.bound();
            await ask('BEGIN');
            await ask(`SELECT 1 FROM ${quotedName(place.schema)}.${rows} FOR UPDATE`);
          },
          async waiting(count) {
            while (((await watching.ask(waiters)).rows[0]![0] as number) < count);
          },
          async release() {
            await ask!('COMMIT');
          },
          async what({ url }) {
            const row = await one.ledger.rows.find(url);
            return [row?.depth, row?.state];
          },
        });
      } finally {
        await Promise.all([locking.close(), watching.close()]);
      }
    });
  };
  /** The first worker has leased the page, which is as far from a root as a crawl goes. */
  const farPage = async ({ at }: Race): Promise<Lease> => {
    const page = at('page', DEPTH);
    await one.frontier.add([page]);
    return (await one.frontier.lease(99, NOW, FREE)).find(({ url }) => url === page.url)!;
  };
  const PAGE = `urls WHERE url LIKE '%/page'`;
  const linksOf = ({ at }: Race) => [at('leaf', DEPTH + 1), at('other', DEPTH + 1)] as const;
  const settled = (lease: Lease, race: Race) =>
    ended(lease, { links: linksOf(race), redirect: race.at('moved', DEPTH) });

  race('of two workers that bring a URL nearer at once the nearer one counts', async (race) => {
    await farPage(race);
    await race.lock(PAGE);
    const nearest = two.frontier.add([race.at('page', 1)]);
    await race.waiting(1);
    const nearer = one.frontier.add([race.at('page', 3)]);
    await race.waiting(2);
    await race.release();
    await Promise.all([nearest, nearer]);
    assert.deepEqual(await race.what(race.at('page', 1)), [1, 'leased']);
  });

  race('of two workers that find a new URL at once the nearer one counts', async (race) => {
    // Whoever came first is held up just before its commit.
    await race.lock('tallies');
    const far = one.frontier.add([race.at('page', DEPTH + 1)]);
    await race.waiting(1);
    const near = two.frontier.add([race.at('page', 2)]);
    await race.waiting(2);
    await race.release();
    await Promise.all([far, near]);
    assert.deepEqual(await race.what(race.at('page', 1)), [2, 'queued']);
  });

  race('a page that comes nearer just before it is settled takes its links along', async (race) => {
    const lease = await farPage(race);
    await race.lock(PAGE);
    const nearer = two.frontier.add([race.at('page', 1)]);
    await race.waiting(1);
    const settling = settle(one.frontier, settled(lease, race));
    await race.waiting(2);
    await race.release();
    await Promise.all([nearer, settling]);
    for (const link of linksOf(race)) assert.deepEqual(await race.what(link), [2, 'queued']);
    assert.deepEqual(await race.what(race.at('moved', DEPTH)), [1, 'queued']);
    const leases = await one.frontier.lease(99, NOW, FREE);
    assert.equal(
      leases.filter(({ hostId }) => hostId === lease.hostId).length,
      3,
      'its owner knows that they are queued',
    );
  });

  race('a page that comes nearer while it is being settled takes its links along', async (race) => {
    const lease = await farPage(race);
    await race.lock('tallies');
    const settling = settle(one.frontier, settled(lease, race));
    await race.waiting(1);
    const nearer = two.frontier.add([race.at('page', 1)]);
    await race.waiting(2);
    await race.release();
    await Promise.all([nearer, settling]);
    for (const link of linksOf(race)) assert.deepEqual(await race.what(link), [2, 'queued']);
    assert.deepEqual(await race.what(race.at('moved', DEPTH)), [1, 'queued']);
  });

  race('a page that came nearer long before it is settled takes its links along', async (race) => {
    const lease = await farPage(race);
    await two.frontier.add([race.at('page', 2)]);
    await settle(one.frontier, settled(lease, race));
    for (const link of linksOf(race)) assert.deepEqual(await race.what(link), [3, 'queued']);
    assert.deepEqual(await race.what(race.at('moved', DEPTH)), [2, 'queued']);
  });

  race('a page that was settled at the limit and is found nearer has its links queued', async (race) => {
    await settle(one.frontier, settled(await farPage(race), race));
    for (const link of linksOf(race)) assert.deepEqual(await race.what(link), [DEPTH + 1, 'skipped']);
    await two.frontier.add([race.at('page', 2)]);
    for (const link of linksOf(race)) assert.deepEqual(await race.what(link), [3, 'queued']);
  });
}
