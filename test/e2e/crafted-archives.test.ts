// Archives that a stranger made, and archives that are gone: what cannot be read is named in a sentence, everything
// else is read, and memory does not grow with what a record expands to.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ZipFile } from 'yazl';
import {
  bomb,
  type Copy,
  copied,
  headOf,
  MB,
  made,
  newFolder,
  PAGES,
  placesIn,
  replaced,
  root,
} from '../helpers/crafted-jobs.ts';
import { gossamer, severally } from '../helpers/gossamer.ts';
import { watchedIn, watching } from '../hostile/watched-run.ts';

async function verified(job: string, env: NodeJS.ProcessEnv = {}) {
  const run = await gossamer(['verify', job, '--json'], env);
  assert.doesNotMatch(run.stderr, /^\s+at /m);
  return { code: run.code, ...JSON.parse(run.stdout) };
}

test('verify, exports: a record that expands to 600 MB costs its own page, and no memory', async () => {
  const copy = copied();
  const whole = (await verified(copy.job)).records;
  const { offset } = replaced(copy, 2, (member) => bomb(headOf(member, 600 * MB), 600));
  const { code, records, faults, faultCount } = await verified(copy.job, watching(copy.job));
  assert.deepEqual([code, records], [1, whole]);
  assert.deepEqual([faultCount, faults[0].offset], [1, offset], JSON.stringify(faults));
  assert.ok(watchedIn(copy.job).peakBytes < 200 * MB, `${watchedIn(copy.job).peakBytes}`);
  const out = newFolder();
  const run = await gossamer(['export', 'mirror', copy.job, '-o', out, '--json'], watching(copy.job));
  const { rows, unreadable, damages } = JSON.parse(run.stdout);
  assert.deepEqual([run.code, rows, unreadable, damages[0].offset], [1, PAGES - 1, 1, offset]);
  assert.match(damages[0].damage, /has more than 257 MB, too many to be read at once/);
  assert.ok(watchedIn(copy.job).peakBytes < 450 * MB, `${watchedIn(copy.job).peakBytes}`);
});

test('verify, exports: a record that says a wrong length is named, and its neighbours are read', async () => {
  for (const [declared, told] of [
    [2 ** 40, /shorter than it says/],
    ['9007199254740993', /a Content-Length of "9007199254740993"/],
  ] as const) {
    const copy = copied();
    const { offset } = replaced(copy, 1, (member) =>
      gzipSync(Buffer.concat([headOf(member, declared), Buffer.alloc(9)])),
    );
    const { code, faults } = await verified(copy.job);
    assert.equal(code, 1);
    const here = faults.filter((each: { offset: number }) => each.offset === offset);
    assert.match(here[0].what, told);
    assert.equal(faults.length, here.length, JSON.stringify(faults));
    const run = await gossamer(['export', 'markdown', copy.job, '-o', newFolder(), '--json']);
    const { unreadable, damages } = JSON.parse(run.stdout);
    assert.deepEqual([run.code, unreadable, damages[0].offset], [1, 1, offset]);
  }
});

test('every reader: a row with a number that JavaScript has not is named alone', async () => {
  const copy = copied();
  copy.db((db) => {
    db.exec('UPDATE outcomes SET archive_offset = 9223372036854775807 WHERE url = 2');
    db.exec('UPDATE outcomes SET archive_length = 9007199254740993 WHERE url = 3');
    db.exec('UPDATE outcomes SET fetched_at = -9223372036854775808 WHERE url = 5');
  });
  const { code, rows, faults } = await verified(copy.job);
  assert.deepEqual([code, rows], [1, PAGES - 3]);
  for (const [at, id] of [2, 3, 5].entries())
    assert.match(faults[at].what, new RegExp(`^row ${id} has a number of -?9`));
  for (const format of ['jsonl', 'wacz', 'mirror']) {
    const run = await gossamer(['export', format, copy.job, '-o', newFolder(), '--json']);
    const { unwritten, skipped } = JSON.parse(run.stdout);
    assert.deepEqual([run.code, unwritten, skipped[0].url], [1, 3, 'row 2'], format);
  }
  const { stdout } = await gossamer(['report', copy.job]);
  assert.match(stdout, /\nRows with what no crawl writes, left out here: 3\n {2}row 2 has a number of 9/);
});

