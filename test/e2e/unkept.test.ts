// What a page writes and nobody can ask for is counted and not kept; names and passwords of links are kept nowhere.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Row } from '../../src/base/contracts.ts';
import { allOf } from '../../src/base/paged.ts';
import { crawl } from '../../src/index.ts';
import { openLedger } from '../../src/store/sqlite/store.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { type Answer, isGuess, serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-unkept-'));
after(() => rmSync(folder, { recursive: true }));

/** Crawls into a job of its own; gives its folder and its rows by path. */
async function crawled(name: string, answer: Answer, sitemap: string | null = null, flags: readonly string[] = []) {
  await using site = await serveSite(answer, null, sitemap);
  const job = join(folder, name);
  const { code, stderr } = await gossamer(['crawl', site.root, '-o', job, '-q', ...flags]);
  assert.equal(code, 0, stderr);
  const ledger = openLedger(join(job, 'gossamer.db'));
  const rows = new Map<string, Row>(
    (await allOf(ledger.rows.all())).map((row) => [row.url.slice(site.root.length - 1), row]),
  );
  ledger.close();
  return { site, job, rows, log: readFileSync(join(job, 'logs/gossamer.jsonl'), 'utf8') };
}

function page(body: string): Answer {
  return (path, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(path === '/' ? body : '');
  };
}

/** Bytes of the files of a job's database. */
function databaseBytes(job: string): number {
  const files = readdirSync(job).filter((name) => name.startsWith('gossamer.db'));
  return files.reduce((sum, name) => sum + statSync(join(job, name)).size, 0);
}

const LONG = 'x'.repeat(9_000);
/**
 * The rows of a page may take so much at most: each of its URLs stands there once, or twice where its key is another
 * text.
 */
const DATABASE_BYTES_MAX = 40 * 1024 * 1024;

for (const [name, hrefOf, key, count] of [
  ['long links', (n: number) => `/${n}${LONG}`, 'tooLong', 7_000],
  ['links of another scheme', (n: number) => `ftp://h/${n}${'y'.repeat(600)}`, 'otherScheme', 90_000],
  ['short links on a long base', (n: number) => `${n}`, 'dropped', 90_000],
] as const) {
  test(`crawl: a packed page of ${name} makes no large database`, async () => {
    const base = key === 'dropped' ? `<base href="http://other.example/${'b'.repeat(2_500)}/">` : '';
    const body = base + Array.from({ length: count }, (_, n) => `<a href="${hrefOf(n)}">x</a>`).join('');
    const packed = gzipSync(body);
    assert.ok(packed.length < 1_400_000);
    const { job, rows, log } = await crawled(name, (path, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' });
      response.end(path === '/' ? packed : gzipSync(''));
    });
    const unkept = rows.get('/')?.unkept;
    assert.ok(unkept![key] > 1_000, JSON.stringify(unkept));
    const bytes = databaseBytes(job);
    assert.ok(bytes < (key === 'dropped' ? DATABASE_BYTES_MAX : 1024 * 1024), `${bytes} bytes`);
    assert.equal(log.includes('"links-not-kept"'), key !== 'otherScheme');
    const report = (await gossamer(['report', job])).stdout;
    assert.match(
      report,
      /\nLinks not kept: [\d,]+ (beyond the limit of a page|too long|with another scheme), on 1 page\n/,
    );
  });
}

test('crawl: a link of 1 MB is told on the row of its page, and by why', async () => {
  const { site, job, rows } = await crawled(
    '1 MB',
    page(`<a href="/${'z'.repeat(1024 * 1024)}">x</a><a href=/a>x</a>`),
  );
  assert.deepEqual([...rows.keys()], ['/', '/a']);
  assert.equal(rows.get('/')?.detail, '1 link of more than 8192 characters');
  assert.match((await gossamer(['why', site.root, job])).stdout, /1 link of more than 8192 characters/);
});

test('crawl: a redirect that nobody can follow is told on its row, and is no row of its own', async () => {
  const leads: Readonly<Record<string, string>> = {
    '/script': 'javascript:alert(1)',
    '/data': `data:text/html,${'d'.repeat(5_000)}`,
    '/mail': 'mailto:a@b.example',
    '/file': 'file:///etc/passwd',
    '/ftp': 'ftp://user:secret@h.example/x',
    '/none': 'http://user:secret@[bad/',
    '/long': `/${LONG}`,
  };
  const { rows } = await crawled('redirects', (path, response) => {
    const location = leads[path];
    if (location !== undefined) return void response.writeHead(302, { location }).end();
    page(
      Object.keys(leads)
        .map((each) => `<a href="${each}">x</a>`)
        .join(''),
    )(path, response, null!);
  });
  assert.equal(rows.size, 8);
  const details = Object.keys(leads).map((path) => rows.get(path)?.detail?.slice(0, 80));
  assert.deepEqual(details, [
    'its Location does not lead to a page: "javascript:alert(1)"',
    `its Location does not lead to a page: "data:text/html,${'d'.repeat(26)}`,
    'its Location does not lead to a page: "mailto:a@b.example"',
    'its Location does not lead to a page: "file:///etc/passwd"',
    'its Location does not lead to a page: "ftp://h.example/x"',
    'its Location is not a URL: "http://[bad/"',
    `its Location has ${rows.get('/')!.url.length + LONG.length} characters, more than servers accept`,
  ]);
});

