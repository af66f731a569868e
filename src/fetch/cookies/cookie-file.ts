// Cookies in files: cookies.txt, which Netscape began and curl, wget and browsers write, and the storageState of
// Playwright, which is JSON.

import { type Cookie, GONE_AT } from '../../base/cookies.ts';
import { COOKIE_LENGTH_MAX } from '../../base/limits-of-cookies.ts';
import { isPublicSuffix } from '../../url/host.ts';
import { sameSiteOf } from './set-cookie.ts';

/** What is wrong with a file, and where: `line 3`, `cookie 2`. */
export class CookieFileFault extends Error {}

/**
 * One cookie as a file says it: its domain may have a leading dot. `expires` is in seconds; 0 and less mean the
 * session.
 */
interface Said extends Omit<Cookie, 'expiresAt' | 'createdAt' | 'changedAt'> {
  readonly expires: number;
}

const HTTP_ONLY = '#HttpOnly_';
/** A semicolon would end the cookie, and control characters are in no field. */
const FIT = /^[\t\x20-\x3a\x3c-\x7e\x80-\xff]*$/;

/**
 * The cookies in the text, which has a character for each byte; `at` is when they were as the file says. Throws
 * CookieFileFault.
 */
export function readCookies(text: string, at: number): Cookie[] {
  const written = text.replace(/^\xef\xbb\xbf/, '');
  const said = /^\s*[[{]/.test(written) ? saidInJson(written) : saidInLines(written);
  return said.map((each, index) => ({ ...each, createdAt: at + index, changedAt: at }));
}

type Untimed = Omit<Cookie, 'createdAt' | 'changedAt'>;

function saidInLines(text: string): Untimed[] {
  const cookies: Untimed[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const written = line.replace(/\r$/, '');
    const isHttpOnly = written.startsWith(HTTP_ONLY);
    if (written.trim() === '' || (written.startsWith('#') && !isHttpOnly)) continue;
    const where = `line ${index + 1}`;
    const fields = written.slice(isHttpOnly ? HTTP_ONLY.length : 0).split('\t');
    const [domain = '', below = '', path = '', secure = '', expires = '', name = '', ...value] = fields;
    // Some editors take away the tab before an empty value.
    if (fields.length < 6)
      throw new CookieFileFault(`${where}: it has not the seven fields of cookies.txt with tabs between them`);
    const cookie = {
      ...{ name, value: value.join('\t'), domain, path, isHttpOnly, sameSite: '' as const },
      isHostOnly: !truth(below, where),
      isSecure: truth(secure, where),
      expires: numberOf(expires, where),
    };
    cookies.push(checked(cookie, where));
  }
  return cookies;
}

function truth(word: string, where: string): boolean {
  if (/^(?:true|false)$/i.test(word)) return word.toLowerCase() === 'true';
  throw new CookieFileFault(`${where}: ${JSON.stringify(word)} is neither TRUE nor FALSE`);
}

function numberOf(text: string, where: string): number {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  throw new CookieFileFault(`${where}: ${JSON.stringify(text)} is not a time in seconds`);
}

function saidInJson(text: string): Untimed[] {
  let state: unknown;
  try {
    state = JSON.parse(Buffer.from(text, 'latin1').toString('utf8'));
  } catch (cause) {
    throw new CookieFileFault(`${lineOf(text, (cause as Error).message)}: it is not JSON`, { cause });
  }
  const cookies = Array.isArray(state) ? state : (state as { readonly cookies?: unknown }).cookies;
  if (!Array.isArray(cookies)) throw new CookieFileFault('line 1: it has no list of cookies');
  return cookies.map((each: unknown, index) => {
    const where = `cookie ${index + 1}`;
    if (typeof each !== 'object' || each === null) throw new CookieFileFault(`${where}: it is not an object`);
    return checked(saidBy(each as Readonly<Record<string, unknown>>, where), where);
  });
}

/** The line that the parser of JSON complains about. */
function lineOf(text: string, message: string): string {
  const at = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
  return `line ${text.slice(0, at).split('\n').length}`;
}

function saidBy(given: Readonly<Record<string, unknown>>, where: string): Said {
  const textOf = (key: string, usual?: string): string => {
    const value = given[key] ?? usual;
    if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('latin1');
    throw new CookieFileFault(`${where}: its ${key} is not a text`);
  };
  // Extensions of browsers name the time in another way.
  const expires = given['expires'] ?? given['expirationDate'] ?? 0;
  if (typeof expires !== 'number') throw new CookieFileFault(`${where}: its expires is not a number of seconds`);
  const domain = textOf('domain');
  return {
    ...{ name: textOf('name'), value: textOf('value'), domain, path: textOf('path', '/'), expires },
    isHostOnly: !domain.startsWith('.'),
    isSecure: given['secure'] === true,
    isHttpOnly: given['httpOnly'] === true,
    sameSite: sameSiteOf(typeof given['sameSite'] === 'string' ? given['sameSite'] : ''),
  };
}

function checked({ expires, ...said }: Said, where: string): Untimed {
  const domain = hostnameIn(said.domain.replace(/^\./, ''));
  const { name, value } = said;
  // curl writes a path as the server wrote it, and reads one without a slash as this.
  const path = said.path.startsWith('/') ? said.path : '/';
  if (domain === null) throw new CookieFileFault(`${where}: ${JSON.stringify(said.domain)} is not the name of a host`);
  if (!FIT.test(`${name}${value}${path}`) || /[=\t]/.test(name))
    throw new CookieFileFault(`${where}: it has a character that no cookie can have`);
  if (name.length + value.length > COOKIE_LENGTH_MAX)
    throw new CookieFileFault(`${where}: it has more than ${COOKIE_LENGTH_MAX} bytes`);
  const isHostOnly = said.isHostOnly || isPublicSuffix(domain);
  return { ...said, path, domain, isHostOnly, expiresAt: expires <= GONE_AT ? null : Math.ceil(expires * 1000) };
}

function hostnameIn(text: string): string | null {
  if (text === '' || /[/?#@\s\\]/.test(text)) return null;
  const isV6 = text.includes(':') && !text.startsWith('[');
  const url = URL.parse(`http://${isV6 ? `[${text}]` : text}/`);
  return url === null || url.port !== '' ? null : url.hostname.replace(/^\[|\]$/g, '');
}

/** The text of a cookies.txt, a character for each byte. */
export function cookiesTxt(cookies: readonly Cookie[]): string {
  const lines = cookies.map(({ name, value, domain, isHostOnly, path, isSecure, isHttpOnly, expiresAt }) => {
    const host = `${isHttpOnly ? HTTP_ONLY : ''}${isHostOnly ? '' : '.'}${domain}`;
    const seconds = expiresAt === null ? 0 : Math.ceil(expiresAt / 1000);
    return [host, word(!isHostOnly), path, word(isSecure), seconds, name, value].join('\t');
  });
  return ['# Netscape HTTP Cookie File', ...lines, ''].join('\n');
}

function word(isTrue: boolean): string {
  return isTrue ? 'TRUE' : 'FALSE';
}

const SAME_SITES = { strict: 'Strict', lax: 'Lax', none: 'None', '': 'Lax' } as const;

/** The text of a storageState, a character for each byte. */
export function storageState(cookies: readonly Cookie[]): string {
  const textOf = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');
  const listed = cookies.map(
    ({ name, value, domain, isHostOnly, path, isSecure, isHttpOnly, sameSite, expiresAt }) => ({
      ...{ name: textOf(name), value: textOf(value), domain: `${isHostOnly ? '' : '.'}${domain}`, path: textOf(path) },
      expires: expiresAt === null ? -1 : expiresAt / 1000,
      ...{ httpOnly: isHttpOnly, secure: isSecure, sameSite: SAME_SITES[sameSite] },
    }),
  );
  const text = JSON.stringify({ cookies: listed, origins: [] }, null, 2);
  return Buffer.from(`${text}\n`, 'utf8').toString('latin1');
}
