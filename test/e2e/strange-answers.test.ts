// Answers that are not as the book has them: what a crawl makes of them, and what it says.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { brotliCompressSync, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { crawl } from '../../src/index.ts';
import type { UrlRecord } from '../../src/views/tables/record.ts';
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
  assert.match(why.stdout, /response {2}text\/html, 23 B/, 'it has no encoding');
  const pages = join(home, 'codings-markdown');
  assert.equal((await gossamer(['export', 'markdown', output, '-o', pages, '-q'])).code, 0);
  const made = readdirSync(join(pages, `127.0.0.1_${server.port}`)).sort();
  assert.deepEqual(
    made.filter((name) => /^[0-5]/.test(name)),
    ['0.md', '1.md', '2.md', '3.md'],
  );
  const report = await gossamer(['report', output]);
  assert.match(
    report.stdout,
    /^Remarks: 7 responses\n {2}\S+\/\n {11}Content-Encoding "binary" names no coding that is known\n/m,
  );
  assert.match(
    report.stdout,
    /\n {2}\S+\/4\n {11}the content coding "compress" [^\n]*\n {2}\S+\/5\n {11}the content coding "exi"/,
  );
  const json = JSON.parse((await gossamer(['report', output, '--json'])).stdout);
  assert.deepEqual([json.remarks.total, json.remarks.urls[5].url], [7, `${server.url}4`]);
  const markdown = await gossamer(['report', output, '--markdown']);
  assert.match(markdown.stdout, /^### Remarks: 7 responses$/m);
  const { stdout } = await gossamer(['verify', output]);
  assert.match(stdout, /^All is well/);
});

/** Rows by path. */
async function rowsOf(job: string): Promise<Map<string, UrlRecord>> {
  const { stdout } = await gossamer(['export', 'jsonl', job, '-o', '-']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as UrlRecord);
  return new Map(rows.map((row) => [new URL(row.url).pathname, row]));
}

function archiveText(job: string): string {
  const files = readdirSync(join(job, 'archive')).filter((name) => name.endsWith('.gz'));
  return files.map((name) => gunzipSync(readFileSync(join(job, 'archive', name))).toString('latin1')).join('');
}

test('crawl: what is wrong with a coding is told on the row, and the record is whole because all was sent', async () => {
  const odd = '<a href=/from>x</a>'.repeat(200);
  const bytes = (body: Buffer): string => body.toString('latin1');
  const wrong = gzipSync(odd);
  wrong[wrong.length - 6]! ^= 0xff;
  const bent = Buffer.from(gzipSync(odd));
  bent.fill(0xff, bent.length >> 1, (bent.length >> 1) + 4);
  const answers: Readonly<Record<string, readonly [fields: string, body: string, detail: RegExp]>> = {
    '/short': ['Content-Encoding: gzip\r\n', bytes(gzipSync(odd).subarray(0, -12)), /^the gzip is damaged: /],
    '/checksum': ['Content-Encoding: gzip\r\n', bytes(wrong), /^the gzip is damaged: /],
    '/bent': ['Content-Encoding: gzip\r\n', bytes(bent), /^the gzip is damaged: /],
    '/br': ['Content-Encoding: br\r\n', bytes(brotliCompressSync(odd).subarray(0, -3)), /^the br is damaged: /],
    '/zstd': ['Content-Encoding: zstd\r\n', bytes(zstdCompressSync(odd).subarray(0, -3)), /^the zstd is damaged: /],
    '/foo': ['Content-Encoding: x-foo\r\n', odd, /^Content-Encoding "x-foo" names no coding that is known$/],
    '/both': ['Content-Encoding: gzip, bar\r\n', bytes(gzipSync(odd)), /^Content-Encoding "gzip, bar" names no/],
  };
  await using server = await serve({
    '/': page(
      '',
      Object.keys(answers)
        .map((path) => `<a href=${path}>x</a>`)
        .join(''),
    ),
    ...Object.fromEntries(Object.entries(answers).map(([path, [fields, body]]) => [path, page(fields, body)])),
  });
  const job = join(home, 'damaged');
  assert.equal((await gossamer(['crawl', server.url, '-o', job, '-q'])).code, 0);
  const rows = await rowsOf(job);
  for (const [path, [, , detail]] of Object.entries(answers)) {
    const row = rows.get(path)!;
    assert.deepEqual([row.state, row.error, row.truncated], ['done', null, null], path);
    assert.match(row.detail ?? '', detail);
  }
  const { url, detail } = rows.get('/checksum')!;
  const why = (await gossamer(['why', url, job])).stdout;
  assert.ok(why.includes(`state     done, status 200\n  detail    ${detail}\n`), why);
  assert.doesNotMatch(archiveText(job), /^WARC-Truncated/im);
  assert.match((await gossamer(['verify', job])).stdout, /^All is well/);
});

