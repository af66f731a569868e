// What is made of a job that was really crawled, by the command line: each format against what the server has.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import type { UrlRecord } from '../../src/views/tables/record.ts';
import { gossamer, startGossamer } from '../helpers/gossamer.ts';
import { readTable } from '../helpers/read-parquet.ts';
import { type Answer, makeLinks, pagesAnswer, type Site, serveSite } from '../helpers/site.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-views-'));
const job = join(home, 'job');
const CHANGED = 'Tue, 01 Mar 2022 10:20:30 GMT';
const LINKS = 'guide?a=1&b=2 hidden secret.pdf open.pdf copy gone image.png moved app.js formula'.split(' ');
const PAGES: Readonly<Record<string, string>> = {
  '/': `<html lang=en><title>Home</title><h1>Home</h1>${LINKS.map((path) => `<a href="/${path}">x</a>`).join(' ')}`,
  '/guide?a=1&b=2': '<title>The guide</title><h1>The guide</h1><p>All about it.</p>',
  '/hidden': '<title>Hidden</title><meta name=robots content="noindex, nofollow">',
  '/copy': '<title>Copy</title><link rel=canonical href="/guide?a=1&b=2">',
  '/only-listed': '<title>Only listed</title>',
  '/formula':
    '<title>=HYPERLINK("http://evil.test";"x")</title><meta name=description content="@one, &quot;two&quot;\n3">',
};
const TYPES: Readonly<Record<string, string>> = { pdf: 'application/pdf', png: 'image/png', js: 'text/javascript' };

const answer: Answer = (path, response) => {
  const page = PAGES[path];
  const type = TYPES[/\.(\w+)$/.exec(path)?.[1] ?? ''];
  response.setHeader('content-type', type ?? 'text/html; charset=utf-8');
  if (path === '/secret.pdf') response.setHeader('x-robots-tag', 'noindex');
  if (path === '/open.pdf') response.setHeader('last-modified', CHANGED);
  if (path === '/moved') response.writeHead(301, { location: '/guide?a=1&b=2' }).end();
  else if (page === undefined && type === undefined) response.writeHead(404).end('gone');
  else response.end(page ?? 'data');
};
const SITEMAP =
  '<urlset><url><loc>ROOTonly-listed</loc><lastmod>2024-05-01</lastmod></url><url><loc>ROOT</loc><lastmod>soon</lastmod></url></urlset>';
let site: Site;

before(async () => {
  site = await serveSite(answer, null, SITEMAP);
  const run = await gossamer(['crawl', site.root, '-o', job, '-q']);
  assert.equal(run.code, 0, run.stderr);
  // Nothing that follows may need the server.
  await site[Symbol.asyncDispose]();
});
after(() => rmSync(home, { recursive: true }));

async function rows(folder: string): Promise<UrlRecord[]> {
  const { stdout } = await gossamer(['export', 'jsonl', folder]);
  const lines = stdout.trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as UrlRecord);
}

test('export csv: every URL as jsonl has it, and what a page says is no formula', async () => {
  const file = join(home, 'urls.csv');
  const run = await gossamer(['export', 'csv', job, '-o', file]);
  const records = await rows(job);
  assert.deepEqual([run.code, run.stderr], [0, `${records.length} URLs written to ${file}.\n`]);
  const lines = parse(readFileSync(file), { columns: true }) as Record<string, string>[];
  for (const name of ['url', 'state', 'status', 'sha256', 'links', 'fetchedAt', 'referrer'] as const) {
    assert.deepEqual(
      lines.map((line) => line[name]),
      records.map((record) => String(record[name] ?? '')),
      name,
    );
  }
  const { title, description } = lines.find(({ url }) => url?.endsWith('/formula'))!;
  assert.deepEqual([title, description], [`'=HYPERLINK("http://evil.test";"x")`, `'@one, "two" 3`]);
  const { stdout } = await gossamer(['export', 'csv', job]);
  assert.equal(stdout, readFileSync(file, 'utf8'));
});

test('export parquet: every URL as jsonl has it', async () => {
  const file = join(home, 'urls.parquet');
  assert.equal((await gossamer(['export', 'parquet', job, '-o', file])).code, 0);
  const table = await readTable(readFileSync(file));
  const records = await rows(job);
  for (const name of ['url', 'state', 'status', 'sha256', 'links', 'title', 'referrer'] as const) {
    assert.deepEqual(
      table.rows.map((row) => row[name]),
      records.map((record) => record[name]),
      name,
    );
  }
});

