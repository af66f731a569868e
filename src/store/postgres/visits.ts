// What ends a lease, as rows: of `visits` for a URL that is settled, of `attempts` and `queue` for one that is not.

import type { BadLink, Settlement } from '../../base/contracts.ts';
import { DETAIL_LENGTH_MAX } from '../../base/limits.ts';
import { ERRORS, REASONS, STATES, TRUNCATIONS } from '../codes.ts';
import { ASKED_DUE_AT, LONG_DUE_AT, type Returned } from '../memory/backlog.ts';
import { protocolCode } from '../row-parts.ts';
import type { KeyPlace } from './admit.ts';
import { type Batch, type Columns, createBatch, insertOf, rowsOf } from './batch.ts';

const VISITS: Columns = {
  host: 'bigint',
  url: 'bigint',
  state: 'smallint',
  reason: 'smallint',
  error: 'smallint',
  status: 'integer',
  truncated: 'smallint',
  content_type: 'text',
  charset: 'text',
  bytes: 'bigint',
  tries: 'smallint',
  fetched_at: 'bigint',
  elapsed_ms: 'bigint',
  remote_address: 'text',
  archive_file: 'text',
  archive_offset: 'bigint',
  archive_length: 'bigint',
  redirect_host: 'bigint',
  redirect_key: 'bigint',
  redirect_fragment: 'text',
  protocol: 'smallint',
  sha256: 'bytea',
  title: 'text',
  detail: 'text',
  is_page: 'boolean',
  description: 'text',
  language: 'text',
  canonical: 'text',
  robots: 'text',
  dropped: 'integer',
  too_long: 'integer',
  other_scheme: 'integer',
  bad_links: 'text',
  link_hosts: 'bigint[]',
  link_keys: 'bigint[]',
};
const LEAVING: Columns = { host: 'bigint', url: 'bigint' };
const DEFERRED: Columns = { host: 'bigint', url: 'bigint', due_at: 'bigint', tries: 'smallint' };
const ATTEMPTS: Columns = {
  host: 'bigint',
  url: 'bigint',
  at: 'bigint',
  error: 'smallint',
  status: 'integer',
  form: 'text',
  archive_file: 'text',
  archive_offset: 'bigint',
  archive_length: 'bigint',
  sha256: 'bytea',
};

const REFUSED: Columns = { ...ATTEMPTS, number: 'integer' };

type AttemptOf = Pick<Settlement, 'lease' | 'fetchedAt' | 'error' | 'response' | 'place'> & {
  readonly form?: string | undefined;
};

const SHA256_BYTES = 32;

/** A statement of a group. It must change as many rows as its batch has. */
export interface Ending {
  readonly sql: string;
  readonly batch: Batch;
}

export interface VisitWriter {
  end(settlement: Settlement, links: readonly KeyPlace[], redirect: KeyPlace | null): void;
  putBack(settlement: Settlement, toWall: (at: number) => number): Returned;
  /**
   * The URL was settled by a worker that had lost its host. Its record in the archive stays, as that of a try. `epoch`
   * is a number that nobody else has.
   */
  refuse(settlement: Settlement, epoch: number): void;
  /** Those with rows. */
  readonly endings: readonly Ending[];
}

export function createVisitWriter(schema: string): VisitWriter {
  const visits = createBatch(VISITS);
  const leaving = createBatch(LEAVING);
  const deferred = createBatch(DEFERRED);
  const attempts = createBatch(ATTEMPTS);
  const refused = createBatch(REFUSED);
  const all: Ending[] = [
    { sql: insertOf(`${schema}.visits`, VISITS), batch: visits },
    {
      sql: `DELETE FROM ${schema}.queue q USING ${rowsOf(LEAVING)} WHERE q.host = r.host AND q.url = r.url`,
      batch: leaving,
    },
    {
      sql: `UPDATE ${schema}.queue q SET due_at = r.due_at, tries = r.tries FROM ${rowsOf(DEFERRED)}
        WHERE q.host = r.host AND q.url = r.url`,
      batch: deferred,
    },
    { sql: attemptsSql(schema), batch: attempts },
    { sql: insertOf(`${schema}.attempts`, REFUSED), batch: refused },
  ];
  return {
    end(settlement, links, redirect) {
      assertEnd(settlement);
      const { id, hostId } = settlement.lease;
      visits.add(
        hostId,
        id,
        ...verdictOf(settlement),
        ...redirectOf(redirect, hostId),
        settlement.redirectFragment || null,
        protocolCode(settlement.protocol),
        ...foundOf(settlement),
        ...linkColumns(links, hostId),
      );
      leaving.add(hostId, id);
    },
    putBack(settlement, toWall) {
      const { lease, tries, dueAt, form, fetchedAt } = settlement;
      const { id, hostId } = lease;
      if (fetchedAt > 0) attempts.add(...attemptColumns(settlement));
      // Another form of the URL was not requested yet, so it counts as one more. A lease may also end without one.
      const isNew = form !== undefined || (fetchedAt === 0 && !lease.wasAsked);
      deferred.add(hostId, id, isNew ? LONG_DUE_AT : dueAt > ASKED_DUE_AT ? toWall(dueAt) : ASKED_DUE_AT, tries);
      return { id, dueAt: isNew ? LONG_DUE_AT : Math.max(ASKED_DUE_AT, Math.ceil(dueAt)), tries };
    },
    refuse(settlement, epoch) {
      // Tries of the owner have positive numbers, and this worker must not be in their way.
      if (settlement.place !== null) refused.add(...attemptColumns({ ...settlement, form: undefined }), -epoch);
    },
    get endings() {
      return all.filter(({ batch }) => batch.size > 0);
    },
  };
}

