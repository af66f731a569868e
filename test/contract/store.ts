// What every store promises, as one suite that each implementation runs. Time is an argument throughout.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type {
  Frontier,
  JobIdentity,
  Lease,
  Ledger,
  NewUrl,
  Response,
  Room,
  RunFigures,
  Settlement,
} from '../../src/base/contracts.ts';

export interface OpenedStore {
  readonly frontier: Frontier;
  readonly ledger: Ledger;
  readonly resumed: boolean;
}

/** A place for one job. */
export interface StorePlace {
  open(identity?: JobIdentity, now?: number): Promise<OpenedStore>;
  /** A reader as another process has it; null where the store is in memory, which also means that nothing outlasts it. */
  readonly reader: (() => Ledger) | null;
  remove(): void;
}

export const NOW = 1_700_000_000_000;
export const FREE = (): Room => ({ take: Number.POSITIVE_INFINITY, notBefore: 0 });
const SHUT = (): Room => ({ take: 0, notBefore: Number.POSITIVE_INFINITY });

export const IDENTITY: JobIdentity = {
  roots: ['https://example.com/'],
  scope: 'host',
  include: [],
  exclude: ['/private'],
  depth: null,
  pageRequisites: false,
};

export const RESPONSE: Response = {
  status: 200,
  truncated: null,
  contentType: 'text/html',
  charset: 'utf-8',
  bytes: 1234,
  sha256: new Uint8Array(32).fill(0xab),
  title: 'A page',
};

/** A URL as it is found: its key is itself unless another is given. */
export function found(url: string, more: Partial<NewUrl> = {}): NewUrl {
  return { url, key: url, host: new URL(url).origin, depth: 0, hops: 0, skip: null, ...more };
}

/** A lease that ended well. */
export function ended(lease: Lease, more: Partial<Settlement> = {}): Settlement {
  return {
    lease,
    state: 'done',
    reason: null,
    error: null,
    response: RESPONSE,
    tries: lease.tries + 1,
    dueAt: 0,
    links: [],
    redirect: null,
    fetchedAt: NOW,
    elapsedMs: 12,
    remoteAddress: '127.0.0.1',
    place: null,
    ...more,
  };
}

export async function settle(frontier: Frontier, ...settlements: Settlement[]): Promise<void> {
  await frontier.settle({ settlements, hosts: [], run: null });
}

/** Runs the suite on places that `makePlace` makes; names start with `name`. */
export function storeContract(name: string, makePlace: () => StorePlace): void {
  const places: StorePlace[] = [];
  after(() => {
    for (const place of places) place.remove();
  });
  const newPlace = (): StorePlace => {
    const place = makePlace();
    places.push(place);
    return place;
  };
  const inStore = (what: string, body: (store: OpenedStore, place: StorePlace) => Promise<void>): void => {
    test(`${name}: ${what}`, async () => {
      const place = newPlace();
      const store = await place.open();
      try {
        await body(store, place);
      } finally {
        await store.frontier.close();
      }
    });
  };
  aboutLeasing(inStore);
  aboutRows(inStore);
  aboutHostsAndRuns(inStore);
  if (newPlace().reader !== null) aboutResuming(name, newPlace, inStore);
}

type InStore = (what: string, body: (store: OpenedStore, place: StorePlace) => Promise<void>) => void;

