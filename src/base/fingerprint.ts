// What a page is like, in a few numbers: pages can be compared after their bytes are gone.

export interface Fingerprint {
  /** A hash of its words and tags in order. Pages that differ only in their addresses share it. */
  readonly whole: number;
  /** A hash of its tags in order. */
  readonly structure: number;
  /** The `wordHash` of each of its words, without duplicates. */
  readonly words: Uint32Array;
  /** Those of the words that are not about other pages: they stand outside of links, asides and navigation. */
  readonly said: Uint32Array;
  /** A hash of each address of a picture or a film on it, without duplicates. */
  readonly shown: Uint32Array;
  /** A hash of each tag with the tag before it, without duplicates. */
  readonly tagPairs: Uint32Array;
  /** The page is longer than the part that was read. */
  readonly isCut: boolean;
}

/** 64 bits for the words and the pairs of tags of a page. The more alike two pages are, the fewer bits differ. */
export type Likeness = readonly [high: number, low: number];

/** Makes the fingerprint of a page's bytes, in any encoding. */
export type FingerprintOf = (bytes: Uint8Array) => Fingerprint;

export const HASH_START = 0x811c9dc5;

/** FNV-1a with one more byte. */
export function hashByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/** Spreads a hash over all of its 32 bits. */
export function mixed(hash: number): number {
  let mix = hash;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}

/** The hash of a word in a fingerprint. The case of ASCII letters makes no difference. */
export function wordHash(word: string): number {
  let hash = HASH_START;
  for (let at = 0; at < word.length; at += 1) {
    const code = word.charCodeAt(at);
    hash = hashByte(hash, code >= 0x41 && code <= 0x5a ? code | 0x20 : code);
  }
  return mixed(hash);
}

/** A hash of a text; the case of its letters counts. It is a signed integer of 32 bits, the fastest key of a map. */
export function textHash(text: string): number {
  return textHashWith(text, 0);
}

/** The `textHash` of a text in lower case. Only ASCII letters have a case here. */
export function textHashInLowerCase(text: string): number {
  return textHashWith(text, 0x20);
}

/** `caseBit` is set in each ASCII capital. */
function textHashWith(text: string, caseBit: number): number {
  let hash = HASH_START;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    hash = hashByte(hash, code >= 0x41 && code <= 0x5a ? code | caseBit : code);
  }
  return mixed(hash) | 0;
}

/** Charikar's simhash: each feature votes on each bit. */
export function likenessOf({ words, tagPairs }: Pick<Fingerprint, 'words' | 'tagPairs'>): Likeness {
  const votes = new Int32Array(64);
  for (const features of [words, tagPairs]) {
    for (const feature of features) {
      const other = mixed(feature ^ 0x5bd1e995);
      for (let bit = 0; bit < 32; bit += 1) {
        votes[bit] = votes[bit]! + ((feature >>> bit) & 1) * 2 - 1;
        votes[bit + 32] = votes[bit + 32]! + ((other >>> bit) & 1) * 2 - 1;
      }
    }
  }
  let high = 0;
  let low = 0;
  for (let bit = 0; bit < 32; bit += 1) {
    if (votes[bit]! > 0) high |= 1 << bit;
    if (votes[bit + 32]! > 0) low |= 1 << bit;
  }
  return [high, low];
}

/** How many of the 64 bits differ. */
export function unlikeness(one: Likeness, other: Likeness): number {
  return bitsIn(one[0] ^ other[0]) + bitsIn(one[1] ^ other[1]);
}

function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
