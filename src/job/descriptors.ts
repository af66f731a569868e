// How many files this process may have open. Each connection is one of them, and so is each file of the job.

import { readdirSync, readFileSync } from 'node:fs';
import { MachineError } from '../base/errors.ts';
import { DESCRIPTORS_KEPT_MAX, DESCRIPTORS_KEPT_MIN, DESCRIPTORS_MIN } from '../base/limits.ts';

export interface Descriptors {
  /** Null where the system sets none, or does not say. */
  readonly limit: number | null;
  readonly open: number;
}

/** What a process of ours has open before it has a job; said where the system does not. */
const OPEN_BY_ITSELF = 24;

export function descriptors(): Descriptors {
  return { limit: limitOf(), open: openNow() };
}

/** Throws MachineError where a job could not even be opened. */
export function assertDescriptors({ limit, open }: Descriptors): void {
  if (limit === null || limit - open >= DESCRIPTORS_MIN) return;
  throw new MachineError(
    'descriptors',
    `this process may have ${limit} files open and has ${open}: a crawl needs ${DESCRIPTORS_MIN} more. Raise the limit (ulimit -n 4096) and run again`,
  );
}

/** How many connections may be open at a time: some descriptors are kept for the job's files, for names and for the system's own. */
export function connectionsMost({ limit, open }: Descriptors): number {
  if (limit === null) return Number.POSITIVE_INFINITY;
  const left = limit - open;
  const kept = Math.min(Math.max(left >> 1, DESCRIPTORS_KEPT_MIN), DESCRIPTORS_KEPT_MAX);
  return Math.max(1, left - kept);
}

function limitOf(): number | null {
  try {
    const line = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return line === null ? null : Number(line[1]);
  } catch {
    return process.platform === 'win32' ? null : reportedLimit();
  }
}

/** Systems without /proc tell it in Node's report, which takes some hundredths of a second. */
function reportedLimit(): number | null {
  // What @types/node 26.6 does not know of it.
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report;
  const before = report.excludeNetwork ?? false;
  // Else it asks for the names of all addresses that we are connected to.
  report.excludeNetwork = true;
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
  report.excludeNetwork = before;
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isSafeInteger(soft) ? soft : null;
}

function openNow(): number {
  try {
    // One of them is the folder itself, which is closed by now.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return OPEN_BY_ITSELF;
  }
}
