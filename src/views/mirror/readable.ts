// The text of a page for a mirror, and how the changed text becomes the bytes of its file.

import { declaredEncodingOf, decoded, isAsciiIn, textOf, toldEncodingOf, UNTOLD } from '../../parse/charset.ts';
import { asItIs } from '../../parse/html/attributes.ts';
import { MARK } from './style.ts';

/** A page with parts that may name no encoding. */
const BRINGS = /<(?:script|link|style)[\s>]/i;

export interface Readable {
  /** The encoding of the page on the web. */
  readonly charset: string;
  readonly text: string;
  readonly decode: (raw: string) => string;
  readonly encode: (text: string) => Buffer;
}

/**
 * On a disk no header tells the encoding. If the page does not tell it either, the page becomes UTF-8 with a byte order
 * mark. If nothing told it on the web, a browser guesses there as here, so the bytes stay.
 */
export function readable(body: Uint8Array, contentType: string, isXml: boolean): Readable {
  const told = toldEncodingOf(body, contentType, isXml);
  const charset = told ?? UNTOLD;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const asBytes = (text: string): Buffer => Buffer.from(text, 'latin1');
  const marked = (text: string): Buffer => Buffer.concat([MARK, asBytes(text)]);
  if (isAsciiIn(charset, bytes)) {
    const text = bytes.toString('latin1');
    // Its scripts and style sheets are read in its encoding, though it needs none itself.
    const isTold = isXml || charset !== 'utf-8' || !BRINGS.test(text) || declaredEncodingOf(bytes, isXml) === charset;
    return { charset, text, decode: asItIs, encode: isTold ? asBytes : marked };
  }
  const { text, decode } = textOf(bytes, charset);
  const isTold = told === null || declaredEncodingOf(bytes, isXml) === charset;
  if (decode !== asItIs && isTold) return { charset, text, decode, encode: asBytes };
  if (decode !== asItIs && charset === 'utf-8') return { charset, text, decode, encode: marked };
  const whole = decoded(bytes, charset);
  return { charset, text: whole, decode: asItIs, encode: (changed) => Buffer.concat([MARK, Buffer.from(changed)]) };
}
