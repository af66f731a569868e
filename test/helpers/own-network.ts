// A separate network for a script: a loopback that leads nowhere, and a hosts file that it may write.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SETUP = 'ip link set lo up && mount --bind "$1" /etc/hosts';
const probe = spawnSync('unshare', ['-n', '-m', 'ip', 'link', 'set', 'lo', 'up']);

/** Why this machine cannot have one. */
export const NO_OWN_NETWORK =
  probe.status === 0 ? false : 'it takes a Linux that lets this user have a network of its own';

/** Runs a module in this network; `hostsFile` in it is the path of the hosts file. Returns the JSON that it printed. */
export function inOwnNetwork<T>(script: string): T {
  const home = mkdtempSync(join(tmpdir(), 'gossamer-network-'));
  try {
    const hosts = join(home, 'hosts');
    writeFileSync(hosts, '127.0.0.1 localhost\n');
    const text = `const home = ${JSON.stringify(home)};\nconst hostsFile = ${JSON.stringify(hosts)};\n${script}`;
    const node = [process.execPath, '--input-type=module-typescript', '-e', text];
    const ran = spawnSync('unshare', ['-n', '-m', 'sh', '-c', `${SETUP} && shift && exec "$@"`, 'sh', hosts, ...node]);
    if (ran.status !== 0) throw new Error(`the script ended with ${ran.status}: ${ran.stderr}`);
    return JSON.parse(ran.stdout.toString()) as T;
  } finally {
    rmSync(home, { recursive: true });
  }
}
