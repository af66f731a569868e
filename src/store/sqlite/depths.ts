// How far each URL is from a root, in a byte of memory: every repeat of a link asks for it. It owns these bytes; the rows have
// the numbers themselves.

const CHUNK_BITS = 16;
const CHUNK = 1 << CHUNK_BITS;
/** Stands for itself and for all that is deeper. */
export const DEEP = 255;

export interface Depths {
  /** Up to `DEEP`. */
  of(id: number): number;
  set(id: number, depth: number): void;
  readonly bytes: number;
}

export function createDepths(): Depths {
  const chunks: Uint8Array[] = [];
  return {
    of: (id) => chunks[id >>> CHUNK_BITS]![id & (CHUNK - 1)]!,
    set(id, depth) {
      // Ids have no gaps, so a chunk more is all that is ever missing.
      while (chunks.length <= id >>> CHUNK_BITS) chunks.push(new Uint8Array(CHUNK));
      chunks[id >>> CHUNK_BITS]![id & (CHUNK - 1)] = Math.min(depth, DEEP);
    },
    get bytes() {
      return chunks.length * CHUNK;
    },
  };
}
