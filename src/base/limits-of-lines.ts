// Limits of what commands read line by line, and of the files that a user names.

const KB = 1024;

/** The characters of one line of a file of roots, with its comment. */
export const LINE_LENGTH_MAX = 64 * KB;
/** The characters of a line of a batch that are in none of its texts: every value that a batch knows is a text. */
export const BATCH_FRAME_LENGTH_MAX = 64 * KB;
/** Hosts to which `fetch --batch` keeps connections open. */
export const BATCH_HOSTS_MAX = 64;
/** A file that an option names and that is read as a whole: certificates, keys, logins, proxies, options. */
export const NAMED_FILE_BYTES_MAX = 16 * 1024 * KB;
