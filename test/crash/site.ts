// The harness's end of the site: starts its process, tells it what to do, reads its log.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LogKind, Order, Trouble } from './site-process.ts';

export interface SiteRequest extends Asked {
  /** On the monotonic clock that all processes of the machine share. */
  readonly atUs: number;
  readonly kind: LogKind;
}

export interface Asked {
  readonly path: string;
  /** As in the header `Host`. */
  readonly host: string;
  /** The number of the worker; `-` if it has no address of its own. */
  readonly worker: string;
}

export interface Site extends AsyncDisposable {
  /** A new site in place of the one before, with so many pages on each host; gives its port. */
  serve(seed: number, hosts: number, pages: number, log: string): Promise<number>;
  /**
   * Resolves with the last one when so many requests more for pages have come; it is not answered before `goOn`.
   */
  requested(requests: number): Promise<Asked>;
  goOn(): void;
  away(ms: number): void;
  trouble(trouble: Trouble): void;
}

export function startSite(): Site {
  const child: ChildProcess = fork(fileURLToPath(new URL('./site-process.ts', import.meta.url)));
  const exited = once(child, 'exit');
  const tell = (order: Order): void => void child.send(order);
  return {
    async serve(seed, hosts, pages, log) {
      tell({ order: 'serve', seed, hosts, pages, log });
      const [{ port }] = (await once(child, 'message')) as [{ port: number }];
      return port;
    },
    async requested(requests) {
      tell({ order: 'watch', requests });
      const [{ reached }] = (await once(child, 'message')) as [{ reached: string }];
      return askedOf(reached.split(' '));
    },
    goOn: () => tell({ order: 'go-on' }),
    away: (ms) => tell({ order: 'away', ms }),
    trouble: (trouble) => tell({ order: 'trouble', trouble }),
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await exited;
    },
  };
}

export function readLog(file: string): SiteRequest[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [atUs, kind, ...names] = line.split(' ') as [string, LogKind, ...string[]];
      return { atUs: Number(atUs), kind, ...askedOf(names) };
    });
}

function askedOf([path = '', host = '', worker = '']: readonly string[]): Asked {
  return { path, host, worker };
}
