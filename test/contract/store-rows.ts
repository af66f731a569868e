// What was written is read back: rows, links, hosts and runs of every store.

import assert from 'node:assert/strict';
import type { HostNote, RowFilter, RunFigures } from '../../src/base/contracts.ts';
import { LINKS_WRITTEN_AT_ONCE_MAX as AT_ONCE_MAX } from '../../src/base/limits.ts';
import { allOf } from '../../src/base/paged.ts';
import { ended, FREE, found, IDENTITY, inStore, NOW, RESPONSE, type Suite, settle } from './store-samples.ts';

export function rowsContract(suite: Suite): void {
  inStore(suite, 'settle: a page of countless links has them all, in order', async ({ frontier, ledger }) => {
    await frontier.add(['/', '/7', '/next'].map((path) => found(`https://a.test${path}`)));
    const [lease, other] = await frontier.lease(2, NOW, FREE);
    const paths = Array.from({ length: 2 * AT_ONCE_MAX + 1 }, (_, at) => `/${at % (AT_ONCE_MAX + 3)}`);
    const links = paths.map((path) => found(`https://a.test${path}`, { depth: 1, nofollow: path === '/3' }));
    await frontier.settle({ settlements: [ended(other!), ended(lease!, { links })], hosts: [], run: null });
    const expected = [...new Set(paths)].filter((path) => path !== '/3');
    assert.deepEqual(
      (await ledger.links.of([1]))[0]!.map((url) => url.slice(14)),
      expected,
    );
    const row = await ledger.rows.find(`https://a.test/${AT_ONCE_MAX}`);
    assert.deepEqual([row?.state, row?.referrer, row?.depth], ['queued', 'https://a.test/', 1]);
    const { queued, done, leased } = frontier.counts();
    assert.deepEqual([queued, leased, done], [expected.length + 1, 0, 2]);
  });

  inStore(
    suite,
    'settle: writes the row, its links in order, and where it was archived',
    async ({ frontier, ledger }) => {
      await frontier.add([found('https://a.test/')]);
      const [lease] = await frontier.lease(1, NOW, FREE);
      const links = ['/2', '/', '/3', '/2', '/1'].map((path) => found(`https://a.test${path}`, { depth: 1 }));
      const place = { file: 'archive/one.warc.gz', offset: 5_000_000_000, length: 777 };
      const unkept = { dropped: 5, tooLong: 0, otherScheme: 7 };
      await settle(frontier, ended(lease!, { links, place, unkept }));
      assert.deepEqual(await ledger.rows.find('https://a.test/'), {
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
        ...{ redirectFragment: null, protocol: 'http/1.1' },
        tries: 1,
        contentType: 'text/html',
        charset: 'utf-8',
        bytes: 1234,
        sha256: 'ab'.repeat(32),
        title: 'A page',
        text: {
          description: 'What it is about',
          language: 'en',
          canonical: 'https://a.test/here',
          robots: ['noarchive', 'max-snippet:10'],
        },
        links: 4,
        unkept,
        fetchedAt: NOW,
        elapsedMs: 12,
        remoteAddress: '127.0.0.1',
        archive: place,
        dueAt: null,
        detail: null,
      });
      assert.deepEqual(
        (await ledger.links.of([1]))[0]!.map((url) => url.slice(14)),
        ['/2', '/', '/3', '/1'],
      );
      assert.deepEqual((await ledger.links.of([2]))[0]!, []);
      const [[id, targets] = []] = await allOf(ledger.links.lists());
      assert.equal(id, 1);
      assert.deepEqual(await ledger.links.urls(targets!), (await ledger.links.of([1]))[0]);
      assert.deepEqual(await allOf(ledger.links.lists(1)), []);
      const row = await ledger.rows.find('https://a.test/3');
      assert.equal(row?.referrer, 'https://a.test/');
      assert.equal(row?.depth, 1);
      assert.equal(row?.state, 'queued');
      assert.equal((await frontier.lease(9, NOW, FREE)).length, 3);
    },
  );

  inStore(suite, 'settle: a redirect leads to its target, new or known', async ({ frontier, ledger }) => {
    await frontier.add([found('https://a.test/1'), found('https://a.test/2')]);
    const leases = await frontier.lease(2, NOW, FREE);
    const redirect = found('https://b.test/', { hops: 1 });
    await settle(frontier, ...leases.map((lease) => ended(lease, { redirect })));
    assert.equal((await ledger.rows.find('https://a.test/1'))?.redirectTo, 'https://b.test/');
    assert.equal((await ledger.rows.find('https://a.test/2'))?.redirectTo, 'https://b.test/');
    assert.deepEqual(await Promise.all((await allOf(ledger.links.redirects())).map(ledger.links.urls)), [
      ['https://a.test/1', 'https://b.test/'],
      ['https://a.test/2', 'https://b.test/'],
    ]);
    const { hops, referrer } = (await ledger.rows.find('https://b.test/'))!;
    assert.deepEqual([hops, referrer], [1, 'https://a.test/1']);
  });

  inStore(suite, 'outer: what led to a part of a page, also behind redirects', async ({ frontier, ledger }) => {
    await frontier.add([found('https://a.test/')]);
    const [page] = await frontier.lease(1, NOW, FREE);
    const part = (path: string, outerCharset?: string) => found(`https://a.test/${path}`, { depth: 1, outerCharset });
    await settle(frontier, ended(page!, { links: [part('frame', 'koi8-r'), part('page')] }));
    const [frame, other] = await frontier.lease(2, NOW, FREE);
    const redirect = found('https://b.test/moved', { depth: 1, hops: 1 });
    await settle(frontier, ended(frame!, { redirect, redirectFragment: '#here', protocol: 'h2' }));
    await settle(frontier, ended(other!, { links: [found('https://b.test/linked', { depth: 2 })] }));
    const outerOf = async (url: string) => ledger.links.outer((await ledger.rows.find(url))!.id);
    const outer = { url: 'https://a.test/', charset: 'koi8-r' };
    assert.deepEqual(await outerOf('https://a.test/frame'), outer);
    assert.deepEqual(await outerOf('https://b.test/moved'), outer);
    const [moved] = (await frontier.lease(9, NOW, FREE)).filter(({ url }) => url === redirect.url);
    // A page in ASCII that names no encoding is in windows-1252, and has that of its own frame.
    const inner = found('https://b.test/inner', { depth: 2, outerCharset: 'windows-1252' });
    await settle(frontier, ended(moved!, { links: [inner] }));
    assert.deepEqual(await outerOf('https://b.test/inner'), outer);
    for (const url of ['https://a.test/', 'https://a.test/page', 'https://b.test/linked'])
      assert.equal(await outerOf(url), null, url);
    const { redirectFragment, protocol } = (await ledger.rows.find('https://a.test/frame'))!;
    assert.deepEqual([redirectFragment, protocol], ['#here', 'h2']);
  });

  inStore(
    suite,
    'settle: failures and skips keep their words, and what was not had is null',
    async ({ frontier, ledger }) => {
      await frontier.add([found('https://a.test/1'), found('https://a.test/2'), found('https://a.test/3')]);
      const [one, two, three] = await frontier.lease(3, NOW, FREE);
      const unasked = { response: null, fetchedAt: 0, elapsedMs: 0, remoteAddress: '', tries: 0 };
      const cut = {
        ...RESPONSE,
        truncated: 'disconnect',
        contentType: '',
        charset: '',
        title: '',
        text: { description: '', language: '', canonical: '', robots: [], headings: [] },
        sha256: null,
      } as const;
      await settle(
        frontier,
        ended(one!, { ...unasked, state: 'failed', error: 'dns-not-found', detail: `a.test: ${'x'.repeat(500)}` }),
        ended(two!, { ...unasked, state: 'skipped', reason: 'robots' }),
        ended(three!, { state: 'failed', error: 'disconnect', response: cut, elapsedMs: 7.6 }),
      );
      const rows = await allOf(ledger.rows.all());
      assert.deepEqual(
        rows.map(({ state, reason, error }) => [state, reason, error]),
        [
          ['failed', null, 'dns-not-found'],
          ['skipped', 'robots', null],
          ['failed', null, 'disconnect'],
        ],
      );
      assert.deepEqual(
        rows.map(({ detail }) => detail),
        [`a.test: ${'x'.repeat(292)}`, null, null],
      );
      const { status, contentType, bytes, fetchedAt, elapsedMs, remoteAddress, archive } = rows[0]!;
      const absent = [status, contentType, bytes, fetchedAt, elapsedMs, remoteAddress, archive];
      assert.deepEqual(absent, Array(7).fill(null));
      const last = rows[2]!;
      assert.deepEqual(
        [
          last.status,
          last.truncated,
          last.contentType,
          last.charset,
          last.title,
          last.text,
          last.sha256,
          last.elapsedMs,
        ],
        [200, 'disconnect', null, null, null, null, null, 8],
      );
      const { nextAt: _, awaited: __, ...counts } = frontier.counts();
      assert.deepEqual(counts, { queued: 0, leased: 0, done: 0, failed: 2, skipped: 1 });
      assert.deepEqual(await ledger.job.counts(), { ...counts, unreadSitemaps: 0 });
    },
  );

  inStore(
    suite,
    'add: a URL that was skipped when it was found has a row and is never leased',
    async ({ frontier, ledger }) => {
      await frontier.add([found('https://a.test/1', { skip: 'scope' })]);
      assert.deepEqual(await frontier.lease(1, NOW, FREE), []);
      assert.equal((await ledger.rows.find('https://a.test/1'))?.state, 'skipped');
      assert.equal((await ledger.rows.find('https://a.test/1'))?.reason, 'scope');
      assert.equal(frontier.counts().skipped, 1);
    },
  );

  inStore(suite, 'row: by key and by url; null for what was never seen', async ({ frontier, ledger }) => {
    const key = 'https://a.test/~u?a=1&b=2';
    const url = 'https://a.test/%7Eu?b=2&a=1';
    await frontier.add([found('https://a.test/'), found(url, { key }), found('https://a.test/é\u{1f600}')]);
    for (const name of [key, url]) {
      assert.equal((await ledger.rows.find(name))?.url, url);
      assert.equal((await ledger.rows.find(name))?.key, key);
    }
    assert.equal((await ledger.rows.find('https://a.test/é\u{1f600}'))?.id, 3);
    assert.equal(await ledger.rows.find('https://a.test/none'), null);
  });

  inStore(suite, 'rows: in order of ids, by state, after an id, up to a limit', async ({ frontier, ledger }) => {
    await frontier.add(Array.from({ length: 700 }, (_, page) => found(`https://a.test/${page}`)));
    const leases = await frontier.lease(350, NOW, FREE);
    await settle(frontier, ...leases.slice(0, 349).map((lease) => ended(lease)));
    const idsOf = async (filter: RowFilter): Promise<number[]> =>
      (await allOf(ledger.rows.all(filter))).map(({ id }) => id);
    assert.deepEqual(
      await idsOf({}),
      Array.from({ length: 700 }, (_, index) => index + 1),
    );
    assert.equal((await idsOf({ state: 'done' })).length, 349);
    assert.deepEqual(await idsOf({ state: 'leased' }), [350]);
    assert.deepEqual(await idsOf({ state: 'queued', afterId: 600, limit: 2 }), [601, 602]);
    assert.deepEqual(await idsOf({ afterId: 699 }), [700]);
    assert.deepEqual(await idsOf({ limit: 0 }), []);
  });
}

