import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runSeed, seededRandom } from '../../test/helpers/random.ts';
import { HOSTS, type Host, type MadeOptions, makeArchive } from '../../test/helpers/warc-archive.ts';
import type { ArchivePlace, Outcome, Spooled } from '../base/contracts.ts';
import { cutOf } from './warc-archive.ts';
import { type Damage, readRecord, readWarc, type WarcRecord } from './warc-reader.ts';
import { storedHead } from './warc-record.ts';

const STARTED_AT = 1_700_000_000_000;
const HAS_ZSTD = spawnSync('zstd', ['--version']).status === 0;
const home = mkdtempSync(join(tmpdir(), 'gossamer-warc-'));
after(() => rmSync(home, { recursive: true }));

function outcome(url: string, body: string | Buffer, more: Partial<Outcome> = {}): Outcome {
  const rawBody = Buffer.from(body as string);
  return {
    url,
    status: 200,
    error: null,
    refused: null,
    detail: '',
    truncated: null,
    headers: [],
    requestHead: 'GET / HTTP/1.1\r\nHost: a.test\r\nAuthorization: Basic secret\r\n\r\n',
    responseHead: `HTTP/1.1 200 OK\r\nContent-Length: ${rawBody.length}\r\n\r\n`,
    rawBody,
    body: rawBody,
    spooled: null,
    remoteAddress: '192.0.2.1',
    protocol: 'http/1.1',
    startedAt: 1_700_000_000_123,
    sentAt: 0,
    firstByteMs: 1,
    elapsedMs: 2,
    wireBytes: 100,
    ...more,
  };
}

function open(host: Host, name: string, more: Partial<MadeOptions> = {}) {
  const folder = join(home, host, name);
  const options = {
    ...{ folder, prefix: name, facts: ['software', 'gossamer/test', 'robots', 'obey'], startedAt: STARTED_AT },
    ...{ bodyBytesMax: 1_000_000, secrets: new Set(['authorization']) },
    ...more,
  };
  return { folder, archive: makeArchive(host, options) };
}

async function recordsOf(path: string): Promise<WarcRecord[]> {
  const found: (WarcRecord | Damage)[] = await Array.fromAsync(readWarc(path));
  assert.deepEqual(
    found.filter((each) => 'damage' in each),
    [],
  );
  return found as WarcRecord[];
}

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const WAYS = HOSTS.flatMap((host) => (['gzip', 'zstd', 'none'] as const).map((compression) => ({ host, compression })));

