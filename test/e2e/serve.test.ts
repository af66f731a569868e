// The API of a finished job: each answer is as the OpenAPI document says, and says what the site had.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type {
  BrokenAnswer,
  DuplicatesAnswer,
  ErrorAnswer,
  FacetedAnswer,
  GraphAnswer,
  GroupsAnswer,
  JobAnswer,
  JobsAnswer,
  LinksAnswer,
  RedirectsAnswer,
  StoryAnswer,
  TableAnswer,
  TextAnswer,
  TimelineAnswer,
  TrapsAnswer,
  TreeAnswer,
} from '../../src/serve/api.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { crawledTo, jobFolders } from '../helpers/job-folders.ts';
import { type Asking, rawRequest, serving } from '../helpers/served.ts';
import { serveSite } from '../helpers/site.ts';

const newFolder = jobFolders('serve');
const EVIL = '<script>alert(1)</script> \u202eevil';

const PAGES: Readonly<Record<string, string>> = {
  '/': '<title>Home</title><a href=/docs/>docs</a><a href=/gone>x</a><a href=/old>y</a><a href=http://[>z</a><a href=/=cmd()>c</a>',
  '/docs/': '<title>Docs</title><a href=/docs/a>a</a><a href=/docs/b>b</a><a href=/gone>x</a>',
  '/docs/a': '<title>Same</title><p>The same words here.',
  '/docs/b': '<title>Same</title><p>The same words here.',
  '/new': `<title>${EVIL.replaceAll('<', '&lt;')}</title>`,
  '/=cmd()': '<title>=1+1</title>',
};

async function crawledSite(): Promise<{ readonly job: string; readonly root: string }> {
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    if (path === '/old') response.writeHead(301, { location: '/older' }).end();
    else if (path === '/older') response.writeHead(302, { location: '/new' }).end();
    else if (PAGES[path] === undefined) response.writeHead(404).end('gone');
    else response.end(PAGES[path]);
  });
  const job = newFolder();
  await crawledTo(job, site.root);
  return { job, root: site.root };
}

async function nameOf({ get }: Asking): Promise<string> {
  const { jobs } = await get<JobsAnswer>('/api/jobs');
  return `/api/jobs/${jobs[0]!.id}`;
}

