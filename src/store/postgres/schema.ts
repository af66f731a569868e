// The tables of one job, each job in a schema of its own, as numbered steps: `version` says how many of them a schema
// has had. A released step is never changed; a new step is added below it.
//
// Tables that grow with the URLs or the hosts of a job are partitioned by a hash of the host's id, and every statement
// of a running crawl names the host, so that it visits one partition a host. The others have a row a run or one row.
//
//   hosts     what is remembered of each host; `host_names` finds the id of a name, and is partitioned by it
//   urls      every URL ever found; `key_hash` recognises its key
//   queue     URLs still to be requested
//   visits    how each URL was settled; a later generation of the job adds rows with its number
//   attempts  tries that did not settle their URL, redirects to another form of it, and settlements that a retry undid
//   moved_files files of the archive that are kept outside of the job's folder, or are on their way there
//   tallies   by how much each worker has changed the totals, in the same transaction as the rows
//   cookies   what the servers of a site set, by that site
//   called_hosts hosts that one worker has and another one needs for a moment
//   workers   the processes that work on the job, or did: how long their leases last, and what they tell of themselves
//
// A URL that another row leads to is named by its host (null: the same host) and its key's hash. Words are stored as
// numbers (codes.ts of the SQLite store).

import { leases } from './lease-columns.ts';

/** How many partitions a table has. */
export const PARTITIONS = 8;
/** In `hosts.open_at`: the host is left for another run. */
export const LEFT_AT = Number.MAX_SAFE_INTEGER;

const PARTITIONED: Readonly<Record<string, string>> = {
  host_names: `
    name text PRIMARY KEY,
    id bigint NOT NULL`,
  hosts: `
    id bigint PRIMARY KEY,
    name text NOT NULL,
    held_until bigint,
    why text,
    robots_fetched_at bigint,
    robots_expires_at bigint,
    robots_status integer,
    robots_body bytea,
    answered boolean NOT NULL DEFAULT false,
    rest text,
    rest_epoch bigint,
    lease_owner text,
    lease_expires_at bigint,
    lease_epoch bigint NOT NULL DEFAULT 0`,
  urls: `
    host bigint NOT NULL,
    id bigint NOT NULL,
    key_hash bigint NOT NULL,
    referrer bigint,
    referrer_host bigint,
    depth integer NOT NULL,
    hops smallint NOT NULL,
    skip smallint,
    url text NOT NULL,
    key text,
    PRIMARY KEY (id, host),
    UNIQUE (key_hash, host)`,
  queue: `
    host bigint NOT NULL,
    url bigint NOT NULL,
    due_at bigint NOT NULL,
    tries smallint NOT NULL,
    PRIMARY KEY (host, url)`,
  visits: `
    host bigint NOT NULL,
    url bigint NOT NULL,
    generation integer NOT NULL DEFAULT 1,
    state smallint NOT NULL,
    reason smallint,
    error smallint,
    status integer,
    truncated smallint,
    content_type text,
    charset text,
    bytes bigint,
    tries smallint NOT NULL,
    fetched_at bigint,
    elapsed_ms bigint,
    remote_address text,
    archive_file text,
    archive_offset bigint,
    archive_length bigint,
    redirect_host bigint,
    redirect_key bigint,
    sha256 bytea,
    title text,
    detail text,
    description text,
    language text,
    canonical text,
    robots text,
    is_page boolean NOT NULL DEFAULT false,
    dropped integer,
    too_long integer,
    other_scheme integer,
    bad_links text,
    link_hosts bigint[],
    link_keys bigint[],
    PRIMARY KEY (url, host, generation)`,
  attempts: `
    host bigint NOT NULL,
    url bigint NOT NULL,
    number integer NOT NULL,
    at bigint NOT NULL,
    error smallint,
    status integer NOT NULL,
    form text,
    state smallint,
    reason smallint,
    again_at bigint,
    redirect_host bigint,
    redirect_key bigint,
    archive_file text,
    archive_offset bigint,
    archive_length bigint,
    sha256 bytea,
    PRIMARY KEY (url, host, number)`,
  removals: `
    host bigint NOT NULL,
    url bigint NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (url, host)`,
  sitemaps: `
    host bigint NOT NULL,
    id bigint NOT NULL,
    url text NOT NULL,
    depth integer NOT NULL,
    named_in text,
    verdict text,
    entries bigint,
    excess bigint,
    status integer,
    error smallint,
    is_cut boolean NOT NULL DEFAULT false,
    PRIMARY KEY (id, host)`,
  mentions: `
    host bigint NOT NULL,
    url bigint NOT NULL,
    sitemap bigint NOT NULL,
    lastmod text,
    changefreq text,
    priority double precision,
    PRIMARY KEY (url, host)`,
};

const VACUUMED = 'autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0, autovacuum_vacuum_threshold =';

