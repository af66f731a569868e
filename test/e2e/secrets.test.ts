// What the user sends to be let in: the hosts that the user named get it, and nobody else, whatever leads to another
// one.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type CrawlSettings, crawl } from '../../src/index.ts';
import { certificateMaker, NO_OPENSSL } from '../helpers/certificates.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { type RawServer, rawServer } from '../helpers/raw-server.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-secrets-'));
after(() => rmSync(home, { recursive: true, force: true }));

const SECRETS = /let-me-in-\d/g;

function response(status: string, fields: string, body = ''): string {
  return `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n${fields}\r\n${body}`;
}

/** Another site, that the user did not name. */
function strangers(): Promise<RawServer> {
  return rawServer((_, head) =>
    head.startsWith('GET /sitemap') || head.startsWith('GET /robots')
      ? response('404 Not Found', '')
      : response('200 OK', 'Content-Type: text/html\r\n', '<p>'),
  );
}

/** The user's site; whatever can lead to `other` does. */
function ownSite(other: string): Promise<RawServer> {
  const html = `<img src="${other}i.png"><link rel=stylesheet href="${other}s.css"><a href="${other}a">a</a><a href="/moved">m</a>`;
  return rawServer((_, head) => {
    const path = head.split(' ')[1];
    if (path === '/robots.txt') return response('200 OK', '', `User-agent: *\nSitemap: ${other}listed.xml\n`);
    if (path === '/sitemap.xml') return response('302 Found', `Location: ${other}moved.xml\r\n`);
    if (path === '/moved' || path === '/root') return response('302 Found', `Location: ${other}target\r\n`);
    return response('200 OK', 'Content-Type: text/html\r\n', html);
  });
}

function secretsIn(server: RawServer): string[][] {
  return server.requests.map(({ head }) => head.match(SECRETS) ?? []);
}

const HEADERS = [
  ...['COOKIE', 'let-me-in-1', 'Cookie', 'let-me-in-2', 'authorization', 'let-me-in-3'],
  ...['Proxy-Authorization', 'let-me-in-4', 'x-api-key', 'let-me-in-5', 'X-Open', 'for-all'],
];

test('crawl: secrets go to the origins of the roots alone, by whatever way another is reached', async () => {
  await using other = await strangers();
  await using own = await ownSite(other.url);
  const settings: CrawlSettings = {
    headers: HEADERS,
    secretHeaders: ['X-Api-Key'],
    scope: 'any',
    pageRequisites: true,
  };
  const output = join(home, 'travel');
  const run = crawl([own.url, `${own.url}root`], { ...settings, output });
  for await (const _ of run);
  const paths = other.requests.map(({ head }) => head.split(' ')[1]!);
  for (const path of ['/robots.txt', '/i.png', '/s.css', '/a', '/target', '/listed.xml', '/moved.xml']) {
    assert.ok(paths.includes(path), `${path} was asked: ${paths}`);
  }
  assert.deepEqual(new Set(secretsIn(other).flat()), new Set());
  for (const { head } of other.requests) assert.match(head, /X-Open: for-all/);
  for (const sent of secretsIn(own))
    assert.deepEqual(
      sent,
      [1, 2, 3, 4, 5].map((n) => `let-me-in-${n}`),
    );
  for (const name of readdirSync(join(output, 'archive')).filter((each) => each.endsWith('.gz'))) {
    const text = gunzipSync(readFileSync(join(output, 'archive', name))).toString('latin1');
    assert.match(text, /x-api-key: \[redacted\]\r\n/);
    assert.equal(text.match(SECRETS), null);
  }
});

test('crawl: a field that nobody marked goes to all, and both roots of two are told secrets', async () => {
  await using other = await strangers();
  await using own = await ownSite(other.url);
  const run = crawl([own.url, other.url], { headers: HEADERS, store: 'memory:', robots: false, sitemaps: false });
  for await (const _ of run);
  for (const server of [own, other]) {
    assert.ok(server.requests.length > 0);
    for (const sent of secretsIn(server))
      assert.deepEqual(
        sent.toSorted(),
        [1, 2, 3, 4, 5].map((n) => `let-me-in-${n}`),
      );
  }
});

test('gossamer fetch, robots, links: secrets do not follow a redirect to another origin', async () => {
  await using other = await strangers();
  await using own = await ownSite(other.url);
  const secrets = [
    '-H',
    'Cookie: let-me-in-1',
    '--auth',
    'me:x',
    '-H',
    'X-Key: let-me-in-5',
    '--secret-header',
    'x-key',
  ];
  for (const words of [
    ['fetch', `${own.url}root`],
    ['links', `${own.url}root`],
    ['robots', own.url, '/'],
  ]) {
    assert.equal((await gossamer([...words, '--allow-private', ...secrets])).code, 0, words.join(' '));
  }
  assert.ok(other.requests.length >= 2 && own.requests.length >= 3);
  for (const { head } of other.requests) assert.doesNotMatch(head, /let-me-in|authorization/i);
  for (const { head } of own.requests) assert.match(head, /let-me-in-1.*let-me-in-5.*Authorization: Basic/s);
});

test('crawl, fetch: what a redirect of a root went without is told', async () => {
  await using other = await strangers();
  await using own = await ownSite(other.url);
  const root = `${own.url}root`;
  const line = `Cookie, Authorization: not sent to ${other.url.slice(0, -1)}, to which ${root} redirects. To send it there too, add that URL as a root.\n`;
  const secrets = ['-H', 'Cookie: let-me-in-1', '--auth', 'me:x'];
  const crawled = await gossamer(['crawl', root, '--store', 'memory:', '--no-sitemaps', ...secrets]);
  assert.ok(crawled.stdout.includes(line), crawled.stdout);
  assert.equal((await gossamer(['fetch', root, ...secrets])).stderr, line);
  assert.equal((await gossamer(['fetch', root])).stderr, '');
  const named = await gossamer(['crawl', root, other.url, '--store', 'memory:', '--no-sitemaps', ...secrets]);
  assert.doesNotMatch(named.stdout, /not sent/);
});

test('crawl: no secret goes from https to http, also where the user named both, and it is told', {
  skip: NO_OPENSSL,
}, async () => {
  await using other = await strangers();
  await using safe = await rawServer(
    (_, head) => {
      const path = head.split(' ')[1];
      if (path === '/robots.txt' || path?.includes('sitemap')) return response('404 Not Found', '');
      if (path === '/down') return response('302 Found', `Location: ${other.url}down\r\n`);
      return response('200 OK', 'Content-Type: text/html\r\n', `<a href="/down">d</a><a href="${other.url}up">u</a>`);
    },
    '127.0.0.1',
    certificateMaker(home).certificate('safe.test'),
  );
  const words = ['crawl', safe.url, other.url, '--store', 'memory:', '--insecure', '-H', 'Cookie: let-me-in-1'];
  const { stdout } = await gossamer(words);
  const paths = other.requests.map(({ head }) => head.split(' ')[1]!);
  for (const path of ['/', '/down', '/up']) assert.ok(paths.includes(path), `${path} was asked: ${paths}`);
  assert.deepEqual(secretsIn(other).flat(), []);
  for (const sent of secretsIn(safe)) assert.deepEqual(sent, ['let-me-in-1']);
  const origin = other.url.slice(0, -1);
  const line = `Cookie: not sent to ${origin}. It is not https, as a root is. To send it there too, crawl that URL in a job without https roots.\n`;
  assert.ok(stdout.includes(line), stdout);
});
