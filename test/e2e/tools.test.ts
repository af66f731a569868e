// The parts of a crawl by themselves, as people meet them: fetch, links, key and robots.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gossamer } from '../helpers/gossamer.ts';
import { PAGE, ROBOTS, servePage } from '../helpers/page.ts';
import { serveSite } from '../helpers/site.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-tools-'));
after(() => rmSync(home, { recursive: true, force: true }));
const PAGE_FILE = join(home, 'page.html');
const ROBOTS_FILE = join(home, 'robots.txt');

async function json(args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await gossamer([...args, '--json']);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

test('fetch: the chain of redirects, the headers as received, the body, and nothing that a terminal obeys', async () => {
  await using site = await servePage();
  const { code, stdout, stderr } = await gossamer(['fetch', `${site.root}old`, '-H', 'X-Mine: 1', '-v']);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  const hops = [
    ...stdout.matchAll(/^HTTP\/1\.1 (\d+) \w+ {2}\S+(\/\w*)\n {2}from 127\.0\.0\.1, first byte after \d+ ms/gm),
  ];
  assert.deepEqual(
    hops.map(([, status, path]) => `${status} ${path}`),
    ['302 /old', '302 /older', '200 /'],
  );
  assert.match(stdout, /^GET \/ HTTP\/1\.1$/m);
  assert.match(stdout, /^X-Mine: 1$/m);
  assert.match(stdout, /^Content-Encoding: gzip\nX-Escape: a\ufffd31mb$/m);
  assert.match(stdout, /^text\/html, utf-8, \d+ B \(\d+ B decoded\), 1 link, "Gr\u00fc\u00dfe \ufffd31m"$/m);
  assert.deepEqual(
    site.log.map(({ path }) => path),
    ['/old', '/older', '/'],
  );
});

test('fetch --json: one document in the words of a row', async () => {
  await using site = await servePage();
  const document = (await json(['fetch', `${site.root}old`])) as Record<string, unknown>;
  const { url, finalUrl, state, status, error, reason, contentType, charset, links, remoteAddress, headers } = document;
  assert.deepEqual(
    { url, finalUrl, state, status, error, reason, contentType, charset, links, remoteAddress },
    {
      url: `${site.root}old`,
      finalUrl: site.root,
      state: 'done',
      status: 200,
      error: null,
      reason: null,
      contentType: 'text/html',
      charset: 'utf-8',
      links: 1,
      remoteAddress: '127.0.0.1',
    },
  );
  assert.deepEqual((headers as unknown[])[0], ['Content-Type', 'text/html; charset=utf-8']);
  assert.equal((document['redirects'] as unknown[]).length, 2);
  assert.equal(document['decodedBytes'], Buffer.byteLength(PAGE));
});

test('fetch --body: the body alone is on stdout', async () => {
  await using site = await servePage();
  const { stdout, stderr } = await gossamer(['fetch', site.root, '--body']);
  assert.equal(stdout, PAGE);
  assert.match(stderr, /^HTTP\/1\.1 200 OK/);
  const { bodyBase64 } = (await json(['fetch', site.root, '--body'])) as { bodyBase64: string };
  assert.equal(Buffer.from(bodyBase64, 'base64').toString(), PAGE);
});

test('fetch: what gives no response is exit 1, the code and a sentence; a 404 is a response', async () => {
  await using site = await servePage();
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as { port: number };
  closed.close();
  await once(closed, 'close');
  const table: readonly (readonly [args: readonly string[], code: number, said: RegExp])[] = [
    [[`127.0.0.1:${port}`], 1, /^gossamer: refused: http:.* nothing listens on that port \(.*\)\.$/m],
    [[`${site.root}a`], 1, /^gossamer: redirect-loop: .*\.$/m],
    [[`${site.root}old`, '--max-redirects', '1'], 1, /^gossamer: redirect-limit: .*\.$/m],
    [[`${site.root}in`], 1, /^gossamer: address: http:\/\/10\.0\.0\.1\/: .*--allow-private.*\.$/m],
    [[`${site.root}missing`], 0, /^$/],
  ];
  for (const [args, code, said] of table) {
    const ended = await gossamer(['fetch', ...args]);
    assert.equal(ended.code, code, args.join(' '));
    assert.match(ended.stderr, said);
  }
});

test('links: of a URL, a file and stdin', async () => {
  await using site = await servePage();
  const expected = (base: string): object => ({
    links: [
      { url: new URL('next', base).href, kind: 'navigation', rel: 'next', element: 'a' },
      { url: new URL('/s.css', base).href, kind: 'style', rel: 'stylesheet', element: 'link' },
    ],
    base,
    charset: 'utf-8',
  });
  assert.deepEqual(await json(['links', `${site.root}old`]), expected(site.root));
  writeFileSync(PAGE_FILE, PAGE);
  const base = 'http://h/x/y';
  assert.deepEqual(
    await json(['links', PAGE_FILE, '--base', base, '--type', 'text/html; charset=utf-8']),
    expected(base),
  );
  const { stdout, stderr } = await gossamer(['links', '-', '--base', base], {}, PAGE);
  assert.equal(
    stdout,
    'navigation  a       http://h/x/next  (next)\nstyle       link    http://h/s.css  (stylesheet)\n',
  );
  assert.equal(stderr, '');
  const nowhere = await gossamer(['links', '-'], {}, '<a href=b>b</a><a href=http://x/>x</a>');
  assert.equal(nowhere.stdout, 'navigation  a       http://x/\n');
  assert.match(nowhere.stderr, /--base URL/);
  const missing = await gossamer(['links', `${site.root}missing`]);
  assert.match(missing.stdout, /\/home\n$/);
  assert.match(missing.stderr, /gave status 404\.\n$/);
});

test('key: what a URL is kept by, and whether it is in scope', async () => {
  const parts = { key: 'http://www.example.co.uk/a', host: 'http://www.example.co.uk', site: 'example.co.uk' };
  assert.deepEqual(await json(['key', 'HTTP://www.Example.co.uk:80/./%61?#f']), [
    { url: 'http://www.example.co.uk/%61?', ...parts, inScope: null },
  ]);
  const { stdout } = await gossamer(['key', 'example.com', 'http://other.com/', '--root', 'www.example.com']);
  assert.match(
    stdout,
    /^https:\/\/example\.com\/\n(.*\n)+? {2}scope {2}in\nhttp:\/\/other\.com\/\n(.*\n)+ {2}scope {2}out \(scope\)\n$/,
  );
});

test('robots: of a host and of a file, and the line that decides', async () => {
  await using site = await servePage();
  const { stdout } = await gossamer(['robots', site.root, '/private/a', `${site.root}b`, '--agent', 'mine']);
  assert.match(
    stdout,
    /^disallowed {2}\S+\/private\/a {2}line 2: Disallow: \/private\nallowed {5}\S+\/b {2}no line.*\n.*1\.5 s/,
  );
  writeFileSync(ROBOTS_FILE, ROBOTS);
  assert.deepEqual(await json(['robots', ROBOTS_FILE, 'http://h/b', '-A', 'OtherBot/2.0']), [
    { url: 'http://h/b', allowed: false, line: 6, crawlDelay: null, text: 'Disallow: /' },
  ]);
  await using failing = await serveSite((_, response) => response.end());
  assert.match((await gossamer(['robots', failing.root, '/b'])).stdout, /^allowed/);
});

test('tools: wrong usage is exit 2 and one sentence that names what is wrong', async () => {
  const table: readonly (readonly [args: readonly string[], named: string])[] = [
    [['fetch'], '--batch'],
    [['fetch', 'ftp://h/'], 'ftp://h/'],
    [['fetch', '--batch', 'http://h/'], 'http://h/'],
    [['fetch', '--batch', '--timeout', 'soon'], 'soon'],
    [['links', 'missing.html'], 'missing.html'],
    [['links', '-', '--base', 'x'], '--base'],
    [['key'], 'URL'],
    [['key', 'http://['], 'http://['],
    [['key', 'http://h/', '--scope', 'all'], '--scope'],
    [['robots', 'missing.txt', '/'], 'missing.txt'],
    [['robots', '-'], 'URL'],
    [['robots', '-', 'x'], '"x"'],
    [['robots', '-', '/', '--agent', ''], '--agent'],
  ];
  for (const [args, named] of table) {
    const { code, stdout, stderr } = await gossamer(args);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, args.join(' '));
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    assert.ok(stderr.includes(named), stderr);
  }
});
