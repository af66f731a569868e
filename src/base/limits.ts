// Every limit in one place: nothing in the program grows without one of them. Names end in the unit.

export * from './limits-of-depots.ts';
export * from './limits-of-http2.ts';
export * from './limits-of-lines.ts';
export * from './limits-of-names.ts';
export * from './limits-of-views.ts';

const KB = 1024;
const MB = 1024 * KB;

// --- URLs
/** A longer link has no row: it is only counted with its page. */
export const URL_LENGTH_MAX = 8 * KB;
/** The characters of one page's URLs that are judged before the event loop gets a turn. */
export const JUDGED_AT_ONCE_LENGTH = 128 * KB;
/** Hosts whose scope decision is remembered; beyond this number all are forgotten and judged again. */
export const SCOPE_HOSTS_REMEMBERED_MAX = 10_000;
/** Roots that are not URLs and are listed in a message, one per line. */
export const BAD_ROOTS_TOLD_MAX = 100;

// --- fetch
/** Status line and headers together; a longer head fails with `http-header-size`. */
export const RESPONSE_HEAD_BYTES_MAX = 256 * KB;
export const RESPONSE_HEADERS_MAX = 1000;
/** 1xx responses before the final one. */
export const INTERIM_RESPONSES_MAX = 16;
export const TRAILER_BYTES_MAX = 16 * KB;
/** One chunk size line with its extensions (RFC 9112, section 7.1). */
export const CHUNK_LINE_BYTES_MAX = 4 * KB;
/** Content codings on top of each other (RFC 9110, section 8.4). */
export const CONTENT_CODINGS_MAX = 2;
/** How many times larger than its coded form a decoded body may be, beyond `DECODE_FREE_BYTES`. */
export const DECODE_RATIO_MAX = 200;
export const DECODE_FREE_BYTES = 1 * MB;
/** A shorter coded body is decoded at once; a longer one in zlib's threads, `DECODE_JOBS_MAX` at a time. */
export const DECODE_SYNC_BYTES_MAX = 64 * KB;
export const DECODE_JOBS_MAX = 2;
/** The most bytes of a decoded body that a view reads. */
export const CONTENT_BYTES_MAX = 256 * MB;
/** The sizes of the memory blocks for bodies; a longer body gets memory of its own. */
export const BODY_BLOCK_BYTES: readonly number[] = [1 * KB, 4 * KB, 16 * KB, 64 * KB, 256 * KB];
/** For each size, the blocks that are kept for later bodies. */
export const BODY_BLOCKS_KEPT_BYTES_MAX = 8 * MB;
/** Address space reserved for a longer body, so that it can grow in place; memory is taken as the body comes. */
export const BODY_RESERVED_BYTES = 64 * MB;
/** The read buffer that all connections share. */
export const READ_BUFFER_BYTES = 64 * KB;
/** A longer Content-Length is not trusted until the bytes come. */
export const BODY_TRUSTED_BYTES_MAX = 256 * KB;
/** A longer body that is not parsed goes to a file while it comes. */
export const BODY_IN_MEMORY_BYTES_MAX = 1 * MB;
/** The length of the pieces in which spool files are read. */
export const SPOOL_READ_BYTES = 256 * KB;
export const IDLE_CONNECTIONS_MAX = 256;
/** Connections that are closed before the event loop gets a turn. */
export const CLOSED_AT_ONCE_MAX = 128;
/** Origins whose request head and guard decision are remembered. */
export const ORIGINS_CACHED_MAX = 10_000;
/** An idle connection is closed after this time, or sooner if the server's `Keep-Alive: timeout` says so. */
export const IDLE_CONNECTION_MS = 15_000;
export const TLS_SESSIONS_MAX = 1000;
/** Handshakes that begin before the event loop gets a turn. Each takes memory for itself until it is done. */
export const HANDSHAKES_A_TURN_MAX = 16;

