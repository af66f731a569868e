// The limits of cookies.

/** Name and value of a cookie, and each of its attributes (RFC 6265bis, section 5.6). */
export const COOKIE_LENGTH_MAX = 4_096;
export const COOKIE_ATTRIBUTE_LENGTH_MAX = 1_024;
/** No cookie is kept for longer (RFC 6265bis, section 5.5). */
export const COOKIE_AGE_MAX_MS = 400 * 24 * 3_600_000;
/** One response sets at most so many, and a request carries at most so many and so long a field, as with curl. */
export const COOKIES_SET_AT_ONCE_MAX = 50;
export const COOKIES_SENT_MAX = 150;
export const COOKIE_FIELD_LENGTH_MAX = 8_190;
/** Cookies of one site, as in browsers, and of all sites. Those that were not used for the longest time go first. */
export const COOKIES_OF_SITE_MAX = 180;
export const COOKIES_MAX = 5_000;
/** A file of cookies is read into memory. */
export const COOKIE_FILE_BYTES_MAX = 32 * 1024 * 1024;
