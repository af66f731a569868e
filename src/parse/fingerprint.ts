// The fingerprint of a page, made from its bytes: the words between its tags, the names of its tags and the addresses
// of its pictures. It takes one pass that looks at each byte once. It needs no encoding: every byte beyond ASCII counts
// as a letter.

import { type Fingerprint, HASH_START, hashByte, mixed } from '../base/fingerprint.ts';
import { FINGERPRINT_BYTES_MAX, FINGERPRINT_TAG_PAIRS_MAX, FINGERPRINT_WORDS_MAX } from '../base/limits.ts';
import { HashSet32 } from './hash-set.ts';

const OPEN = 0x3c;
const CLOSE = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const COLON = 0x3a;
const COMMA = 0x2c;
const DOT = 0x2e;
/** As `1:30`. */
const SHORTEST_MOMENT = 4;
const DECIMALS = 3;

/** The lower case of a byte of a word: ASCII letters, digits, and all beyond ASCII. It is 0 for other bytes. */
const LOWER = new Uint8Array(256).map((_, code) => (code >= 0x80 ? code : 0));
for (const code of bytesOf('abcdefghijklmnopqrstuvwxyz0123456789')) LOWER[code] = code;
for (const code of bytesOf('ABCDEFGHIJKLMNOPQRSTUVWXYZ')) LOWER[code] = code | 0x20;

/** Elements that show what is at their address. A page of a gallery may have nothing else of its own. */
const SHOWING = new Set(['img', 'source', 'video', 'audio', 'embed', 'iframe'].map(hashOfName));
const SOURCE = bytesOf('src');
const EQUALS = 0x3d;
/** White space, `>`, `?` and `#`. */
const ENDS_ADDRESS = new Set(bytesOf(' \t\r\n>?#'));

/** Elements whose text does not belong to the page's text. */
const SILENT = new Map(['script', 'style'].map((name) => [hashOfName(name), Buffer.from(`</${name}`)]));

/** Makes the fingerprint. It never throws and takes time linear in the bytes. */
export function fingerprintOf(bytes: Uint8Array): Fingerprint {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, FINGERPRINT_BYTES_MAX));
  reader.begin();
  for (let at = 0; at < text.length; ) {
    const code = text[at]!;
    if (code === OPEN) at = reader.tag(text, at);
    else if (LOWER[code] === 0) at += 1;
    else at = reader.word(text, at);
  }
  return reader.end(bytes.length > FINGERPRINT_BYTES_MAX);
}

/** Reads one token at a time. The methods are short, because the engine compiles a long one again and again. */
class Reader {
  readonly #words = new HashSet32(FINGERPRINT_WORDS_MAX);
  readonly #pairs = new HashSet32(FINGERPRINT_TAG_PAIRS_MAX);
  /** The addresses of pictures. They are no part of `whole`: a session may be in them. */
  readonly #shown = new HashSet32(FINGERPRINT_TAG_PAIRS_MAX);
  #whole = HASH_START;
  #structure = HASH_START;
  #lastTag = 0;

  begin(): void {
    this.#words.clear();
    this.#pairs.clear();
    this.#shown.clear();
    this.#whole = HASH_START;
    this.#structure = HASH_START;
    this.#lastTag = 0;
  }

  /** The place after the tag at `open`, or after anything else that begins with `<`. */
  tag(text: Buffer, open: number): number {
    const tag = tagAt(text, open);
    if (tag !== 0) {
      this.#whole = hashByte(this.#whole, tag);
      this.#structure = hashByte(this.#structure, tag);
      this.#pairs.add(mixed(Math.imul(this.#lastTag, 31) ^ tag));
      this.#lastTag = tag;
    }
    const end = tokenEnd(text, open, tag);
    if (SHOWING.has(tag)) addSources(text, open, end, this.#shown);
    return end;
  }

  /** The place after the word at `from`. */
  word(text: Uint8Array, from: number): number {
    let at = from;
    let hash = HASH_START;
    for (; at < text.length; at += 1) {
      const letter = LOWER[text[at]!]! || pointAt(text, at);
      if (letter === 0) break;
      hash = hashByte(hash, letter);
    }
    if (isDigit(text[from]!) && isOfTheMoment(text, from, at)) return at;
    const word = mixed(hash);
    this.#whole = hashByte(this.#whole, word);
    this.#words.add(word);
    return at;
  }

  end(isCut: boolean): Fingerprint {
    const { size } = this.#words;
    return {
      whole: mixed(this.#whole) * 0x200000 + (mixed(this.#structure ^ (size << 8)) >>> 11),
      structure: mixed(this.#structure),
      words: this.#words.toArray(),
      shown: this.#shown.toArray(),
      tagPairs: this.#pairs.toArray(),
      isCut: isCut || size >= FINGERPRINT_WORDS_MAX,
    };
  }
}

const reader = new Reader();

/**
 * Adds a hash for each address that a tag shows, without its query: that may be another one each time, for the same
 * picture. `data-src` counts too.
 */
function addSources(text: Uint8Array, open: number, end: number, sources: HashSet32): void {
  for (let at = open; at < end; at += 1) {
    if (!isSource(text, at)) continue;
    let hash = HASH_START;
    for (at += SOURCE.length + 1; at < end && !ENDS_ADDRESS.has(text[at]!); at += 1) {
      if (text[at] !== 0x22 && text[at] !== 0x27) hash = hashByte(hash, text[at]!);
      else if (hash !== HASH_START) break;
    }
    sources.add(mixed(hash));
  }
}

function isSource(text: Uint8Array, at: number): boolean {
  return text[at + 3] === EQUALS && SOURCE.every((code, ahead) => LOWER[text[at + ahead]!] === code);
}

/** The character between two digits of one number; 0 if there is another character or another place. */
function pointAt(text: Uint8Array, at: number): number {
  const code = text[at]!;
  if (code !== DOT && code !== COMMA && code !== COLON) return 0;
  return at > 0 && at + 1 < text.length && isDigit(text[at - 1]!) && isDigit(text[at + 1]!) ? code : 0;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/**
 * Whether a number is likely to change with every response: a time of day, or a number with three decimals or more,
 * like the time it took to make the page.
 */
function isOfTheMoment(text: Uint8Array, from: number, to: number): boolean {
  if (to - from < SHORTEST_MOMENT) return false;
  let point = to;
  for (let at = from; at < to; at += 1) {
    if (text[at] === COLON) return true;
    if (text[at] === DOT) point = at;
  }
  return to - point > DECIMALS;
}

/** A number for the name of the start tag at `open`; 0 if no start tag begins there. */
function tagAt(text: Uint8Array, open: number): number {
  let at = open + 1;
  if (at >= text.length || isDigit(text[at]!) || LOWER[text[at]!] === 0) return 0;
  let hash = HASH_START;
  for (; at < text.length; at += 1) {
    const letter = LOWER[text[at]!]!;
    if (letter === 0) break;
    hash = hashByte(hash, letter);
  }
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

function hashOfName(name: string): number {
  return tagAt(Buffer.from(`<${name}>`), 0);
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
