// Hosts that one worker has and another one needs, and workers that have enough to do.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../../test/contract/store.ts';
import { NO_POSTGRES, startPostgres, type TestDatabase } from '../../../test/helpers/postgres.ts';
import type { NewUrl } from '../../base/contracts.ts';
import { type Ask, createLine } from './line.ts';
import { databasePlace } from './place.ts';
import { openPostgresStore } from './store.ts';

const FULL = () => ({ take: 0, notBefore: NOW + 1 });

if (NO_POSTGRES !== false) {
  test('workers: calls', { skip: NO_POSTGRES }, () => {});
} else {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());
  tests(database);
}

function page(host: number, number = 1): NewUrl {
  return found(`https://h${host}.test/${number}`);
}

function tests({ url }: TestDatabase): void {
  const worker = (job: string, lineTo = createLine) =>
    openPostgresStore(databasePlace(url, job), { identity: IDENTITY, now: NOW }, () => {}, lineTo);
  type Opened = Awaited<ReturnType<typeof worker>>;
  /** What the heart does when it hands out turns: it gives back what is spare. */
  const giveSpare = async ({ share }: Opened, now: number): Promise<void> => {
    await share.giveBack(share.spare(now).map((host) => ({ ...host, note: null, openAt: 0 })));
  };

  test('workers: a host that another worker needs is given to that one', async () => {
    const [one, two] = [await worker('called'), await worker('called')];
    await one.frontier.add([page(1), page(2), page(2, 2)]);
    const { host } = page(2);
    const [first] = await one.frontier.lease(1, NOW, (each) => (each === host ? FULL() : FREE()));
    assert.deepEqual([one.share.has(host), two.share.has(host)], [true, false]);
    for (let look = 1; !two.share.has(host); look += 1) {
      assert.ok(look < 9, 'it comes soon');
      const now = NOW + look * 5_000;
      two.share.want(host);
      await two.frontier.lease(1, now, FULL);
      await one.frontier.lease(1, now, FULL);
      await giveSpare(one, now);
    }
    assert.equal(one.share.has(host), false);
    const leases = await two.frontier.lease(9, NOW + 1e6, FREE);
    assert.equal(leases.filter((lease) => lease.host === host).length, 2, 'with all that waits there');
    await settle(two.frontier, ...leases.map((lease) => ended(lease)));
    await settle(one.frontier, ended(first!));
    for (const { frontier } of [one, two]) await frontier.close();
  });

  test('workers: a host that was never met can be taken too, and one that is free at once', async () => {
    const one = await worker('unmet');
    await one.frontier.add([page(1)]);
    for (const host of ['https://never.test', 'https://other.test']) {
      one.share.want(host);
      await one.frontier.lease(1, NOW, FULL);
      assert.equal(one.share.has(host), true);
    }
    await one.frontier.close();
  });

  test('workers: one that has enough to do learns all the same that others have too little', async () => {
    const [one, two] = [await worker('busy'), await worker('busy')];
    await one.frontier.add(Array.from({ length: 40 }, (_, at) => page(at % 8, at)));
    let settled = 0;
    for (let look = 1; two.share.all().length < 4; look += 1) {
      assert.ok(look < 20, 'it gives hosts away');
      const now = NOW + look * 5_000;
      // It gets as many as it wants each time.
      const leases = await one.frontier.lease(1, now, FREE);
      assert.equal(leases.length, 1);
      await settle(one.frontier, ended(leases[0]!));
      settled += 1;
      await giveSpare(one, now);
      await two.frontier.lease(9, now, FULL);
    }
    assert.ok(settled < 20);
    await one.frontier.close();
    await two.frontier.close();
  });

  test('workers: what is read of a host that is given back meanwhile is not taken for its own', async () => {
    let beforeAnswer: () => Promise<void> = async () => {};
    const lineTo: typeof createLine = (to, settings) => {
      const line = createLine(to, settings);
      const ask: Ask = async (sql, values) => {
        const answer = await line.ask(sql, values);
        if (/^SELECT s\.id, s\.url/.test(sql)) await beforeAnswer();
        return answer;
      };
      return { ...line, ask };
    };
    const one = await worker('slow', lineTo);
    const unread: string[] = [];
    one.share.watch({ taken: (_, sitemaps) => unread.push(...sitemaps.map(({ url }) => url)), lost: () => {} });
    await one.frontier.add([page(1)]);
    const [lease] = await one.frontier.lease(1, NOW, FREE);
    await settle(one.frontier, ended(lease!));
    const two = await worker('slow');
    await two.sitemaps.add([{ url: `${page(1).host}/map`, namedIn: null, host: page(1).host, depth: 0 }]);
    beforeAnswer = async () => {
      beforeAnswer = async () => {};
      await one.share.giveBack(one.share.all().map((host) => ({ ...host, note: null, openAt: 0 })));
      await two.frontier.lease(1, NOW + 60_000, FULL);
      assert.equal(two.share.has(page(1).host), true);
    };
    await one.frontier.lease(1, NOW + 60_000, FULL);
    assert.deepEqual(unread, [], 'another one has the host');
    await one.frontier.close();
    await two.frontier.close();
  });
}
