// Which process of which machine works on a job.

import { readFileSync, readlinkSync } from 'node:fs';
import { machineName } from '../../base/platform.ts';

export interface Worker {
  /** Null if the user gave it no name: it is then called after its machine. */
  readonly name: string | null;
  readonly machine: string;
  readonly pid: number;
  /** Tells whose process ids can be compared with ours: the machine since its start, and the container. */
  readonly home: string | null;
}

const NAME_LENGTH_MAX = 60;

/** This process. */
export function thisWorker(name: string | null): Worker {
  return { name, machine: machineName(), pid: process.pid, home: homeOf() };
}

/** The name, or one that no other worker has; null if another worker has the name that the user gave. */
export function freeName(name: string | null, machine: string, taken: ReadonlySet<string>): string | null {
  if (name !== null) return taken.has(name) ? null : name;
  const usual = machine.replace(/[^\w.-]/g, '_').slice(0, NAME_LENGTH_MAX) || 'worker';
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? usual : `${usual}-${number}`;
    if (!taken.has(free)) return free;
  }
}

function homeOf(): string | null {
  try {
    const started = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${started} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}

/** Whether the process is known to have died. Of other machines nothing is known. */
export function isKnownGone(of: Pick<Worker, 'home' | 'pid'>, self: Pick<Worker, 'home'>): boolean {
  return of.home !== null && of.home === self.home && isGone(of.pid);
}

/** Whether no process of this machine has the number. */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
