// Whether a body is a page, as pictures in SVG are too: by its type, and where it has none, by how it begins (MIME Sniffing standard, section 7.1). The crawl decides it when the bytes come, and
// the views are told by the row what it decided.

import { SNIFFED_BYTES_MAX, XML_ROOT_BYTES_MAX } from '../base/limits.ts';

export type PageKind = 'html' | 'xhtml' | 'svg';

/** How a page begins that was sent without a type; a byte order mark does not hide it. */
const PAGE_BEGINS =
  /^(?:\xef\xbb\xbf)?[\t\n\f\r ]*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[ >]/i;
/** Declarations, comments and the type of the document; then the prefix of the root, and its attributes. */
const XML_BEGINS =
  /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:\s|<\?[^>]*>|<!--(?:(?!-->)[\s\S])*-->|<!DOCTYPE[^[>]*(?:\[[^\]]*\]\s*)?>)*<([\w.-]+:)?[\w.-]+((?:\s[^<>]*)?)>/;
const XML_ATTRIBUTE = /([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')/g;
const NAMESPACES: ReadonlyMap<string, PageKind> = new Map([
  ['http://www.w3.org/1999/xhtml', 'xhtml'],
  ['http://www.w3.org/2000/svg', 'svg'],
]);
/** Two tokens (RFC 9110, section 5.6.2); what servers write behind them without a semicolon is forgiven. */
const MEDIA_TYPE = /^[\t\n\r ]*([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+)(?=[\t\n\r ;,]|$)/;

/** Type and subtype in lower case, without parameters; empty where the value is no media type. */
export function mediaTypeOf(contentType: string): string {
  return MEDIA_TYPE.exec(contentType)?.[1]?.toLowerCase() ?? '';
}

export function isXmlType(mediaType: string): boolean {
  return /^(?:text|application)\/xml$|\+xml$/.test(mediaType);
}

/** `null` is no page. A type that says something is believed: no text/plain is read as a page. Of XML the root tells what it is. */
export function pageKind(mediaType: string, bytes: Uint8Array): PageKind | null {
  const told = kindOfType(mediaType) ?? xmlPageKind(mediaType, bytes);
  if (told !== null || !isUnknown(mediaType)) return told;
  const beginning = Buffer.from(bytes.subarray(0, SNIFFED_BYTES_MAX)).toString('latin1');
  return PAGE_BEGINS.test(beginning) ? 'html' : null;
}

/** Of what was sent as XML of no kind: by the namespace of its root. A row does not tell it. */
export function xmlPageKind(mediaType: string, bytes: Uint8Array): PageKind | null {
  if (!isXmlType(mediaType)) return null;
  // Also of UTF-16 what is ASCII can be read.
  const beginning = Buffer.from(bytes.subarray(0, XML_ROOT_BYTES_MAX)).toString('latin1').replaceAll('\0', '');
  const [prolog = '', prefix = '', attributes = ''] = XML_BEGINS.exec(beginning) ?? [];
  const name = prefix === '' ? 'xmlns' : `xmlns:${prefix.slice(0, -1)}`;
  const namespace = [...attributes.matchAll(XML_ATTRIBUTE)].find(([, key]) => key === name)?.[2]?.slice(1, -1);
  // Old tools write it as an entity, or leave it to the document type.
  const isDeclared = namespace !== undefined && !namespace.startsWith('&');
  if (isDeclared) return NAMESPACES.get(namespace) ?? null;
  return /\/\/DTD XHTML/.test(prolog) ? 'xhtml' : /\/\/DTD SVG/.test(prolog) ? 'svg' : null;
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
  if (mediaType === 'application/xhtml+xml' || mediaType === 'application/vnd.wap.xhtml+xml') return 'xhtml';
  return mediaType === 'image/svg+xml' ? 'svg' : null;
}

function isUnknown(mediaType: string): boolean {
  return mediaType === '' || /^(?:(?:application|unknown)\/unknown|\*\/\*)$/.test(mediaType);
}
