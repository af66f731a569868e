// Every bound in one place: nothing in the program grows without one of these. Units stand last in each name.

const KB = 1024;
const MB = 1024 * KB;

// --- URLs -------------------------------------------------------------------------------------------------------------
/** A longer link has no row: it is counted with its page. */
export const URL_LENGTH_MAX = 8 * KB;
/** Characters of the URLs of one page that are judged before the event loop has its turn. */
export const JUDGED_AT_ONCE_LENGTH = 128 * KB;
/** Hosts whose being in scope or not is remembered; past it all are judged anew. */
export const SCOPE_HOSTS_REMEMBERED_MAX = 10_000;

/** Roots that are no URLs, each told in a line. */
export const BAD_ROOTS_TOLD_MAX = 1_000;

// --- fetch ------------------------------------------------------------------------------------------------------------
/** Status line and headers together; more fails with `http-header-size`. */
export const RESPONSE_HEAD_BYTES_MAX = 256 * KB;
export const RESPONSE_HEADERS_MAX = 1000;
/** 1xx responses before the final one. */
export const INTERIM_RESPONSES_MAX = 16;
export const TRAILER_BYTES_MAX = 16 * KB;
/** One size line of a chunk, with its extensions (RFC 9112, section 7.1). */
export const CHUNK_LINE_BYTES_MAX = 4 * KB;
/** Content codings one after the other (RFC 9110, section 8.4). */
export const CONTENT_CODINGS_MAX = 2;
/** How many times larger than its coded form a decoded body may be, past `DECODE_FREE_BYTES`. */
export const DECODE_RATIO_MAX = 200;
export const DECODE_FREE_BYTES = 1 * MB;
/** A coded body below this is decoded at once; above it in zlib's thread, `DECODE_JOBS_MAX` at a time. */
export const DECODE_SYNC_BYTES_MAX = 64 * KB;
export const DECODE_JOBS_MAX = 2;
/** A view reads no more of a body than that, its content coding undone. */
export const CONTENT_BYTES_MAX = 256 * MB;
/** Lengths of the blocks of memory that bodies come into; a longer body has memory of its own. */
export const BODY_BLOCK_BYTES: readonly number[] = [1 * KB, 4 * KB, 16 * KB, 64 * KB, 256 * KB];
/** Of each length, blocks that are kept for the next body. */
export const BODY_BLOCKS_KEPT_BYTES_MAX = 8 * MB;
/** Addresses that are reserved for a longer body, so that it can grow where it is; memory is taken as it comes. */
export const BODY_RESERVED_BYTES = 64 * MB;
/** The read buffer that all connections share. */
export const READ_BUFFER_BYTES = 64 * KB;
/** A longer Content-Length is not believed until the bytes come. */
export const BODY_TRUSTED_BYTES_MAX = 256 * KB;
/** A longer body that nobody reads goes to a file while it comes. */
export const BODY_IN_MEMORY_BYTES_MAX = 1 * MB;
/** Such files are read in pieces of that length. */
export const SPOOL_READ_BYTES = 256 * KB;
export const IDLE_CONNECTIONS_MAX = 256;
/** Origins whose request text and verdict are remembered. */
export const ORIGINS_CACHED_MAX = 10_000;
/** An idle connection is closed after this, or sooner where the server's `Keep-Alive: timeout` says so. */
export const IDLE_CONNECTION_MS = 15_000;
export const DNS_CACHE_ENTRIES_MAX = 10_000;
export const DNS_ADDRESSES_MAX = 16;
export const DNS_TTL_MIN_MS = 30_000;
export const DNS_TTL_MAX_MS = 3_600_000;
/** The names of the roots are looked up when a job begins: so many at once, and for so long. */
export const LOOKUPS_AT_ONCE_MAX = 100;
export const ROOT_LOOKUPS_MAX_MS = 5_000;
/** How long it is remembered that there is no such name. */
export const DNS_NEGATIVE_MS = 10_000;
/** Happy eyeballs: how long the first address is alone (RFC 8305, section 5). */
export const CONNECT_ATTEMPT_DELAY_MS = 250;
/** How long one family's addresses wait for the other's (RFC 8305, section 3). */
export const RESOLUTION_DELAY_MS = 50;
/** Names asked of the system's own resolver at a time: each takes one of the few threads that files need too. */
export const SYSTEM_LOOKUPS_MAX = 2;
export const TLS_SESSIONS_MAX = 1000;

