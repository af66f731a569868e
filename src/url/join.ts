// Joins a link to its base by the rules of the WHATWG URL standard. Most links are plain: a few string operations give
// the same result as the parser. Every unusual link goes to the parser. A property test compares the two.

/** What all links of a page share. */
export interface Base {
  /** The absolute URL without its fragment. */
  readonly href: string;
  /** Everything before the path. It is empty if every link must go through the parser. */
  readonly prefix: string;
  /** The path without the query. */
  readonly path: string;
  /**
   * What relative links are appended to: the path up to its last slash, with the host, then the folder above it, and
   * so on, as far as links have gone up.
   */
  readonly fronts: string[];
}

/** Schemes that a crawl never follows. Links with these schemes are frequent. */
const DEAD_SCHEMES = /^[\0- ]*(?:javascript|mailto|data|tel):/i;

/** Prepares the base of a page's links; null if the URL is not absolute. */
export function prepareBase(url: string): Base | null {
  const parsed = URL.parse(url);
  if (parsed === null) return null;
  const { pathname, protocol } = parsed;
  const href = writtenOf(parsed);
  const isHttp = protocol === 'http:' || protocol === 'https:';
  // The parser writes a slash after every host.
  const prefix = isHttp ? href.slice(0, href.indexOf('/', protocol.length + 2)) : '';
  return baseIn(href, prefix, pathname);
}

function baseIn(href: string, prefix: string, path: string): Base {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return { href, prefix, path, fronts: [prefix + folder] };
}

/** Prepares one base after another. A plain base on the same host as the previous one needs no parser. */
export function createBases(): (url: string) => Base | null {
  let prefix = '';
  return (url) => {
    const from = prefix.length;
    if (
      from > 0 &&
      url.startsWith(prefix) &&
      url.charCodeAt(from) === SLASH &&
      pathEnd(url, from, true) === url.length
    ) {
      const query = url.indexOf('?', from);
      const path = query < 0 ? url.slice(from) : url.slice(from, query);
      return baseIn(url, prefix, path);
    }
    const base = prepareBase(url);
    if (base !== null) prefix = base.prefix;
    return base;
  };
}

/**
 * The absolute URL of a link, without its fragment, user name and password. It is null if the link cannot be parsed or
 * has the scheme javascript, mailto, data or tel. The caller decides on all other schemes.
 */
export function joinUrl(href: string, base: string | Base): string | null {
  const prepared = typeof base === 'string' ? prepareBase(base) : base;
  if (prepared === null) return null;
  return joinPlain(href, prepared) ?? joinAny(href, prepared.href);
}

/**
 * Whether the link is not a URL, whatever page it is on. A link that a crawl never follows (javascript, mailto) still
 * counts as a URL.
 */
export function isNoUrl(href: string): boolean {
  return !DEAD_SCHEMES.test(href) && !URL.canParse(href, 'http://a/');
}

function joinAny(href: string, base: string): string | null {
  if (DEAD_SCHEMES.test(href)) return null;
  const joined = URL.parse(href, base);
  // Tabs and line ends inside a scheme are only gone now.
  return joined === null || DEAD_SCHEMES.test(joined.href) ? null : writtenOf(joined);
}

/**
 * Without fragment, and without the user name and password of a link: they are not part of a request, and are kept
 * nowhere.
 */
function writtenOf(url: URL): string {
  if (url.username !== '') url.username = '';
  if (url.password !== '') url.password = '';
  const { href } = url;
  const hash = href.indexOf('#');
  return hash < 0 ? href : href.slice(0, hash);
}

/**
 * The same for a text that is not a URL: it removes what is between the slashes and the last `@` of a possible host.
 */
