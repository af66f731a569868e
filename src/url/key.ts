// The key of a URL: one form for what RFC 3986, section 6.2.2, calls equivalent. The URL itself is asked as found; the key only
// says whether it has been seen. Nothing is sorted or dropped that a server could tell apart.

const ESCAPE = /%([0-9a-f]{2})/gi;

/** The key of an absolute URL as the URL parser writes it. A plain URL is its own key, the very same string. */
export function urlKey(url: string): string {
  if (isItsOwnKey(url)) return url;
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  parsed.hash = '';
  if (parsed.username !== '') parsed.username = '';
  if (parsed.password !== '') parsed.password = '';
  const { href } = parsed;
  const bare = parsed.search === '' && href.endsWith('?') ? href.slice(0, -1) : href;
  return bare.includes('%') ? bare.replace(ESCAPE, oneForm) : bare;
}

function isItsOwnKey(url: string): boolean {
  return !url.includes('%') && !url.includes('@') && !url.includes('#') && !url.includes('/.') && !url.endsWith('?') && isWritten(url);
}

// Upper case in the host, a default port or a missing path show a URL that no parser has written.
function isWritten(url: string): boolean {
  const from = url.startsWith('http://') ? 7 : url.startsWith('https://') ? 8 : 0;
  if (from === 0) return false;
  for (let at = from; at < url.length; at += 1) {
    const code = url.charCodeAt(at);
    if (code === 0x2f) return true;
    const isHostCharacter =
      (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x2d;
    if (!isHostCharacter && code !== 0x3a) return false;
    if (code === 0x3a && (url.startsWith(':80/', at) || url.startsWith(':443/', at))) return false;
  }
  return false;
}

// Unreserved characters are decoded; every other escape is kept, with upper-case digits.
function oneForm(escaped: string, digits: string): string {
  const char = String.fromCharCode(Number.parseInt(digits, 16));
  return /[A-Za-z0-9._~-]/.test(char) ? char : escaped.toUpperCase();
}
