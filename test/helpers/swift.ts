// A real S3 for one test file: OpenStack Swift with its s3api, from Debian's packages, on free ports of loopback, with
// its files in a temporary folder. It has no memory cache, which it complains about and does without.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const SERVERS = ['account', 'container', 'object', 'proxy'] as const;
const PROGRAMS = '/usr/bin';

/** Why a test that needs Swift is skipped; false if it can run. */
export const NO_SWIFT = SERVERS.every((name) => existsSync(`${PROGRAMS}/swift-${name}-server`))
  ? false
  : 'Swift is not installed (swift-proxy, swift-account, swift-container and swift-object of Debian)';

export interface Swift extends AsyncDisposable {
  /** The environment of a program that may use it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The rings say on which device and port each part of the data is. The tools for them take seconds to start. */
const RINGS = `
import sys
from swift.common.ring import RingBuilder
home, *ports = sys.argv[1:]
for name, port in zip(('account', 'container', 'object'), ports):
    builder = RingBuilder(1, 1, 1)
    builder.add_dev({'region': 1, 'zone': 1, 'ip': '127.0.0.1', 'port': int(port), 'device': 'one', 'weight': 1})
    builder.rebalance()
    builder.get_ring().save('%s/%s.ring.gz' % (home, name))
`;

export async function startSwift(): Promise<Swift> {
  const home = mkdtempSync(join(tmpdir(), 'gossamer-swift-'));
  mkdirSync(join(home, 'drive/one'), { recursive: true });
  const ports = await freePorts(SERVERS.length);
  const common = `swift_dir = ${home}\nworkers = 0\nuser = ${userInfo().username}\nbind_ip = 127.0.0.1\n`;
  writeFileSync(
    join(home, 'swift.conf'),
    '[swift-hash]\nswift_hash_path_prefix = a\nswift_hash_path_suffix = b\n[storage-policy:0]\nname = gold\ndefault = yes\n',
  );
  execFileSync('/usr/bin/python3', ['-c', RINGS, home, ...ports.slice(0, 3).map(String)], { stdio: 'pipe' });
  for (const [at, name] of SERVERS.entries()) {
    const parts =
      name === 'proxy'
        ? PROXY
        : `devices = ${home}/drive\nmount_check = false\nfallocate_reserve = 0\n[pipeline:main]\npipeline = ${name}-server\n[app:${name}-server]\nuse = egg:swift#${name}\n`;
    writeFileSync(join(home, `${name}.conf`), `[DEFAULT]\nbind_port = ${ports[at]}\n${common}${parts}`);
  }
  const children = SERVERS.map(
    (name): ChildProcess =>
      spawn(`${PROGRAMS}/swift-${name}-server`, [join(home, `${name}.conf`)], {
        stdio: 'ignore',
        env: { ...process.env, SWIFT_TEST_IN_PROCESS: '' },
      }),
  );
  const end = (): void => {
    for (const child of children) child.kill('SIGKILL');
  };
  process.once('exit', end);
  for (const port of ports) await listening(port, children);
  return {
    environment: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${ports[3]}`,
      AWS_ACCESS_KEY_ID: 'test:tester',
      AWS_SECRET_ACCESS_KEY: 'testing',
      AWS_REGION: 'us-east-1',
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', end);
      const ended = children.map((child) => (child.exitCode === null ? once(child, 'exit') : null));
      end();
      await Promise.all(ended);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const PROXY = `[pipeline:main]
pipeline = catch_errors cache s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
min_segment_size = 1
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:9
${['catch_errors', 'copy', 'slo', 'dlo'].map((name) => `[filter:${name}]\nuse = egg:swift#${name}\n`).join('')}`;

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const { port } = server.address() as AddressInfo;
      server.close();
      await once(server, 'close');
      return port;
    }),
  );
}

/** Resolves when something listens on the port. A server has no other way to say that it is ready. */
async function listening(port: number, children: readonly ChildProcess[]): Promise<void> {
  for (;;) {
    if (children.some(({ exitCode }) => exitCode !== null)) throw new Error('a server of Swift ended');
    const isThere = await fetch(`http://127.0.0.1:${port}/healthcheck`).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await sleep(50);
  }
}
