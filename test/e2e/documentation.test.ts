// A real site of ten thousand pages, served by a real server: the crawl finds exactly what a crawl with a parser finds.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DefaultTreeAdapterMap, parse } from 'parse5';
import { gossamer } from '../helpers/gossamer.ts';
import { hasNginx, startNginx } from '../helpers/nginx.ts';
import { isGuess } from '../helpers/site.ts';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

const FOLDER = '/usr/share/doc/openjdk-17-jre-headless/api';
const missing = hasNginx()
  ? existsSync(FOLDER)
    ? false
    : 'openjdk-17-doc is not installed'
  : 'nginx is not installed';

/** What a `link` must be for its target to be a page or a feed rather than a requisite. */
const FOLLOWED_RELS = new Set(
  'canonical alternate sitemap next prev first last start index contents help author license search up bookmark chapter section glossary copyright appendix me'.split(
    ' ',
  ),
);

test('crawl: the openjdk documentation, the same set as a crawl with parse5', {
  skip: missing,
  timeout: 300_000,
}, async () => {
  await using nginx = await startNginx(FOLDER);
  const expected = await crawlWithParse5(nginx.root);
  const askedByParse5 = nginx.requests().length;

  const folder = mkdtempSync(join(tmpdir(), 'gossamer-documentation-'));
  const run = await gossamer(['crawl', nginx.root, '--no-adapt', '--no-archive', '-q', '-o', join(folder, 'job')]);
  assert.equal(run.code, 0, run.stderr);
  const asked = nginx.requests().slice(askedByParse5);

  const file = join(folder, 'rows.jsonl');
  assert.equal((await gossamer(['export', 'jsonl', join(folder, 'job'), '-o', file])).code, 0);
  const rows = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { url: string; state: string });
  const done = rows.filter(({ state }) => state === 'done').map(({ url }) => url);
  assert.deepEqual(done.sort(), expected.sort());
  assert.ok(done.length > 10_000, `${done.length} pages`);

  const known = new Set(rows.map(({ url }) => url.slice(nginx.root.length - 1)));
  const strangers = asked.filter((path) => path !== '/robots.txt' && !isGuess(path) && !known.has(path));
  assert.deepEqual(strangers, [], 'every request in the log has a row');
  assert.equal(new Set(asked).size, asked.length, 'nothing was asked twice');
  rmSync(folder, { recursive: true });
});

/** The plainest crawl there is: a queue, a set, a parser, on the same host. */
async function crawlWithParse5(root: string): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const seen = new Set([root]);
  const queue = [root];
  for (let next = 0; next < queue.length; next += 8) {
    const batch = queue.slice(next, next + 8);
    // Only the last batch may be short: the queue grows while it is walked.
    const pages = await Promise.all(batch.map((url) => download(url, agent)));
    for (const [index, page] of pages.entries()) {
      for (const url of page.urls(batch[index]!)) {
        if (seen.has(url) || !url.startsWith(root)) continue;
        seen.add(url);
        queue.push(url);
      }
    }
    next -= 8 - batch.length;
  }
  agent.destroy();
  return queue;
}

function download(url: string, agent: Agent): Promise<{ urls: (base: string) => string[] }> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { location } = response.headers;
        if (location !== undefined) return resolve({ urls: (base) => absolute([location], base) });
        const isPage = response.statusCode === 200 && response.headers['content-type']?.startsWith('text/html');
        const text = isPage ? Buffer.concat(chunks).toString() : '';
        resolve({ urls: (base) => (text === '' ? [] : linksOf(text, base)) });
      });
    }).on('error', reject);
  });
}

function linksOf(text: string, url: string): string[] {
  const hrefs: string[] = [];
  let base = url;
  let hasBase = false;
  const visit = (node: Node): void => {
    if ('tagName' in node) {
      const { base: newBase, href } = readElement(node);
      if (newBase !== null && !hasBase) {
        base = URL.parse(newBase, url)?.href ?? url;
        hasBase = true;
      }
      if (href !== null) hrefs.push(href);
    }
    if ('content' in node) visit(node.content);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(text, { scriptingEnabled: false }));
  return absolute(hrefs, base);
}

function readElement(element: Element): { base: string | null; href: string | null } {
  const value = (name: string): string | null =>
    element.attrs.find((attribute) => attribute.name === name)?.value ?? null;
  const rels = (value('rel') ?? '').toLowerCase().split(/\s+/);
  const none = { base: null, href: null };
  if (element.tagName === 'base') return { ...none, base: value('href') };
  if (rels.includes('nofollow')) return none;
  if (element.tagName === 'a' || element.tagName === 'area') return { ...none, href: value('href') };
  if (element.tagName === 'iframe') return { ...none, href: value('src') };
  const isPageLink =
    element.tagName === 'link' && !rels.includes('stylesheet') && rels.some((rel) => FOLLOWED_RELS.has(rel));
  return isPageLink ? { ...none, href: value('href') } : none;
}

function absolute(hrefs: readonly string[], base: string): string[] {
  const urls: string[] = [];
  for (const href of hrefs) {
    const url = URL.parse(href, base);
    if (url === null) continue;
    url.hash = '';
    urls.push(url.href);
  }
  return urls;
}
