// The limits of archives that are kept outside of the job's folder, which limits.ts passes on.

const KB = 1024;
const MB = 1024 * KB;

/** S3 takes at most so many parts of a file. */
export const UPLOAD_PARTS_MAX = 10_000;
/** Parts that are in memory and on the wire at once. */
export const UPLOAD_PARTS_AT_ONCE = 2;
/** How often a request to S3 is tried, and the longest silence. */
export const S3_TRIES_MAX = 5;
export const S3_SILENCE_MS_MAX = 30_000;
/** The longest answer of S3 that is not a part of a file. */
export const S3_ANSWER_BYTES_MAX = 4 * MB;
/** How often a file is put again whose upload was taken away or came to nothing. */
export const PUTS_MAX = 3;
/** A file elsewhere that is read onward is read ahead: first by the lesser, at last by the larger number of bytes. */
export const AHEAD_BYTES_MIN = 256 * KB;
export const AHEAD_BYTES_MAX = 4 * MB;
/** Files elsewhere that are kept open, each with what was read ahead. */
export const FILES_THERE_MAX = 4;
/** A file of the archive grows to this share of the room that --archive-spool gives. */
export const SPOOL_FILES = 4;
/** The pause after a failed move, and the longest one. */
export const MOVE_PAUSE_MS = 1_000;
export const MOVE_PAUSE_MS_MAX = 60_000;