/**
 * How tables are stored whose rows change. The queue is emptied and filled all the time, and hosts are changed in
 * place: their pages keep room for changed rows, and they are vacuumed by the number of dead rows and not by their
 * share. Of a URL only the depth may change. The other tables are only added to.
 */
const STORED: Readonly<Record<string, string>> = {
  queue: `WITH (fillfactor = 70, ${VACUUMED} 2000)`,
  hosts: `WITH (fillfactor = 50, ${VACUUMED} 1000)`,
  urls: 'WITH (fillfactor = 95)',
};

const first = (schema: string): string => `
  CREATE TABLE ${schema}.job (
    id smallint PRIMARY KEY CHECK (id = 1),
    name text NOT NULL,
    identity text NOT NULL,
    seed_high integer NOT NULL,
    seed_low integer NOT NULL,
    created_at bigint NOT NULL,
    epoch bigint NOT NULL DEFAULT 0,
    next_id bigint NOT NULL DEFAULT 1,
    next_host bigint NOT NULL DEFAULT 1,
    next_sitemap bigint NOT NULL DEFAULT 1,
    root_addresses text
  );
  CREATE TABLE ${schema}.tallies (
    epoch bigint PRIMARY KEY,
    writes bigint NOT NULL DEFAULT 0,
    done bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0,
    skipped bigint NOT NULL DEFAULT 0
  ) WITH (fillfactor = 50);
  CREATE TABLE ${schema}.runs (
    epoch bigint PRIMARY KEY,
    started_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    ended_at bigint,
    stopped_by text,
    requests bigint NOT NULL,
    bytes bigint NOT NULL,
    peak_in_flight integer NOT NULL,
    hosts text NOT NULL,
    in_flight integer NOT NULL,
    agent text NOT NULL,
    elapsed_ms bigint NOT NULL,
    waiting_for text,
    loop_late text
  ) WITH (fillfactor = 50);
  ${Object.entries(PARTITIONED)
    .map(([table, columns]) => partitioned(schema, table, columns))
    .join('')}
  CREATE INDEX ON ${schema}.urls (hashtextextended(url, 0)) WHERE key IS NOT NULL;
  CREATE INDEX ON ${schema}.attempts (archive_file) WHERE archive_file IS NOT NULL;
  CREATE INDEX ON ${schema}.sitemaps (host);
`;

function partitioned(schema: string, table: string, columns: string): string {
  const by = { hosts: 'id', host_names: 'name' }[table] ?? 'host';
  const parts = Array.from({ length: PARTITIONS }, (_, part) => {
    const name = `${schema}.${table}_${part}`;
    const values = `FOR VALUES WITH (MODULUS ${PARTITIONS}, REMAINDER ${part})`;
    return `CREATE TABLE ${name} PARTITION OF ${schema}.${table} ${values} ${STORED[table] ?? ''};`;
  });
  return `CREATE TABLE ${schema}.${table} (${columns}) PARTITION BY HASH (${by});\n${parts.join('\n')}\n`;
}

/** Where the job was moved to, or where it is being moved here from (mark.ts of the copies). */
const moves = (schema: string): string => `ALTER TABLE ${schema}.job ADD COLUMN move text`;

/** Without a row a file of the archive is only in the folder of the process that wrote it. */
const movedFiles = (schema: string): string => `
  CREATE TABLE ${schema}.moved_files (
    file text PRIMARY KEY,
    place text NOT NULL,
    bytes bigint NOT NULL,
    is_there boolean NOT NULL,
    upload text NOT NULL
  );
`;

/** What a style sheet, a script or a frame takes its encoding from, and where a redirect leads to in its target. */
const outerCharsets = (schema: string): string => `
  ALTER TABLE ${schema}.urls ADD COLUMN outer_charset text;
  ALTER TABLE ${schema}.visits ADD COLUMN redirect_fragment text;
`;
const protocols = (schema: string): string => `ALTER TABLE ${schema}.visits ADD COLUMN protocol smallint;`;

/** Hosts that a worker wants which another one has, for a robots.txt to which a redirect led. */
const calledHosts = (schema: string): string => `CREATE TABLE ${schema}.called_hosts (host bigint PRIMARY KEY);`;

/** Patterns that were excluded while a crawl ran, as JSON. */
const exclusions = (schema: string): string => `ALTER TABLE ${schema}.job ADD COLUMN exclusions text`;

/** What the servers of a site set. */
const cookies = (schema: string): string =>
  `CREATE TABLE ${schema}.cookies (site text, key text, cookie text NOT NULL, PRIMARY KEY (site, key));`;

/** Step `n` leads from version `n` to `n + 1`. It makes the SQL for a schema, whose name is quoted already. */
export const MIGRATIONS = [
  first,
  moves,
  movedFiles,
  leases,
  outerCharsets,
  calledHosts,
  exclusions,
  cookies,
  protocols,
] as const;

/** The tables that are partitioned by the host, or by its name. */
export const TABLES_BY_HOST: readonly string[] = Object.keys(PARTITIONED);
