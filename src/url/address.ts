// Finds the address in an entry of a sitemap, a feed or a robots.txt, which should be nothing else. What programs
// leave around it is removed. A text that is no address must not become one by being joined to the URL of the list.

/** White space of Unicode, and characters that nobody sees. */
const UNSEEN = /[\s\u00ad\u200b-\u200f\u2060-\u2064]/;
/** More pairs around an address than anybody writes. */
const PAIRS_MAX = 4;
/** Pairs around an address. Some of these characters may stand in a URL, but not around it. */
const AROUND: readonly (readonly [open: string, close: string])[] = [
  ['<![CDATA[', ']]>'],
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['“', '”'],
  ['„', '“'],
  ['«', '»'],
  ['<', '>'],
  ['(', ')'],
  ['[', ']'],
];
const ABSOLUTE = /^https?:\/\/[^/\\?#]/i;
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
/**
 * Signs that a text is no address: a line end, a second address, one scheme behind another, a template that was not
 * filled in, markup, a character that could not be read.
 */
const SPOILED = /[\t\n\r\ufffd<>]|\s\w+:\/\/|^[^?#]*[,;|]https?:\/\/|^https?:\/\/https?[:/]|\{\{|\{%|\$\{/i;
/** What programs write in the place of an address, or of its host, that they do not have. */
const NOTHING = /^(?:https?:\/\/)?(?:null|undefined|none|nan|n\/a|true|false|nil)(?:[/:?#]|$)/i;
/** A path is accepted only if it is written as one. Behind a slash a colon belongs to it, or to the port of a host. */
const PATH = /^(?!\/\/\/|\/+https?:)(?:\/[^\s"'<>\\^`{|}]*|[^\s:"'<>\\^`{|}]+)$/i;
/** A host that was written without its scheme. */
const BARE_HOST = /^(?:www\.|https?\/\/|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}\/)/i;

/** The address in a text; null if it has none. `list` is the URL of the list. */
export function addressIn(written: string, list: string): string | null {
  let text = trimmed(written);
  for (let pairs = 0; pairs < PAIRS_MAX; pairs += 1) text = trimmed(unwrapped(text));
  if (SPOILED.test(text) || NOTHING.test(text)) return null;
  if (ABSOLUTE.test(text)) return text;
  if (SCHEME.test(text) || !PATH.test(text.split(/[?#]/, 1)[0]!)) return null;
  return BARE_HOST.test(text) || isOwnHost(text, list) ? null : text;
}

/** The text without the outermost pair around it, or without a quote in front that lost its other half. */
function unwrapped(text: string): string {
  for (const [open, close] of AROUND) {
    if (text.length <= open.length || !text.startsWith(open)) continue;
    const inner = text.slice(open.length);
    if (inner.endsWith(close)) return inner.slice(0, -close.length);
  }
  return text.startsWith('"') ? text.slice(1) : text;
}

function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && UNSEEN.test(text.charAt(from))) from += 1;
  while (to > from && UNSEEN.test(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

function isOwnHost(text: string, list: string): boolean {
  const named = /^[^/?#]*/.exec(text)![0].toLowerCase();
  return named !== '' && named === URL.parse(list)?.host;
}
