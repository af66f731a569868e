import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { runSeed, seededRandom } from '../../test/helpers/random.ts';
import { createCompressor, createStreamCompressor } from './compress.ts';
import { tombstone } from './tombstone.ts';
import { readWarc } from './warc-reader.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-compress-'));
after(() => rmSync(home, { recursive: true }));

function noise(bytes: number): Buffer {
  const random = seededRandom(runSeed('noise'));
  return Buffer.from(Array.from({ length: bytes }, () => random() * 256));
}

async function* pieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

interface Frame {
  readonly bytes: Buffer;
  readonly contentBytes: number | null;
  readonly hasChecksum: boolean;
}

/** Splits the bytes into frames (RFC 8878, section 3.1.1). */
function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let start = 0; start < bytes.length; ) {
    assert.equal(bytes.readUInt32LE(start), 0xfd2fb528);
    const descriptor = bytes[start + 4]!;
    const isSingle = (descriptor & 32) !== 0;
    const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
    let at = start + 5 + (isSingle ? 0 : 1);
    const low = sizeBytes === 0 ? 0 : bytes.readUIntLE(at, Math.min(6, sizeBytes));
    at += sizeBytes;
    for (let isLast = false; !isLast; ) {
      const head = bytes.readUIntLE(at, 3);
      isLast = (head & 1) === 1;
      at += 3 + (((head >> 1) & 3) === 1 ? 1 : head >> 3);
    }
    const hasChecksum = (descriptor & 4) !== 0;
    at += hasChecksum ? 4 : 0;
    const contentBytes = sizeBytes === 0 ? null : low + (sizeBytes === 2 ? 256 : 0);
    frames.push({ bytes: bytes.subarray(start, at), contentBytes, hasChecksum });
    start = at;
  }
  return frames;
}

/** Includes lengths at which the frame ends at or near the end of one of Node's chunks (16 KiB). */
const LENGTHS = [0, 1, 255, 256, 1_000, ...Array.from({ length: 20 }, (_, at) => 16_360 + at), 65_536, 70_000, 400_000];

test('createCompressor, createStreamCompressor, tombstone: each zstd record is a frame with its size and a checksum', async (context) => {
  const inMemory = createCompressor('zstd', 3);
  const streamed = createStreamCompressor('zstd', 3);
  const members: Buffer[] = [];
  const contents: Buffer[] = [];
  const add = (content: Buffer, member: Buffer): void => {
    contents.push(content);
    members.push(member);
  };
  for (const length of LENGTHS) {
    for (const content of [noise(length), Buffer.alloc(length, 'some text ')]) {
      for (const isPacked of [false, true]) {
        add(content, await inMemory(content, isPacked));
        if (length > 0) add(content, await buffer(streamed(pieces(content, 50_000), { isPacked, bytes: length })));
      }
    }
  }
  for (const length of [400, 5_000, 300_000]) {
    const member = tombstone('a.warc.zst', length, 0);
    add(zstdDecompressSync(member), member);
  }
  for (const [at, member] of members.entries()) {
    const [frame, ...others] = framesOf(member);
    assert.deepEqual(
      [others.length, frame!.hasChecksum, frame!.contentBytes],
      [0, true, contents[at]!.length],
      `${at}`,
    );
    assert.ok(zstdDecompressSync(member).equals(contents[at]!));
  }
  const file = join(home, 'all.zst');
  writeFileSync(file, Buffer.concat(members));
  try {
    execFileSync('zstd', ['--version'], { stdio: 'ignore' });
  } catch {
    return context.diagnostic('there is no zstd here to read the file');
  }
  execFileSync('zstd', ['-q', '-t', file]);
  const listed = execFileSync('zstd', ['-lv', file], { encoding: 'utf8' });
  assert.match(listed, new RegExp(`Frames: ${members.length}\\n`));
  assert.match(listed, /Check: XXH64/);
});

test('createCompressor, createStreamCompressor: what is packed stands in a gzip member, and in a zstd frame, as it is', async () => {
  for (const length of [...LENGTHS, 65_535, 131_070, 131_071]) {
    const content = noise(length);
    const stored = await createCompressor('gzip', 3)(content, true);
    const streamed = createStreamCompressor('gzip', 3)(pieces(content, 70_000), { isPacked: true, bytes: length });
    assert.equal(stored.length, length + 18 + 5 * Math.max(1, Math.ceil(length / 65_535)), `${length}`);
    for (const member of [stored, await buffer(streamed)]) {
      assert.ok(gunzipSync(member).equals(content), `${length}`);
      assert.ok(member.includes(content.subarray(0, 65_000)));
    }
    const frame = await createCompressor('zstd', 3)(content, true);
    assert.ok(frame.includes(content.subarray(0, 65_000)), `${length}`);
  }
});

test('readWarc: a byte that changed in a record that is stored is told once, and nothing within it is taken for a record', async () => {
  const record = (body: Buffer): Buffer => {
    const head = `WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: ${body.length}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n\r\n')]);
  };
  const bodies = [gzipSync(noise(5_000)), zstdCompressSync(noise(5_000)), record(Buffer.from('within')), noise(5_000)];
  for (const compression of ['gzip', 'zstd'] as const) {
    const compress = createCompressor(compression, 3);
    for (const body of bodies) {
      const damaged = Buffer.from(await compress(record(body), true));
      damaged[damaged.length - 20]! ^= 1;
      const file = join(home, 'changed');
      const whole = await compress(record(Buffer.from('whole')));
      writeFileSync(file, Buffer.concat([whole, damaged, whole]));
      const found = (await Array.fromAsync(readWarc(file))).map((each) =>
        'damage' in each ? each.offset : each.block.toString(),
      );
      assert.deepEqual(found, ['whole', whole.length, 'whole'], compression);
    }
  }
});
