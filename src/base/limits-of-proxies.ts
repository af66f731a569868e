// The limits of proxies.

const KB = 1024;

/** The longest answer of a proxy to a request for a tunnel. */
export const PROXY_ANSWER_BYTES_MAX = 64 * KB;
/** How long a proxy that failed is left alone while there are others; doubled each time it fails again. */
export const PROXY_REST_MS = 30_000;
export const PROXY_REST_MS_MAX = 3_600_000;
/** Proxies of a list. */
export const PROXIES_MAX = 10_000;
/** Proxies that are tried for one request. */
export const PROXIES_TRIED_MAX = 5;
