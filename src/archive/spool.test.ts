import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runSeed, seededRandom } from '../../test/helpers/random.ts';
import { HOSTS, type Host, makeArchive } from '../../test/helpers/warc-archive.ts';
import type { Archive, Outcome } from '../base/contracts.ts';
import { blankOutcome } from '../fetch/blank-outcome.ts';
import type { Compression } from './compress.ts';
import { openPart, removeParts } from './spool.ts';
import { readRecord, readWarc, type WarcRecord } from './warc-reader.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-spool-'));
after(() => rmSync(home, { recursive: true }));

function outcome(url: string, body: string, more: Partial<Outcome> = {}): Outcome {
  const responseHead = 'HTTP/1.1 200 OK\r\n\r\n';
  return { ...blankOutcome(url, 1_700_000_000_000), status: 200, responseHead, rawBody: Buffer.from(body), ...more };
}

function open(host: Host, name: string, compression: Compression = 'gzip'): { folder: string; archive: Archive } {
  const folder = join(home, host, name);
  return { folder, archive: makeArchive(host, { folder, compression }) };
}

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

test('createWarcArchive: a body in a file becomes a record like any other, streamed, and the file goes', async () => {
  const seed = runSeed('spool');
  const random = seededRandom(seed);
  // With noise 1 every byte is random and the body counts as compressed already; with noise 3 it does not.
  const cases = HOSTS.flatMap((host) =>
    (['gzip', 'zstd', 'none'] as const).flatMap((compression) => [1, 3].map((noise) => ({ host, compression, noise }))),
  );
  for (const { host, compression, noise } of cases) {
    const body = Buffer.alloc(5_000_000);
    for (let at = 0; at < body.length; at += 1) body[at] = at % noise === 0 ? random() * 256 : 65;
    const { folder, archive } = open(host, `${compression}${noise}`, compression);
    const spool = (): Outcome['spooled'] => {
      const part = openPart(folder);
      for (let at = 0; at < body.length; at += 65_536) part.write(body.subarray(at, at + 65_536));
      return part.end();
    };
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    const long = (path: string) => outcome(`http://a.test/${path}`, '', { spooled: spool(), responseHead: chunked });
    const [, second] = await Promise.all([
      archive.append(outcome('http://a.test/short', 'short'), null),
      archive.append(long('long'), null),
    ]);
    const again = await archive.append(long('again'), null);
    await archive.append(outcome('http://a.test/last', 'last'), null);
    await archive.close();
    const names = readdirSync(join(folder, 'archive'));
    assert.equal(names.length, 1, names.join());
    const records = (await Array.fromAsync(readWarc(join(folder, second!.file)))) as WarcRecord[];
    const responses = records.filter(({ fields }) => /^(response|revisit)$/.test(fields.get('warc-type')!));
    assert.deepEqual(
      responses.map(({ fields }) => fields.get('warc-type')),
      ['response', 'response', 'revisit', 'response'],
    );
    const record = readRecord(join(folder, second!.file), second!.offset, second!.length);
    const head = 'HTTP/1.1 200 OK\r\nX-Orig-Transfer-Encoding: chunked\r\nContent-Length: 5000000\r\n\r\n';
    assert.deepEqual(record.block, Buffer.concat([Buffer.from(head), body]));
    assert.equal(record.fields.get('warc-block-digest'), sha256(record.block));
    assert.equal(record.fields.get('warc-payload-digest'), sha256(body));
    assert.ok(again!.offset > second!.offset);
    assert.equal(second!.length < 4_000_000, compression !== 'none' && noise === 3);
  }
});

test('openPart: what the disk refuses is told at the end, and the archive says that the machine failed', async () => {
  const { folder, archive } = open('loop', 'refused');
  writeFileSync(join(folder, 'archive'), 'a file where the folder should be');
  const part = openPart(folder);
  part.write(Buffer.from('body'));
  const spooled = part.end();
  assert.match(spooled.failure!.message, /EEXIST|ENOTDIR/);
  await assert.rejects(archive.append(outcome('http://a.test/', '', { spooled }), null), { code: 'disk' });
});

test('removeParts: only parts go', async () => {
  const { folder } = open('loop', 'parts');
  openPart(folder).end();
  writeFileSync(join(folder, 'archive', 'kept.warc.gz'), '');
  assert.equal(readdirSync(join(folder, 'archive')).length, 2);
  await removeParts(folder);
  assert.deepEqual(readdirSync(join(folder, 'archive')), ['kept.warc.gz']);
  await removeParts(join(folder, 'missing'));
});

test('openPart: pieces of any length are in the file in their order', () => {
  const { folder } = open('loop', 'pieces');
  for (const lengths of [
    [100_000],
    [70_000, 1, 1, 1],
    [20_000, 16_384, 5, 16_384, 40_000],
    Array<number>(30_000).fill(3),
  ]) {
    const part = openPart(folder);
    const body = Buffer.concat(lengths.map((length, at) => Buffer.alloc(length, at + 1)));
    let from = 0;
    for (const length of lengths) {
      // The buffer that a piece is read from is used again.
      const piece = Buffer.from(body.subarray(from, from + length));
      part.write(piece);
      piece.fill(0);
      from += length;
    }
    const { path, bytes, sha256: digest } = part.end();
    assert.equal(bytes, body.length);
    assert.deepEqual(Buffer.from(digest), createHash('sha256').update(body).digest());
    assert.ok(readFileSync(path).equals(body));
  }
});

test('openPart: a part is removed beside the event loop, and one that is gone already is no error', async () => {
  const folder = join(home, 'dropped');
  mkdirSync(folder);
  const part = openPart(folder);
  part.write(Buffer.alloc(100_000));
  const spooled = part.end();
  assert.equal(readdirSync(join(folder, 'archive')).length, 1);
  const gone = spooled.drop();
  assert.ok(gone instanceof Promise);
  await gone;
  assert.deepEqual(readdirSync(join(folder, 'archive')), []);
  await spooled.drop();
});