for (const { host, compression } of WAYS) {
  test(`createWarcArchive: ${host}, ${compression}: what was appended is read back, by its place and in order`, async () => {
    const seed = runSeed(`warc ${compression}`);
    const random = seededRandom(seed);
    const { folder, archive } = open(host, compression, { compression });
    const bodies = [0, 1, 900, 5_000, 70_000, 400_000, 3].map((length) => {
      return Buffer.from(Array.from({ length }, () => 97 + Math.floor(random() * 20)));
    });
    const places = await Promise.all(
      bodies.map((body, at) => archive.append(outcome(`http://a.test/${at}`, body), null)),
    );
    await archive.close();
    const [file] = new Set(places.map((place) => place!.file));
    const records = await recordsOf(join(folder, file!));
    assert.deepEqual(
      records.map(({ fields }) => fields.get('warc-type')),
      ['warcinfo', ...bodies.flatMap(() => ['request', 'response'])],
    );
    for (const [at, body] of bodies.entries()) {
      const { offset, length } = places[at]!;
      const { fields, block } = readRecord(join(folder, file!), offset, length);
      assert.equal(fields.get('warc-target-uri'), `http://a.test/${at}`);
      assert.equal(fields.get('warc-date'), '2023-11-14T22:13:20.123Z');
      assert.equal(fields.get('warc-ip-address'), '192.0.2.1');
      assert.equal(fields.get('warc-payload-digest'), sha256(body));
      assert.equal(fields.get('warc-block-digest'), sha256(block));
      const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`;
      assert.ok(block.equals(Buffer.concat([Buffer.from(head), body])));
      const request = records[1 + 2 * at]!;
      assert.equal(request.fields.get('warc-concurrent-to'), fields.get('warc-record-id'));
      assert.equal(fields.get('warc-concurrent-to'), request.fields.get('warc-record-id'));
      assert.match(request.block.toString(), /\r\nAuthorization: \[redacted\]\r\n/);
    }
    assert.match(records[0]!.block.toString(), /^software: gossamer\/test\r\nrobots: obey\r\n$/);
    if (compression === 'gzip') execFileSync('gzip', ['-t', join(folder, file!)]);
    if (compression === 'zstd' && HAS_ZSTD) execFileSync('zstd', ['-q', '-t', join(folder, file!)]);
  });
}

for (const host of HOSTS) {
  test(`createWarcArchive: ${host}: the same payload again refers to the first`, async () => {
    const { folder, archive } = open(host, 'revisit', { secrets: new Set() });
    const body = 'x'.repeat(2_000);
    const places: (ArchivePlace | null)[] = [];
    for (const url of ['http://a.test/1', 'http://a.test/2'])
      places.push(await archive.append(outcome(url, body), null));
    const cut = outcome('http://a.test/3', body, { truncated: 'time' });
    places.push(await archive.append(cut, createHash('sha256').update(body).digest()));
    assert.equal(await archive.append(outcome('http://a.test/none', '', { responseHead: '' }), null), null);
    await archive.close();
    const [first, again, whole] = places.map((place) =>
      readRecord(join(folder, place!.file), place!.offset, place!.length),
    );
    assert.equal(again!.fields.get('warc-type'), 'revisit');
    assert.equal(again!.fields.get('warc-profile'), 'http://netpreserve.org/warc/1.1/revisit/identical-payload-digest');
    assert.equal(again!.fields.get('warc-refers-to'), first!.fields.get('warc-record-id'));
    assert.equal(again!.fields.get('warc-refers-to-target-uri'), 'http://a.test/1');
    assert.equal(again!.fields.get('warc-refers-to-date'), first!.fields.get('warc-date'));
    assert.equal(again!.fields.get('warc-payload-digest'), sha256(Buffer.from(body)));
    assert.equal(again!.block.toString(), 'HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n');
    assert.deepEqual([whole!.fields.get('warc-type'), whole!.fields.get('warc-truncated')], ['response', 'time']);
    assert.match((await recordsOf(join(folder, places[0]!.file)))[1]!.block.toString(), /Authorization: Basic secret/);
  });
}

for (const host of HOSTS) {
  test(`createWarcArchive: ${host}: a file that is full is closed and the next one begun, each with its warcinfo`, async () => {
    const { folder, archive } = open(host, 'full', { fileBytesMax: 4_000, compression: 'none' });
    const files = new Set<string>();
    for (let page = 0; page < 6; page += 1) {
      files.add((await archive.append(outcome(`http://a.test/${page}`, `${page}`.repeat(1500)), null))!.file);
    }
    await archive.close();
    assert.equal(files.size, 3);
    for (const file of files)
      assert.equal((await recordsOf(join(folder, file)))[0]!.fields.get('warc-filename'), file.slice(8));
  });
}

test('cutOf: what is cut, and what only could not be decoded', () => {
  const table: readonly [Partial<Outcome>, number, Outcome['truncated']][] = [
    [{ truncated: null }, 100, null],
    [{ truncated: 'length' }, 4, 'length'],
    [{ truncated: 'length' }, 100, null],
    [{ truncated: 'time' }, 100, 'time'],
    [{ truncated: 'disconnect', error: 'disconnect' }, 100, 'disconnect'],
    [{ truncated: 'disconnect', error: 'http-malformed' }, 100, 'disconnect'],
    [{ truncated: null, isDamaged: true }, 100, null],
  ];
  for (const [more, bodyBytesMax, expected] of table) {
    assert.equal(cutOf(outcome('http://a.test/', 'body', more), bodyBytesMax), expected, JSON.stringify(more));
  }
});

test('storedHead: what framed the body on the wire has another name, everything else is as it came', () => {
  const plain = 'HTTP/1.1 200 OK\r\nX-Transfer-Encoding: no\r\ncontent-LENGTH: 5\r\n\r\n';
  assert.equal(storedHead({ responseHead: plain, bodyBytes: 5 }), plain);
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nVary: *\r\ncontent-length: 99\r\n\r\n';
  assert.equal(
    storedHead({ responseHead: chunked, bodyBytes: 5 }),
    'HTTP/1.1 200 OK\r\nX-Orig-Transfer-Encoding: chunked\r\nVary: *\r\nX-Orig-content-length: 99\r\nContent-Length: 5\r\n\r\n',
  );
});

