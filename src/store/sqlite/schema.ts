// The tables, as numbered steps: `user_version` says how many of them a database has had. A released step is never
// changed; a new step is added below it.
//
//   urls      every URL ever found, append-only: ids have no gaps, and only the depth of a row may fall (lower.ts)
//   queue     URLs still to be requested: a settled URL leaves it, so finished URLs cost nothing here
//   outcomes  how each URL was settled; `page_texts` holds what pages say about themselves
//   attempts  tries that did not settle their URL, redirects to another form of it, and settlements that a retry undid
//   removals  URLs that were taken down, and when
//   bad_links links of a page, by the id of its URL, that cannot become URLs
//   unkept_links how many links of a page are counted and not kept, by reason
//   sitemaps  files that list URLs; `mentions` holds what they say about them
//   host_rests what the run that goes on has learnt of hosts that are not in memory
//   moved_files files of the archive that are kept outside of the job's folder, or are on their way there
//   cookies   what the servers of a site set, by that site
//   totals    how many URLs are in each state, changed in the same transaction as the rows
//
// Words are stored as numbers (codes.ts) or as ids of `words`. The hash column precedes the text, so that a scan for a
// hash does not read the text.

const FIRST = `
CREATE TABLE job (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  identity TEXT NOT NULL,
  seed_high INTEGER NOT NULL,
  seed_low INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE totals (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  done INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  skipped INTEGER NOT NULL
) STRICT;
INSERT INTO totals VALUES (1, 0, 0, 0);

CREATE TABLE hosts (
  id INTEGER PRIMARY KEY,
  word TEXT NOT NULL UNIQUE,
  held_until INTEGER,
  why TEXT,
  robots_fetched_at INTEGER,
  robots_expires_at INTEGER,
  robots_status INTEGER,
  robots_body BLOB
) STRICT;

CREATE TABLE words (
  id INTEGER PRIMARY KEY,
  word TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE urls (
  id INTEGER PRIMARY KEY,
  hash_high INTEGER NOT NULL,
  hash_low INTEGER NOT NULL,
  host INTEGER NOT NULL,
  referrer INTEGER,
  depth INTEGER NOT NULL,
  hops INTEGER NOT NULL,
  skip INTEGER,
  url TEXT NOT NULL,
  key TEXT
) STRICT;

CREATE TABLE queue (
  host INTEGER NOT NULL,
  url INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  PRIMARY KEY (host, url)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcomes (
  url INTEGER PRIMARY KEY,
  state INTEGER NOT NULL,
  reason INTEGER,
  error INTEGER,
  status INTEGER,
  truncated INTEGER,
  content_type INTEGER,
  charset INTEGER,
  bytes INTEGER,
  tries INTEGER NOT NULL,
  fetched_at INTEGER,
  elapsed_ms INTEGER,
  remote_address INTEGER,
  archive_file INTEGER,
  archive_offset INTEGER,
  archive_length INTEGER,
  redirect_to INTEGER,
  sha256 BLOB,
  title TEXT,
  links BLOB
) STRICT;

CREATE TABLE attempts (
  url INTEGER NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  error INTEGER,
  status INTEGER NOT NULL,
  PRIMARY KEY (url, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  ended_at INTEGER,
  stopped_by TEXT,
  requests INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  peak_in_flight INTEGER NOT NULL,
  hosts TEXT NOT NULL
) STRICT;
`;

// A sitemap without a verdict is still to be read. `mentions` holds what sitemaps say about URLs.
const SITEMAPS = `
CREATE TABLE sitemaps (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE,
  host INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  verdict TEXT,
  entries INTEGER,
  excess INTEGER
) STRICT;
CREATE INDEX sitemaps_of_host ON sitemaps (host);

CREATE TABLE mentions (
  url INTEGER PRIMARY KEY,
  sitemap INTEGER NOT NULL,
  lastmod TEXT,
  changefreq TEXT,
  priority REAL
) STRICT;
`;

const PAGE_TEXTS = `
CREATE TABLE page_texts (
  url INTEGER PRIMARY KEY,
  description TEXT,
  language INTEGER,
  canonical TEXT,
  robots INTEGER
) STRICT;
`;

// For runs before this step the agent is unknown; they get the value that most of them had.
const RUN_AGENTS = `
ALTER TABLE runs ADD COLUMN in_flight INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN agent TEXT NOT NULL DEFAULT 'gossamer';
`;

const REMOVALS = `
CREATE TABLE removals (
  url INTEGER PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT;
`;

const DETAILS = `
ALTER TABLE outcomes ADD COLUMN detail TEXT;
`;

