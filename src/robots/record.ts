// Reads one line of a robots.txt as a field and its value, one character per octet. It removes what does not belong to
// the record: invisible white space from editors, quotes, a colon from another script.

type Field = 'agent' | 'allow' | 'disallow' | 'delay' | 'sitemap';

/** Accepted spellings of each field. */
const FIELDS = new Map<string, Field>([
  ...['user-agent', 'useragent', 'user agent', 'user_agent', 'user-agents', 'useragents', 'user agents'].map(
    (name) => [name, 'agent'] as const,
  ),
  ['allow', 'allow'],
  ...['disallow', 'dissallow', 'dissalow', 'disalow', 'diasllow', 'disallaw'].map(
    (name) => [name, 'disallow'] as const,
  ),
  ...['disallowed', 'disallows', 'dis-allow', 'dis allow'].map((name) => [name, 'disallow'] as const),
  ...['crawl-delay', 'crawldelay', 'crawl delay'].map((name) => [name, 'delay'] as const),
  ...['sitemap', 'site-map'].map((name) => [name, 'sitemap'] as const),
]);

const octets = (text: string): string => Buffer.from(text).toString('latin1');
/** White space beyond ASCII, zero-width characters, and a byte order mark that was read as Latin-1. */
const UNSEEN = [
  ...'\u0085\u00a0\u00ad\u034f\u061c\u1680\u180e\u2028\u2029\u202f\u205f\u2060\u3000\ufeff',
  ...Array.from({ length: 16 }, (_, index) => String.fromCharCode(0x2000 + index)),
  ...'\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069',
  '\u00ef\u00bb\u00bf',
].map(octets);
/** The no-break space of Latin-1. In UTF-8 no character begins with this octet, though many end with it. */
const LONE_SPACE = '\xa0';
/** Written once or more often. */
const COLON = new RegExp(`:(?:[ \\t]*:)*|${['\uff1a', '\ufe55', '\ufe13', '\ua789'].map(octets).join('|')}`);
const EQUALS = /^([^\s=]+)[ \t]*=[ \t]*(\S+)$/;
/** A mark that an editor made a reference of. Its `#` begins no comment. */
const MARK = /^(?:&#x?\w{1,8};)+/;
/** What may stand before a field: the sign or number of a list, a mark that became something else. */
const BULLET = new RegExp(`^(?:[-*+>?\\p{Cc}]|\\d{1,3}[.)]|${octets('•')}|${octets('\ufffd')})+[ \\t]*`, 'u');
/** Also a soft hyphen, and as one octet those of Windows and Latin-1. */
const HYPHEN = new RegExp(
  [...'\u00ad\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d'].map(octets).join('|').concat('|[\\x96\\x97\\xad]'),
  'g',
);
const QUOTE = `["'\`]|${[...'“”„‘’‚«»'].map(octets).join('|')}`;
const OPENING = new RegExp(`^(?:${QUOTE})`);
/** A closing quote, with the comma or semicolon that follows a value in program lists. */
const CLOSING = new RegExp(`(?:${QUOTE})[,;]?$`);

/** The record of a line; null if the line has no known field. */
export function recordOf(line: string): { readonly field: Field; readonly value: string } | null {
  const marked = line.replace(MARK, '');
  const hash = marked.indexOf('#');
  const parts = partsOf(trimmed(hash < 0 ? marked : marked.slice(0, hash)));
  if (parts.length !== 2) return null;
  const name = trimmed(parts[0]!);
  const value = trimmed(parts[1]!);
  const plain = FIELDS.get(name.toLowerCase());
  const isQuoted = OPENING.test(value) || (plain === undefined && OPENING.test(name));
  const field = plain ?? FIELDS.get(unquoted(name.replace(BULLET, '')).replace(HYPHEN, '-').toLowerCase());
  return field === undefined ? null : { field, value: isQuoted ? unquoted(value) : value };
}

/** Name and value. A line without a colon, `Disallow /path`, counts too if only one word follows the field. */
function partsOf(line: string): readonly string[] {
  const colon = COLON.exec(line);
  if (colon !== null) return [line.slice(0, colon.index), line.slice(colon.index + colon[0].length)];
  const equals = EQUALS.exec(line);
  return equals === null ? line.split(/[ \t]+/) : equals.slice(1);
}

function unquoted(text: string): string {
  return trimmed(text.replace(OPENING, '').replace(CLOSING, ''));
}

/**
 * The text without white space at its ends. An octet above ASCII is part of a character, even if Latin-1 calls it a
 * space.
 */
export function trimmed(text: string): string {
  let from = 0;
  let end = text.length;
  for (let width = 1; width > 0; from += width) {
    width = from < end ? widthAt(text, from) || Number(text[from] === LONE_SPACE) : 0;
  }
  for (let width = 1; width > 0; end -= width) width = from < end ? widthBefore(text, end) : 0;
  return text.slice(from, end);
}

/** The number of octets of white space at `from`. */
function widthAt(text: string, from: number): number {
  const code = text.charCodeAt(from);
  return code < 0x80 ? Number(isSpace(code)) : (UNSEEN.find((mark) => text.startsWith(mark, from))?.length ?? 0);
}

function widthBefore(text: string, end: number): number {
  const code = text.charCodeAt(end - 1);
  return code < 0x80 ? Number(isSpace(code)) : (UNSEEN.find((mark) => text.endsWith(mark, end))?.length ?? 0);
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}
