// Turns the bytes of a robots.txt into lines. The file should be plain UTF-8. Real files are also UTF-16, packed,
// wrapped in some markup, or a page that a server sent instead of a 404. Whatever makes one line unreadable must not
// lose another rule.

import { ROBOTS_BYTES_MAX } from '../base/limits.ts';
import { isMedia } from '../base/signatures.ts';
import { isText, unpacked } from './packed.ts';

/**
 * The beginning of an HTML page. Only whole lines are rules in it, behind one that begins a group: Google reads them,
 * and the prose of an error page says nothing. Any other `<` begins a comment or a tag around the rules.
 */
const PAGE = /^\s*<(?:!doctype|html)(?![\w-])/i;
/**
 * Markup to remove: comments within one line, tags, and the marks that open and close longer comments. Lines inside a
 * longer comment are rules, as for Google.
 */
const MARKUP = /<!--[^<>\n\r]*-->|<!--|-->|\]\]>|<(?!https?:)[/?!]?[a-z][^<>\n\r]*>/gi;
const RECORD = '(?:user-?[ ]?agent|(?:dis)?allow|crawl-?[ ]?delay|site-?map)[ \\t]*:';
/** A line end as a reference. Of several in a row only the first begins a break, or each would count those after it. */
const END_REFERENCE = '&#(?:1[03]|x0?[ad]);';
/**
 * A `<br>` that an HTML editor put between lines or at their ends, the `\n` of a program text, or the `&#13;` of an XML
 * writer. Within a line it counts only if another record begins after it.
 */
const LINE_BREAK = new RegExp(
  String.raw`(?:<br[ \t]*/?>|\\r\\n|\\[rn]|(?<!${END_REFERENCE})(?:${END_REFERENCE})+)(?=["']?[ \t]*$|[\s\xa0]*${RECORD})`,
  'gim',
);
/** A line of a page that is a record and nothing else. */
const OWN_LINE = new RegExp(String.raw`^\s*(?:user-?[ ]?agent[ \t]*:|${RECORD}[ \t]*\S*\s*(?:#|$))`, 'i');
/** What a program garbled before the first field, for example a byte order mark in another encoding. */
const GARBLED = new RegExp(String.raw`^[^a-z#<\0-\x1f]{1,40}(?=${RECORD})`, 'i');
/** Markup behind a value. No URL has a `<`, but some stand between `<` and `>`. */
const TAG = /<(?:!--|(?!https?:)[/?!]?[a-z])/i;
const LONG_MARKUP = /^<(?:!--|(?:script|style|noscript|iframe)\b)/i;
/** What a browser runs or hides behind a value. */
const HIDDEN = /<(?:script|style|noscript|iframe)\b.*$/is;
/** A record that was taken for a tag. */
const BRACKETED = new RegExp(`<(${RECORD}[^<>\\n\\r]*)>`, 'gi');
/**
 * The line ends of Python, of Unicode and of IBM's machines, as octets of UTF-8. Google knows only the first ones.
 */
const LINE_END = new RegExp(
  String.raw`\r\n|\n|\r|[\v\f\x1c-\x1e]|\xc2\x85|\xe2\x80[\xa8\xa9]|\x85(?=[ \t]*${RECORD})`,
  'gi',
);
/**
 * In a line of many records each begins at its field. Somebody has lost the line ends. What stands before is looked at
 * only where a record begins: elsewhere there may be a file of blanks.
 */
const FIELD = new RegExp(`(?=${RECORD})(?<!dis|dis[- ]|:[ \\t]*)`, 'gi');
const RECORDS = new RegExp(RECORD, 'gi');
/**
 * Tags that end a line in HTML, however the source is broken into lines. Any other markup (a comment with a tag in it,
 * a script, CDATA) ends where a record begins right behind it.
 */
const BLOCK = new RegExp(
  String.raw`<[/]?(?:br|p|div|li|tr|dt|dd|h[1-6]|pre)(?:[ \t/][^<>\n\r]*)?>|&#(?:1[03]|x0?[ad]);|(?<=>|<!\[CDATA\[)(?=[ \t\xa0]*${RECORD})`,
  'gi',
);
/** The beginning of rich text, its line ends, and its marks around the text. */
const RICH = '{\\rtf';
const RICH_LINE = /\\(?:par|line)(?![a-z])/;
const RICH_MARK = /\\[a-z]+-?\d*[ ]?|[{}]|\\$/gi;
/** What HTML writes for characters that stand in rules. */
const ENTITIES = { amp: '&', nbsp: ' ' } as const;

/** What line ends of ASCII are in UTF-16. They are not letters, but for the last, which no file ends with. */
const NARROW_END = /\u0a0d|(?:\ufffd|\u0d0a)$/g;

