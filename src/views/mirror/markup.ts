// Reads and writes texts inside markup.

import { CDATA } from '../../parse/html/gathered-text.ts';
import { decodeReferences } from '../../parse/html/references.ts';

/** Whether the style itself has XML references. It does not count references in CDATA. */
export function hasReferences(style: string): boolean {
  const text = style.trim();
  return style.includes('&') && !(text.startsWith(CDATA) && text.indexOf(']]>') === text.length - 3);
}

/** The meaning of a style's text in markup: without tags, with its references decoded. */
export function textOfMarkup(text: string, decode: (raw: string) => string): string {
  let said = '';
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('<', at);
    const open = found < 0 ? text.length : found;
    said += decodeReferences(decode(text.slice(at, open)), false);
    const isCdata = text.startsWith(CDATA, open);
    const mark = isCdata ? ']]>' : text.startsWith('<!--', open) ? '-->' : '>';
    const close = text.indexOf(mark, open);
    const end = close < 0 ? text.length : close;
    if (isCdata) said += decode(text.slice(open + CDATA.length, end));
    at = end + mark.length;
  }
  return said;
}

export function inMarkup(text: string): string {
  return inAttribute(text).replaceAll('&#39;', "'").replaceAll('&#34;', '"');
}

/** Escapes a value for an attribute, for both kinds of quotes and any encoding. */
export function inAttribute(value: string): string {
  return value.replace(/[&<>"'\x80-\u{10ffff}]/gu, (odd) => `&#${odd.codePointAt(0)};`);
}
