// The scanner finds start tags and their attributes in HTML text, at a small part of a parser's cost. It jumps from one
// `<` to the next and follows the HTML standard's tokenizer (section 13.2.5) where that decides what is a tag: raw
// text, RCDATA, script escapes, comments, CDATA in foreign content. No input makes it throw, recurse, or read a stretch
// twice. A page comes in one or more pieces. What the end of a piece cuts is read again; what fills one is shortened.

import { PARSED_SLICE_BYTES, RAW_TEXT_LENGTH_MAX } from '../../base/limits.ts';
import { doctypeAt, knownText, NO_ENTITIES } from '../entities.ts';
import { Attributes } from './attributes.ts';
import { type Element, Elements, lowered, nameEnd, type WantedElements } from './elements.ts';
import { FOREIGN_ATTRIBUTES, ForeignContent } from './foreign.ts';
import { CDATA, GatheredText, isSource } from './gathered-text.ts';
import { Prefixes, type XmlNames } from './prefixes.ts';
import { after, commentEnd, isLetter, rawTextEnd, type ScriptState, scriptEnd } from './raw-text.ts';
import { shortened } from './shorten.ts';
import { tagEnd } from './tag-places.ts';
import type { TagSink } from './tag-sink.ts';

export type { Wanted } from './elements.ts';

/** How the text of a page is to be read. */
export interface HtmlKind {
  /** Turns a piece of the text with characters beyond ASCII into what the page means. */
  readonly decode: (raw: string) => string;
  /** Read by the rules of XML: no raw text, elements close themselves, CDATA everywhere. */
  readonly isXml: boolean;
}

export interface HtmlText extends HtmlKind {
  readonly text: string;
}

/** Takes the next piece of a page; nothing may follow the last one. */
export type PieceScan = (piece: string, isLast: boolean) => void;

/** The characters that a token needs to show its kind: `<![CDATA[`. */
const LOOK_AHEAD = 9;
const STYLE_SHEET = 'xml-stylesheet';

/** Prepares a scanner for the wanted elements: HTML's, those of svg and math, and attributes of all others. */
export function createScanner(...wanted: WantedElements): (page: HtmlText, sink: TagSink) => void {
  const elements = new Elements(...wanted);
  return (page, sink) => void new Scan(elements, page, sink).read(page.text, true);
}

/** Prepares a scanner for pages that come in pieces. */
export function createPieceScanner(...wanted: WantedElements): (page: HtmlKind, sink: TagSink) => PieceScan {
  const elements = new Elements(...wanted);
  return (page, sink) => {
    const scan = new Scan(elements, page, sink);
    let cut = '';
    return (piece, isLast) => {
      const text = cut + piece;
      cut = text.slice(scan.read(text, isLast));
      if (cut.length > PARSED_SLICE_BYTES) cut = shortened(cut, scan.attributeNames);
    };
  };
}

class Scan {
  readonly #elements: Elements;
  readonly #isXml: boolean;
  readonly #sink: TagSink;
  readonly #attributes: Attributes;
  readonly #decode: HtmlKind['decode'];
  readonly #foreign: ForeignContent;
  readonly #value = (name: string): string | null => this.#attributes.value(name);
  #text = '';
  /** What the document declares, if it is XML. */
  #entities = NO_ENTITIES;
  #isLast = true;
  /** The last place at which a token may begin and still show its kind. */
  #lastOpen = 0;
  /** Where the text is cut inside a raw text or a heading; -1 elsewhere. */
  #cut = -1;
  #hasTitle = false;
  /** The element whose raw text was cut, and its text so far. */
  #raw: Element | null = null;
  #rawText = '';
  #script: ScriptState = { state: 'plain', resume: 0 };
  readonly #prefixes = new Prefixes();
  readonly #gathered = new GatheredText(this.#prefixes);

  constructor(elements: Elements, { decode, isXml }: HtmlKind, sink: TagSink) {
    this.#elements = elements;
    this.#isXml = isXml;
    this.#foreign = new ForeignContent(isXml);
    this.#sink = sink;
    this.#decode = decode;
    this.#attributes = new Attributes(decode, isXml ? (written) => knownText(written, this.#entities) : undefined);
  }

  /** The wanted attributes of the last tag. */
  get attributeNames(): readonly string[] {
    return this.#attributes.names;
  }

