// Reads the attributes of one tag by the states of the tokenizer (HTML standard, sections 13.2.5.32 to 13.2.5.40). One
// reader serves a whole page. It remembers where the wanted values stand and makes strings only of those that are asked
// for.

import { cleaned, decodeReferences } from './references.ts';
import {
  afterSpaces,
  attributeNameEnd,
  CLASS,
  CLOSE,
  DOUBLE_QUOTE,
  EQUALS,
  SINGLE_QUOTE,
  SLASH,
  SPACE,
  unquotedEnd,
} from './tag-places.ts';

const AMPERSAND = 0x26;

const NONE: readonly string[] = [];
const ALL_KINDS = -1;

/** Places in the text: where the name begins, and where the value stands inside its quotes. */
export interface AttributePlace {
  readonly from: number;
  readonly start: number;
  readonly end: number;
  /** Empty if the value has no quotes. */
  readonly quote: '"' | "'" | '';
}

const inHtml = (written: string): string => decodeReferences(written, true);

/** The `decode` for text that needs no decoding. */
export const asItIs = (raw: string): string => raw;

export class Attributes {
  /** The meaning of a written value; null if it has none, as if the attribute were missing. */
  readonly meaning: (written: string) => string | null;
  readonly #decode: (raw: string) => string;
  readonly #isDecoded: boolean;
  #text = '';
  /** Every piece of the text means what it says, apart from its references. */
  #isClean = false;
  #names = NONE;
  /** One bit for each kind of name among the wanted ones. It rules out most attributes at once. */
  #kinds = ALL_KINDS;
  readonly #kindsOf = new WeakMap<readonly string[], number>();
  /** The number of the current tag. It is noted for each name that the tag has. */
  #tag = 0;
  readonly #seenIn: number[] = [];
  /** The last index in `names` that the tag has; -1 if it has none of them. */
  #last = -1;
  /** Where the value of each found attribute begins. */
  readonly #starts: number[] = [];
  /** Where the value of each found attribute ends. */
  readonly #ends: number[] = [];
  /** Where the name of each found attribute begins. */
  readonly #froms: number[] = [];
  #from = 0;
  #tagEnd = 0;
  #isSelfClosing = false;
  /** Whether `noscript` is open, and up to where that is known. */
  #isNoscriptOpen = false;
  #noscriptTo = 0;
  /** Another spelling of a name, and that name. */
  #alias: { readonly written: string; readonly name: string } | null = null;

  /** `decode` turns a raw piece with characters beyond ASCII into what the page means. */
  constructor(decode: (raw: string) => string, meaning: Attributes['meaning'] = inHtml) {
    this.meaning = meaning;
    this.#decode = decode;
    this.#isDecoded = decode === asItIs;
  }

  /** Sets the text that is read from now on. */
  over(text: string): void {
    this.#text = text;
    this.#isNoscriptOpen = false;
    this.#noscriptTo = 0;
    this.#isClean = this.#isDecoded && !text.includes('\r') && !text.includes('\0');
  }

  /** From now on an attribute that is written like this counts as the named one. */
  alias(written: string, name: string): void {
    this.#alias = { written: written.toLowerCase(), name };
  }

  /** The names that were wanted of the last tag. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Whether the last tag had a wanted attribute at index `slot` of `names` or after it. */
  hasAnyFrom(slot = 0): boolean {
    return this.#last >= slot;
  }

  /** Whether the last tag ended in `/>`. */
  get isSelfClosing(): boolean {
    return this.#isSelfClosing;
  }

