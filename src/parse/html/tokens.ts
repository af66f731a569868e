// Reads a whole page as tags and text, for views that show a page in another form. The scanner in `html.ts` looks for
// links and skips the rest. This one skips what nobody reads: comments, scripts, styles, the title. A script
// with a formula is read as `math`. No input makes it
// throw or read a stretch twice.

import { doctypeAt, knownText, NO_ENTITIES } from '../entities.ts';
import { Attributes, asItIs } from './attributes.ts';
import { type ElementName, elementNameAt, elements } from './element-names.ts';
import { nameEnd } from './elements.ts';
import { Prefixes } from './prefixes.ts';
import { commentEnd, isLetter, rawTextEnd, scriptEnd } from './raw-text.ts';
import { cleaned, decodeReferences } from './references.ts';
import { tagEnd } from './tag-places.ts';

export interface TokenSink {
  /** The attributes to read of an element; all in lower case. */
  wanted(element: ElementName): readonly string[];
  /** `attributes` is valid until the call returns. */
  onOpen(element: ElementName, attributes: Attributes): void;
  /** Decoded text, in pieces. */
  onText(text: string): void;
  onClose(element: ElementName): void;
}

/** Elements whose text is not markup. */
const RAW = elements('script style title xmp iframe noembed noframes textarea');
const MATH = elementNameAt('math', 0, 4);
/** Scripts with a formula that MathJax draws. */
const FORMULA = /^\s*math\/(?:tex|asciimath)\s*(?:;|$)/i;
/** Some writers hide the formula from readers of XML. */
const WRAPPING = /^\s*(?:%\s*)?<!\[CDATA\[|(?:%\s*)?\]\]>\s*$/g;
const CDATA = '<![CDATA[';

/** Reads the tokens of a page. `isXml`: no text is raw, CDATA is text, and elements close themselves. */
export function readTokens(page: string, isXml: boolean, sink: TokenSink): void {
  const text = /[\r\0]/.test(page) ? cleaned(page) : page;
  let entities = NO_ENTITIES;
  const meaning = (written: string, isAttribute: boolean): string =>
    (isXml ? knownText(written, entities) : null) ?? decodeReferences(written, isAttribute);
  const attributes = new Attributes(asItIs, (written) => meaning(written, true));
  attributes.over(text);
  const prefixes = new Prefixes();
  const elementAt = (from: number, end: number): ElementName =>
    elementNameAt(text, isXml ? prefixes.nameFrom(text, from, end) : from, end);

  const startTag = (open: number): number => {
    const end = nameEnd(text, open + 1);
    if (isXml) prefixes.declare(text, end, attributes);
    const element = elementAt(open + 1, end);
    const at = attributes.read(end, sink.wanted(element));
    if (at < 0) return at;
    const { name } = element;
    if (name === 'script' && FORMULA.test(attributes.value('type') ?? '')) return formula(at);
    sink.onOpen(element, attributes);
    if (isXml && attributes.isSelfClosing) sink.onClose(element);
    if (isXml || !RAW.has(element)) return at;
    const resume = { state: 'plain', resume: 0 } as const;
    const rawEnd = name === 'script' ? scriptEnd(text, at, { ...resume }, true) : rawTextEnd(text, name, at);
    // Old pages show code in it, as written.
    if (name === 'xmp') sink.onText(text.slice(at, rawEnd < 0 ? text.length : rawEnd));
    return rawEnd < 0 ? text.length : rawEnd;
  };
  /** Tells of the script as of the element for formulas, and returns the place after its text. */
  const formula = (at: number): number => {
    sink.onOpen(MATH, attributes);
    const found = isXml && attributes.isSelfClosing ? at : rawTextEnd(text, 'script', at);
    const end = found < 0 ? text.length : found;
    const raw = text.slice(at, end);
    const tex = raw.replace(WRAPPING, '');
    sink.onText(isXml && tex === raw ? meaning(raw, false) : tex);
    sink.onClose(MATH);
    return end;
  };
  const endTag = (open: number): number => {
    const end = nameEnd(text, open + 2);
    const at = tagEnd(text, end);
    if (at >= 0) sink.onClose(elementAt(open + 2, end));
    return at;
  };
  const declaration = (open: number): number => {
    if (text.startsWith('--', open + 2)) return commentEnd(text, open);
    const doctype = isXml ? doctypeAt(text, open) : null;
    if (doctype !== null && doctype.end > 0) {
      entities = doctype.entities;
      return doctype.end;
    }
    if (!isXml || !text.startsWith(CDATA, open)) return behind(text, '>', open);
    const end = text.indexOf(']]>', open);
    sink.onText(text.slice(open + CDATA.length, end < 0 ? text.length : end));
    return behind(text, ']]>', open);
  };

  let at = 0;
  while (at < text.length) {
    const open = markupAt(text, at);
    const to = open < 0 ? text.length : open;
    if (to > at) sink.onText(meaning(text.slice(at, to), false));
    if (open < 0) return;
    const code = text.charCodeAt(open + 1);
    if (code === 0x2f) at = isLetter(text.charCodeAt(open + 2)) ? endTag(open) : behind(text, '>', open);
    else at = code === 0x21 || code === 0x3f ? declaration(open) : startTag(open);
    // A tag that the end of the text cuts does not count.
    if (at < 0) return;
  }
}

/** The next `<` that begins markup; -1 if there is none. */
function markupAt(text: string, from: number): number {
  for (let open = text.indexOf('<', from); open >= 0; open = text.indexOf('<', open + 1)) {
    const code = text.charCodeAt(open + 1);
    if (code === 0x2f || code === 0x21 || code === 0x3f || isLetter(code)) return open;
  }
  return -1;
}

function behind(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  return found < 0 ? -1 : found + end.length;
}