  /** Reads a text. It returns the place from which the text must be read again with more after it. */
  read(text: string, isLast: boolean): number {
    this.#text = text;
    this.#attributes.over(text);
    this.#isLast = isLast;
    this.#lastOpen = isLast ? text.length : text.length - LOOK_AHEAD;
    this.#cut = -1;
    const end = this.#tokens(this.#resumed());
    if (isLast) this.#endGathered();
    return this.#cut < 0 ? end : this.#cut;
  }

  /** The place after what the last piece cut; -1 if this piece does not end it either. */
  #resumed(): number {
    const at = this.#raw === null ? 0 : this.#rawEnd(this.#raw, 0);
    return at < 0 || this.#gathered.element === null ? at : this.#gatheredEnd(at);
  }

  #tokens(from: number): number {
    const text = this.#text;
    const last = this.#lastOpen;
    let at = from;
    let open = from < 0 ? -1 : text.indexOf('<', from);
    while (open >= 0 && open <= last) {
      at = this.#token(open);
      // A tag, comment or raw text that the end of the text cuts does not count.
      if (at < 0) return open;
      // Tags often follow each other directly, and a call is expensive.
      open = text.charCodeAt(at) === 0x3c ? at : text.indexOf('<', at);
    }
    return open < 0 ? text.length : open;
  }

  /** The place after the token that begins at `open`, raw text included; -1 if the text ends first. */
  #token(open: number): number {
    const text = this.#text;
    const code = text.charCodeAt(open + 1);
    if (isLetter(code)) return this.#startTag(open + 1);
    if (code === 0x2f) return this.#endTag(open + 2);
    if (code === 0x21) return this.#declarationEnd(open);
    if (code !== 0x3f) return open + 1;
    // One processing instruction acts like an element of the document.
    const isStyleSheet = this.#isXml && !this.#foreign.isOpen && text.startsWith(STYLE_SHEET, open + 2);
    return isStyleSheet ? this.#startTag(open + 2) : after(text.indexOf('>', open + 2), 1);
  }

  #startTag(written: number): number {
    const text = this.#text;
    const end = nameEnd(text, written);
    if (this.#isXml) this.#prefixes.declare(text, end, this.#attributes);
    const from = this.#isXml ? this.#prefixes.nameFrom(text, written, end) : written;
    const names = this.#isXml ? this.#prefixes.namesOf(text, written, from, this.#foreign.isHtmlByDefault) : undefined;
    if (this.#foreign.isOpen) return this.#startInForeign(lowered(text.slice(from, end)), end, names);
    const element = this.#elements.at(text, from, end);
    if (element === undefined) return this.#otherTag(from, end);
    const at = this.#attributes.read(end, element.wanted ?? undefined);
    if (at < 0) return at;
    if (element.wanted !== null) this.#sink.onTag(element.name, this.#attributes, false);
    if (element.content === 'markup') return at;
    if (element.content === 'foreign') {
      this.#foreign.start(element.name, this.#attributes.isSelfClosing, this.#value, names);
      return at;
    }
    return this.#contentEnd(element, at);
  }

  #startInForeign(name: string, from: number, names: XmlNames | undefined): number {
    const element = this.#elements.named(name);
    const deciding = Object.hasOwn(FOREIGN_ATTRIBUTES, name) ? FOREIGN_ATTRIBUTES[name]! : [];
    const { other } = this.#elements;
    const wanted = (element ?? other)?.wantedInForeign ?? [];
    const at = this.#attributes.read(from, deciding.length > 0 ? deciding : wanted);
    if (at < 0) return at;
    const isForeign = this.#foreign.start(name, this.#attributes.isSelfClosing, this.#value, names);
    if (element === undefined) {
      if (other !== undefined && deciding.length === 0) this.#sink.onTag(name, this.#attributes, isForeign);
      return at;
    }
    if (element.wantedInForeign !== null) this.#sink.onTag(name, this.#attributes, isForeign);
    if (isForeign) return name === 'style' ? this.#gather(element, at) : at;
    return element.content === 'markup' ? at : this.#contentEnd(element, at);
  }

  /** An element in neither table: only the attributes that are wanted of all count. */
  #otherTag(from: number, end: number): number {
    const { other } = this.#elements;
    if (other?.wanted == null) return tagEnd(this.#text, end);
    const at = this.#attributes.read(end, other.wanted);
    if (at >= 0 && this.#attributes.hasAnyFrom())
      this.#sink.onTag(lowered(this.#text.slice(from, end)), this.#attributes, false);
    return at;
  }

  #endTag(from: number): number {
    // `</>` is nothing. Anything else that is not a name begins a comment up to the next `>`.
    if (!isLetter(this.#text.charCodeAt(from))) return after(this.#text.indexOf('>', from), 1);
    const end = nameEnd(this.#text, from);
    const at = tagEnd(this.#text, end);
    if (!this.#foreign.isOpen || at < 0) return at;
    this.#foreign.end(lowered(this.#text.slice(this.#prefixes.nameFrom(this.#text, from, end), end)));
    return at;
  }

  /** The place after the text of an element without markup, or of a heading; its end tag is still to come. */
  #contentEnd(element: Element, from: number): number {
    if (element.content === 'heading') return this.#gather(element, from);
    if (this.#isXml && element.content !== 'title') return isSource(element) ? this.#gather(element, from) : from;
    if (this.#isXml && this.#attributes.isSelfClosing) return from;
    this.#script = { state: 'plain', resume: 0 };
    return this.#rawEnd(element, from);
  }

  #rawEnd(element: Element, from: number): number {
    const text = this.#text;
    const end = this.#rawTextEnd(element, from);
    const isCut = end < 0 && !this.#isLast;
    // The end tag may have begun already.
    const tail =
      element.content === 'script'
        ? this.#script.resume
        : text.length - this.#prefixes.written(element.name).length - 2;
    const to = isCut ? Math.max(from, tail) : end < 0 ? text.length : end;
    const room = this.#isTold(element) ? RAW_TEXT_LENGTH_MAX - this.#rawText.length : 0;
    if (room > 0) this.#rawText += text.slice(from, Math.min(to, from + room));
    this.#raw = isCut ? element : null;
    if (isCut) this.#cut = to;
    else this.#endRaw(element);
    return isCut ? -1 : to;
  }

  #rawTextEnd(element: Element, from: number): number {
    if (element.content === 'plaintext') return -1;
    if (element.content === 'script') return scriptEnd(this.#text, from, this.#script, this.#isLast);
    return rawTextEnd(this.#text, this.#prefixes.written(element.name), from);
  }

  #isTold(element: Element): boolean {
    return element.content === 'title' ? !this.#hasTitle : element.wanted !== null;
  }

  #endRaw(element: Element): void {
    if (!this.#isTold(element)) return;
    const raw = this.#rawText;
    this.#rawText = '';
    if (element.content === 'title') {
      this.#hasTitle = true;
      this.#sink.onTitle(raw);
    } else this.#sink.onText?.(element.name, raw, false);
  }

  /** Begins to gather the text of an element that is read as markup. An element inside it belongs to it. */
  #gather(element: Element, from: number): number {
    const isEmpty = this.#attributes.isSelfClosing && (this.#isXml || element.content !== 'heading');
    if (isEmpty || this.#gathered.element !== null || !this.#isTold(element)) return from;
    this.#gathered.element = element;
    return this.#gatheredEnd(from);
  }

  /** Reads on until the gathered element ends, and returns the place of the tag that ends it. */
  #gatheredEnd(from: number): number {
    const text = this.#text;
    const gathered = this.#gathered;
    let at = from;
    let open = text.indexOf('<', at);
    for (; open >= 0 && open <= this.#lastOpen; open = text.indexOf('<', at)) {
      gathered.add(text.slice(at, open));
      if (gathered.isOver(text, open)) {
        this.#endGathered();
        return open;
      }
      at = this.#token(open);
      if (at < 0) {
        if (this.#cut < 0) this.#cut = open;
        return -1;
      }
      gathered.addToken(text, open, at);
    }
    this.#cut = open < 0 ? text.length : open;
    gathered.add(text.slice(at, this.#cut));
    return -1;
  }

  #endGathered(): void {
    const { element } = this.#gathered;
    if (element !== null) this.#sink.onText?.(element.name, this.#gathered.take(), true);
  }

  #declarationEnd(open: number): number {
    const text = this.#text;
    if (text.startsWith('--', open + 2)) return commentEnd(text, open, this.#sink.onComment);
    if (text.startsWith(CDATA, open) && (this.#isXml || this.#foreign.isForeign)) {
      return after(text.indexOf(']]>', open + 9), 3);
    }
    const doctype = this.#isXml ? doctypeAt(text, open, this.#decode) : null;
    if (doctype !== null && (doctype.end > 0 || !this.#isLast)) {
      this.#entities = doctype.entities;
      return doctype.end;
    }
    // In HTML a doctype too ends at the first `>`, even inside quotes.
    return after(text.indexOf('>', open + 2), 1);
  }
}
