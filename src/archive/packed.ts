// Whether bytes are packed already, as images, films, fonts and archives are: told by how even they are, because what the type says may be wrong or nothing.

const SLICES = 4;
const SLICE_BYTES = 128;
/** Of 512 even bytes 222 are different (two in a hundred times fewer than 212); of text, programs and tables 160 at most. */
const DIFFERENT_MIN = 200;

/** Looks at four short slices; of less than half a kilobyte nothing can be said. */
export function isPacked(bytes: Uint8Array): boolean {
  if (bytes.length < SLICES * SLICE_BYTES) return false;
  const seen = new Uint8Array(256);
  let different = 0;
  for (let slice = 0; slice < SLICES; slice += 1) {
    const from = Math.floor(((bytes.length - SLICE_BYTES) * (slice + 0.5)) / SLICES);
    for (let at = from; at < from + SLICE_BYTES; at += 1) {
      const byte = bytes[at]!;
      different += 1 - seen[byte]!;
      seen[byte] = 1;
    }
  }
  return different >= DIFFERENT_MIN;
}
