// The library as a program uses it: hooks that wait and that fail, and what a page says of itself.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { allOf } from '../../src/base/paged.ts';
import { type CrawlHooks, type CrawlSettings, crawl, type Page } from '../../src/index.ts';
import { openLedger } from '../../src/store/sqlite/store.ts';
import { recordOf, type UrlRecord } from '../../src/views/tables/record.ts';
import { type Answer, makeLinks, pagesAnswer, serveSite } from '../helpers/site.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-library-'));
after(() => rmSync(home, { recursive: true }));
let jobs = 0;

function newJob(): string {
  jobs += 1;
  return join(home, String(jobs));
}

async function rowsOf(folder: string): Promise<UrlRecord[]> {
  const ledger = openLedger(join(folder, 'gossamer.db'));
  const rows = (await allOf(ledger.rows.all())).map((row) => recordOf(row));
  await ledger.close();
  return rows;
}

/** So many turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await new Promise((resolve) => setImmediate(resolve));
}

const PAGES = 30;
const thirty = (): Answer => pagesAnswer(makeLinks(5, PAGES, 3));

test('onPage: it is waited for, as many as concurrency at a time, and no page is asked for meanwhile', async () => {
  await using site = await serveSite(thirty());
  const held = Promise.withResolvers<void>();
  const three = Promise.withResolvers<void>();
  const over: string[] = [];
  let open = 0;
  const run = crawl(site.root, {
    store: 'memory:',
    concurrency: 3,
    async onPage({ url }) {
      open += 1;
      assert.ok(open <= 3, `${open} at a time`);
      if (open === 3) three.resolve();
      await held.promise;
      await turns(3);
      open -= 1;
      over.push(url);
    },
  });
  await three.promise;
  await turns(50);
  assert.equal(site.log.length, 3);
  assert.deepEqual(over, []);
  held.resolve();
  const { state, urls } = await run.summary;
  assert.deepEqual([state, urls.done, over.length, open], ['finished', PAGES, PAGES, 0]);
});

test('onPage: with a concurrency of 1 one page comes after the other', async () => {
  await using site = await serveSite(thirty());
  const told: string[] = [];
  site.onRequest = ({ path }) => void told.push(`ask ${path}`);
  const onPage = async ({ url }: Page): Promise<void> => {
    await turns(3);
    told.push(`end ${new URL(url).pathname}`);
  };
  await crawl(site.root, { store: 'memory:', concurrency: 1, onPage }).summary;
  assert.equal(told.length, 2 * PAGES);
  for (let at = 0; at < told.length; at += 2) assert.equal(told[at + 1], told[at]!.replace('ask', 'end'));
});

test('onSkip: what it waits for is waited for at the end, also of many at once', async () => {
  const away = Array.from({ length: 3_000 }, (_, n) => `<a href="http://away.test/${n}">x</a>`).join('');
  const robots = 'User-agent: *\nDisallow: /no';
  await using site = await serveSite((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`${away}<a href=/no>x</a><a href=/yes>x</a>`);
  }, robots);
  const over: string[] = [];
  const onSkip: CrawlHooks['onSkip'] = async ({ reason }) => {
    await turns(2);
    over.push(reason);
  };
  const { urls } = await crawl(site.root, { store: 'memory:', onSkip }).summary;
  assert.deepEqual([urls.done, over.length], [2, 3_001]);
  assert.equal(over.filter((reason) => reason === 'robots').length, 1);
});

test('onRequest: what it resolves to is sent', async () => {
  const agents = new Set<string | undefined>();
  await using site = await serveSite((path, response, { headers }) => {
    agents.add(headers['x-key'] as string | undefined);
    thirty()(path, response, null!);
  });
  const onRequest: CrawlHooks['onRequest'] = async (request) => {
    await turns(1);
    return { ...request, headers: ['X-Key', 'k'] };
  };
  const { urls } = await crawl(site.root, { store: 'memory:', onRequest }).summary;
  assert.deepEqual([urls.done, [...agents]], [PAGES, ['k']]);
});

const failing: readonly [name: string, error: unknown, hooks: (fail: () => never) => CrawlHooks][] = [
  ['onPage that throws', new Error('full'), (fail) => ({ onPage: () => fail() })],
  ['onPage that rejects', new TypeError('later'), (fail) => ({ onPage: () => turns(2).then(fail) })],
  ['onPage that throws no error', undefined, (fail) => ({ onPage: () => fail() })],
  [
    'onRequest that throws',
    new Error('no key'),
    (fail) => ({ onRequest: (request) => (isPage(request) ? fail() : request) }),
  ],
  [
    'onRequest that rejects',
    'a word',
    (fail) => ({ onRequest: async (request) => (isPage(request) ? fail() : request) }),
  ],
  ['onSkip that throws', new Error('skip'), (fail) => ({ onSkip: () => fail() })],
  ['onSkip that rejects', new Error('skip later'), (fail) => ({ onSkip: () => turns(3).then(fail) })],
];

function isPage({ url }: { url: string }): boolean {
  return url.endsWith('.html');
}

for (const [name, error, hooks] of failing) {
  test(`hooks: an ${name} ends the run with what it threw, and the job can go on`, async () => {
    const links = makeLinks(6, PAGES, 3);
    await using site = await serveSite(
      (path, response) => {
        pagesAnswer(links)(path, response, null!);
      },
      null,
      null,
    );
    const output = newJob();
    const roots = [site.root, `${site.root}p/1/nowhere.html`];
    let failures = 0;
    const own = hooks(() => {
      failures += 1;
      throw error;
    });
    // Something out of scope, so that there is a skip.
    const settings: CrawlSettings = { output, concurrency: 4, exclude: 'page-7' };
    const run = crawl(roots, { ...settings, ...own });
    const iterated = (async () => {
      for await (const { url } of run) assert.ok(url);
    })();
    for (const over of [run.summary, iterated]) assert.deepEqual(await endOf(over), { thrown: error });
    assert.ok(failures >= 1 && failures <= 4, `it was called ${failures} times`);

    const before = (await rowsOf(output)).filter(({ state }) => state === 'done').length;
    assert.ok(before < PAGES, 'the run ended early');
    const { state, urls } = await crawl(roots, settings).summary;
    assert.deepEqual([state, urls.failed, urls.queued], ['finished', 0, 0]);
    assert.equal(urls.done, PAGES);
    const asked = new Map<string, number>();
    for (const { path } of site.log) asked.set(path, (asked.get(path) ?? 0) + 1);
    assert.equal(asked.size, PAGES);
    assert.ok(site.log.length <= PAGES + 4, 'only what was in flight was asked again');
  });
}

async function endOf(work: Promise<unknown>): Promise<{ thrown: unknown } | null> {
  return work.then(
    () => null,
    (thrown: unknown) => ({ thrown }),
  );
}

test('onRequest: what is no request ends the run with a sentence', async () => {
  await using site = await serveSite(thirty());
  for (const onRequest of [() => undefined, async () => ({}), () => site.root]) {
    const run = crawl(site.root, { store: 'memory:', onRequest: onRequest as never });
    await assert.rejects(run.summary, { code: 'usage', message: /^onRequest must return a request: / });
  }
  assert.equal(site.log.length, 0);
});

const MIXED = `<link rel=stylesheet href=/s.css><link rel=canonical href=/><link rel=alternate type=application/rss+xml href=/feed>
  <a href=/a>a</a><a href=/a#part>a</a><a href="/a?utm_source=x">a</a><a rel=nofollow href=/secret>x</a><a href=/b rel=next>b</a>
  <img src=/i.png><script src=/x.js></script><iframe src=/frame></iframe><a href=mailto:me@a.test>x</a><a href="http://away.test/">x</a>`;

const mixed: Answer = (path, response) => {
  if (path === '/b') response.writeHead(302, { location: '/c' });
  else if (path === '/') response.setHeader('content-type', 'text/html; charset=ISO-8859-1');
  else response.setHeader('content-type', 'text/html');
  response.end(path === '/' ? MIXED : path === '/a' ? '<meta charset=utf-8><a href=/late>x</a>' : 'x');
};

for (const pageRequisites of [false, true]) {
  test(`Page: says what the row says, ${pageRequisites ? 'with' : 'without'} requisites`, async () => {
    let late = 0;
    await using site = await serveSite((path, response, request) => {
      if (path !== '/late') return mixed(path, response, request);
      late += 1;
      response.statusCode = late === 1 ? 500 : 200;
      response.end('late');
    });
    const output = newJob();
    const pages: Page[] = [];
    const run = crawl(new URL(site.root), { output, pageRequisites, onPage: (page) => pages.push(page) });
    assert.equal((await run.summary).state, 'finished');
    const rows = new Map((await rowsOf(output)).map((row) => [row.url, row]));
    assert.equal(pages.length, [...rows.values()].filter(({ state }) => state === 'done').length);
    for (const page of pages) {
      const row = rows.get(page.url)!;
      assert.deepEqual(
        [page.referrer, page.charset, page.tries, page.sha256, page.links.length, page.depth, page.redirectTo],
        [row.referrer, row.charset ?? '', row.tries, row.sha256, row.links, row.depth, row.redirectTo],
        page.url,
      );
    }
    const page = (path: string): Page => pages.find(({ url }) => new URL(url).pathname === path)!;
    assert.deepEqual(
      [page('/').referrer, page('/a').referrer, page('/c').referrer],
      [null, site.root, `${site.root}b`],
    );
    assert.deepEqual([page('/').charset, page('/a').charset], ['windows-1252', 'utf-8']);
    assert.equal(page('/late').tries, 2);
    const kinds = page('/').links.map(({ url, kind }) => `${kind} ${url.replace(site.root, '/')}`);
    const parts = ['style /s.css', 'requisite /i.png', 'script /x.js'];
    const all =
      'style /s.css,canonical /,feed /feed,navigation /a,navigation /b,requisite /i.png,script /x.js,frame /frame,navigation http://away.test/';
    assert.deepEqual(
      kinds,
      all.split(',').filter((kind) => pageRequisites || !parts.includes(kind)),
    );
    assert.equal(page('/').links.find(({ url }) => url.endsWith('/b'))?.rel, 'next');
  });
}

test('hooks: what is no function is refused before anything is requested', async () => {
  await using site = await serveSite(thirty());
  for (const [name, value] of [
    ['onPage', 5],
    ['onSkip', null],
    ['onRequest', Number.NaN],
  ] as const) {
    const run = crawl(site.root, { output: newJob(), [name]: value } as unknown as CrawlSettings);
    await assert.rejects(run.summary, { name: 'UsageError', message: `${name}: ${value} is not a function.` });
  }
  for (const signal of [5, null, {}]) {
    const run = crawl(site.root, { output: newJob(), signal } as unknown as CrawlSettings);
    await assert.rejects(run.summary, { name: 'UsageError', message: /^signal: .* is not an AbortSignal\.$/ });
  }
  assert.deepEqual(site.log, []);
});

test('crawl: the job is closed where its loop was left, so the same call goes on at once', async () => {
  await using site = await serveSite(thirty());
  const output = newJob();
  const seen: string[] = [];
  const firstOf = async (): Promise<string> => {
    for await (const { url } of crawl(site.root, { output })) return url;
    return '';
  };
  seen.push(await firstOf());
  await assert.rejects(async () => {
    for await (const { url } of crawl(site.root, { output })) throw new RangeError(url);
  }, RangeError);
  for await (const { url } of crawl(site.root, { output })) {
    seen.push(url);
    break;
  }
  const { state, urls } = await crawl(site.root, { output }).summary;
  assert.deepEqual([state, urls.done, seen.length], ['finished', PAGES, 2]);
});