test('serve: every answer about a job is as the document says, and an older index is made again', async () => {
  const { job, root } = await crawledSite();
  assert.equal((await gossamer(['index', job, '-q'])).code, 0);
  await using asking = await serving([job]);
  const { get, post } = asking;
  const base = await nameOf(asking);
  const answer = await get<JobAnswer>(base);
  assert.deepEqual([answer.state, answer.control.isPossible, answer.urls.done], ['finished', false, 9]);
  assert.equal(answer.sentence.map(({ text }) => text).join(''), 'Finished. 9 pages done, 1 of them broken.');

  const table = await get<TableAnswer>(`${base}/urls?q=status:404&columns=status,title`);
  assert.deepEqual(
    table.rows.map(({ url, status }) => [url, status]),
    [[`${root}gone`, 404]],
  );
  assert.deepEqual([table.total, table.next, table.upTo.isComplete], [1, null, true]);
  const { groups } = await get<GroupsAnswer>(`${base}/groups?by=status`);
  assert.deepEqual(
    groups.map(({ value, urls }) => [value, urls]),
    [
      ['200', 6],
      ['301', 1],
      ['302', 1],
      ['404', 1],
    ],
  );
  for (const { q, urls } of groups)
    assert.equal((await get<TableAnswer>(`${base}/urls?q=${encodeURIComponent(q)}`)).total, urls);

  const story = await get<StoryAnswer>(`${base}/url?url=${encodeURIComponent(`${root}old`)}`);
  assert.deepEqual([story.redirects.map(({ url }) => url), story.status], [[`${root}older`, `${root}new`], 301]);
  assert.deepEqual(
    story.headers?.find(([name]) => name === 'location'),
    ['location', '/older'],
  );
  const evil = await get<StoryAnswer>(`${base}/url?url=${encodeURIComponent(`${root}new`)}`);
  assert.equal(evil.title, EVIL);
  const into = await get<LinksAnswer>(`${base}/url/links?direction=in&url=${encodeURIComponent(`${root}gone`)}`);
  assert.deepEqual(
    into.links.map(({ url }) => url),
    [root, `${root}docs/`],
  );
  const some = `${base}/url/links?direction=in&limit=1&url=${encodeURIComponent(`${root}gone`)}`;
  const first = await get<LinksAnswer>(some);
  const rest = await get<LinksAnswer>(`${some}&after=${first.next}`);
  assert.deepEqual([into.total, first.total, rest.total, rest.next], [2, 2, null, null]);
  assert.deepEqual(
    [...first.links, ...rest.links].map(({ url }) => url),
    [root, `${root}docs/`],
  );
  const out = await get<LinksAnswer>(`${base}/url/links?limit=2&id=${story.id - story.id + 1}`);
  assert.deepEqual([out.total, out.links.length, out.next], [4, 2, '2']);
  assert.match(
    (await get<TextAnswer>(`${base}/url/text?url=${encodeURIComponent(`${root}docs/a`)}`)).markdown,
    /same words/,
  );

  const broken = await get<BrokenAnswer>(`${base}/broken`);
  assert.deepEqual(
    broken.urls.map(({ url, referrers }) => [url, referrers]),
    [[`${root}gone`, [root, `${root}docs/`]]],
  );
  assert.deepEqual(
    broken.badLinks.map(({ page, href }) => [page, href]),
    [[root, 'http://[']],
  );
  assert.equal((await get<RedirectsAnswer>(`${base}/redirects`)).chains[0]?.hops, 2);
  const same = await get<DuplicatesAnswer>(`${base}/duplicates`);
  assert.deepEqual(
    same.groups.map(({ examples }) => examples),
    [[`${root}docs/a`, `${root}docs/b`]],
  );
  assert.equal((await get<TableAnswer>(`${base}/urls?q=${same.groups[0]!.q}`)).total, 2);
  await get<DuplicatesAnswer>(`${base}/near-duplicates`);
  assert.equal((await get<TrapsAnswer>(`${base}/traps`)).urls, 0);
  const hosts = await get<TreeAnswer>(`${base}/tree`);
  const tree = await get<TreeAnswer>(`${base}/tree?path=${encodeURIComponent(hosts.children[0]!.path)}`);
  assert.deepEqual(tree.children.find(({ name }) => name === 'docs')?.statuses, [3, 0, 0, 0]);
  assert.equal((await get<GraphAnswer>(`${base}/graph`)).nodes.length, 2);
  const timeline = await get<TimelineAnswer>(`${base}/timeline?points=10`);
  assert.equal(
    timeline.points.reduce((sum, { pages }) => sum + pages, 0),
    9,
  );
  assert.ok(
    timeline.points.every(({ at }, step) => at === timeline.from! + step * timeline.stepMs),
    'no step is left out',
  );
  const found = await get<FacetedAnswer>(`${base}/search?q=words`);
  assert.equal(found.results[0]?.url, `${root}docs/a`);
  assert.ok(found.results[0].snippet.some(({ text, isMatch }) => isMatch && text === 'words'));

  assert.equal((await post<ErrorAnswer>(`${base}/pause`, {}, 409)).error.code, 'not-ours');
  await post(`${base}/exclusions/preview`, { pattern: 'docs' });
  await get('/api/session');
  await get('/api/openapi.json');

  const database = new DatabaseSync(join(job, 'search.db'));
  database.exec('pragma user_version = 1');
  database.close();
  await using later = await serving([job]);
  assert.equal((await later.get<ErrorAnswer>(`${base}/search?q=words`, 409)).error.code, 'no-index');
  let renewed = await later.get<JobAnswer>(base);
  assert.deepEqual([renewed.index, typeof renewed.indexedUrls], ['renewing', 'number']);
  while (renewed.index === 'renewing') renewed = await later.get<JobAnswer>(base);
  assert.deepEqual([renewed.index, renewed.indexedUrls], ['ready', null]);
  assert.equal((await later.get<FacetedAnswer>(`${base}/search?q=words`)).total, found.total);
});

