// Where a job is in a database: the address of the server and the schema of the job. The address may contain a
// password, so messages use `shown`.

import { UsageError } from '../../base/errors.ts';
import { onDemand } from '../../base/on-demand.ts';

const cryptography = onDemand<typeof import('node:crypto')>('node:crypto');

export interface DatabasePlace {
  /** With the password, if the user gave one. */
  readonly address: string;
  /** The server and the database without user and password. */
  readonly server: string;
  /** The name of the job's schema, as it is. */
  readonly schema: string;
  /** What to call the job in a message. */
  readonly shown: string;
}

const PREFIX = 'gossamer:';
/** PostgreSQL cuts off a longer identifier (NAMEDATALEN). */
const IDENTIFIER_BYTES_MAX = 63;
const DIGEST_LENGTH = 16;

/** Throws UsageError if `address` is not the URL of a PostgreSQL database. `job` is the job's name. */
export function databasePlace(address: string, job: string): DatabasePlace {
  const server = serverOf(address);
  return { address, server, schema: schemaOf(job), shown: `the job ${JSON.stringify(job)} in ${server}` };
}

/** The server and the database that a URL names, without its secrets. */
export function serverOf(address: string): string {
  const url = URL.parse(address);
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) {
    throw new UsageError('--store: the address of the database is not a URL like postgres://USER@HOST/DATABASE.');
  }
  const host = url.searchParams.get('host') ?? (url.host || 'localhost');
  return `postgres://${host}${url.pathname}`;
}

/** A long name is cut, and a digest of the whole tells it from others. */
export function schemaOf(job: string): string {
  const whole = `${PREFIX}${job}`;
  if (Buffer.byteLength(whole) <= IDENTIFIER_BYTES_MAX) return whole;
  const digest = cryptography().createHash('sha256').update(job).digest('hex').slice(0, DIGEST_LENGTH);
  const bytes = Buffer.from(whole).subarray(0, IDENTIFIER_BYTES_MAX - DIGEST_LENGTH - 1);
  // A character of several bytes may have been cut.
  return `${bytes.toString().replace(/\uFFFD+$/, '')}~${digest}`;
}

/** The schema's name as SQL. */
export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
