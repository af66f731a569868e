// PgBouncer between the workers and a test's PostgreSQL, on a socket beside the server's own.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { NOBODY } from './nobody.ts';
import type { TestDatabase } from './postgres.ts';

const PROGRAM = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find(existsSync);
const PORT = 6432;

/** Why a test that needs PgBouncer is skipped; false if it can run. */
export const NO_PGBOUNCER = PROGRAM === undefined ? 'there is no PgBouncer on this machine' : false;

export interface Pooler extends AsyncDisposable {
  /** The URL of the same database by way of PgBouncer. */
  readonly url: string;
}

export async function startPooler(
  { url }: TestDatabase,
  mode: 'transaction' | 'statement',
  connections: number,
): Promise<Pooler> {
  const folder = new URL(url).searchParams.get('host')!;
  const settings = join(folder, `pgbouncer-${mode}.ini`);
  const users = join(folder, 'users.txt');
  const port = mode === 'transaction' ? PORT : PORT + 1;
  writeFileSync(users, '"gossamer" ""\n');
  writeFileSync(
    settings,
    `[databases]
* = host=${folder}
[pgbouncer]
listen_addr =
unix_socket_dir = ${folder}
listen_port = ${port}
auth_type = trust
auth_file = ${users}
pool_mode = ${mode}
default_pool_size = ${connections}
max_client_conn = 200
`,
  );
  const pooler: ChildProcess = spawn(PROGRAM!, [settings], { ...NOBODY, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(pooler, 'exit');
  const endAtOnce = (): void => void pooler.kill('SIGKILL');
  process.once('exit', endAtOnce);
  for await (const line of createInterface({ input: pooler.stderr! })) {
    if (line.includes('process up')) break;
  }
  pooler.stderr!.resume();
  return {
    url: `${url}&port=${port}`,
    async [Symbol.asyncDispose]() {
      process.off('exit', endAtOnce);
      pooler.kill('SIGKILL');
      await ended;
    },
  };
}
