import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runSeed, seededRandom } from '../../test/helpers/random.ts';
import { mountSmallDisk, NO_SMALL_DISK, roomMadeBy } from '../../test/helpers/small-disk.ts';
import { makeArchive } from '../../test/helpers/warc-archive.ts';
import type { Link, Outcome } from '../base/contracts.ts';
import { ARCHIVE_RING_BYTES, RING_ENTRY_BYTES_MAX } from '../base/limits.ts';
import { blankOutcome } from '../fetch/blank-outcome.ts';
import { readRecord, readWarc } from './warc-reader.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-thread-'));
after(() => rmSync(home, { recursive: true }));

function answer(path: string, rawBody: Buffer, more = ''): Outcome {
  const responseHead = `HTTP/1.1 200 OK\r\n${more}\r\n\r\n`;
  return {
    ...blankOutcome(`http://a.test/${path}`, 1_700_000_000_000),
    status: 200,
    requestHead: 'GET',
    responseHead,
    rawBody,
  };
}

function noise(bytes: number, seed: string): Buffer {
  const random = seededRandom(runSeed(seed));
  return Buffer.from(Array.from({ length: bytes }, () => random() * 256));
}

test('createThreadWriter: what is longer than the ring, or has no room in it, waits and goes through in order', async () => {
  const folder = join(home, 'full');
  const archive = makeArchive('thread', { folder, bodyBytesMax: 1e9 });
  const base = noise(RING_ENTRY_BYTES_MAX, 'ring bodies');
  // Lengths around those at which an exchange takes another way, and one that is longer than the ring itself.
  const lengths = [
    0,
    1_000,
    200_000,
    900_000,
    RING_ENTRY_BYTES_MAX - 300,
    RING_ENTRY_BYTES_MAX,
    RING_ENTRY_BYTES_MAX + 1,
  ];
  const bodies = Array.from({ length: 40 }, (_, at) => Buffer.from(base.subarray(0, lengths[at % 6])));
  bodies.splice(20, 0, Buffer.alloc(ARCHIVE_RING_BYTES + 7, base), Buffer.concat([base, base]));
  for (const [at, body] of bodies.entries()) if (body.length > 0) body[0] = at;
  const outcomes = bodies.map((body, at) => answer(String(at), body, `X-Long: ${'x'.repeat(at === 30 ? 250_000 : 5)}`));
  const places = await Promise.all(outcomes.map((outcome) => archive.append(outcome, null)));
  await archive.close();
  const offsets = places.map((place) => place!.offset);
  assert.deepEqual(
    offsets,
    offsets.toSorted((one, other) => one - other),
  );
  for (const [at, place] of places.entries()) {
    const { block } = readRecord(join(folder, place!.file), place!.offset, place!.length);
    assert.equal(block.length, bodies[at]!.length + outcomes[at]!.responseHead.length, String(at));
    assert.ok(block.subarray(outcomes[at]!.responseHead.length).equals(bodies[at]!), String(at));
  }
});

test('createThreadWriter: links that are longer than an entry of the ring are kept', async () => {
  const folder = join(home, 'links');
  const archive = makeArchive('thread', { folder, metadata: true, withLinks: true });
  const links = Array.from({ length: 30_000 }, (_, at): Link => {
    return { url: `http://a.test/${at}/${'x'.repeat(60)}`, kind: 'navigation', rel: '', element: 'a/@href' };
  });
  const { file } = (await archive.append(answer('', Buffer.from('a page')), null, links))!;
  await archive.close();
  const metadata = (await Array.fromAsync(readWarc(join(folder, file)))).find(
    (each) => !('damage' in each) && each.fields.get('warc-type') === 'metadata',
  );
  assert.equal(String(Object(metadata).block).split('\n').length, links.length + 1);
});

test('createThreadWriter: a full disk is waited for by the room of the loop, and without patience is a MachineError', async (context) => {
  const disk = join(home, 'disk');
  using mounted = mountSmallDisk(disk, '256k');
  if (mounted === null) return context.skip(NO_SMALL_DISK);
  const impatient = makeArchive('thread', { folder: disk });
  const body = noise(300_000, 'full disk');
  await assert.rejects(impatient.append(answer('1', body), null), {
    code: 'disk',
    message: /the disk is full; make room and run again/,
  });
  await assert.rejects(impatient.append(answer('2', body), null), { code: 'disk' });
  await impatient.close();

  const lacked: string[] = [];
  const room = roomMadeBy((error) => {
    lacked.push((error as { code: string }).code);
    if (lacked.length === 3) mounted.remount('size=10m');
  });
  const patient = makeArchive('thread', { folder: disk, prefix: 'patient', room });
  const place = (await patient.append(answer('3', body), null))!;
  await patient.close();
  assert.deepEqual(lacked, ['ENOSPC', 'ENOSPC', 'ENOSPC']);
  const bytes = readFileSync(join(disk, place.file));
  assert.equal(bytes.length, place.offset + place.length);
});
