import assert from 'node:assert/strict';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { UsageError } from './errors.ts';
import { asMachineError, sqliteCode, systemName, troubleOf, whyUnread } from './machine.ts';

function errorOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

test('troubleOf: a disk that is full, as the system tells it and as SQLite does', {
  skip: process.platform !== 'linux',
}, () => {
  const full = errorOf(() => writeSync(openSync('/dev/full', 'w'), 'x'));
  assert.equal(systemName(full), 'ENOSPC');
  assert.deepEqual(troubleOf(full), { words: 'the disk is full', lacks: 'room on the disk' });
  const said = asMachineError(full, 'the list could not be written') as Error;
  assert.equal(said.message, 'the list could not be written: the disk is full; make room and run again to go on');
  const db = new DatabaseSync(':memory:');
  db.exec('PRAGMA max_page_count = 2; CREATE TABLE t (x)');
  const packed = errorOf(() => db.exec('INSERT INTO t VALUES (zeroblob(100000))'));
  assert.equal(sqliteCode(packed), 13);
  assert.equal(troubleOf(packed)?.lacks, 'room on the disk');
});

test('troubleOf: what Node has no name for, what passes and what does not', () => {
  const unknown = Object.assign(new Error('Unknown system error -122: Unknown system error -122, write'), {
    errno: -122,
    code: 'Unknown system error -122',
  });
  assert.equal(systemName(unknown), 'EDQUOT');
  assert.equal(troubleOf(unknown)?.lacks, 'room on the disk');
  const named = (code: string) => Object.assign(new Error(code), { errno: -1, code });
  assert.deepEqual(
    ['EMFILE', 'ENFILE', 'ENOSPC', 'EIO', 'EROFS', 'ENOMEM'].map((code) => troubleOf(named(code))?.lacks),
    ['files that may be open', 'files that may be open', 'room on the disk', null, null, null],
  );
});

test('asMachineError: at work a file that is gone is the machine, and a mistake of ours is not', () => {
  const gone = errorOf(() => openSync('/nowhere/at/all', 'r'));
  assert.equal(troubleOf(gone), null);
  const { name, code, message } = asMachineError(gone, 'the archive could not be written') as UsageError;
  assert.deepEqual([name, code], ['MachineError', 'disk']);
  assert.match(message, /^the archive could not be written: ENOENT.*; run again to go on$/);
  for (const error of [new TypeError('x is not a function'), new UsageError('-x is no option'), 'text']) {
    assert.equal(asMachineError(error, 'it failed'), error);
  }
  const db = new DatabaseSync(':memory:');
  const mistake = errorOf(() => db.exec('SELECT nothing FROM nowhere'));
  assert.equal(asMachineError(mistake, 'it failed'), mistake);
});

test('asMachineError: a damaged database is a failure of the database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-machine-'));
  const path = join(folder, 'x.db');
  writeFileSync(path, 'no database'.repeat(1000));
  const damaged = errorOf(() => new DatabaseSync(path).exec('SELECT * FROM sqlite_schema'));
  rmSync(folder, { recursive: true });
  const { code, message } = asMachineError(damaged, 'the store failed') as UsageError;
  assert.equal(code, 'database');
  assert.equal(message, 'the store failed: it is damaged; use -o for another folder, or --fresh');
});

test('whyUnread: a file that the user named, in words', () => {
  const why = (path: string): string => whyUnread(errorOf(() => readFileSync(path)));
  assert.equal(why(join(tmpdir(), 'gossamer-is-not-here')), 'there is no such file');
  assert.equal(why(tmpdir()), 'it is a folder');
  assert.equal(why(join(tmpdir(), 'x'.repeat(300))), 'its name is longer than this system allows');
  assert.equal(whyUnread(new Error('something else')), 'something else');
});
