// Search: a crawl in several languages is indexed and asked, as a user does it.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeFile, removeTree } from '../../src/base/remove.ts';
import { type Finished, gossamer } from '../helpers/gossamer.ts';
import { serveSite } from '../helpers/site.ts';

const filler = 'These words are on each of the pages and say nothing at all about what the page is for. '.repeat(3);
const page = (language: string, title: string, text: string, more = ''): string =>
  `<!doctype html><html lang=${language}><meta charset=utf-8><title>${title}</title>${more}<main><h1>${title}</h1><p>${text}</main>`;

const PAGES: Readonly<Record<string, string>> = {
  '/': page('en', 'Home', `Welcome. ${filler}`, '<nav>NAV</nav>'),
  '/houses': page('en', 'Old houses', `Two houses stand by the river. ${filler} <a href=/plain>the quiet corner</a>`),
  '/haus': page('de', 'Häuser am Fluss', 'Die Größe der Häuser überrascht. Straßen führen zum Ufer.'),
  '/kniga': page('ru', 'Книги', 'В библиотеке читают старые книги о ёлках.'),
  '/zh': page('zh', '东京旅游', '我喜欢学习中文，也喜欢东京都的博物馆。'),
  '/ja': page('ja', '図書館', '東京都の図書館は月曜日に休みです。'),
  '/plain': page('en', 'Untold', 'Only dust and silence.'),
  '/copy1': page('en', 'A copy', `The same sermon about marmalade. ${filler}`),
  '/copy2': page('en', 'A copy', `The same sermon about marmalade. ${filler}`),
  '/hidden': page('en', 'Hidden', 'A secret marmalade.', '<meta name=robots content=noindex>'),
  '/signal': page('en', 'Signal', 'Another secret marmalade.'),
  '/unlisted': page('en', 'Unlisted', 'A third secret marmalade.'),
  '/evil': page('en', '&lt;script>alert(1)&lt;/script> \u202eevil', 'An evil \u001b[31mword\u0007 here.'),
};

interface Answer {
  readonly total: number;
  readonly suggestion: string | null;
  readonly results: readonly { url: string; title: string; snippet: string; duplicates: number; alike: string[] }[];
}

