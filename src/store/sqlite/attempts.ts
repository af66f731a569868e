// Reads the history of a URL: tries that did not settle it, redirects to other forms of it, and settlements that were
// undone.

import type { DatabaseSync } from 'node:sqlite';
import type { ArchivedReader, Attempt, RowReader } from '../../base/contracts.ts';
import { ERRORS, REASONS, STATES } from '../codes.ts';
import { placeOf } from '../row-parts.ts';
import { assertTimes } from '../sound.ts';
import { type Cells, lenientQuery } from './database.ts';

const ATTEMPTS_SQL = `
  SELECT a.at, a.error, a.status, a.state, a.reason, a.again_at, a.form, target.url, file.word, a.archive_offset, a.archive_length
  FROM attempts a
    LEFT JOIN urls target ON target.id = a.redirect_to
    LEFT JOIN words file ON file.id = a.archive_file
  WHERE a.url = ? ORDER BY a.number`;

const EARLIER_SQL = `
  SELECT u.url, a.status, a.sha256, file.word, a.archive_offset, a.archive_length
  FROM attempts a JOIN urls u ON u.id = a.url JOIN words file ON file.id = a.archive_file
  WHERE a.archive_file IS NOT NULL`;

type Int = number | null;
type Text = string | null;

/** The forms that the URL was redirected to since it was last settled, in that order. */
const FORMS_SQL = `
  SELECT form, at FROM attempts WHERE url = ?1 AND form IS NOT NULL
    AND number > (SELECT ifnull(max(number), 0) FROM attempts WHERE url = ?1 AND state IS NOT NULL) ORDER BY number`;

/** Each with the time when the form was requested that redirected to it. */
export function createFormReader(db: DatabaseSync): (id: number) => [form: string, at: number][] {
  const forms = lenientQuery(db, FORMS_SQL);
  return (id) => forms.all(id) as [string, number][];
}

export function createAttemptReader(db: DatabaseSync): RowReader['attempts'] {
  const ofUrl = lenientQuery(db, ATTEMPTS_SQL);
  return async (id) => ofUrl.all(id).map(attemptOf);
}

export function createEarlierReader(db: DatabaseSync): ArchivedReader['earlier'] {
  const earlier = lenientQuery(db, EARLIER_SQL);
  return async function* () {
    yield earlier.all().map((cells) => {
      const [url, status, sha256, ...place] = cells as [string, Int, Uint8Array | null, Text, Int, Int];
      const digest = sha256 === null ? null : Buffer.from(sha256).toString('hex');
      return { url, status, sha256: digest, archive: placeOf(...place)! };
    });
  };
}

function attemptOf(cells: Cells): Attempt {
  const [at, error, status, code, reason, againAt, form, redirectTo, ...place] = cells as [
    ...tried: [at: number, error: Int, status: number],
    ...takenBack: [state: Int, reason: Int, againAt: Int],
    ...next: [form: Text, redirectTo: Text],
    ...archive: [file: Text, offset: Int, length: Int],
  ];
  assertTimes('an attempt', at, againAt);
  const state = STATES.word(code);
  const takenBack =
    state === null
      ? null
      : { state, reason: REASONS.word(reason), againAt: againAt!, redirectTo, archive: placeOf(...place) };
  return { at, error: ERRORS.word(error), status, form, takenBack };
}
