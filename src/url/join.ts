// Joins a link to its base by the rules of the WHATWG URL standard. Most links are plain, and for those a few string operations
// give what the parser would; whatever looks unusual goes to the parser. A property test holds the two together.

/** What is the same for all links of a page. */
export interface Base {
  readonly href: string;
  /** scheme://host[:port] of a plain base; empty where every link must go through the parser. */
  readonly origin: string;
  /** With a slash at both ends; the folder that relative links start in. */
  readonly folder: string;
  /** Path without query. */
  readonly path: string;
}

/** Schemes that never lead to a page. */
const DEAD_SCHEMES =
  /^[\0- ]*(?:javascript|mailto|data|tel|about|blob|sms|whatsapp|ftp|file|irc|magnet|chrome|intent|skype):/i;

/** Prepares the base of a page's links; null where it is not an absolute URL. */
export function prepareBase(url: string): Base | null {
  const parsed = URL.parse(url);
  if (parsed === null) return null;
  const { href, origin, pathname } = parsed;
  const isPlain =
    (parsed.protocol === 'http:' || parsed.protocol === 'https:') && parsed.username === '' && parsed.password === '';
  return {
    href,
    origin: isPlain ? origin : '',
    folder: pathname.slice(0, pathname.lastIndexOf('/') + 1),
    path: pathname,
  };
}

/** The absolute http(s) URL of a link, without fragment; null for what cannot be joined or leads to no page. */
export function joinUrl(href: string, base: string | Base): string | null {
  const prepared = typeof base === 'string' ? prepareBase(base) : base;
  if (prepared === null) return null;
  return joinPlain(href, prepared) ?? joinAny(href, prepared.href);
}

function joinAny(href: string, base: string): string | null {
  if (DEAD_SCHEMES.test(href)) return null;
  const url = URL.parse(href, base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  url.hash = '';
  return url.href;
}

const PLAIN = 1;
const SLASH = 2;
const DOT = 3;
const QUERY = 4;
const HASH = 5;

// What a character of a path or query means to us; 0 is for the parser: it may be encoded, stripped, or end something.
const CLASS = new Uint8Array(128);
for (const char of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~!$&()*+,;=@')
  CLASS[char.charCodeAt(0)] = PLAIN;
CLASS[0x2f] = SLASH;
CLASS[0x2e] = DOT;
CLASS[0x3f] = QUERY;
CLASS[0x23] = HASH;

const COLON = 0x3a;

/** The joined URL where link and base are plain; null where the parser must be asked. */
function joinPlain(href: string, base: Base): string | null {
  if (base.origin === '') return null;
  const first = href.length === 0 ? 0 : (CLASS[href.charCodeAt(0)] ?? 0);
  if (first === HASH || href.length === 0) return null;
  if (first === SLASH) {
    if (CLASS[href.charCodeAt(1)] === SLASH) return null;
    const end = plainEnd(href, 0);
    return end < 0 ? null : base.origin + (end === href.length ? href : href.slice(0, end));
  }
  if (first === QUERY) {
    const end = plainEnd(href, 0);
    return end < 0 ? null : base.origin + base.path + href.slice(0, end);
  }
  if (href.startsWith('http')) return joinAbsolute(href, base);
  return joinRelative(href, base);
}

function joinRelative(href: string, base: Base): string | null {
  let folder = base.folder;
  let from = 0;
  // `../` and `./` at the front, which is where they are.
  while (href.charCodeAt(from) === 0x2e) {
    if (href.startsWith('../', from)) {
      from += 3;
      if (folder.length > 1) folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
    } else if (href.startsWith('./', from)) {
      from += 2;
    } else return null;
  }
  const end = plainEnd(href, from);
  return end < 0 ? null : base.origin + folder + href.slice(from, end);
}

function joinAbsolute(href: string, base: Base): string | null {
  const { origin } = base;
  if (href.startsWith(origin) && CLASS[href.charCodeAt(origin.length)] === SLASH) {
    const end = plainEnd(href, origin.length);
    return end < 0 ? null : end === href.length ? href : href.slice(0, end);
  }
  const host = /^https?:\/\/(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}(?=\/)/.exec(href)?.[0];
  if (host === undefined || host.includes('xn--')) return href.includes(':') ? null : joinRelative(href, base);
  const end = plainEnd(href, host.length);
  return end < 0 ? null : end === href.length ? href : href.slice(0, end);
}

/** Where the plain path and query that start at `from` end (at a fragment or the end); -1 where they are not plain. */
function plainEnd(href: string, from: number): number {
  let isQuery = false;
  let previous = SLASH;
  for (let at = from; at < href.length; at += 1) {
    const code = href.charCodeAt(at);
    const kind = code < 128 ? CLASS[code]! : 0;
    if (kind === PLAIN) {
      previous = PLAIN;
      continue;
    }
    if (kind === HASH) return at;
    if (kind === QUERY) isQuery = true;
    else if (kind === DOT) {
      // A segment that begins with a dot may be `.` or `..`.
      if (!isQuery && previous === SLASH) return -1;
    } else if (kind !== SLASH && !(code === COLON && (isQuery || href.charCodeAt(from) === 0x2f))) return -1;
    previous = kind;
  }
  return href.length;
}
