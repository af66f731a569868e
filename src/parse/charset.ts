// Finds the encoding of a page by the order of the standards (BOM, header, declaration, guess) and turns bytes into
// text. Pages in UTF-8 or a single-byte encoding are scanned without decoding: every byte is a character of its own.
// Only the few values with bytes above 127 are decoded, one by one.

import { isAscii as areAscii, isUtf8 as areUtf8 } from 'node:buffer';
import sniff from 'html-encoding-sniffer';
import { CHARSET_PRESCAN_BYTES, GUESSED_BYTES_MAX } from '../base/limits.ts';
import { onDemand } from '../base/on-demand.ts';
import { asItIs } from './html/attributes.ts';
import { metaEncodingOf } from './html/meta-charset.ts';
import { latin1 } from './latin1.ts';

/** The tables of all encodings. Most pages are in UTF-8 and need none. */
const encodings = onDemand<typeof import('@exodus/bytes/encoding.js')>('@exodus/bytes/encoding.js');
const encoders = onDemand<typeof import('@exodus/bytes/whatwg.js')>('@exodus/bytes/whatwg.js');

export interface Decoding {
  /** The name of the encoding by the Encoding standard, in lower case. */
  readonly charset: string;
  /** Turns a piece of the scanned text into what the page means. */
  readonly decode: (piece: string) => string;
}

/**
 * Encodings in which a byte below 128 may be part of another character. Their pages are decoded as a whole before they
 * are scanned.
 */
const WHOLE = new Set([
  'big5',
  'euc-jp',
  'euc-kr',
  'gb18030',
  'gbk',
  'shift_jis',
  'iso-2022-jp',
  'utf-16le',
  'utf-16be',
]);
/** Encodings in which ASCII bytes mean something else. */
const NOT_ASCII = new Set(['iso-2022-jp', 'utf-16le', 'utf-16be', 'replacement']);
/** Encodings whose pages write their links in UTF-8 (Encoding standard, "get an output encoding"). */
const OUTPUT_UTF_8 = new Set(['utf-8', 'utf-16le', 'utf-16be', 'replacement']);

/**
 * Shared, because making a decoder takes as long as scanning a kilobyte and it keeps no state between pieces. A byte
 * order mark at the front of a piece stands in the middle of the page, where it is an ordinary character.
 */
const UTF_8 = new TextDecoder('utf-8', { ignoreBOM: true });
/** The length of the longest byte order mark. */
const MARK_BYTES = 3;
/** The lowest byte that begins one. */
const MARK_FIRST_MIN = 0xef;
/**
 * The characters, besides control characters, that are escaped in a query of http and https (URL standard, section
 * 1.3).
 */
const QUERY_SET = ' "#\'<>';
const NO_BYTES = new Uint8Array(0);
const CHARSET_PARAMETER = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))/i;

/** The charset that a Content-Type names, if there is an encoding of this name. */
export function labelOf(contentType: string): string | undefined {
  const match = CHARSET_PARAMETER.exec(contentType);
  const label = match?.[1] ?? match?.[2] ?? match?.[3];
  if (label === undefined || label.toLowerCase() === 'utf-8') return label;
  return sniffed(NO_BYTES, { transportLayerEncodingLabel: label }) === null ? undefined : label;
}

/** Whether the bytes begin with a byte order mark. */
export function hasMark(bytes: Uint8Array): boolean {
  return markIn(bytes) !== null;
}

/** The encoding that a byte order mark tells; null without one. The first byte of most pages tells that already. */
function markIn(bytes: Uint8Array): string | null {
  return (bytes[0] ?? 0) < MARK_FIRST_MIN ? null : sniffed(bytes.subarray(0, MARK_BYTES), {});
}

/** The encoding by the byte order mark or, without one, by the label. An unknown label means UTF-8. */
export function nameOfEncoding(bytes: Uint8Array, label: string): string {
  return sniff(bytes.subarray(0, 4), { transportLayerEncodingLabel: label, defaultEncoding: 'UTF-8' }).toLowerCase();
}

/** Whether each byte is the ASCII character that it looks like. */
export function isAsciiIn(charset: string, bytes: Uint8Array): boolean {
  return !NOT_ASCII.has(charset) && areAscii(bytes);
}

/** The whole text, without its byte order mark. */
export function decoded(bytes: Uint8Array, charset: string): string {
  return standardDecoder(charset === 'replacement' ? 'utf-8' : charset).decode(bytes);
}

/** The encoding of a page that tells none and is not in UTF-8. */
export const UNTOLD = 'windows-1252';

/**
 * The name of the encoding by the Encoding standard, in lower case. `isXml`: the declaration and the guess follow the
 * rules of XML.
 */
export function encodingOf(bytes: Uint8Array, contentType: string, isXml: boolean): string {
  return toldEncodingOf(bytes, contentType, isXml) ?? UNTOLD;
}

/** The same; null if nothing tells the encoding and the bytes are not UTF-8. */
export function toldEncodingOf(bytes: Uint8Array, contentType: string, isXml: boolean): string | null {
  const label = labelOf(contentType);
  // The most common page: its header says UTF-8, and no byte order mark contradicts it.
  const hasMark = bytes[0] === 0xfe || bytes[0] === 0xff;
  if (label !== undefined && !hasMark && label.toLowerCase() === 'utf-8') return 'utf-8';
  const certain =
    label === undefined ? null : sniffed(bytes.subarray(0, MARK_BYTES), { transportLayerEncodingLabel: label });
  return certain ?? declaredEncodingOf(bytes, isXml) ?? guessOf(bytes, isXml);
}

