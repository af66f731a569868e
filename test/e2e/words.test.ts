// What the command line says: how to go on after a limit, what failed a gate, what is decided while it is, what an
// export will lack.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Summary } from '../../src/base/contracts.ts';
import type { Verdict } from '../../src/views/report/quality-gate.ts';
import type { UrlRecord } from '../../src/views/tables/record.ts';
import { gossamer, severally } from '../helpers/gossamer.ts';
import { type Answer, serveSite } from '../helpers/site.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-words-'));
after(() => rmSync(home, { recursive: true }));

const html: Answer = (path, response) => {
  const links: Readonly<Record<string, string>> = {
    '/': '<a href=/a>a</a><a href=/gone>x</a><a href=/no>x</a><a href=/old>x</a><a href="http://away.test/">x</a><img src=/i.png>',
    '/a': '<a href=/b>b</a>',
    '/b': '<a href=/c>c</a>',
  };
  if (path === '/old') response.writeHead(301, { location: '/a' });
  else response.writeHead(path === '/gone' ? 404 : 200, { 'content-type': 'text/html' });
  response.end(links[path] ?? 'x');
};
const ROBOTS = 'User-agent: *\nDisallow: /no\n';

test('crawl: after --limit the same command says that the limit is of the job, and one with a higher limit goes on', async () => {
  await using site = await serveSite(html, ROBOTS);
  const crawl = ['crawl', site.root, '-o', join(home, 'limited'), '--no-sitemaps'];
  for (const options of [
    ['--limit', '2'],
    ['--limit', '2'],
    ['--size-limit', '1'],
  ]) {
    const { code, stdout } = await gossamer([...crawl, ...options]);
    assert.equal(code, options[0] === '--limit' ? 16 : 14);
    assert.match(stdout, /^Unfinished: the .*limit.* is reached\.\n/);
    assert.ok(
      stdout.includes(`\n${options[0]} counts for all runs of the job: the same command would end at once.\n`),
      stdout,
    );
    assert.ok(stdout.includes(`\nTo continue, give a higher ${options[0]}, or leave it out.\n`), stdout);
  }
  assert.equal(site.log.length, 2);
  assert.match(
    (await gossamer(['status', join(home, 'limited')])).stdout,
    /\n--size-limit counts for all runs of the job/,
  );
  assert.equal((await gossamer([...crawl, '--limit', '3', '-q'])).code, 16);
  assert.equal(site.log.length, 3);
  const { code, stdout } = await gossamer(crawl);
  assert.equal(code, 0);
  assert.doesNotMatch(stdout, /whole life/);
});

test('crawl: what it says at the end fits 80 columns, but for a quoted folder that cannot be broken', async () => {
  await using site = await serveSite(html, ROBOTS);
  for (const folder of [
    'crawls/documentation.of.a.long.example.com_8080',
    `a folder with ${'long words '.repeat(6)}`,
  ]) {
    for (const options of [['--limit', '2'], []]) {
      const { stdout } = await gossamer(['crawl', site.root, '-o', folder, ...options], {}, '', home);
      assert.match(stdout, /\nNext: gossamer export jsonl /);
      for (const line of stdout.split('\n')) assert.ok(line.length <= 80 || line.includes(folder.trim()), line);
    }
  }
});

