// The limits of connections that speak HTTP/2.

const KB = 1024;
const MB = 1024 * KB;

/** Streams of a connection of HTTP/2 at once, if its server allows as many. */
export const HTTP2_STREAMS_AT_ONCE_MAX = 256;
/** Streams in the life of a connection. Some servers close it after 1,000, with whatever is on it. */
export const HTTP2_STREAMS_MAX = 900;
/** Streams of a connection that we reset. Servers take many resets for an attack. */
export const HTTP2_RESETS_MAX = 50;
/**
 * Streams in which a server may say of one request that it did not process it, before its host is left alone for a
 * time. A busy server refuses some at random. A connection on which it took nothing counts as several.
 */
export const HTTP2_REFUSALS_MAX = 12;
export const HTTP2_REFUSALS_A_CONNECTION = 4;
/** What a server may send of one response, and of all on a connection, before we have taken any of it. */
export const HTTP2_STREAM_WINDOW_BYTES = 128 * KB;
export const HTTP2_CONNECTION_WINDOW_BYTES = 4 * MB;
/** The fields of a response that are read at all, as HTTP/2 counts them; fewer are kept (`RESPONSE_HEAD_BYTES_MAX`). */
export const HTTP2_FIELDS_MAX = 16 * KB;
export const HTTP2_FIELDS_BYTES_MAX = 512 * KB;
/** Pieces of all streams of a connection that are taken before the event loop gets a turn. */
export const HTTP2_PIECES_AT_ONCE_MAX = 1_000;
/** Bytes that come for one stream and make no head: with more, its fields were too large. */
export const HTTP2_LONG_HEAD_BYTES = 16 * KB;
