// What the errors of PostgreSQL and of the way to it mean. No message contains the address: it may hold a password.

import { GossamerError, JobError, MachineError, UsageError } from '../../base/errors.ts';
import { DatabaseAway } from '../../base/machine.ts';
import type { DatabasePlace } from './place.ts';

/** The connection broke or could not be made, or the server is starting or stopping; it may be back later. */
const AWAY_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOENT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
// https://www.postgresql.org/docs/current/errcodes-appendix.html: class 08 is the connection; 57P01 to 57P05 are
// shutdown, crash, start and dropped sessions; 25P03 and 25P04 are transactions that were left open for too long, where
// the server ends the connection; 53300 is too many connections.
const AWAY_STATES = /^(?:08|57P0[1235]|25P0[34]|53300)/;
const AWAY_WORDS =
  /^(?:Connection terminated|timeout expired|Client (?:has encountered|was closed)|Query read timeout)/;
/** A full disk, or no memory. */
const OUT_OF_RESOURCES = /^(?:53|58)/;
const REFUSED = /^28/;
const NO_DATABASE = '3D000';
const FORBIDDEN = '42501';

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

export function isAway(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof GossamerError) return false;
  const code = codeOf(error);
  return AWAY_CODES.has(code) || AWAY_STATES.test(code) || AWAY_WORDS.test(error.message);
}

/** Translates an error of the first connection, where nothing was written yet. */
export function asUnreachable({ server }: DatabasePlace, error: unknown): Error {
  if (error instanceof GossamerError) return error;
  const code = codeOf(error);
  const say = (what: string): Error => new UsageError(`--store: ${what}`, { cause: error });
  if (REFUSED.test(code)) return say(`${server} refused the user or the password.`);
  if (code === NO_DATABASE) return say(`${server}: there is no such database.`);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new MachineError('database', `${server} could not be reached: its name was not found`, { cause: error });
  }
  if (isAway(error)) {
    const why = (error as Error).message || code;
    return new MachineError('database', `${server} could not be reached: ${why}; run again when it is there`, {
      cause: error,
    });
  }
  return asDatabaseFailure({ server }, error) as Error;
}

/** Translates an error of a statement. Errors of our own stay as they are. */
export function asDatabaseFailure({ server }: Pick<DatabasePlace, 'server'>, error: unknown): unknown {
  if (error instanceof GossamerError || !(error instanceof Error)) return error;
  const code = codeOf(error);
  if (isAway(error)) return new DatabaseAway(error);
  if (code === FORBIDDEN) {
    return new JobError('unreadable', `${server}: you may not do this there: ${error.message}`, { cause: error });
  }
  if (OUT_OF_RESOURCES.test(code)) {
    return new MachineError('database', `${server} failed: ${error.message}; run again to go on`, { cause: error });
  }
  return error;
}
