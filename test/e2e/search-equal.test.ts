// Search gives the same answers whether a job is in SQLite or in PostgreSQL.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Ledger, Row } from '../../src/base/contracts.ts';
import { removeTree } from '../../src/base/remove.ts';
import { contentsOf, holdingsOf } from '../../src/job/open-contents.ts';
import { answerFrom, type Facets, facetsFrom } from '../../src/search/answer.ts';
import { openWriter } from '../../src/search/open-index.ts';
import { createTermReader } from '../../src/search/page-terms.ts';
import type { Filter } from '../../src/search/question.ts';
import { lastOfShard } from '../../src/search/shards.ts';
import { jobLocation } from '../../src/store/location.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { NO_POSTGRES, startPostgres } from '../helpers/postgres.ts';
import { seededRandom } from '../helpers/random.ts';
import { serveSite } from '../helpers/site.ts';

const WORDS = 'river house garden stone window letter winter marmalade engine harbour silver paper'.split(' ');
const PAGES = 60;

/** Pages of words that are drawn from a few, so that each question has several answers. */
function pagesOf(): Map<string, string> {
  const random = seededRandom(16);
  const word = (): string => WORDS[Math.floor(random() ** 2 * WORDS.length)]!;
  const pages = new Map<string, string>();
  const links: string[] = [];
  for (let number = 0; number < PAGES; number += 1) {
    const path = number === 0 ? '/' : `/${word()}/${number}`;
    const some = (count: number): string => Array.from({ length: count }, word).join(' ');
    const text = `<h1>${some(2)}</h1><p>${some(20 + Math.floor(random() * 60))}.</p><h2>${some(1)}</h2><p>${some(40)}</p>`;
    links.push(`<a href=${path}>${some(2)}</a>`);
    pages.set(path, `<html lang=${number % 5 === 1 ? 'de' : 'en'}><title>${some(3)}</title><main>${text}`);
  }
  const strange = '<h1>東京都の図書館</h1><p>pg_dump, StringBuilder, Größe, книги. 我喜欢学习中文</p>';
  const long = `<p>first ${'silver paper '.repeat(300)} last of all</p>`;
  pages.set('/strange', `<html lang=ja><title>HashMap table</title><main>${strange}`);
  pages.set('/long', `<html lang=en><title>Long</title><main><h1>Long</h1>${long}`);
  for (const path of ['/twin/1', '/twin/2']) {
    pages.set(path, `<html lang=en><title>Twin</title><main><h1>Twin</h1><p>${'Sermon of the twins. '.repeat(9)}`);
  }
  for (const path of ['/strange', '/long', '/twin/1', '/twin/2']) links.push(`<a href=${path}>to ${path}</a>`);
  pages.set('/', pages.get('/')! + links.join(' and '));
  return pages;
}

const QUESTIONS = [
  ...['river', 'houses', 'silver paper', 'marmalade engine harbour', 'winter -river', '-"silver paper" garden'],
  ...['"silver paper"', '"stone window"', '"river house" garden', 'hous*', 'mar* eng*', '"silver pap"', 'last'],
  ...['図書館', '東京', '学習 学习', '館', 'pg_dump', 'string builder', 'hash map', 'grosse', 'книга', 'sermon'],
  ...['river lang:de', 'river -lang:de', 'path:/river', 'house path:/stone', 'site:127.0.0.1', 'site:other.example'],
  ...[
    'type:html window',
    'after:2020 letter',
    'before:2020 letter',
    'after:2020',
    'marmelade',
    'hosue',
    'to',
    'nothing',
  ],
  ...['river house garden stone window letter winter marmalade', '"of all" last', 'path:/ -path:/river'],
];

