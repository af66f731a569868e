import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastOfShard, shardOf } from './shards.ts';

test('shardOf: each shard has twice as many ids as the one before, without a gap', () => {
  assert.equal(shardOf(1), 0);
  let before = 0;
  for (let shard = 0; shard < 16; shard += 1) {
    const last = lastOfShard(shard);
    assert.deepEqual([shardOf(before + 1), shardOf(last), shardOf(last + 1)], [shard, shard, shard + 1]);
    if (shard > 0) assert.equal(last - before, 2 * (before - (shard === 1 ? 0 : lastOfShard(shard - 2))));
    before = last;
  }
});
