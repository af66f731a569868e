import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../../test/helpers/properties.ts';
import { ID_MAX } from '../memory/seen.ts';
import { countLinkList, createLinkListWriter, decodeLinkList } from './link-list.ts';

const id = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: ID_MAX }));

test('encode, decodeLinkList: what goes in comes out, in order', () => {
  const writer = createLinkListWriter();
  fc.assert(
    fc.property(id, fc.uniqueArray(id, { maxLength: 500 }), (page, ids) => {
      const bytes = Uint8Array.from(writer.encode(page, new Set(ids)));
      assert.deepEqual(decodeLinkList(page, bytes), ids);
      assert.equal(countLinkList(page, bytes.subarray(0, 5)), ids.length);
    }),
  );
});

test('decodeLinkList: bytes that are cut, added to or out of range are refused', () => {
  const bytes = Uint8Array.from(createLinkListWriter().encode(10, new Set([11, 900, 12])));
  for (let length = 0; length < bytes.length; length += 1) {
    assert.throws(() => decodeLinkList(10, bytes.subarray(0, length)), /malformed/);
  }
  assert.throws(() => decodeLinkList(10, Uint8Array.from([...bytes, 0])), /1 bytes too many/);
  assert.throws(() => decodeLinkList(1, Uint8Array.from([1, 9])), /the id -4/);
  assert.throws(() => decodeLinkList(1, Uint8Array.from([255, 255, 255, 255, 255, 255])), /malformed/);
});
