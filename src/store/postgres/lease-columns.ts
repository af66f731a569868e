// The step of the tables that lets several processes work on one job.

/**
 * Leases of hosts. A host has one as long as `lease_owner` names a worker; `open_at` is when the next one may take it,
 * and null while it has nothing to do. `dropped_at` says when a lease ended without being given back.
 */
export const leases = (schema: string): string => `
  CREATE TABLE ${schema}.workers (
    id bigint PRIMARY KEY,
    epoch bigint NOT NULL,
    session bigint NOT NULL,
    is_alone boolean NOT NULL,
    name text NOT NULL,
    machine text NOT NULL,
    home text,
    pid integer NOT NULL,
    started_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    lost_at bigint,
    begun_at bigint NOT NULL,
    ended_at bigint,
    urls_reserved bigint NOT NULL DEFAULT 0,
    bytes_reserved bigint NOT NULL DEFAULT 0,
    hosts integer NOT NULL DEFAULT 0,
    wants integer NOT NULL DEFAULT 0,
    is_idle boolean NOT NULL DEFAULT false,
    pages bigint NOT NULL DEFAULT 0,
    pages_per_second double precision NOT NULL DEFAULT 0
  ) WITH (fillfactor = 50);
  ALTER TABLE ${schema}.job ADD COLUMN settings text;
  ALTER TABLE ${schema}.hosts
    DROP COLUMN lease_owner,
    DROP COLUMN lease_expires_at,
    DROP COLUMN lease_epoch,
    ADD COLUMN lease_owner bigint,
    ADD COLUMN lease_epoch bigint,
    ADD COLUMN open_at bigint,
    ADD COLUMN dropped_at bigint,
    ADD COLUMN asked bigint NOT NULL DEFAULT 0,
    ADD COLUMN rest_worker bigint,
    ADD COLUMN rest_ahead_ms bigint;
  CREATE INDEX ON ${schema}.hosts (open_at) WHERE lease_owner IS NULL AND open_at IS NOT NULL;
  CREATE INDEX ON ${schema}.hosts (lease_owner) WHERE lease_owner IS NOT NULL;
  CREATE INDEX ON ${schema}.queue (host) WHERE due_at > 0;
  CREATE UNIQUE INDEX ON ${schema}.sitemaps (host, hashtextextended(url, 0));
  UPDATE ${schema}.hosts h SET open_at = 0 WHERE EXISTS (SELECT 1 FROM ${schema}.queue q WHERE q.host = h.id)
    OR EXISTS (SELECT 1 FROM ${schema}.sitemaps s WHERE s.host = h.id AND s.verdict IS NULL);
  ALTER TABLE ${schema}.tallies
    ADD COLUMN queued bigint NOT NULL DEFAULT 0,
    ADD COLUMN sitemaps bigint NOT NULL DEFAULT 0,
    ADD COLUMN asked bigint NOT NULL DEFAULT 0;
  INSERT INTO ${schema}.tallies (epoch, queued, sitemaps, asked) SELECT 0, (SELECT count(*) FROM ${schema}.queue),
    (SELECT count(*) FROM ${schema}.sitemaps WHERE verdict IS NULL),
    (SELECT count(*) FROM ${schema}.visits WHERE fetched_at IS NOT NULL)
      + (SELECT count(*) FROM ${schema}.queue WHERE due_at >= 2);
`;
