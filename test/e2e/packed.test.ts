// Bodies that came packed are not packed again, and every reader reads them all the same.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createReadStream, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { brotliCompressSync, deflateSync, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { WARCParser } from 'warcio';
import type { UrlRecord } from '../../src/views/tables/record.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { runSeed, seededRandom } from '../helpers/random.ts';
import { serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-packed-'));
after(() => rmSync(folder, { recursive: true }));

interface Reply {
  readonly body: Buffer;
  readonly type: string;
  readonly coding?: string;
  /** Its record keeps the body's bytes as they came. */
  readonly isStored: boolean;
}

function replies(): Record<string, Reply> {
  const random = seededRandom(runSeed('packed'));
  const words = (count: number): string =>
    Array.from({ length: count }, () => `<p>${Math.floor(random() * 1e9).toString(36)}</p>`).join('\n');
  const noise = (bytes = 9_000): Buffer => Buffer.from(Array.from({ length: bytes }, () => random() * 256));
  const coded = (coding: string, encode: (text: string) => Buffer, count = 600): Reply => {
    return { body: encode(words(count)), type: 'text/html', coding, isStored: true };
  };
  return {
    '/gzip': coded('gzip', gzipSync),
    '/x-gzip': coded('x-gzip', gzipSync),
    '/deflate': coded('deflate', deflateSync),
    '/br': coded('br', brotliCompressSync),
    '/zstd': coded('zstd', zstdCompressSync),
    '/long': coded('gzip', gzipSync, 40_000),
    '/unknown': coded('compress', () => noise()),
    '/png': { body: noise(), type: 'image/png', isStored: true },
    '/nothing': { body: noise(), type: '', isStored: true },
    '/film': { body: noise(1_300_000), type: 'video/mp4', isStored: true },
    '/plain': { body: Buffer.from(words(600)), type: 'text/html', isStored: false },
    '/said': { body: Buffer.from(words(600)), type: 'text/html', coding: 'gzip', isStored: false },
    '/lies': { body: Buffer.from(words(600)), type: 'image/png', isStored: false },
  };
}

test('archive: a record whose body came packed keeps its bytes as they are, and all readers take it', async () => {
  const served = replies();
  await using site = await serveSite((path, response) => {
    const reply = served[path];
    if (reply === undefined) {
      const links = Object.keys(served).map((link) => `<a href=${link}>x</a>`);
      return void response.setHeader('content-type', 'text/html').end(links.join(''));
    }
    if (reply.type !== '') response.setHeader('content-type', reply.type);
    if (reply.coding !== undefined) response.setHeader('content-encoding', reply.coding);
    response.end(reply.body);
  });
  for (const compression of ['gzip', 'zstd']) {
    const job = join(folder, compression);
    const args = ['crawl', site.root, '-o', job, '-q', '--no-sitemaps', '--warc-compression', compression];
    assert.equal((await gossamer(args)).code, 0);
    const [file] = globSync(join(job, 'archive/*'));
    const bytes = readFileSync(file!);
    const { stdout } = await gossamer(['export', 'jsonl', job]);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as UrlRecord);
    for (const [path, { body, isStored }] of Object.entries(served)) {
      const { offset, length } = rows.find(({ url }) => url === new URL(path, site.root).href)!.archive!;
      const member = bytes.subarray(offset, offset + length);
      const slice = body.subarray(100, 3_000);
      assert.equal(member.includes(slice), isStored, `${compression} ${path}`);
      const open = compression === 'gzip' ? gunzipSync : zstdDecompressSync;
      assert.ok(open(member).includes(body), `${compression} ${path}`);
    }
    const verdict = await gossamer(['verify', job]);
    assert.equal(verdict.code, 0, verdict.stdout);
    if (compression === 'gzip') await assertReadByOthers(file!, served);
    else if (hasZstd()) execFileSync('zstd', ['-q', '-t', file!]);
  }
});

function hasZstd(): boolean {
  return spawnSync('zstd', ['--version']).status === 0;
}

async function assertReadByOthers(file: string, served: Record<string, Reply>): Promise<void> {
  const unpacked = execFileSync('zcat', [file], { maxBuffer: 2 ** 28 });
  const read = new Map<string, Buffer>();
  const bytes: AsyncIterable<Uint8Array> = createReadStream(file);
  for await (const record of new WARCParser(bytes)) {
    if (record.warcType === 'request') continue;
    read.set(URL.parse(record.warcTargetURI ?? '')?.pathname ?? '', Buffer.from(await record.readFully(false)));
  }
  for (const [path, { body }] of Object.entries(served)) {
    assert.ok(unpacked.includes(body), `zcat ${path}`);
    assert.ok(read.get(path)?.equals(body), `warcio ${path}`);
  }
}