test('crawl: an entry of a sitemap that nobody can ask for has no row', async () => {
  const urls = [`/${LONG}`, `/more${LONG}`, '/in'].map((url) => `<url><loc>${url}</loc></url>`).join('');
  const { rows, log } = await crawled('sitemap', page(''), `<urlset>${urls}</urlset>`);
  assert.deepEqual([...rows.keys()], ['/', '/in']);
  assert.match(log, /"event":"sitemap".*"unfit":2/);
});

test('crawl: names and passwords of links are neither sent nor kept', async () => {
  const heads: string[] = [];
  const sign = (host: string | undefined, path: string): string => `http://user:hush-hush@${host}${path}`;
  const { job, rows } = await crawled(
    'userinfo',
    (path, response, request) => {
      heads.push(JSON.stringify(request.rawHeaders) + path);
      const { host } = request.headers;
      if (path === '/moved') return void response.writeHead(301, { location: sign(host, '/there') }).end();
      response.setHeader('content-type', 'text/html');
      const hrefs = [sign(host, '/link'), '/moved', `//user:hush-hush@${host}/again`, 'http://user:hush-hush@[bad/'];
      const body = hrefs.map((href) => `<a href="${href}">x</a>`).join('');
      response.end(path === '/' ? `${body}<link rel=canonical href="${sign(host, '/')}">` : '');
    },
    '<urlset><url><loc>http://user:hush-hush@HOST/listed</loc></url></urlset>',
    ['--log-level', 'debug', '--archive-metadata'],
  );
  assert.deepEqual([...rows.keys()].filter((url) => url.startsWith('/')).sort(), [
    '/',
    '/again',
    '/link',
    '/moved',
    '/there',
  ]);
  assert.doesNotMatch(heads.join('\n'), /hush-hush|authorization/i);
  for (const name of readdirSync(job, { recursive: true, encoding: 'utf8' })) {
    const path = join(job, name);
    if (!statSync(path).isFile()) continue;
    const bytes = readFileSync(path);
    if (!name.endsWith('.gz')) assert.ok(!bytes.includes('hush-hush'), name);
    else {
      // What a server sent is kept as it came: the bodies, and the Location in the head of its response.
      const text = gunzipSync(bytes).toString('latin1');
      const own = text
        .replace(/^Location: .*$/gim, '')
        .replaceAll(/<a href=.*$/gm, '')
        .replaceAll(/<urlset>.*$/gm, '');
      assert.ok(!own.includes('hush-hush'), `${name}: ${/.*hush-hush.*/.exec(own)?.[0]}`);
    }
  }
});

test('crawl: a robots.txt that redirects with a name and a password is asked for without', async () => {
  let location = '';
  const asked: string[] = [];
  await using elsewhere = await serveSite((path, response) => {
    asked.push(path);
    response.end('User-agent: *\nDisallow: /private\n');
  });
  location = `${elsewhere.root.replace('//', '//user:hush-hush@')}rules`;
  const pages = crawl(elsewhere.root, {
    store: 'memory:',
    sitemaps: false,
    onRequest: (request) => ({ ...request, url: request.url.endsWith('/robots.txt') ? location : request.url }),
  });
  const urls: string[] = [];
  for await (const { url } of pages) urls.push(url);
  assert.deepEqual(asked, ['/rules', '/']);
  assert.deepEqual(urls, [elsewhere.root]);
});

test('crawl: the password of a sitemap in robots.txt is not stored, and the rules around it hold', async () => {
  const robots = 'User-agent: *\nDisallow: /no\nSitemap: http://user:hush-hush@h.example/s.xml\nDisallow: /@b\n';
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(path === '/' ? '<a href=/no>x</a><a href=/@b>x</a><a href=/yes>x</a>' : '');
  }, robots);
  const job = join(folder, 'robots');
  const run = await gossamer(['crawl', site.root, '-o', job, '-q']);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(
    site.log.map(({ path }) => path).filter((path) => !isGuess(path)),
    ['/', '/yes'],
  );
  for (const name of readdirSync(job).filter((each) => each.startsWith('gossamer.db'))) {
    assert.ok(!readFileSync(join(job, name)).includes('hush-hush'), name);
  }
});

test('crawl: what is sent as a page and is none is not read, and its row says what it is', async () => {
  const bodies: Readonly<Record<string, string>> = {
    '/png': '\x89PNG\r\n\x1a\n',
    '/pdf': '%PDF-1.4\n',
    '/jpeg': '\xff\xd8\xff\xe0',
    '/zip': 'PK\x03\x04',
  };
  const { rows } = await crawled('misnamed', (path, response) => {
    response.setHeader('content-type', 'text/html');
    const root = Object.keys(bodies).map((each) => `<a href=${each}>x</a>`);
    response.end(Buffer.from(path === '/' ? root.join('') : `${bodies[path] ?? ''}<a href=/no>x</a>`, 'latin1'));
  });
  assert.equal(rows.size, 5);
  const details = Object.keys(bodies).map((path) => rows.get(path)?.detail);
  const names = ['a PNG image', 'a PDF', 'a JPEG image', 'a ZIP archive'];
  assert.deepEqual(
    details,
    names.map((name) => `its type says text/html and it is ${name}: not read`),
  );
});