test('export sitemap: what search engines should know, with when it changed', async () => {
  const folder = join(home, 'sitemap');
  const run = await gossamer(['export', 'sitemap', job, '-o', folder]);
  assert.deepEqual([run.code, run.stderr], [0, `5 pages written to ${folder}.\n`]);
  const text = readFileSync(join(folder, 'sitemap.xml'), 'utf8');
  const entries = [...text.matchAll(/<url><loc>(.*?)<\/loc>(?:<lastmod>(.*?)<\/lastmod>)?<\/url>/g)];
  assert.deepEqual(
    entries.map(([, url, lastmod]) => [url!.replace(site.root, '/'), lastmod]),
    [
      ['/', undefined],
      ['/guide?a=1&amp;b=2', undefined],
      ['/open.pdf', '2022-03-01T10:20:30Z'],
      ['/formula', undefined],
      ['/only-listed', '2024-05-01'],
    ],
  );
});

test('export markdown: a file a page, with what the job knows in front', async () => {
  const folder = join(home, 'markdown');
  const run = await gossamer(['export', 'markdown', job, '-o', folder]);
  assert.equal(run.code, 0);
  assert.match(
    run.stderr,
    /^6 pages written to \S+\.\nThis job does not have the images, .*\nTo get them, crawl with .*\n$/,
  );
  const host = readdirSync(folder).find((name) => !name.startsWith('.'))!;
  assert.match(host, /^127\.0\.0\.1_\d+$/);
  const names = ['copy.md', 'formula.md', 'guide@a=1&b=2.md', 'hidden.md', 'index.md', 'only-listed.md'];
  assert.deepEqual(readdirSync(join(folder, host)).sort(), names);
  const record = (await rows(job)).find(({ url }) => url.includes('guide'))!;
  assert.equal(
    readFileSync(join(folder, host, 'guide@a=1&b=2.md'), 'utf8'),
    [
      '---',
      `url: "${record.url}"`,
      'title: "The guide"',
      `fetched: "${record.fetchedAt}"`,
      'status: 200',
      `sha256: "${record.sha256}"`,
      '---',
      '',
      '# The guide',
      '',
      'All about it.',
      '',
    ].join('\n'),
  );
  const index = readFileSync(join(folder, host, 'index.md'), 'utf8');
  assert.ok(index.includes(`language: "en"\n`) && index.includes(`# Home\n\n[x](${record.url}) [x](`), index);
});

test('export: after a run that was killed, each format has what was settled, and the crawl goes on', async () => {
  const answer = pagesAnswer(makeLinks(7, 300, 6));
  let isKilling = false;
  // From then on nothing is answered: however late the signal comes, the crawl is not over.
  await using pages = await serveSite((...request) => void (isKilling || answer(...request)));
  const killed = join(home, 'killed');
  const crawl = ['crawl', pages.root, '-o', killed, '-c', '4', '--no-adapt', '-q'];
  const run = startGossamer(crawl);
  pages.onRequest = (_, count) => {
    if (count < 200) return;
    isKilling = true;
    run.child.kill('SIGKILL');
  };
  const { signal, stderr } = await run.finished;
  assert.equal(signal, 'SIGKILL', stderr);
  pages.onRequest = () => {};
  isKilling = false;
  const settled = (await rows(killed)).filter(({ state }) => state === 'done').length;
  assert.ok(settled > 50 && settled < 200, `${settled} pages`);
  const folder = join(home, 'killed-markdown');
  assert.equal((await gossamer(['export', 'markdown', killed, '-o', folder])).code, 0);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  assert.equal(files.length, settled);
  const csv = (await gossamer(['export', 'csv', killed])).stdout;
  assert.equal(
    (parse(csv, { columns: true }) as { state: string }[]).filter(({ state }) => state === 'done').length,
    settled,
  );
  assert.equal((await gossamer(['export', 'sitemap', killed, '-o', join(home, 'killed-sitemap')])).code, 0);
  const text = readFileSync(join(home, 'killed-sitemap/sitemap.xml'), 'utf8');
  assert.equal(text.match(/<url>/g)?.length, settled);
  assert.equal((await gossamer(crawl)).code, 0);
});

test('export: what the archive cannot give is told, and the rest is there', async () => {
  const [row] = (await rows(job)).filter(({ url }) => url.endsWith('/open.pdf'));
  const { file, offset } = row!.archive!;
  const bytes = readFileSync(join(job, file));
  writeFileSync(join(job, file), Buffer.from(bytes).fill(0x55, offset, offset + 40));
  try {
    const folder = join(home, 'damaged');
    const run = await gossamer(['export', 'sitemap', job, '-o', folder, '--json']);
    const { rows: pages, unreadable, damages } = JSON.parse(run.stdout);
    assert.deepEqual([run.code, pages, unreadable, damages[0].url], [1, 5, 1, row!.url]);
    assert.deepEqual(readdirSync(folder).sort(), ['.gossamer-export', 'sitemap.xml']);
  } finally {
    writeFileSync(join(job, file), bytes);
  }
});
