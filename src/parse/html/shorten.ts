// Shortens a token that would fill a piece of the page (a tag with 500,000 attributes, a comment of a gigabyte), so
// that it is not carried along until it ends. To the scanner the short token means the same, except that values too
// long for any URL are gone. A link that is too long stays too long, so that it is counted.

import { URL_LENGTH_MAX } from '../../base/limits.ts';
import { afterSpaces, attributeNameEnd, unquotedEnd } from './tag-places.ts';

/** Longer than any name that has a meaning. */
const NAME_LENGTH_MAX = 64;
/** Replaces a name that is not wanted or a value that is too long. */
const ANY = 'x';
/** Attributes whose whole value is one link. */
const LINKS: ReadonlySet<string> = new Set(['href', 'src']);
/** How much of a long link is kept: its beginning tells whether it leads anywhere. */
const SCHEME_LENGTH_MAX = 32;
/** Replaces the rest of a long link, so that the link stays too long. */
const TOO_LONG = ANY.repeat(URL_LENGTH_MAX);

/** Shortens a token that has no end yet. Of a tag's attributes the wanted `names` stay. */
export function shortened(token: string, names: readonly string[]): string {
  if (token.startsWith('<!--')) return `<!--${ANY}${token.slice(-3)}`;
  if (token.startsWith('<![CDATA[')) return `<![CDATA[${token.slice(-2)}`;
  return /^<\/?[a-z]/i.test(token) ? shortenedTag(token, names) : `${token.slice(0, 3)}${ANY}`;
}

function shortenedTag(tag: string, names: readonly string[]): string {
  const start = /^<\/?[^\t\n\f\r />]*/.exec(tag)![0];
  const kept = [start.slice(0, NAME_LENGTH_MAX)];
  const seen = new Set<string>();
  let at = start.length;
  while (at < tag.length) {
    if (/[\t\n\f\r /]/.test(tag.charAt(at))) {
      at += 1;
      continue;
    }
    const end = attributeEnd(tag, at);
    if (end < 0) return `${kept.join(' ')} ${cutAttribute(tag.slice(at))}`;
    const name = tag.slice(at, Math.min(attributeNameEnd(tag, at), at + NAME_LENGTH_MAX)).toLowerCase();
    if (names.includes(name) && !seen.has(name)) {
      if (end - at < URL_LENGTH_MAX) kept.push(tag.slice(at, end));
      else if (LINKS.has(name)) kept.push(closed(cutAttribute(tag.slice(at, end))));
    }
    seen.add(name);
    at = end;
  }
  // A slash at the end may belong to `/>`.
  return `${kept.join(' ')} ${tag.endsWith('/') ? '/' : ''}`;
}

/** The place after an attribute; -1 if it may go on after the text. */
function attributeEnd(text: string, from: number): number {
  const equals = afterSpaces(text, attributeNameEnd(text, from));
  if (equals === text.length) return -1;
  if (text.charAt(equals) !== '=') return equals;
  const value = afterSpaces(text, equals + 1);
  const quote = text.charAt(value);
  if (quote === '"' || quote === "'") return text.indexOf(quote, value + 1) + 1 || -1;
  const end = unquotedEnd(text, value);
  return end === text.length ? -1 : end;
}

/** The beginning of an attribute that leaves the tokenizer in the same state. */
function cutAttribute(text: string): string {
  if (text.length < URL_LENGTH_MAX) return text;
  const nameEnd = attributeNameEnd(text, 0);
  const name = nameEnd < NAME_LENGTH_MAX ? text.slice(0, nameEnd) : ANY;
  if (nameEnd === text.length) return name;
  const equals = afterSpaces(text, nameEnd);
  if (equals === text.length) return `${name} `;
  const value = afterSpaces(text, equals + 1);
  if (value === text.length) return `${name}= `;
  const first = text.charAt(value);
  const quote = first === '"' || first === "'" ? first : '';
  if (!LINKS.has(name.toLowerCase())) return `${ANY}=${quote || ANY}`;
  const from = value + quote.length;
  return `${name}=${quote}${text.slice(from, from + SCHEME_LENGTH_MAX)}${TOO_LONG}`;
}

/** A long attribute with its end. */
function closed(attribute: string): string {
  return attribute + (/^[^=]*=(["']?)/.exec(attribute)?.[1] ?? '');
}
