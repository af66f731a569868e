// A number for each host, by the host's id. The numbers are in typed arrays, so a million hosts cost the garbage
// collector nothing. A part of the column takes memory once it has a number other than zero.

export interface Numbers {
  /** Zero if it was never set. */
  get(id: number): number;
  set(id: number, value: number): void;
  readonly bytes: number;
}

const CHUNK_BITS = 10;
const CHUNK = 1 << CHUNK_BITS;

export function createNumbers(Kind: Float64ArrayConstructor | Uint32ArrayConstructor): Numbers {
  const chunks: (Float64Array | Uint32Array | null)[] = [];
  let bytes = 0;

  return {
    get(id) {
      const chunk = chunks[id >>> CHUNK_BITS];
      return chunk === undefined || chunk === null ? 0 : chunk[id & (CHUNK - 1)]!;
    },
    set(id, value) {
      const at = id >>> CHUNK_BITS;
      let chunk = chunks[at] ?? null;
      if (chunk === null) {
        if (value === 0) return;
        while (chunks.length <= at) chunks.push(null);
        chunk = new Kind(CHUNK);
        chunks[at] = chunk;
        bytes += chunk.byteLength;
      }
      chunk[id & (CHUNK - 1)] = value;
    },
    get bytes() {
      return bytes;
    },
  };
}
