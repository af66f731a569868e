// What a mirror makes of pages whose type or encoding only the server knew, and that every view takes the same for a
// page as the crawl.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { startChromium } from '../helpers/chromium.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { type Answer, type Site, serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-kinds-'));
after(() => rmSync(folder, { recursive: true }));

const ARCHIVE = gzipSync('a tar of files');
const cyrillic = (text: string): Buffer =>
  Buffer.from(
    [...text].map((letter) => (letter < '\x80' ? letter.charCodeAt(0) : letter.charCodeAt(0) - 0x410 + 0xc0)),
  );

/** Types as odd as pages have them, and what is no page. */
const TYPES: Readonly<Record<string, string>> = {
  '/none': '',
  '/odd': 'html',
  '/quoted': '"text/html; charset=utf-8"',
  '/twice': 'text/html, text/html',
  '/plain': 'text/plain',
};

/** The second sheet, the one that it imports and the script have the encoding of their page, for they name none. */
const STYLES = '<link rel=stylesheet href=/site.css><link rel=stylesheet href=/own.css><script src=/own.js></script>';

const answer: Answer = (path, response) => {
  const type = TYPES[path] ?? 'text/html; charset=windows-1251';
  if (type !== '') response.setHeader('content-type', type);
  if (path === '/site.css')
    response.setHeader('content-type', 'text/css; charset=windows-1251').end(cyrillic('h1::after { content: "Да" }'));
  else if (path === '/own.css')
    response.setHeader('content-type', 'text/css').end(cyrillic('@import "/moved.css"; h1::before { content: "Нет" }'));
  else if (path === '/moved.css') response.writeHead(302, { location: '/inner.css' }).end();
  else if (path === '/inner.css')
    response.setHeader('content-type', 'text/css').end(cyrillic('h2::before { content: "Вот" }'));
  else if (path === '/own.js')
    response.setHeader('content-type', 'text/javascript').end(cyrillic('window.said = "Да"'));
  else if (path === '/files.tar.gz') {
    response.writeHead(200, { 'content-type': 'application/x-tar', 'content-encoding': 'x-gzip' }).end(ARCHIVE);
  } else if (path === '/') {
    const links = ['/Привет', '/q?q=Привет', '/files.tar.gz', '/x?utm_source=a', ...Object.keys(TYPES)];
    const anchors = links.map((link) => `<a href="${link}">${link}</a>`).join('\n');
    response.end(cyrillic(`<title>Привет</title>${STYLES}<h1>Привет</h1>${anchors}`));
  } else response.end(`<!doctype html><title>${path}</title><p>the text of ${path}</p><a href="/">home</a>`);
};

async function crawled(site: Site, name: string): Promise<string> {
  const job = join(folder, name);
  const args = ['crawl', site.root, '-o', job, '-q', '--page-requisites', '--keep-parameters', '--no-sitemaps'];
  const run = await gossamer(args);
  assert.equal(run.code, 0, run.stderr);
  return job;
}

async function exported(job: string, format: string): Promise<string> {
  const output = join(folder, format);
  const run = await gossamer(['export', format, job, '-o', output, '-q']);
  assert.equal(run.code, 0, run.stderr);
  return output;
}

test('export mirror: encodings and types that only the server knew, parameters that are kept, archives that are coded', async (context) => {
  await using site = await serveSite(answer);
  const job = await crawled(site, 'job');
  const host = new URL(site.root).host.replace(':', '_');
  const mirror = join(await exported(job, 'mirror'), host);
  assert.deepEqual(readdirSync(mirror).sort(), [
    'files.tar.gz',
    'index.html',
    'inner.css',
    'moved.css.html',
    'none.html',
    'odd.html',
    'own.css',
    'own.js',
    'plain',
    'q@q=%CF%F0%E8%E2%E5%F2.html'.replaceAll('%', '_'),
    'quoted.html',
    'site.css',
    'twice.html',
    'x@utm_source=a.html',
    'Привет.html',
  ]);
  const page = readFileSync(join(mirror, 'index.html'), 'utf8');
  assert.deepEqual(page.match(/(?<=<a href=")[^"]+/g), [
    `${encodeURIComponent('Привет')}.html`,
    'q%40q%3D_CF_F0_E8_E2_E5_F2.html',
    'files.tar.gz',
    'x%40utm_source%3Da.html',
    ...['none.html', 'odd.html', 'quoted.html', 'twice.html', 'plain'],
  ]);
  for (const [file, word] of [
    ['own.css', 'Нет'],
    ['own.js', 'Да'],
    ['inner.css', 'Вот'],
  ] as const)
    assert.ok(readFileSync(join(mirror, file), 'utf8').includes(word), file);
  assert.ok(readFileSync(join(mirror, 'files.tar.gz')).equals(ARCHIVE));
  assert.match(readFileSync(join(mirror, 'none.html'), 'utf8'), /<a href="index.html">/);
  assert.match(readFileSync(join(mirror, 'plain'), 'utf8'), /<a href="\/">/);

  const browser = await startChromium();
  if (browser === null) return context.skip('there is no Chromium here');
  try {
    const shown = await browser.newPage();
    await shown.goto(pathToFileURL(join(mirror, 'index.html')).href);
    const seen = await shown.evaluate(
      `[document.title, ...['::after', '::before'].map((part) => getComputedStyle(document.querySelector('h1'), part).content), window.said]`,
    );
    assert.deepEqual(seen, ['Привет', '"Да"', '"Нет"', 'Да']);
  } finally {
    await browser.close();
  }
});

