// Reads XML in pieces of any size, as tags and text. It jumps from `<` to `<` and keeps at most one tag. It never
// reads anything outside the document.

import { XML_DEPTH_MAX, XML_TAG_LENGTH_MAX } from '../../base/limits.ts';
import { doctypeAt, type Entities, knownText, NO_ENTITIES } from '../entities.ts';

export interface XmlHandler {
  /**
   * How many of the open elements stay open when this one begins. The others end before it, as cut: their end tags are
   * missing. Without this function all stay open.
   */
  staying?(name: string, prefix: string): number;
  /** Names of elements and attributes are without prefix. `parent` is empty for the root. */
  onOpen(name: string, attributes: ReadonlyMap<string, string>, parent: string, prefix: string): void;
  /** What the document declares. It comes before the root. */
  onEntities?(entities: Entities): void;
  /** Text as written, in pieces; `knownText` decodes it. */
  onText(written: string): void;
  /** Comes once for each opened element. `isCut`: the document ended before the element did, or `staying` ended it. */
  onClose(name: string, isCut: boolean): void;
}

export interface XmlReader {
  write(piece: string): void;
  end(): void;
}

/** What is not markup, from its beginning to its end. The internal subset of a document type ends with the bracket. */
const OPAQUE: readonly (readonly [begin: string, end: string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
];
const CDATA_END = ']]>';
const SUBSET_END = ']>';
const LONGEST_BEGIN = '<![CDATA['.length;
/** Characters after a `<` that make it text. */
const NO_TAG = ' \t\n\r<>="\'&';
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();
const ATTRIBUTE = /([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?|[\s\S]/gy;
/** Reads one document. */
export function createXmlReader({ staying, onEntities, onOpen, onText, onClose }: XmlHandler): XmlReader {
  const open: string[] = [];
  /** The number of open elements beyond those kept by name. */
  let deeper = 0;
  let rest = '';
  let entities = NO_ENTITIES;
  /** The end of the comment, text or declaration that is being read; null in markup. */
  let until: string | null = null;

  const close = (name: string): void => {
    if (deeper > 0) deeper -= 1;
    else {
      // An end tag that closes nothing is ignored. One that closes several elements closes those that were left open.
      const place = open.lastIndexOf(name);
      while (place >= 0 && open.length > place) onClose(open.pop()!, false);
    }
  };
  const tag = (text: string): void => {
    if (text.startsWith('</')) return close(localName(/^[^\s>]*/.exec(text.slice(2))![0]));
    const isEmpty = text.endsWith('/>');
    if (open.length < XML_DEPTH_MAX && deeper === 0) {
      const name = /^[^\s/>]*/.exec(text.slice(1))![0];
      const prefix = name.slice(0, Math.max(0, name.indexOf(':')));
      const kept = staying?.(localName(name), prefix) ?? open.length;
      while (open.length > kept) onClose(open.pop()!, true);
      const parent = open.at(-1) ?? '';
      open.push(localName(name));
      onOpen(open.at(-1)!, attributesOf(text, 1 + name.length, entities), parent, prefix);
      if (isEmpty) onClose(open.pop()!, false);
    } else if (!isEmpty) deeper += 1;
  };
  /** Where the opaque part ends, or how far it is known to reach. */
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
      const doctype = doctypeAt(text, start);
      if (doctype !== null && doctype.end < 0 && !isLast && text.length - start < XML_TAG_LENGTH_MAX) return start;
      if (doctype !== null && doctype.end >= 0) {
        at = doctype.end;
        entities = doctype.entities;
        onEntities?.(entities);
        continue;
      }
      const opaque = OPAQUE.find(([begin]) => text.startsWith(begin, start));
      const end = opaque === undefined ? tagEnd(text, start) : declarationEnd(text, start, opaque);
      if (end < 0 && text.length - start < XML_TAG_LENGTH_MAX) return start;
      // Nothing after it can be a tag either: there is no `>`, or it is inside quotes.
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

/** The place after the `>` of a tag, skipping a `>` inside quotes; -1 if it has not come yet. */
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
  // The quotes are never closed, so this is not a proper tag.
  return text.length - start < XML_TAG_LENGTH_MAX ? -1 : first + 1;
}

/** The place after the beginning of an opaque part. For a declaration it is after its `>` or the `[` of its subset. */
function declarationEnd(text: string, start: number, [begin, end]: readonly [string, string]): number {
  if (end !== '>') return start + begin.length;
  const close = text.indexOf('>', start);
  const subset = text.indexOf('[', start);
  if (subset >= 0 && (close < 0 || subset < close)) return subset + 1;
  return close < 0 ? -1 : close + 1;
}

function attributesOf(tag: string, from: number, entities: Entities): ReadonlyMap<string, string> {
  if (!tag.includes('=', from)) return NO_ATTRIBUTES;
  const attributes = new Map<string, string>();
  ATTRIBUTE.lastIndex = from;
  for (let match = ATTRIBUTE.exec(tag); match !== null; match = ATTRIBUTE.exec(tag)) {
    const value = knownText(match[2] ?? match[3] ?? '', entities);
    if (value !== null && (match[2] ?? match[3]) !== undefined) attributes.set(localName(match[1]!), value);
  }
  return attributes;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
