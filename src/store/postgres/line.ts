// One connection to the database. It is made when it is first needed, and again after it was lost. Statements are sent
// without waiting for the answers of earlier ones (pipeline mode), so that several of them cost one round trip.

import { UsageError } from '../../base/errors.ts';
import { onDemand } from '../../base/on-demand.ts';
import { asDatabaseFailure, asUnreachable, isAway } from './failures.ts';
import type { DatabasePlace } from './place.ts';

/** The part of the package `pg` that is used here. */
interface Driver {
  readonly Client: new (config: object) => Client;
  readonly types: { getTypeParser(oid: number, format: string): (text: string) => unknown };
}

interface Client {
  connect(): Promise<unknown>;
  /** Several statements in one text have several results, which are not told here. */
  query(asked: string | { text: string; values: readonly unknown[]; rowMode: 'array' }): Promise<QueryResult>;
  on(event: 'error' | 'end', listener: () => void): unknown;
  end(): Promise<void>;
}

interface QueryResult {
  readonly rows: readonly unknown[];
  readonly rowCount: number | null;
  readonly command: string;
}

const driver = onDemand<Driver>('pg');

const VERSION_MIN = 15;
const ENCODING = 'UTF8';
const CONNECT_MS_MAX = 10_000;
const INT8 = 20;

/** One row as an array of its columns. */
export type DatabaseRow = readonly unknown[];

export interface DatabaseAnswer {
  readonly rows: readonly DatabaseRow[];
  /** How many rows were changed. */
  readonly changed: number;
  /** The command that was done. */
  readonly command: string;
}

/** Rejects with DatabaseAway where the connection is lost, and with what asDatabaseFailure makes of other errors. */
export type Ask = (sql: string, values?: readonly unknown[]) => Promise<DatabaseAnswer>;

export interface Line {
  readonly ask: Ask;
  /** Asks on the connection of this moment. Once that is lost, every question is refused. */
  bound(): Promise<Ask>;
  /** Makes the connection if there is none. Rejects as asUnreachable says. */
  open(): Promise<void>;
  /** The number of connections that were made. */
  readonly connections: number;
  close(): Promise<void>;
}

export interface LineSettings {
  /** Statements that each new connection begins with. */
  readonly begin?: string;
}

export function createLine(place: DatabasePlace, { begin = '' }: LineSettings = {}): Line {
  let client: Promise<Client> | null = null;
  let connections = 0;

  const connect = async (): Promise<Client> => {
    const { Client: Connection } = driver();
    const made = new Connection(configOf(place));
    const drop = (): void => {
      if (own === client) client = null;
    };
    // Without a listener the loss of an idle connection would end the process.
    made.on('error', drop);
    made.on('end', drop);
    const own = client;
    try {
      await made.connect();
      assertServer(place, await made.query(SERVER_SQL));
      if (begin !== '') await made.query(begin);
    } catch (error) {
      made.end().catch(() => {});
      throw error;
    }
    connections += 1;
    return made;
  };
  const connected = (): Promise<Client> => {
    if (client !== null) return client;
    // `connect` compares itself to what is known as the connection, so it begins a turn later.
    const making: Promise<Client> = Promise.resolve().then(connect);
    client = making;
    making.catch(() => {
      if (client === making) client = null;
    });
    return making;
  };

  const askOn = async (
    current: Promise<Client>,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<DatabaseAnswer> => {
    try {
      const asking = { text, values, rowMode: 'array' } as const;
      const { rows, rowCount, command } = await (await current).query(asking);
      return { rows: rows as DatabaseRow[], changed: rowCount ?? 0, command };
    } catch (error) {
      if (isAway(error) && client === current) {
        client = null;
        current.then((lost) => lost.end()).catch(() => {});
      }
      throw asDatabaseFailure(place, error);
    }
  };

  return {
    ask: (sql, values) => askOn(connected(), sql, values),
    async bound() {
      const current = connected();
      await current.catch((error) => {
        throw asDatabaseFailure(place, error);
      });
      return (sql, values) => askOn(current, sql, values);
    },
    async open() {
      try {
        await connected();
      } catch (error) {
        throw asUnreachable(place, error);
      }
    },
    get connections() {
      return connections;
    },
    async close() {
      const last = client;
      client = null;
      await (await last?.catch(() => null))?.end().catch(() => {});
    },
  };
}

function configOf({ address }: DatabasePlace): object {
  return {
    connectionString: plainTls(address),
    application_name: 'gossamer',
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
    pipeline: true,
    types: { getTypeParser: parserOf },
  };
}

/** The driver takes all of these for the last one, and tells so in a warning of several lines. */
function plainTls(address: string): string {
  if (/[?&]uselibpqcompat=true/.test(address)) return address;
  return address.replace(/(?<=[?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, 'verify-full');
}

/** All whole numbers of ours fit into a number; hashes are read as text. */
function parserOf(oid: number, format: string): (text: string) => unknown {
  return oid === INT8 ? Number : driver().types.getTypeParser(oid, format);
}

/** Whoever has waited for a lock must see what others wrote meanwhile, also where another isolation is the default. */
const SERVER_SQL = `SELECT current_setting('server_version_num') AS version, current_setting('server_encoding') AS encoding,
  set_config('default_transaction_isolation', 'read committed', false)`;

function assertServer({ server }: DatabasePlace, { rows }: QueryResult): void {
  const [{ version: number, encoding }] = rows as [{ version: string; encoding: string }];
  const version = Math.floor(Number(number) / 10_000);
  if (version < VERSION_MIN)
    throw new UsageError(`--store: ${server} is PostgreSQL ${version}, and ${VERSION_MIN} is the oldest that will do.`);
  // Others cannot keep every sign that a URL or a title may have.
  if (encoding !== ENCODING)
    throw new UsageError(`--store: the encoding of ${server} is ${encoding}: make the database with ${ENCODING}.`);
}
