// Turns the bytes of a robots.txt into lines. The file should be plain UTF-8. Real files are also UTF-16, wrapped in
// some markup, or a page that a server sent instead of a 404. Whatever makes one line unreadable must not lose another
// rule.

import { ROBOTS_BYTES_MAX } from '../base/limits.ts';
import { onDemand } from '../base/on-demand.ts';

const zlib = onDemand<typeof import('node:zlib')>('node:zlib');

/**
 * The most bytes that are unpacked. Only the first 500 KiB of the text count, and a longer file is not a robots.txt.
 */
const UNPACKED_BYTES_MAX = 16 * ROBOTS_BYTES_MAX;
/**
 * The beginning of an HTML page: the host has no robots.txt. Any other `<` begins a comment or a tag around the rules.
 */
const PAGE = /^\s*<(?:!doctype|html)(?![\w-])/i;
/**
 * Markup to remove: comments within one line, tags, and the marks that open and close longer comments. Lines inside a
 * longer comment are rules, as for Google.
 */
const MARKUP = /<!--[^<>\n\r]*-->|<!--|-->|<[/?]?[a-z][^<>\n\r]*>/gi;
/**
 * A `<br>` that an HTML editor put between lines or at their ends. Within a line it counts only if another record
 * begins after it.
 */
const LINE_BREAK =
  /<br[ \t]*\/?>(?=[ \t]*$|[\s\xa0]*(?:user-?[ ]?agent|(?:dis)?allow|crawl-?delay|site-?map)[ \t]*:)/gim;
/** Tags that end a line in HTML, however the source is broken into lines. */
const BLOCK = /<[/]?(?:br|p|div|li|tr|dt|dd|h[1-6]|pre)(?:[ \t/][^<>\n\r]*)?>/gi;

/** Lines that are read, or compiled, before the event loop may have a turn. */
export const SLICE_LINES = 2_000;

export interface RobotsLine {
  readonly text: string;
  /** The line number in the file, counted from 1. */
  readonly line: number;
}

/** The lines of the file, one character per octet of their UTF-8; nothing if the file is a page. */
export function* robotsLines(came: Uint8Array): Generator<RobotsLine> {
  const bytes = unpacked(came);
  // A NUL is padding or half of a wide character, never part of a rule.
  const text = octetsOf(bytes).replaceAll('\0', '');
  if (PAGE.test(text)) return;
  // Half a rule may mean the opposite of the whole.
  const isCut = Math.max(came.length, bytes.length) >= ROBOTS_BYTES_MAX;
  const isMarkup = /^\s*</.test(text);
  const lineEnd = /\r\n|\n|\r/g;
  for (let from = 0, line = 1; ; line += 1) {
    const end = lineEnd.exec(text);
    if (end === null && isCut) return;
    const written = text.slice(from, end?.index);
    for (const part of written.split(isMarkup ? BLOCK : LINE_BREAK)) {
      yield { text: isMarkup ? part.replace(MARKUP, ' ') : part, line };
    }
    if (end === null) return;
    from = lineEnd.lastIndex;
  }
}

function octetsOf(bytes: Uint8Array): string {
  const taken = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, ROBOTS_BYTES_MAX));
  const wide = wideEncodingOf(taken);
  if (wide !== null) return Buffer.from(new TextDecoder(wide).decode(taken)).toString('latin1');
  return taken.toString('latin1').replace(/^(?:(?:\xef\xbb\xbf)+|\xef\xbb?)/, '');
}

/** The file unpacked: some servers send a gzip file without saying so. */
function unpacked(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const { constants, gunzipSync } = zlib();
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: UNPACKED_BYTES_MAX });
  } catch {
    return bytes;
  }
}

/**
 * The UTF-16 encoding of the bytes. The byte order mark tells it; without one, the NUL at every other place of a field
 * name does.
 */
function wideEncodingOf(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0 && c !== 0 && d === 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b !== 0 && c === 0 && d !== 0)) return 'utf-16be';
  return null;
}
