// Jobs that a stranger made: their archives and databases say what no crawl writes. Every command that reads one ends
// soon, in a sentence, and touches nothing outside.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { made, newFolder, root } from '../helpers/crafted-jobs.ts';
import { gossamer, severally } from '../helpers/gossamer.ts';

const noPipes = process.platform === 'win32' && 'Windows has no pipes with a name';

/** A copy of it, with this done to its database. */
function crafted(change: (db: DatabaseSync) => void = () => {}): string {
  const job = newFolder();
  cpSync(made, job, { recursive: true });
  const db = new DatabaseSync(join(job, 'gossamer.db'));
  change(db);
  db.close();
  return job;
}

function archiveOf(job: string): string {
  return readdirSync(join(job, 'archive')).find((name) => name.includes('.warc'))!;
}

test('verify: what is no file in the archive is named and never opened', { skip: noPipes }, async () => {
  const job = crafted();
  const names = ['link', 'pipe', 'folder'].map((_, at) =>
    archiveOf(job).replace(/-\d{5}(?=\.warc)/, `-0000${at + 7}`),
  ) as [string, string, string];
  const outside = join(newFolder(), 'outside');
  mkdirSync(join(outside, '..'));
  writeFileSync(outside, readFileSync(join(job, 'archive', archiveOf(job))));
  const [link, pipe, folder] = names.map((name) => join(job, 'archive', name)) as [string, string, string];
  symlinkSync(outside, link);
  execFileSync('mkfifo', [pipe]);
  mkdirSync(folder);
  const run = await gossamer(['verify', job]);
  assert.equal(run.code, 1, run.stderr);
  for (const name of names)
    assert.ok(run.stdout.includes(`archive/${name} at 0: it is not a regular file`), run.stdout);
  for (const args of [
    ['export', 'mirror', job, '-o', newFolder()],
    ['status', job],
    ['report', job],
  ]) {
    const other = await gossamer(args);
    assert.equal(other.code, 0, other.stderr);
  }
});

test('exports and verify: a record outside of the archive is refused, and the rest is there', async () => {
  for (const place of ['../outside/x.warc.gz', '/etc/passwd']) {
    const job = crafted((db) => void db.prepare("UPDATE words SET word = ? WHERE word LIKE 'archive/%'").run(place));
    const run = await gossamer(['export', 'mirror', job, '-o', newFolder()]);
    assert.equal(run.code, 1, place);
    assert.ok(run.stderr.includes('is not a file of the archive'), run.stderr);
    const verdict = await gossamer(['verify', job]);
    assert.equal(verdict.code, 1, place);
    assert.match(verdict.stdout, /the row points to no record/);
    assert.doesNotMatch(run.stderr + verdict.stderr, /^\s+at /m);
  }
});

