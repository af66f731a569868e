// The fingerprint of a page, made from its bytes: the words between its tags, the names of its tags and the addresses
// of its pictures. It takes one pass that looks at each byte once. It needs no encoding: every byte beyond ASCII counts
// as a letter.

import { type Fingerprint, HASH_START, hashByte, mixed } from '../base/fingerprint.ts';
import { FINGERPRINT_BYTES_MAX, FINGERPRINT_TAG_PAIRS_MAX, FINGERPRINT_WORDS_MAX } from '../base/limits.ts';
import { bytesOf, ENDS_ADDRESS, isNamed, LOWER } from './attributes.ts';
import { HashSet32 } from './hash-set.ts';
import { addBackgrounds, addLinked, addSources, isPicture } from './pictures.ts';

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

/** Elements that show what is at their address. A page of a gallery may have nothing else of its own. */
const SHOWING = new Set(['img', 'source', 'video', 'audio', 'embed', 'iframe'].map(hashOfName));

/** Elements whose text is about other pages. */
const BESIDE = new Set(['a', 'aside', 'nav', 'footer'].map(hashOfName));
const LINK = hashOfName('a');
const REFERENCE = bytesOf('href');
/** The longest address that is looked for in the text of its link. */
const REFERENCE_LENGTH_MAX = 8 * 1024;

/** Elements whose text does not belong to the page's text. */
const SILENT = new Map(['script', 'style'].map((name) => [hashOfName(name), Buffer.from(`</${name}`)]));

/** Makes the fingerprint. It never throws and takes time linear in the bytes. */
export function fingerprintOf(bytes: Uint8Array): Fingerprint {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, FINGERPRINT_BYTES_MAX));
  reader.begin();
  reader.backgrounds(text);
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
  /** For each of the words, by its place: whether it stands outside of the elements in `BESIDE`. */
  readonly #isSaid = new Uint8Array(FINGERPRINT_WORDS_MAX);
  /** The element of `BESIDE` in which the reader is; 0 if it is in none of them. */
  #beside = 0;
  readonly #pairs = new HashSet32(FINGERPRINT_TAG_PAIRS_MAX);
  /** The addresses of pictures. They are no part of `whole`: a session may be in them. */
  readonly #shown = new HashSet32(FINGERPRINT_TAG_PAIRS_MAX);
  /** The first number of each kind that is likely to be of the moment. */
  readonly #moments = new Map<number, number>();
  #whole = HASH_START;
  #structure = HASH_START;
  #lastTag = 0;

  begin(): void {
    this.#isSaid.fill(0, 0, this.#words.size);
    this.#words.clear();
    this.#beside = 0;
    this.#pairs.clear();
    this.#shown.clear();
    this.#moments.clear();
    this.#whole = HASH_START;
    this.#structure = HASH_START;
    this.#lastTag = 0;
  }

  backgrounds(text: Buffer): void {
    addBackgrounds(text, this.#shown);
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
    if (tag === 0 || BESIDE.has(tag)) return this.#behindBeside(text, open, end, tag);
    return end;
  }

  /** An end tag, or the start of an element that may be about other pages; `end` is behind it. */
  #behindBeside(text: Buffer, open: number, end: number, tag: number): number {
    if (tag === 0) {
      if (this.#beside !== 0 && text[open + 1] === SLASH && nameAt(text, open + 2) === this.#beside) this.#beside = 0;
      return end;
    }
    const reference = tag === LINK ? referenceIn(text, open, end) : null;
    if (reference !== null && isPicture(reference)) addLinked(reference, this.#shown);
    // Old pages name their places with `<a name=...>`, often without an end tag.
    if (this.#beside === 0 && (tag !== LINK || reference !== null)) this.#beside = tag;
    return reference === null ? end : behindItsText(text, end, reference);
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
    const word = mixed(hash);
    const moment = isDigit(text[from]!) ? momentIn(text, from, at) : 0;
    if (moment === 0) this.#whole = hashByte(this.#whole, word);
    else {
      const first = this.#moments.get(moment);
      if (first === undefined) this.#moments.set(moment, word);
      if (first === undefined || first === word) return at;
    }
    const place = this.#words.add(word);
    if (this.#beside === 0 && place >= 0) this.#isSaid[place] = 1;
    return at;
  }

  end(isCut: boolean): Fingerprint {
    const { size } = this.#words;
    const words = this.#words.toArray();
    return {
      whole: mixed(this.#whole) * 0x200000 + (mixed(this.#structure ^ (size << 8)) >>> 11),
      structure: mixed(this.#structure),
      words,
      said: words.filter((_, place) => this.#isSaid[place] === 1),
      shown: this.#shown.toArray(),
      tagPairs: this.#pairs.toArray(),
      isCut: isCut || size >= FINGERPRINT_WORDS_MAX,
    };
  }
}

const reader = new Reader();

/** The address of a link, without its quotes; null if it has no address. */
function referenceIn(text: Buffer, open: number, end: number): Buffer | null {
  for (let at = open; at < end; at += 1) {
    if (!isNamed(text, at, REFERENCE)) continue;
    let from = at + REFERENCE.length + 1;
    const quote = text[from]!;
    const isQuoted = quote === 0x22 || quote === 0x27;
    if (isQuoted) from += 1;
    let to = from;
    while (to < end && (isQuoted ? text[to] !== quote : !ENDS_ADDRESS.has(text[to]!))) to += 1;
    return text.subarray(from, to);
  }
  return null;
}

/** The place after the text of a link if that is only its address, which may be another one each time; else `from`. */
function behindItsText(text: Buffer, from: number, reference: Buffer): number {
  const to = from + reference.length;
  if (reference.length === 0 || reference.length > REFERENCE_LENGTH_MAX || text[to] !== OPEN) return from;
  return text.compare(reference, 0, reference.length, from, to) === 0 ? to : from;
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
 * The kind of a number that is likely to change with every response: a time of day, or a number with three decimals or
 * more, like the time it took to make the page; 0 for other numbers. Where a page has several of a kind (a timetable),
 * only the first one is left out of its words, wherever it stands.
 */
function momentIn(text: Uint8Array, from: number, to: number): number {
  if (to - from < SHORTEST_MOMENT) return 0;
  let point = to;
  for (let at = from; at < to; at += 1) {
    if (text[at] === COLON) return COLON;
    if (text[at] === DOT) point = at;
  }
  return to - point > DECIMALS ? DOT : 0;
}

/** A number for the name of the start tag at `open`; 0 if no start tag begins there. */
function tagAt(text: Uint8Array, open: number): number {
  return nameAt(text, open + 1);
}

/** A number for the name of a tag; 0 if no name begins there. */
function nameAt(text: Uint8Array, from: number): number {
  let at = from;
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
