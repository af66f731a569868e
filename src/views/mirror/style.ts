// Style sheets, inline styles and style attributes in a mirror: only their addresses change. Also other texts.

import { isAscii, isUtf8 } from 'node:buffer';
import { decoded, hasMark, isAsciiIn, labelOf, nameOfEncoding } from '../../parse/charset.ts';
import { cssLinks } from '../../parse/css/css.ts';
import { declaredSheetEncoding, styleSheetText } from '../../parse/css/style-sheet.ts';
import { latin1 } from '../../parse/latin1.ts';
import { mediaTypeOf } from '../../parse/page-kind.ts';
import { type Edit, edited, type Relink } from './links.ts';

/** The byte order mark of UTF-8; browsers trust it more than anything else. */
export const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** Types of texts that do not declare their own encoding. */
const TEXTS = /^text\/(?:plain|csv|tab-separated-values|(?:x-)?markdown)$/;
const SCRIPT = /^(?:text|application)\/(?:x-)?(?:java|ecma)script$/;
const SCRIPT_FILE = /^[^?#]*\.m?js(?:[?#]|$)/i;
const JSON_TYPE = /^(?:application|text)\/json$|\+json$/;

/**
 * The bytes of a style sheet's file in the mirror. The text becomes UTF-8 with a byte order mark if only the response's
 * header named the encoding, or if an address changed.
 */
export function mirroredSheet(body: Uint8Array, contentType: string, relink: Relink): Uint8Array {
  if (hasEncodingOfPages(body, contentType)) {
    const link = (raw: string): string => Buffer.from(raw, 'latin1').toString();
    return Buffer.from(mirroredStyle(latin1(body), relink, link), 'latin1');
  }
  const { text, charset } = styleSheetText(body, contentType);
  const style = mirroredStyle(text, relink, (raw) => raw);
  const isSaid =
    isAsciiIn(charset, body) || labelOf(contentType) === undefined || declaredSheetEncoding(body) === charset;
  if (style === text && isSaid) return body;
  return isAscii(Buffer.from(style)) ? Buffer.from(style) : Buffer.concat([MARK, Buffer.from(style)]);
}

/** A style sheet that names no encoding has that of the page that links to it, and here no such page is known. */
function hasEncodingOfPages(body: Uint8Array, contentType: string): boolean {
  return labelOf(contentType) === undefined && declaredSheetEncoding(body) === null && !isUtf8(body);
}

/** The media type; that of scripts for the file of a script without a type. */
export function scriptTypeOf(url: string, contentType: string): string {
  return mediaTypeOf(contentType) || (SCRIPT_FILE.test(url) ? 'text/javascript' : '');
}

export function isScript(mediaType: string): boolean {
  return SCRIPT.test(mediaType);
}

/**
 * The bytes of a script or a plain text in the mirror. The text becomes UTF-8 with a byte order mark if the response's
 * header named another encoding. A script in UTF-8 gets the mark too: a browser guesses the encoding of a text on a
 * disk, but reads a script in that of its page.
 */
export function mirroredText(body: Uint8Array, mediaType: string, contentType: string): Uint8Array {
  const label = labelOf(contentType);
  // Programs read JSON as UTF-8 whatever its header says, and it must not have a byte order mark (RFC 8259, section
  // 8.1).
  if (label !== undefined && JSON_TYPE.test(mediaType) && !isUtf8(body))
    return Buffer.from(decoded(body, nameOfEncoding(body, label)));
  if (label === undefined || hasMark(body) || !(TEXTS.test(mediaType) || isScript(mediaType))) return body;
  const charset = nameOfEncoding(body, label);
  if (isAsciiIn(charset, body)) return body;
  if (charset === 'utf-8') return isScript(mediaType) ? Buffer.concat([MARK, body]) : body;
  return Buffer.concat([MARK, Buffer.from(decoded(body, charset))]);
}

/** `decode` gives the meaning of an address whose characters are bytes of the page. */
export function mirroredStyle(text: string, relink: Relink, decode: (raw: string) => string): string {
  const edits: Edit[] = [];
  cssLinks(text, (url, _isImport, from, to) => {
    const link = relink(decode(url));
    if (link !== null) edits.push({ from, to, text: safeInCss(link) });
  });
  return edits.length === 0 ? text : edited(text, edits);
}

/**
 * Escapes a link, so that it cannot end a string or a bracket or begin an escape. Non-ASCII characters are escaped as
 * in a URL.
 */
function safeInCss(link: string): string {
  return encodeURI(link.toWellFormed())
    .replace(/%25/g, '%')
    .replace(/['()]/g, (odd) => `%${odd.charCodeAt(0).toString(16)}`);
}