function attemptColumns({ lease, fetchedAt, error, response, place, form }: AttemptOf): unknown[] {
  const digest = place === null ? null : bytesOf(response?.sha256);
  return [
    ...[lease.hostId, lease.id, Math.round(fetchedAt), ERRORS.code(error), response?.status ?? 0, form ?? null],
    ...[place?.file ?? null, place?.offset ?? null, place?.length ?? null, digest],
  ];
}

function attemptsSql(schema: string): string {
  const names = Object.keys(ATTEMPTS);
  const number = `(SELECT coalesce(max(a.number), 0) + 1 FROM ${schema}.attempts a WHERE a.host = r.host AND a.url = r.url)`;
  return `INSERT INTO ${schema}.attempts (number, ${names.join(', ')})
    SELECT ${number}, ${names.map((name) => `r.${name}`).join(', ')} FROM ${rowsOf(ATTEMPTS)}`;
}

function verdictOf(settlement: Settlement): unknown[] {
  const { state, reason, error, response, tries, fetchedAt, elapsedMs, remoteAddress, place } = settlement;
  const wasAsked = fetchedAt > 0;
  return [
    ...[STATES.all.get(state as 'done')!, REASONS.code(reason), ERRORS.code(error), response?.status ?? null],
    response === null ? null : TRUNCATIONS.code(response.truncated),
    ...[response?.contentType || null, response?.charset || null, response?.bytes ?? null, tries],
    ...[wasAsked ? Math.round(fetchedAt) : null, wasAsked ? Math.round(elapsedMs) : null, remoteAddress || null],
    ...[place?.file ?? null, place?.offset ?? null, place?.length ?? null],
  ];
}

function redirectOf(redirect: KeyPlace | null, hostId: number): unknown[] {
  return redirect === null ? [null, null] : [elsewhere(redirect, hostId), redirect.hash];
}

function foundOf({ response, detail, unkept, badLinks }: Settlement): unknown[] {
  const text = response?.text ?? null;
  const robots = text === null || text.robots.length === 0 ? null : text.robots.join(' ');
  const said = [text?.description || null, text?.language || null, text?.canonical || null, robots];
  const { dropped = 0, tooLong = 0, otherScheme = 0 } = unkept ?? {};
  const counted = dropped + tooLong + otherScheme > 0 ? [dropped, tooLong, otherScheme] : [null, null, null];
  return [
    ...[bytesOf(response?.sha256), response?.title || null, detail.slice(0, DETAIL_LENGTH_MAX) || null],
    said.some((each) => each !== null),
    ...said,
    ...counted,
    badLinksOf(badLinks ?? []),
  ];
}

/** Each href once, as JSON. */
function badLinksOf(bad: readonly BadLink[]): string | null {
  const elements = new Map<string, string>();
  for (const { href, element } of bad) if (!elements.has(href)) elements.set(href, element);
  return elements.size === 0 ? null : JSON.stringify([...elements]);
}

function bytesOf(digest: Uint8Array | null | undefined): Buffer | null {
  return digest == null ? null : Buffer.from(digest);
}

/** Null for the same host. */
function elsewhere(place: KeyPlace, hostId: number): number | null {
  return place.hostId === hostId ? null : place.hostId;
}

function linkColumns(links: readonly KeyPlace[], hostId: number): unknown[] {
  if (links.length === 0) return [null, null];
  const hosts = links.map((link) => elsewhere(link, hostId) ?? 'NULL');
  return [`{${hosts.join(',')}}`, `{${links.map(({ hash }) => hash).join(',')}}`];
}

function assertEnd({ lease, state, reason, response }: Settlement): void {
  if ((state === 'skipped') !== (reason !== null)) {
    throw new Error(`store: ${lease.url} was settled as ${state} with the reason ${reason}`);
  }
  if (response !== null && response.sha256 !== null && response.sha256.length !== SHA256_BYTES) {
    throw new Error(`store: the SHA-256 of ${lease.url} has ${response.sha256.length} bytes`);
  }
}
