// Reads a style sheet as a page: its imports and its images are its links. Its own URL is their base.

import { isAscii, isUtf8 } from 'node:buffer';
import type { Link, ParseContext, ParsedPage } from '../../base/contracts.ts';
import { PARSED_SLICE_BYTES, SHEET_BYTES_MAX } from '../../base/limits.ts';
import { decoded, hasMark, isAsciiIn, labelOf, nameOfEncoding } from '../charset.ts';
import { NO_TEXT } from '../html/page-text.ts';
import { isFull, type Joined, type JoinTo, joinLinks, nothingUnkept } from '../join-links.ts';
import { latin1 } from '../latin1.ts';
import { CssScan } from './css.ts';

/** `@charset` counts only if it is written exactly like this (CSS Syntax Level 3, section 3.2). */
const IMPORT = /@import/i;
const CHARSET_RULE = /^@charset "([^"\x80-\xff]{0,200})";/;

/**
 * Reads the links of a style sheet; a large one slice by slice, with a turn of the event loop after each. It becomes a
 * string as a whole before that, so of one without an end only the beginning is read.
 */
export async function styleSheetLinks(
  body: Uint8Array,
  context: ParseContext,
  joinTo: JoinTo,
  turn: () => Promise<void>,
): Promise<ParsedPage> {
  const bytes = body.subarray(0, SHEET_BYTES_MAX);
  const isCut = bytes.length < body.length;
  const { text, charset } = styleSheetText(bytes, await typeInOuter(bytes, context));
  const hrefs: Link[] = [];
  const joined: Joined = { links: [], bad: [], unkept: nothingUnkept() };
  const scan = new CssScan(text, (url, isImport) => {
    if (isFull(hrefs)) joined.unkept.dropped += 1;
    else hrefs.push({ url, kind: isImport ? 'style' : 'requisite', rel: '', element: 'css' });
  });
  while (!scan.run(PARSED_SLICE_BYTES)) await turn();
  const join = joinTo(context.url);
  if (join !== null) await joinLinks(hrefs, joined, join, context.url.length, turn);
  const page = { ...joined, base: context.url, charset, title: '', nofollow: false, text: NO_TEXT };
  return isCut ? { ...page, remark: `of the style sheet the first ${SHEET_BYTES_MAX} bytes were read` } : page;
}

/**
 * The type with the encoding of what led to the style sheet, if nothing else tells it (CSS Syntax Level 3, section
 * 3.2). A style sheet in ASCII hands the encoding on to those that it imports.
 */
async function typeInOuter(bytes: Uint8Array, { contentType, outer }: ParseContext): Promise<string> {
  if (outer === undefined || labelOf(contentType) !== undefined || declaredSheetEncoding(bytes) !== null)
    return contentType;
  if (isUtf8(bytes) && !(isAscii(bytes) && IMPORT.test(latin1(bytes)))) return contentType;
  const charset = (await outer())?.charset ?? 'utf-8';
  return `text/css; charset=${charset}`;
}

/** The whole style sheet as text. */
export function styleSheetText(
  bytes: Uint8Array,
  contentType: string,
): { readonly text: string; readonly charset: string } {
  const charset = styleSheetEncoding(bytes, contentType);
  return { text: isAsciiIn(charset, bytes) ? latin1(bytes) : decoded(bytes, charset), charset };
}

/** The encoding that the style sheet itself declares, by a byte order mark or a rule; null if it declares none. */
export function declaredSheetEncoding(bytes: Uint8Array): string | null {
  return hasMark(bytes) || CHARSET_RULE.test(latin1(bytes.subarray(0, 256))) ? styleSheetEncoding(bytes, '') : null;
}

/** The encoding by this order: byte order mark, header, `@charset`, UTF-8 (CSS Syntax Level 3, section 3.2). */
function styleSheetEncoding(bytes: Uint8Array, contentType: string): string {
  const rule = CHARSET_RULE.exec(latin1(bytes.subarray(0, 256)))?.[1];
  const named = nameOfEncoding(bytes, labelOf(contentType) ?? rule ?? 'utf-8');
  // A rule that can be read as ASCII cannot be in UTF-16, whatever it says.
  return rule !== undefined && labelOf(contentType) === undefined && named.startsWith('utf-16') ? 'utf-8' : named;
}
