// From the bytes of a robots.txt to its lines. It should be UTF-8, and plain; real ones are UTF-16, stand in a little markup, or are a page that a
// server sent in place of a 404. What makes a line unreadable must lose no rule.

import { constants, gunzipSync } from 'node:zlib';
import { ROBOTS_BYTES_MAX } from '../base/limits.ts';

/** Behind the first 500 KiB of it nothing is read; what is longer than this is no robots.txt. */
const UNPACKED_BYTES_MAX = 16 * ROBOTS_BYTES_MAX;
/** A page in its place: then there is no robots.txt. Any other `<` begins a comment or a tag around the rules. */
const PAGE = /^\s*<(?:!doctype|html)(?![\w-])/i;
/** Whole comments of one line; what opens and closes longer ones, whose lines are rules as for Google; tags. */
const MARKUP = /<!--[^<>\n\r]*-->|<!--|-->|<[/?]?[a-z][^<>\n\r]*>/gi;
/** What an editor of web pages puts between lines, or at their ends; in the midst of a line only where another record begins behind it. */
const LINE_BREAK =
  /<br[ \t]*\/?>(?=[ \t]*$|[\s\xa0]*(?:user-?[ ]?agent|(?:dis)?allow|crawl-?delay|site-?map)[ \t]*:)/gim;
/** Where a line ends in markup, whatever the source looks like. */
const BLOCK = /<[/]?(?:br|p|div|li|tr|dt|dd|h[1-6]|pre)(?:[ \t/][^<>\n\r]*)?>/gi;

export interface RobotsLine {
  readonly text: string;
  /** Of the file, counted from 1. */
  readonly line: number;
}

/** The lines, one character an octet of their UTF-8; none where it is a page. */
export function robotsLines(came: Uint8Array): RobotsLine[] {
  const bytes = unpacked(came);
  // What pads a file, or stands between its octets, is part of no rule.
  const text = octetsOf(bytes).replaceAll('\0', '');
  if (PAGE.test(text)) return [];
  const lines = text.split(/\r\n|\n|\r/);
  // Half a rule may be the opposite of the whole.
  if (Math.max(came.length, bytes.length) >= ROBOTS_BYTES_MAX) lines.pop();
  const isMarkup = /^\s*</.test(text);
  return lines.flatMap((written, index) => {
    const parts = isMarkup ? written.split(BLOCK) : written.split(LINE_BREAK);
    return parts.map((part) => ({ text: isMarkup ? part.replace(MARKUP, ' ') : part, line: index + 1 }));
  });
}

function octetsOf(bytes: Uint8Array): string {
  const taken = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, ROBOTS_BYTES_MAX));
  const wide = wideEncodingOf(taken);
  if (wide !== null) return Buffer.from(new TextDecoder(wide).decode(taken)).toString('latin1');
  return taken.toString('latin1').replace(/^(?:(?:\xef\xbb\xbf)+|\xef\xbb?)/, '');
}

/** Some servers send a packed file and do not say so. */
function unpacked(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: UNPACKED_BYTES_MAX });
  } catch {
    return bytes;
  }
}

/** By the byte order mark; without one, because a field name has a NUL at every other place. */
function wideEncodingOf(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0 && c !== 0 && d === 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b !== 0 && c === 0 && d !== 0)) return 'utf-16be';
  return null;
}