/** Adds pages to the index alone. */
async function addLater(job: string, ledger: Ledger): Promise<void> {
  const random = seededRandom(17);
  const some = (count: number): string =>
    Array.from({ length: count }, () => WORDS[Math.floor(random() ** 2 * WORDS.length)]!).join(' ');
  const read = createTermReader();
  await using filler = await openWriter(job, ledger, (url) => url);
  for (const from of [lastOfShard(0), lastOfShard(1)]) {
    for (let id = from; id < from + 12; id += 1) {
      const url = `http://127.0.0.1/later/${id}`;
      const title = some(2);
      const body = Buffer.from(`<main><h1>${title}</h1><p>${some(30)}</p><a href=/later/${from}>${some(2)}</a></main>`);
      const row = { ...{ id, key: url, url, title, fetchedAt: id, contentType: 'text/html' }, text: null } as Row;
      const content = { ...{ url, date: '', status: 200, headers: [], rawBody: body, body }, isWhole: true };
      assert.ok(await filler.add(read(row, 'html', content), id));
    }
  }
  await filler.end();
}

if (NO_POSTGRES !== false) {
  test('search: the same answers from PostgreSQL', { skip: NO_POSTGRES }, () => {});
} else {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());

  test('search: the same answers from SQLite and from PostgreSQL', { timeout: 300_000 }, async (context) => {
    const pages = pagesOf();
    await using site = await serveSite((path, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(pages.get(path) ?? '');
    });
    const folder = mkdtempSync(join(tmpdir(), 'gossamer-equal-'));
    context.after(() => removeTree(folder));
    const opened: { folder: string; ledger: Awaited<ReturnType<ReturnType<typeof jobLocation>['read']>> }[] = [];
    for (const [name, store] of [
      ['here', null],
      ['there', database.url],
    ] as const) {
      const job = join(folder, name);
      const more = store === null ? [] : ['--store', store];
      const { code, stderr } = await gossamer(['crawl', site.root, '-o', job, '-q', '--no-adapt', '--index', ...more]);
      assert.equal(code, 0, stderr);
      const again = await gossamer(['index', job, '--json', ...more]);
      const { pages: count, added } = JSON.parse(again.stdout) as Record<string, number>;
      assert.deepEqual([count, added], [pages.size, 0], again.stderr);
      assert.equal(existsSync(join(job, 'search.db')), store === null);
      opened.push({ folder: job, ledger: await jobLocation(job, store).read() });
    }
    const asked = async (typed: string, chosen: readonly Filter[] = []): Promise<object[]> => {
      const answers: object[] = [];
      for (const { folder: job, ledger } of opened) {
        const contents = contentsOf(holdingsOf(job, ledger), ledger);
        const { results, ...answer } = await answerFrom({ folder: job, ledger, contents }, typed, 0, 100, chosen);
        const facets = await facetsFrom({ folder: job, ledger }, typed, chosen);
        answers.push({ ...answer, facets, results: results.map(({ id: _, at: __, ...result }) => result) });
      }
      return answers;
    };
    let found = 0;
    for (const typed of QUESTIONS) {
      const [here, there] = await asked(typed);
      assert.deepEqual(there, here, typed);
      found += (here as { count: number }).count;
    }
    assert.ok(found > QUESTIONS.length, String(found));
    for (const typed of ['river', 'garden']) {
      const [{ facets }] = (await asked(typed)) as [{ facets: Facets }];
      for (const facet of ['host', 'folder', 'type', 'language'] as const) {
        for (const { value, pages: most } of facets[facet]) {
          const [here, there] = (await asked(typed, [{ field: 'facet', of: facet, value }])) as { count: number }[];
          assert.deepEqual(there, here, `${typed} ${facet} ${value}`);
          assert.equal(here!.count, most, `${typed} ${facet} ${value}`);
        }
      }
    }

    // Pages of later shards, as a job of a hundred thousand rows has them.
    for (const { folder: job, ledger } of opened) await addLater(job, ledger);
    for (const typed of QUESTIONS) {
      const [here, there] = await asked(typed);
      assert.deepEqual(there, here, `${typed} in three shards`);
      found -= (here as { count: number }).count;
    }
    assert.ok(found < 0, 'no question found pages of later shards');

    const removed = await gossamer(['remove', `${site.root}long`, join(folder, 'there'), '--store', database.url]);
    assert.match(removed.stderr, /The index for searches had its words and was deleted too/);
    const without = await gossamer(['search', 'river', join(folder, 'there'), '--store', database.url]);
    assert.match(without.stderr, /has no index yet/);
    for (const { ledger } of opened) await ledger.close();
  });
}