// --- parse ------------------------------------------------------------------------------------------------------------
/** Links kept from one page; the rest are counted as `linksDropped`. */
export const LINKS_PER_PAGE_MAX = 100_000;
/** Links of one page that are no URL and are told, and how much of each. */
export const BAD_LINKS_PER_PAGE_MAX = 20;
export const BAD_LINK_LENGTH_MAX = 300;
/** Characters of those links together: a long base makes each of them long. */
export const LINKS_LENGTH_PER_PAGE_MAX = 16 * MB;
/** Brackets in brackets of a style sheet that are told apart. */
export const CSS_NESTING_MAX = 64;
export const TITLE_LENGTH_MAX = 300;
export const DESCRIPTION_LENGTH_MAX = 1_000;
export const LANGUAGE_LENGTH_MAX = 35;
export const HEADINGS_PER_PAGE_MAX = 64;
export const HEADING_LENGTH_MAX = 300;
export const ROBOTS_DIRECTIVES_MAX = 32;
/** Length of a raw text that is looked into: a JSON-LD script, a style element. */
export const RAW_TEXT_LENGTH_MAX = 128 * KB;
/** How far an XML declaration is looked for. */
export const CHARSET_PRESCAN_BYTES = 4 * KB;
/** A meta element that names the encoding should stand in the first of so many bytes (HTML standard, section 4.2.5.4); */
export const CHARSET_USUAL_BYTES = 1 * KB;
/** but it is looked for in so many. */
export const CHARSET_LATE_BYTES = 128 * KB;
/** Whether a page that names no encoding is in UTF-8 is seen by so many bytes. */
export const GUESSED_BYTES_MAX = 1 * MB;
/** A larger page is read in slices, */
export const PARSED_AT_ONCE_BYTES = 256 * KB;
/** of so many bytes, with a turn of the event loop after each. */
export const PARSED_SLICE_BYTES = 64 * KB;
/** Characters that joins may go through before the event loop has its turn; each link counts with its base. */
export const JOINED_AT_ONCE_LENGTH = 512 * KB;
/** Open elements in svg and math that are kept count of. */
export const FOREIGN_DEPTH_MAX = 128;
/** Bytes that tell whether a body without a type is a page (MIME Sniffing, section 5.2, asks for 1445 at most). */
export const SNIFFED_BYTES_MAX = 1445;
/** How far into a document of XML its root is looked for: behind comments and a document type. */
export const XML_ROOT_BYTES_MAX = 8 * 1024;
/** Open elements of an XML document that are kept by name. */
export const XML_DEPTH_MAX = 128;
/** A longer tag is no tag. */
export const XML_TAG_LENGTH_MAX = 64 * KB;
/** Bytes of a sitemap or a feed that are read before the event loop goes round. */
export const LIST_SLICE_BYTES = 64 * KB;
/** A feed in JSON is read as a whole, and a larger one not at all. */
export const JSON_FEED_BYTES_MAX = 4 * MB;

/** Elements in elements of a page that is read as a tree; what is deeper counts as the text of the deepest. */
export const PAGE_TREE_DEPTH_MAX = 200;

// --- sitemaps ---------------------------------------------------------------------------------------------------------
/** What the protocol allows a file (sitemaps.org): more entries are counted, more bytes are not read. */
export const SITEMAP_ENTRIES_MAX = 50_000;
export const SITEMAP_BYTES_MAX = 50 * MB;
/** Its own link, translations, enclosures. */
export const LINKS_PER_ENTRY_MAX = 250;
/** Indexes and redirects above a sitemap. */
export const SITEMAP_DEPTH_MAX = 8;
export const SITEMAPS_PER_HOST_MAX = 10_000;
/** Those that something names, in the life of a job, and the hosts that none but they lead to. */
export const SITEMAPS_PER_JOB_MAX = 200_000;
export const SITEMAP_HOSTS_MAX = 1_000;
/** Bytes that a run receives of them. */
export const SITEMAPS_BYTES_MAX = 4096 * MB;
export const SITEMAPS_READ_AT_ONCE_MAX = 16;
/** Entries that are added to the store at a time. */
export const ENTRIES_A_BATCH = 500;