test('readWarc: damage is told with its offset, and what follows it is read', async () => {
  for (const compression of ['gzip', 'zstd', 'none'] as const) {
    const { folder, archive } = open('loop', `damage-${compression}`, { compression });
    const places = [];
    for (const path of ['1', '2', '3'])
      places.push(await archive.append(outcome(`http://a.test/${path}`, path.repeat(3000)), null));
    await archive.close();
    const file = join(folder, places[0]!.file);
    const bytes = readFileSync(file);
    const { offset, length } = places[1]!;
    bytes.fill(0, offset, offset + length - 100);
    writeFileSync(file, bytes);
    const found = await Array.fromAsync(readWarc(file));
    assert.deepEqual(found.filter((each) => 'damage' in each)[0]?.offset, offset, compression);
    const urls = found.flatMap((each) => ('damage' in each ? [] : (each.fields.get('warc-target-uri') ?? [])));
    assert.deepEqual([...new Set(urls)], ['http://a.test/1', 'http://a.test/2', 'http://a.test/3']);
    writeFileSync(file, bytes.subarray(0, places[2]!.offset + 50));
    const last = (await Array.fromAsync(readWarc(file))).at(-1)!;
    assert.deepEqual([last.offset, 'damage' in last], [places[2]!.offset, true], compression);
  }
});

test('readWarc: a byte that changed within a gzip member is told, though it can be unpacked', async () => {
  const { folder, archive } = open('loop', 'checksum');
  const place = (await archive.append(outcome('http://a.test/1', 'a short body'), null))!;
  await archive.close();
  const file = join(folder, place.file);
  const bytes = readFileSync(file);
  const member = bytes.subarray(place.offset, place.offset + place.length);
  // The body is short, so it is stored uncompressed.
  bytes[place.offset + member.indexOf('a short body')] = 0x41;
  writeFileSync(file, bytes);
  assert.throws(() => readRecord(file, place.offset, place.length), /checksum/);
});

for (const host of HOSTS) {
  test(`append: ${host}: a long body in memory is a record like any other, and one that we cut short says so`, async () => {
    for (const compression of ['gzip', 'zstd', 'none'] as const) {
      const { folder, archive } = open(host, `long-${compression}`, { compression, bodyBytesMax: 100_000_000 });
      const body = Buffer.alloc(3_000_000, '<a href=x>');
      const sha256 = createHash('sha256').update(body).digest();
      const whole = await archive.append(outcome('http://a.test/1', body, { sha256 }), null);
      const cut = await archive.append(
        outcome('http://a.test/2', body.subarray(1), { truncated: 'length', isRawCut: true }),
        null,
      );
      await archive.close();
      const [first, second] = [whole, cut].map((place) => {
        const { file, offset, length } = place!;
        return readRecord(join(folder, file), offset, length);
      });
      assert.equal(first!.fields.get('warc-payload-digest'), `sha256:${sha256.toString('hex')}`);
      const digest = createHash('sha256').update(first!.block).digest('hex');
      assert.equal(first!.fields.get('warc-block-digest'), `sha256:${digest}`);
      assert.equal(first!.fields.has('warc-truncated'), false);
      assert.deepEqual(first!.block.subarray(-body.length), body);
      assert.equal(second!.fields.get('warc-truncated'), 'length');
      assert.deepEqual(second!.block.subarray(1 - body.length), body.subarray(1));
    }
  });
}

for (const host of HOSTS) {
  test(`append, ${host}: the place of a long body is told before its file is gone, which close waits for`, async () => {
    const { archive } = open(host, 'order');
    const path = join(home, `${host}-long.part`);
    const body = Buffer.alloc(100_000, 'long');
    writeFileSync(path, body);
    const offsets: number[] = [];
    const append = async (name: string, more: Partial<Outcome> = {}): Promise<void> => {
      offsets.push((await archive.append(outcome(`http://a.test/${name}`, '', more), null))!.offset);
    };
    const spooled: Spooled = {
      ...{ bytes: body.length, sha256: createHash('sha256').update(body).digest(), beginning: body.subarray(0, 512) },
      ...{ path, failure: null, prove: () => {}, drop: () => append('while it is removed') },
    };
    await append('long', { spooled });
    await archive.close();
    assert.equal(offsets.length, 2);
    assert.ok(offsets[0]! < offsets[1]!, `${offsets}`);
  });
}
