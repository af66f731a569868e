// Bounds of what `gossamer serve` keeps and gives.

/** Failures of a run that are remembered for who watches it. */
export const FAILURES_REMEMBERED_MAX = 200;
/** Patterns that may be excluded at the same time while a crawl runs. */
export const EXCLUSIONS_MAX = 100;
/** Their length. The rows that a pattern took have all of it in their detail. */
export const EXCLUSION_LENGTH_MAX = 250;

// --- the table of URLs
/** How much of the table of a job is in memory, in kilobytes. */
export const TABLE_CACHE_KB = 16_384;
/** The first answer about a job waits for its table if it has no more URLs. */
export const URLS_READ_AT_ONCE = 10_000;
/** Rows that are written to the table before the event loop gets a turn. */
export const ROWS_A_FILL_MAX = 2_048;
/** Rows that one answer has. */
export const ROWS_AN_ANSWER_MAX = 1_000;
/** Characters and conditions of a filter. */
export const FILTER_LENGTH_MAX = 4_096;
export const FILTER_PARTS_MAX = 64;
/** Counts of filters that are remembered. */
export const COUNTS_REMEMBERED_MAX = 256;
/** How old the table may be before a question reads what is new, and the report of a job that changes. */
export const TABLE_AGE_MAX_MS = 1_000;
export const REPORT_AGE_MAX_MS = 15_000;
/** Links, examples and referrers that are listed at once. */
export const EXAMPLES_MAX = 10;
/** Folders in the picture of a site. */
export const GRAPH_FOLDERS = 40;
/** Characters of a page's text that are given. */
export const TEXT_LENGTH_MAX = 1_000_000;
/** Jobs whose ledgers are open at the same time; the one that was asked longest ago is closed first. */
export const JOBS_OPEN_MAX = 8;
/** The body of a POST, in bytes. */
export const POST_BYTES_MAX = 65_536;
/** Between two looks at a crawl that is watched. Each look sends at most two events. */
export const LIVE_EVENTS_MS = 200;
/** Readers of events at the same time. */
export const EVENT_READERS_MAX = 64;
/** Seconds of rates that are remembered. */
export const RATES_REMEMBERED_MAX = 600;
/** How much of each log is read for the holds of a job, and how many of them are given. */
export const HOLDS_LOG_BYTES = 16 * 1024 * 1024;
export const HOLDS_SHOWN_MAX = 200;
/** Pages whose links are looked at for one answer about the links to a URL. */
export const LINK_LISTS_AN_ANSWER_MAX = 100_000;
/** Requests in flight, and hosts, that an event names. */
export const FLIGHTS_SHOWN_MAX = 100;
/** Ports that are tried, one after the other. */
export const PORTS_TRIED_MAX = 100;
/** Jobs in a list, and how old the list may be. */
export const JOBS_LISTED_MAX = 1_000;
export const LIST_AGE_MAX_MS = 1_000;
