import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { tombstone } from './tombstone.ts';
import { readWarc } from './warc-reader.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-tombstone-'));
after(() => rmSync(home, { recursive: true }));

const AT = 1_700_000_000_000;
// Every length at which something changes: one more digit in Content-Length, or one more block.
const LENGTHS = [
  ...Array.from({ length: 800 }, (_, at) => 340 + at),
  ...Array.from({ length: 40 }, (_, at) => 10_300 + at),
  ...[65_535, 131_072, 2 * 65_535, 2 * 131_072].flatMap((edge) =>
    Array.from({ length: 60 }, (_, at) => edge - 20 + at),
  ),
  ...[99_990, 100_360, 1_000_340].flatMap((edge) => Array.from({ length: 30 }, (_, at) => edge + at)),
];

test('tombstone: exactly as long as what it replaces, and a record that readers take', async () => {
  const unwrap = { '.warc.gz': gunzipSync, '.warc.zst': zstdDecompressSync, '.warc': (bytes: Buffer) => bytes };
  for (const [ending, open] of Object.entries(unwrap)) {
    const file = join(home, `a${ending}`);
    for (const length of LENGTHS) {
      const member = tombstone(file, length, AT);
      assert.equal(member.length, length, `${ending} ${length}`);
      assert.match(open(member).toString('latin1', 0, 200), /^WARC\/1\.1\r\nWARC-Type: metadata\r\n/);
    }
    writeFileSync(file, Buffer.concat(LENGTHS.map((length) => tombstone(file, length, AT))));
    const records = await Array.fromAsync(readWarc(file));
    assert.deepEqual(
      records.map((record) => ('damage' in record ? record.damage : record.length)),
      LENGTHS,
    );
  }
});

test('tombstone: refuses what is too short for a record', () => {
  for (const length of [0, 18, 100, 250]) assert.throws(() => tombstone('a.warc.gz', length, AT), /no room/);
});