test('search: what was crawled is found, in every language, and what must not be found is not', async (context) => {
  const gone = new Set<string>();
  const links = Object.keys(PAGES).map((path) => `<a href=${path}>${path}</a>`);
  await using site = await serveSite((path, response) => {
    const body = gone.has(path) ? undefined : PAGES[path];
    response.setHeader('content-type', 'text/html');
    if (path === '/signal') response.setHeader('Content-Signal', 'ai-train=no, search=no');
    if (body === undefined) response.writeHead(404).end('gone');
    else response.end(body.replace('NAV', links.join(' ')));
  }, 'User-agent: *\nContent-Usage: /unlisted search=n\n');
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-search-'));
  context.after(() => removeTree(folder));
  const job = join(folder, 'job');
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q', '--no-adapt'])).code, 0);

  const search = (...words: string[]): Promise<Finished> => gossamer(['search', ...words, job]);
  const paths = async (...words: string[]): Promise<string[]> => {
    const { stdout, stderr } = await search(...words, '--json');
    assert.equal(stderr, '');
    return (JSON.parse(stdout) as Answer).results.map(({ url }) => new URL(url).pathname);
  };

  const early = await search('houses');
  assert.deepEqual([early.code, early.stdout], [2, '']);
  assert.match(early.stderr, /has no index yet: make it with gossamer index /);

  const indexed = await gossamer(['index', job, '--json']);
  const { pages, added, barred } = JSON.parse(indexed.stdout) as Record<string, number>;
  assert.deepEqual([indexed.code, pages, added, barred], [0, 10, 10, 3]);

  await context.test('a word in another form, without its accents, in each script', async () => {
    assert.deepEqual(await paths('house'), ['/houses']);
    assert.deepEqual(await paths('haus', 'grosse'), ['/haus']);
    assert.deepEqual(await paths('strasse'), ['/haus']);
    assert.deepEqual(await paths('книга'), ['/kniga']);
    assert.deepEqual(await paths('елка'), ['/kniga']);
    assert.deepEqual(await paths('学习'), ['/zh']);
    assert.deepEqual((await paths('東京')).sort(), ['/ja']);
    assert.deepEqual(await paths('東京都の図書館'), ['/ja']);
    assert.deepEqual(await paths('馆'), ['/zh']);
  });
  await context.test('phrases, beginnings, barred words and filters', async () => {
    assert.deepEqual(await paths('"stand by the river"'), ['/houses']);
    assert.deepEqual(await paths('"river the by stand" nothing -sermon -houses -welcome'), []);
    assert.deepEqual(await paths('hous*'), ['/houses']);
    assert.deepEqual(await paths('pages', '-houses', '-marmalade'), ['/']);
    assert.deepEqual(await paths('lang:de'), ['/haus']);
    assert.deepEqual(await paths('path:/kni'), ['/kniga']);
    assert.deepEqual(await paths('house', 'site:elsewhere.example'), []);
    assert.deepEqual(await paths('house', 'after:2000', 'type:html'), ['/houses']);
    assert.deepEqual(await paths('house', 'before:2000'), []);
  });
  await context.test('a page is found by the text of a link to it', async () => {
    assert.ok((await paths('quiet', 'corner')).includes('/plain'));
  });
  await context.test('pages that say the same are one result, and what asks to be left out is left out', async () => {
    const { stdout } = await search('marmalade', '--json');
    const { total, results } = JSON.parse(stdout) as Answer;
    assert.equal(total, 2);
    assert.deepEqual(
      results.map(({ duplicates, alike }) => [duplicates, alike.length]),
      [[1, 1]],
    );
    assert.deepEqual(await paths('secret'), []);
  });
  await context.test('a word with a wrong letter gives a suggestion', async () => {
    const { stdout, code } = await search('marmelade');
    assert.equal(code, 1);
    assert.match(stdout, /Did you mean: marmalade/);
  });
  await context.test('nothing of a page reaches the terminal as a command', async () => {
    const { stdout } = await search('evil');
    assert.match(stdout, /<script>alert\(1\)<\/script>/);
    for (const sign of '\u001b\u0007\u202e') assert.ok(!stdout.includes(sign), JSON.stringify(sign));
  });
  await context.test('a question that is none is told, with its place', async () => {
    const { code, stderr } = await search('house "unclosed');
    assert.equal(code, 2);
    assert.match(stderr, /a quotation mark is not closed, from "\\"unclosed" on\./);
  });
  await context.test('the index follows the job: what changed is new, what was taken down is gone', async () => {
    gone.add('/houses');
    assert.equal((await gossamer(['retry', job, `${site.root}houses`])).code, 0);
    assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q', '--no-adapt'])).code, 0);
    const followed = JSON.parse((await gossamer(['index', job, '--json'])).stdout) as Record<string, number>;
    assert.deepEqual([followed['pages'], followed['added'], followed['removed']], [9, 0, 1]);
    const removed = await gossamer(['remove', `${site.root}kniga`, job]);
    assert.match(removed.stderr, /The index for searches had its words and was deleted too/);
    assert.ok(!existsSync(join(job, 'search.db')));
    const again = JSON.parse((await gossamer(['index', job, '--json'])).stdout) as Record<string, number>;
    assert.deepEqual([again['pages'], again['added'], again['removed']], [8, 8, 0]);
    assert.deepEqual(await paths('houses'), []);
    assert.deepEqual(await paths('книга'), []);
    assert.deepEqual(await paths('学习'), ['/zh']);
  });
  await context.test('an index that is damaged or gone is made again', async () => {
    const spoil = (): void => writeFileSync(join(job, 'search.db'), 'this is no index');
    spoil();
    const { code, stdout, stderr } = await search('学习');
    assert.deepEqual([code, stdout.includes('/zh')], [0, true], stderr);
    assert.match(stderr, /^The index was damaged or of another version: it is made again\.$/m);
    for (const damage of [spoil, () => removeFile(join(job, 'search.db'))]) {
      damage();
      const isThere = existsSync(join(job, 'search.db'));
      const made = await gossamer(['index', job, '--json']);
      assert.equal((JSON.parse(made.stdout) as Record<string, number>)['added'], 8, made.stderr);
      assert.equal(made.stderr.includes('it is made again'), isThere, made.stderr);
      assert.deepEqual(await paths('学习'), ['/zh']);
    }
    assert.ok(!existsSync(join(job, 'search.db-journal')));
  });
});
