import assert from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { UsageError } from '../base/errors.ts';
import { assertFree, assertFreeOf } from './own-files.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-own-'));
after(() => rmSync(home, { recursive: true }));
const job = join(home, 'job');
mkdirSync(join(job, 'archive'), { recursive: true });
mkdirSync(join(home, 'disk'));
for (const name of ['gossamer.db', 'lock', 'archive/a.warc.gz', 'out.jsonl']) writeFileSync(join(job, name), 'x');
symlinkSync(job, join(home, 'same'));
symlinkSync(join(job, 'gossamer.db'), join(home, 'link.csv'));
linkSync(join(job, 'gossamer.db'), join(home, 'hard.csv'));
linkSync(join(job, 'archive/a.warc.gz'), join(home, 'hard.warc.gz'));
symlinkSync(join(home, 'disk'), join(job, 'logs'));
writeFileSync(join(home, 'disk/gossamer.jsonl'), 'x');

test('assertFreeOf: refuses what a job needs, under any of its names', () => {
  const own = [
    ...['job/gossamer.db', 'job/gossamer.db-wal', 'job/gossamer.db-shm', 'job/gossamer.db-journal', 'job/GOSSAMER.DB'],
    ...['job/lock', 'job/archive', 'job/archive/a.warc.gz', 'job/archive/new', 'job/indexes', 'job/indexes/a.cdxj'],
    ...[
      'job/logs/gossamer.jsonl',
      'disk/gossamer.jsonl',
      'disk',
      'same/gossamer.db',
      'same/../job/lock',
      'job/x/../lock',
    ],
    ...['link.csv', 'hard.csv', 'hard.warc.gz', 'job', 'same', '.'],
  ];
  for (const name of own) {
    for (const path of [join(home, name), relative('.', join(home, name)), `${home}/${name}`])
      assert.throws(() => assertFreeOf(path, job), UsageError, path);
  }
});

test('assertFreeOf: other files in the folder of a job, and elsewhere, are free', () => {
  const free = [
    'job/out.jsonl',
    'job/exports/gossamer.db.csv',
    'job/exports',
    'lock',
    'archive',
    'archive/x',
    'jobs',
    'new/lock',
  ];
  for (const name of free) assertFreeOf(join(home, name), job);
});

test('assertFree: refuses the files of any job', () => {
  for (const name of ['job/archive', 'job/archive/inner', 'same/lock', 'job/logs/x'])
    assert.throws(() => assertFree(join(home, name)), UsageError, name);
  for (const name of ['job', 'job/inner', 'archive', 'same']) assertFree(join(home, name));
});
