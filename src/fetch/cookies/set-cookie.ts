// Reads one Set-Cookie field (RFC 6265bis, section 5.6). What it says is judged by the jar.

import { COOKIE_ATTRIBUTE_LENGTH_MAX, COOKIE_LENGTH_MAX } from '../../base/limits-of-cookies.ts';
import { cookieDate } from './cookie-date.ts';

/** What a server said, as it said it. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** In lower case and without its leading dot; empty if it was not given. */
  readonly domain: string;
  /** Empty if it was not given, or is not an absolute path. */
  readonly path: string;
  readonly isSecure: boolean;
  readonly isHttpOnly: boolean;
  readonly sameSite: '' | 'strict' | 'lax' | 'none';
  /** In wall time: far in the past where it is to be taken away at once; null if it was not given. */
  readonly expiresAt: number | null;
}

/** A field with any other control character than the tab is ignored. */
const FIELD = /^[\t\x20-\x7e\x80-\xff]*$/;
const AT_ONCE = Number.NEGATIVE_INFINITY;

/** Null if the field sets no cookie. `now` is in wall time. */
export function readSetCookie(field: string, now: number): SetCookie | null {
  if (!FIELD.test(field)) return null;
  const [pair = '', ...attributes] = field.split(';');
  const equals = pair.indexOf('=');
  const name = equals < 0 ? '' : trimmed(pair.slice(0, equals));
  const value = trimmed(pair.slice(equals + 1));
  if (name.length + value.length > COOKIE_LENGTH_MAX || name.length + value.length === 0) return null;
  const said = { domain: '', path: '', isSecure: false, isHttpOnly: false, sameSite: '' as SetCookie['sameSite'] };
  let expires: number | null = null;
  let maxAge: number | null = null;
  // The last attribute of each name counts.
  for (const attribute of attributes) {
    const at = attribute.indexOf('=');
    const given = at < 0 ? '' : trimmed(attribute.slice(at + 1));
    if (given.length > COOKIE_ATTRIBUTE_LENGTH_MAX) continue;
    switch (trimmed(at < 0 ? attribute : attribute.slice(0, at)).toLowerCase()) {
      case 'expires':
        expires = cookieDate(given) ?? expires;
        break;
      case 'max-age':
        if (/^-?\d+$/.test(given)) maxAge = Number(given) <= 0 ? AT_ONCE : now + Number(given) * 1000;
        break;
      case 'domain':
        said.domain = given.replace(/^\./, '').toLowerCase();
        break;
      case 'path':
        said.path = given.startsWith('/') ? given : '';
        break;
      case 'secure':
        said.isSecure = true;
        break;
      case 'httponly':
        said.isHttpOnly = true;
        break;
      case 'samesite':
        said.sameSite = sameSiteOf(given);
        break;
    }
  }
  return { name, value, ...said, expiresAt: maxAge ?? expires };
}

export function sameSiteOf(text: string): SetCookie['sameSite'] {
  const word = text.toLowerCase();
  return word === 'strict' || word === 'lax' || word === 'none' ? word : '';
}

/** Without blanks around it. An expression would look from each blank in the middle whether it is the last one. */
function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text, from)) from += 1;
  while (to > from && isBlank(text, to - 1)) to -= 1;
  return text.slice(from, to);
}

function isBlank(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\t';
}
