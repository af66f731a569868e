// How far each URL is from a root, as one byte of memory: each repeated link needs it. It owns these bytes; the rows
// hold the full numbers.

const CHUNK_BITS = 16;
const CHUNK = 1 << CHUNK_BITS;
/** This depth and all greater ones. */
export const DEEP = 255;

export interface Depths {
  /** The depth, at most `DEEP`. */
  of(id: number): number;
  set(id: number, depth: number): void;
  readonly bytes: number;
}

export function createDepths(): Depths {
  const chunks: Uint8Array[] = [];
  return {
    of: (id) => chunks[id >>> CHUNK_BITS]![id & (CHUNK - 1)]!,
    set(id, depth) {
      // Ids have no gaps, so at most one chunk is missing.
      while (chunks.length <= id >>> CHUNK_BITS) chunks.push(new Uint8Array(CHUNK));
      chunks[id >>> CHUNK_BITS]![id & (CHUNK - 1)] = Math.min(depth, DEEP);
    },
    get bytes() {
      return chunks.length * CHUNK;
    },
  };
}
