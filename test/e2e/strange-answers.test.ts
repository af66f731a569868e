// Answers that are not as the book has them: what a crawl makes of them, and what it says.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type CrawlSettings, crawl } from '../../src/index.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { type RawServer, rawServer } from '../helpers/raw-server.ts';
import { isGuess } from '../helpers/site.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-strange-'));
after(() => rmSync(home, { recursive: true, force: true }));

/** Serves one response a path, written as latin1; a path that is not there is a 404. */
function serve(responses: Readonly<Record<string, string>>): Promise<RawServer> {
  return rawServer((_, head) => {
    const path = head.split(' ')[1]!;
    return Object.hasOwn(responses, path) ? responses[path]! : 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n';
  });
}

function page(fields: string, body: string, status = 'HTTP/1.1 200 OK'): string {
  return `${status}\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n${fields}\r\n${body}`;
}

function paths(server: RawServer): string[] {
  const asked = server.requests.map(({ head }) => head.split(' ')[1]!);
  return asked.filter((path) => path !== '/robots.txt' && !isGuess(path)).sort();
}

test('crawl: a page under a Content-Encoding that is none is read, and one under a coding that we lack is kept and told', async () => {
  const names = ['none', 'UTF-8', 'identity, utf-8', 'text/html', 'compress', 'exi'];
  const links = names.map((_, at) => `<a href="/${at}">x</a>`).join('');
  await using server = await serve({
    '/': page('Content-Encoding: binary\r\n', links),
    ...Object.fromEntries(
      names.map((name, at) => [`/${at}`, page(`Content-Encoding: ${name}\r\n`, `<a href="/from-${at}">x</a>`)]),
    ),
  });
  const output = join(home, 'codings');
  const run = await gossamer(['crawl', server.url, '-o', output]);
  assert.equal(run.code, 0, run.stderr);
  const led = paths(server).filter((path) => path.startsWith('/from-'));
  assert.deepEqual(led, ['/from-0', '/from-1', '/from-2', '/from-3']);
  const why = await gossamer(['why', `${server.url}4`, output]);
  assert.match(why.stdout, /state {5}done, status 200\n {2}detail {4}the content coding "compress" cannot be undone/);
  const report = await gossamer(['report', output]);
  assert.match(
    report.stdout,
    /^Remarks: 2 responses\n {2}\S+\/4\n {11}the content coding "compress" [^\n]*\n {2}\S+\/5\n {11}the content coding "exi"/m,
  );
  const json = JSON.parse((await gossamer(['report', output, '--json'])).stdout);
  assert.deepEqual([json.remarks.total, json.remarks.urls[0].url], [2, `${server.url}4`]);
  const markdown = await gossamer(['report', output, '--markdown']);
  assert.match(markdown.stdout, /^### Remarks: 2 responses$/m);
  const { stdout } = await gossamer(['verify', output]);
  assert.match(stdout, /^All is well/);
});

const FORBIDS = 'User-agent: *\nDisallow: /private\n';

function text(fields: string, body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${fields}\r\n${body}`;
}

const READABLE: readonly (readonly [name: string, robots: string, settings?: CrawlSettings])[] = [
  ['Content-Encoding: none', text('Content-Encoding: none\r\n', FORBIDS)],
  ['Content-Encoding: utf-8', text('Content-Encoding: utf-8\r\n', FORBIDS)],
  ['gzip that is plain', text('Content-Encoding: gzip\r\n', FORBIDS)],
  ['a comment of HTML', text('', `<!-- http://h/ -->\n${FORBIDS}`)],
  ['UTF-16', text('', Buffer.from(`\ufeff${FORBIDS}`, 'utf16le').toString('latin1'))],
  ['a limit for bodies that is smaller', text('', `#${'x'.repeat(500)}\n${FORBIDS}`), { bodyBytesMax: 400 }],
];
for (const [name, robots, settings] of READABLE) {
  test(`crawl: a robots.txt with ${name} is obeyed`, async () => {
    const root = page('', '<a href="/private/x">x</a><a href="/public">y</a>');
    await using server = await serve({ '/robots.txt': robots, '/': root });
    const run = crawl(server.url, { store: 'memory:', sitemaps: false, ...settings });
    for await (const _ of run);
    assert.deepEqual(paths(server), ['/', '/public']);
  });
}

const UNREADABLE: readonly (readonly [name: string, robots: string, why: RegExp])[] = [
  ['under a coding that we lack', text('Content-Encoding: compress\r\n', FORBIDS), /the content coding "compress"/],
  [
    'in a damaged gzip',
    text('Content-Encoding: gzip\r\n', gzipSync(FORBIDS).subarray(0, -12).toString('latin1')),
    /the gzip is damaged/,
  ],
];
for (const [name, robots, why] of UNREADABLE) {
  test(`crawl: of a host whose robots.txt is ${name} nothing is asked, and why is told`, async () => {
    await using server = await serve({ '/robots.txt': robots, '/': page('', 'x') });
    const run = crawl(server.url, { store: 'memory:', sitemaps: false, hostPatienceMs: 0 });
    for await (const _ of run);
    const summary = await run.summary;
    assert.deepEqual([paths(server), summary.stoppedBy, summary.urls.queued], [[], 'held', 1]);
    assert.match(summary.hosts[0]!.why ?? '', why);
  });
}

test('crawl: octets of Location, Link and Refresh are asked for as they came', async () => {
  const cat = Buffer.from('/u/кот').toString('latin1');
  const to = (location: string): string => `HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ${location}\r\n\r\n`;
  await using server = await serve({
    '/robots.txt': to('/rob\xf6ts'),
    '/rob%F6ts': text('', 'User-agent: *\nDisallow: /private\n'),
    '/sitemap.xml': to('/m\xe4p.xml'),
    '/m%E4p.xml': text('Content-Type: text/xml\r\n', '<urlset><url><loc>http://HOST/listed</loc></url></urlset>'),
    '/': page(
      `Link: <${cat}1>; rel=next, </caf\xe9>; rel=next\r\nRefresh: 0; url=/r\xe9\r\n`,
      '<a href=/l>x</a><a href=/n>x</a><a href=/private>x</a>',
    ),
    '/l': to(cat),
    '/n': to('caf\xe9?q=\xfc\xff'),
  });
  for await (const _ of crawl(server.url, { store: 'memory:' }));
  assert.deepEqual(paths(server), [
    ...['/', '/caf%E9', '/caf%E9?q=%FC%FF', '/l', '/m%E4p.xml', '/n', '/r%E9', '/rob%F6ts'],
    ...['/u/%D0%BA%D0%BE%D1%82', '/u/%D0%BA%D0%BE%D1%821'],
  ]);
});

test('crawl: a robots.txt that redirects to itself, or nowhere, is asked for once', async () => {
  for (const location of ['', '/robots.txt']) {
    const robots = `HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ${location}\r\n\r\n`;
    await using server = await serve({ '/robots.txt': robots, '/': page('', 'x') });
    for await (const _ of crawl(server.url, { store: 'memory:', sitemaps: false }));
    assert.deepEqual(
      server.requests.map(({ head }) => head.split(' ')[1]),
      ['/robots.txt', '/'],
    );
  }
});

test('crawl: odd status lines, coded transfers and countless lengths are pages, and stand in the archive as readers take them', async () => {
  const links = ['/case', '/version', '/two', '/coded', '/countless'].map((path) => `<a href=${path}>x</a>`).join('');
  const body = '<title>It</title><a href=/from>x</a>';
  const coded = gzipSync(body).toString('latin1');
  const close = 'Connection: close\r\n';
  const fields: Readonly<Record<string, string>> = {
    '/case': `hTTp/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    '/version': page('', body, 'HTTP/1.2 200 OK'),
    '/two': page('', body, 'HTTP/2 200'),
    '/coded': `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: gzip, chunked\r\n\r\n${coded.length.toString(16)}\r\n${coded}\r\n0\r\n\r\n`,
    '/countless': `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${'9'.repeat(20)}\r\n${close}\r\n${body}`,
  };
  await using server = await rawServer((socket, head) => {
    const path = head.split(' ')[1]!;
    const response = path === '/' ? page('', links) : (fields[path] ?? 'HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n');
    if (path !== '/countless') return response;
    socket.end(response, 'latin1');
    return null;
  });
  const output = join(home, 'odd');
  const sha256 = createHash('sha256').update(body).digest('hex');
  assert.equal((await gossamer(['crawl', server.url, '-o', output])).code, 0);
  const { stdout } = await gossamer(['export', 'jsonl', output, '-o', '-']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const path of Object.keys(fields)) {
    const row = rows.find(({ url }) => new URL(url).pathname === path);
    assert.deepEqual([row.state, row.title, row.sha256, row.truncated], ['done', 'It', sha256, null], path);
  }
  assert.match((await gossamer(['verify', output])).stdout, /^All is well/);
  const files = readdirSync(join(output, 'archive')).filter((name) => name.endsWith('.gz'));
  const text = files.map((name) => gunzipSync(readFileSync(join(output, 'archive', name))).toString('latin1')).join('');
  const heads = text.match(/^http\/[^ ]* \d+.*$/gim) ?? [];
  assert.ok(heads.length >= 7, String(heads));
  for (const head of heads) assert.match(head, /^HTTP\/1\.1 \d{3}/);
});
