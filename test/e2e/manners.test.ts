// Whole crawls through the library against real servers: what is asked, what is not, and what the summary says.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { type CrawlSettings, crawl, type Page } from '../../src/index.ts';
import { serveSite } from '../helpers/site.ts';

function html(response: ServerResponse, body: string, status = 200): void {
  response.statusCode = status;
  response.setHeader('content-type', 'text/html');
  response.end(body);
}

function anchors(...hrefs: string[]): string {
  return hrefs.map((href) => `<a href="${href}">x</a>`).join('');
}

async function pagesOf(root: string | URL[], settings: CrawlSettings = {}) {
  const run = crawl(root, { store: 'memory:', ...settings });
  const pages: Page[] = [];
  for await (const page of run) pages.push(page);
  return { pages, summary: await run.summary };
}

test('crawl: robots.txt is asked first and obeyed', async () => {
  const robots = 'User-agent: *\nDisallow: /private\nAllow: /private/open\n';
  await using site = await serveSite((path, response) => {
    html(response, path === '/' ? anchors('/private/a', '/private/open', '/public') : '');
  }, robots);
  const { pages, summary } = await pagesOf(site.root);
  assert.deepEqual(pages.map(({ url }) => new URL(url).pathname).sort(), ['/', '/private/open', '/public']);
  assert.deepEqual(summary.urls, { queued: 0, leased: 0, done: 3, failed: 0, skipped: 1 });
  assert.equal(summary.state, 'finished');
});

test('crawl: --no-robots asks for everything and not for robots.txt', async () => {
  await using site = await serveSite(
    (path, response) => html(response, path === '/' ? anchors('/private') : ''),
    'User-agent: *\nDisallow: /',
  );
  const { summary } = await pagesOf(site.root, { robots: false });
  assert.equal(summary.urls.done, 2);
});

test('crawl: the starts to a host are spaced by the Crawl-delay of its robots.txt', async () => {
  const starts: number[] = [];
  await using site = await serveSite((path, response) => {
    starts.push(performance.now());
    html(response, path === '/' ? anchors('/1', '/2', '/3') : '');
  }, 'User-agent: *\nCrawl-delay: 0.2\n');
  await pagesOf(site.root);
  const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
  assert.equal(gaps.length, 3);
  for (const gap of gaps) assert.ok(gap > 190, `${gap} ms between two starts`);
});

test('crawl: URLs that robots.txt forbids do not wait for the Crawl-delay', async () => {
  const robots = 'User-agent: *\nDisallow: /no\nCrawl-delay: 3600\n';
  await using site = await serveSite((_, response) => response.end(), robots);
  const roots = ['no', 'no/1', 'no/2'].map((path) => new URL(path, site.root));
  const { summary } = await pagesOf(roots, { sitemaps: false });
  assert.deepEqual([summary.state, summary.urls.skipped, summary.requests], ['finished', 3, 1]);
});

test('crawl: never more in flight to a host than --host-concurrency', async () => {
  await using site = await serveSite((path, response) => {
    if (path === '/') return html(response, anchors(...Array.from({ length: 60 }, (_, n) => `/${n}`)));
    setImmediate(() => setImmediate(() => html(response, '')));
  });
  await pagesOf(site.root, { hostConcurrency: 5, adapt: false });
  assert.equal(site.log.length, 61);
  assert.ok(Math.max(...site.log.map(({ open }) => open)) <= 5);
});

test('crawl: each redirect hop is a row, and the end of a chain is parsed', async () => {
  await using site = await serveSite((path, response) => {
    const target = { '/': '/a', '/a': '/b' }[path];
    if (target === undefined) return html(response, path === '/b' ? anchors('/c') : '');
    response.writeHead(302, { location: target }).end();
  });
  const { pages, summary } = await pagesOf(site.root);
  assert.deepEqual(
    pages.map(({ url, status, redirectTo }) => [
      new URL(url).pathname,
      status,
      redirectTo && new URL(redirectTo).pathname,
    ]),
    [
      ['/', 302, '/a'],
      ['/a', 302, '/b'],
      ['/b', 200, null],
      ['/c', 200, null],
    ],
  );
  assert.equal(summary.requests, 4 + 3, 'robots.txt and two guesses of a sitemap too');
});

test('crawl: a redirect loop and an endless chain end', async () => {
  await using site = await serveSite((path, response) => {
    if (path === '/') return html(response, anchors('/ring/0', '/chain/0', '/self'));
    const [, kind, step] = path.split('/');
    const target =
      kind === 'ring' ? `/ring/${(Number(step) + 1) % 3}` : kind === 'chain' ? `/chain/${Number(step) + 1}` : '/self';
    response.writeHead(301, { location: target }).end();
  });
  const { pages, summary } = await pagesOf(site.root, { redirectsMax: 4 });
  const failed = pages.filter(({ error }) => error !== null).map(({ url, error }) => [new URL(url).pathname, error]);
  assert.deepEqual(failed.sort(), [
    ['/chain/4', 'redirect-limit'],
    ['/self', 'redirect-loop'],
  ]);
  assert.equal(summary.state, 'finished');
});