test('export wacz: what the archive no longer has is told, and is no page', async () => {
  const whole = crafted();
  const file = join(whole, 'archive', archiveOf(whole));
  const bytes = readFileSync(file);
  const pages = async (): Promise<[code: number | null, pages: number, unreadable: number]> => {
    const run = await gossamer(['export', 'wacz', whole, '-o', join(newFolder(), '..', 'x.wacz'), '--json']);
    const { rows, unreadable, damages } = JSON.parse(run.stdout);
    assert.equal(damages.length, unreadable);
    if (unreadable > 0)
      assert.match(run.stderr, /^\d+ could not be read from the archive; the rest was exported:\n {2}archive\//);
    return [run.code, rows, unreadable];
  };
  assert.deepEqual(await pages(), [0, 6, 0]);
  writeFileSync(file, Buffer.from(bytes).fill(0x55, bytes.length - 400, bytes.length - 300));
  const [code, left, lost] = await pages();
  assert.deepEqual([code, left + lost], [1, 6]);
  assert.ok(lost >= 1 && lost < 6);
  writeFileSync(file, bytes.subarray(0, bytes.length / 2));
  const short = await pages();
  assert.deepEqual([short[0], short[1] + short[2]], [1, 6]);
  assert.ok(short[1] > 0 && short[2] > 0);
  rmSync(join(whole, 'archive'), { recursive: true });
  assert.deepEqual(await pages(), [1, 0, 6]);
});

const EXPORTS = ['jsonl', 'csv', 'parquet', 'wacz', 'mirror', 'markdown', 'sitemap'];

test('every export: a row that no crawl wrote is left out and named, and the rest is there', async () => {
  const job = crafted((db) => {
    db.exec('UPDATE outcomes SET status = 4294967296 WHERE url = 2');
    db.exec("UPDATE urls SET url = 'x y', key = '' WHERE id = 4");
    db.exec('UPDATE outcomes SET state = 99 WHERE url = 5');
  });
  for (const format of EXPORTS) {
    const run = await gossamer(['export', format, job, '-o', newFolder(), '--json']);
    assert.equal(run.code, 1, `${format}: ${run.stderr}`);
    const { rows, unwritten, skipped } = JSON.parse(run.stdout);
    assert.deepEqual([rows, unwritten], [3, 3], format);
    assert.deepEqual(
      skipped.map(({ url }: { url: string }) => url),
      ['row 2', 'row 4', 'row 5'],
    );
    assert.match(
      run.stderr,
      /^3 could not be written and are left out; the rest was exported:\n {2}row 2: row 2 has a count/,
    );
  }
});

test('export jsonl --links: a list of links that no crawl wrote costs its own row only', async () => {
  const job = crafted((db) => db.exec("UPDATE outcomes SET links = x'05ff' WHERE url = 3"));
  const run = await gossamer(['export', 'jsonl', job, '--links', '-o', newFolder(), '--json']);
  assert.equal(run.code, 1, run.stderr);
  const { rows, unwritten, skipped } = JSON.parse(run.stdout);
  assert.deepEqual([rows, unwritten, new URL(skipped[0].url).origin], [5, 1, new URL(root).origin]);
});

test('remove: an archive whose file is a link ends in a sentence, and touches nothing outside', async () => {
  const job = crafted();
  const outside = join(newFolder(), '..', `outside-${Date.now()}`);
  const file = join(job, 'archive', archiveOf(job));
  renameSync(file, outside);
  const before = readFileSync(outside);
  symlinkSync(outside, file);
  const run = await gossamer(['remove', `${root}p/1/page-1.html`, job]);
  assert.equal(run.code, 2, run.stdout);
  assert.match(run.stderr, /is not a regular file, so nothing was removed/);
  assert.doesNotMatch(run.stderr, /^\s+at /m);
  assert.ok(readFileSync(outside).equals(before));
});

test('remove: indexes/ that is a link ends in a sentence, and touches nothing behind it', async () => {
  for (const target of ['there', 'missing', 'file']) {
    const job = crafted();
    const outside = join(newFolder(), '..', `indexes-${target}-${Date.now()}`);
    const indexes = join(job, 'indexes');
    if (target === 'there') renameSync(indexes, outside);
    else rmSync(indexes, { recursive: true });
    if (target === 'file') writeFileSync(indexes, '');
    else symlinkSync(outside, indexes);
    const archive = join(job, 'archive', archiveOf(job));
    const contents = (): Buffer[] =>
      [archive, ...(target === 'there' ? readdirSync(outside).map((name) => join(outside, name)) : [])].map((path) =>
        readFileSync(path),
      );
    const before = contents();
    const run = await gossamer(['remove', `${root}p/1/page-1.html`, job]);
    assert.equal(run.code, 2, run.stdout);
    const told = target === 'file' ? /indexes is not a folder, so nothing was changed/ : /indexes is a link to "/;
    assert.match(run.stderr, told);
    assert.doesNotMatch(run.stderr, /^\s+at /m);
    assert.deepEqual(contents(), before);
    assert.equal(existsSync(outside), target === 'there');
  }
});

test('an index or a lock that is a pipe or a link ends in a sentence, and nothing outside is made', {
  skip: noPipes,
}, async () => {
  const outside = join(newFolder(), '..', `outside-lock-${Date.now()}`);
  for (const [name, make, what] of [
    ['search.db', (path: string) => execFileSync('mkfifo', [path]), /search\.db is not a regular file: remove it/],
    ['search.db-wal', (path: string) => execFileSync('mkfifo', [path]), /search\.db-wal is not a regular file/],
    ['lock', (path: string) => execFileSync('mkfifo', [path]), /lock is not a regular file: remove it/],
    ['lock', (path: string) => symlinkSync(outside, path), /lock is not a regular file: remove it/],
  ] as const) {
    const job = crafted();
    rmSync(join(job, name), { force: true });
    make(join(job, name));
    const run = await severally([
      ['status', job],
      name === 'lock' ? ['crawl', root, '-o', job] : ['search', 'page', job],
    ]);
    assert.match(run.stderr, what);
    assert.match(run.stderr, /^= status 0$/m, run.stderr);
    assert.match(run.stderr, /^= (?:crawl|search) 2$/m, run.stderr);
  }
  assert.ok(!existsSync(outside));
});

test('search: an index with a view or a trigger of its author is not read, and made again', async () => {
  const job = crafted();
  assert.equal((await gossamer(['index', job])).code, 0);
  const index = new DatabaseSync(join(job, 'search.db'));
  const endless = 'with recursive r(id) as (select 1 union all select id + 1 from r) select id from r';
  index.exec(`create trigger t before insert on pages begin select count(*) from (${endless}); end;
    drop table languages; create view languages as select id as pages, '' as language from (${endless})`);
  index.close();
  const run = await gossamer(['search', 'page', job]);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stderr, /it is made again/);
});

