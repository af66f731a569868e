// The mirror of a site as a browser shows it from a disk, and as a parser of others reads its links.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type DefaultTreeAdapterMap, parse } from 'parse5';
import type { UrlRecord } from '../../src/views/tables/record.ts';
import { startChromium } from '../helpers/chromium.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { type Answer, serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-mirror-'));
after(() => rmSync(folder, { recursive: true }));

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC',
  'base64',
);
/** Paths that no system, or not every one, could have as they are. */
const ODD = [
  '/CON',
  '/a:b',
  '/..%2f..%2fescape',
  '/Case',
  '/case',
  '/folder',
  '/folder/inner',
  '/q?a=1',
  '/q?a=2',
  `/${'long'.repeat(80)}`,
];

const site: Answer = (path, response) => {
  const type = /\.css/.test(path)
    ? 'text/css'
    : /\.png|^\/folder$/.test(path)
      ? 'image/png'
      : 'text/html; charset=utf-8';
  response.setHeader('content-type', type);
  if (path === '/css/site.css?v=2') response.end('@import "more.css"; body { background: rgb(1, 2, 30) }');
  else if (path === '/css/more.css') response.end('h1 { background-image: url("../image.png"); color: rgb(4, 5, 6) }');
  else if (type === 'image/png') response.end(PNG);
  else if (path === '/moved') response.writeHead(301, { location: '/deep/er/page#there' }).end();
  else if (path === '/gone') response.writeHead(404).end('gone');
  else {
    const links = ['/deep/er/page', '/moved', '/gone', ...ODD].map((href) => `<a href="${href}">${href}</a>`);
    response.end(`<!doctype html><title>grüße ${path.slice(0, 20)}</title><link rel=stylesheet href="/css/site.css?v=2">
      <h1>${path.slice(0, 30)}</h1><img src=/image.png>${links.join('\n')}<a id=next href="/deep/er/page?x=1#there">next</a>`);
  }
};

type Node = DefaultTreeAdapterMap['node'];

function linksOf(html: string, base: string): string[] {
  const links: string[] = [];
  const visit = (node: Node): void => {
    for (const { name, value } of 'attrs' in node ? node.attrs : []) {
      if (name === 'href' || name === 'src') links.push(new URL(value, base).href);
    }
    if ('childNodes' in node) for (const child of node.childNodes) visit(child);
  };
  visit(parse(html));
  return links;
}

function filesOf(mirror: string): string[] {
  return readdirSync(mirror, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(mirror, name)).isFile(),
  );
}

test('export mirror: every page has a file, links lead to the files, and a browser shows them from the disk', async (context) => {
  await using served = await serveSite(site);
  const job = join(folder, 'job');
  assert.equal((await gossamer(['crawl', served.root, '-o', job, '-q', '--page-requisites'])).code, 0);
  const mirror = join(folder, 'mirror');
  const made = await gossamer(['export', 'mirror', job, '-o', mirror, '--json']);
  assert.equal(made.code, 0, made.stderr);
  const { stdout } = await gossamer(['export', 'jsonl', job]);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as UrlRecord);
  const wanted = rows.filter(({ state, status }) => state === 'done' && status !== 404);
  const files = filesOf(mirror);
  // And the entry, and the mark.
  assert.equal(files.length, wanted.length + 2, files.join('\n'));
  assert.equal(new Set(files.map((name) => name.toLowerCase())).size, files.length);
  assert.equal(JSON.parse(made.stdout).rows, wanted.length);

  // By a parser of others: each link is a file of the mirror, or was no page.
  let inside = 0;
  for (const name of files.filter((each) => each.endsWith('.html'))) {
    const base = pathToFileURL(join(mirror, name)).href;
    for (const url of linksOf(readFileSync(join(mirror, name), 'utf8'), base)) {
      if (url.startsWith('file:')) {
        inside += 1;
        const target = new URL(url);
        target.hash = '';
        assert.ok(existsSync(fileURLToPath(target)), `${name}: ${url}`);
      } else assert.match(url, /\/gone$/, name);
    }
  }
  assert.ok(inside > 100, `${inside} links`);

  const browser = await startChromium();
  if (browser === null) return context.skip('there is no Chromium here');
  try {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(join(mirror, 'index.html')).href);
    await page.waitForURL('**/127.0.0.1_*/index.html');
    const seen = (): Promise<unknown> =>
      page.evaluate(`[document.title, getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.querySelector('h1')).color, document.images[0].naturalWidth]`);
    assert.deepEqual(await seen(), ['grüße /', 'rgb(1, 2, 30)', 'rgb(4, 5, 6)', 10]);
    await page.click('#next');
    await page.waitForURL('**/deep/er/page%40x%3D1.html#there');
    assert.deepEqual(await seen(), ['grüße /deep/er/page?x=1', 'rgb(1, 2, 30)', 'rgb(4, 5, 6)', 10]);
    await page.click('text="/CON"');
    await page.waitForURL('**/_CON.html');
    await page.goto(pathToFileURL(join(mirror, new URL(served.root).host.replace(':', '_'), 'moved.html')).href);
    await page.waitForURL('**/deep/er/page.html#there');
  } finally {
    await browser.close();
  }
});

test('export mirror: made again it replaces its own folder, and no other', async () => {
  const job = join(folder, 'job');
  const mirror = join(folder, 'mirror');
  writeFileSync(join(mirror, 'old.html'), 'of an earlier export');
  assert.equal((await gossamer(['export', 'mirror', job, '-o', mirror, '-q'])).code, 0);
  assert.ok(!existsSync(join(mirror, 'old.html')));
  const own = mkdtempSync(join(folder, 'own-'));
  writeFileSync(join(own, 'mine.txt'), 'mine');
  for (const [output, word] of [
    [own, 'exists already'],
    ['-', '-o DIR'],
  ] as const) {
    const refused = await gossamer(['export', 'mirror', job, '-o', output]);
    assert.equal(refused.code, 2);
    assert.ok(refused.stderr.includes(word), refused.stderr);
  }
  assert.deepEqual(readdirSync(own), ['mine.txt']);
});
