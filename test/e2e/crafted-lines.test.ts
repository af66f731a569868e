// Archives of a stranger whose lines, heads and records have no end: each is named, quickly, and takes no memory.

import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { bomb, type Copy, copied, headOf, MB, newFolder, PAGES, placesIn, replaced } from '../helpers/crafted-jobs.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { watchedIn, watching } from '../hostile/watched-run.ts';

const PEAK_BYTES_MAX = 300 * MB;
const onLinux = { skip: platform() !== 'linux' && 'the peak is read from /proc' };

function indexOf({ job }: Copy): string {
  const home = join(job, 'indexes');
  return join(home, readdirSync(home).find((name) => name.endsWith('.cdxj'))!);
}

/** Writes so many megabytes of this to the end of a file. */
function grow(path: string, text: string, megabytes: number): void {
  const file = openSync(path, 'a');
  const piece = Buffer.alloc(MB, text);
  for (let at = 0; at < megabytes; at += 1) writeSync(file, piece);
  closeSync(file);
}

async function ran(args: readonly string[], job: string) {
  const run = await gossamer([...args, '--json'], watching(job));
  assert.doesNotMatch(run.stderr, /^\s+at /m);
  const { peakBytes } = watchedIn(job);
  assert.ok(peakBytes <= PEAK_BYTES_MAX, `${args[0]} ${args[1]}: ${Math.round(peakBytes / MB)} MB`);
  return { code: run.code, ...JSON.parse(run.stdout) };
}

const wacz = (job: string) => ran(['export', 'wacz', job, '-o', join(newFolder(), '..', `x-${Date.now()}.wacz`)], job);

/** What is done to an index, and the words that name it. */
const INDEXES: Readonly<Record<string, readonly [craft: (path: string) => void, told: RegExp]>> = {
  'a line of 300 MB': [(path) => grow(path, 'x', 300), /^line \d+ of the index has more than 2 MB$/],
  'a line of 300 MB of zeros': [(path) => grow(path, '\0', 300), /^line \d+ of the index has more than 2 MB$/],
  'lines of nothing': [(path) => grow(path, '\n', 60), /^line \d+ of the index is no line of an index$/],
  'lines that are not sorted': [
    (path) => writeFileSync(path, `${readFileSync(path, 'latin1').trim().split('\n').toReversed().join('\n')}\n`),
    /^line 2 of the index is out of order$/,
  ],
};

for (const [what, [craft, told]] of Object.entries(INDEXES)) {
  test(`export wacz, verify: an index with ${what} is named, and made again from the archive`, onLinux, async () => {
    const copy = copied();
    const right = readFileSync(indexOf(copy), 'latin1');
    craft(indexOf(copy));
    const out = join(newFolder(), '..', `index-${Date.now()}.wacz`);
    const { code, rows, damages } = await ran(['export', 'wacz', copy.job, '-o', out], copy.job);
    assert.deepEqual([code, rows, damages.length], [1, PAGES, 1]);
    assert.match(damages[0].damage, told);
    assert.match(damages[0].file, /^indexes\/.+\.cdxj$/);
    const zip = readFileSync(out);
    const at = zip.indexOf('indexes/index.cdx.gz') + 'indexes/index.cdx.gz'.length;
    const index = zip.subarray(zip.indexOf(Buffer.from([0x1f, 0x8b, 8]), at), zip.indexOf('PK', at + 1));
    assert.equal(gunzipSync(index.subarray(0, index.length)).toString('latin1'), right);
    const verdict = await ran(['verify', copy.job], copy.job);
    assert.deepEqual([verdict.code, verdict.faultCount], [1, 1]);
    assert.match(verdict.faults[0].what, told);
  });
}

const endless = (member: Buffer): string => headOf(member, 5).toString('latin1').slice(0, -2);

/** A member in the place of a record, and the words that name it. */
const MEMBERS: Readonly<Record<string, readonly [make: (member: Buffer) => Buffer, told: RegExp]>> = {
  'a field of 300 MB': [(member) => bomb(Buffer.from(`${endless(member)}X: `), 300, 'x'), /its head has no end/],
  'a head of two million fields': [
    (member) => gzipSync(`${endless(member)}${'a:b\r\n'.repeat(2_000_000)}\r\nhello\r\n\r\n`),
    /its head has more than 256 KB/,
  ],
  'a block of 1 KB that expands to 1 GB': [
    (member) => bomb(headOf(member, 1_024), 1_024),
    /its record is longer than it says/,
  ],
  'a block of 2^60 bytes, of which 300 MB are there': [
    (member) => bomb(headOf(member, `${2n ** 60n}`), 300),
    /its record has a Content-Length of "1152921504606846976"/,
  ],
};

