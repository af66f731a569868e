// Page requisites: what pages are made of, on other hosts too, and nothing beyond.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type CrawlSettings, crawl } from '../../src/index.ts';
import { missingLoopback } from '../helpers/loopback.ts';
import { isGuess } from '../helpers/site.ts';

const secondMissing = await missingLoopback('127.0.0.2');

/** Bodies by path; `SITE` and `CDN` stand for the two hosts. */
const SITE: Readonly<Record<string, string>> = {
  '/': `<link rel=stylesheet href=/main.css><img src=/a.png srcset="/a2.png 2x, CDN/b.png 3x"><a href=/page>p</a><a href=CDN/elsewhere>e</a>
    <script src=CDN/app.js></script><style>body { background: url(CDN/bg.png) }</style><iframe src=CDN/frame.html></iframe>`,
  '/page': '<p style="background: url(/p.png)"><a href=/deep>d</a><object data=CDN/movie.html></object>',
  '/deep': '<img src=/deep.png>',
  '/main.css': '@import "print.css"; @font-face { src: url(CDN/font.woff2) } @import url(CDN/theme.css);',
  '/print.css': 'p { background: url(print.png) }',
};
const CDN: Readonly<Record<string, string>> = {
  '/theme.css': '@font-face { src: url(theme.woff2) } p { background: url(SITE/from-theme.png) }',
  '/movie.html': '<a href=/never>n</a><img src=/never.png>',
  '/robots.txt': 'User-agent: *\nDisallow: /private/',
};
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css',
  png: 'image/png',
  js: 'text/javascript',
  woff2: 'font/woff2',
};

interface Served extends AsyncDisposable {
  readonly origin: string;
  readonly asked: string[];
}

async function serve(
  address: string,
  bodies: Readonly<Record<string, string>>,
  own: { site: string; cdn: string },
): Promise<Served> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const body = bodies[path];
    if (path !== '/robots.txt' && !isGuess(path)) asked.push(path);
    const extension = /\.(\w+)$/.exec(path)?.[1] ?? '';
    response.statusCode = body === undefined && TYPES[extension] === undefined ? 404 : 200;
    response.setHeader('content-type', TYPES[extension] ?? 'text/html');
    response.end((body ?? '').replaceAll('SITE', own.site).replaceAll('CDN', own.cdn));
  });
  server.listen(0, address);
  await once(server, 'listening');
  return {
    origin: `http://${address}:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const WANTED_OF_SITE = [
  '/',
  '/a.png',
  '/a2.png',
  '/deep',
  '/deep.png',
  '/from-theme.png',
  '/main.css',
  '/p.png',
  '/page',
  '/print.css',
  '/print.png',
];
const WANTED_OF_CDN = ['/app.js', '/b.png', '/bg.png', '/font.woff2', '/movie.html', '/theme.css', '/theme.woff2'];

async function withHosts(run: (site: Served, cdn: Served) => Promise<void>): Promise<void> {
  const own = { site: '', cdn: '' };
  await using site = await serve('127.0.0.1', SITE, own);
  await using cdn = await serve('127.0.0.2', CDN, own);
  own.site = site.origin;
  own.cdn = cdn.origin;
  await run(site, cdn);
}

const settings: CrawlSettings = { store: 'memory:', pageRequisites: true, allowPrivate: true };

test('crawl: --page-requisites asks for what pages are made of, one hop off the host, and follows nothing there', {
  skip: secondMissing,
}, async () => {
  await withHosts(async (site, cdn) => {
    const { state } = await crawl(`${site.origin}/`, settings).summary;
    assert.equal(state, 'finished');
    assert.deepEqual(site.asked.toSorted(), WANTED_OF_SITE);
    assert.deepEqual(cdn.asked.toSorted(), WANTED_OF_CDN);
  });
});

test('crawl: without --page-requisites only pages are asked for', { skip: secondMissing }, async () => {
  await withHosts(async (site, cdn) => {
    await crawl(`${site.origin}/`, { ...settings, pageRequisites: false }).summary;
    assert.deepEqual(site.asked.toSorted(), ['/', '/deep', '/page']);
    assert.deepEqual(cdn.asked, []);
  });
});

test('crawl: requisites are cut by no depth, and by what is excluded', { skip: secondMissing }, async () => {
  await withHosts(async (site, cdn) => {
    await crawl(`${site.origin}/`, { ...settings, depth: 0, exclude: ['\\.woff2$'] }).summary;
    assert.deepEqual(site.asked.toSorted(), [
      '/',
      '/a.png',
      '/a2.png',
      '/from-theme.png',
      '/main.css',
      '/print.css',
      '/print.png',
    ]);
    assert.deepEqual(cdn.asked.toSorted(), ['/app.js', '/b.png', '/bg.png', '/theme.css']);
  });
});

test('crawl: a job with requisites goes on after every request and ends with the same set', {
  skip: secondMissing,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-requisites-'));
  await withHosts(async (site, cdn) => {
    const output = join(folder, 'job');
    for (let limit = 1; limit <= 40; limit += 1) {
      const { state } = await crawl(`${site.origin}/`, { ...settings, store: null, output, limit }).summary;
      if (state === 'finished') break;
    }
    assert.deepEqual(site.asked.toSorted(), WANTED_OF_SITE);
    assert.deepEqual(cdn.asked.toSorted(), WANTED_OF_CDN);
  }).finally(() => rmSync(folder, { recursive: true }));
});
