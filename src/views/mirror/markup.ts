// Texts that stand in markup: what they say, and how they are written so that they say it.

import { CDATA } from '../../parse/html/gathered-text.ts';
import { decodeReferences } from '../../parse/html/references.ts';

/** A reference of XML stands in the style, and not in what is quoted from all of them. */
export function hasReferences(style: string): boolean {
  const text = style.trim();
  return style.includes('&') && !(text.startsWith(CDATA) && text.indexOf(']]>') === text.length - 3);
}

/** What the text of a style in markup says: without tags, its references decoded. */
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

/** In either kind of quotes, and in any encoding. */
export function inAttribute(value: string): string {
  return value.replace(/[&<>"'\x80-\u{10ffff}]/gu, (odd) => `&#${odd.codePointAt(0)};`);
}
