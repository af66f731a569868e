// How many files this process may have open. Each connection counts as one, and so does each file of the job.

import { readdirSync, readFileSync } from 'node:fs';
import { MachineError } from '../base/errors.ts';
import { DESCRIPTORS_KEPT_MAX, DESCRIPTORS_KEPT_MIN, DESCRIPTORS_MIN } from '../base/limits.ts';

export interface Descriptors {
  /** Null if the system sets no limit or does not tell it. */
  readonly limit: number | null;
  readonly open: number;
}

/** How many files our process has open before it has a job; used if the system does not tell. */
const OPEN_BY_ITSELF = 24;

export function descriptors(): Descriptors {
  return { limit: limitOf(), open: openNow() };
}

/** Throws MachineError if there are too few descriptors even to open a job. */
export function assertDescriptors({ limit, open }: Descriptors): void {
  if (limit === null || limit - open >= DESCRIPTORS_MIN) return;
  throw new MachineError(
    'descriptors',
    `this process may have ${limit} files open and has ${open}: a crawl needs ${DESCRIPTORS_MIN} more. Raise the limit (ulimit -n 4096) and run again`,
  );
}

/**
 * How many connections may be open at a time. Some descriptors are reserved for the job's files, for DNS and for the
 * system itself.
 */
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

/** Systems without /proc tell the limit in Node's report, which takes some hundredths of a second. */
function reportedLimit(): number | null {
  // @types/node 26.6 lacks this option.
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report;
  const before = report.excludeNetwork ?? false;
  // Without it the report looks up the name of every address that we are connected to.
  report.excludeNetwork = true;
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
  report.excludeNetwork = before;
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isSafeInteger(soft) ? soft : null;
}

function openNow(): number {
  try {
    // One entry is the folder itself, which is closed again by now.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return OPEN_BY_ITSELF;
  }
}