// --- parse
/** Links kept from one page; the rest are counted as `linksDropped`. */
export const LINKS_PER_PAGE_MAX = 100_000;
/** Links of a longer page are admitted in parts of this many, and written in parts; the loop gets a turn after each. */
export const LINKS_AT_ONCE_MAX = 4_000;
export const LINKS_WRITTEN_AT_ONCE_MAX = 1_000;
/** The characters of such a part, for links that are long. */
export const LINKS_AT_ONCE_LENGTH = 512 * KB;
/** Links of one page that are listed because they cannot become URLs, and how much of each is shown. */
export const BAD_LINKS_PER_PAGE_MAX = 20;
export const BAD_LINK_LENGTH_MAX = 300;
/** The characters of all links of one page together: a long base makes each of them long. */
export const LINKS_LENGTH_PER_PAGE_MAX = 16 * MB;
/** How many times longer than they are written the links of one page may become, beyond `LINKS_FREE_LENGTH`. */
export const LINKS_GROWTH_MAX = 16;
export const LINKS_FREE_LENGTH = 1 * MB;
/** How deep brackets in a style sheet may nest and still be told apart. */
export const CSS_NESTING_MAX = 64;
export const TITLE_LENGTH_MAX = 300;
export const DESCRIPTION_LENGTH_MAX = 1_000;
export const LANGUAGE_LENGTH_MAX = 35;
export const HEADINGS_PER_PAGE_MAX = 64;
export const HEADING_LENGTH_MAX = 300;
export const ROBOTS_DIRECTIVES_MAX = 32;
/** The length of a raw text that is parsed: a JSON-LD script, a style element. */
export const RAW_TEXT_LENGTH_MAX = 128 * KB;
/** How far an XML declaration is searched for. */
export const CHARSET_PRESCAN_BYTES = 4 * KB;
/** A meta element that names the encoding should be within this many bytes (HTML standard, section 4.2.5.4). */
export const CHARSET_USUAL_BYTES = 1 * KB;
/** How far a meta element that names the encoding is searched for all the same. */
export const CHARSET_LATE_BYTES = 128 * KB;
/** How many bytes decide whether a page that names no encoding is in UTF-8. */
export const GUESSED_BYTES_MAX = 1 * MB;
/** A larger page is read in slices. */
export const PARSED_AT_ONCE_BYTES = 256 * KB;
/** The size of a slice; the event loop gets a turn after each. */
export const PARSED_SLICE_BYTES = 64 * KB;
/** The rest of a longer style sheet is not read. */
export const SHEET_BYTES_MAX = 8 * MB;
/** The characters that joining may handle before the event loop gets a turn; each link counts with its base. */
export const JOINED_AT_ONCE_LENGTH = 512 * KB;
/** Open elements in svg and math that are tracked. */
export const FOREIGN_DEPTH_MAX = 128;
/** Bytes that decide whether a body without a type is a page (MIME Sniffing, section 5.2, asks for at most 1445). */
export const SNIFFED_BYTES_MAX = 1445;
/** How far into an XML document its root is searched for, after comments and a document type. */
export const XML_ROOT_BYTES_MAX = 8 * 1024;
/** Open elements of an XML document that are kept by name; entities within one another. */
export const XML_DEPTH_MAX = 128;
/** A longer tag does not count as a tag. */
export const XML_TAG_LENGTH_MAX = 64 * KB;
/** What the entities in one text may expand to. */
export const ENTITY_LENGTH_MAX = 16 * KB;
/** What all entities of a document may expand to. */
export const ENTITIES_LENGTH_MAX = 1 * MB;
/** Bytes of a sitemap or a feed that are read before the event loop gets a turn. */
export const LIST_SLICE_BYTES = 16 * KB;
/** A JSON feed is read as a whole; a larger one is not read. */
export const JSON_FEED_BYTES_MAX = 4 * MB;
/** The depth of a page that is read as a tree; anything deeper counts as text of the deepest element. */
export const PAGE_TREE_DEPTH_MAX = 200;

// --- sitemaps
/** The limits of the protocol for one file (sitemaps.org). Further entries are counted, further bytes are not read. */
export const SITEMAP_ENTRIES_MAX = 50_000;
export const SITEMAP_BYTES_MAX = 50 * MB;
/** The links of one entry: its own, translations, enclosures. */
export const LINKS_PER_ENTRY_MAX = 250;
/** The number of indexes and redirects above a sitemap. */
export const SITEMAP_DEPTH_MAX = 8;
export const SITEMAPS_PER_HOST_MAX = 10_000;
/** Sitemaps in the life of a job, and hosts that only sitemaps lead to. */
export const SITEMAPS_PER_JOB_MAX = 200_000;
export const SITEMAP_HOSTS_MAX = 1_000;
/** Bytes of sitemaps that one run receives. */
export const SITEMAPS_BYTES_MAX = 4096 * MB;
export const SITEMAPS_READ_AT_ONCE_MAX = 16;
/** Entries that are added to the store at once. */
export const ENTRIES_A_BATCH = 500;