// What a row was settled as before the user asked for a retry, with the record that the archive still has.
const TAKEN_BACK = `
ALTER TABLE attempts ADD COLUMN state INTEGER;
ALTER TABLE attempts ADD COLUMN reason INTEGER;
ALTER TABLE attempts ADD COLUMN again_at INTEGER;
ALTER TABLE attempts ADD COLUMN redirect_to INTEGER;
ALTER TABLE attempts ADD COLUMN archive_file INTEGER;
ALTER TABLE attempts ADD COLUMN archive_offset INTEGER;
ALTER TABLE attempts ADD COLUMN archive_length INTEGER;
ALTER TABLE attempts ADD COLUMN sha256 BLOB;
CREATE INDEX attempts_kept ON attempts (archive_file) WHERE archive_file IS NOT NULL;
`;

// For runs before this step the duration comes from their times, right or wrong. Hosts that have answered are never
// given up.
const TIMES = `
ALTER TABLE runs ADD COLUMN elapsed_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN uptime_ms INTEGER NOT NULL DEFAULT 0;
UPDATE runs SET elapsed_ms = max(0, ifnull(ended_at, updated_at) - started_at);
ALTER TABLE hosts ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
UPDATE hosts SET answered = 1 WHERE robots_status > 0
  OR id IN (SELECT u.host FROM outcomes o JOIN urls u ON u.id = o.url WHERE o.status > 0);
`;

// For sitemaps that ended before this step the fault is unknown.
const FAULTS = `
ALTER TABLE sitemaps ADD COLUMN named_in TEXT;
ALTER TABLE sitemaps ADD COLUMN status INTEGER;
ALTER TABLE sitemaps ADD COLUMN error INTEGER;
ALTER TABLE sitemaps ADD COLUMN is_cut INTEGER NOT NULL DEFAULT 0;
CREATE TABLE bad_links (
  url INTEGER NOT NULL,
  href INTEGER NOT NULL,
  element INTEGER NOT NULL,
  PRIMARY KEY (url, href)
) STRICT, WITHOUT ROWID;
`;

// The form that a URL redirects to if that is another form of itself. It is requested next.
const FORMS = `
ALTER TABLE attempts ADD COLUMN form TEXT;
`;

// For older jobs the next run looks the names up.
const ROOT_ADDRESSES = `
ALTER TABLE job ADD COLUMN root_addresses TEXT;
`;

const WAITING = `
ALTER TABLE runs ADD COLUMN waiting_for TEXT;
`;

// Links of a page that are counted and not kept.
const UNKEPT = `
CREATE TABLE unkept_links (
  url INTEGER PRIMARY KEY,
  dropped INTEGER NOT NULL,
  too_long INTEGER NOT NULL,
  other_scheme INTEGER NOT NULL
) STRICT;
`;

// What only the run that goes on needs to know of hosts that it does not have in memory. It is emptied when the job is
// opened.
const HOST_RESTS = `
CREATE TABLE host_rests (
  host INTEGER PRIMARY KEY,
  rest TEXT NOT NULL
) STRICT;
`;

// How late the event loop was. For older runs it is unknown.
const LATENESS = `
ALTER TABLE runs ADD COLUMN loop_late TEXT;
`;

// Where the job was moved to, or where it is being moved here from (mark.ts of the copies).
const MOVES = `
ALTER TABLE job ADD COLUMN move TEXT;
`;

// Without a row a file of the archive is in the job's folder alone.
const MOVED_FILES = `
CREATE TABLE moved_files (
  file TEXT PRIMARY KEY,
  place TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  is_there INTEGER NOT NULL,
  upload TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

// What a style sheet, a script or a frame takes its encoding from, and where a redirect leads to in its target.
const OUTER_CHARSETS = `
ALTER TABLE urls ADD COLUMN outer_charset INTEGER;
ALTER TABLE outcomes ADD COLUMN redirect_fragment TEXT;
`;

// Patterns that were excluded while a crawl ran, as JSON.
const EXCLUSIONS = 'ALTER TABLE job ADD COLUMN exclusions TEXT;';

const COOKIES =
  'CREATE TABLE cookies (site TEXT, key TEXT, cookie TEXT NOT NULL, PRIMARY KEY (site, key)) STRICT, WITHOUT ROWID;';

const PROTOCOLS = 'ALTER TABLE outcomes ADD COLUMN protocol INTEGER;';

/** Step `n` leads from version `n` to `n + 1`. */
export const STEPS: readonly string[] = [
  FIRST,
  SITEMAPS,
  PAGE_TEXTS,
  RUN_AGENTS,
  REMOVALS,
  DETAILS,
  TAKEN_BACK,
  TIMES,
  FAULTS,
  FORMS,
  ROOT_ADDRESSES,
  WAITING,
  UNKEPT,
  HOST_RESTS,
  LATENESS,
  MOVES,
  MOVED_FILES,
  OUTER_CHARSETS,
  EXCLUSIONS,
  COOKIES,
  PROTOCOLS,
];

/** The application id in the header of each of our databases: "goss" in ASCII. */
export const APPLICATION_ID = 0x676f7373;