test('crawl: a log that is a link to a file elsewhere is not written, and told', { skip: noPipes }, async () => {
  const job = crafted();
  const outside = join(newFolder(), '..', `log-${Date.now()}`);
  writeFileSync(outside, 'mine\n');
  rmSync(join(job, 'logs/gossamer.jsonl'));
  symlinkSync(outside, join(job, 'logs/gossamer.jsonl'));
  const run = await gossamer(['crawl', root, '-o', job, '--no-sitemaps', '--time-limit', '1s']);
  assert.equal(readFileSync(outside, 'utf8'), 'mine\n');
  assert.match(run.stderr, /log/);
});

/** What a database says that no crawl wrote; each by itself. */
const CRAFTED: readonly string[] = [
  'UPDATE outcomes SET state = 99',
  'UPDATE outcomes SET status = 4294967296, tries = -1',
  "UPDATE outcomes SET sha256 = x'00'",
  'UPDATE outcomes SET fetched_at = 9000000000000000, elapsed_ms = -1, bytes = -1',
  "UPDATE urls SET url = 'javascript:x', key = '' WHERE id > 1",
  'DELETE FROM urls WHERE id = 3',
  'UPDATE runs SET started_at = 9000000000000000',
  `UPDATE job SET identity = '{"roots": ["x y"]}'`,
  "UPDATE words SET word = 'x' || id",
  'CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM urls; END',
];

test('every command that reads a job: a database that no crawl wrote is told in a sentence', async () => {
  const share = Math.ceil(CRAFTED.length / 2);
  const faults = await Promise.all([CRAFTED.slice(0, share), CRAFTED.slice(share)].map(faultsOf));
  assert.deepEqual(faults.flat(), []);
});

/** Where a command ended in a stack trace, or not at all. */
async function faultsOf(statements: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  for (const statement of statements) {
    const job = crafted((db) => db.exec(statement));
    const out = newFolder();
    mkdirSync(out);
    const commands = [
      ['status', job],
      ['why', `${root}p/1/page-1.html`, job],
      ['report', job],
      ['verify', job],
      ['export', 'parquet', job, '-o', join(out, 'parquet')],
      ['export', 'mirror', job, '-o', join(out, 'mirror')],
      ['export', 'jsonl', job, '--links', '-o', join(out, 'links')],
      ['retry', job, '--lost'],
      ['crawl', root, '-o', job, '--no-sitemaps', '--time-limit', '1s'],
    ];
    const run = await severally(commands);
    const traces = run.stderr.split('\n').filter((line) => /^\s+at /.test(line));
    if (traces.length > 0 || !run.stderr.includes('= crawl ')) faults.push(`${statement}\n${run.stderr}`);
  }
  return faults;
}