test('serve: the table is sorted, paged by key and by place, and written as CSV', async () => {
  const { job, root } = await crawledSite();
  await using asking = await serving([job]);
  const base = await nameOf(asking);
  for (const sort of ['', 'url', 'bytes', 'status', 'title', 'contentType', 'referrer', 'error', 'host', 'state']) {
    for (const order of ['asc', 'desc']) {
      const asked = `${base}/urls?limit=2&columns=bytes&sort=${sort}&order=${order}`;
      const whole = await asking.get<TableAnswer>(`${base}/urls?sort=${sort}&order=${order}`);
      const urls = whole.rows.map(({ url }) => url);
      assert.equal(new Set(urls).size, 9, `${sort} ${order}`);
      const walked: string[] = [];
      for (let after: string | null = ''; after !== null; ) {
        const part: TableAnswer = await asking.get<TableAnswer>(`${asked}&after=${after}`);
        walked.push(...part.rows.map(({ url }) => url));
        after = part.next;
      }
      assert.deepEqual(walked, urls, `${sort} ${order} by key`);
      const jumped = await asking.get<TableAnswer>(`${asked}&offset=5`);
      assert.deepEqual(
        jumped.rows.map(({ url }) => url),
        urls.slice(5, 7),
        `${sort} ${order} by place`,
      );
    }
  }
  const headers = { host: new URL(asking.served.origin).host, authorization: `Bearer ${asking.served.token}` };
  const csv = await rawRequest(asking.served.origin, `${base}/urls.csv?columns=title,url&q=title:*&sort=url`, headers);
  assert.match(String(csv.headers['content-type']), /^text\/csv/);
  const lines = csv.text.split('\r\n');
  assert.deepEqual([lines[0], lines[1]], ['title,url', `Home,${root}`]);
  assert.ok(lines.includes(`'=1+1,${root}=cmd()`), 'no formula for a spreadsheet');
});

test('serve: what cannot be meant is told with its place, and never breaks', async () => {
  const { job } = await crawledSite();
  await using asking = await serving([job]);
  const base = await nameOf(asking);
  const wrong: readonly (readonly [path: string, code: string, at?: number])[] = [
    ['urls?q=a%20foo:bar', 'bad-filter', 2],
    ['urls?q=status:%22404', 'bad-filter', 0],
    ['urls?q=depth:%3Ex', 'bad-filter', 0],
    ['urls?q=state:gone', 'bad-filter', 0],
    ['urls?q=bytes:1ZB', 'bad-filter', 0],
    ['urls?q=after:yesterday', 'bad-filter', 0],
    [`urls?q=${'a'.repeat(5_000)}`, 'bad-filter'],
    ['urls?sort=evil;drop', 'bad-filter'],
    ['urls?columns=id', 'bad-filter'],
    ['urls?after=%00', 'bad-filter'],
    ['urls?limit=0', 'bad-parameter'],
    ['urls?limit=-1', 'bad-parameter'],
    ['urls?offset=1e9', 'bad-parameter'],
    ['groups?by=sha256', 'bad-parameter'],
    ['timeline?points=0', 'bad-parameter'],
    ['search?q=%22unclosed', 'bad-question', 0],
    ['search?q=words', 'no-index'],
  ];
  for (const [path, code, at] of wrong) {
    const status = code === 'no-index' ? 409 : 400;
    const { error } = await asking.get<ErrorAnswer>(`${base}/${path}`, status);
    assert.equal(error.code, code, path);
    if (at !== undefined) assert.equal(error.at, at, path);
    assert.match(error.message, /[.]$/, path);
  }
  const odd = [
    "'; DROP TABLE facts; --",
    '%',
    '_',
    '!',
    '\0',
    '"',
    '""',
    '-',
    '--',
    ':',
    'a:',
    '::',
    '\u{d800}',
    '((((',
    '*',
    'x'.repeat(4_000),
  ];
  for (const text of odd) {
    const { status, text: said } = await rawRequest(
      asking.served.origin,
      `${base}/urls?q=${encodeURIComponent(text.toWellFormed())}`,
      { host: new URL(asking.served.origin).host, authorization: `Bearer ${asking.served.token}` },
    );
    assert.ok(status === 200 || status === 400, `${JSON.stringify(text)}: ${status} ${said.slice(0, 200)}`);
  }
  assert.equal((await asking.get<ErrorAnswer>(`${base}/url?url=http://never.test/`, 404)).error.code, 'no-url');
  assert.equal((await asking.get<ErrorAnswer>('/api/jobs/none', 404)).error.code, 'no-job');
  assert.equal((await asking.get<ErrorAnswer>('/api/nowhere', 404)).error.code, 'no-path');
});
