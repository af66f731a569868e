// The fingerprint of a page, made from its bytes: the words between its tags and the names of its tags. It takes one
// pass that looks at each byte once. It needs no encoding: every byte beyond ASCII counts as a letter.

import { type Fingerprint, HASH_START, hashByte, mixed } from '../base/fingerprint.ts';
import { FINGERPRINT_BYTES_MAX, FINGERPRINT_WORDS_MAX } from '../base/limits.ts';

const OPEN = 0x3c;
const CLOSE = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const COLON = 0x3a;
const DOT = 0x2e;
/** As `1:30`. */
const SHORTEST_MOMENT = 4;
const DECIMALS = 3;

const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;
/** A character between two digits of one number. */
const POINT = 3;
const KIND = new Uint8Array(256).fill(LETTER, 0x80);
for (const code of bytesOf('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ')) KIND[code] = LETTER;
for (const code of bytesOf('0123456789')) KIND[code] = DIGIT;
for (const code of bytesOf('.,:')) KIND[code] = POINT;

/** Elements whose text does not belong to the page's text. */
const SILENT = new Map(['script', 'style'].map((name) => [hashOfName(name), Buffer.from(`</${name}`)]));

/** Makes the fingerprint. It never throws and takes time linear in the bytes. */
export function fingerprintOf(bytes: Uint8Array): Fingerprint {
  const isCut = bytes.length > FINGERPRINT_BYTES_MAX;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, FINGERPRINT_BYTES_MAX));
  const words = new Set<number>();
  const pairs = new Set<number>();
  let whole = HASH_START;
  let structure = HASH_START;
  let lastTag = 0;
  for (let at = 0; at < text.length; ) {
    const code = text[at]!;
    if (code === OPEN) {
      const tag = tagAt(text, at);
      if (tag !== 0) {
        whole = Math.imul(whole ^ tag, 0x01000193);
        structure = Math.imul(structure ^ tag, 0x01000193);
        pairs.add(mixed(Math.imul(lastTag, 31) ^ tag));
        lastTag = tag;
      }
      at = tokenEnd(text, at, tag);
    } else if (KIND[code]! % POINT === OTHER) at += 1;
    else {
      let hash = HASH_START;
      const from = at;
      for (; at < text.length && isInWord(text, at); at += 1) hash = hashByte(hash, lower(text[at]!));
      if (isOfTheMoment(text, from, at)) continue;
      const word = mixed(hash);
      whole = Math.imul(whole ^ word, 0x01000193);
      if (words.size < FINGERPRINT_WORDS_MAX) words.add(word);
    }
  }
  return {
    whole: mixed(whole) * 0x200000 + (mixed(structure ^ (words.size << 8)) >>> 11),
    structure: mixed(structure),
    words: Uint32Array.from(words),
    likeness: likenessOf(words, pairs),
    isCut: isCut || words.size >= FINGERPRINT_WORDS_MAX,
  };
}

function isInWord(text: Uint8Array, at: number): boolean {
  const kind = KIND[text[at]!]!;
  return kind === POINT ? KIND[text[at - 1]!] === DIGIT && KIND[text[at + 1] ?? 0] === DIGIT : kind !== OTHER;
}

/**
 * A time of day, or a number with three decimals and more, as how long it took to make the page: it is another one each
 * time.
 */
function isOfTheMoment(text: Uint8Array, from: number, to: number): boolean {
  if (KIND[text[from]!] !== DIGIT || to - from < SHORTEST_MOMENT) return false;
  let point = to;
  for (let at = from; at < to; at += 1) {
    if (text[at] === COLON) return true;
    if (text[at] === DOT) point = at;
  }
  return to - point > DECIMALS;
}

function lower(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
}

/** A number for the name of the start tag at `open`; 0 if no start tag begins there. */
function tagAt(text: Uint8Array, open: number): number {
  if (KIND[text[open + 1] ?? 0] !== LETTER) return 0;
  let hash = HASH_START;
  for (let at = open + 1; KIND[text[at] ?? 0]! % POINT !== OTHER; at += 1) hash = hashByte(hash, lower(text[at]!));
  return mixed(hash) || 1;
}

/** The place after the tag, comment or declaration, and after the text of an element that is not shown. */
function tokenEnd(text: Buffer, open: number, tag: number): number {
  const next = text[open + 1] ?? 0;
  if (next === BANG && text[open + 2] === 0x2d && text[open + 3] === 0x2d)
    return behind(text, text.indexOf('-->', open + 4), 3);
  if (tag === 0)
    return next === SLASH || next === BANG || next === 0x3f ? behind(text, text.indexOf(CLOSE, open), 1) : open + 1;
  const end = tagEnd(text, open + 1);
  const silent = SILENT.get(tag);
  return silent === undefined ? end : behind(text, text.indexOf(silent, end), 0);
}

/** The place after the `>` that ends the tag. A `>` in a quoted value does not end it. */
function tagEnd(text: Uint8Array, from: number): number {
  let quote = 0;
  let last = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text[at]!;
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === CLOSE) return at + 1;
    else if ((code === 0x22 || code === 0x27) && last === 0x3d) quote = code;
    if (code > 0x20) last = code;
  }
  return text.length;
}

function behind(text: Uint8Array, at: number, length: number): number {
  return at < 0 ? text.length : at + length;
}

/** Charikar's simhash: each feature votes on each bit. */
function likenessOf(words: ReadonlySet<number>, pairs: ReadonlySet<number>): readonly [number, number] {
  const votes = new Int32Array(64);
  for (const features of [words, pairs]) {
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

function hashOfName(name: string): number {
  return tagAt(Buffer.from(`<${name}>`), 0);
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
