// Which encoding the bytes of a page are in, by the order of the WHATWG standards (BOM, header, declaration, fallback), and how
// they are made into text. Pages in UTF-8 or a single-byte encoding need no decoding to be scanned: every byte is its own
// character then, and only the few values with bytes above 127 are decoded one by one.

import { TextDecoder as StandardDecoder } from '@exodus/bytes/encoding.js';
import sniff from 'html-encoding-sniffer';

export interface PageText {
  /** Name of the encoding, lower case. */
  readonly charset: string;
  /** What is scanned. */
  readonly text: string;
  /** A piece of `text` as the page means it. */
  readonly decode: (piece: string) => string;
}

/** Encodings in which bytes below 128 may be part of something else: decoded as a whole before they are scanned. */
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
  'replacement',
]);

const CHARSET_PARAMETER = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))/i;

export function textOf(bytes: Uint8Array, contentType: string): PageText {
  const charset = encodingOf(bytes, contentType);
  if (WHOLE.has(charset)) {
    // The native decoder differs from the standard in thousands of these characters.
    return { charset, text: new StandardDecoder(charset).decode(bytes), decode: (piece) => piece };
  }
  const { buffer, byteOffset, byteLength } = bytes;
  const text = Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
  const decoder = charset === 'utf-8' ? new TextDecoder() : new StandardDecoder(charset);
  return { charset, text, decode: (piece) => (isAscii(piece) ? piece : decoder.decode(Buffer.from(piece, 'latin1'))) };
}

function encodingOf(bytes: Uint8Array, contentType: string): string {
  const match = CHARSET_PARAMETER.exec(contentType);
  const label = match?.[1] ?? match?.[2] ?? match?.[3];
  // The commonest page of all: it says UTF-8 in its header, and no byte order mark says otherwise.
  const hasMark = bytes[0] === 0xfe || bytes[0] === 0xff;
  if (label !== undefined && !hasMark && label.toLowerCase() === 'utf-8') return 'utf-8';
  return sniff(bytes, label === undefined ? {} : { transportLayerEncodingLabel: label }).toLowerCase();
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false;
  return true;
}
