// Puts rows back into the queue, because the user wants a retry. The old settlement becomes an attempt, so no history
// is lost, and the archive keeps the records.

import type { ArchivePlace } from '../../base/contracts.ts';
import { ERRORS, REASONS, STATES } from '../codes.ts';
import type { Matched, Selection } from '../job-location.ts';
import { ASKED_DUE_AT } from '../memory/backlog.ts';
import { type Change, changing } from './changes.ts';
import type { Ask } from './line.ts';
import type { DatabasePlace } from './place.ts';

const REMOVED = REASONS.code('removed')!;
const OF_ROW = 'v.host = c.host AND v.url = c.url';

/** What `retryInDatabase` would put back; changes nothing. */
export function matchInDatabase(ask: Ask, place: DatabasePlace, selection: Selection): Promise<Matched> {
  return changing(ask, place, false, (change) => choose(ask, change, selection));
}

/** The caller holds the job's lock. `at` is in wall milliseconds. */
export function retryInDatabase(ask: Ask, place: DatabasePlace, selection: Selection, at: number): Promise<Matched> {
  return changing(ask, place, true, async (change) => {
    const matched = await choose(ask, change, selection);
    await keepHistory(ask, change, Math.round(at));
    await askHostsAgain(ask, change);
    await putBack(ask, change);
    await forget(ask, change, selection.lostRecords);
    // They would exclude it again.
    if (selection.reasons.includes('excluded')) await ask(`UPDATE ${change.schema}.job SET exclusions = NULL`);
    return matched;
  });
}

/** Fills a temporary table with the selected rows. */
async function choose(
  ask: Ask,
  { schema }: Change,
  { reasons, errors, statuses, ids, lost }: Selection,
): Promise<Matched> {
  await ask('CREATE TEMP TABLE chosen (host bigint, url bigint PRIMARY KEY, is_lost boolean NOT NULL) ON COMMIT DROP');
  const add = 'ON CONFLICT (url) DO NOTHING';
  const byId = `INSERT INTO chosen SELECT u.host, u.id, $2 FROM ${schema}.urls u
    LEFT JOIN ${schema}.visits v ON v.host = u.host AND v.url = u.id
    WHERE u.id = ANY($1::bigint[]) AND coalesce(v.state, u.skip) IS NOT NULL
      AND coalesce(v.reason, u.skip, 0) <> ${REMOVED} ${add}`;
  await ask(byId, [lost, true]);
  await ask(byId, [ids, false]);
  const reasonCodes = reasons.filter((reason) => reason !== 'removed').map((reason) => REASONS.code(reason));
  const ranges = statuses.map(([lowest, highest]) => `OR status BETWEEN ${lowest} AND ${highest}`);
  await ask(
    `INSERT INTO chosen SELECT host, url, false FROM ${schema}.visits
      WHERE reason = ANY($1::smallint[]) OR error = ANY($2::smallint[]) ${ranges.join(' ')} ${add}`,
    [reasonCodes, errors.map((error) => ERRORS.code(error))],
  );
  await ask(`INSERT INTO chosen SELECT host, id, false FROM ${schema}.urls WHERE skip = ANY($1::smallint[]) ${add}`, [
    reasonCodes,
  ]);
  const { rows } = await ask(`SELECT h.name, count(*) FROM chosen c JOIN ${schema}.hosts h ON h.id = c.host
    GROUP BY h.id, h.name ORDER BY 2 DESC, h.name`);
  return rows as unknown as Matched;
}

async function keepHistory(ask: Ask, { schema }: Change, at: number): Promise<void> {
  const number = `(SELECT coalesce(max(a.number), 0) + 1 FROM ${schema}.attempts a WHERE a.host = c.host AND a.url = c.url)`;
  await ask(
    `INSERT INTO ${schema}.attempts (host, url, number, at, error, status, state, reason, again_at, redirect_host,
       redirect_key, archive_file, archive_offset, archive_length, sha256)
     SELECT c.host, c.url, ${number}, coalesce(v.fetched_at, 0), v.error, coalesce(v.status, 0), v.state, v.reason, $1,
       v.redirect_host, v.redirect_key, CASE WHEN c.is_lost THEN NULL ELSE v.archive_file END, v.archive_offset,
       v.archive_length, v.sha256
     FROM chosen c JOIN ${schema}.visits v ON ${OF_ROW}`,
    [at],
  );
  await ask(
    `INSERT INTO ${schema}.attempts (host, url, number, at, status, state, reason, again_at)
     SELECT c.host, c.url, ${number}, 0, 0, ${STATES.code('skipped')}, u.skip, $1
     FROM chosen c JOIN ${schema}.urls u ON u.host = c.host AND u.id = c.url WHERE u.skip IS NOT NULL`,
    [at],
  );
}

/**
 * Ends the hold of a host that could not be reached, so that it is requested at once. A host that asked us to wait
 * keeps its hold. If robots.txt denied a URL, a new copy of it is fetched.
 */
async function askHostsAgain(ask: Ask, { schema }: Change): Promise<void> {
  await ask(`UPDATE ${schema}.hosts SET held_until = NULL, why = NULL
    WHERE id IN (SELECT host FROM chosen) AND position('status ' IN why) = 0`);
  await ask(`UPDATE ${schema}.hosts SET robots_expires_at = 0 WHERE robots_fetched_at IS NOT NULL AND id IN
    (SELECT c.host FROM chosen c JOIN ${schema}.visits v ON ${OF_ROW} WHERE v.reason = ${REASONS.code('robots')})`);
}

async function putBack(ask: Ask, { schema, epoch }: Change): Promise<void> {
  const settled = (state: 'done' | 'failed' | 'skipped'): string => `(SELECT count(*) FROM chosen c
    JOIN ${schema}.visits v ON ${OF_ROW} WHERE v.state = ${STATES.code(state)})`;
  const skips = `(SELECT count(*) FROM chosen c JOIN ${schema}.urls u ON u.host = c.host AND u.id = c.url
    WHERE u.skip IS NOT NULL)`;
  await ask(`UPDATE ${schema}.tallies SET done = -${settled('done')}, failed = -${settled('failed')},
    skipped = -${settled('skipped')} - ${skips}, queued = (SELECT count(*) FROM chosen) WHERE epoch = ${epoch}`);
  await ask(`UPDATE ${schema}.hosts SET open_at = 0 WHERE id IN (SELECT host FROM chosen)`);
  // A URL that was requested before stays marked, so it counts once against the limits of the job.
  await ask(`INSERT INTO ${schema}.queue (host, url, due_at, tries) SELECT c.host, c.url, CASE WHEN EXISTS (SELECT 1
      FROM ${schema}.attempts a WHERE a.host = c.host AND a.url = c.url AND a.at > 0) THEN ${ASKED_DUE_AT} ELSE 0 END, 0
    FROM chosen c`);
  await ask(`DELETE FROM ${schema}.visits v USING chosen c WHERE ${OF_ROW}`);
  await ask(`UPDATE ${schema}.urls u SET skip = NULL FROM chosen c
    WHERE u.host = c.host AND u.id = c.url AND u.skip IS NOT NULL`);
}

async function forget(ask: Ask, { schema }: Change, records: readonly ArchivePlace[]): Promise<void> {
  await ask(
    `UPDATE ${schema}.attempts a SET archive_file = NULL FROM unnest($1::text[], $2::bigint[]) AS r(file, at_offset)
      WHERE a.archive_file = r.file AND a.archive_offset = r.at_offset`,
    [records.map(({ file }) => file), records.map(({ offset }) => offset)],
  );
}
