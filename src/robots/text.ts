// From the bytes of a robots.txt to its lines. It should be UTF-8, and plain; real ones are UTF-16, stand in a little markup, or are a page that a
// server sent in place of a 404. What makes a line unreadable must lose no rule.

import { ROBOTS_BYTES_MAX } from '../base/limits.ts';

/** A page in its place: then there is no robots.txt. Any other `<` begins a comment or a tag around the rules. */
const PAGE = /^\s*<(?:!doctype|html)(?![\w-])/i;
/** Whole comments of one line; what opens and closes longer ones, whose lines are rules as for Google; tags. */
const MARKUP = /<!--[^<>\n\r]*-->|<!--|-->|<[/?]?[a-z][^<>\n\r]*>/gi;
/** What an editor of web pages leaves at the end of a line. */
const LINE_BREAK = /<br[ \t]*\/?>[ \t]*$/gim;

/** The lines, one character an octet of their UTF-8; none where it is a page. */
export function robotsLines(bytes: Uint8Array): string[] {
  // What pads a file, or stands between its octets, is part of no rule.
  const text = octetsOf(bytes).replaceAll('\0', '');
  if (PAGE.test(text)) return [];
  const plain = /^\s*</.test(text) ? text.replace(MARKUP, ' ') : text.replace(LINE_BREAK, '');
  const lines = plain.split(/\r\n|\n|\r/);
  // Half a rule may be the opposite of the whole.
  if (bytes.length >= ROBOTS_BYTES_MAX) lines.pop();
  return lines;
}

function octetsOf(bytes: Uint8Array): string {
  const taken = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, ROBOTS_BYTES_MAX));
  const wide = wideEncodingOf(taken);
  if (wide !== null) return Buffer.from(new TextDecoder(wide).decode(taken)).toString('latin1');
  return taken.toString('latin1').replace(/^(?:(?:\xef\xbb\xbf)+|\xef\xbb?)/, '');
}

/** By the byte order mark; without one, because a field name has a NUL at every other place. */
function wideEncodingOf(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0 && c !== 0 && d === 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b !== 0 && c === 0 && d !== 0)) return 'utf-16be';
  return null;
}