test('why: a record that is gone, damaged or of another page is told in a sentence', async () => {
  const page = `${root}p/1/page-1.html`;
  const why = async (job: string): Promise<string> => {
    const run = await gossamer(['why', page, job]);
    assert.equal(run.code, 0, run.stderr);
    return run.stdout;
  };
  const told = async ({ job }: Copy, because: RegExp): Promise<void> => {
    assert.match(
      await why(job),
      new RegExp(`\n {12}that record cannot be read: ${because.source}; gossamer retry --lost queues`),
    );
  };
  assert.doesNotMatch(await why(made), /cannot be read/);
  const deleted = copied();
  rmSync(join(deleted.job, 'archive'), { recursive: true });
  await told(deleted, /there is no such file/);
  const moved = copied();
  renameSync(moved.path, `${moved.path}.bak`);
  await told(moved, /there is no such file/);
  const short = copied();
  writeFileSync(short.path, readFileSync(short.path).subarray(0, 600));
  await told(short, /.+ has no record of \d+ bytes at \d+/);
  const damaged = copied();
  writeFileSync(damaged.path, Buffer.alloc(readFileSync(damaged.path).length, 'x'));
  await told(damaged, /.+: no record begins here/);
  const other = copied();
  const [first] = placesIn(other.job);
  const { offset, length } = first!;
  other.db((db) => void db.prepare('UPDATE outcomes SET archive_offset = ?, archive_length = ?').run(offset, length));
  await told(other, /its payload is not what its digest says|the record there is of .+/);
});

/** A ZIP file as a WACZ of a stranger may be: names that climb, and a record that expands a thousandfold. */
async function foreignWacz(path: string): Promise<void> {
  const zip = new ZipFile();
  const bomb = Buffer.alloc(64 * MB);
  zip.addBuffer(Buffer.from('{"profile": "data-package", "resources": []}'), 'datapackage.json');
  zip.addBuffer(Buffer.from('stolen'), 'xx/xx/escaped');
  zip.addBuffer(bomb, 'archive/data.warc.gz');
  zip.end();
  const pieces: Buffer[] = [];
  for await (const piece of zip.outputStream) pieces.push(piece as Buffer);
  const bytes = Buffer.concat(pieces).toString('latin1').replaceAll('xx/xx/escaped', '../../escaped');
  writeFileSync(path, bytes, 'latin1');
}

test('every command: a WACZ of a stranger is no job; nothing of it is unpacked, and nothing is written', async () => {
  const home = join(newFolder(), 'a', 'b');
  mkdirSync(home, { recursive: true });
  const file = join(home, 'foreign.wacz');
  await foreignWacz(file);
  const before = readFileSync(file);
  const { stderr, stdout } = await severally([
    ...['status', 'report', 'verify', 'index', 'retry'].map((command) => [command, file]),
    ['search', 'words', file],
    ['why', root, file],
    ['remove', root, file],
    ['serve', file, '--port', '0'],
    ['mcp', file],
    ...['jsonl', 'mirror', 'wacz'].map((format) => ['export', format, file, '-o', join(home, 'out')]),
    ['crawl', root, '-o', file, '-q'],
  ]);
  const codes = [...stderr.matchAll(/^= (\w+) (\d+)$/gm)].map(([, name, code]) => `${name} ${code}`);
  assert.equal(codes.length, 14, stderr);
  assert.deepEqual(
    codes.filter((each) => !each.endsWith(' 2')),
    [],
    stderr + stdout,
  );
  assert.doesNotMatch(stderr, /^\s+at /m);
  assert.ok(readFileSync(file).equals(before));
  assert.deepEqual(readdirSync(join(home, '..', '..'), { recursive: true }).sort(), ['a', 'a/b', 'a/b/foreign.wacz']);
});
