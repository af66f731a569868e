// The limits of exports and reports, which limits.ts passes on.

const KB = 1024;
const MB = 1024 * KB;

/** A record, decompressed, that is read into memory; and one that is not much shorter in its file. */
export const RECORD_BYTES_MAX = 257 * MB;
export const LARGE_RECORD_BYTES_MAX = 1024 * MB;
/** The head of a record. Beyond it no blank line is searched for, and no field is read. */
export const RECORD_HEAD_BYTES_MAX = 256 * KB;
/** A line of an index that is read; a line that gossamer writes holds a URL twice and a media type. */
export const INDEX_LINE_LENGTH_MAX = 2 * MB;
/** Lines of an index that are checked before the event loop gets a turn. */
export const INDEX_LINES_CHECKED_AT_ONCE = 4_096;
/** Pages of rows that one answer reads before the event loop gets a turn. */
export const PAGES_READ_AT_ONCE = 4;
/** A value of a job's database that a view reads. */
export const VALUE_READ_BYTES_MAX = 32 * MB;
/** Faults that `verify` lists. */
export const FAULTS_LISTED_MAX = 100;
/** How many of the slowest, the largest and the busiest a report lists. */
export const REPORT_TOP_MAX = 10;
/** Broken URLs whose links are counted. */
export const BROKEN_KEPT_MAX = 100_000;
/** Broken URLs that a report lists, and how many linking pages it lists for each. */
export const BROKEN_LISTED_MAX = 1_000;
/** URLs that are listed for each condition of a gate that was met. */
export const GATE_URLS_LISTED_MAX = 1_000;
export const REFERRERS_LISTED_MAX = 10;
/** Traps that a report lists. */
export const TRAPS_LISTED_MAX = 1_000;
/** Responses with a remark that a report lists. */
export const REMARKS_LISTED_MAX = 1_000;
export const CHAINS_LISTED_MAX = 1_000;
export const CHAIN_URLS_LISTED_MAX = 20;
/** The stretches of time in the chart of a report, and the least length of one. */
export const TIMELINE_COLUMNS_MAX = 240;
export const TIMELINE_COLUMN_MS_MIN = 250;
/** Folders that a report counts one by one, and entries of a chart that it shows. */
export const FOLDERS_COUNTED_MAX = 2_000;
export const CHART_ROWS_MAX = 20;
/** In a report as a page: the characters of one list, of that of the broken links, and the entries of each. */
export const REPORT_LIST_LENGTH_MAX = 50_000;
export const REPORT_BROKEN_LENGTH_MAX = 300_000;
export const REPORT_ROWS_MAX = 500;
/** The same for the linking pages of one broken link, the characters that are shown of a text, and of an address. */
export const REPORT_REFERRERS_MAX = 3;
export const REPORT_TEXT_LENGTH_MAX = 300;
export const REPORT_ADDRESS_LENGTH_MAX = 2_000;
/** Characters that an export gathers before it writes. */
export const EXPORT_CHUNK_LENGTH = 64 * KB;
/** The same for an export that writes several files in turns. */
export const EXPORT_PENDING_LENGTH_MAX = 1 * MB;
/** A row group of a Parquet file ends after this many rows, or this many characters. */
export const PARQUET_GROUP_ROWS_MAX = 20_000;
/** Links of several rows that an export reads at once. The links of one row are read at once in any case. */
export const LINKS_READ_MAX = 10_000;
export const PARQUET_GROUP_LENGTH_MAX = 16 * MB;
/** How much longer a page may become in a mirror. A short base can appear in every link that leads out. */
export const MIRROR_GROWTH_LENGTH_MAX = 64 * MB;
/** Files of a mirror that are being written, in bytes or characters. One that is longer by itself is written alone. */
export const MIRROR_HELD_LENGTH_MAX = 4 * MB;
/** Pages in attributes (`srcdoc`) of pages in attributes, and so on. */
export const SRCDOC_DEPTH_MAX = 4;
/** The rest of a longer page is not made into Markdown. */
export const MARKDOWN_PAGE_BYTES_MAX = 4 * MB;
/** Lists and quotes in one another. What is deeper in Markdown is written as if it were not. */
export const MARKDOWN_LEVELS_MAX = 16;
/** Elements and pieces of text of a page that is read as a tree. What stands behind them is not read. */
export const PAGE_TREE_NODES_MAX = 300_000;
/** Tasks that a thread has, including the one it works on. */
export const TASKS_A_THREAD_MAX = 8;
/** The memory that comes with the tasks of all threads. A task that brings more waits until it is the only one. */
export const TASK_BYTES_MAX = 2 * MB;
/** Steps from a URL back to its root, or along its redirects, that `why` shows. */
export const REFERRERS_SHOWN_MAX = 1000;
/** Failures are counted by kind, which needs every row, only in jobs of at most this many rows. */
export const ROWS_COUNTED_MAX = 200_000;

// --- search
/** An index behind a crawl looks at all rows again when this many times as many are done, and this many more. */
export const INDEX_PASS_GROWTH = 1.2;
export const INDEX_PASS_ROWS_MIN = 500;
/** It works only while the event loop of the crawl was busy for less than this share of the time before. */
export const INDEX_BUSY_SHARE_MAX = 0.5;
/** How often that is looked at. */
export const INDEX_LOOK_MS = 250;
