// Whether a body is a page: by its type, and where it has none, by how it begins (MIME Sniffing standard, section 7.1).

import { SNIFFED_BYTES_MAX } from '../base/limits.ts';

/** How a page begins that was sent without a type; a byte order mark does not hide it. */
const PAGE_BEGINS =
  /^(?:\xef\xbb\xbf)?[\t\n\f\r ]*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[ >]/i;

/** Type and subtype in lower case, without parameters; empty where the value is no media type. */
export function mediaTypeOf(contentType: string): string {
  return /^[\t\n\r ]*([^\s/;,]+\/[^\s/;,]+)/.exec(contentType)?.[1]?.toLowerCase() ?? '';
}

/** `null` is no page. A type that says something is believed: no text/plain is read as a page. */
export function pageKind(mediaType: string, bytes: Uint8Array): 'html' | 'xhtml' | null {
  if (mediaType === 'text/html') return 'html';
  if (mediaType === 'application/xhtml+xml') return 'xhtml';
  const isUnknown = mediaType === '' || /^(?:(?:application|unknown)\/unknown|\*\/\*)$/.test(mediaType);
  const beginning = Buffer.from(bytes.subarray(0, SNIFFED_BYTES_MAX)).toString('latin1');
  return isUnknown && PAGE_BEGINS.test(beginning) ? 'html' : null;
}