/** A line that begins a group of rules. What stands before it is on the same line: a file may be all line ends. */
const AGENT = /^[\t\v\f "'<\xa0]*user-?[ ]?agent/im;

/** Lines that are read, or compiled, before the event loop may have a turn. */
export const SLICE_LINES = 2_000;

export interface RobotsLine {
  readonly text: string;
  /** The line number in the file, counted from 1. */
  readonly line: number;
}

/** The lines of the file, one character per octet of their UTF-8. */
export function* robotsLines(came: Uint8Array): Generator<RobotsLine> {
  const { bytes } = unpacked(came);
  const text = withoutNuls(octetsOf(bytes)).replace(GARBLED, '');
  // Half a rule may mean the opposite of the whole.
  const isCut = Math.max(came.length, bytes.length) >= ROBOTS_BYTES_MAX;
  const recordsIn = readingOf(text);
  const lineEnd = new RegExp(LINE_END);
  for (let from = 0, line = 1; ; line += 1) {
    const end = lineEnd.exec(text);
    if (end === null && isCut) return;
    const written = text.slice(from, end?.index);
    for (const record of recordsIn(written)) yield { text: record, line };
    if (end === null) return;
    from = lineEnd.lastIndex;
  }
}

/** How a line of this file is broken into records. */
function readingOf(text: string): (line: string) => readonly string[] {
  if (PAGE.test(text)) return readingOfPage();
  if (text.startsWith(RICH)) return (line) => line.split(RICH_LINE).map((part) => part.replace(RICH_MARK, ''));
  if (/^\s*</.test(text)) return (line) => line.split(BLOCK).map((part) => withoutMarkup(part.replace(HIDDEN, '')));
  const isOneLine = !text.startsWith('#') && !/[\n\r]/.test(text.trimEnd());
  return (line) =>
    line
      .split(LINE_BREAK)
      .flatMap((part) => (isOneLine || hasLostEnds(part) ? part.split(FIELD) : [part]))
      .map(withoutTail);
}

function readingOfPage(): (line: string) => readonly string[] {
  let isInGroup = false;
  const recordsIn = (part: string): readonly string[] => {
    const bare = withoutMarkup(part);
    isInGroup ||= AGENT.test(bare);
    return isInGroup && OWN_LINE.test(bare) ? [bare] : [];
  };
  return (line) => (/^\s*</.test(line) ? line : line.replace(HIDDEN, '')).split(BLOCK).flatMap(recordsIn);
}

/** Whether the line has a group with its rules, or more records than anybody writes by mistake. */
function hasLostEnds(line: string): boolean {
  const hash = line.indexOf('#');
  const read = hash < 0 ? line : line.slice(0, hash);
  const records = countOf(read);
  return records > 2 || (records === 2 && AGENT.test(read));
}

function withoutTail(line: string): string {
  const at = line.search(TAG);
  if (at < 0) return line;
  return LONG_MARKUP.test(line.slice(at)) || line.trimEnd().endsWith('>') ? line.slice(0, at) : line;
}

/**
 * Whether rules may have been lost: the bytes are packed and damaged, or no text, and no line begins a group. A picture
 * in place of the file says nothing, like a page.
 */
export function isLost(came: Uint8Array): boolean {
  const { bytes, isDamaged } = unpacked(came);
  if (isDamaged) return true;
  const octets = octetsOf(bytes);
  return !AGENT.test(withoutNuls(octets)) && !isText(Buffer.from(octets, 'latin1')) && !isMedia(bytes);
}

function withoutMarkup(line: string): string {
  const bare = line.replace(BRACKETED, '$1').replace(MARKUP, ' ');
  return bare.replace(/&(amp|nbsp);/g, (_, name: keyof typeof ENTITIES) => ENTITIES[name]);
}

/** A NUL is padding or half of a wide character, never part of a rule. In a file without line ends it is one. */
function withoutNuls(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', /[\n\r]/.test(text) ? '' : '\n') : text;
}

function octetsOf(bytes: Uint8Array): string {
  const taken = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, ROBOTS_BYTES_MAX));
  const narrow = taken.toString('latin1').replace(/^\0*(?:(?:\xef\xbb\xbf)+|\xef\xbb?(?!\xbf)|\xff\xfe|\xfe\xff)/, '');
  const wide = wideEncodingOf(taken);
  if (wide === null) return narrow;
  const text = new TextDecoder(wide).decode(taken).replace(NARROW_END, '\n');
  const decoded = Buffer.from(text).toString('latin1');
  // A program may have added lines in ASCII. Without its NULs the rest is ASCII too, but for what is in paths.
  return countOf(decoded) < countOf(withoutNuls(narrow)) ? narrow : decoded;
}

function countOf(text: string): number {
  return text.match(RECORDS)?.length ?? 0;
}

/**
 * The UTF-16 encoding of the bytes. The byte order mark tells it, if there are NULs at all: the fields are ASCII.
 * Without a mark, the NUL at every other place of a field name tells it.
 */
function wideEncodingOf(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return bytes.includes(0) ? 'utf-16le' : null;
  if (a === 0xfe && b === 0xff) return bytes.includes(0) ? 'utf-16be' : null;
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return 'utf-16le';
  return a === 0 && b !== 0 && c === 0 && d !== 0 ? 'utf-16be' : null;
}