  /** The value of the first wanted attribute of this name, its references decoded; null without it. */
  value(name: string): string | null {
    const slot = this.#slotOf(name);
    if (slot < 0) return null;
    const start = this.#starts[slot]!;
    const end = this.#ends[slot]!;
    const raw = this.#text.slice(start, end);
    if (this.#isClean) return this.meaning(raw);
    return isPlain(this.#text, start, end) ? raw : this.meaning(cleaned(this.#decode(raw)));
  }

  /** Whether the last tag stands in `noscript`, as far as the text tells. Each part of the text is looked at once. */
  get isInNoscript(): boolean {
    const passed = this.#text.slice(this.#noscriptTo, this.#from).toLowerCase();
    const [opens, closes] = [passed.lastIndexOf('<noscript'), passed.lastIndexOf('</noscript')];
    if (opens !== closes) this.#isNoscriptOpen = opens > closes;
    this.#noscriptTo = Math.max(this.#noscriptTo, this.#from);
    return this.#isNoscriptOpen;
  }

  /** Where a wanted attribute stands in the text; null if the tag does not have it. */
  place(name: string): AttributePlace | null {
    const slot = this.#slotOf(name);
    if (slot < 0) return null;
    const start = this.#starts[slot]!;
    const quote = this.#text.charAt(start - 1);
    return {
      from: this.#froms[slot]!,
      start,
      end: this.#ends[slot]!,
      quote: quote === '"' || quote === "'" ? quote : '',
    };
  }

  /** The tag as it is written, from after its name. */
  get written(): string {
    return this.#text.slice(this.#from, this.#tagEnd);
  }

  /** Reads the last tag again, for these names too. */
  readMore(names: readonly string[]): void {
    this.read(this.#from, [...this.#names, ...names]);
  }

  /** The place after the tag. */
  get tagEnd(): number {
    return this.#tagEnd;
  }

  /**
   * Reads the attributes from after the tag's name. It returns the place after the tag's `>`, or -1 if the text ends
   * first.
   */
  read(from: number, wanted: readonly string[] = NONE): number {
    if (wanted !== this.#names) this.#kinds = this.#kindsIn(wanted);
    this.#names = wanted;
    this.#from = from;
    this.#tag += 1;
    this.#last = -1;
    const text = this.#text;
    const { length } = text;
    let at = from;
    this.#isSelfClosing = false;
    while (at < length) {
      const code = text.charCodeAt(at);
      if (code === CLOSE) {
        this.#tagEnd = at + 1;
        return at + 1;
      }
      if (code === SLASH || (code < 64 && CLASS[code] === SPACE)) {
        // A slash closes the element only right before the end, and only if it is not part of a value.
        this.#isSelfClosing = code === SLASH;
        at += 1;
        continue;
      }
      this.#isSelfClosing = false;
      const nameEnd = attributeNameEnd(text, at);
      const equals = afterSpaces(text, nameEnd);
      if (text.charCodeAt(equals) !== EQUALS) {
        this.#note(at, nameEnd, nameEnd, nameEnd);
        at = equals;
        continue;
      }
      const value = afterSpaces(text, equals + 1);
      const quote = text.charCodeAt(value);
      if (quote === DOUBLE_QUOTE || quote === SINGLE_QUOTE) {
        const end = text.indexOf(quote === DOUBLE_QUOTE ? '"' : "'", value + 1);
        if (end < 0) return -1;
        this.#note(at, nameEnd, value + 1, end);
        at = end + 1;
      } else {
        const end = unquotedEnd(text, value);
        this.#note(at, nameEnd, value, end);
        at = end;
      }
    }
    return -1;
  }

  /** The kinds of the wanted names. For a few names, comparing each is faster than looking at their kinds. */
  #kindsIn(names: readonly string[]): number {
    if (names.length < 8) return ALL_KINDS;
    let kinds = this.#kindsOf.get(names);
    if (kinds === undefined) {
      kinds = names.reduce((sum, name) => sum | kindOf(name.charCodeAt(0), name.length), 0);
      this.#kindsOf.set(names, kinds);
    }
    return kinds;
  }

  #note(name: number, nameEnd: number, start: number, end: number): void {
    const names = this.#names;
    if (this.#alias !== null && this.#isNamed(name, nameEnd, this.#alias.written))
      this.#noteAt(names.indexOf(this.#alias.name), name, start, end);
    if ((this.#kinds & kindOf(this.#text.charCodeAt(name), nameEnd - name)) === 0) return;
    for (let slot = 0; slot < names.length; slot += 1) {
      if (this.#isNamed(name, nameEnd, names[slot]!)) this.#noteAt(slot, name, start, end);
    }
  }

  #noteAt(slot: number, name: number, start: number, end: number): void {
    if (slot < 0 || this.#seenIn[slot] === this.#tag) return;
    this.#seenIn[slot] = this.#tag;
    if (slot > this.#last) this.#last = slot;
    this.#froms[slot] = name;
    this.#starts[slot] = start;
    this.#ends[slot] = end;
  }

  #slotOf(name: string): number {
    const slot = this.#names.indexOf(name);
    return slot >= 0 && this.#seenIn[slot] === this.#tag ? slot : -1;
  }

  #isNamed(from: number, to: number, name: string): boolean {
    if (to - from !== name.length) return false;
    for (let i = 0; i < name.length; i += 1) {
      const code = this.#text.charCodeAt(from + i);
      const lower = code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
      if (lower !== name.charCodeAt(i)) return false;
    }
    return true;
  }
}

/** The bit for names with this first character and length, in either case. */
function kindOf(first: number, length: number): number {
  return 1 << (((first | 0x20) + 5 * length) & 31);
}

function isPlain(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    // Most characters are above the ampersand.
    if (code > AMPERSAND ? code > 127 : code === AMPERSAND || code === 0 || code === 0x0d) return false;
  }
  return true;
}
