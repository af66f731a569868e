// What the errors of PostgreSQL and of the way to it mean. No message contains the address: it may hold a password.

import { GossamerError, JobError, MachineError, UsageError } from '../../base/errors.ts';
import { DatabaseAway } from '../../base/machine.ts';
import type { DatabasePlace } from './place.ts';

/** The connection broke or could not be made; it may be back later. */
const AWAY_CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT', 'EPIPE', 'EADDRNOTAVAIL'],
  ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'ENETRESET'],
]);
const NAME_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA']);
/**
 * Answers that may be others later, and what to say of them. The statement failed and left nothing.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html: class 08 is the connection; 57P01 to 57P05 are
 * shutdown, crash, start and dropped sessions; 25P03 and 25P04 are transactions that were left open for too long, where
 * the server ends the connection; 53300 is too many connections; 57014 and 55P03 are the limits of time that somebody
 * has set, and statements that somebody has cancelled.
 */
const AWAY_STATES: readonly (readonly [states: RegExp, why: string | undefined])[] = [
  [/^(?:08|57P0[1-5]|25P0[34]|53300)/, undefined],
  [/^28/, 'the database refuses the user or the password'],
  [/^3D000/, 'the database is not there'],
  [/^25006/, 'the database is read-only'],
  [/^(?:57014|55P03)/, 'the database broke off a statement'],
  [/^40001/, 'the database refuses a transaction beside others'],
];
const AWAY_WORDS =
  /^(?:Connection terminated|timeout expired|Client (?:has encountered|was closed)|Query read timeout)/;
/** A full disk, or no memory. */
const OUT_OF_RESOURCES = /^(?:53|58)/;
const REFUSED = /^28/;
const NO_DATABASE = '3D000';
const FORBIDDEN = '42501';
/** A table or a schema is not there. */
const NO_TABLE = /^(?:42P01|3F000)/;
/** What PgBouncer says to BEGIN, before it ends the connection. */
const STATEMENT_MODE = 'statement pooling mode';
/** What the driver says if the server wants a password and there is none. */
const NO_PASSWORD = /^SASL: .*password must be/;

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Whether the same may be asked again later, on another connection. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof GossamerError) return false;
  const code = codeOf(error);
  if (error.message.includes(STATEMENT_MODE)) return false;
  // The socket of a server that is not at work; any other file that is missing stays so.
  if (code === 'ENOENT') return (error as { syscall?: unknown }).syscall === 'connect';
  return AWAY_CODES.has(code) || NAME_CODES.has(code) || stateOf(code) !== undefined || AWAY_WORDS.test(error.message);
}

function stateOf(code: string): (typeof AWAY_STATES)[number] | undefined {
  return AWAY_STATES.find(([states]) => states.test(code));
}

/** Translates an error of the first connection, where nothing was written yet. */
export function asUnreachable({ server }: DatabasePlace, error: unknown): Error {
  if (error instanceof GossamerError) return error;
  const code = codeOf(error);
  const say = (what: string): Error => new UsageError(`--store: ${what}`, { cause: error });
  if (REFUSED.test(code)) return say(`${server} refused the user or the password.`);
  if (NO_PASSWORD.test((error as Error).message))
    return say(`${server} asks for a password: give it in PGPASSWORD or in ~/.pgpass.`);
  if (code === NO_DATABASE) return say(`${server}: there is no such database.`);
  if (NAME_CODES.has(code)) {
    return new MachineError('database', `${server} could not be reached: its name was not found`, { cause: error });
  }
  if (isAway(error)) {
    const why = (error as Error).message || code;
    return new MachineError('database', `${server} could not be reached: ${why}; run again when it is there`, {
      cause: error,
    });
  }
  const failure = asDatabaseFailure({ server }, error);
  // TLS that is not there, a certificate, a file of it, a word in the address that the driver does not know.
  return failure === error && !isMistake(error) ? say(`${server}: ${(error as Error).message}.`) : (failure as Error);
}

function isMistake(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError].some((kind) => error instanceof kind && codeOf(error) === '');
}

/** Translates an error of a statement. Errors of our own stay as they are. */
export function asDatabaseFailure({ server }: Pick<DatabasePlace, 'server'>, error: unknown): unknown {
  if (error instanceof GossamerError || !(error instanceof Error)) return error;
  const code = codeOf(error);
  if (isAway(error)) return new DatabaseAway(error, stateOf(code)?.[1]);
  if (error.message.includes(STATEMENT_MODE)) {
    const why = 'gossamer needs transactions: use its transaction or session mode';
    return new UsageError(`--store: ${server} is a PgBouncer in statement mode, and ${why}.`, { cause: error });
  }
  if (NO_TABLE.test(code)) {
    const what = `a part of the job is not there any more: ${error.message}`;
    return new JobError('missing', `${server}: ${what}`, { cause: error });
  }
  if (code === FORBIDDEN) {
    return new JobError('unreadable', `${server}: you may not do this there: ${error.message}`, { cause: error });
  }
  if (OUT_OF_RESOURCES.test(code)) {
    return new MachineError('database', `${server} failed: ${error.message}; run again to go on`, { cause: error });
  }
  return error;
}
