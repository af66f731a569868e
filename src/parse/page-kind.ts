// Whether a body is a page, as pictures in SVG are too: by its type, and where it has none, by how it begins (MIME Sniffing standard, section 7.1). The crawl decides it when the bytes come, and
// the views are told by the row what it decided.

import { SNIFFED_BYTES_MAX } from '../base/limits.ts';

export type PageKind = 'html' | 'xhtml' | 'svg';

/** How a page begins that was sent without a type; a byte order mark does not hide it. */
const PAGE_BEGINS =
  /^(?:\xef\xbb\xbf)?[\t\n\f\r ]*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[ >]/i;
/** Two tokens (RFC 9110, section 5.6.2); what servers write behind them without a semicolon is forgiven. */
const MEDIA_TYPE = /^[\t\n\r ]*([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+)(?=[\t\n\r ;,]|$)/;

/** Type and subtype in lower case, without parameters; empty where the value is no media type. */
export function mediaTypeOf(contentType: string): string {
  return MEDIA_TYPE.exec(contentType)?.[1]?.toLowerCase() ?? '';
}

export function isXmlType(mediaType: string): boolean {
  return /^(?:text|application)\/xml$|\+xml$/.test(mediaType);
}

/** `null` is no page. A type that says something is believed: no text/plain is read as a page. */
export function pageKind(mediaType: string, bytes: Uint8Array): PageKind | null {
  const told = kindOfType(mediaType);
  if (told !== null || !isUnknown(mediaType)) return told;
  const beginning = Buffer.from(bytes.subarray(0, SNIFFED_BYTES_MAX)).toString('latin1');
  return PAGE_BEGINS.test(beginning) ? 'html' : null;
}

/** What a row keeps of a response. */
export interface Typed {
  readonly contentType: string | null;
  readonly charset: string | null;
}

/** The same of a row: of what came without a type only a page was read, and so has an encoding. */
export function pageKindOfRow(row: Typed): PageKind | null {
  const mediaType = mediaTypeOf(row.contentType ?? '');
  const wasRead = row.charset !== null && row.charset !== '';
  return kindOfType(mediaType) ?? (isUnknown(mediaType) && wasRead ? 'html' : null);
}

/** Whether there is text to read, as on every page but a picture. */
export function isTextPage(row: Typed): boolean {
  const kind = pageKindOfRow(row);
  return kind === 'html' || kind === 'xhtml';
}

function kindOfType(mediaType: string): PageKind | null {
  if (mediaType === 'text/html') return 'html';
  if (mediaType === 'application/xhtml+xml') return 'xhtml';
  return mediaType === 'image/svg+xml' ? 'svg' : null;
}

function isUnknown(mediaType: string): boolean {
  return mediaType === '' || /^(?:(?:application|unknown)\/unknown|\*\/\*)$/.test(mediaType);
}