test('hints and help: where npm started the program they begin with npx, and fit 80 columns all the same', async () => {
  await using site = await serveSite((_, response) => response.writeHead(404).end());
  const job = join(home, 'as-called');
  const commands = [
    ['crawl', site.root, '-o', job, '--fail-on', 'broken'],
    ['retry', job, '--status', '404'],
    ['search', 'word', job],
    ['retry', '--help'],
    ['--help'],
  ];
  const called = await severally(commands, { npm_lifecycle_script: "'gossamer'" });
  const text = called.stdout + called.stderr;
  for (const line of text.split('\n')) {
    assert.doesNotMatch(line, /(?<!npx )\bgossamer (?:crawl|work|status|why|report|export|index|retry|COMMAND|\[)/);
    if (/^(?:Next:| {6}npx)/.test(line)) assert.ok(line.length <= 80, line);
  }
  for (const typed of [
    'Next: npx gossamer export',
    'Next: npx gossamer crawl',
    'npx gossamer index',
    'Usage: npx gossamer',
  ])
    assert.ok(text.includes(typed), `${typed}: ${text}`);
  assert.match(called.stdout, /^ {2}npx gossamer retry --lost /m);
  const plain = await severally([commands[1]!.toSpliced(2), ['key', '--help']], {
    npm_lifecycle_script: 'node --test',
  });
  assert.doesNotMatch(plain.stdout, /npx/);
});

test('crawl --fail-on --json: the verdict stands in the document, and the URLs in both', async () => {
  await using site = await serveSite(html, ROBOTS);
  const crawl = ['crawl', site.root, '-o', join(home, 'gate'), '--no-sitemaps', '--json', '--fail-on', 'broken,5xx'];
  const gateOf = (stdout: string): Verdict | null | undefined => (JSON.parse(stdout) as { gate?: Verdict }).gate;
  const early = await gossamer([...crawl, '--limit', '1']);
  assert.deepEqual([early.code, gateOf(early.stdout)], [16, null], 'nothing was judged');
  const failed = await gossamer(crawl);
  const urls = [{ url: `${site.root}gone`, why: '404' }];
  assert.deepEqual(gateOf(failed.stdout), {
    passed: false,
    failOn: ['broken', '5xx'],
    failed: [{ condition: 'broken', total: 1, urls }],
  });
  assert.equal(failed.code, 10);
  assert.ok(failed.stderr.endsWith(`gossamer: --fail-on: broken (1 URL).\n  404  ${site.root}gone\n`), failed.stderr);
  assert.equal((JSON.parse(failed.stdout) as Summary).state, 'finished');
  const passed = await gossamer([...crawl, '--accept', '404']);
  assert.deepEqual([passed.code, gateOf(passed.stdout)], [0, { passed: true, failOn: ['broken', '5xx'], failed: [] }]);
  assert.equal(gateOf((await gossamer(crawl.slice(0, -2))).stdout), undefined);
});

test('crawl --fail-on: of many URLs the first are told, and where the others are', async () => {
  await using site = await serveSite((path, response) => {
    response.writeHead(path === '/' ? 200 : 410, { 'content-type': 'text/html' });
    response.end(Array.from({ length: 30 }, (_, n) => `<a href=/${n}>x</a>`).join(''));
  });
  const job = join(home, 'many');
  const { code, stderr } = await gossamer(['crawl', site.root, '-o', job, '-q', '--fail-on', '410,4xx']);
  const lines = stderr.trimEnd().split('\n');
  assert.deepEqual([code, lines[0]], [10, 'gossamer: --fail-on: 410 (30 URLs), 4xx (30 URLs).']);
  assert.equal(new Set(lines.filter((line) => line.startsWith(`  410  ${site.root}`))).size, 20);
  assert.equal(lines.at(-1), `  and more: gossamer report ${job}`);
});

test('crawl -v: one line a decision, and -q silences it', async () => {
  await using site = await serveSite(html, ROBOTS);
  const job = join(home, 'decided');
  const { code, stdout, stderr } = await gossamer(['crawl', site.root, '-o', job, '-v', '--json', '--no-sitemaps']);
  assert.equal(code, 0);
  assert.equal((JSON.parse(stdout) as Summary).state, 'finished');
  const lines = stderr.replaceAll(site.root, '/').split('\n');
  const rows = (await gossamer(['export', 'jsonl', job])).stdout.trimEnd().split('\n');
  assert.equal(rows.length, 8);
  for (const row of rows) {
    const { url, state, status, reason } = JSON.parse(row) as UrlRecord;
    const words = new RegExp(`^${state} ${reason ?? status} +${url.replace(site.root, '/')}(  |$)`);
    assert.equal(lines.filter((line) => words.test(line)).length, 1, `${url}\n${stderr}`);
  }
  assert.ok(lines.some((line) => /^robots 200 +http:\S+ {2}\d+ B$/.test(line)));
  assert.ok(lines.some((line) => /^done 301 +\/old {2}to \/a$/.test(line)));
  const quiet = await gossamer(['crawl', site.root, '--store', 'memory:', '-v', '-q']);
  assert.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [0, '', '']);
});