function aboutLeasing(inStore: InStore): void {
  inStore('add: what is new is leasable once, whatever its key was called before', async ({ frontier, resumed }) => {
    assert.equal(resumed, false);
    await frontier.add([found('https://a.test/x'), found('https://a.test/%78', { key: 'https://a.test/x' })]);
    await frontier.add([found('https://a.test/x')]);
    const leases = await frontier.lease(10, NOW, FREE);
    assert.deepEqual(leases, [
      { id: 1, url: 'https://a.test/x', host: 'https://a.test', hostId: 1, depth: 0, hops: 0, tries: 0 },
    ]);
    assert.deepEqual(await frontier.lease(10, NOW, FREE), []);
    const { nextAt, ...counts } = frontier.counts();
    assert.deepEqual(counts, { queued: 0, leased: 1, done: 0, failed: 0, skipped: 0 });
    assert.equal(nextAt, Number.POSITIVE_INFINITY);
  });

  inStore('lease: goes round the hosts and takes no more than there is room for', async ({ frontier }) => {
    const urls = ['a', 'b', 'c'].flatMap((host) => [1, 2, 3, 4].map((page) => found(`https://${host}.test/${page}`)));
    await frontier.add(urls);
    const first = await frontier.lease(7, NOW, (host) => ({ take: host === 'https://b.test' ? 1 : 9, notBefore: 0 }));
    assert.deepEqual(
      first.map(({ url }) => url.slice(8)),
      ['a.test/1', 'b.test/1', 'c.test/1', 'a.test/2', 'c.test/2', 'a.test/3', 'c.test/3'],
    );
    assert.equal((await frontier.lease(10, NOW, FREE)).length, 5);
  });

  inStore('lease: a host without room waits for a settlement of its own, or for its time', async ({ frontier }) => {
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
  });

  inStore('hold: shuts a host until its time; a past time opens it', async ({ frontier }) => {
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

  inStore('settle: a retry comes back when it is due, with its tries and an attempt', async ({ frontier, ledger }) => {
    await frontier.add([found('https://a.test/1')]);
    const [lease] = await frontier.lease(1, NOW, FREE);
    const retry = { state: 'queued', error: 'reset', response: null, dueAt: NOW + 1000.5 } as const;
    await settle(frontier, ended(lease!, retry));
    assert.equal(frontier.counts().queued, 1);
    assert.equal(frontier.counts().nextAt, NOW + 1001);
    assert.equal(ledger.row('https://a.test/1')?.dueAt, NOW + 1001);
    assert.equal(ledger.row('https://a.test/1')?.state, 'queued');
    assert.deepEqual(await frontier.lease(1, NOW + 1000, FREE), []);
    const [again] = await frontier.lease(1, NOW + 1001, FREE);
    assert.equal(again?.tries, 1);
    const response = { ...RESPONSE, status: 503 };
    await settle(frontier, ended(again!, { ...retry, error: null, response, fetchedAt: NOW + 5, dueAt: 0, tries: 1 }));
    const [third] = await frontier.lease(1, NOW, FREE);
    assert.equal(third?.tries, 1);
    await settle(frontier, ended(third!));
    assert.deepEqual(ledger.attempts(1), [
      { at: NOW, error: 'reset', status: 0 },
      { at: NOW + 5, error: null, status: 503 },
    ]);
    assert.equal(ledger.row('https://a.test/1')?.tries, 2);
  });

  inStore('settle: a lease that is settled twice, or never was, is refused and changes nothing', async (store) => {
    const { frontier, ledger } = store;
    await frontier.add([found('https://a.test/1'), found('https://a.test/2')]);
    const [one, two] = await frontier.lease(2, NOW, FREE);
    await settle(frontier, ended(one!));
    await assert.rejects(settle(frontier, ended(two!), ended(one!)), /settled but not leased/);
    await assert.rejects(settle(frontier, ended(two!), ended(two!)), /settled but not leased/);
    assert.equal(ledger.row('https://a.test/2')?.state, 'leased');
    await settle(frontier, ended(two!));
    assert.equal(frontier.counts().done, 2);
  });

  inStore('lease: thousands of URLs of hundreds of hosts each come once', async ({ frontier }) => {
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

function aboutRows(inStore: InStore): void {
  inStore('settle: writes the row, its links in order, and where it was archived', async ({ frontier, ledger }) => {
    await frontier.add([found('https://a.test/')]);
    const [lease] = await frontier.lease(1, NOW, FREE);
    const links = ['/2', '/', '/3', '/2', '/1'].map((path) => found(`https://a.test${path}`, { depth: 1 }));
    const place = { file: 'archive/one.warc.gz', offset: 5_000_000_000, length: 777 };
    await settle(frontier, ended(lease!, { links, place }));
    assert.deepEqual(ledger.row('https://a.test/'), {
      id: 1,
      url: 'https://a.test/',
      key: 'https://a.test/',
      state: 'done',
      reason: null,
      error: null,
      status: 200,
      truncated: null,
      depth: 0,
      hops: 0,
      referrer: null,
      redirectTo: null,
      tries: 1,
      contentType: 'text/html',
      charset: 'utf-8',
      bytes: 1234,
      sha256: 'ab'.repeat(32),
      title: 'A page',
      links: 4,
      fetchedAt: NOW,
      elapsedMs: 12,
      remoteAddress: '127.0.0.1',
      archive: place,
      dueAt: null,
    });
    assert.deepEqual(
      ledger.links(1).map((url) => url.slice(14)),
      ['/2', '/', '/3', '/1'],
    );
    assert.deepEqual(ledger.links(2), []);
    const row = ledger.row('https://a.test/3');
    assert.equal(row?.referrer, 'https://a.test/');
    assert.equal(row?.depth, 1);
    assert.equal(row?.state, 'queued');
    assert.equal((await frontier.lease(9, NOW, FREE)).length, 3);
  });

  inStore('settle: a redirect leads to its target, new or known', async ({ frontier, ledger }) => {
    await frontier.add([found('https://a.test/1'), found('https://a.test/2')]);
    const leases = await frontier.lease(2, NOW, FREE);
    const redirect = found('https://b.test/', { hops: 1 });
    await settle(frontier, ...leases.map((lease) => ended(lease, { redirect })));
    assert.equal(ledger.row('https://a.test/1')?.redirectTo, 'https://b.test/');
    assert.equal(ledger.row('https://a.test/2')?.redirectTo, 'https://b.test/');
    assert.equal(ledger.row('https://b.test/')?.hops, 1);
    assert.equal(ledger.row('https://b.test/')?.referrer, 'https://a.test/1');
  });

  inStore('settle: failures and skips keep their words, and what was not had is null', async ({ frontier, ledger }) => {
    await frontier.add([found('https://a.test/1'), found('https://a.test/2'), found('https://a.test/3')]);
    const [one, two, three] = await frontier.lease(3, NOW, FREE);
    const unasked = { response: null, fetchedAt: 0, elapsedMs: 0, remoteAddress: '', tries: 0 };
    const cut = {
      ...RESPONSE,
      truncated: 'disconnect',
      contentType: '',
      charset: '',
      title: '',
      sha256: null,
    } as const;
    await settle(
      frontier,
      ended(one!, { ...unasked, state: 'failed', error: 'dns-not-found' }),
      ended(two!, { ...unasked, state: 'skipped', reason: 'robots' }),
      ended(three!, { state: 'failed', error: 'disconnect', response: cut, elapsedMs: 7.6 }),
    );
    const rows = [...ledger.rows()];
    assert.deepEqual(
      rows.map(({ state, reason, error }) => [state, reason, error]),
      [
        ['failed', null, 'dns-not-found'],
        ['skipped', 'robots', null],
        ['failed', null, 'disconnect'],
      ],
    );
    const { status, contentType, bytes, fetchedAt, elapsedMs, remoteAddress, archive } = rows[0]!;
    const absent = [status, contentType, bytes, fetchedAt, elapsedMs, remoteAddress, archive];
    assert.deepEqual(absent, Array(7).fill(null));
    const last = rows[2]!;
    assert.deepEqual(
      [last.status, last.truncated, last.contentType, last.charset, last.title, last.sha256, last.elapsedMs],
      [200, 'disconnect', null, null, null, null, 8],
    );
    const { nextAt: _, ...counts } = frontier.counts();
    assert.deepEqual(counts, { queued: 0, leased: 0, done: 0, failed: 2, skipped: 1 });
    assert.deepEqual(ledger.counts(), counts);
  });

  inStore(
    'add: a URL that was skipped when it was found has a row and is never leased',
    async ({ frontier, ledger }) => {
      await frontier.add([found('https://a.test/1', { skip: 'scope' })]);
      assert.deepEqual(await frontier.lease(1, NOW, FREE), []);
      assert.equal(ledger.row('https://a.test/1')?.state, 'skipped');
      assert.equal(ledger.row('https://a.test/1')?.reason, 'scope');
      assert.equal(frontier.counts().skipped, 1);
    },
  );

  inStore('row: by key and by url; null for what was never seen', async ({ frontier, ledger }) => {
    const key = 'https://a.test/~u?a=1&b=2';
    const url = 'https://a.test/%7Eu?b=2&a=1';
    await frontier.add([found('https://a.test/'), found(url, { key }), found('https://a.test/é\u{1f600}')]);
    for (const name of [key, url]) {
      assert.equal(ledger.row(name)?.url, url);
      assert.equal(ledger.row(name)?.key, key);
    }
    assert.equal(ledger.row('https://a.test/é\u{1f600}')?.id, 3);
    assert.equal(ledger.row('https://a.test/none'), null);
  });

  inStore('rows: in order of ids, by state, after an id, up to a limit', async ({ frontier, ledger }) => {
    await frontier.add(Array.from({ length: 700 }, (_, page) => found(`https://a.test/${page}`)));
    const leases = await frontier.lease(350, NOW, FREE);
    await settle(frontier, ...leases.slice(0, 349).map((lease) => ended(lease)));
    const idsOf = (filter: Parameters<Ledger['rows']>[0]): number[] => [...ledger.rows(filter)].map(({ id }) => id);
    assert.deepEqual(
      idsOf({}),
      Array.from({ length: 700 }, (_, index) => index + 1),
    );
    assert.equal(idsOf({ state: 'done' }).length, 349);
    assert.deepEqual(idsOf({ state: 'leased' }), [350]);
    assert.deepEqual(idsOf({ state: 'queued', afterId: 600, limit: 2 }), [601, 602]);
    assert.deepEqual(idsOf({ afterId: 699 }), [700]);
    assert.deepEqual(idsOf({ limit: 0 }), []);
  });
}

function aboutHostsAndRuns(inStore: InStore): void {
  inStore('settle: host notes add up; what a note does not have stays', async ({ frontier, ledger }) => {
    const host = 'https://a.test';
    const robots = { fetchedAt: NOW, expiresAt: NOW + 1, status: 200, body: new Uint8Array([1, 2]) };
    const note = async (notes: object): Promise<void> => {
      await frontier.settle({ settlements: [], hosts: [{ host, ...notes }], run: null });
    };
    await note({ heldUntil: NOW + 5, why: 'status 503' });
    const held = { id: 1, host, heldUntil: NOW + 5, why: 'status 503', robots: null };
    assert.deepEqual([...ledger.hosts()], [held]);
    await note({ robots });
    assert.deepEqual([...ledger.hosts()], [{ ...held, robots }]);
    await note({ heldUntil: 0, why: '', robots: { ...robots, status: 0, body: null } });
    await note({});
    const none = { fetchedAt: NOW, expiresAt: NOW + 1, status: 0, body: null };
    assert.deepEqual([...ledger.hosts()], [{ ...held, heldUntil: 0, why: '', robots: none }]);
  });

  inStore('settle: the figures of a run are replaced', async ({ frontier, ledger }) => {
    const hosts = [{ host: 'https://a.test', inFlight: 1, limit: 2, latencyMs: 3.5, heldUntil: null, why: null }];
    const run: RunFigures = {
      startedAt: NOW,
      updatedAt: NOW + 1000,
      endedAt: null,
      stoppedBy: null,
      requests: 5,
      bytes: 6_000_000_000,
      peakInFlight: 7,
      hosts,
    };
    assert.deepEqual(ledger.runs(), []);
    await frontier.settle({ settlements: [], hosts: [], run });
    const last: RunFigures = { ...run, endedAt: NOW + 2000, stoppedBy: 'interrupt', requests: 9 };
    await frontier.settle({ settlements: [], hosts: [], run: last });
    assert.deepEqual(ledger.runs(), [last]);
    assert.deepEqual(ledger.identity(), IDENTITY);
  });
}

function aboutResuming(name: string, newPlace: () => StorePlace, inStore: InStore): void {
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
    assert.equal(ledger.counts().queued, 4);
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
    const { frontier } = await place.open();
    await frontier.add([found('https://a.test/3')]);
    await settle(frontier, ended((await frontier.lease(1, NOW, FREE))[0]!, unspent));
    const ids = (await frontier.lease(9, NOW, FREE)).map(({ id }) => id);
    assert.deepEqual(ids.toSorted(), [1, 2, 3]);
    await frontier.close();
  });

  test(`${name}: open: each run has figures of its own`, async () => {
    const place = newPlace();
    const run = { startedAt: 1, updatedAt: 2, endedAt: 3, stoppedBy: null, requests: 4, bytes: 5, peakInFlight: 6 };
    for (const startedAt of [1, 100]) {
      const { frontier } = await place.open();
      await frontier.settle({ settlements: [], hosts: [], run: { ...run, startedAt, hosts: [] } });
      await frontier.close();
    }
    const ledger = place.reader!();
    assert.deepEqual(
      ledger.runs().map(({ startedAt }) => startedAt),
      [1, 100],
    );
    ledger.close();
  });

  test(`${name}: open: another identity is refused, naming each field with both values`, async () => {
    const place = newPlace();
    await (await place.open()).frontier.close();
    const other = { ...IDENTITY, scope: 'site', depth: 3 };
    await assert.rejects(place.open(other), (error: Error & { code: string }) => {
      assert.equal(error.code, 'other-job');
      assert.match(error.message, /scope was "host" and is now "site"; depth was null and is now 3/);
      assert.match(error.message, /-o .*--fresh/);
      assert.doesNotMatch(error.message, /roots/);
      return true;
    });
    await (await place.open({ ...IDENTITY, exclude: ['/private', '/private'] })).frontier.close();
  });

  inStore('reader: sees what is committed beside the running crawl', async ({ frontier }, place) => {
    await frontier.add([found('https://a.test/1'), found('https://a.test/%32', { key: 'https://a.test/2' })]);
    const ledger = place.reader!();
    const [lease] = await frontier.lease(1, NOW, FREE);
    assert.deepEqual(ledger.counts(), { queued: 2, leased: 0, done: 0, failed: 0, skipped: 0 });
    await settle(frontier, ended(lease!, { links: [found('https://b.test/')] }));
    assert.deepEqual(ledger.counts(), { queued: 2, leased: 0, done: 1, failed: 0, skipped: 0 });
    assert.deepEqual(ledger.links(1), ['https://b.test/']);
    assert.equal(ledger.row('https://a.test/1')?.state, 'done');
    assert.equal(ledger.row('https://a.test/2')?.id, 2);
    assert.equal(ledger.row('https://a.test/%32')?.id, 2);
    assert.equal(ledger.row('https://a.test/3'), null);
    assert.equal([...ledger.rows({ state: 'queued' })].length, 2);
    ledger.close();
  });
}
