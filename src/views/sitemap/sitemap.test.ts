import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Parser } from 'htmlparser2';
import { madeJob } from '../../../test/helpers/made-job.ts';
import { fc } from '../../../test/helpers/properties.ts';
import type { Content } from '../../base/contents.ts';
import type { Mention, Row, RowText } from '../../base/contracts.ts';
import { createSitemapReader } from '../../parse/lists/lists.ts';
import { joinUrl } from '../../url/join.ts';
import { urlKey } from '../../url/key.ts';
import { isListed, type SitemapEntry, sitemapEntry } from './entry.ts';
import { createSitemapFiles, type SitemapLimits } from './files.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-sitemap-'));
after(() => rmSync(home, { recursive: true }));

const store = await madeJob({});
const NO_TEXT: RowText = { description: null, language: null, canonical: null, robots: null };
const ROW: Row = {
  ...(await store.ledger.rows.find('http://a.test/'))!,
  url: 'http://a.test/a',
  key: 'http://a.test/a',
  text: NO_TEXT,
};
await store.frontier.close();
const CONTENT: Content = {
  ...{ url: ROW.url, date: '', status: 200, headers: [], isWhole: true },
  ...{ rawBody: new Uint8Array(), body: new Uint8Array() },
};
const MENTION: Mention = { sitemap: '', lastmod: null, changefreq: null, priority: null };
const GENEROUS: SitemapLimits = { entries: 1000, bytes: 1e6 };

test('isListed: pages and PDFs that were answered well and speak for themselves', () => {
  const canonical = (url: string): Partial<Row> => ({ text: { ...NO_TEXT, canonical: url } });
  const robots = (...directives: string[]): Partial<Row> => ({ text: { ...NO_TEXT, robots: directives } });
  const cases: readonly (readonly [change: Partial<Row>, isListed: boolean])[] = [
    [{}, true],
    [{ text: null }, true],
    [{ contentType: 'application/pdf', text: null }, true],
    [{ contentType: 'application/xhtml+xml' }, true],
    [{ contentType: 'image/png' }, false],
    [{ contentType: null, charset: '' }, false],
    [{ contentType: 'html', charset: 'utf-8' }, true],
    [{ status: 204 }, true],
    [{ status: 404 }, false],
    [{ status: 301 }, false],
    [{ status: null, state: 'queued' }, false],
    [{ state: 'failed', error: 'reset' }, false],
    [{ state: 'skipped', status: null }, false],
    [canonical('http://a.test/a'), true],
    [canonical('http://a.test/%61?utm_source=x'), true],
    [canonical('http://a.test/b'), false],
    [canonical('https://a.test/a'), false],
    [robots('noindex'), false],
    [robots('none'), false],
    [robots('nofollow', 'noarchive'), true],
    [{ url: `http://a.test/${'a'.repeat(2_033)}`, text: null }, true],
    [{ url: `http://a.test/${'a'.repeat(2_034)}`, text: null }, false],
  ];
  for (const [change, expected] of cases) {
    assert.equal(isListed({ ...ROW, ...change }, urlKey), expected, JSON.stringify(change).slice(0, 100));
  }
});

test("sitemapEntry: changed as the site's own sitemap says, or as the header does, where that is a date", () => {
  const cases: readonly (readonly [mentioned: string | null, header: string | null, lastmod: string | null])[] = [
    [null, null, null],
    ['2024', null, '2024'],
    ['2024-02', null, '2024-02'],
    ['2024-02-29', 'Tue, 01 Mar 2022 10:20:30 GMT', '2024-02-29'],
    [' 2024-05-01T10:20:30.123+02:00\n', null, '2024-05-01T10:20:30.123+02:00'],
    ['2024-05-01T10:20Z', null, '2024-05-01T10:20Z'],
    ['2023-02-29', 'Tue, 01 Mar 2022 10:20:30 GMT', '2022-03-01T10:20:30Z'],
    ['2024-13-01', null, null],
    ['2024-05-01T10:20:30', null, null],
    ['yesterday', 'Tue, 01 Mar 2022 10:20:30 GMT', '2022-03-01T10:20:30Z'],
    ['<script>', 'never', null],
    [null, 'Fri, 01 Mar 2052 10:20:30 GMT', null],
    [null, 'Tuesday, 01-Mar-22 10:20:30 GMT', '2022-03-01T10:20:30Z'],
  ];
  for (const [lastmod, header, expected] of cases) {
    const content = { ...CONTENT, headers: header === null ? [] : ['Last-Modified', header] };
    const entry = sitemapEntry(ROW, content, { ...MENTION, lastmod });
    assert.deepEqual(entry, { url: ROW.url, lastmod: expected }, `${lastmod} and ${header}`);
  }
  assert.deepEqual(sitemapEntry(ROW, null, null), { url: ROW.url, lastmod: null });
});

test('sitemapEntry: what a header keeps from all search engines is left out', () => {
  const cases: readonly (readonly [value: string, isListed: boolean])[] = [
    ['noindex', false],
    ['nofollow, NONE', false],
    ['otherbot: noindex', true],
    ['noarchive', true],
  ];
  for (const [value, isKept] of cases) {
    const entry = sitemapEntry(ROW, { ...CONTENT, headers: ['X-Robots-Tag', value] }, null);
    assert.equal(entry !== null, isKept, value);
  }
});

