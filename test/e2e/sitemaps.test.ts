// Sitemaps in whole crawls, against real servers: what only they name is crawled, and everything else is as it was.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type CrawlSettings, crawl } from '../../src/index.ts';
import { openLedger } from '../../src/store/sqlite/store.ts';
import { gossamer, startGossamer } from '../helpers/gossamer.ts';
import { type Answer, type Site, serveSite } from '../helpers/site.ts';

const URLSET = (...urls: string[]): string =>
  `<urlset>${urls.map((url) => `<url><loc>${url}</loc><lastmod>2024-05-01</lastmod></url>`).join('')}</urlset>`;
const INDEX = (...urls: string[]): string =>
  `<sitemapindex>${urls.map((url) => `<sitemap><loc>${url}</loc></sitemap>`).join('')}</sitemapindex>`;

/** Answers with these files, and with a page that leads nowhere for everything else. */
function files(bodies: Readonly<Record<string, string | Buffer>>): Answer {
  return (path, response) => {
    const body = bodies[path];
    if (body === undefined || path.endsWith('.html')) return page(response, String(body ?? ''));
    response.setHeader('content-type', 'application/octet-stream');
    response.end(typeof body === 'string' ? body.replaceAll('ROOT', `http://${response.req.headers.host}/`) : body);
  };
}

function page(response: ServerResponse, body = ''): void {
  response.setHeader('content-type', 'text/html');
  response.end(body);
}

function pathsOf(site: Site): string[] {
  return site.log.map(({ path }) => path);
}

async function crawlAll(site: Site, settings: CrawlSettings = {}) {
  return crawl(site.root, { store: 'memory:', ...settings }).summary;
}

test('crawl: a page that only the guessed sitemap names is crawled, after those that links lead to', async () => {
  const answer: Answer = (path, response) =>
    page(response, path === '/' ? '<a href="/linked">x</a>' : path === '/hidden' ? '<a href="/deeper">x</a>' : '');
  await using site = await serveSite(answer, null, URLSET('ROOThidden', 'ROOTlinked'));
  const summary = await crawlAll(site);
  assert.deepEqual(pathsOf(site), ['/', '/linked', '/hidden', '/deeper']);
  assert.deepEqual(
    [summary.state, summary.stoppedBy, summary.requests, summary.urls.done, summary.urls.failed],
    ['finished', null, 6, 4, 0],
  );
});

test('crawl: a sitemap that is not there is no row; --no-sitemaps, a depth of 0 and a single page ask for none', async () => {
  await using site = await serveSite((_, response) => page(response));
  const { urls, state } = await crawlAll(site);
  assert.deepEqual([urls, state], [{ queued: 0, leased: 0, done: 1, failed: 0, skipped: 0 }, 'finished']);
  await using other = await serveSite((_, response) => page(response), null, URLSET('ROOThidden'));
  for (const settings of [{ sitemaps: false }, { depth: 0 }, { scope: 'page' as const }]) {
    assert.equal((await crawlAll(other, settings)).urls.done, 1);
  }
});

test('crawl: sitemaps that robots.txt names, an index with a packed child and a text file, and one that lists itself', async () => {
  const answer = files({
    '/index': INDEX('ROOTindex', 'ROOTchild.gz', 'ROOTlist.txt', 'ROOTgone'),
    '/child.gz': gzipSync('<urlset><url><loc>/packed</loc></url></urlset>'),
    '/list.txt': '/relative is none\nROOTone\nROOTtwo\n',
  });
  await using site = await serveSite(answer, 'Sitemap: /index\nUser-agent: *\nDisallow: /two\n');
  const { urls } = await crawlAll(site);
  assert.deepEqual(pathsOf(site).sort(), ['/', '/child.gz', '/gone', '/index', '/list.txt', '/one', '/packed']);
  assert.deepEqual(urls, { queued: 0, leased: 0, done: 3, failed: 0, skipped: 1 });
});