test('export mirror: a script and a style sheet that the server calls pages, or does not name', async () => {
  const script = `document.write('<a href="/invented">x</a><img src="/invented.gif">')`;
  await using site = await serveSite((path, response) => {
    if (path === '/') {
      const styles = '<link rel=stylesheet href=/style><link rel=stylesheet href=/page.css>';
      response.setHeader('content-type', 'text/html').end(`${styles}<script src=/s.php></script>`);
    } else if (path === '/s.php') response.setHeader('content-type', 'text/html').end(script);
    else if (path === '/page.css') response.setHeader('content-type', 'text/html').end('a{b:url(/invented.gif)}');
    else if (path === '/style') response.end('@import "/inner"; a { b: url(/a.gif) }');
    else if (path === '/inner') response.end('/* x */ a { b: url(/b.gif) }');
    else response.setHeader('content-type', 'image/gif').end('GIF89a');
  });
  const job = await crawled(site, 'called');
  const asked = ['/', '/a.gif', '/b.gif', '/inner', '/page.css', '/s.php', '/style'];
  assert.deepEqual(site.log.map(({ path }) => path).sort(), asked);
  const output = join(folder, 'called-mirror');
  const run = await gossamer(['export', 'mirror', job, '-o', output, '-q']);
  assert.equal(run.code, 0, run.stderr);
  const mirror = join(output, new URL(site.root).host.replace(':', '_'));
  const written = readdirSync(mirror);
  const text = (name: string): string =>
    readFileSync(join(mirror, written.find((file) => file.startsWith(name))!), 'utf8');
  assert.equal(text('s.php'), script);
  assert.match(text('style'), /^@import "inner[^/"]*"; a { b: url\(a.gif\) }$/);
  assert.match(text('inner'), /url\(b.gif\)/);
});

test('export markdown, sitemap, wacz: the same pages as in the crawl, whatever their type says', async () => {
  await using site = await serveSite(answer);
  const job = await crawled(site, 'again');
  const pages = ['none', 'odd', 'quoted', 'twice'];
  const texts = readdirSync(await exported(job, 'markdown'), { recursive: true, encoding: 'utf8' });
  for (const page of pages) {
    const [file] = texts.filter((name) => name.endsWith(`${page}.md`));
    assert.ok(file !== undefined, `${page}: ${texts}`);
    assert.match(readFileSync(join(folder, 'markdown', file), 'utf8'), new RegExp(`the text of /${page}`));
  }
  assert.ok(!texts.some((name) => name.endsWith('plain.md')));
  const sitemaps = await exported(job, 'sitemap');
  const listed = readdirSync(sitemaps, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.xml'))
    .map((name) => readFileSync(join(sitemaps, name), 'utf8'))
    .join();
  for (const page of [...pages, 'x?utm_source=a']) assert.ok(listed.includes(`<loc>${site.root}${page}</loc>`), listed);
  assert.ok(!listed.includes(`${site.root}plain`));
  const wacz = await gossamer(['export', 'wacz', job, '-o', join(folder, 'job.wacz'), '--json']);
  // The root, two that are Russian, the one with a parameter, and those of odd types.
  assert.equal(JSON.parse(wacz.stdout).rows, 4 + pages.length);
});

test('export mirror: a redirect to a fragment leads there, and packed texts keep name and bytes together', async () => {
  const packed = gzipSync('the text of a log');
  const coded = (response: ServerResponse, type: string, coding: string): void =>
    void response.writeHead(200, { 'content-type': type, 'content-encoding': coding }).end(packed);
  await using site = await serveSite((path, response) => {
    const moved: Readonly<Record<string, string>> = {
      '/a': '/b#part',
      '/chain': '/a',
      '/over': '/chain#other',
      '/out': 'http://elsewhere.test/x#y',
      '/empty': '/b#',
    };
    if (moved[path] !== undefined) return void response.writeHead(302, { location: moved[path] }).end();
    if (path === '/log.gz') return coded(response, 'text/plain', 'x-gzip');
    if (path === '/log.txt.gz') return coded(response, 'text/plain; charset=utf-8', 'gzip');
    if (path === '/page.html.gz') return coded(response, 'text/html', 'x-gzip');
    if (path === '/log.txt') return coded(response, 'text/plain', 'gzip');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    const links = [
      '/a',
      '/a#own',
      '/chain',
      '/over',
      '/out',
      '/empty#own',
      '/log.gz',
      '/log.txt.gz',
      '/page.html.gz',
      '/log.txt',
    ];
    response.end(path === '/' ? links.map((link) => `<a href="${link}">x</a>`).join('') : '<p id=part>x</p>');
  });
  const job = await crawled(site, 'fragments');
  const output = join(folder, 'fragments-mirror');
  const run = await gossamer(['export', 'mirror', job, '-o', output, '-q']);
  assert.equal(run.code, 0, run.stderr);
  const mirror = join(output, new URL(site.root).host.replace(':', '_'));
  assert.deepEqual(readFileSync(join(mirror, 'index.html'), 'utf8').match(/(?<=<a href=")[^"]+/g), [
    ...['b.html#part', 'b.html#part', 'b.html#part', 'b.html#part', `${site.root}out`, 'b.html#own'],
    ...['log.gz', 'log.txt.gz', 'page.html.gz.html', 'log.txt'],
  ]);
  assert.match(readFileSync(join(mirror, 'chain.html'), 'utf8'), /url=b\.html#part"/);
  assert.match(readFileSync(join(mirror, 'out.html'), 'utf8'), /url=http:\/\/elsewhere\.test\/x#y"/);
  for (const name of ['log.gz', 'log.txt.gz']) assert.ok(readFileSync(join(mirror, name)).equals(packed), name);
  for (const name of ['page.html.gz.html', 'log.txt'])
    assert.equal(readFileSync(join(mirror, name), 'utf8'), 'the text of a log', name);
});
