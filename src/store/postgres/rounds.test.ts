// How many round trips a page costs while a crawl goes on steadily.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../../test/contract/store.ts';
import { NO_POSTGRES, startPostgres } from '../../../test/helpers/postgres.ts';
import { startRelay } from '../../../test/helpers/postgres-relay.ts';
import type { Lease, NewUrl } from '../../base/contracts.ts';
import { databasePlace } from './place.ts';
import { openPostgresStore } from './store.ts';

const HOSTS = 20;
const GROUP = 100;
const GROUPS = 10;
const LINKS = 30;
const NEW_LINKS = 3;
const ROUNDS_A_PAGE_MAX = 0.2;

if (NO_POSTGRES !== false) {
  test('postgres: round trips a page', { skip: NO_POSTGRES }, () => {});
} else {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());

  test('postgres: a page with thirty links, three of them new, costs at most a fifth of a round trip', async (context) => {
    const relay = await startRelay(database, 5433);
    const place = databasePlace(relay.url, 'rounds');
    const { frontier } = await openPostgresStore(place, { identity: IDENTITY, now: NOW });
    let last = 0;
    const page = (number: number): NewUrl => found(`https://h${number % HOSTS}.test/${number}`, { depth: 1 });
    const linksOf = ({ id }: Lease): NewUrl[] =>
      Array.from({ length: LINKS }, (_, at) => {
        if (at < NEW_LINKS) last += 1;
        return page(at < NEW_LINKS ? last : (id * 7 + at * 13) % last);
      });
    const work = async (): Promise<void> => {
      const leases = await frontier.lease(GROUP, NOW, FREE);
      assert.equal(leases.length, GROUP);
      await settle(frontier, ...leases.map((lease) => ended(lease, { links: linksOf(lease) })));
    };
    last = 2 * GROUP;
    await frontier.add(Array.from({ length: last + 1 }, (_, number) => page(number)));
    await work();
    const before = relay.rounds;
    for (let group = 0; group < GROUPS; group += 1) await work();
    const rounds = (relay.rounds - before) / (GROUPS * GROUP);
    context.diagnostic(`${rounds} round trips a page`);
    assert.ok(rounds <= ROUNDS_A_PAGE_MAX, `${rounds} round trips a page`);
    await frontier.close();
    relay.close();
  });
}
