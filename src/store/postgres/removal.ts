// Removes a URL from the store in one transaction. What was known of it is deleted; a row stays and says that it was
// removed.

import { REASONS, STATES } from '../codes.ts';
import type { Move } from '../job-location.ts';
import { type Change, changing } from './changes.ts';
import type { Ask } from './line.ts';
import type { DatabasePlace } from './place.ts';

export interface Removal {
  /** The row's id; null only updates moved records. */
  readonly id: number | null;
  readonly moves: readonly Move[];
  /** In wall milliseconds. */
  readonly at: number;
}

const REMOVED = REASONS.code('removed')!;
const SKIPPED = STATES.code('skipped')!;
/** All that is known of a visit but when it was: the time of the request counts against the job's limits. */
const FORGOTTEN = [
  ...['error', 'status', 'truncated', 'content_type', 'charset', 'bytes', 'elapsed_ms', 'remote_address'],
  ...[
    'archive_file',
    'archive_offset',
    'archive_length',
    'redirect_host',
    'redirect_key',
    'redirect_fragment',
    'protocol',
    'sha256',
    'title',
    'detail',
  ],
  ...['description', 'language', 'canonical', 'robots', 'dropped', 'too_long', 'other_scheme', 'bad_links'],
  ...['link_hosts', 'link_keys'],
];

/** The caller holds the job's lock. */
export function takeDownInDatabase(ask: Ask, place: DatabasePlace, { id, moves, at }: Removal): Promise<void> {
  return changing(ask, place, true, async (change) => {
    for (const table of ['visits', 'attempts']) await move(ask, `${change.schema}.${table}`, moves);
    if (id !== null) await buryRow(ask, change, id, at);
  });
}

async function move(ask: Ask, table: string, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return;
  await ask(
    `UPDATE ${table} t SET archive_file = r.to_file, archive_offset = r.to_offset, archive_length = r.to_length
      FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[])
        AS r(from_file, from_offset, to_file, to_offset, to_length)
      WHERE t.archive_file = r.from_file AND t.archive_offset = r.from_offset`,
    [
      ...[moves.map(({ from }) => from.file), moves.map(({ from }) => from.offset)],
      ...[moves.map(({ to }) => to.file), moves.map(({ to }) => to.offset), moves.map(({ to }) => to.length)],
    ],
  );
}

async function buryRow(ask: Ask, { schema, epoch }: Change, id: number, at: number): Promise<void> {
  const { rows } = await ask(
    `SELECT u.host, v.state, u.skip FROM ${schema}.urls u
      LEFT JOIN ${schema}.visits v ON v.host = u.host AND v.url = u.id WHERE u.id = $1`,
    [id],
  );
  const [hostId, state, skip] = rows[0] as [number, number | null, number | null];
  const row = [hostId, id];
  let queued = 0;
  for (const table of ['attempts', 'mentions', 'queue']) {
    queued = (await ask(`DELETE FROM ${schema}.${table} WHERE host = $1 AND url = $2`, row)).changed;
  }
  // A repeated takedown keeps the time of the first one.
  await ask(`INSERT INTO ${schema}.removals VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, [...row, Math.round(at)]);
  if (state === null && skip !== null) {
    await ask(`UPDATE ${schema}.urls SET skip = ${REMOVED} WHERE host = $1 AND id = $2`, row);
    return;
  }
  const forgotten = FORGOTTEN.map((name) => `${name} = NULL`).join(', ');
  await ask(
    `INSERT INTO ${schema}.visits (host, url, state, reason, tries) VALUES ($1, $2, ${SKIPPED}, ${REMOVED}, 0)
      ON CONFLICT (url, host, generation) DO UPDATE
      SET state = ${SKIPPED}, reason = ${REMOVED}, is_page = false, ${forgotten}`,
    row,
  );
  const word = STATES.word(state);
  if (word === 'skipped') return;
  const less = word === null ? `, queued = queued - ${queued}` : `, ${word} = ${word} - 1`;
  await ask(`UPDATE ${schema}.tallies SET skipped = skipped + 1${less} WHERE epoch = ${epoch}`);
}
