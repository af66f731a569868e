import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed, seededRandom } from '../../test/helpers/random.ts';
import { ringMemory, ringReader, ringWriter } from './ring.ts';

const RING_BYTES = 256;
const ENTRY_BYTES_MAX = RING_BYTES / 2 - 8;

test('ring: whatever lengths come, each entry comes out whole and in order', () => {
  const random = seededRandom(runSeed('ring'));
  const memory = ringMemory(RING_BYTES);
  const writer = ringWriter(memory);
  const reader = ringReader(memory);
  const inside: Buffer[] = [];
  let taken = 0;
  let refused = 0;
  while (taken < 20_000) {
    const entry = Buffer.alloc(Math.floor(random() * ENTRY_BYTES_MAX), Math.floor(random() * 256));
    const middle = Math.floor(random() * entry.length);
    if (random() < 0.6) {
      if (writer.put([entry.subarray(0, middle), entry.subarray(middle)])) inside.push(entry);
      else {
        refused += 1;
        assert.ok(inside.length > 0, 'an empty ring has room for any entry');
      }
    } else {
      const next = reader.next();
      assert.deepEqual(next, inside.shift() ?? null);
      if (next === null) continue;
      reader.free();
      taken += 1;
    }
  }
  assert.ok(refused > 1_000);
});

test('ring: a note is found once, by the other side', () => {
  const memory = ringMemory(RING_BYTES);
  const writer = ringWriter(memory);
  const reader = ringReader(memory);
  assert.deepEqual([writer.takeReaderWaits(), reader.takeWriterWaits()], [false, false]);
  reader.noteWaits();
  assert.deepEqual(
    [writer.takeReaderWaits(), writer.takeReaderWaits(), reader.takeWriterWaits()],
    [true, false, false],
  );
  writer.noteWaits();
  assert.deepEqual(
    [reader.takeWriterWaits(), reader.takeWriterWaits(), writer.takeReaderWaits()],
    [true, false, false],
  );
});