// --- robots
/** RFC 9309, section 2.5, asks for at least 500 KiB. A longer file is cut at a line. */
export const ROBOTS_BYTES_MAX = 512 * KB;
export const ROBOTS_REDIRECTS_MAX = 5;
/** How long an old copy is obeyed while a newer one cannot be fetched (RFC 9309, section 2.4). */
export const ROBOTS_COPY_MS_MAX = 24 * 3_600_000;
/** Meaningful lines of a file; `ROBOTS_BYTES_MAX` has no room for more. */
export const ROBOTS_RULES_MAX = 70_000;
/** Pieces of patterns that are examined for one URL; a URL that needs more is not requested. */
export const ROBOTS_MATCH_STEPS_MAX = 200_000;

// --- store
/** A group is committed when this many outcomes wait, or outcomes with this many links. The event loop waits for it. */
export const GROUP_OUTCOMES_MAX = 100;
export const GROUP_LINKS_MAX = 3_000;
/** A group is committed at the latest this long after its first outcome, or when nothing is left to lease. */
export const GROUP_AGE_MAX_MS = 20;
/** Queued URLs of one host that are held in memory. */
export const LEASE_WINDOW = 128;
/** Hosts whose next URLs and name are held in memory. */
export const HOSTS_NEAR_MAX = 16_384;
/** Hosts that one of several processes works on at a time, and hosts that it takes at once. */
export const HOSTS_LEASED_MAX = 8_192;
export const HOSTS_TAKEN_AT_ONCE_MAX = 256;
/** The length of the database's log, in pages of 4 KiB, above which it is written back. */
export const WAL_PAGES_MAX = 2_000;
export const DATABASE_CACHE_KB = 16_000;
/** How long a connection waits for another one that writes. */
export const DATABASE_BUSY_MS = 5_000;
/** Entries of the store's dictionaries that are kept in memory; the rest is read when needed. */
export const HOSTS_CACHED_MAX = 16_384;
export const WORDS_CACHED_MAX = 4_096;
export const KNOWN_URLS_CACHED_MAX = 16_384;
export const KNOWN_URL_LENGTH_MAX = 256;
/** The detail of an outcome, in words. */
export const DETAIL_LENGTH_MAX = 300;
/** Rows that are read at once. No reader then stops the log of a running crawl from being written back. */
export const ROWS_READ_MAX = 256;

// --- politeness
/** URLs of one host that were told to wait, and URLs that broke off; beyond this number all are forgotten. */
export const URLS_REMEMBERED_MAX = 10_000;

// --- crawl
/** Hosts whose pace and robots.txt are in memory, or twice `--concurrency` if that is more. The others are stored. */
export const HOSTS_IN_MEMORY_MAX = 16_384;
/** The memory that rules of robots.txt may take, compiled: up to sixty times the length of their files. */
export const ROBOTS_IN_MEMORY_BYTES_MAX = 64 * MB;
/** Short robots.txt whose rules are shared by hosts with the same one. */
export const SHARED_ROBOTS_BYTES_MAX = KB;
export const SHARED_ROBOTS_MAX = 256;
/** Hosts that are loaded at once, or that wait for a request for their robots.txt. */
export const HOSTS_WANTED_MAX = 256;
/** Hosts that are stored in one transaction before they leave the memory. */
export const HOSTS_STORED_AT_ONCE_MAX = 256;
/** Hosts in the figures of a run. */
export const HOST_FIGURES_MAX = 100;
/** Leases that are handed out before the event loop gets a turn. Ten thousand at once would delay their own answers. */
export const LEASES_A_TURN_MAX = 64;
/** How long answers, lines and documents are processed one after the other before the event loop gets a turn. */
export const PROCESSED_AT_ONCE_MS = 5;
/** Bodies in memory, arriving or not yet settled. Above it nothing new is leased, and arriving bodies wait. */
export const BODIES_BYTES_MAX = 16 * MB;
/** The least memory for bodies for each of `--concurrency`. */
export const BODIES_BYTES_A_TASK = 64 * KB;
/** After waiting this long for memory, the largest body is cut. */
export const MEMORY_PATIENCE_MS = 10_000;
/** Resident memory above which nothing new is leased, as a share of the memory of the machine or cgroup. */
export const MEMORY_SHARE_MAX = 0.8;
/** From this size on, both halves together, V8's young generation no longer grows, nor does it after the last look. */
export const YOUNG_HEAP_BYTES = 16 * MB;
export const YOUNG_HEAP_LOOK_MS = 20;
export const YOUNG_HEAP_LOOKS_MAX = 500;
/** Resident memory above which V8 collects garbage more often. */
export const LEAN_HEAP_RESIDENT_BYTES = 224 * MB;
/** Pages that wait for the consumer of the library's iterator. */
export const PAGES_BUFFERED_MAX = 100;
/** Calls of `onSkip` in progress; beyond this number nothing new is leased. */
export const SKIPS_WAITED_FOR_MAX = 1_000;
/** How long requests in flight have after the first Ctrl-C. */
export const STOP_GRACE_MS = 5_000;
/** A crawl needs at least this many descriptors to begin. */
export const DESCRIPTORS_MIN = 14;
/** Descriptors that connections may not use: half of all, but within these two limits. */
export const DESCRIPTORS_KEPT_MIN = 6;
export const DESCRIPTORS_KEPT_MAX = 24;

