// The limits of connections: what is read of them in a turn, and what the user wants of them (rates, issuers).

/** Pieces of one read that are taken at once, alone and while others wait: a chunk has three. */
export const READ_STEPS_MAX = 2_048;
export const READ_STEPS_CROWDED_MAX = 256;
/** The bytes of a line between chunks that count as one piece. */
export const CHUNK_LINE_STEP_BYTES = 32;
/** A longer head of a response is parsed in a turn of its own. */
export const HEAD_AT_ONCE_BYTES = 16 * 1024;
/** For how long what is left of such reads is taken before the event loop gets a turn. */
export const READ_ON_MS = 5;
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
