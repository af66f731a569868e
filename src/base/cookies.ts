// A cookie as it is kept (RFC 6265bis, section 5.7), and where a job keeps its cookies.

export interface Cookie {
  /** Empty for a cookie that has only a value. */
  readonly name: string;
  /** Bytes as latin1 text, as they go over the wire. */
  readonly value: string;
  /** The name or the address of a host, without a leading dot. */
  readonly domain: string;
  /** It goes to this very host and not to those below it. */
  readonly isHostOnly: boolean;
  readonly path: string;
  /** It goes over https alone. */
  readonly isSecure: boolean;
  readonly isHttpOnly: boolean;
  readonly sameSite: '' | 'strict' | 'lax' | 'none';
  /** In wall time; null for a cookie of the session, which lasts as long as its job. */
  readonly expiresAt: number | null;
  /** In wall time. No two cookies of a jar have the same, so it orders them. */
  readonly createdAt: number;
  /** When its value last changed, in wall time. */
  readonly changedAt: number;
}

/** A cookie with its site, the registrable domain of its host. */
export interface SiteCookie {
  readonly site: string;
  readonly cookie: Cookie;
}

/** In `expiresAt`: the cookie was taken away. */
export const GONE_AT = 0;

/** The cookies of a job in its store. The groups of a run write them. */
export interface CookieShelf {
  /** Those of these sites, or all; also those that have expired. */
  load(sites?: readonly string[]): Promise<readonly SiteCookie[]>;
}

/** What tells a cookie from all others of its site. */
export function cookieKey({
  domain,
  isHostOnly,
  path,
  name,
}: Pick<Cookie, 'domain' | 'isHostOnly' | 'path' | 'name'>): string {
  return `${domain};${isHostOnly ? 1 : 0};${path};${name}`;
}