// --- robots -----------------------------------------------------------------------------------------------------------
/** RFC 9309, section 2.5, asks for 500 KiB at least; the rest is cut at a line. */
export const ROBOTS_BYTES_MAX = 512 * KB;
export const ROBOTS_REDIRECTS_MAX = 5;
/** How long the copy that we have is obeyed while a newer one cannot be had (RFC 9309, section 2.4). */
export const ROBOTS_COPY_MS_MAX = 24 * 3_600_000;
/** Lines that mean something; a file of `ROBOTS_BYTES_MAX` has room for no more. */
export const ROBOTS_RULES_MAX = 70_000;
/** Pieces of patterns that are looked at for one URL; past it the URL is not asked for. */
export const ROBOTS_MATCH_STEPS_MAX = 1_000_000;

// --- store ------------------------------------------------------------------------------------------------------------
/** A group is committed when this many outcomes wait, */
export const GROUP_OUTCOMES_MAX = 100;
/** or this long after the first of them, or when nothing is leasable. */
export const GROUP_AGE_MAX_MS = 20;
/** Queued URLs of one host that are held in memory at a time. */
export const LEASE_WINDOW = 128;
/** Log of the database, in pages of 4 KiB, above which it is written back. */
export const WAL_PAGES_MAX = 2_000;
export const DATABASE_CACHE_KB = 16_000;
/** How long one connection waits for another that writes. */
export const DATABASE_BUSY_MS = 5_000;
/** Entries of the store's dictionaries that are kept in memory; the rest is asked for. */
export const HOSTS_CACHED_MAX = 65_536;
export const WORDS_CACHED_MAX = 4_096;
/** Of what is said of an outcome in words. */
export const DETAIL_LENGTH_MAX = 300;
/** Rows that are read at a time, so that no reader keeps the log of a running crawl from being written back. */
export const ROWS_READ_MAX = 256;

// --- politeness -------------------------------------------------------------------------------------------------------
/** URLs of one host that it asked to wait for, and those that broke off; past it all are forgotten. */
export const URLS_REMEMBERED_MAX = 10_000;

// --- crawl ------------------------------------------------------------------------------------------------------------
/** Leases handed out before the event loop goes round: ten thousand at once would hold up their own first answers. */
export const LEASES_A_TURN_MAX = 200;
/** Bodies in memory, on their way and not yet settled; above it nothing new is leased, and what comes waits. */
export const BODIES_BYTES_MAX = 16 * MB;
/** At least so much for each of `--concurrency`. */
export const BODIES_BYTES_A_TASK = 64 * KB;
/** What waits for memory in vain for so long has the largest body cut. */
export const MEMORY_PATIENCE_MS = 10_000;
/** Resident memory above which nothing new is leased, as a share of the machine's or the cgroup's. */
export const MEMORY_SHARE_MAX = 0.8;
/** Pages that wait for a consumer of the library's iterator. */
export const PAGES_BUFFERED_MAX = 100;
/** Calls of `onSkip` that are not over; past it nothing new is leased. */
export const SKIPS_WAITED_FOR_MAX = 1_000;
/** How long what is in flight has after the first Ctrl-C. */
export const STOP_GRACE_MS = 5_000;

/** Descriptors without which no crawl is begun, */
export const DESCRIPTORS_MIN = 14;
/** and those that are kept from the connections: half of what there is, at least and at most so many. */
export const DESCRIPTORS_KEPT_MIN = 6;
export const DESCRIPTORS_KEPT_MAX = 24;

// --- archive ----------------------------------------------------------------------------------------------------------
/** A file is closed once it is longer, and the next one begun. */
export const WARC_BYTES_MAX = 1024 * MB;
/** What is written and synced in one go. */
export const WRITE_GROUP_BYTES_MAX = 8 * MB;
/** A longer record is compressed in a thread of zlib's, so many at a time. */
export const COMPRESS_SYNC_BYTES_MAX = 64 * KB;
export const COMPRESS_JOBS_MAX = 2;
/** A shorter record is kept as it is, in a member of its own. */
export const STORED_BYTES_MAX = 1 * KB;
/** Of a shorter payload a second copy is smaller than a reference. */
export const REVISIT_BYTES_MIN = 1 * KB;
/** Payloads that a later record can refer to; past it all are forgotten. */
export const PAYLOADS_REMEMBERED_MAX = 200_000;
/** How long room on a full disk is waited for before the run ends, and free file handles, and how often it is tried. */
export const ROOM_PATIENCE_MS = 60_000;
export const ROOM_PAUSE_MS = 2_000;

