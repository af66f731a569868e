// Whether a body is a page (SVG pictures count too). Its media type tells and, without one, its beginning (MIME
// Sniffing standard, section 7.1). The crawl decides it when the bytes come; the views read the decision from the row.

import { SNIFFED_BYTES_MAX, XML_ROOT_BYTES_MAX } from '../base/limits.ts';
import { signatureOf } from '../base/signatures.ts';
import { doctypeAt, knownText, NO_ENTITIES } from './entities.ts';

export type PageKind = 'html' | 'xhtml' | 'svg';

/** The beginning of a page without a media type; a byte order mark may come first. */
const PAGE_BEGINS =
  /^(?:\xef\xbb\xbf)?[\t\n\f\r ]*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[ >]/i;
/** White space and comments. */
const CODE_GAP = String.raw`^(?:\xef\xbb\xbf)?(?:\s|\/\*(?:(?!\*\/)[\s\S])*\*\/|\/\/[^\n]*(?:\n|$))*`;
const NAME = String.raw`[\w$]+(?:\.[\w$]+)*`;
/** What a script begins with and a page does not. */
const SCRIPT_BEGINS = new RegExp(
  `${CODE_GAP}(?:${[
    String.raw`\/\*(?:(?!\*\/)[\s\S])*$`,
    `["']use strict["']`,
    String.raw`[;!+~([-]*(?:async\s+)?function\b\s*\*?\s*[\w$]*\s*\(`,
    String.raw`[;!(]*\([\w$, ]*\)\s*=>`,
    String.raw`(?:var|let|const)\s+[\w$[{][^<>]*[=;]`,
    String.raw`(?:if|for|while)\s*\([^<>]*[.=!(]|try\s*\{`,
    String.raw`import\s*["'{*]|import\s+[\w$]+\s+from\b|export\s+(?:default|const|function|class|\{)|class\s+\w+[\w\s]*\{`,
    String.raw`(?:window|document|self|globalThis|jQuery|\$)(?:\.[\w$]+\s*[=.([]|\s*[([])`,
    String.raw`[\w$]+(?:\.[\w$]+)+\s*=[^=<>]|new\s+[\w$.]+\(|switch\s*\(|throw\s+new\b`,
    String.raw`${NAME}\s*=\s*(?:function\b|[[{]|new\s|${NAME}\s*\|\||["'][^<>]*;)`,
    String.raw`${NAME}\(\s*(?:["'{[]|function\b|\))`,
  ].join('|')})`,
);
/** A rule of a style sheet. */
const SHEET_BEGINS = new RegExp(
  `${CODE_GAP}(?:${[
    String.raw`@(?:charset|import|namespace|media|font-face|supports|layer|page|keyframes|-[a-z]+-[a-z]+)\b`,
    String.raw`[^\s{}<>;=()"'/][^{}<>;="'/]*\{\s*(?:\/\*|\}|[-\w]+\s*:)`,
  ].join('|')})`,
);
/** A line that begins the page after all. Other tags may stand in a text of the script. */
const PAGE_LINE = /^[\t ]*<(?:!doctype|html|head|body)[\s>]/im;
const SHEET_FILE = /^[^?#]*\.css(?:[?#]|$)/i;
const HTML_DOCTYPE = /<!doctype html/i;
/** The beginning of XML without a media type. */
const XML_DECLARED = /^(?:\xef\xbb\xbf)?[\t\n\f\r ]*<\?xml/;
/** Declarations, comments and the document type, then the prefix of the root element and its attributes. */
const XML_BEGINS =
  /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:\s|<\?[^>]*>|<!--(?:(?!-->)[\s\S])*-->|<!DOCTYPE[^[>]*(?:\[[^\]]*\]\s*)?>)*<([\w.-]+:)?[\w.-]+((?:\s[^<>]*)?)\/?>/;
const XML_ATTRIBUTE = /([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')/g;
const NAMESPACES: ReadonlyMap<string, PageKind> = new Map([
  ['http://www.w3.org/1999/xhtml', 'xhtml'],
  ['http://www.w3.org/2000/svg', 'svg'],
]);
const SVG = 'image/svg+xml';
const SVG_FILE = /^[^?#]*\.svg(?:[?#]|$)/i;
/** Two tokens (RFC 9110, section 5.6.2). What servers write after them without a semicolon is ignored. */
const MEDIA_TYPE = /^[\t\n\r ]*([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+)(?=[\t\n\r ;,]|$)/;

/** Type and subtype in lower case, without parameters; empty if the value is not a media type. */
export function mediaTypeOf(contentType: string): string {
  return MEDIA_TYPE.exec(contentType)?.[1]?.toLowerCase() ?? '';
}

export function isXmlType(mediaType: string): boolean {
  return /^(?:text|application)\/xml$|\+xml$/.test(mediaType);
}

/**
 * The kind of page; null if the body is not a page. A specific media type is believed: text/plain is never read as a
 * page. For XML the root element decides.
 */
export function pageKind(mediaType: string, bytes: Uint8Array): PageKind | null {
  const told = kindOfType(mediaType) ?? xmlPageKind(mediaType, bytes);
  if (told === 'html' && (signatureOf(bytes) !== null || codeKind(bytes) !== null)) return null;
  if (told !== null || !isUnknown(mediaType)) return told;
  const beginning = beginningOf(bytes);
  const root = rootKind(bytes);
  // A picture may begin with a comment too.
  if (root === 'svg' && !HTML_DOCTYPE.test(beginning)) return 'svg';
  if (PAGE_BEGINS.test(beginning)) return 'html';
  // The row does not tell XHTML without a type from HTML, and both can be read as HTML.
  return root === 'xhtml' && XML_DECLARED.test(beginning) ? 'html' : null;
}

/**
 * The kind of code that the body of a page without tags is; null if it is a page. Programs that write scripts and style
 * sheets often leave the type at text/html.
 */
export function codeKind(bytes: Uint8Array): 'script' | 'style sheet' | null {
  if (bytes[0] === 0x3c) return null;
  const beginning = beginningOf(bytes);
  if (SCRIPT_BEGINS.test(beginning) && !PAGE_LINE.test(beginning)) return 'script';
  return SHEET_BEGINS.test(beginning) && !beginning.includes('<') ? 'style sheet' : null;
}

/** Whether a body without a media type is a style sheet, by its beginning or the name of its file. */
export function isUntypedSheet(mediaType: string, bytes: Uint8Array, url = ''): boolean {
  if (!isUnknown(mediaType) || pageKind(mediaType, bytes) !== null || signatureOf(bytes) !== null) return false;
  return SHEET_FILE.test(url) || codeKind(bytes) === 'style sheet';
}

function beginningOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, SNIFFED_BYTES_MAX)).toString('latin1');
}

/** The kind of a page that was sent as generic XML, by the namespace of its root. A row does not contain it. */
export function xmlPageKind(mediaType: string, bytes: Uint8Array): PageKind | null {
  return isXmlType(mediaType) ? rootKind(bytes) : null;
}

/** What stands before the first element of an XML document, and the start tag of that; empty if it is none. */
export function xmlProlog(text: string): string {
  return XML_BEGINS.exec(text)?.[0] ?? '';
}

function rootKind(bytes: Uint8Array): PageKind | null {
  // In UTF-16 too, the ASCII characters can be read like this.
  const beginning = Buffer.from(bytes.subarray(0, XML_ROOT_BYTES_MAX)).toString('latin1').replaceAll('\0', '');
  const [prolog = '', prefix = '', attributes = ''] = XML_BEGINS.exec(beginning) ?? [];
  const name = prefix === '' ? 'xmlns' : `xmlns:${prefix.slice(0, -1)}`;
  const written = [...attributes.matchAll(XML_ATTRIBUTE)].find(([, key]) => key === name)?.[2]?.slice(1, -1);
  const doctype = doctypeAt(prolog, Math.max(0, prolog.search(/<!doctype/i)));
  const namespace = written === undefined ? null : knownText(written, doctype?.entities ?? NO_ENTITIES);
  if (namespace !== null) return NAMESPACES.get(namespace) ?? null;
  // Old tools leave it to the document type, also an entity that it declares elsewhere.
  return /\/\/DTD XHTML/.test(prolog) ? 'xhtml' : /\/\/DTD SVG/.test(prolog) ? 'svg' : null;
}

/** The fields of a row that tell its type. */
export interface TypedBody {
  readonly url: string;
  readonly contentType: string | null;
  readonly charset: string | null;
}

/**
 * The kind of page of a row. A response has an encoding only if it was read: what its type calls a page may be a
 * picture. If it has no type, only its URL tells whether it is SVG.
 */
export function pageKindOfRow(row: TypedBody): PageKind | null {
  const mediaType = mediaTypeOf(row.contentType ?? '');
  if (row.charset === null || row.charset === '') return null;
  if (isUnknown(mediaType)) return SVG_FILE.test(row.url) ? 'svg' : 'html';
  return kindOfType(mediaType);
}

/** The media type of a row; empty if the response is called a page and is not one. */
export function typeOfRow(row: TypedBody): string {
  const mediaType = mediaTypeOf(row.contentType ?? '');
  const kind = pageKindOfRow(row);
  if (kind === 'svg') return SVG;
  return kindOfType(mediaType) !== null && kind === null ? '' : mediaType;
}

/** Whether the page has text to read, as every page but a picture does. */
export function isTextPage(row: TypedBody): boolean {
  const kind = pageKindOfRow(row);
  return kind === 'html' || kind === 'xhtml';
}

function kindOfType(mediaType: string): PageKind | null {
  if (mediaType === 'text/html') return 'html';
  if (mediaType === 'application/xhtml+xml' || mediaType === 'application/vnd.wap.xhtml+xml') return 'xhtml';
  return mediaType === SVG ? 'svg' : null;
}

function isUnknown(mediaType: string): boolean {
  return mediaType === '' || /^(?:(?:application|unknown)\/unknown|\*\/\*)$/.test(mediaType);
}