test('crawl: a name in robots.txt that is no address leads nowhere, and what stands around one is taken off', async () => {
  const names = ['<ROOTa.xml>', '"/b.xml"', '/c.xml ROOTd.xml', 'h.example/e.xml', 'null', 'ROOTf.xml, ROOTg.xml'];
  await using site = await serveSite(files({}), names.map((name) => `Sitemap: ${name}\n`).join(''));
  await crawlAll(site);
  assert.deepEqual(pathsOf(site).sort(), ['/', '/a.xml', '/b.xml']);
});

test('crawl: a sitemap on another host is asked for, its entries out of scope are rows and are skipped', async () => {
  await using elsewhere = await serveSite(files({ '/map.xml': '' }), 'User-agent: *\nDisallow: /private\n');
  await using site = await serveSite(
    (_, response) => page(response),
    `Sitemap: ${elsewhere.root}map.xml\nSitemap: ${elsewhere.root}private.xml\n`,
    URLSET('http://other.example/x', 'ROOTin'),
  );
  const { urls } = await crawlAll(site);
  assert.deepEqual(pathsOf(elsewhere), ['/map.xml']);
  assert.deepEqual([urls.done, urls.skipped, urls.failed], [2, 1, 0]);
});

test('crawl: --limit is reached by links and no sitemap is asked for, or by its entries and no more are', async () => {
  const asked: string[] = [];
  const answer: Answer = (path, response) => page(response, path === '/' ? '<a href="/a">x</a>' : '');
  await using site = await serveSite(
    answer,
    'Sitemap: /map\n',
    URLSET(...Array.from({ length: 20 }, (_, n) => `ROOT${n}`)),
  );
  site.onRequest = ({ path }) => void asked.push(path);
  const two = await crawlAll(site, { limit: 2 });
  assert.deepEqual([asked.splice(0), two.state, two.stoppedBy], [['/', '/a'], 'unfinished', 'limit']);
  const ten = await crawlAll(site, { limit: 10 });
  assert.equal(asked.filter((path) => path !== '/map').length, 10);
  assert.deepEqual([ten.urls.done, ten.stoppedBy], [10, 'limit']);
});

test('crawl: a sitemap that fails is tried again and then left, and one that moved is followed', async () => {
  let tries = 0;
  const answer: Answer = (path, response) => {
    if (path === '/old') return void response.writeHead(301, { location: '/new' }).end();
    if (path === '/new') return void response.end(URLSET('/moved'));
    if (path !== '/broken') return page(response);
    tries += 1;
    response.statusCode = 500;
    response.end();
  };
  await using site = await serveSite(answer, 'Sitemap: /broken\nSitemap: /old\n');
  const summary = await crawlAll(site, { retries: 1 });
  assert.equal(tries, 2);
  assert.deepEqual([summary.state, summary.urls.done, summary.urls.failed], ['finished', 2, 0]);
});

test('crawl: a host that asks to wait is asked for its sitemap later, and one that never answers holds nothing up', async () => {
  let isFirst = true;
  await using silent = await serveSite((_, response) => void response.destroy());
  const answer: Answer = (path, response) => {
    if (path !== '/map') return page(response);
    if (!isFirst) return void response.end(URLSET('/late'));
    isFirst = false;
    response.writeHead(429, { 'retry-after': '1' }).end();
  };
  await using site = await serveSite(answer, `Sitemap: /map\nSitemap: ${silent.root}map\n`);
  const summary = await crawlAll(site, { retries: 0 });
  assert.deepEqual(pathsOf(site), ['/', '/map', '/map', '/late']);
  assert.deepEqual([summary.state, summary.urls.done, summary.urls.failed], ['finished', 2, 0]);
  assert.deepEqual([...new Set(pathsOf(silent))], ['/map']);
});

test('crawl: a feed that a page names leads on to its entries', async () => {
  const feed = '<rss><channel><item><link>/entry</link><enclosure url="/sound.mp3"/></item></channel></rss>';
  const answer: Answer = (path, response) => {
    if (path !== '/feed') {
      return page(response, path === '/' ? '<link rel="alternate" type="application/rss+xml" href="/feed">' : '');
    }
    response.setHeader('content-type', 'application/rss+xml');
    response.end(feed);
  };
  await using site = await serveSite(answer);
  await crawlAll(site, { sitemaps: false });
  assert.deepEqual(pathsOf(site), ['/', '/feed', '/entry']);
});

