// The full-text tables of an index come in shards: the first pages are in the first one, and each has room for twice as
// many as the one before. To rank a page takes a look at all pages of its shard that have the words. The first results
// are most often in the first shard, so a question to a million pages takes little longer than one to ten thousand, and
// what is added later leaves earlier shards as they are.

/** The ids of rows of the job that the first shard is for. */
const FIRST_SHARD_IDS = 2 ** 15;

/** Ids are counted from 1, shards from 0. */
export function shardOf(id: number): number {
  return 31 - Math.clz32((id - 1) / FIRST_SHARD_IDS + 1);
}

/** The last id of a shard. */
export function lastOfShard(shard: number): number {
  return FIRST_SHARD_IDS * (2 ** (shard + 1) - 1);
}
