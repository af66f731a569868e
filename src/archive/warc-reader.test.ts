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
async function readAll(path: string): Promise<{ records: number; damages: number; last: string }> {
  const read = { records: 0, damages: 0, last: '' };
  for await (const found of readWarc(path)) {
    if ('damage' in found) {
      read.damages += 1;
      read.last = found.damage;
    } else read.records += 1;
  }
  return read;
}

test('readWarc: what looks like records and is none is given up, however much of it there is', async () => {
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
    const read = await readAll(written(name, first, bytes));
    assert.equal(read.records, first.length > 1 ? 1 : 0, name);
    assert.ok(read.damages > 0 && read.damages < 30_000, `${name}: ${read.damages} damages`);
  }
  assert.match((await readAll(join(folder, 'plain'))).last, /nothing behind it is read/);
});

test('readWarc: of a file of short records and short damages no byte is read three times', async () => {
  const count = 20_000;
  const records: Readonly<Record<string, Buffer>> = {
    gzip: gzipSync(RECORD),
    zstd: zstdCompressSync(RECORD),
    plain: RECORD,
    'gzip of nothing': gzipSync(''),
  };
  for (const [name, record] of Object.entries(records)) {
    const bytes = Buffer.concat([...Array.from({ length: count }, () => record), record]);
    let read = 0;
    let found = 0;
    const file = {
      name,
      bytes: bytes.length,
      read(from: number, wanted: number) {
        const part = bytes.subarray(from, from + wanted);
        read += part.length;
        return Promise.resolve(part);
      },
    };
    for await (const { length } of readWarc(file)) {
      assert.equal(length, record.length, name);
      found += 1;
    }
    assert.equal(found, count + 1, name);
    assert.ok(read < 2 * bytes.length + MIB, `${name}: ${read} bytes of ${bytes.length}`);
  }
});

test('readWarc: behind some damage all records are found', async () => {
  const record = gzipSync(RECORD);
  const damaged = Buffer.from(record).fill(0x55, 12, 20);
  const many = Array.from({ length: 500 }, () => [record, damaged, Buffer.from([0x1f, 0x8b, 8, 1, 2])]).flat();
  assert.equal((await readAll(written('some', ...many))).records, 500);
});

const PACKED: readonly (readonly [name: string, pack: (record: Buffer) => Buffer])[] = [
  ['gzip', (record) => gzipSync(record, { level: 1 })],
  ['zstd', (record) => zstdCompressSync(record)],
  ['plain', (record) => record],
];

function recordOf(block: Buffer, declared: string | number = block.length): Buffer {
  const head = `WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: http://a.test/\r\nContent-Length: ${declared}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), block, Buffer.from('\r\n\r\n')]);
}

const LONG = Buffer.alloc(17 * MIB, 'a line of a long record\n');

for (const [name, pack] of PACKED) {
  test(`readWarc: ${name}: a record that is too long for memory is read piece by piece`, async () => {
    const [record, short] = [recordOf(LONG), pack(RECORD)];
    const path = written(`long-${name}`, short, pack(record), short);
    const lengths: number[] = [];
    for await (const found of readWarc(path)) {
      assert.ok(!('damage' in found), JSON.stringify(found));
      lengths.push(found.length);
      if (lengths.length !== 2) continue;
      assert.equal(found.fields.get('warc-target-uri'), 'http://a.test/');
      assert.ok(found.block.length <= MIB && LONG.subarray(0, 100).equals(found.block.subarray(0, 100)));
      const [block, bytes] = [await Array.fromAsync(found.blockPieces()), await Array.fromAsync(found.pieces())];
      assert.ok(Math.max(...[...block, ...bytes].map(({ length }) => length)) <= MIB);
      assert.ok(Buffer.concat(block).equals(LONG));
      assert.ok(Buffer.concat(bytes).equals(record));
    }
    assert.deepEqual(lengths, [short.length, pack(record).length, short.length]);
  });

  test(`readWarc: ${name}: of a long record that lies the lie is told, and what follows is read`, async () => {
    const lies: readonly (readonly [declared: string | number, told: RegExp])[] = [
      [1e12, /ends in the middle of a record|shorter than it says/],
      ['9'.repeat(30), /a Content-Length of "9{30}"/],
      [-5, /a Content-Length of "-5"/],
      ['0x10', /a Content-Length of "0x10"/],
      ['', /a Content-Length of ""/],
      ...(name === 'plain' ? [] : ([[100, /longer than it says/]] as const)),
    ];
    for (const [declared, told] of lies) {
      const read = await readAll(written('lie', pack(RECORD), pack(recordOf(LONG, declared)), pack(RECORD)));
      assert.equal(read.records, 2, `${declared}: ${read.last}`);
      assert.match(read.last, told);
      const short = await readAll(
        written('lie', pack(RECORD), pack(recordOf(LONG.subarray(0, 50), declared)), pack(RECORD)),
      );
      if (declared !== 100) assert.equal(short.records, 2, `${declared}: ${short.last}`);
    }
  });
}

test('readWarc: a long member that is damaged, cut or no record is told, and what follows is read', async () => {
  const [short, whole] = [gzipSync(RECORD), gzipSync(recordOf(LONG), { level: 1 })];
  const wrong = Buffer.from(whole);
  wrong[wrong.length - 6]! ^= 1;
  const table: readonly (readonly [bytes: Buffer, told: RegExp])[] = [
    [wrong, /the checksum in its gzip member is wrong/],
    [gzipSync(Buffer.alloc(20 * MIB)), /holds no WARC record/],
    [gzipSync(Buffer.concat([Buffer.from('WARC/1.1\r\nContent-Length: 5\r\nX: '), LONG])), /holds no WARC record/],
    [whole.subarray(0, whole.length - 100), /./],
  ];
  for (const [bytes, told] of table) {
    const read = await readAll(written('damaged', short, bytes, short));
    assert.deepEqual([read.records, read.damages > 0], [2, true], read.last);
    assert.match(read.last, told);
  }
  const { records, last } = await readAll(written('cut', short, whole.subarray(0, whole.length - 100)));
  assert.equal(records, 1);
  assert.match(last, /ends in the middle|unexpected end/);
});

test('readRecord: what is too long to be read at once is refused in a sentence', () => {
  const record = Buffer.alloc(258 * MIB);
  recordOf(Buffer.alloc(0), 257 * MIB).copy(record);
  const bytes = zstdCompressSync(record);
  const path = written('endless', bytes);
  assert.throws(() => readRecord(path, 0, bytes.length), /has more than 257 MB, too many to be read at once/);
});

test('openFile: no link, no pipe, no device and no folder is read', { skip: noPipes }, async () => {
  const target = written('target', gzipSync(RECORD));
  const paths = ['link', 'folder', 'pipe'].map((name) => join(folder, name)) as [string, string, string];
  symlinkSync(target, paths[0]);
  mkdirSync(paths[1]);
  execFileSync('mkfifo', [paths[2]]);
  for (const path of [...paths, '/dev/zero']) {
    await assert.rejects(readAll(path), /is not a regular file/, path);
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
