// What a report tells that is no row: sitemaps that could not be read, links that are no URL, and where they stand.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Verdict } from '../../src/views/report/quality-gate.ts';
import type { Report } from '../../src/views/report/report.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-faults-'));
after(() => rmSync(folder, { recursive: true }));

async function reported(job: string, ...args: string[]): Promise<{ code: number | null; text: string }> {
  const { code, stdout } = await gossamer(['report', job, ...args]);
  return { code, text: stdout };
}

test('report: links that are no URL, with their pages and their elements', async () => {
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    if (path === '/away') response.writeHead(302, { location: 'http://[not/an/address' }).end();
    else if (path === '/style.css') {
      response.setHeader('content-type', 'text/css').end('a { background: url("//a b/c.png") }');
    } else
      response.end(`<a href="/other">x</a><a href=" http://exa mple.com/|x ">x</a><a href="/away">x</a><a href="mailto:me">x</a>
        <a href="javascript:go(">x</a><a href="http://">x</a><a href="tel:[1">x</a><a href="foo:bar">x</a>
        ${path === '/' ? '<iframe src="http://a:99999/"></iframe><img src="https://&#27;[31m/"><link rel=stylesheet href=/style.css>' : ''}`);
  });
  const job = join(folder, 'links');
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q', '--page-requisites'])).code, 0);
  const { code, text: json } = await reported(job, '--json', '--fail-on', 'bad-url');
  assert.equal(code, 10);
  const { badLinks } = JSON.parse(json) as Report;
  const told = badLinks.hrefs.map(({ href, element, referrers }) => {
    return [href, element, referrers.map((url) => new URL(url).pathname)];
  });
  assert.deepEqual([badLinks.total, badLinks.links], [6, 8]);
  assert.deepEqual(told, [
    ['http://', 'a', ['/', '/other']],
    ['http://exa mple.com/|x', 'a', ['/', '/other']],
    ['//a b/c.png', 'css', ['/style.css']],
    ['http://[not/an/address', 'location', ['/away']],
    ['http://a:99999/', 'iframe', ['/']],
    ['https://\x1b[31m/', 'img', ['/']],
  ]);
  const { text } = await reported(job);
  const lines = text.replaceAll(site.root, '/');
  assert.match(
    lines,
    /\n\nLinks that are not URLs: 6, written 8 times\n {2}a {9}http:\/\/\n {12}on \/\n {12}on \/other\n/,
  );
  assert.match(lines, /\n {2}location {2}http:\/\/\[not\/an\/address\n {12}on \/away\n/);
  assert.doesNotMatch(text.replaceAll('\n', ''), /\p{Cc}/u);
  const markdown = (await reported(job, '--markdown')).text;
  assert.match(markdown, /\n### Links that are not URLs: 6, written 8 times\n\n\| {2}\| link \| times \| on \|\n/);
  assert.match(markdown, /\n\| `a` \| `http:\/\/exa mple.com\/%7Cx` \| 2 \| /);
});

test('report: sitemaps that could not be read, and what names them', async () => {
  const cut = gzipSync(`<urlset>${'<url><loc>/x</loc></url>'.repeat(500)}</urlset>`);
  const answers: Readonly<Record<string, () => readonly [status: number, body: string | Buffer, location?: string]>> = {
    '/': () => [200, '<p>x'],
    '/robots.txt': () => [
      200,
      `${['gone', 'page', 'index', 'moved', 'secret', 'cut', 'short', 'good']
        .map((name) => `Sitemap: /${name}.xml\n`)
        .join('')}User-agent: *\nDisallow: /secret\n`,
    ],
    '/page.xml': () => [200, '<!doctype html><p>not found'],
    '/index.xml': () => [200, '<sitemapindex><sitemap><loc>/down.xml</loc></sitemap></sitemapindex>'],
    '/down.xml': () => [500, 'down'],
    '/moved.xml': () => [301, '', '/moved/to.xml'],
    '/cut.xml': () => [200, cut.subarray(0, -50)],
    '/short.xml': () => [200, '<urlset><url><loc>/x</loc></url><url><loc>/cut'],
    '/good.xml': () => [200, '<urlset><url><loc>/</loc></url></urlset>'],
    '/sitemap.xml': () => [404, ''],
  };
  const server = createServer((request, response) => {
    const [status, body, location] = answers[request.url ?? '']?.() ?? [404, ''];
    if (location !== undefined) response.setHeader('location', location);
    response.setHeader('content-type', /xml/.test(request.url ?? '') ? 'application/xml' : 'text/html');
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const job = join(folder, 'sitemaps');
    assert.equal((await gossamer(['crawl', root, '-o', job, '-q', '--retries', '0'])).code, 0);
    const { code, text } = await reported(job, '--json', '--fail-on', 'sitemap');
    assert.equal(code, 10);
    const { sitemaps, gate } = JSON.parse(text) as Report & { readonly gate: Verdict };
    const why = Object.fromEntries(gate.failed[0]!.urls.map(({ url, why }) => [new URL(url).pathname, why]));
    assert.deepEqual(
      [why['/down.xml'], why['/gone.xml'], why['/page.xml'], why['/secret.xml']],
      ['500', '404', 'not-a-sitemap', 'robots'],
    );
    const told = sitemaps.urls.map(({ url, why, status, namedIn }) => {
      return [new URL(url).pathname, why, status, namedIn === null ? null : new URL(namedIn).pathname].join(' ');
    });
    assert.deepEqual(told.sort(), [
      '/cut.xml cut 200 /robots.txt',
      '/down.xml failed 500 /index.xml',
      '/gone.xml missing 404 /robots.txt',
      '/moved/to.xml missing 404 /moved.xml',
      '/page.xml not-a-sitemap 200 /robots.txt',
      '/secret.xml robots  /robots.txt',
      '/short.xml cut 200 /robots.txt',
    ]);
    const lines = (await reported(job)).text.replaceAll(root, '/');
    assert.match(lines, /\n\nSitemaps that could not be read: 7\n/);
    assert.match(lines, /\n {2}404 {12}\/gone\.xml\n {17}named in \/robots\.txt\n/);
    assert.match(lines, /\n {2}not-a-sitemap {2}\/page\.xml\n/);
    assert.match((await reported(job, '--markdown')).text, /\n\| 500 \| `\S+\/down\.xml` \| `\S+\/index\.xml` \|\n/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('report: a guessed sitemap that is not there is no fault, and one that fails is', async () => {
  for (const [status, expected] of [
    [404, 0],
    [500, 1],
  ] as const) {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/' ? 200 : request.url === '/robots.txt' ? 404 : status).end('x');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const job = join(folder, `guessed-${status}`);
    const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    assert.equal((await gossamer(['crawl', root, '-o', job, '-q', '--retries', '0'])).code, 0);
    const { sitemaps } = JSON.parse((await reported(job, '--json')).text) as Report;
    assert.equal(sitemaps.total, expected);
    if (expected === 1) assert.match((await reported(job)).text, /\n {2}500 {6}\S+\/sitemap\.xml\n {11}was guessed\n/);
    server.closeAllConnections();
    server.close();
  }
});
