// Makes the library that stands between a crawl and its files (preload.c), and writes the rules that it reads.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a rule does; see preload.c. */
export type Action = 'kill-before' | 'kill-after' | 'power-before' | 'power-after' | 'short' | 'slow' | Errno;
export type Errno = keyof typeof ERRNOS;
export type Call = 'write' | 'sync' | 'open' | 'create' | 'rename' | 'truncate' | 'unlink' | 'mkdir';

export const ERRNOS = { EIO: 5, ENFILE: 23, EMFILE: 24, ENOSPC: 28, EROFS: 30, EDQUOT: 122 } as const;

export interface Rule {
  readonly action: Action;
  readonly call: Call;
  /** As fnmatch(3) reads it; a star also stands for slashes. */
  readonly pattern: string;
  /** The first call that it acts on, from 1. */
  readonly first: number;
  /** How many it acts on; 0: all that follow. */
  readonly times: number;
}

/** Builds the library in `folder`. Null where this machine has no C compiler. */
export function buildPreload(folder: string): string | null {
  const source = fileURLToPath(new URL('./preload.c', import.meta.url));
  const library = join(folder, 'preload.so');
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  execFileSync('cc', [
    '-Wall',
    '-Wextra',
    '-Werror',
    '-O1',
    '-shared',
    '-fPIC',
    '-o',
    library,
    source,
    '-ldl',
    '-lpthread',
  ]);
  return library;
}

export function rulesText(rules: readonly Rule[]): string {
  return rules
    .map(({ action, call, first, times, pattern }) => {
      const what = action in ERRNOS ? ERRNOS[action as Errno] : action;
      return `${what} ${call} ${first} ${times} ${pattern}`;
    })
    .join('\n');
}