test('crawl: a damaged sitemap is read as far as it goes, and called cut', async () => {
  const entries = Array.from({ length: 200 }, (_, at) => `<url><loc>http://HOST/${at}</loc></url>`).join('\n');
  const packed = gzipSync(`<urlset>${entries}</urlset>`, { level: 0 });
  const body = packed.subarray(0, packed.length >> 1).toString('latin1');
  await using server = await rawServer((_, head) => {
    const path = head.split(' ')[1]!;
    if (path === '/sitemap.xml') return text('Content-Encoding: gzip\r\nContent-Type: text/xml\r\n', body);
    return path === '/' ? page('', 'x') : 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n';
  });
  const job = join(home, 'damaged-sitemap');
  assert.equal((await gossamer(['crawl', server.url, '-o', job, '-q'])).code, 0);
  const line = readFileSync(join(job, 'logs/gossamer.jsonl'), 'utf8')
    .split('\n')
    .find((each) => each.includes('"sitemap"'))!;
  const { verdict, isCut } = JSON.parse(line);
  assert.deepEqual([verdict, isCut], ['read', true]);
});

const PNG = `\x89PNG\r\n\x1a\n<a href=/led>${'x'.repeat(1_500_000)}`;
for (const [flags, isKept] of [
  [[], true],
  [['--no-archive'], false],
] as const) {
  test(`crawl: a long picture that is sent as a page is no page, and told${isKept ? ', for exports too' : ' without an archive'}`, async () => {
    const long = `<title>Long</title><a href=/led-well>x</a>${randomBytes(1_200_000).toString('hex')}`;
    await using server = await serve({
      '/': page('', '<a href=/png>x</a><a href=/small>x</a><a href=/plain>x</a><a href=/coded>x</a>'),
      '/png': page('', PNG),
      '/small': page('', PNG.slice(0, 5_000)),
      '/plain': page('Content-Encoding: gzip\r\n', PNG),
      '/coded': page('Content-Encoding: gzip\r\n', gzipSync(long).toString('latin1')),
    });
    const job = join(home, isKept ? 'pictures' : 'pictures-unkept');
    assert.equal((await gossamer(['crawl', server.url, '-o', job, '-q', ...flags])).code, 0);
    assert.deepEqual(paths(server), ['/', '/coded', '/led-well', '/plain', '/png', '/small']);
    const rows = await rowsOf(job);
    for (const path of ['/png', '/small', '/plain']) {
      assert.match(rows.get(path)?.detail ?? '', /its type says text\/html and it is a PNG image: not read$/, path);
    }
    assert.match(rows.get('/plain')!.detail!, /^declared gzip, is not; /);
    assert.deepEqual([rows.get('/coded')!.title, rows.get('/coded')!.detail], ['Long', null]);
    if (!isKept) return;
    const [markdown, mirror] = [join(home, 'pictures-md'), join(home, 'pictures-mirror')];
    assert.equal((await gossamer(['export', 'markdown', job, '-o', markdown, '-q'])).code, 0);
    const names = (folder: string): string[] =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => name.split('/').at(-1)!)
        .filter((name) => /png|small|plain|coded/.test(name))
        .sort();
    assert.deepEqual(names(markdown), ['coded.md']);
    assert.equal((await gossamer(['export', 'mirror', job, '-o', mirror, '-q'])).code, 0);
    assert.deepEqual(names(mirror), ['coded.html', 'plain', 'png', 'small']);
    const [host] = readdirSync(mirror).filter((name) => name.includes('127.0.0.1'));
    for (const [name, body] of [
      ['png', PNG],
      ['plain', PNG],
      ['small', PNG.slice(0, 5_000)],
    ] as const)
      assert.ok(readFileSync(join(mirror, host!, name)).equals(Buffer.from(body, 'latin1')), name);
  });
}

function text(fields: string, body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${fields}\r\n${body}`;
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

test('crawl: a robots.txt that redirects to itself, or nowhere, is asked for once, and of the latter the body is read', async () => {
  for (const [location, asked] of [
    ['', ['/robots.txt', '/']],
    ['/robots.txt', ['/robots.txt', '/', '/no']],
  ] as const) {
    const robots = page(`Location: ${location}\r\n`, 'User-agent: *\nDisallow: /no\n', 'HTTP/1.1 302 Found');
    await using server = await serve({ '/robots.txt': robots, '/': page('', '<a href=/no>x</a>') });
    for await (const _ of crawl(server.url, { store: 'memory:', sitemaps: false }));
    assert.deepEqual(
      server.requests.map(({ head }) => head.split(' ')[1]),
      asked,
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
  const rows = await rowsOf(output);
  for (const path of Object.keys(fields)) {
    const row = rows.get(path)!;
    assert.deepEqual([row.state, row.title, row.sha256, row.truncated], ['done', 'It', sha256, null], path);
  }
  assert.match((await gossamer(['verify', output])).stdout, /^All is well/);
  const heads = archiveText(output).match(/^http\/[^ ]* \d+.*$/gim) ?? [];
  assert.ok(heads.length >= 7, String(heads));
  for (const head of heads) assert.match(head, /^HTTP\/1\.1 \d{3}/);
});