test('crawl: killed while sitemaps are read, the same command reads what is left; why tells of them', {
  timeout: 60_000,
}, async () => {
  const children = Array.from({ length: 6 }, (_, n) => n);
  const bodies = Object.fromEntries(
    children.map((n) => [`/map${n}`, URLSET(...Array.from({ length: 30 }, (_, entry) => `ROOTp${n}-${entry}`))]),
  );
  await using site = await serveSite(files(bodies), null, INDEX(...children.map((n) => `ROOTmap${n}`)));
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-sitemaps-'));
  const command = ['crawl', site.root, '-q', '-c', '4', '--no-adapt', '-o', folder];
  for (const point of [2, 3, 5, 40, 60]) {
    const run = startGossamer(command);
    const before = site.log.length;
    site.onRequest = (_, count) => {
      if (count === before + point) run.child.kill('SIGKILL');
    };
    assert.equal((await run.finished).signal, 'SIGKILL', `${point} requests`);
    const { stdout } = await gossamer(['status', folder, '--json']);
    assert.equal((JSON.parse(stdout) as { state: string }).state, 'unfinished', `${point} requests`);
  }
  site.onRequest = () => {};
  const { code, stderr } = await gossamer(command);
  assert.equal(code, 0, stderr);
  const ledger = openLedger(join(folder, 'gossamer.db'));
  assert.deepEqual([(await ledger.job.counts()).done, (await ledger.job.counts()).unreadSitemaps], [181, 0]);
  await ledger.close();
  const before = site.log.length;
  assert.equal((await gossamer(command)).code, 0);
  assert.equal(site.log.length, before, 'a job that is finished asks for nothing');
  const why = await gossamer(['why', `${site.root}p1-3`, folder]);
  assert.match(why.stdout, /found +in a sitemap\n +sitemap +http:\S+\/map1, changed 2024-05-01\n/);
  rmSync(folder, { recursive: true });
});

test('crawl: an index of the usual name is guessed too, and what it lists is crawled', async () => {
  const asked: string[] = [];
  const bodies: Readonly<Record<string, string>> = {
    '/': '<p>no links',
    '/sitemap_index.xml': '<sitemapindex><sitemap>ROOT/posts.xml</sitemap><sitemap><loc>ROOT/pa',
    '/posts.xml': '<urlset><url><loc>ROOT/post</loc></url><url><loc>ROOT/&unknown;</loc></url><url><loc>ROOT/po',
    '/post': '<p>found',
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.push(path);
    const body = bodies[path];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': /xml/.test(path) ? 'text/xml' : 'text/html' });
    response.end(body?.replaceAll('ROOT', `http://${request.headers.host}`));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const { urls } = await crawl(`http://127.0.0.1:${port}/`, { store: 'memory:' }).summary;
    assert.deepEqual(asked.sort(), ['/', '/post', '/posts.xml', '/robots.txt', '/sitemap.xml', '/sitemap_index.xml']);
    assert.equal(urls.done, 2);
  } finally {
    server.close();
  }
});

test('crawl: where one sitemap spends the memory for bodies, the others are read once the archive has it', async () => {
  // Nothing but its archiving takes time: it is no sitemap, and cannot be compressed.
  const long = Buffer.concat([Buffer.from('<x>'), randomBytes(17 * 1024 * 1024)]);
  const answer = files({ '/long.xml': long, '/short.xml': URLSET('ROOThidden') });
  await using site = await serveSite(answer, 'Sitemap: /long.xml\nSitemap: /short.xml\n');
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-sitemaps-'));
  const run = await gossamer(['crawl', site.root, '-o', join(folder, 'job'), '--delay', '0']);
  rmSync(folder, { recursive: true });
  assert.deepEqual([run.code, pathsOf(site).includes('/hidden')], [0, true], run.stderr);
});
