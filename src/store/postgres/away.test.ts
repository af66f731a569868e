// A database that goes away while a job is at work, and comes back.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../../test/contract/store.ts';
import { NO_POSTGRES, startPostgres, type TestDatabase } from '../../../test/helpers/postgres.ts';
import { startRelay } from '../../../test/helpers/postgres-relay.ts';
import { systemClock } from '../../base/clock.ts';
import { createRoom, type Room } from '../../base/room.ts';
import { databasePlace } from './place.ts';
import { openPostgresStore } from './store.ts';

/** Time in which pauses are short. */
const CLOCK = { ...systemClock, after: (_: number, callback: () => void) => systemClock.after(20, callback) };

function patientRoom(): Room {
  const room = createRoom(CLOCK);
  room.setPatience(60_000);
  return room;
}

async function opened(url: string, job: string) {
  const room = patientRoom();
  const store = await openPostgresStore(databasePlace(url, job), { identity: IDENTITY, now: NOW, room });
  return { ...store, room, close: store.frontier.close };
}

if (NO_POSTGRES !== false) {
  test('postgres: a database that goes away', { skip: NO_POSTGRES }, () => {});
} else {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());
  tests(database);
}

function tests(database: TestDatabase): void {
  test('postgres: a crawl waits for a server that was killed, and goes on when it is back', async () => {
    const { frontier, ledger, room, close } = await opened(database.url, 'killed');
    await frontier.add([1, 2, 3].map((page) => found(`https://a.test/${page}`)));
    const [one, two] = await frontier.lease(2, NOW, FREE);
    await settle(frontier, ended(one!));
    await database.kill();
    const settling = settle(frontier, ended(two!, { links: [found('https://a.test/4')] }));
    const leasing = frontier.lease(1, NOW, FREE);
    while (room.lack() === null) await systemClock.turn();
    assert.equal(room.lack()?.host, 'the database');
    await database.start();
    await settling;
    assert.deepEqual(
      (await leasing).map(({ url }) => url),
      ['https://a.test/3'],
    );
    assert.equal(room.lack(), null);
    assert.equal(frontier.counts().done, 2);
    const { done, queued } = await ledger.job.counts();
    assert.deepEqual([done, queued], [2, 1]);
    await close();
  });

  test('postgres: a commit whose answer is lost is done once', async () => {
    const relay = await startRelay(database, 5433);
    const { frontier, ledger, close } = await opened(relay.url, 'cut');
    await frontier.add([found('https://a.test/0')]);
    const rounds = 12;
    for (let page = 0; page < rounds; page += 1) {
      const [lease] = await frontier.lease(1, NOW, FREE);
      relay.cutNext();
      const links = [found(`https://a.test/${page + 1}`), found(`https://b.test/${page}`, { skip: 'scope' })];
      await settle(frontier, ended(lease!, { links }));
    }
    assert.equal(relay.cuts, rounds);
    const { nextAt: _, awaited: __, ...counts } = frontier.counts();
    assert.deepEqual(counts, { queued: 1, leased: 0, done: rounds, failed: 0, skipped: rounds });
    assert.deepEqual(await ledger.job.counts(), { ...counts, unreadSitemaps: 0 });
    const { urls, queued, rows, totals } = await ledger.job.sums();
    assert.deepEqual([urls, queued, rows], [2 * rounds + 1, 1, totals]);
    await close();
    relay.close();
  });
}
