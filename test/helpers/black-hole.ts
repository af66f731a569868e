// An address at which connections are neither accepted nor refused, as behind a firewall that drops packets.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Why this machine cannot have one; false if it can. */
export const blackHoleMissing: string | false =
  process.platform === 'linux' ? false : 'only Linux drops calls beyond a full backlog';

/** A backlog of 1 holds two connections; the others make sure that it is full. */
const CALLS = 4;
const CALLS_HELD = 2;
const SERVE = `require('node:net').createServer().listen(
  { host: process.argv[1], port: Number(process.argv[2]), backlog: 1 },
  function () { console.log(this.address().port); })`;

/** A stopped process with a full backlog: the kernel drops every further connection. */
export async function blackHole(host: string, port = 0): Promise<AsyncDisposable & { readonly port: number }> {
  const child = spawn(process.execPath, ['-e', SERVE, host, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGSTOP');
  const calls: Socket[] = [];
  const full = Promise.withResolvers<void>();
  let held = 0;
  for (let n = 0; n < CALLS; n += 1) {
    const call = connect({ host, port: Number(line.toString()) });
    call.on('error', () => undefined);
    call.on('connect', () => {
      held += 1;
      if (held === CALLS_HELD) full.resolve();
    });
    calls.push(call);
  }
  await full.promise;
  return {
    port: Number(line.toString()),
    async [Symbol.asyncDispose]() {
      for (const call of calls) call.destroy();
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}
