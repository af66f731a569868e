// The key of a URL: one form for all URLs that RFC 3986, section 6.2.2, calls equivalent. The crawler requests the URL
// as found; the key only tells whether it was seen before. Nothing is sorted, and nothing that selects another page is
// dropped. Session ids and tracking parameters are dropped unless the job keeps them.

import type { JobIdentity } from '../base/contracts.ts';
import { KEY_RULES, type KeyRules, marksOf, mayHaveMarks, withoutMarks } from './parameters.ts';
import { percentForm } from './percent.ts';

/**
 * The key of an absolute URL. Host in lower case, no default port, dot segments resolved, percent-encoding in one form.
 * No empty query, fragment, userinfo, session id or tracking parameter. A plain URL is its own key: the same string
 * object.
 */
export function urlKey(url: string): string {
  return unmarked(plainKey(url), KEY_RULES);
}

/** The settings of a job that decide how its keys are made. */
type KeyChoice = Pick<JobIdentity, 'keepParameters' | 'keyRules'>;

/** The key function of a job. */
export function keyOfJob({ keepParameters = false, keyRules = 1 }: KeyChoice): (url: string) => string {
  return keepParameters ? plainKey : (url) => unmarked(plainKey(url), keyRules);
}

/**
 * The key function of a job for URLs that the URL parser wrote, without a fragment, as links are. It needs a few
 * searches instead of a full scan.
 */
export function writtenKeyOfJob({ keepParameters = false, keyRules = 1 }: KeyChoice): (url: string) => string {
  return keepParameters ? plainWrittenKey : (url) => unmarked(plainWrittenKey(url), keyRules);
}

/** The parameters of the URL that its key leaves out; an empty list if the job keeps all parameters. */
export function leftOutOfKey(url: string, { keepParameters = false, keyRules = 1 }: KeyChoice): string[] {
  return keepParameters ? [] : marksOf(plainKey(url), keyRules);
}

/** The key with session ids and tracking parameters kept. */
export function plainKey(url: string): string {
  if (isItsOwnKey(url)) return url;
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  const { protocol, host, pathname, search, href } = parsed;
  if (protocol !== 'http:' && protocol !== 'https:') return withoutFragment(href);
  return `${protocol}//${host}${percentForm(pathname)}${percentForm(search)}`;
}

/** `urlKey` for a URL that the URL parser wrote. */
export function writtenKey(url: string): string {
  return unmarked(plainWrittenKey(url), KEY_RULES);
}

/** `plainKey` for a URL that the URL parser wrote. */
export function plainWrittenKey(url: string): string {
  return WRITTEN_ODD.test(url) ? plainKey(url) : url;
}

/** What the URL parser writes and a key does not: escapes, userinfo, signs that it leaves alone, an empty query. */
const WRITTEN_ODD = /[%@|^`{}\\]|\?$/;

function unmarked(key: string, rules: KeyRules): string {
  return mayHaveMarks(key) ? withoutMarks(key, rules) : key;
}

function withoutFragment(href: string): string {
  const hash = href.indexOf('#');
  return hash < 0 ? href : href.slice(0, hash);
}

const PLAIN = 1;
const SLASH = 2;
const DOT = 3;
const QUERY = 4;
const PERCENT = 5;

// What a character means in a path or a query. 0 sends the URL to the parser. The apostrophe has 0 too, because the
// parser escapes it in a query only.
const CLASS = new Uint8Array(128);
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~!$&()*+,;=:@[]') {
  CLASS[char.charCodeAt(0)] = PLAIN;
}
CLASS[0x2f] = SLASH;
CLASS[0x2e] = DOT;
CLASS[0x3f] = QUERY;
CLASS[0x25] = PERCENT;

function isItsOwnKey(url: string): boolean {
  const path = hostEnd(url);
  if (path < 0) return false;
  let previous = 0;
  for (let at = path; at < url.length; at += 1) {
    const code = url.charCodeAt(at);
    const kind = code < 128 ? CLASS[code]! : 0;
    if (kind !== PLAIN) {
      if (kind === 0 || (kind === DOT && previous === SLASH)) return false;
      if (kind === QUERY && at === url.length - 1) return false;
      if (kind === PERCENT && !isSettled(url, at)) return false;
    }
    previous = kind;
  }
  return true;
}

/**
 * Where the path begins. It is -1 if scheme and host are not as the URL parser writes them, or if the port is the
 * scheme's default.
 */
function hostEnd(url: string): number {
  const from = url.startsWith('https://') ? 8 : url.startsWith('http://') ? 7 : -1;
  if (from < 0) return -1;
  /** Where the last label of the host begins. */
  let label = from;
  for (let at = from; at < url.length; at += 1) {
    const code = url.charCodeAt(at);
    if (code === 0x2e) label = at + 1;
    const isName = (code >= 0x61 && code <= 0x7a) || isDigit(code) || code === 0x2d || code === 0x2e;
    if (isName) continue;
    if (at === label || (isDigit(url.charCodeAt(label)) && !IPV4.test(url.slice(from, at)))) return -1;
    return code === 0x2f ? at : code === 0x3a ? portEnd(url, at + 1, from === 8 ? '443' : '80') : -1;
  }
  return -1;
}

/** A host whose last label is a number is an IPv4 address. The parser writes `127.1` and `0x7f.0.0.1` like this. */
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function portEnd(url: string, from: number, own: string): number {
  const slash = url.indexOf('/', from);
  if (slash - from > 5) return -1;
  const port = slash < 0 ? '' : url.slice(from, slash);
  return /^[1-9][0-9]*$/.test(port) && Number(port) <= 65_535 && port !== own ? slash : -1;
}

/** Whether the escape at `at` is in its final form: upper-case digits, and not an unreserved character. */
function isSettled(url: string, at: number): boolean {
  const high = digit(url.charCodeAt(at + 1));
  const low = digit(url.charCodeAt(at + 2));
  if (high < 0 || low < 0) return false;
  return !UNRESERVED.test(String.fromCharCode(high * 16 + low));
}

const UNRESERVED = /[A-Za-z0-9\-._~]/;

// Upper case only: lower-case digits still have to be raised.
function digit(code: number): number {
  if (isDigit(code)) return code - 0x30;
  return code >= 0x41 && code <= 0x46 ? code - 0x37 : -1;
}
