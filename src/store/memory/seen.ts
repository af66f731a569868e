// The keys that the job has seen, for every URL ever found: hash -> id, in memory. Only this file changes its tables.
// They are rebuilt from `urls` when a job is opened. They are open-addressed tables in typed arrays, with twelve bytes
// a slot. There are many small tables, so that the growth of one is a short stall.

export interface Seen {
  /** The id for this hash: the earlier one if the hash was seen, otherwise `id`, which is stored. */
  put(high: number, low: number, id: number): number;
  /** The id for this hash; 0 if it was never seen. */
  find(high: number, low: number): number;
  readonly size: number;
  readonly bytes: number;
}

interface Shard {
  /** Slots of three numbers: high, low, id. A slot with id 0 is empty. */
  slots: Int32Array;
  capacity: number;
  count: number;
  /** The table grows at this count. */
  full: number;
}

const SHARD_BITS = 8;
const SHARDS = 1 << SHARD_BITS;
const LOAD_MAX = 0.85;
const GROWTH = 1.5;
const CAPACITY_MIN = 16;
/** An id has 32 bits. */
export const ID_MAX = 2 ** 32 - 1;

/** `expected` is how many keys will be put in at once, so that no table grows during that. */
export function createSeen(expected = 0): Seen {
  const capacity = Math.max(CAPACITY_MIN, Math.ceil((expected * 1.1) / SHARDS / LOAD_MAX));
  const shards = Array.from({ length: SHARDS }, () => newShard(capacity));
  let size = 0;
  let bytes = SHARDS * capacity * 12;

  const grow = (shard: Shard): void => {
    const grown = newShard(Math.ceil(shard.capacity * GROWTH));
    const { slots } = shard;
    for (let slot = 0; slot < slots.length; slot += 3) {
      if (slots[slot + 2] !== 0) copySlot(slots, slot, grown);
    }
    bytes += (grown.capacity - shard.capacity) * 12;
    shard.slots = grown.slots;
    shard.capacity = grown.capacity;
    shard.full = grown.full;
  };

  return {
    put(high, low, id) {
      const shard = shards[high >>> (32 - SHARD_BITS)]!;
      const slot = slotOf(shard, high, low);
      const known = shard.slots[slot + 2]!;
      if (known !== 0) return known >>> 0;
      if (!(id >= 1 && id <= ID_MAX)) throw new Error(`store: id ${id} does not fit the table of seen URLs`);
      shard.slots[slot] = high;
      shard.slots[slot + 1] = low;
      shard.slots[slot + 2] = id;
      shard.count += 1;
      size += 1;
      if (shard.count >= shard.full) grow(shard);
      return id;
    },
    find(high, low) {
      const shard = shards[high >>> (32 - SHARD_BITS)]!;
      return shard.slots[slotOf(shard, high, low) + 2]! >>> 0;
    },
    get size() {
      return size;
    },
    get bytes() {
      return bytes;
    },
  };
}

function newShard(capacity: number): Shard {
  return { slots: new Int32Array(capacity * 3), capacity, count: 0, full: Math.floor(capacity * LOAD_MAX) };
}

/** The slot of the hash, or the empty slot for it. Positions rise with `low`, so a table grows in one sweep. */
function slotOf(shard: Shard, high: number, low: number): number {
  const { slots } = shard;
  let slot = (((low >>> 0) * (shard.capacity / 2 ** 32)) | 0) * 3;
  while (slots[slot + 2] !== 0 && (slots[slot + 1] !== low || slots[slot] !== high)) {
    slot += 3;
    if (slot === slots.length) slot = 0;
  }
  return slot;
}

function copySlot(from: Int32Array, slot: number, to: Shard): void {
  const target = slotOf(to, from[slot]!, from[slot + 1]!);
  to.slots[target] = from[slot]!;
  to.slots[target + 1] = from[slot + 1]!;
  to.slots[target + 2] = from[slot + 2]!;
}
