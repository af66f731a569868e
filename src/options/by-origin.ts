// Values that are for one origin alone: `ORIGIN=VALUE`, as in `https://example.com=USER:PASS`. Nothing else that such
// an option takes begins like a URL.

/** A value, and the origin that it is for; null if it is for the origins of the roots. */
export interface ForOrigin {
  readonly origin: string | null;
  readonly value: string;
}

/**
 * Null if the text begins like a URL of any scheme, and there is no origin of http or https before its first `=`: a
 * password for another place would go to the roots.
 */
export function forOrigin(text: string): ForOrigin | null {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return { origin: null, value: text };
  const equals = text.indexOf('=');
  const url = equals < 0 ? null : URL.parse(text.slice(0, equals));
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href;
  return isOrigin ? { origin: url.origin, value: text.slice(equals + 1) } : null;
}

/** `USER:PASS`, without control characters (RFC 7617, section 2). */
const LOGIN = /^[^:\p{Cc}]+:\P{Cc}*$/u;

/** Whether it is `USER:PASS` or `ORIGIN=USER:PASS`. */
export function isLogin(text: string): boolean {
  return LOGIN.test(forOrigin(text)?.value ?? '');
}