const SHOWN_LENGTH_MAX = 60;

/** What is odd about the encoding that the header names, in words; empty if nothing is. `charset` is what was read. */
export function charsetRemark(contentType: string, charset: string): string {
  const [, quoted, single, bare] = CHARSET_PARAMETER.exec(contentType) ?? [];
  const label = quoted ?? single ?? bare;
  if (label === undefined || label.toLowerCase() === charset) return '';
  const named = sniffed(NO_BYTES, { transportLayerEncodingLabel: label });
  if (named === charset) return '';
  if (named !== null) return `its header says ${named}, and its byte order mark ${charset}`;
  return `its charset ${JSON.stringify(label.slice(0, SHOWN_LENGTH_MAX))} is unknown: read as ${charset}`;
}

/**
 * The encoding that the page itself declares, by a byte order mark or in its text; null if it declares no known one.
 */
export function declaredEncodingOf(bytes: Uint8Array, isXml: boolean): string | null {
  const mark = markIn(bytes);
  if (mark !== null) return mark;
  // The sniffer would accept a meta element inside a script. It is asked only if there is no real one, and for the XML
  // declaration.
  const named = isXml ? null : metaEncodingOf(bytes);
  return named ?? sniffed(bytes.subarray(0, CHARSET_PRESCAN_BYTES), { xml: isXml });
}

/**
 * The encoding of a page that declares none; null if the bytes do not tell it. Text in another encoding is hardly ever
 * valid UTF-8 by chance. The bytes may end in the middle of a character. Of text in ASCII every guess is right.
 */
function guessOf(bytes: Uint8Array, isXml: boolean): string | null {
  if (isXml) return 'utf-8';
  const looked = bytes.subarray(0, GUESSED_BYTES_MAX);
  if (areAscii(looked)) return UNTOLD;
  const whole = looked.subarray(0, lastWhole(looked));
  return areUtf8(whole) && !areAscii(whole) ? 'utf-8' : null;
}

/** Where the UTF-8 character begins that the end cuts; the end itself if it cuts none. */
function lastWhole(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let at = length - 1; at >= Math.max(0, length - 3); at -= 1) {
    const byte = bytes[at]!;
    const isFirst = byte >= 0xc0;
    if (isFirst) return length - at < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? at : length;
    if (byte < 0x80) return length;
  }
  return length;
}

function sniffed(bytes: Uint8Array, options: Parameters<typeof sniff>[1]): string | null {
  return sniff(bytes, { ...options, defaultEncoding: '' }).toLowerCase() || null;
}

/** The text of a whole page for scanning, and how to decode its pieces. */
export function textOf(bytes: Uint8Array, charset: string): Decoding & { readonly text: string } {
  // Attackers used these labels, so the standard shows nothing of the page.
  if (charset === 'replacement') return { charset, text: '', decode: asItIs };
  // The native decoder differs from the standard in thousands of these characters.
  if (WHOLE.has(charset)) return { charset, text: standardDecoder(charset).decode(bytes), decode: asItIs };
  return { charset, text: latin1(bytes), decode: areAscii(bytes) ? asItIs : pieceDecoder(charset) };
}

/** The same as `textOf` for a large page, which never becomes one string: `read` takes its bytes slice by slice. */
export function slicesOf(
  charset: string,
): Decoding & { readonly read: (slice: Uint8Array, isLast: boolean) => string } {
  if (charset === 'replacement') return { charset, read: () => '', decode: asItIs };
  if (!WHOLE.has(charset)) return { charset, read: latin1, decode: pieceDecoder(charset) };
  const decoder = standardDecoder(charset);
  return { charset, read: (slice, isLast) => decoder.decode(slice, { stream: !isLast }), decode: asItIs };
}

/**
 * Prepares a link of a page in this encoding for joining; null if links can be joined as they are. A query is sent in
 * the encoding of the page (URL standard, "percent-encode after encoding"), everything else in UTF-8.
 */
export function hrefEncoder(charset: string): ((href: string) => string) | null {
  if (OUTPUT_UTF_8.has(charset)) return null;
  return (href) => {
    if (isAscii(href)) return href;
    // The URL parser does this first too.
    const written = trimmed(href.replace(/[\t\n\r]+/g, ''));
    const query = written.indexOf('?');
    const hash = written.indexOf('#');
    if (query < 0 || (hash >= 0 && hash < query)) return href;
    const end = hash < 0 ? written.length : hash;
    // The query is encoded as a whole, because an encoding may have shifts that apply to what follows.
    const encoded = encoders().percentEncodeAfterEncoding(charset, written.slice(query, end), QUERY_SET);
    return written.slice(0, query) + encoded + written.slice(end);
  };
}

/** The text without control characters and spaces around it. */
function trimmed(href: string): string {
  let from = 0;
  let to = href.length;
  while (from < to && href.charCodeAt(from) <= 0x20) from += 1;
  while (to > from && href.charCodeAt(to - 1) <= 0x20) to -= 1;
  return href.slice(from, to);
}

/** A decoder that follows the Encoding standard to the letter, as the one of Node does not. */
export function standardDecoder(charset: string): TextDecoder {
  return new (encodings().TextDecoder)(charset);
}

function pieceDecoder(charset: string): Decoding['decode'] {
  const decoder = charset === 'utf-8' ? UTF_8 : standardDecoder(charset);
  return (piece) => (isAscii(piece) ? piece : decoder.decode(Buffer.from(piece, 'latin1')));
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false;
  return true;
}