export function notesContract(suite: Suite): void {
  inStore(suite, 'movedFiles: each file with what was noted of it last', async ({ movedFiles, ledger }) => {
    assert.deepEqual(await ledger.archived.moved(), new Map());
    const one = { file: 'archive/one.warc.gz', place: 's3://b/p', bytes: 5_000_000_000, isThere: false, upload: '' };
    const other = { file: 'archive/two.warc.gz', place: '/mnt/shared', bytes: 7, isThere: true, upload: '' };
    for (const moved of [one, { ...one, upload: 'a name' }, other]) await movedFiles.note(moved);
    const expected = new Map([{ ...one, upload: 'a name' }, other].map((moved) => [moved.file, moved]));
    assert.deepEqual(await ledger.archived.moved(), expected);
  });

  inStore(suite, 'settle: host notes add up; what a note does not have stays', async ({ frontier, ledger }) => {
    const host = 'https://a.test';
    const robots = { fetchedAt: NOW, expiresAt: NOW + 1, status: 200, body: new Uint8Array([1, 2]) };
    const note = async (notes: object): Promise<void> => {
      await frontier.settle({ settlements: [], hosts: [{ host, ...notes }], run: null });
    };
    await note({ heldUntil: NOW + 5, why: 'status 503' });
    const held = { id: 1, host, answered: false, heldUntil: NOW + 5, why: 'status 503', robots: null };
    assert.deepEqual(await allOf(ledger.job.hosts()), [held]);
    await note({ robots });
    assert.deepEqual(await allOf(ledger.job.hosts()), [{ ...held, robots }]);
    await note({ heldUntil: 0, why: '', robots: { ...robots, status: 0, body: null } });
    await note({});
    const none = { fetchedAt: NOW, expiresAt: NOW + 1, status: 0, body: null };
    assert.deepEqual(await allOf(ledger.job.hosts()), [{ ...held, heldUntil: null, why: null, robots: none }]);
  });

  inStore(
    suite,
    'hosts: are read by their names, with what this run has noted',
    async ({ frontier, hosts, ledger }) => {
      const robots = { fetchedAt: NOW, expiresAt: NOW + 1, status: 200, body: new Uint8Array([1, 2]) };
      const note = async (...notes: HostNote[]): Promise<void> => {
        await frontier.settle({ settlements: [], hosts: notes, run: null });
      };
      assert.deepEqual(await hosts.load(['https://a.test']), [null]);
      await note({ host: 'https://a.test', robots, answered: true }, { host: 'https://b.test', rest: 'one' });
      await note({ host: 'https://b.test', rest: 'two' });
      const [a, b] = await allOf(ledger.job.hosts());
      assert.deepEqual(await hosts.load(['https://b.test', 'https://c.test', 'https://a.test']), [
        { ...b, rest: 'two' },
        null,
        { ...a, rest: null },
      ]);
      assert.deepEqual(a, { id: 1, host: 'https://a.test', answered: true, heldUntil: null, why: null, robots });
    },
  );

  inStore(suite, 'settle: the figures of a run are replaced', async ({ frontier, ledger }) => {
    const hosts = [{ host: 'https://a.test', inFlight: 1, limit: 2, latencyMs: 3.5, heldUntil: null, why: null }];
    const run: RunFigures = {
      startedAt: NOW,
      updatedAt: NOW + 1000,
      endedAt: null,
      stoppedBy: null,
      requests: 5,
      bytes: 6_000_000_000,
      inFlight: 3,
      peakInFlight: 7,
      elapsedMs: 8,
      agent: 'somebot',
      waitingFor: null,
      loopLate: { p999Ms: 3, mostMs: 17 },
      hosts,
    };
    assert.deepEqual(await ledger.job.runs(), []);
    await frontier.settle({ settlements: [], hosts: [], run });
    const last: RunFigures = { ...run, endedAt: NOW + 2000, stoppedBy: 'interrupt', requests: 9 };
    await frontier.settle({ settlements: [], hosts: [], run: last });
    assert.deepEqual(await ledger.job.runs(), [last]);
    assert.deepEqual(await ledger.job.identity(), IDENTITY);
  });
}
