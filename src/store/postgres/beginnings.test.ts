// Workers that begin: at the same time as others, and while one dies.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../../test/contract/store.ts';
import { NO_POSTGRES, startPostgres, type TestDatabase } from '../../../test/helpers/postgres.ts';
import { type Store, writersBeside } from '../store.ts';
import { createLine } from './line.ts';
import { databasePlace, quotedName } from './place.ts';
import { openPostgresStore } from './store.ts';

if (NO_POSTGRES !== false) {
  test('postgres: workers that begin', { skip: NO_POSTGRES }, () => {});
} else {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());
  tests(database);
}

function tests({ url }: TestDatabase): void {
  test('workers: two begin a job at once, also where transactions are serializable by default', async () => {
    const strict = `${url}&options=${encodeURIComponent('-c default_transaction_isolation=serializable')}`;
    const place = databasePlace(strict, 'strict');
    const opening = [1, 2].map(() => openPostgresStore(place, { identity: IDENTITY, now: NOW }));
    for (const { frontier } of await Promise.all(opening)) await frontier.close();
  });

  test('workers: one that died in the middle of its commit may write still, so its archive is not cut', async () => {
    const place = databasePlace(url, 'dying');
    const begun = (now: number) => openPostgresStore(place, { identity: IDENTITY, now });
    const dead = await begun(NOW + 7);
    const line = createLine(place);
    const commit = await line.bound();
    const workers = `${quotedName(place.schema)}.workers`;
    await commit(`UPDATE ${workers} SET pid = 2147483000`);
    await commit('BEGIN');
    await commit(`SELECT 1 FROM ${workers} FOR KEY SHARE`);
    const next = await begun(NOW);
    assert.deepEqual(await writing(next), [NOW + 7]);
    await commit('COMMIT');
    await line.close();
    await next.frontier.close();
    const last = await begun(NOW);
    assert.deepEqual(await writing(last), [], 'nobody commits for it any more');
    await last.frontier.close();
    await dead.frontier.close();
  });

  test('workers: what one committed that began and died while another one began is known to it', async () => {
    const place = databasePlace(url, 'meanwhile');
    const begun = (now: number) => openPostgresStore(place, { identity: IDENTITY, now });
    const slow = await begun(NOW);
    const quick = await begun(NOW + 7);
    await quick.frontier.add([found('http://a.example/')]);
    const [lease] = await quick.frontier.lease(1, NOW, FREE);
    await settle(quick.frontier, ended(lease!, { place: { file: 'archive/quick.warc.gz', offset: 7, length: 11 } }));
    assert.deepEqual([...(await slow.archiveEnds())], [['archive/quick.warc.gz', 18]]);
    for (const { frontier } of [quick, slow]) await frontier.close();
  });
}

/** When the workers began that may be writing archive files beside this one. */
async function writing({ ledger, worker }: Store): Promise<readonly number[]> {
  return writersBeside(await ledger.job.workers(), worker).map(({ startedAt }) => startedAt);
}
