// What failed in a job that another process crawls, from the log of that process.

import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FailureLine } from '../api/jobs.ts';

const TAIL_BYTES = 65_536;

/**
 * The failures in the log behind a place, and the place for the next call. Of a long log only the end is read. Without
 * a log there are none.
 */
export async function failuresInLog(
  folder: string,
  place: number,
): Promise<{ readonly failures: readonly FailureLine[]; readonly place: number }> {
  const file = await open(join(folder, 'logs', 'gossamer.jsonl')).catch(() => null);
  if (file === null) return { failures: [], place };
  try {
    const { size } = await file.stat();
    // The log of a fresh job begins again.
    const from = Math.max(place > size ? 0 : place, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const text = buffer.toString('utf8', 0, bytesRead);
    const end = text.lastIndexOf('\n') + 1;
    const failures = text.slice(0, end).split('\n').flatMap(failureIn);
    return { failures, place: from + Buffer.byteLength(text.slice(0, end)) };
  } finally {
    await file.close();
  }
}

function failureIn(line: string): FailureLine[] {
  const fields = parsed(line);
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

/** The first line may be cut. */
function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}
