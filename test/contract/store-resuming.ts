// What outlasts the process, for every store that does: resuming, identity, and reading beside a writer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exclusionDetail } from '../../src/base/exclusion.ts';
import { allOf } from '../../src/base/paged.ts';
import { ended, FREE, found, IDENTITY, inStore, NOW, type Suite, settle } from './store-samples.ts';

export function resumingContract(suite: Suite): void {
  const { name, newPlace } = suite;
  test(`${name}: open: what was leased or deferred is queued again, and nothing seen is new`, async () => {
    const place = newPlace();
    const first = await place.open();
    await first.frontier.add([1, 2, 3, 4].map((page) => found(`https://a.test/${page}`)));
    const [one, two] = await first.frontier.lease(3, NOW, FREE);
    const retry = { state: 'queued', error: 'reset', response: null, dueAt: NOW + 9 } as const;
    await settle(first.frontier, ended(one!, { links: [found('https://a.test/5')] }), ended(two!, retry));
    await first.frontier.close();

    const { frontier, ledger, resumed } = await place.open();
    assert.equal(resumed, true);
    assert.equal((await ledger.job.counts()).queued, 4);
    await frontier.add([1, 2, 3, 4, 5].map((page) => found(`https://a.test/${page}`)));
    const leases = await frontier.lease(9, NOW, FREE);
    assert.deepEqual(
      leases.map(({ id }) => id),
      [3, 4, 5],
    );
    assert.equal(frontier.counts().nextAt, NOW + 9);
    const [again] = await frontier.lease(9, NOW + 9, FREE);
    assert.deepEqual([again?.id, again?.tries], [2, 1]);
    await settle(frontier, ended(again!));
    assert.equal(frontier.counts().done, 2);
    await frontier.close();
  });

  test(`${name}: open: a URL put back at once, read before its window, is leased once`, async () => {
    const place = newPlace();
    const first = await place.open();
    await first.frontier.add([1, 2].map((page) => found(`https://a.test/${page}`)));
    const unspent = { state: 'queued', error: 'aborted', response: null, tries: 0 } as const;
    await settle(first.frontier, ...(await first.frontier.lease(2, NOW, FREE)).map((lease) => ended(lease, unspent)));
    await first.frontier.close();
    const { frontier, ledger } = await place.open();
    await frontier.add([found('https://a.test/3')]);
    const asked = async (): Promise<number[]> => [...(await ledger.rows.askedByHost())].map(([, urls]) => urls);
    assert.deepEqual(await asked(), [2], 'what was asked and is queued again counts');
    await settle(frontier, ended((await frontier.lease(1, NOW, FREE))[0]!, unspent));
    const leases = await frontier.lease(9, NOW, FREE);
    assert.deepEqual(leases.map(({ id }) => id).toSorted(), [1, 2, 3]);
    assert.deepEqual(
      leases.map(({ id, wasAsked }) => wasAsked === id < 3),
      [true, true, true],
    );
    await frontier.close();
  });

  test(`${name}: open: each run has figures of its own`, async () => {
    const place = newPlace();
    const figures = {
      requests: 4,
      bytes: 5,
      inFlight: 0,
      peakInFlight: 6,
      elapsedMs: 8,
      agent: 'somebot',
      waitingFor: null,
      loopLate: { p999Ms: 3, mostMs: 17 },
      hosts: [],
    };
    const run = { ...figures, startedAt: 1, updatedAt: 2, endedAt: 3, stoppedBy: null };
    for (const startedAt of [1, 100]) {
      const { frontier } = await place.open();
      await frontier.settle({ settlements: [], hosts: [], run: { ...run, startedAt } });
      await frontier.close();
    }
    const ledger = await place.reader!();
    assert.deepEqual(
      (await ledger.job.runs()).map(({ startedAt }) => startedAt),
      [1, 100],
    );
    await ledger.close();
  });

  test(`${name}: exclusions: they outlast the run, and the rows that they took are found`, async () => {
    const place = newPlace();
    const { frontier, ledger, exclusions } = await place.open();
    await frontier.add([1, 2, 3].map((page) => found(`https://a.test/${page}`)));
    const [one, two, three] = await frontier.lease(3, NOW, FREE);
    const taken = { state: 'skipped', reason: 'excluded', response: null } as const;
    const byPattern = ended(two!, { ...taken, detail: exclusionDetail('/2') });
    await settle(frontier, ended(one!, { ...taken, detail: 'by an option' }), byPattern, ended(three!));
    assert.deepEqual(await ledger.job.exclusions(), []);
    await exclusions.change(() => [{ pattern: '/1', since: 1 }]);
    await exclusions.change((before) => [...before, { pattern: '/2', since: 2 }]);
    await exclusions.change((before) => before.filter(({ pattern }) => pattern !== '/1'));
    await frontier.close();
    const reader = await place.reader!();
    assert.deepEqual(await reader.job.exclusions(), [{ pattern: '/2', since: 2 }]);
    assert.deepEqual(await reader.rows.excludedBy('/2'), [2]);
    assert.deepEqual(await reader.rows.excludedBy('/1'), []);
    await reader.close();
  });

  test(`${name}: open: another identity is refused, naming each field with both values`, async () => {
    const place = newPlace();
    await (await place.open()).frontier.close();
    const other = { ...IDENTITY, scope: 'site', depth: 3 };
    await assert.rejects(place.open(other), (error: Error & { code: string }) => {
      assert.equal(error.code, 'other-job');
      assert.match(error.message, /: --scope was host and is now site; --depth was without limit and is now 3\. Use/);
      assert.match(error.message, /-o .*--fresh/);
      assert.doesNotMatch(error.message, /roots/);
      return true;
    });
    await (await place.open({ ...IDENTITY, exclude: ['/private', '/private'] })).frontier.close();
  });

  inStore(suite, 'reader: sees what is committed beside the running crawl', async ({ frontier }, place) => {
    await frontier.add([found('https://a.test/1'), found('https://a.test/%32', { key: 'https://a.test/2' })]);
    const ledger = await place.reader!();
    const [lease] = await frontier.lease(1, NOW, FREE);
    assert.deepEqual(await ledger.job.counts(), {
      queued: 2,
      leased: 0,
      done: 0,
      failed: 0,
      skipped: 0,
      unreadSitemaps: 0,
    });
    await settle(frontier, ended(lease!, { links: [found('https://b.test/')] }));
    assert.deepEqual(await ledger.job.counts(), {
      queued: 2,
      leased: 0,
      done: 1,
      failed: 0,
      skipped: 0,
      unreadSitemaps: 0,
    });
    assert.deepEqual((await ledger.links.of([1]))[0]!, ['https://b.test/']);
    assert.equal((await ledger.rows.find('https://a.test/1'))?.state, 'done');
    assert.equal((await ledger.rows.find('https://a.test/2'))?.id, 2);
    assert.equal((await ledger.rows.find('https://a.test/%32'))?.id, 2);
    assert.equal(await ledger.rows.find('https://a.test/3'), null);
    assert.equal((await allOf(ledger.rows.all({ state: 'queued' }))).length, 2);
    await ledger.close();
  });
}
