// Files in the place of a robots.txt that are not as the book has them: what can be read is obeyed, and where rules may
// have been lost nothing is asked for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type CrawlSettings, crawl } from '../../src/index.ts';
import { type RawServer, rawServer } from '../helpers/raw-server.ts';
import { isGuess } from '../helpers/site.ts';

const FORBIDS = 'User-agent: *\nDisallow: /private\n';

function text(fields: string, body: Buffer | string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${fields}\r\n${body.toString('latin1')}`;
}

/** A site with this robots.txt, and links to what it forbids and to what it does not. */
function siteWith(robots: string): Promise<RawServer> {
  const links = '<a href="/private/x">x</a><a href="/public">y</a>';
  return rawServer((_, head) => {
    const path = head.split(' ')[1]!;
    if (path === '/robots.txt') return robots;
    return text('Content-Type: text/html\r\n', path === '/' ? links : '');
  });
}

interface Ended {
  readonly asked: readonly string[];
  /** The path and error of each URL. */
  readonly told: readonly (readonly [string, string | null])[];
}

async function crawled(robots: string, settings: CrawlSettings = {}): Promise<Ended> {
  await using server = await siteWith(robots);
  const run = crawl(server.url, { store: 'memory:', sitemaps: false, hostPatienceMs: 0, ...settings });
  const told: [string, string | null][] = [];
  for await (const { url, error } of run) told.push([new URL(url).pathname, error]);
  const asked = server.requests.map(({ head }) => head.split(' ')[1]!);
  return { asked: asked.filter((path) => path !== '/robots.txt' && !isGuess(path)).sort(), told };
}

const READABLE: readonly (readonly [name: string, robots: string, settings?: CrawlSettings])[] = [
  ['Content-Encoding: none', text('Content-Encoding: none\r\n', FORBIDS)],
  ['Content-Encoding: utf-8', text('Content-Encoding: utf-8\r\n', FORBIDS)],
  ['gzip that is plain', text('Content-Encoding: gzip\r\n', FORBIDS)],
  ['Brotli that is called gzip', text('Content-Encoding: gzip\r\n', brotliCompressSync(FORBIDS))],
  ['Brotli that is called none', text('Content-Encoding: none\r\n', brotliCompressSync(FORBIDS))],
  ['Brotli without a word', text('', brotliCompressSync(FORBIDS))],
  ['gzip without a word', text('', gzipSync(FORBIDS))],
  ['zlib without a word', text('', deflateSync(FORBIDS))],
  ['bare deflate without a word', text('', deflateRawSync(FORBIDS))],
  ['gzip without its trailer', text('Content-Encoding: gzip\r\n', gzipSync(FORBIDS).subarray(0, -8))],
  ['zlib without its sum', text('Content-Encoding: deflate\r\n', deflateSync(FORBIDS).subarray(0, -4))],
  ['gzip without a word and without its trailer', text('', gzipSync(FORBIDS).subarray(0, -8))],
  ['zstd without a word', text('', zstdCompressSync(FORBIDS))],
  ['a comment of HTML', text('', `<!-- http://h/ -->\n${FORBIDS}`)],
  ['UTF-16', text('', Buffer.from(`\ufeff${FORBIDS}`, 'utf16le'))],
  ['a limit for bodies that is smaller', text('', `#${'x'.repeat(500)}\n${FORBIDS}`), { bodyBytesMax: 400 }],
];
for (const [name, robots, settings] of READABLE) {
  test(`crawl: a robots.txt with ${name} is obeyed`, async () => {
    assert.deepEqual((await crawled(robots, settings)).asked, ['/', '/public']);
  });
}

const BZIP2 = Buffer.from('BZh91AY&SY\x94\xf8\x1f\x80\0\0\x08\x5f\x80\x10@\0\x10', 'latin1');
/** A body under a status that says little of it. */
function under(status: string, body: string, fields = ''): string {
  return text(fields, body).replace('200 OK', status);
}

for (const status of ['206 Partial Content', '300 Multiple Choices', '305 Use Proxy', '203 Not The Author']) {
  test(`crawl: the body of a robots.txt with status ${status} is obeyed`, async () => {
    const fields = `Content-Range: bytes 0-${FORBIDS.length - 1}/${FORBIDS.length}\r\n`;
    assert.deepEqual((await crawled(under(status, FORBIDS, fields))).asked, ['/', '/public']);
  });
}

for (const [name, robots] of [
  ['status 304', 'HTTP/1.1 304 Not Modified\r\n\r\n'],
  ['a part of it', under('206 Partial Content', 'User-agent: *\n', 'Content-Range: bytes 0-13/500\r\n')],
  ['a part without a word', under('206 Partial Content', 'User-agent: *\n')],
] as const) {
  test(`crawl: a robots.txt that is answered with ${name} is not had, and nothing is asked for`, async () => {
    assert.deepEqual(await crawled(robots), { asked: [], told: [] });
  });
}

const LOST: readonly (readonly [name: string, robots: string])[] = [
  ['a damaged gzip', text('Content-Encoding: gzip\r\n', gzipSync(FORBIDS).subarray(0, -12))],
  ['a damaged gzip without a word', text('', gzipSync(FORBIDS).subarray(0, -12))],
  ['a damaged Brotli without a word', text('', brotliCompressSync(FORBIDS.repeat(9)).subarray(0, -4))],
  ['a coding that nobody names', text('Content-Type: text/plain\r\n', BZIP2)],
  ['a coding that is called another', text('Content-Encoding: gzip\r\n', BZIP2)],
  ['nothing but NULs', text('', Buffer.alloc(70))],
];
for (const [name, robots] of LOST) {
  test(`crawl: of a host whose robots.txt is ${name} nothing is asked for, and its URLs fail with the reason`, async () => {
    assert.deepEqual(await crawled(robots), { asked: [], told: [['/', 'decode']] });
  });
}

const SAYS_NOTHING: readonly (readonly [name: string, body: Buffer | string])[] = [
  ['a picture', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01', 'latin1')],
  ['an icon', Buffer.from('\0\0\x01\0\x01\0\x10\x10\0\0', 'latin1')],
  ['a page', '<!doctype html><title>Not found</title>'],
  ['a packed page', brotliCompressSync('<!doctype html><title>Not found</title>')],
  ['a comment in Latin-1', Buffer.from('# nichts f\xfcr Maschinen', 'latin1')],
  ['a comment that DOS ended', '# nothing\r\n\x1a'],
  ['JSON', '{"error": "not found"}'],
  ['nothing', ''],
];
for (const [name, body] of SAYS_NOTHING) {
  test(`crawl: ${name} in the place of robots.txt forbids nothing`, async () => {
    assert.deepEqual((await crawled(text('', body))).asked, ['/', '/private/x', '/public']);
  });
}

test('crawl: a robots.txt that fails with a body that cannot be decoded has failed, and is asked for again', async () => {
  const body = gzipSync(FORBIDS).subarray(0, -12);
  const failed = text('Content-Encoding: gzip\r\n', body).replace('200 OK', '503 Service Unavailable');
  assert.deepEqual(await crawled(failed), { asked: [], told: [] });
});
