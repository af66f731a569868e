// The scanner: start tags and their attributes out of HTML text, at a small part of a parser's cost. It jumps from one `<` to the
// next and follows the states of the HTML standard's tokenizer (section 13.2.5) where they decide what is a tag: raw text, RCDATA,
// the script escapes, comments, CDATA in foreign content. No input makes it throw, recurse or read a stretch twice.

import { Attributes } from './attributes.ts';
import { FOREIGN_ATTRIBUTES, ForeignContent } from './foreign.ts';
import { commentEnd, rawTextEnd, scriptEnd } from './raw-text.ts';

/** Elements that are wanted, and which of their attributes; all in lower case. */
export type Wanted = Readonly<Record<string, readonly string[]>>;

export interface TagSink {
  /** A wanted element; `attributes` holds until the call returns. `isForeign`: it stands in svg or math and is none of HTML's. */
  onTag(element: string, attributes: Attributes, isForeign: boolean): void;
  /** The text of the first title, as it stands. */
  onTitle(raw: string): void;
}

export interface HtmlText {
  readonly text: string;
  /** What a piece of the text that is not plain ASCII means. */
  readonly decode: (raw: string) => string;
  /** By the rules of XML: no raw text, elements close themselves, CDATA is everywhere. */
  readonly isXml: boolean;
}

/** Where a start tag leads the scanner. */
interface Element {
  readonly name: string;
  readonly content: 'markup' | 'raw' | 'title' | 'script' | 'plaintext' | 'foreign';
  readonly wanted: readonly string[] | null;
}

const RAW_TEXT = ['style', 'xmp', 'iframe', 'noembed', 'noframes', 'textarea'];
const TABLE_SIZE = 4096;

/** Prepares a scanner for the elements that are wanted. */
export function createScanner(wanted: Wanted): (page: HtmlText, sink: TagSink) => void {
  const elements = new Elements(wanted);
  return (page, sink) => new Scan(elements, page, sink).run();
}

/** The elements that are not just skipped, found by the hash of their name: most tags need no string then. */
class Elements {
  readonly #table: (Element | undefined)[] = new Array<Element | undefined>(TABLE_SIZE).fill(undefined);
  readonly #byName = new Map<string, Element>();

  constructor(wanted: Wanted) {
    const contents: [string, Element['content']][] = [
      ...Object.keys(wanted).map((name): [string, 'markup'] => [name, 'markup']),
      ...RAW_TEXT.map((name): [string, 'raw'] => [name, 'raw']),
      ['title', 'title'],
      ['script', 'script'],
      ['plaintext', 'plaintext'],
      ['svg', 'foreign'],
      ['math', 'foreign'],
    ];
    for (const [name, content] of contents) {
      this.#byName.set(name, { name, content, wanted: Object.hasOwn(wanted, name) ? wanted[name]! : null });
    }
    for (const element of this.#byName.values()) this.#table[hashOf(element.name)] = element;
  }

  /** The element whose name, with this hash, stands in the text. */
  at(text: string, from: number, to: number, hash: number): Element | undefined {
    const found = this.#table[hash];
    if (found === undefined || isNamed(text, from, to, found.name)) return found;
    // Another of the same hash: seldom, and then by name.
    return this.#byName.get(lowered(text.slice(from, to)));
  }

  named(name: string): Element | undefined {
    return this.#byName.get(name);
  }
}

class Scan {
  readonly #elements: Elements;
  readonly #text: string;
  readonly #isXml: boolean;
  readonly #sink: TagSink;
  readonly #attributes: Attributes;
  readonly #foreign = new ForeignContent();
  readonly #value = (name: string): string | null => this.#attributes.value(name);
  #hasTitle = false;
  /** Where the name that was read last ends, and its hash. */
  #nameEnd = 0;
  #hash = 0;

  constructor(elements: Elements, { text, decode, isXml }: HtmlText, sink: TagSink) {
    this.#elements = elements;
    this.#text = text;
    this.#isXml = isXml;
    this.#sink = sink;
    this.#attributes = new Attributes(text, decode);
  }