test('export: what a copy lacks is told where the crawl was without requisites', async () => {
  await using site = await serveSite(html, ROBOTS);
  const lack =
    /^This job does not have the images, styles and scripts of its pages: .*\.\nTo get them, crawl with --page-requisites /m;
  const exported = (format: string, job: string, ...more: readonly string[]) =>
    gossamer(['export', format, job, '-o', join(home, `${format}-${job.slice(home.length + 1)}`), ...more]);
  for (const [job, options, formats] of [
    [join(home, 'without'), [], ['mirror', 'markdown', 'wacz', 'sitemap']],
    [join(home, 'with'), ['--page-requisites'], ['mirror']],
  ] as const) {
    assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q', ...options])).code, 0);
    for (const format of formats) {
      const { code, stderr } = await exported(format, job);
      assert.equal(code, 0, stderr);
      assert.equal(lack.test(stderr), options.length === 0 && format !== 'sitemap', `${format}: ${stderr}`);
      assert.match(stderr, /written to/);
    }
  }
  assert.equal((await exported('mirror', join(home, 'without'), '-q')).stderr, '');
});

test('export and crawl: what a job needs is never overwritten', async () => {
  await using site = await serveSite(html, ROBOTS);
  const job = join(home, 'needed');
  const copy = join(home, 'copy');
  const inCopy = join(copy, 'job');
  for (const folder of [job, join(home, 'other')])
    assert.equal((await gossamer(['crawl', site.root, '-o', folder, '-q', '--limit', '2'])).code, 16);
  const [warc] = readdirSync(join(job, 'archive'));
  symlinkSync(job, join(home, 'to-needed'));
  const before = readFileSync(join(job, 'gossamer.db'));
  assert.equal((await gossamer(['export', 'mirror', job, '-o', copy])).code, 0);
  assert.equal((await gossamer(['crawl', site.root, '-o', inCopy, '-q', '--limit', '1'])).code, 16);
  const refused: (readonly string[])[] = [
    ...['jsonl', 'csv', 'parquet', 'wacz'].map((format) => ['export', format, job, '-o', join(job, 'gossamer.db')]),
    ['export', 'csv', join(home, 'other'), '-o', join(home, 'to-needed/gossamer.db')],
    ['export', 'wacz', job, '-o', join(job, 'archive', warc!)],
    ['export', 'jsonl', job, '-o', join(job, 'lock')],
    ['export', 'mirror', job, '-o', join(job, 'gossamer.db-wal')],
    ['export', 'markdown', job, '-o', join(job, 'archive/pages')],
    ['export', 'mirror', inCopy, '-o', copy],
    ['crawl', site.root, '-o', join(job, 'archive/job')],
  ];
  const { stdout, stderr } = await severally(refused);
  assert.equal(stdout, '');
  const told = /^gossamer: -o: .* is part of the job in .*, or contains it: give another path\.\n= .* 2\n/gm;
  assert.equal(stderr.match(told)?.length, refused.length, stderr);
  assert.deepEqual(readFileSync(join(job, 'gossamer.db')), before);
  for (const folder of [job, inCopy]) assert.equal((await gossamer(['verify', folder])).code, 0);
  assert.equal((await gossamer(['export', 'csv', job, '-o', join(job, 'urls.csv')])).code, 0);
});
