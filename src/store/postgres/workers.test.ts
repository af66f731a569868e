// Several workers on one job, each with a store of its own.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../../test/contract/store.ts';
import { NO_POSTGRES, startPostgres, type TestDatabase } from '../../../test/helpers/postgres.ts';
import type { NewUrl } from '../../base/contracts.ts';
import type { LeasedHost } from '../../base/job-share.ts';
import { allOf } from '../../base/paged.ts';
import { writersBeside } from '../store.ts';
import { type Ask, createLine } from './line.ts';
import { postgresLocation } from './location.ts';
import { databasePlace, quotedName } from './place.ts';
import type { Share } from './share.ts';
import { openPostgresStore } from './store.ts';

const HOSTS = 12;
/** Later than any look of a worker. */
const LATER = NOW + 60_000;

if (NO_POSTGRES !== false) {
  test('postgres: several workers', { skip: NO_POSTGRES }, () => {});
} else {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());
  tests(database);
}

function page(host: number, number = 1): NewUrl {
  return found(`https://h${host}.test/${number}`);
}

function tests({ url }: TestDatabase): void {
  const worker = (job: string) => openPostgresStore(databasePlace(url, job), { identity: IDENTITY, now: NOW });
  const asking = async <T>(job: string, work: (ask: Ask, schema: string) => Promise<T>): Promise<T> => {
    const place = databasePlace(url, job);
    const line = createLine(place);
    try {
      return await work(line.ask, quotedName(place.schema));
    } finally {
      await line.close();
    }
  };
  /** As if the leases of a worker had lasted too long. */
  const expire = (job: string, number: number) =>
    asking(job, (ask, schema) =>
      ask(`UPDATE ${schema}.workers SET expires_at = 0, home = NULL
        WHERE id = (SELECT id FROM ${schema}.workers ORDER BY id OFFSET ${number} LIMIT 1)`),
    );

  test('workers: a host belongs to one worker, and links to the hosts of another reach that one', async () => {
    const [one, two] = [await worker('links'), await worker('links')];
    await one.frontier.add([page(1), page(2)]);
    const leases = await one.frontier.lease(9, NOW, FREE);
    assert.equal(leases.length, 2);
    assert.deepEqual(await two.frontier.lease(9, NOW, FREE), []);
    await two.frontier.add([page(1, 2), page(2), page(3)]);
    const [third, ...others] = await two.frontier.lease(9, NOW, FREE);
    assert.deepEqual([third?.url, others], [page(3).url, []], 'a new host is free for whoever takes it first');
    assert.deepEqual(await one.frontier.lease(9, NOW, FREE), [], 'the owner has not looked yet');
    await settle(two.frontier, ended(third!, { links: [page(1, 3), page(1, 3), page(1)] }));
    await settle(one.frontier, ...leases.map((lease) => ended(lease)));
    const found = await one.frontier.lease(9, LATER, FREE);
    assert.deepEqual(found.map(({ url }) => url).sort(), [page(1, 2).url, page(1, 3).url]);
    await settle(one.frontier, ...found.map((lease) => ended(lease)));
    assert.equal(await one.share.isOver(), true);
    assert.equal(await two.share.isOver(), true);
    assert.deepEqual(await two.frontier.lease(9, LATER, FREE), []);
    assert.equal(two.frontier.counts().done, 5, 'each knows the totals of all');
    await one.frontier.close();
    await two.frontier.close();
  });

  test('workers: what was leased by a worker past its lease is refused, and others take its hosts', async () => {
    const one = await worker('lapsed');
    const lost: LeasedHost[] = [];
    one.share.watch({ taken: () => {}, lost: (hosts) => lost.push(...hosts) });
    await one.frontier.add([page(1), page(2)]);
    const [first, second] = await one.frontier.lease(9, NOW, FREE);
    await settle(one.frontier, ended(first!));
    await expire('lapsed', 0);
    const two = await worker('lapsed');
    assert.equal(
      writersBeside(await two.ledger.job.workers(), two.worker).length,
      1,
      'the other one may still be writing its archive',
    );
    const [again] = await two.frontier.lease(9, NOW, FREE);
    assert.equal(again?.url, second!.url);
    const place = { file: 'archive/one.warc.gz', offset: 7, length: 11 };
    await settle(one.frontier, ended(second!, { links: [page(3)], place }));
    assert.deepEqual(lost.map(({ host }) => host).sort(), [page(1).host, page(2).host]);
    assert.equal(await two.ledger.rows.find(page(3).url), null, 'its links are not there either');
    assert.equal((await two.ledger.rows.find(second!.url))?.state, 'leased');
    await settle(two.frontier, ended(again!, { links: [page(4)] }));
    assert.equal((await two.ledger.rows.find(second!.url))?.tries, 1, 'no try was spent');
    const [refused, ...more] = await two.ledger.rows.attempts(second!.id);
    assert.deepEqual([refused?.status, more], [200, []], 'that it was requested is known');
    const earlier = await allOf(two.ledger.archived.earlier());
    assert.deepEqual(
      earlier.map(({ archive }) => archive),
      [place],
      'and its record is not without a row',
    );
    await one.frontier.add([page(5)]);
    const [fifth] = await one.frontier.lease(1, LATER, FREE);
    assert.ok(fifth !== undefined, 'it goes on with hosts that nobody has');
    await settle(one.frontier, ended(fifth));
    await one.frontier.close();
    await two.frontier.close();
  });

  test('workers: what was made under leases that were lost meanwhile is refused under new ones', async () => {
    let beforeNext: () => Promise<void> = async () => {};
    const lineTo: typeof createLine = (to, settings) => {
      const line = createLine(to, settings);
      const bound: typeof line.bound = async () => {
        const before = beforeNext;
        beforeNext = async () => {};
        await before();
        return line.bound();
      };
      return { ...line, bound };
    };
    const place = databasePlace(url, 'anew');
    const one = await openPostgresStore(place, { identity: IDENTITY, now: NOW }, () => {}, lineTo);
    await one.frontier.add([page(1)]);
    const [lease] = await one.frontier.lease(1, NOW, FREE);
    let two = one;
    beforeNext = async () => {
      await expire('anew', 0);
      two = await worker('anew');
      assert.equal((await two.frontier.lease(1, NOW, FREE)).length, 1);
      await (one.share as Share).renew();
    };
    await settle(one.frontier, ended(lease!, { links: [page(2)] }));
    assert.equal((await two.ledger.rows.find(page(1).url))?.state, 'leased', 'by its new owner');
    assert.equal(await two.ledger.rows.find(page(2).url), null);
    await one.frontier.close();
    await two.frontier.close();
  });

  test('workers: hosts that are given back are taken by others, with what was known of them', async () => {
    const [one, two] = [await worker('given'), await worker('given')];
    await one.frontier.add(Array.from({ length: HOSTS }, (_, host) => page(host)));
    await one.frontier.lease(1, NOW, () => ({ take: 0, notBefore: NOW + 1e6 }));
    const hosts = one.share.all();
    assert.equal(hosts.length, HOSTS);
    const note = (host: string) => ({ host, rest: '{"what":"was learnt"}' });
    await one.share.giveBack(hosts.slice(1).map((each) => ({ ...each, note: note(each.host), openAt: 0 })));
    await one.share.giveBack([{ ...hosts[0]!, note: null, openAt: NOW + 1e12 }]);
    assert.deepEqual(one.share.all(), []);
    assert.equal((await two.frontier.lease(99, NOW, FREE)).length, HOSTS - 1, 'one is not to be taken yet');
    const [known] = await two.hosts.load([hosts[1]!.host]);
    assert.equal(known?.rest, '{"what":"was learnt"}');
    assert.equal(known?.handed?.wasDropped, false);
    await one.frontier.close();
    await two.frontier.close();
  });

  test('workers: one that has too little gets hosts of one that has many', async () => {
    const [one, two] = [await worker('fair'), await worker('fair')];
    const full = () => ({ take: 0, notBefore: NOW + 1 });
    await one.frontier.add(Array.from({ length: HOSTS }, (_, host) => page(host)));
    await one.frontier.lease(99, NOW, full);
    for (let look = 1; look <= 3; look += 1) {
      await two.frontier.lease(99, NOW + look * 1e4, full);
      await one.frontier.lease(99, NOW + look * 1e4, full);
      const spare = one.share.spare(NOW + look * 1e4);
      await one.share.giveBack(spare.map((host) => ({ ...host, note: null, openAt: 0 })));
      // Whoever gives hosts to others does not take them again.
      await one.frontier.lease(99, NOW + look * 1e4 + 500, full);
    }
    await two.frontier.lease(99, NOW + 1e6, full);
    assert.equal(one.share.all().length, HOSTS / 2);
    assert.equal(two.share.all().length, HOSTS / 2);
    await one.frontier.close();
    await two.frontier.close();
  });

  test('workers: one that has nothing but a host that it is about to give back does not end', async () => {
    const [one, two] = [await worker('leaving'), await worker('leaving')];
    const full = () => ({ take: 0, notBefore: NOW + 1 });
    await one.frontier.add([page(1), page(2)]);
    await one.frontier.lease(99, NOW, full);
    await two.frontier.lease(99, NOW + 1e4, full);
    await one.frontier.lease(99, NOW + 1e4, full);
    const leaving = one.share.spare(NOW + 1e4);
    assert.deepEqual(
      leaving.map(({ why }) => why),
      ['surplus'],
    );
    const [other, ...more] = await one.frontier.lease(99, NOW + 2e4, FREE);
    assert.deepEqual([other?.hostId === leaving[0]!.hostId, more], [false, []]);
    await settle(one.frontier, ended(other!));
    await one.frontier.lease(99, NOW + 9e4, FREE);
    assert.ok(one.share.lookAt < Number.POSITIVE_INFINITY);
    await one.frontier.close();
    await two.frontier.close();
  });

  test('workers: what another finds just before it has nothing left is seen before a worker ends', async () => {
    let beforeEnd: () => Promise<void> = async () => {};
    const place = databasePlace(url, 'last');
    const lineTo: typeof createLine = (to, settings) => {
      const line = createLine(to, settings);
      const ask: Ask = async (sql, values) => {
        if (/^SELECT 1 FROM \S+hosts WHERE open_at/.test(sql)) await beforeEnd();
        return line.ask(sql, values);
      };
      return { ...line, ask };
    };
    const one = await openPostgresStore(place, { identity: IDENTITY, now: NOW }, () => {}, lineTo);
    const two = await worker('last');
    await one.frontier.add([page(1)]);
    await settle(one.frontier, ...(await one.frontier.lease(9, NOW, FREE)).map((lease) => ended(lease)));
    await two.frontier.add([page(2)]);
    const [other] = await two.frontier.lease(9, NOW, FREE);
    beforeEnd = async () => {
      beforeEnd = async () => {};
      await settle(two.frontier, ended(other!, { links: [page(1, 2)] }));
      await two.share.giveBack(two.share.all().map((host) => ({ ...host, note: null, openAt: 0 })));
    };
    const [last] = await one.frontier.lease(9, LATER, FREE);
    assert.equal(last?.url, page(1, 2).url);
    assert.ok(one.share.lookAt < Number.POSITIVE_INFINITY);
    await one.frontier.close();
    await two.frontier.close();
  });

  test('workers: one whose hosts all wait for an event does not end when it has given them back, or asked them', async () => {
    const one = await worker('events');
    await one.frontier.add([page(1), page(2)]);
    const waiting = () => ({ take: 0, notBefore: Number.POSITIVE_INFINITY });
    let now = NOW;
    const look = async (): Promise<void> => {
      for (let times = 0; times < 3; times += 1) {
        now += 60_000;
        await one.frontier.lease(9, now, waiting);
      }
    };
    await look();
    assert.equal(one.share.lookAt, Number.POSITIVE_INFINITY);
    const [first, second] = one.share.all();
    await one.share.giveBack([{ ...second!, note: null, openAt: 0 }]);
    assert.ok(one.share.lookAt < Number.POSITIVE_INFINITY, 'others may have taken it');
    await look();
    assert.equal(one.share.lookAt, Number.POSITIVE_INFINITY);
    one.frontier.hold(first!.hostId, 0);
    const [lease] = await one.frontier.lease(1, now, FREE);
    await settle(one.frontier, ended(lease!));
    assert.ok(one.share.lookAt < Number.POSITIVE_INFINITY, 'others may have its links');
    await one.frontier.close();
  });

  test('workers: what a user changes of a job waits until nobody works on it', async () => {
    const one = await worker('changed');
    const location = postgresLocation('changed', url);
    await assert.rejects(location.lock(), { code: 'locked' });
    await assert.rejects(location.remove(), { code: 'locked' });
    await one.frontier.close();
    const lock = await location.lock();
    await assert.rejects(worker('changed'), { code: 'locked' });
    await lock[Symbol.asyncDispose]();
    await (await worker('changed')).frontier.close();
  });

  test('workers: a limit of the job is shared in parts, and what one has not used is free when it ends', async () => {
    const [one, two] = [await worker('limit'), await worker('limit')];
    await one.frontier.add(Array.from({ length: 20 }, (_, number) => page(1, number)));
    const parts = [await one.share.reserve('urls', 40), await two.share.reserve('urls', 40)];
    assert.deepEqual(parts, [10, 8], 'a part of what is left');
    const leases = await one.frontier.lease(3, NOW, FREE);
    await settle(one.frontier, ...leases.map((lease) => ended(lease)));
    await one.frontier.close();
    let rest = 0;
    for (let part = 1; part > 0; rest += part) part = await two.share.reserve('urls', 40);
    assert.equal(rest, 40 - 3 - 8, 'three were requested, and eight are reserved');
    assert.equal(await two.share.reserve('bytes', 1_000_000), 500_000);
    await two.frontier.close();
    const three = await worker('limit');
    assert.equal(await three.share.reserve('urls', 4), 1, 'three were requested before');
    await three.frontier.close();
  });

  test('workers: one whose sitemaps wait for the others does not take the job for stuck', async () => {
    const [one, two] = [await worker('waiting'), await worker('waiting')];
    await one.frontier.add([page(1)]);
    await one.sitemaps.add([{ url: `${page(1).host}/sitemap.xml`, namedIn: null, host: page(1).host, depth: 0 }]);
    const [lease] = await one.frontier.lease(1, NOW, FREE);
    await settle(one.frontier, ended(lease!));
    assert.deepEqual(await one.frontier.lease(1, NOW + 1_000, FREE), []);
    assert.deepEqual([one.share.mayOthersFind, one.share.lookAt < Number.POSITIVE_INFINITY], [true, true]);
    assert.deepEqual(await two.frontier.lease(1, NOW + 2_000, FREE), []);
    await one.frontier.lease(1, NOW + 3_000, FREE);
    assert.equal(one.share.mayOthersFind, false, 'the other one has told that it is idle');
    await one.frontier.close();
    await two.frontier.close();
  });
}
