// Which encoding the bytes of a page are in, by the order of the standards (BOM, header, declaration, fallback), and how they are
// made into text. Pages in UTF-8 or a single-byte encoding need no decoding to be scanned: every byte is its own character then,
// and only the few values with bytes above 127 are decoded, one by one.

import { isAscii as areAscii } from 'node:buffer';
import { TextDecoder as StandardDecoder } from '@exodus/bytes/encoding.js';
import sniff from 'html-encoding-sniffer';

export interface PageText {
  /** Name of the encoding by the Encoding standard, lower case. */
  readonly charset: string;
  /** What is scanned. */
  readonly text: string;
  /** What a piece of `text` means. */
  readonly decode: (piece: string) => string;
}

/** Encodings in which a byte below 128 may be part of something else: decoded as a whole before they are scanned. */
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

const CHARSET_PARAMETER = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))/i;

const asItIs = (piece: string): string => piece;

/** `isXml`: the declaration and the fallback are those of XML. */
export function textOf(bytes: Uint8Array, contentType: string, isXml: boolean): PageText {
  const charset = encodingOf(bytes, contentType, isXml);
  // Labels that were used for attacks: the standard shows nothing of such a page.
  if (charset === 'replacement') return { charset, text: '', decode: asItIs };
  if (WHOLE.has(charset)) {
    // The native decoder differs from the standard in thousands of these characters.
    return { charset, text: new StandardDecoder(charset).decode(bytes), decode: asItIs };
  }
  const decode = areAscii(bytes) ? asItIs : pieceDecoder(charset);
  return { charset, text: bufferOf(bytes).toString('latin1'), decode };
}

function pieceDecoder(charset: string): PageText['decode'] {
  // A mark at the front of a piece stands in the middle of the page, where it is a character.
  const decoder = charset === 'utf-8' ? new TextDecoder('utf-8', { ignoreBOM: true }) : new StandardDecoder(charset);
  return (piece) => (isAscii(piece) ? piece : decoder.decode(Buffer.from(piece, 'latin1')));
}

/** Name of the encoding by the Encoding standard, lower case. */
export function encodingOf(bytes: Uint8Array, contentType: string, isXml: boolean): string {
  const match = CHARSET_PARAMETER.exec(contentType);
  const label = match?.[1] ?? match?.[2] ?? match?.[3];
  // The commonest page of all: its header says UTF-8, and no byte order mark says otherwise.
  const hasMark = bytes[0] === 0xfe || bytes[0] === 0xff;
  if (label !== undefined && !hasMark && label.toLowerCase() === 'utf-8') return 'utf-8';
  const options = label === undefined ? { xml: isXml } : { xml: isXml, transportLayerEncodingLabel: label };
  return sniff(bytes, options).toLowerCase();
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false;
  return true;
}