export function withoutUserinfo(text: string): string {
  return text.replace(/^([^/\\?#]{0,20}[/\\]{2,})[^/\\?#]*@/, '$1');
}

const SLASH = 0x2f;
const DOT = 0x2e;
const QUESTION = 0x3f;
const HASH = 0x23;
const COLON = 0x3a;
const PERCENT = 0x25;

// Characters that the parser leaves unchanged. A character in neither set may be encoded, removed, or end a part.
const IN_PATH = 1;
const IN_QUERY = 2;
const PLAIN = new Uint8Array(128);
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~!$&()*+,;=@') {
  PLAIN[char.charCodeAt(0)] = IN_PATH | IN_QUERY;
}
for (const char of '/?:.%[]') PLAIN[char.charCodeAt(0)] = IN_QUERY;

/** The joined URL if link and base are plain; null if the parser must join them. */
function joinPlain(href: string, base: Base): string | null {
  if (base.prefix === '') return null;
  if (href.length === 0) return base.href;
  const first = href.charCodeAt(0);
  if (first === HASH) return base.href;
  if (first === SLASH) {
    if (href.charCodeAt(1) === SLASH) return null;
    return joined(base.prefix, href, 0, pathEnd(href, 0, true));
  }
  if (first === QUESTION) return joined(base.prefix + base.path, href, 0, queryEnd(href, 1));
  if (first === 0x68 && (href.startsWith('http://') || href.startsWith('https://'))) return joinAbsolute(href, base);
  return joinRelative(href, base);
}

function joinRelative(href: string, base: Base): string | null {
  let from = 0;
  let up = 0;
  // Only `../` and `./` at the front are resolved here. Anywhere else the parser resolves them.
  while (href.charCodeAt(from) === DOT) {
    if (href.startsWith('../', from)) {
      from += 3;
      up += 1;
    } else if (href.startsWith('./', from)) {
      from += 2;
    } else return null;
  }
  // A colon before the first slash would end a scheme.
  return joined(frontOf(base, up), href, from, pathEnd(href, from, from > 0));
}

/** The folder that is `up` above the base's own, with its host. The highest is the root. */
function frontOf({ prefix, fronts }: Base, up: number): string {
  while (fronts.length <= up) {
    const last = fronts.at(-1)!;
    const isRoot = last.length === prefix.length + 1;
    if (isRoot) return last;
    fronts.push(last.slice(0, last.lastIndexOf('/', last.length - 2) + 1));
  }
  return fronts[up]!;
}

function joinAbsolute(href: string, base: Base): string | null {
  const { length } = base.prefix;
  const path = href.charCodeAt(length) === SLASH && href.startsWith(base.prefix) ? length : hostEnd(href);
  return path < 0 ? null : joined('', href, 0, pathEnd(href, path, true));
}

function joined(front: string, href: string, from: number, end: number): string | null {
  if (end < 0) return null;
  return front + (from === 0 && end === href.length ? href : href.slice(from, end));
}

/**
 * Where the host of an absolute URL ends; -1 if the host is not plain. A plain host is lower case, with no port, no IP
 * address and no punycode.
 */
function hostEnd(href: string): number {
  const from = href.charCodeAt(4) === COLON ? 7 : 8;
  let label = from;
  for (let at = from; at < href.length; at += 1) {
    const code = href.charCodeAt(at);
    if (isLetter(code) || (code >= 0x30 && code <= 0x39)) continue;
    if (code === 0x2d && href.charCodeAt(at + 1) !== 0x2d) continue;
    if (code === DOT) label = at + 1;
    // The last label of an IPv4 address begins with a digit.
    else return code === SLASH && isLetter(href.charCodeAt(label)) ? at : -1;
  }
  return -1;
}

function isLetter(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

/** Where a plain path with its query ends (at a fragment or at the end of the link); -1 if they are not plain. */
function pathEnd(href: string, from: number, allowsColon: boolean): number {
  let hasSlash = allowsColon;
  let previous = SLASH;
  for (let at = from; at < href.length; at += 1) {
    const code = href.charCodeAt(at);
    if (code > 127) return -1;
    if ((PLAIN[code]! & IN_PATH) === 0) {
      if (code === SLASH) hasSlash = true;
      else if (code === HASH) return at;
      else if (code === QUESTION) return queryEnd(href, at + 1);
      else if (code === DOT) {
        // A segment that begins with a dot may be `.` or `..`.
        if (previous === SLASH) return -1;
      } else if (code === COLON) {
        if (!hasSlash) return -1;
      } else if (code !== PERCENT || isEscapedDot(href, at)) return -1;
    }
    previous = code;
  }
  return href.length;
}

function isEscapedDot(href: string, at: number): boolean {
  return href.charCodeAt(at + 1) === 0x32 && (href.charCodeAt(at + 2) | 0x20) === 0x65;
}

function queryEnd(href: string, from: number): number {
  for (let at = from; at < href.length; at += 1) {
    const code = href.charCodeAt(at);
    if (code === HASH) return at;
    if (code > 127 || (PLAIN[code]! & IN_QUERY) === 0) return -1;
  }
  return href.length;
}
