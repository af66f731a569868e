// XML in pieces of any size, as tags and text. It jumps from `<` to `<` and keeps no more than one tag. Nothing is declared: an
// entity that a document defines for itself stays as it is written, so none can grow, and nothing outside is ever read.

import { XML_DEPTH_MAX, XML_TAG_LENGTH_MAX } from '../../base/limits.ts';
import { decodeReferences } from '../html/references.ts';

export interface XmlHandler {
  /** Names are without prefix, as are those of attributes; `parent` is empty for the root. */
  onOpen(name: string, attributes: ReadonlyMap<string, string>, parent: string): void;
  /** Text as it is written, in pieces; `xmlText` tells what it means. */
  onText(written: string): void;
  /** Each element that was opened is closed; `isCut`: the document ended before. */
  onClose(name: string, isCut: boolean): void;
}

export interface XmlReader {
  write(piece: string): void;
  end(): void;
}

/** What is not markup, from its beginning to its end. A subset of a document type ends with the bracket. */
const OPAQUE: readonly (readonly [begin: string, end: string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
];
const CDATA_END = ']]>';
const SUBSET_END = ']>';
const LONGEST_BEGIN = '<![CDATA['.length;
/** Behind a `<` that is text. */
const NO_TAG = ' \t\n\r<>="\'&';
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();
const ATTRIBUTE = /([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?|[\s\S]/gy;
const REFERENCE = /&#?\w+;/g;

/** Reads one document. */
export function createXmlReader({ onOpen, onText, onClose }: XmlHandler): XmlReader {
  const open: string[] = [];
  /** Open elements beyond those that are kept by name. */
  let deeper = 0;
  let rest = '';
  /** The end of the comment, the text or the declaration that we are in; null in markup. */
  let until: string | null = null;

  const close = (name: string): void => {
    if (deeper > 0) deeper -= 1;
    else {
      // An end tag that closes nothing is none; one that closes several says that their own were forgotten.
      const place = open.lastIndexOf(name);
      while (place >= 0 && open.length > place) onClose(open.pop()!, false);
    }
  };
  const tag = (text: string): void => {
    if (text.startsWith('</')) return close(localName(/^[^\s>]*/.exec(text.slice(2))![0]));
    const isEmpty = text.endsWith('/>');
    if (open.length < XML_DEPTH_MAX && deeper === 0) {
      const name = /^[^\s/>]*/.exec(text.slice(1))![0];
      const parent = open.at(-1) ?? '';
      open.push(localName(name));
      onOpen(open.at(-1)!, attributesOf(text, 1 + name.length), parent);
      if (isEmpty) onClose(open.pop()!, false);
    } else if (!isEmpty) deeper += 1;
  };
  /** Where what is opaque ends, or how far it is known to go on. */
  const skip = (text: string, from: number, end: string): number => {
    const found = text.indexOf(end, from);
    const to = found < 0 ? Math.max(from, text.length - end.length + 1) : found;
    if (end === CDATA_END && to > from) onText(text.slice(from, to).replaceAll('&', '&amp;'));
    if (found < 0) return to;
    until = null;
    return found + end.length;
  };

  const read = (text: string, isLast: boolean): number => {
    let at = 0;
    while (at < text.length) {
      if (until !== null) {
        at = skip(text, at, until);
        if (until !== null) return at;
        continue;
      }
      const start = text.indexOf('<', at);
      if (start !== at) onText(text.slice(at, start < 0 ? text.length : start));
      if (start < 0) return text.length;
      if (NO_TAG.includes(text[start + 1] ?? 'x')) {
        onText('<');
        at = start + 1;
        continue;
      }
      if (text.length - start < LONGEST_BEGIN && !isLast && !text.includes('>', start)) return start;
      const opaque = OPAQUE.find(([begin]) => text.startsWith(begin, start));
      const end = opaque === undefined ? tagEnd(text, start) : declarationEnd(text, start, opaque);
      if (end < 0 && text.length - start < XML_TAG_LENGTH_MAX) return start;
      // Nothing behind it can be a tag either: there is no `>`, or it is within quotes.
      if (end < 0) return text.length;
      at = end;
      if (opaque === undefined) tag(text.slice(start, end));
      else until = opaque[1] === '>' ? (text[end - 1] === '[' ? SUBSET_END : null) : opaque[1];
    }
    return at;
  };

  return {
    write(piece) {
      const text = rest + piece;
      rest = text.slice(read(text, false));
    },
    end() {
      if (rest !== '') read(rest, true);
      while (open.length > 0) onClose(open.pop()!, true);
    },
  };
}

/** What written text means. Only the references that XML and HTML know; one without its semicolon is a raw `&`. */
export function xmlText(written: string): string {
  return written.includes('&') ? written.replace(REFERENCE, (whole) => decodeReferences(whole, true)) : written;
}

/** The same where every reference in it is known; null where nobody can say what is meant. */
export function knownText(written: string): string | null {
  const isKnown = (whole: string): boolean => ![whole, '\ufffd'].includes(decodeReferences(whole, true));
  return written.includes('&') && !(written.match(REFERENCE) ?? []).every(isKnown) ? null : xmlText(written);
}

/** Behind the `>` of a tag, which may also stand within quotes; -1 where it is not there yet. */
function tagEnd(text: string, start: number): number {
  const first = text.indexOf('>', start);
  if (first < 0) return -1;
  let quote = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const sign = text[at]!;
    if (quote !== '') quote = sign === quote ? '' : quote;
    else if (sign === '>') return at + 1;
    else if (sign === '"' || sign === "'") quote = sign;
  }
  // Quotes that are never closed, in what is no proper tag.
  return text.length - start < XML_TAG_LENGTH_MAX ? -1 : first + 1;
}

/** Behind the beginning of what is opaque; of a declaration, behind its `>` or the `[` of its subset. */
function declarationEnd(text: string, start: number, [begin, end]: readonly [string, string]): number {
  if (end !== '>') return start + begin.length;
  const close = text.indexOf('>', start);
  const subset = text.indexOf('[', start);
  if (subset >= 0 && (close < 0 || subset < close)) return subset + 1;
  return close < 0 ? -1 : close + 1;
}

function attributesOf(tag: string, from: number): ReadonlyMap<string, string> {
  if (!tag.includes('=', from)) return NO_ATTRIBUTES;
  const attributes = new Map<string, string>();
  ATTRIBUTE.lastIndex = from;
  for (let match = ATTRIBUTE.exec(tag); match !== null; match = ATTRIBUTE.exec(tag)) {
    const value = knownText(match[2] ?? match[3] ?? '');
    if (value !== null && (match[2] ?? match[3]) !== undefined) attributes.set(localName(match[1]!), value);
  }
  return attributes;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
