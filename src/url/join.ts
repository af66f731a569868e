// Joins a link to its base by the rules of the WHATWG URL standard. Most links are plain, and for those a few string operations
// give what the parser would; whatever looks unusual goes to the parser. A property test holds the two together.

/** What is the same for all links of a page. */
export interface Base {
  /** Absolute, without fragment. */
  readonly href: string;
  /** Everything before the path, userinfo included; empty where every link must go through the parser. */
  readonly prefix: string;
  /** Path up to its last slash: the folder that relative links start in. */
  readonly folder: string;
  /** Path without query. */
  readonly path: string;
}

/** Schemes that never lead anywhere; links of these are many. */
const DEAD_SCHEMES = /^[\0- ]*(?:javascript|mailto|data|tel):/i;

/** Prepares the base of a page's links; null where it is not an absolute URL. */
export function prepareBase(url: string): Base | null {
  const parsed = URL.parse(url);
  if (parsed === null) return null;
  const { pathname, protocol } = parsed;
  const href = withoutFragment(parsed.href);
  const isHttp = protocol === 'http:' || protocol === 'https:';
  // The parser writes a slash behind every host.
  const prefix = isHttp ? href.slice(0, href.indexOf('/', protocol.length + 2)) : '';
  return { href, prefix, folder: pathname.slice(0, pathname.lastIndexOf('/') + 1), path: pathname };
}

/** Prepares bases one after the other; a plain one on the same host as the one before needs no parser. */
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
      return { href: url, prefix, folder: path.slice(0, path.lastIndexOf('/') + 1), path };
    }
    const base = prepareBase(url);
    if (base !== null) prefix = base.prefix;
    return base;
  };
}

/**
 * The absolute URL of a link, without fragment; null for what cannot be parsed and for javascript, mailto, data and tel. Other
 * schemes are for the caller to judge.
 */
export function joinUrl(href: string, base: string | Base): string | null {
  const prepared = typeof base === 'string' ? prepareBase(base) : base;
  if (prepared === null) return null;
  return joinPlain(href, prepared) ?? joinAny(href, prepared.href);
}

/** No URL can be made of it, whatever page it stands on; what only leads nowhere (javascript, mailto) is one. */
export function isNoUrl(href: string): boolean {
  return !DEAD_SCHEMES.test(href) && !URL.canParse(href, 'http://a/');
}

function joinAny(href: string, base: string): string | null {
  if (DEAD_SCHEMES.test(href)) return null;
  const joined = URL.parse(href, base)?.href;
  // Tabs and line ends inside a scheme are only gone now.
  return joined === undefined || DEAD_SCHEMES.test(joined) ? null : withoutFragment(joined);
}

function withoutFragment(href: string): string {
  const hash = href.indexOf('#');
  return hash < 0 ? href : href.slice(0, hash);
}

const SLASH = 0x2f;
const DOT = 0x2e;
const QUESTION = 0x3f;
const HASH = 0x23;
const COLON = 0x3a;
const PERCENT = 0x25;

// Characters that the parser leaves as they are. What is in neither may be encoded, stripped, or end something.
const IN_PATH = 1;
const IN_QUERY = 2;
const PLAIN = new Uint8Array(128);
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~!$&()*+,;=@') {
  PLAIN[char.charCodeAt(0)] = IN_PATH | IN_QUERY;
}
for (const char of '/?:.%[]') PLAIN[char.charCodeAt(0)] = IN_QUERY;

/** The joined URL where link and base are plain; null where the parser must be asked. */
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
  let { folder } = base;
  let from = 0;
  // `../` and `./` at the front, which is where they are.
  while (href.charCodeAt(from) === DOT) {
    if (href.startsWith('../', from)) {
      from += 3;
      if (folder.length > 1) folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
    } else if (href.startsWith('./', from)) {
      from += 2;
    } else return null;
  }
  // Before the first slash a colon would end a scheme.
  return joined(base.prefix + folder, href, from, pathEnd(href, from, from > 0));
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

/** Where the host of an absolute URL ends; -1 where it is not plain: lower case, no port, no address, no punycode. */
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

/** Where a plain path and its query end, at a fragment or the end; -1 where they are not plain. */
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
