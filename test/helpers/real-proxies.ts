// Proxies as people run them: squid with a password, and microsocks with one, each on a free port of loopback.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './nginx.ts';

const NCSA = '/usr/lib/squid/basic_ncsa_auth';
const DIGEST = '/usr/lib/squid/digest_file_auth';

/** Why there can be none on this machine. */
export const NO_SQUID =
  existsSync(NCSA) && spawnSync('squid', ['-v']).status === 0 ? false : 'there is no squid on this machine';
export const NO_MICROSOCKS =
  spawnSync('microsocks', ['-?']).error === undefined ? false : 'there is no microsocks on this machine';

export interface RealProxy extends AsyncDisposable {
  readonly port: number;
  /** What it wrote of its requests. */
  log(): string;
}

/** Lets in `user` with `password`, by HTTP Basic or by Digest alone. */
export async function squid(user: string, password: string, scheme: 'basic' | 'digest' = 'basic'): Promise<RealProxy> {
  const home = mkdtempSync(join(tmpdir(), 'gossamer-squid-'));
  const port = await freePort();
  const hash = spawnSync('openssl', ['passwd', '-apr1', password]).stdout.toString().trim();
  writeFileSync(join(home, 'passwd'), `${user}:${scheme === 'basic' ? hash : password}\n`);
  writeFileSync(join(home, 'squid.conf'), configuration(home, port, scheme));
  // As root it gives up its rights first.
  chmodSync(home, 0o777);
  const child = spawn('squid', ['-f', join(home, 'squid.conf'), '-N'], { stdio: 'ignore' });
  await listens(port, child, 'squid');
  return proxyOf(port, child, home, () => readFileSync(join(home, 'access.log'), 'utf8'));
}

export async function microsocks(user: string, password: string): Promise<RealProxy> {
  const port = await freePort();
  const words = ['-i', '127.0.0.1', '-p', String(port), '-u', user, '-P', password];
  const child = spawn('microsocks', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (bytes: Buffer) => {
    log += bytes.toString();
  });
  await listens(port, child, 'microsocks');
  return proxyOf(port, child, null, () => log);
}

function proxyOf(port: number, child: ChildProcess, home: string | null, log: () => string): RealProxy {
  return {
    ...{ port, log },
    async [Symbol.asyncDispose]() {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
      if (home !== null) rmSync(home, { recursive: true, force: true });
    },
  };
}

function configuration(home: string, port: number, scheme: 'basic' | 'digest'): string {
  return `http_port 127.0.0.1:${port}
auth_param ${scheme} program ${scheme === 'basic' ? NCSA : DIGEST} ${home}/passwd
auth_param ${scheme} children 1
auth_param ${scheme} realm a place
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
cache deny all
cache_mem 1 MB
pinger_enable off
pid_filename ${home}/squid.pid
access_log stdio:${home}/access.log
cache_log ${home}/cache.log
coredump_dir ${home}
visible_hostname proxy.test
`;
}

async function listens(port: number, child: ChildProcess, name: string): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isUp) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`${name} did not start`);
}
