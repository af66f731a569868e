// The scanner: start tags and their attributes out of HTML text, at a tenth of a parser's cost. It jumps from one `<` to the next
// and follows the states of the HTML standard's tokenizer (section 13.2.5) where they decide what is a tag: raw text, RCDATA,
// the script escapes, comments, CDATA in foreign content. No input makes it throw, recurse or look at a character again without end.

import { ForeignContent } from './foreign.ts';
import { commentEnd, rawTextEnd, scriptEnd } from './raw-text.ts';

/** Name and value by turns, as they stand in the text: references not decoded, the first of equal names wins. */
export type RawAttributes = readonly string[];

export interface TagSink {
  /** Whether the attributes of this element (lower case) are wanted. */
  readonly wants: (element: string) => boolean;
  readonly onTag: (element: string, attributes: RawAttributes) => void;
  /** The text of the first title, as it stands. */
  readonly onTitle: (text: string) => void;
}

const SPACE = 1;
const SLASH = 2;
const CLOSE = 3;
const EQUALS = 4;
/** What ends or separates things inside a tag. */
const CLASS = new Uint8Array(256);
for (const space of [0x09, 0x0a, 0x0c, 0x0d, 0x20]) CLASS[space] = SPACE;
CLASS[0x2f] = SLASH;
CLASS[0x3e] = CLOSE;
CLASS[0x3d] = EQUALS;

const RAW_TEXT = new Set(['style', 'xmp', 'iframe', 'noembed', 'noframes', 'textarea', 'title']);
const NO_ATTRIBUTES: RawAttributes = [];

export function scanHtml(text: string, sink: TagSink): void {
  new Scanner(text, sink).run();
}

class Scanner {
  readonly #text: string;
  readonly #sink: TagSink;
  readonly #foreign = new ForeignContent();
  #at = 0;
  #isSelfClosing = false;
  #hasTitle = false;

  constructor(text: string, sink: TagSink) {
    this.#text = text;
    this.#sink = sink;
  }

  run(): void {
    const text = this.#text;
    for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', this.#at)) {
      const code = text.charCodeAt(open + 1);
      if (isLetter(code)) this.#startTag(open + 1);
      else if (code === 0x2f) this.#endTag(open + 2);
      else if (code === 0x21) this.#at = this.#declarationEnd(open);
      else if (code === 0x3f) this.#at = after(text.indexOf('>', open + 2), text.length);
      else this.#at = open + 1;
    }
  }

  #startTag(from: number): void {
    const element = this.#name(from);
    const isWanted = this.#sink.wants(element);
    const attributes = this.#attributes(isWanted || element === 'font');
    // A tag that the end of the file cuts is none.
    if (attributes === null) return;
    const isForeign = this.#foreign.start(element, attributes, this.#isSelfClosing);
    if (isWanted) this.#sink.onTag(element, attributes);
    if (!isForeign) this.#skipRawText(element);
  }

  #endTag(from: number): void {
    const code = this.#text.charCodeAt(from);
    if (!isLetter(code)) {
      this.#at = code === 0x3e ? from + 1 : after(this.#text.indexOf('>', from), this.#text.length);
      return;
    }
    const element = this.#name(from);
    if (this.#attributes(false) !== null) this.#foreign.end(element);
  }

  #name(from: number): string {
    const text = this.#text;
    let at = from + 1;
    let isLower = text.charCodeAt(from) >= 0x61;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code < 256 && CLASS[code]! > 0 && CLASS[code]! < EQUALS) break;
      if (code >= 0x41 && code <= 0x5a) isLower = false;
    }
    this.#at = at;
    const name = text.slice(from, at);
    return isLower ? name : lowered(name);
  }

  /** Goes on behind the tag. Null where the file ends before it; the attributes only where they are wanted. */
  #attributes(areWanted: boolean): RawAttributes | null {
    const text = this.#text;
    let found: string[] | null = null;
    let at = this.#at;
    this.#isSelfClosing = false;
    for (;;) {
      // Before an attribute's name: a slash is nothing, unless the tag closes right behind it.
      let code = text.charCodeAt(at);
      while (CLASS[code] === SPACE || code === 0x2f) {
        this.#isSelfClosing = code === 0x2f;
        at += 1;
        code = text.charCodeAt(at);
      }
      if (code === 0x3e) {
        this.#at = at + 1;
        return found ?? NO_ATTRIBUTES;
      }
      if (at >= text.length) break;
      this.#isSelfClosing = false;
      const nameStart = at;
      // An equals sign at the front belongs to the name.
      at += 1;
      for (; at < text.length; at += 1) if (isBoundary(text.charCodeAt(at))) break;
      const nameEnd = at;
      while (CLASS[text.charCodeAt(at)] === SPACE) at += 1;
      let valueStart = at;
      let valueEnd = at;
      if (text.charCodeAt(at) === 0x3d) {
        at += 1;
        while (CLASS[text.charCodeAt(at)] === SPACE) at += 1;
        const quote = text.charCodeAt(at);
        if (quote === 0x22 || quote === 0x27) {
          valueStart = at + 1;
          valueEnd = text.indexOf(quote === 0x22 ? '"' : "'", valueStart);
          if (valueEnd < 0) break;
          at = valueEnd + 1;
        } else {
          valueStart = at;
          for (; at < text.length; at += 1) if (isUnquotedEnd(text.charCodeAt(at))) break;
          valueEnd = at;
        }
      }
      if (areWanted) {
        found ??= [];
        add(found, lowered(text.slice(nameStart, nameEnd)), text.slice(valueStart, valueEnd));
      }
    }
    this.#at = text.length;
    return null;
  }

  #skipRawText(element: string): void {
    const text = this.#text;
    if (element === 'script') this.#at = scriptEnd(text, this.#at);
    else if (element === 'plaintext') this.#at = text.length;
    else if (RAW_TEXT.has(element)) {
      const end = rawTextEnd(text, element, this.#at);
      if (element === 'title' && !this.#hasTitle) {
        this.#hasTitle = true;
        this.#sink.onTitle(text.slice(this.#at, end));
      }
      this.#at = end;
    }
  }

  #declarationEnd(open: number): number {
    const text = this.#text;
    if (text.startsWith('--', open + 2)) return commentEnd(text, open);
    if (this.#foreign.isInside && text.startsWith('[CDATA[', open + 2)) {
      const end = text.indexOf(']]>', open + 9);
      return end < 0 ? text.length : end + 3;
    }
    return after(text.indexOf('>', open + 2), text.length);
  }
}

function add(attributes: string[], name: string, value: string): void {
  for (let i = 0; i < attributes.length; i += 2) if (attributes[i] === name) return;
  // A tag of half a million attributes is a trap: the first hundred are more than any has.
  if (attributes.length < 200) attributes.push(name, value);
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

function isBoundary(code: number): boolean {
  return code < 256 && CLASS[code]! !== 0;
}

function isUnquotedEnd(code: number): boolean {
  return code === 0x3e || (code < 256 && CLASS[code]! === SPACE);
}

// Only the letters A to Z are lowered: the standard knows no others.
function lowered(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name;
}

function after(index: number, end: number): number {
  return index < 0 ? end : index + 1;
}
