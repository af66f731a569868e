// What failed in a job that another process crawls, from the log of that process.

import { join } from 'node:path';
import type { FailureLine } from '../api/jobs.ts';
import { linesWith, logTail } from './log-tail.ts';

const TAIL_BYTES = 65_536;

/**
 * The failures in the log behind a place, and the place for the next call. Of a long log only the end is read. Without
 * a log there are none.
 */
export async function failuresInLog(
  folder: string,
  place: number,
): Promise<{ readonly failures: readonly FailureLine[]; readonly place: number }> {
  const tail = await logTail(join(folder, 'logs', 'gossamer.jsonl'), place, TAIL_BYTES);
  if (tail === null) return { failures: [], place };
  return { failures: linesWith(tail.bytes, '"event":').flatMap(failureIn), place: tail.end };
}

function failureIn(fields: Readonly<Record<string, unknown>>): FailureLine[] {
  const { event, url, error, status, detail } = fields;
  if ((event !== 'failed' && event !== 'again') || typeof url !== 'string') return [];
  const at = Date.parse(String(fields['at']));
  const textOr = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return [
    {
      at: Number.isNaN(at) ? 0 : at,
      url,
      error: textOr(error),
      status: typeof status === 'number' ? status : null,
      detail: textOr(detail),
      isFinal: event === 'failed',
    },
  ];
}