/** A Crawl-delay above this is obeyed, and the user is told what it means. */
export const CRAWL_DELAY_UNTOLD_MS_MAX = 60_000;
/** A log that is longer when a run begins is set aside, in place of the one that was set aside before. */
export const LOG_BYTES_MAX = 100 * MB;
/** Hosts whose hold was told already. */
export const HELD_HOSTS_REMEMBERED_MAX = 10_000;
/** Lines that wait for a slow disk; past it they are counted and dropped. */
export const LOG_PENDING_CHARS_MAX = 4 * MB;

/** Roots that are looked at when a run has ended, and those of which something is told. */
export const ROOTS_LOOKED_AT_MAX = 1_000;
export const ROOTS_TOLD_MAX = 10;

// --- traps ------------------------------------------------------------------------------------------------------------
/** Of a longer page the fingerprint is cut, and of more different words. */
export const FINGERPRINT_BYTES_MAX = 256 * KB;
export const FINGERPRINT_WORDS_MAX = 8_192;
/** Templates that are remembered, and areas of hosts; of more the ones that were met longest ago are forgotten. */
export const TEMPLATES_REMEMBERED_MAX = 10_000;
export const AREAS_REMEMBERED_MAX = 256;
/** Templates of which pages are remembered, up to 1,024 numbers each. */
export const CHAINS_READ_MAX = 256;
/** Addresses without one of their parameters whose page is remembered. */
export const REDUCED_PAGES_REMEMBERED_MAX = 100_000;
/** Hosts whose page for what is not there is remembered. */
export const ERROR_PAGES_REMEMBERED_MAX = 1_000;
/** Traps that are told while the crawl runs. */
export const TRAPS_TOLD_MAX = 100;

// --- command line -----------------------------------------------------------------------------------------------------
/** Characters of one line of a batch; a longer one is answered with an error. */
export const BATCH_LINE_LENGTH_MAX = 256 * MB;
/** Hosts to which `fetch --batch` keeps connections open. */
export const BATCH_HOSTS_MAX = 64;

// --- views ------------------------------------------------------------------------------------------------------------
/** Faults that `verify` names. */
export const FAULTS_LISTED_MAX = 100;
/** Of the slowest, the largest, the busiest a report lists so many. */
export const REPORT_TOP_MAX = 10;
/** Broken URLs whose links are counted, */
export const BROKEN_KEPT_MAX = 100_000;
/** and those that a report lists, with so many of the pages that link to each. */
export const BROKEN_LISTED_MAX = 1_000;
/** URLs that are told of each condition of a gate that holds. */
export const GATE_URLS_LISTED_MAX = 1_000;
export const REFERRERS_LISTED_MAX = 10;
/** Traps that a report lists. */
export const TRAPS_LISTED_MAX = 1_000;
/** Responses that something is said of. */
export const REMARKS_LISTED_MAX = 1_000;
export const CHAINS_LISTED_MAX = 1_000;
export const CHAIN_URLS_LISTED_MAX = 20;
/** Characters that an export gathers before it writes. */
export const EXPORT_CHUNK_LENGTH = 64 * KB;
/** The same where it writes several files by turns. */
export const EXPORT_PENDING_LENGTH_MAX = 1 * MB;
/** A group of rows of a Parquet file ends with so many, or so many characters. */
export const PARQUET_GROUP_ROWS_MAX = 20_000;
export const PARQUET_GROUP_LENGTH_MAX = 16 * MB;
/** By how much a page may be longer in a mirror than it is: a base is short, and stands in every link that leads out. */
export const MIRROR_GROWTH_LENGTH_MAX = 64 * MB;
/** Pages in attributes (`srcdoc`) of pages in attributes. */
export const SRCDOC_DEPTH_MAX = 4;
/** What is further behind in a page is not made into Markdown. */
export const MARKDOWN_PAGE_BYTES_MAX = 8 * MB;
/** Tasks that wait for a thread, the one that it does included. */
export const TASKS_A_THREAD_MAX = 8;
/** Steps from a URL back to its root, or along its redirects, that `why` tells. */
export const REFERRERS_SHOWN_MAX = 1000;
/** Failures are told by kind, which needs every row, in jobs of at most this many. */
export const ROWS_COUNTED_MAX = 200_000;