test('crawl: a redirect to another form of the same URL is followed at once', async () => {
  await using site = await serveSite((path, response) => {
    if (path === '/') return html(response, anchors('/%7Euser'));
    if (path === '/%7Euser') return response.writeHead(301, { location: '/~user' }).end();
    html(response, anchors('/deeper'));
  });
  const { pages, summary } = await pagesOf(site.root);
  assert.deepEqual(pages.map(({ url }) => new URL(url).pathname).sort(), ['/', '/deeper', '/~user']);
  assert.equal(summary.requests, 4 + 3, 'robots.txt and two guesses of a sitemap too');
});

test('crawl: other hosts are rows and are not asked', async () => {
  await using site = await serveSite((_, response) =>
    html(response, anchors('/in', 'http://other.example/out', 'mailto:a@b')),
  );
  const { summary } = await pagesOf(site.root);
  assert.deepEqual(summary.urls, { queued: 0, leased: 0, done: 2, failed: 0, skipped: 1 });
});

test('crawl: a connection that is reset is tried again', async () => {
  const tries = new Map<string, number>();
  await using site = await serveSite((path, response, request) => {
    const count = (tries.get(path) ?? 0) + 1;
    tries.set(path, count);
    if (path === '/flaky' && count < 2) request.socket.resetAndDestroy();
    else html(response, path === '/' ? anchors('/flaky') : '');
  });
  const { pages } = await pagesOf(site.root);
  assert.deepEqual(
    pages.map(({ status }) => status),
    [200, 200],
  );
});

test('crawl: 429 with Retry-After holds the host and spends no try', async () => {
  let isFirst = true;
  await using site = await serveSite((path, response) => {
    if (path === '/limited' && isFirst) {
      isFirst = false;
      response.writeHead(429, { 'retry-after': '1' }).end();
    } else html(response, path === '/' ? anchors('/limited') : '');
  });
  const { pages, summary } = await pagesOf(site.root, { retries: 0 });
  assert.deepEqual(
    pages.map(({ status }) => status),
    [200, 200],
  );
  assert.ok(summary.elapsedMs >= 1000);
});

test('crawl: a host that refuses is failed with its own code, and the crawl goes on', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as { port: number };
  closed.close();
  await using site = await serveSite((_, response) => html(response, anchors(`http://127.0.0.1:${port}/x`, '/in')));
  const { pages, summary } = await pagesOf(site.root, { scope: 'any' });
  assert.deepEqual(
    pages.filter(({ status }) => status === 0).map(({ error }) => error),
    ['refused'],
  );
  assert.deepEqual(summary.urls, { queued: 0, leased: 0, done: 2, failed: 1, skipped: 0 });
});

test('crawl: a host that is silent is failed with its own code', async () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const run = crawl(`http://127.0.0.1:${port}/`, { store: 'memory:', timeoutMs: 100 });
  const summary = await run.summary;
  assert.deepEqual(summary.urls, { queued: 0, leased: 0, done: 0, failed: 1, skipped: 0 });
  assert.equal(run.progress()?.anyResponse, false);
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test('crawl: --limit is never exceeded, and the run says so', async () => {
  await using site = await serveSite((_, response) =>
    html(response, anchors(...Array.from({ length: 50 }, (_, n) => `/${n}`))),
  );
  const { summary } = await pagesOf(site.root, { limit: 10 });
  assert.equal(site.log.length, 10);
  assert.deepEqual([summary.state, summary.stoppedBy, summary.urls.done], ['unfinished', 'limit', 10]);
});

test('crawl: links deeper than --depth are rows and are not asked', async () => {
  await using site = await serveSite((path, response) => html(response, anchors(`${path}x`)));
  const { pages, summary } = await pagesOf(site.root, { depth: 2 });
  assert.deepEqual(
    pages.map(({ depth }) => depth),
    [0, 1, 2],
  );
  assert.equal(summary.urls.skipped, 1);
});

test('crawl: a slow consumer slows the crawl, and leaving the loop stops it', async () => {
  await using site = await serveSite((_, response) =>
    html(response, anchors(...Array.from({ length: 2000 }, (_, n) => `/${n}`))),
  );
  const run = crawl(site.root, { store: 'memory:', concurrency: 10 });
  for await (const page of run) {
    assert.equal(page.status, 200);
    break;
  }
  const summary = await run.summary;
  assert.equal(summary.state, 'unfinished');
  assert.equal(summary.stoppedBy, 'interrupt');
  assert.ok(site.log.length < 500);
});

test('crawl: a bad option rejects both the loop and the summary', async () => {
  const run = crawl('http://127.0.0.1:1/', { concurrency: -1 });
  await assert.rejects(run.summary, /concurrency/);
  await assert.rejects(async () => {
    for await (const page of run) assert.fail(page.url);
  }, /concurrency/);
});
