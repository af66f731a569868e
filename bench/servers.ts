// The servers that are processes of their own, as the benches talk to them.

import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HostsSeen } from '../test/helpers/many-hosts.ts';
import type { Asked } from './host-server.ts';
import type { Seen } from './slow-server.ts';

export interface SlowServer {
  readonly root: string;
  seen(): Promise<Seen>;
  /** Ends it; resolves with what it saw. */
  stop(): Promise<Seen>;
}

export async function startSlowServer(pages: number, answerMs: number): Promise<SlowServer> {
  const file = join(import.meta.dirname, 'slow-server.ts');
  const child = spawn(process.execPath, [file, '--pages', `${pages}`, '--delay-ms', `${answerMs}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const nextLine = async (): Promise<unknown> => JSON.parse((await once(lines, 'line'))[0] as string);
  const { root } = (await nextLine()) as { root: string };
  const after = (ask: () => unknown): Promise<Seen> => {
    const line = nextLine();
    ask();
    return line as Promise<Seen>;
  };
  return { root, seen: () => after(() => child.stdin.write('\n')), stop: () => after(() => child.stdin.end()) };
}

export interface HostServer {
  readonly root: string;
  seen(): Promise<HostsSeen>;
  /** When the next request came, in wall milliseconds. */
  nextRequestAt(): Promise<number>;
  stop(): void;
}

export async function startHostServer(hosts: number, pages: number, delayMs: number): Promise<HostServer> {
  const child = fork(join(import.meta.dirname, 'host-server.ts'), [`${hosts}`, `${pages}`, `${delayMs}`]);
  const [{ root }] = (await once(child, 'message')) as [{ root: string }];
  const ask = async <T>(what: Asked): Promise<T> => {
    child.send(what);
    return (await once(child, 'message'))[0] as T;
  };
  return {
    root,
    seen: async () => (await ask<{ seen: HostsSeen }>('seen')).seen,
    nextRequestAt: async () => (await ask<{ requestAt: number }>('request')).requestAt,
    stop: () => child.disconnect(),
  };
}