// --- archive
/** A file that is longer is closed, and the next one begins. */
export const WARC_BYTES_MAX = 1024 * MB;
/** A longer file is uploaded to S3 in parts, each of this size or larger. */
export const UPLOAD_PART_BYTES = 8 * MB;
/** The pause after the first failure of a request to S3; it doubles with each further one. */
export const S3_PAUSE_MS = 200;
/** How much is written and synced at once. */
export const WRITE_GROUP_BYTES_MAX = 8 * MB;
/** A longer record is compressed in zlib's threads, a few at a time. */
export const COMPRESS_SYNC_BYTES_MAX = 64 * KB;
export const COMPRESS_JOBS_MAX = 2;
/** Exchanges that a crawl archives on its own event loop; for more than these it starts a thread. */
export const ARCHIVE_ON_LOOP_MAX = 256;
/** Memory through which exchanges go to the thread of the archive, and the most that one entry of it takes. */
export const ARCHIVE_RING_BYTES = 4 * MB;
export const RING_ENTRY_BYTES_MAX = 1 * MB;
/** Exchanges that are put into that memory before the thread is told of them. */
export const EXCHANGES_A_NOTICE = 32;
/** The characters of index lines in memory; above it they go to a file, sorted, until the index is written. */
export const INDEX_RUN_LENGTH_MAX = 4 * MB;
/** A shorter record is stored uncompressed, in a member of its own. */
export const STORED_BYTES_MAX = 1 * KB;
/** For a shorter payload a second copy is smaller than a reference. */
export const REVISIT_BYTES_MIN = 1 * KB;
/** Payloads that a later record can refer to; beyond this number all are forgotten. */
export const PAYLOADS_REMEMBERED_MAX = 200_000;
/** How long a run waits for room on a full disk or for free file handles before it ends, and how often it tries. */
export const ROOM_PATIENCE_MS = 60_000;
export const ROOM_PAUSE_MS = 2_000;

/** The user is told about a longer Crawl-delay; it is obeyed too. */
export const CRAWL_DELAY_UNTOLD_MS_MAX = 60_000;
/** Hosts with a longer Crawl-delay that the user is told about. */
export const SLOW_HOSTS_TOLD_MAX = 1_000;
/** A longer log is set aside when a run begins; it replaces the log that was set aside before. */
export const LOG_BYTES_MAX = 100 * MB;
/** Hosts whose hold was reported already. */
export const HELD_HOSTS_REMEMBERED_MAX = 10_000;
/** Log characters that wait for a slow disk; lines beyond it are counted and dropped. */
export const LOG_PENDING_CHARS_MAX = 4 * MB;
/** Roots that are checked when a run has ended, and roots that are reported. */
export const ROOTS_LOOKED_AT_MAX = 1_000;
export const ROOTS_TOLD_MAX = 10;

// --- traps
/** A longer page, or one with more different words, has its fingerprint cut. */
export const FINGERPRINT_BYTES_MAX = 256 * KB;
export const FINGERPRINT_WORDS_MAX = 8_192;
export const FINGERPRINT_TAG_PAIRS_MAX = 1_024;
/** Templates and areas of hosts that are remembered; those met longest ago are forgotten first. */
export const TEMPLATES_REMEMBERED_MAX = 10_000;
export const AREAS_REMEMBERED_MAX = 256;
/** Templates whose pages are remembered, with up to 1,024 numbers each. */
export const CHAINS_READ_MAX = 256;
/** Addresses without one of their parameters whose page is remembered, and digests of pages. */
export const REDUCED_PAGES_REMEMBERED_MAX = 100_000;
/** Hosts that are known to have addresses with a query. */
export const HOSTS_WITH_QUERIES_REMEMBERED_MAX = 1_000;
/** Hosts whose page for missing URLs is remembered. */
export const ERROR_PAGES_REMEMBERED_MAX = 1_000;
/** Traps that are reported while the crawl runs. */
export const TRAPS_TOLD_MAX = 100;

// --- command line
/** The characters of one line of a batch; a longer line is answered with an error. */
export const BATCH_LINE_LENGTH_MAX = 4 * MB;