  run(): void {
    const text = this.#text;
    let at = 0;
    for (let open = text.indexOf('<', at); open >= 0; open = text.indexOf('<', at)) {
      const code = text.charCodeAt(open + 1);
      if (isLetter(code)) at = this.#startTag(open + 1);
      else if (code === 0x2f) at = this.#endTag(open + 2);
      else if (code === 0x21) at = this.#declarationEnd(open);
      else if (code === 0x3f) at = after(text.indexOf('>', open + 2), 1);
      else at = open + 1;
      // A tag, comment or raw text that the end of the text cuts is none.
      if (at < 0) return;
    }
  }

  #startTag(from: number): number {
    this.#readName(from);
    const end = this.#nameEnd;
    if (this.#foreign.isOpen) return this.#startInForeign(lowered(this.#text.slice(from, end)), end);
    const element = this.#elements.at(this.#text, from, end, this.#hash);
    if (element === undefined) return this.#attributes.read(end);
    const at = this.#attributes.read(end, element.wanted ?? undefined);
    if (at < 0) return at;
    if (element.wanted !== null) this.#sink.onTag(element.name, this.#attributes, false);
    if (element.content === 'markup') return at;
    if (element.content === 'foreign') {
      this.#foreign.start(element.name, this.#attributes.isSelfClosing, this.#value);
      return at;
    }
    return this.#contentEnd(element, at);
  }

  #startInForeign(name: string, from: number): number {
    const element = this.#elements.named(name);
    const deciding = Object.hasOwn(FOREIGN_ATTRIBUTES, name) ? FOREIGN_ATTRIBUTES[name]! : [];
    const at = this.#attributes.read(from, deciding.length > 0 ? deciding : (element?.wanted ?? []));
    if (at < 0) return at;
    const isForeign = this.#foreign.start(name, this.#attributes.isSelfClosing, this.#value);
    if (element === undefined) return at;
    if (element.wanted !== null) this.#sink.onTag(name, this.#attributes, isForeign);
    return isForeign || element.content === 'markup' ? at : this.#contentEnd(element, at);
  }

  #endTag(from: number): number {
    const code = this.#text.charCodeAt(from);
    // `</>` is nothing; anything else that is no name begins a comment up to the next `>`.
    if (!isLetter(code)) return after(this.#text.indexOf('>', from), 1);
    this.#readName(from);
    const end = this.#nameEnd;
    const at = this.#text.charCodeAt(end) === 0x3e ? end + 1 : this.#attributes.read(end);
    if (this.#foreign.isOpen && at >= 0) this.#foreign.end(lowered(this.#text.slice(from, end)));
    return at;
  }

  #readName(from: number): void {
    const text = this.#text;
    let at = from;
    let hash = 0;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code <= 0x3e && (code === 0x3e || code === 0x2f || isSpace(code))) break;
      hash = (hash * 31 + (code | 0x20)) & (TABLE_SIZE - 1);
    }
    this.#nameEnd = at;
    this.#hash = hash;
  }

  /** Behind the text of an element that holds no markup; its end tag is still to come. */
  #contentEnd(element: Element, from: number): number {
    if (this.#isXml && (element.content !== 'title' || this.#attributes.isSelfClosing)) return from;
    if (element.content === 'plaintext') return -1;
    const text = this.#text;
    if (element.content === 'script') return scriptEnd(text, from);
    const end = rawTextEnd(text, element.name, from);
    if (element.content === 'title' && !this.#hasTitle) {
      this.#hasTitle = true;
      this.#sink.onTitle(text.slice(from, end));
    }
    return end;
  }

  #declarationEnd(open: number): number {
    const text = this.#text;
    if (text.startsWith('--', open + 2)) return commentEnd(text, open);
    if (text.startsWith('[CDATA[', open + 2) && (this.#isXml || this.#foreign.isForeign)) {
      return after(text.indexOf(']]>', open + 9), 3);
    }
    // Also a doctype ends at the first `>`, inside quotes too.
    return after(text.indexOf('>', open + 2), 1);
  }
}

function hashOf(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i += 1) hash = (hash * 31 + name.charCodeAt(i)) & (TABLE_SIZE - 1);
  return hash;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d && code !== 0x0b);
}

function isNamed(text: string, from: number, to: number, name: string): boolean {
  if (to - from !== name.length) return false;
  for (let i = 0; i < name.length; i += 1) if ((text.charCodeAt(from + i) | 0x20) !== name.charCodeAt(i)) return false;
  return true;
}

// Only the letters A to Z are lowered: the standard knows no others.
function lowered(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name;
}

function after(index: number, length: number): number {
  return index < 0 ? -1 : index + length;
}
