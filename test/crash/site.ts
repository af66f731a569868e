// The harness's end of the site: starts its process, tells it what to do, reads its log.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LogKind, Order, Trouble } from './site-process.ts';

export interface SiteRequest {
  /** On the monotonic clock that all processes of the machine share. */
  readonly atUs: number;
  readonly kind: LogKind;
  readonly path: string;
}

export interface Site extends AsyncDisposable {
  /** A new site in place of the one before; gives its root. */
  serve(seed: number, pages: number, log: string): Promise<string>;
  /** Resolves when so many requests more for pages have come; the last of them is not answered before `goOn`. */
  requested(requests: number): Promise<void>;
  goOn(): void;
  away(ms: number): void;
  trouble(trouble: Trouble): void;
}

export function startSite(): Site {
  const child: ChildProcess = fork(fileURLToPath(new URL('./site-process.ts', import.meta.url)));
  const exited = once(child, 'exit');
  const tell = (order: Order): void => void child.send(order);
  return {
    async serve(seed, pages, log) {
      tell({ order: 'serve', seed, pages, log });
      const [{ port }] = (await once(child, 'message')) as [{ port: number }];
      return `http://127.0.0.1:${port}`;
    },
    async requested(requests) {
      tell({ order: 'watch', requests });
      await once(child, 'message');
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

export function readLog(path: string): SiteRequest[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [atUs, kind, asked] = line.split(' ') as [string, LogKind, string];
      return { atUs: Number(atUs), kind, path: asked };
    });
}
