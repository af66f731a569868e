// What strangers send without end: each is cut at a bound of its own, and the word for it is where people look.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { systemClock } from '../../src/base/clock.ts';
import { openLedger } from '../../src/store/sqlite/store.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { isGuess, serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-guards-'));
after(() => rmSync(folder, { recursive: true }));

const PIECE = Buffer.alloc(64 * 1024, 'x\n');

/** Sends for as long as the client reads; gives how many bytes that were. */
function pour(response: ServerResponse, piece: Buffer): void {
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', more);
  more();
}

async function serve(answer: (path: string, response: ServerResponse) => void) {
  const server = createServer((request, response) => answer(request.url!, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    root: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('crawl: a page that drips for ever is cut at --max-time, and why tells it', async () => {
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    response.write('<a href=/slow>x</a>');
    if (path === '/') return void response.end();
    const drip = systemClock.every(50, () => response.write('<p>'));
    response.on('close', () => drip.cancel());
  });
  const job = join(folder, 'slow');
  const { code, stderr } = await gossamer(['crawl', site.root, '-o', job, '--max-time', '1s', '-q']);
  assert.equal(code, 0, stderr);
  const { stdout } = await gossamer(['why', `${site.root}slow`, job]);
  assert.match(stdout, /it was not whole after 1 s \(--max-time\)/);
  assert.equal(site.log.length, 2, 'it is not asked again');
});

for (const [name, pieceOf, headers] of [
  ['plain', (): Buffer => PIECE, {}],
  ['in gzip', (): Buffer => gzipSync(PIECE), { 'content-encoding': 'gzip' }],
] as const) {
  test(`crawl: of a robots.txt without end ${name} 512 KB are read and obeyed`, async () => {
    await using site = await serve((path, response) => {
      if (path === '/robots.txt') {
        response.writeHead(200, headers);
        const rules = 'User-agent: *\nDisallow: /private\n';
        response.write(name === 'plain' ? rules : gzipSync(rules));
        pour(response, pieceOf());
      } else if (isGuess(path)) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': 'text/html' }).end('<a href=/private>x</a><a href=/open>x</a>');
    });
    const job = join(folder, `robots ${name}`);
    const { code, stderr, stdout } = await gossamer(['crawl', site.root, '-o', job, '--json']);
    assert.equal(code, 0, stderr);
    const { urls, bytes } = JSON.parse(stdout);
    assert.deepEqual([urls.done, urls.skipped], [2, 1]);
    assert.ok(bytes < 700_000, `${bytes} bytes`);
  });
}

test('crawl: pages that always answer 429 are asked no more often than their tries', async () => {
  await using site = await serveSite((path, response) => {
    if (path !== '/') return void response.writeHead(429, { 'retry-after': '1' }).end();
    response.setHeader('content-type', 'text/html');
    response.end('<a href=/busy>x</a>');
  });
  const job = join(folder, 'busy');
  const { code, stderr } = await gossamer(['crawl', site.root, '-o', job, '--retries', '1', '-q']);
  assert.equal(code, 0, stderr);
  const asked = site.log.filter(({ path }) => path === '/busy').length;
  assert.equal(asked, 3, 'once for its host, and its two tries');
  const ledger = openLedger(join(job, 'gossamer.db'));
  const row = await ledger.rows.find(`${site.root}busy`);
  await ledger.close();
  assert.deepEqual([row?.state, row?.status], ['done', 429]);
});

for (const kind of ['pages', 'sitemaps', 'downloads'] as const) {
  test(`crawl: --size-limit counts what is in flight: 32 ${kind} of 60 MB`, async () => {
    const names = Array.from({ length: 32 }, (_, n) => `/endless/${n}`);
    let poured = 0;
    await using site = await serve((path, response) => {
      if (path === '/robots.txt') {
        const named = kind === 'sitemaps' ? names.map((name) => `Sitemap: ${name}\n`).join('') : '';
        return void response.end(`User-agent: *\nDisallow:\n${named}`);
      }
      if (isGuess(path)) return void response.writeHead(404).end();
      const isDownload = kind === 'downloads' && path !== '/';
      response.writeHead(200, { 'content-type': isDownload ? 'application/octet-stream' : 'text/html' });
      const links = kind === 'sitemaps' ? [] : names.map((name) => `<a href=${name}>x</a>`);
      if (path === '/') return void response.end(links.join(''));
      poured += 1;
      pour(response, PIECE);
    });
    const job = join(folder, `size of ${kind}`);
    const args = ['crawl', site.root, '-o', job, '--no-adapt', '--host-concurrency', '32', '--json'];
    const { code, stderr, stdout } = await gossamer([...args, '--size-limit', '10MB']);
    assert.equal(code, 14, stderr);
    const { bytes, requests, urls } = JSON.parse(stdout);
    assert.ok(bytes >= 10_000_000 && bytes <= 10 * 1024 * 1024 + 65_536, `${bytes} bytes`);
    assert.ok(poured > 1);
    assert.equal(urls.done + urls.queued, kind === 'sitemaps' ? 1 : 33);
    const again = await gossamer([...args, '--size-limit', '10MB']);
    // The server may read requests of the first run after that has ended, so what it counts would say nothing.
    const { requests: asked, bytes: received } = JSON.parse(again.stdout);
    assert.deepEqual([again.code, asked, received], [14, requests, bytes], 'nothing more is asked for');
  });
}

test('crawl: robots.txt and sitemaps are requests and bytes too', async () => {
  await using site = await serveSite((_, response) => response.end('x'), '# '.padEnd(10_000, 'x'));
  const job = join(folder, 'sums');
  const { stdout } = await gossamer(['crawl', site.root, '-o', job, '--json']);
  const { requests, bytes } = JSON.parse(stdout);
  assert.equal(requests, 4, 'robots.txt, the page, and two guesses');
  assert.ok(bytes > 10_000, `${bytes} bytes`);
  assert.equal(JSON.parse((await gossamer(['status', job, '--json'])).stdout).requests, 4);
});
