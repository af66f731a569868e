import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../../test/helpers/properties.ts';
import { createHeap } from './heap.ts';

test('heap: gives the smallest first, and any item can be taken out where it was told to stand', () => {
  const step = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant('pop' as const), fc.constant('remove' as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const places = new Map<{ key: number }, number>();
      const heap = createHeap<{ key: number }>(
        (item) => item.key,
        (item, index) => (index < 0 ? places.delete(item) : places.set(item, index)),
      );
      for (const next of steps) {
        const smallest = Math.min(...[...places.keys()].map(({ key }) => key));
        if (next === 'pop') assert.equal(heap.pop()?.key ?? Number.POSITIVE_INFINITY, smallest);
        else if (next === 'remove') {
          if (heap.size > 0) heap.remove([...places.values()][0]!);
        } else heap.push({ key: next });
        assert.equal(heap.size, places.size);
      }
      const rest: number[] = [];
      for (let item = heap.pop(); item !== undefined; item = heap.pop()) rest.push(item.key);
      assert.deepEqual(
        rest,
        rest.toSorted((a, b) => a - b),
      );
    }),
  );
});