for (const [what, [make, told]] of Object.entries(MEMBERS)) {
  test(`verify, exports: a record with ${what} is named alone`, onLinux, async () => {
    const copy = copied();
    const { offset } = replaced(copy, 1, make);
    const { code, faults } = await ran(['verify', copy.job], copy.job);
    const here = faults.filter((fault: { offset: number }) => fault.offset === offset);
    assert.deepEqual([code, faults.length], [1, here.length], JSON.stringify(faults));
    const packed = await wacz(copy.job);
    const written = await ran(['export', 'markdown', copy.job, '-o', newFolder()], copy.job);
    for (const { rows, unreadable, damages } of [packed, written]) {
      assert.deepEqual([rows, unreadable, damages[0].offset], [PAGES - 1, 1, offset]);
      assert.match(damages[0].damage, told);
    }
  });
}

const LONG = "replace(hex(zeroblob(100000000)), '0', 'x')";

const LEFT_OUT = /row 3: it has a value of more than 32 MB/;
const DENIED = /gossamer\.db cannot be read: string or blob too big/;

/** By name: the change, and what commands say of it. */
for (const [what, sql, told] of [
  ['a URL', `UPDATE urls SET url = 'http://a/' || ${LONG} WHERE id = 3`, LEFT_OUT],
  ['a title', `UPDATE outcomes SET title = ${LONG} WHERE url = 3`, LEFT_OUT],
  ['a detail', `UPDATE outcomes SET detail = ${LONG} WHERE url = 3`, LEFT_OUT],
  ['the name of its archive', `UPDATE words SET word = ${LONG} WHERE id = (SELECT max(id) FROM words)`, DENIED],
] as const) {
  test(
    `every reader: a database with ${what} of 200 MB is told in a sentence, and takes no memory`,
    onLinux,
    async () => {
      const copy = copied();
      copy.db((db) => db.exec(sql));
      for (const words of [['verify'], ['export', 'jsonl'], ['export', 'wacz'], ['export', 'mirror']]) {
        const out = words.length === 1 ? [] : ['-o', newFolder()];
        const run = await gossamer([...words, copy.job, ...out], watching(copy.job));
        const isDenied = told === DENIED && !/jsonl|mirror/.test(words.join(' '));
        assert.equal(run.code, isDenied ? 2 : 1, run.stderr);
        assert.match(run.stdout + run.stderr, isDenied ? DENIED : LEFT_OUT);
        assert.doesNotMatch(run.stderr, /^\s+at /m);
        const { peakBytes } = watchedIn(copy.job);
        assert.ok(peakBytes <= PEAK_BYTES_MAX, `${words.join(' ')}: ${Math.round(peakBytes / MB)} MB`);
      }
    },
  );
}

/** The response as a revisit that refers to the record with this URL and id. */
function revisitOf(member: Buffer, to: Buffer): Buffer {
  const refersTo = gunzipSync(to).toString('latin1');
  const field = (name: string): string => new RegExp(`^${name}: (.*)\\r$`, 'm').exec(refersTo)![1]!;
  const fields = `WARC-Type: revisit\r\nWARC-Refers-To: ${field('WARC-Record-ID')}\r\nWARC-Refers-To-Target-URI: ${field('WARC-Target-URI')}`;
  const record = gunzipSync(member).toString('latin1').replace('WARC-Type: response', fields);
  return gzipSync(Buffer.from(record, 'latin1'));
}

for (const [what, pairs] of [
  ['itself', [[1, 1]]],
  [
    'each other',
    [
      [1, 2],
      [2, 1],
    ],
  ],
  [
    'each other in a circle of three',
    [
      [1, 2],
      [2, 3],
      [3, 1],
    ],
  ],
] as const) {
  test(`verify names what exports miss: revisits that refer to ${what}`, async () => {
    const copy = copied();
    const bytes = readFileSync(copy.path);
    const members = placesIn(copy.job).map(({ offset, length }) => bytes.subarray(offset, offset + length));
    for (const [nth, to] of pairs) replaced(copy, nth, (member) => revisitOf(member, members[to]!));
    const verdict = await gossamer(['verify', copy.job, '--json']);
    const { faults } = JSON.parse(verdict.stdout) as { faults: { what: string }[] };
    const lacking = faults.filter((fault) => fault.what === 'no record has the payload that it refers to');
    assert.deepEqual([verdict.code, lacking.length, faults.length], [1, pairs.length, pairs.length], verdict.stdout);
    const out = await gossamer(['export', 'markdown', copy.job, '-o', newFolder(), '--json']);
    assert.deepEqual([out.code, JSON.parse(out.stdout).unreadable], [1, pairs.length]);
  });
}