/** The contents of the `loc` elements, as a strict reader finds them. */
function locations(text: string): string[] {
  const found: string[] = [];
  let inside = false;
  const parser = new Parser(
    {
      onopentag: (name) => {
        inside = name === 'loc';
        if (inside) found.push('');
      },
      ontext: (piece) => {
        if (inside) found.push(found.pop()! + piece);
      },
      onclosetag: () => {
        inside = false;
      },
    },
    { xmlMode: true },
  );
  parser.end(text);
  return found;
}

/** The entries, as our own reader finds them. */
async function entriesOf(text: string): Promise<SitemapEntry[]> {
  const entries: SitemapEntry[] = [];
  const context = { url: 'http://a.test/sitemap.xml', contentType: 'application/xml' };
  for await (const { listed } of createSitemapReader((base) => (href) => joinUrl(href, base))(
    Buffer.from(text),
    context,
  )) {
    for (const { url, facts } of listed) entries.push({ url, lastmod: facts?.lastmod || null });
  }
  return entries;
}

async function written(name: string, entries: readonly SitemapEntry[], limits?: SitemapLimits): Promise<string> {
  const folder = mkdtempSync(join(home, name));
  const files = createSitemapFiles(folder, limits);
  for (const entry of entries) await files.add(entry);
  await files.end();
  return folder;
}

test('createSitemapFiles: one file where one holds all, empty where there is nothing', async () => {
  const entries = [
    { url: 'http://a.test/?a=1&b=2', lastmod: '2024-05-01' },
    { url: "http://a.test/it's<here>", lastmod: null },
  ];
  const folder = await written('one', entries);
  assert.deepEqual(readdirSync(folder), ['sitemap.xml']);
  const text = readFileSync(join(folder, 'sitemap.xml'), 'utf8');
  assert.ok(text.includes('<loc>http://a.test/?a=1&amp;b=2</loc><lastmod>2024-05-01</lastmod>'), text);
  assert.deepEqual(locations(text), ['http://a.test/?a=1&b=2', "http://a.test/it's<here>"]);
  const empty = await written('none', []);
  assert.deepEqual(locations(readFileSync(join(empty, 'sitemap.xml'), 'utf8')), []);
});

test('createSitemapFiles: more than a file may hold goes into several, and an index names them', async () => {
  const entries = Array.from({ length: 25 }, (_, page) => ({ url: `https://a.test:8443/${page}`, lastmod: null }));
  const folder = await written('index', entries, { ...GENEROUS, entries: 10 });
  assert.deepEqual(readdirSync(folder).sort(), ['sitemap-1.xml', 'sitemap-2.xml', 'sitemap-3.xml', 'sitemap.xml']);
  const index = locations(readFileSync(join(folder, 'sitemap.xml'), 'utf8'));
  assert.deepEqual(
    index,
    [1, 2, 3].map((number) => `https://a.test:8443/sitemap-${number}.xml`),
  );
  const files = index.map((url) => locations(readFileSync(join(folder, new URL(url).pathname), 'utf8')));
  assert.deepEqual(
    files.map(({ length }) => length),
    [10, 10, 5],
  );
  assert.deepEqual(
    files.flat(),
    entries.map(({ url }) => url),
  );
});

test('createSitemapFiles: each further host has a folder that no other has', async () => {
  const hosts = [
    'http://a.test',
    'https://a.test',
    'https://a.test:1',
    'https://a.test_1',
    'http://[::1]',
    'http://x*y',
  ];
  const entries = [...hosts, ...hosts].map((host, at) => ({ url: `${host}/${at}`, lastmod: null }));
  const folder = await written('hosts', entries, { ...GENEROUS, entries: 2 });
  const names = ['http_x_y', 'http____1_', 'https_a.test', 'https_a.test_1', 'https_a.test_1-2', 'sitemap.xml'];
  assert.deepEqual(readdirSync(folder).sort(), [...names].sort());
  assert.deepEqual(locations(readFileSync(join(folder, 'https_a.test_1-2/sitemap.xml'), 'utf8')), [
    'https://a.test_1/3',
    'https://a.test_1/9',
  ]);
});

test('createSitemapFiles: whatever the URLs are, all are read again, and no file is longer than it may be', async () => {
  const limits = { entries: 7, bytes: 1_500 };
  const url = fc
    .webUrl({ withQueryParameters: true, validSchemes: ['http', 'https'] })
    .map((text) => new URL(text).href);
  const lastmod = fc.constantFrom(null, '2024-05-01', '2024-05-01T10:20:30Z');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ url, lastmod }), { maxLength: 60 }), async (entries) => {
      const folder = await written('any', entries, limits);
      const found: SitemapEntry[] = [];
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        // A host may have a name like that too.
        if (!name.endsWith('.xml') || statSync(join(folder, name)).isDirectory()) continue;
        const text = readFileSync(join(folder, name), 'utf8');
        if (text.includes('<sitemapindex')) continue;
        assert.ok(text.length <= limits.bytes && locations(text).length <= limits.entries);
        assert.ok(new Set(locations(text).map((each) => new URL(each).origin)).size <= 1);
        found.push(...(await entriesOf(text)));
      }
      const sorted = (list: readonly SitemapEntry[]): string[] => list.map((entry) => JSON.stringify(entry)).sort();
      assert.deepEqual(sorted(found), sorted(entries));
    }),
    { numRuns: 100 },
  );
});
