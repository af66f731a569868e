// The keyed 64-bit hash by which the store recognises a key. It is HalfSipHash-1-3 (the 32-bit sibling of SipHash) with
// a random seed for each job, so no site can craft URLs that collide and hide one another.

/** Two 32-bit integers, random for each job. */
export type HashSeed = readonly [high: number, low: number];

const FINAL_ROUNDS = 3;

/** Writes the hash of `text` into `out`: two signed 32-bit integers, high then low. */
export function hashText(text: string, seed: HashSeed, out: Int32Array): void {
  // A parsed URL is ASCII. Other text is hashed as UTF-16 bytes under another key, so that it does not collide with
  // ASCII.
  if (hashBytes(text, seed[0] | 0, seed[1] | 0, out)) return;
  const bytes = Buffer.from(text, 'utf16le').toString('latin1');
  hashBytes(bytes, seed[0] | 0, ~seed[1] | 0, out);
}

/** Takes each character as one byte. Returns false if a character does not fit; `out` is then undefined. */
function hashBytes(text: string, k0: number, k1: number, out: Int32Array): boolean {
  const { length } = text;
  const whole = length & ~3;
  let v0 = k0;
  let v1 = k1 ^ 0xee;
  let v2 = 0x6c796765 ^ k0;
  let v3 = 0x74656462 ^ k1;
  let all = 0;
  for (let at = 0; at < whole; at += 4) {
    const a = text.charCodeAt(at);
    const b = text.charCodeAt(at + 1);
    const c = text.charCodeAt(at + 2);
    const d = text.charCodeAt(at + 3);
    const word = a | (b << 8) | (c << 16) | (d << 24);
    all |= a | b | c | d;
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  // The last word holds the remaining bytes and the length.
  let word = length << 24;
  for (let at = whole; at < length; at += 1) {
    const code = text.charCodeAt(at);
    all |= code;
    word |= code << ((at & 3) * 8);
  }
  for (let round = -1; round < 2 * FINAL_ROUNDS; round += 1) {
    if (round === 0) v2 ^= 0xee;
    if (round === FINAL_ROUNDS) {
      out[0] = v1 ^ v3;
      v1 ^= 0xdd;
    }
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
    word = 0;
  }
  out[1] = v1 ^ v3;
  return all < 256;
}
