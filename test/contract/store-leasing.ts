// Whose turn it is: what every store promises of add, lease, settle and hold.

import assert from 'node:assert/strict';
import { allOf } from '../../src/base/paged.ts';
import { ended, FREE, found, inStore, NOW, RESPONSE, SHUT, type Suite, settle } from './store-samples.ts';

export function leasingContract(suite: Suite): void {
  inStore(
    suite,
    'add: what is new is leasable once, whatever its key was called before',
    async ({ frontier, resumed }) => {
      assert.equal(resumed, false);
      await frontier.add([found('https://a.test/x'), found('https://a.test/%78', { key: 'https://a.test/x' })]);
      await frontier.add([found('https://a.test/x')]);
      const leases = await frontier.lease(10, NOW, FREE);
      assert.deepEqual(leases, [
        {
          id: 1,
          url: 'https://a.test/x',
          host: 'https://a.test',
          hostId: 1,
          depth: 0,
          hops: 0,
          tries: 0,
          wasAsked: false,
          wasTakenBack: false,
          forms: [],
          formsAskedAt: [],
        },
      ]);
      assert.deepEqual(await frontier.lease(10, NOW, FREE), []);
      const { nextAt, ...counts } = frontier.counts();
      assert.deepEqual(counts, { queued: 0, leased: 1, done: 0, failed: 0, skipped: 0, awaited: null });
      assert.equal(nextAt, Number.POSITIVE_INFINITY);
    },
  );

  inStore(
    suite,
    'counts: each URL is counted once, also while its settlement is not durable yet',
    async ({ frontier }) => {
      await frontier.add([1, 2, 3, 4].map((page) => found(`https://a.test/${page}`)));
      const [first, second, third] = await frontier.lease(3, NOW, FREE);
      const again = ended(third!, { state: 'queued', error: 'reset', response: null });
      let isSettled = false;
      const settling = settle(frontier, ended(first!), ended(second!), again).then(() => {
        isSettled = true;
      });
      while (!isSettled) {
        const { queued, leased, done } = frontier.counts();
        assert.equal(queued + leased + done, 4);
        assert.ok(queued >= 1, `${queued} queued, ${leased} leased, ${done} done`);
        await new Promise(setImmediate);
      }
      await settling;
      const { queued, leased, done } = frontier.counts();
      assert.deepEqual({ queued, leased, done }, { queued: 2, leased: 0, done: 2 });
    },
  );

  inStore(suite, 'lease: goes round the hosts and takes no more than there is room for', async ({ frontier }) => {
    const urls = ['a', 'b', 'c'].flatMap((host) => [1, 2, 3, 4].map((page) => found(`https://${host}.test/${page}`)));
    await frontier.add(urls);
    const first = await frontier.lease(7, NOW, (host) => ({ take: host === 'https://b.test' ? 1 : 9, notBefore: 0 }));
    assert.deepEqual(
      first.map(({ url }) => url.slice(8)),
      ['a.test/1', 'b.test/1', 'c.test/1', 'a.test/2', 'c.test/2', 'a.test/3', 'c.test/3'],
    );
    assert.equal((await frontier.lease(10, NOW, FREE)).length, 5);
  });

  inStore(
    suite,
    'lease: a host without room waits for a settlement of its own, or for its time',
    async ({ frontier }) => {
      await frontier.add([1, 2, 3].map((page) => found(`https://a.test/${page}`)));
      const [lease] = await frontier.lease(1, NOW, FREE);
      assert.deepEqual(await frontier.lease(5, NOW, SHUT), []);
      assert.equal(frontier.counts().nextAt, Number.POSITIVE_INFINITY);
      assert.deepEqual(await frontier.lease(5, NOW + 1e9, assert.fail), []);
      await settle(frontier, ended(lease!));
      assert.ok(frontier.counts().nextAt <= NOW);
      assert.deepEqual(await frontier.lease(5, NOW, () => ({ take: 0, notBefore: NOW + 50 })), []);
      assert.equal(frontier.counts().nextAt, NOW + 50);
      assert.equal((await frontier.lease(5, NOW + 50, FREE)).length, 2);
    },
  );

  inStore(
    suite,
    'hold: a host that is opened while URLs of another are being leased stays open',
    async ({ frontier }) => {
      await frontier.add([found('https://a.test/1'), found('https://b.test/1')]);
      const { promise: hasOpened, resolve } = Promise.withResolvers<void>();
      await frontier.lease(5, NOW, (host, hostId) => {
        if (host === 'https://b.test') return FREE();
        // It is being loaded, and that ends before the store has read what it needs.
        setImmediate(() => {
          frontier.hold(hostId, 0);
          resolve();
        });
        return SHUT();
      });
      await hasOpened;
      assert.ok(frontier.counts().nextAt <= NOW);
      const [lease] = await frontier.lease(5, NOW, FREE);
      assert.equal(lease?.host, 'https://a.test');
    },
  );

  inStore(suite, 'hold: shuts a host until its time; a past time opens it', async ({ frontier }) => {
    await frontier.add([found('https://a.test/1'), found('https://b.test/1')]);
    const hostIds = new Map<string, number>();
    await frontier.lease(5, NOW, (host, hostId) => {
      hostIds.set(host, hostId);
      return SHUT();
    });
    frontier.hold(hostIds.get('https://a.test')!, NOW + 100);
    frontier.hold(hostIds.get('https://b.test')!, NOW - 1);
    const [b, ...others] = await frontier.lease(5, NOW, FREE);
    assert.equal(b?.host, 'https://b.test');
    assert.deepEqual(others, []);
    assert.equal(frontier.counts().nextAt, NOW + 100);
    assert.equal((await frontier.lease(5, NOW + 100, FREE)).length, 1);
  });

  inStore(suite, 'settle: a lease without a request is leased again as before', async ({ frontier, ledger }) => {
    await frontier.add([found('https://a.test/1')]);
    const unasked = { state: 'queued', response: null, fetchedAt: 0, tries: 0 } as const;
    for (let nth = 0; nth < 2; nth += 1) {
      const [lease, ...more] = await frontier.lease(9, NOW, FREE);
      assert.deepEqual([lease?.wasAsked, lease?.tries, more], [false, 0, []]);
      await settle(frontier, ended(lease!, unasked));
    }
    const [lease] = await frontier.lease(9, NOW, FREE);
    await settle(frontier, ended(lease!, { ...unasked, fetchedAt: NOW }));
    const [asked] = await frontier.lease(9, NOW, FREE);
    await settle(frontier, ended(asked!, unasked));
    const [again] = await frontier.lease(9, NOW, FREE);
    assert.deepEqual([asked?.wasAsked, again?.wasAsked], [true, true]);
    assert.equal((await ledger.rows.attempts(1)).length, 1, 'of the one request');
  });

  inStore(
    suite,
    'settle: a retry comes back when it is due, with its tries and an attempt',
    async ({ frontier, ledger }) => {
      await frontier.add([found('https://a.test/1')]);
      const [lease] = await frontier.lease(1, NOW, FREE);
      const retry = { state: 'queued', error: 'reset', response: null, dueAt: NOW + 1000.5 } as const;
      await settle(frontier, ended(lease!, retry));
      assert.equal(frontier.counts().queued, 1);
      assert.equal(frontier.counts().nextAt, NOW + 1001);
      assert.equal((await ledger.rows.find('https://a.test/1'))?.dueAt, NOW + 1001);
      assert.equal((await ledger.rows.find('https://a.test/1'))?.state, 'queued');
      assert.deepEqual(await frontier.lease(1, NOW + 1000, FREE), []);
      const [again] = await frontier.lease(1, NOW + 1001, FREE);
      assert.equal(again?.tries, 1);
      assert.deepEqual([lease?.wasAsked, again?.wasAsked], [false, true]);
      const response = { ...RESPONSE, status: 503 };
      await settle(
        frontier,
        ended(again!, { ...retry, error: null, response, fetchedAt: NOW + 5, dueAt: 0, tries: 1 }),
      );
      const [third] = await frontier.lease(1, NOW, FREE);
      assert.equal(third?.tries, 1);
      await settle(frontier, ended(third!));
      assert.deepEqual(await ledger.rows.attempts(1), [
        { at: NOW, error: 'reset', status: 0, form: null, takenBack: null },
        { at: NOW + 5, error: null, status: 503, form: null, takenBack: null },
      ]);
      assert.equal((await ledger.rows.find('https://a.test/1'))?.tries, 2);
    },
  );

  inStore(
    suite,
    'settle: a redirect to another form of the URL goes on with that, as one that was not asked',
    async (store) => {
      const { frontier, ledger } = store;
      const [one, two, three] = ['https://a.test/%7Eu', 'https://a.test/%7eu', 'https://a.test/~u'] as const;
      await frontier.add([found(one, { key: three }), found('https://a.test/other')]);
      const [lease, other] = await frontier.lease(2, NOW, FREE);
      const place = { file: 'archive/1.warc.gz', offset: 5, length: 10 };
      const moved = { state: 'queued', response: { ...RESPONSE, status: 301 }, tries: 0, place } as const;
      await settle(frontier, ended(lease!, { ...moved, form: two }));
      assert.equal((await ledger.rows.find(three))?.dueAt, null);
      assert.deepEqual([...(await ledger.rows.askedByHost())], [[lease!.hostId, 1]]);
      assert.deepEqual(await frontier.lease(1, NOW, FREE, 0), [], 'it counts as a new one');
      const [second] = await frontier.lease(1, NOW, FREE, 1);
      assert.deepEqual([second?.id, second?.url, second?.forms, second?.wasAsked], [lease!.id, two, [one], false]);
      await settle(frontier, ended(second!, { ...moved, form: three, place: { ...place, offset: 15 } }));
      const [third] = await frontier.lease(1, NOW, FREE);
      // A try again is one of the form that was asked.
      await settle(frontier, ended(third!, { state: 'queued', error: 'reset', response: null }));
      const [again] = await frontier.lease(1, NOW, FREE);
      assert.deepEqual([again?.url, again?.forms, again?.wasAsked, again?.tries], [three, [one, two], true, 1]);
      await settle(frontier, ended(again!), ended(other!));
      assert.equal((await ledger.rows.find(one))?.status, 200);
      assert.deepEqual(
        (await ledger.rows.attempts(1)).map(({ status, form }) => [status, form]),
        [
          [301, two],
          [301, three],
          [0, null],
        ],
      );
      assert.deepEqual([...(await ledger.rows.askedByHost())], [[lease!.hostId, 4]]);
      assert.deepEqual(
        (await allOf(ledger.archived.earlier())).map(({ url, status, archive }) => [url, status, archive.offset]),
        [
          [one, 301, 5],
          [one, 301, 15],
        ],
      );
    },
  );

  inStore(
    suite,
    'settle: a lease that is settled twice, or never was, is refused and changes nothing',
    async (store) => {
      const { frontier, ledger } = store;
      await frontier.add([found('https://a.test/1'), found('https://a.test/2')]);
      const [one, two] = await frontier.lease(2, NOW, FREE);
      await settle(frontier, ended(one!));
      await assert.rejects(settle(frontier, ended(two!), ended(one!)), /settled but not leased/);
      await assert.rejects(settle(frontier, ended(two!), ended(two!)), /settled but not leased/);
      assert.equal((await ledger.rows.find('https://a.test/2'))?.state, 'leased');
      await settle(frontier, ended(two!));
      assert.equal(frontier.counts().done, 2);
    },
  );

  inStore(suite, 'lease: thousands of URLs of hundreds of hosts each come once', async ({ frontier }) => {
    const urls = Array.from({ length: 6000 }, (_, page) => found(`https://host-${(page * page) % 300}.test/${page}`));
    await frontier.add(urls);
    const had = new Set<string>();
    for (;;) {
      const leases = await frontier.lease(100, NOW, () => ({ take: 3, notBefore: 0 }));
      if (leases.length === 0) break;
      for (const { url } of leases) had.add(url);
      await settle(frontier, ...leases.map((lease) => ended(lease)));
    }
    assert.equal(had.size, 6000);
    assert.equal(frontier.counts().done, 6000);
  });
}
