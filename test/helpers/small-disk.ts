// A disk with little room, for tests that fill it. Only root can mount one.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { Room } from '../../src/base/room.ts';

export const NO_SMALL_DISK = 'only root can mount a small disk';

/** Unmounted when it is disposed of. */
export interface SmallDisk extends Disposable {
  /** `size=50m` or `ro`. */
  remount(options: string): void;
}

/** Mounts a disk of this size (`256k`) at `path`, which it creates; null if that is not possible. */
export function mountSmallDisk(path: string, size: string): SmallDisk | null {
  mkdirSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return null;
  }
  return {
    remount: (options) => void execFileSync('mount', ['-o', `remount,${options}`, path]),
    [Symbol.dispose]: () => void execFileSync('umount', [path]),
  };
}

/** Repeats work that failed, once `make` has made room. */
export function roomMadeBy(make: (error: unknown) => void | Promise<void>): Pick<Room, 'whenThere'> {
  return {
    async whenThere(_, work) {
      for (;;) {
        try {
          return await work();
        } catch (error) {
          await make(error);
        }
      }
    },
  };
}
