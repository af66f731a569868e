// The limits of what the user wants of connections: rates, issuers that are fetched.

/** What a rate may save up while nothing comes, as time. */
export const RATE_SAVED_MS = 100;
/** While many wait for a rate, the next of them goes on so often at the most. */
export const RATE_TURN_MS = 10;
/** A certificate that is fetched, in bytes and in time. */
export const AIA_BYTES_MAX = 64 * 1024;
export const AIA_MS_MAX = 10_000;
/** Certificates that are fetched for one chain, and in all. */
export const AIA_CHAIN_MAX = 4;
export const AIA_CERTIFICATES_MAX = 200;
