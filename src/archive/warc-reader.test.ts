import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { archivePath } from './open-file.ts';
import { readRecord, readWarc } from './warc-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-reader-'));
after(() => rmSync(folder, { recursive: true }));

const RECORD = Buffer.from('WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 2\r\n\r\nok\r\n\r\n');
const noPipes = process.platform === 'win32' && 'Windows has no pipes with a name';
const MIB = 1024 * 1024;

function written(name: string, ...bytes: Buffer[]): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(bytes));
  return path;
}

function repeated(unit: readonly number[] | string, bytes: number): Buffer {
  return Buffer.alloc(bytes, typeof unit === 'string' ? unit : Buffer.from(unit));
}

/** The number of records and damages, and the last damage. */
function readAll(path: string): { records: number; damages: number; last: string } {
  const read = { records: 0, damages: 0, last: '' };
  for (const found of readWarc(path)) {
    if ('damage' in found) {
      read.damages += 1;
      read.last = found.damage;
    } else read.records += 1;
  }
  return read;
}

test('readWarc: what looks like records and is none is given up, however much of it there is', () => {
  const table: [name: string, bytes: Buffer, first: Buffer][] = [
    ['gzip', repeated([0x1f, 0x8b, 8], 3 * MIB), gzipSync(RECORD)],
    ['gzip-open', repeated([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], 3 * MIB), gzipSync(RECORD)],
    ['gzip-name', repeated([0x1f, 0x8b, 8, 8, 1, 1, 1, 1, 1, 1], 3 * MIB), gzipSync(RECORD)],
    ['zstd', repeated([0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 0, 0, 0], 3 * MIB), zstdCompressSync(RECORD)],
    ['plain', repeated('WARC/1.', 3 * MIB), RECORD],
    ['plain-long', repeated('WARC/1.1\r\nContent-Length: 99999999\r\n\r\n', 3 * MIB), RECORD],
    ['garbage', repeated('\x1f\x8b\x08WARC/1.', 3 * MIB), Buffer.from('x')],
  ];
  for (const [name, bytes, first] of table) {
    const read = readAll(written(name, first, bytes));
    assert.equal(read.records, first.length > 1 ? 1 : 0, name);
    assert.ok(read.damages > 0 && read.damages < 30_000, `${name}: ${read.damages} damages`);
  }
  assert.match(readAll(join(folder, 'plain')).last, /nothing behind it is read/);
});

test('readWarc: behind some damage all records are found', () => {
  const record = gzipSync(RECORD);
  const damaged = Buffer.from(record).fill(0x55, 12, 20);
  const many = Array.from({ length: 500 }, () => [record, damaged, Buffer.from([0x1f, 0x8b, 8, 1, 2])]).flat();
  assert.equal(readAll(written('some', ...many)).records, 500);
});

test('openFile: no link, no pipe, no device and no folder is read', { skip: noPipes }, () => {
  const target = written('target', gzipSync(RECORD));
  const paths = ['link', 'folder', 'pipe'].map((name) => join(folder, name)) as [string, string, string];
  symlinkSync(target, paths[0]);
  mkdirSync(paths[1]);
  execFileSync('mkfifo', [paths[2]]);
  for (const path of [...paths, '/dev/zero']) {
    assert.throws(() => readAll(path), /is not a regular file/, path);
    assert.throws(() => readRecord(path, 0, 10), /is not a regular file/, path);
  }
});

test('readRecord: a place that cannot be is none', () => {
  const path = written('one', gzipSync(RECORD));
  const places = [-1, 2 ** 40, 2 ** 53, 0.5, Number.NaN].map((offset) => [offset, 10] as const);
  for (const [offset, length] of [...places, [0, 2 ** 40], [0, -1], [0, 0], [0, Number.NaN]] as const) {
    assert.throws(() => readRecord(path, offset, length), Error, `${offset} ${length}`);
  }
});

test('archivePath: nothing but a name in the archive', () => {
  assert.equal(archivePath('job', 'archive/a-1.warc.gz'), join('job', 'archive/a-1.warc.gz'));
  const places = ['../outside/x', '/etc/passwd', 'archive/../x', 'archive/..', 'archive/', 'archive/a/b', 'archive/.x'];
  for (const file of [...places, 'archive\\x', 'archive/..\\x', 'gossamer.db', '', 'archive/x\0y']) {
    assert.throws(() => archivePath('job', file), /is not a file of the archive/, file);
  }
});
