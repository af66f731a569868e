// When hosts of a job had to wait, from the logs of the processes that crawled it. The store knows only the last hold
// of each host.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HOLDS_LOG_BYTES, HOLDS_SHOWN_MAX } from '../../base/limits-of-serving.ts';
import { linesWith, logTail } from './log-tail.ts';

/** In wall milliseconds. */
export interface Hold {
  readonly host: string;
  readonly from: number;
  readonly to: number;
}

/** The last holds, the oldest first. A hold that was made longer is one. */
export async function holdsInLogs(folder: string): Promise<readonly Hold[]> {
  const logs = join(folder, 'logs');
  const names = (await readdir(logs).catch(() => [])).filter((name) => name.includes('.jsonl'));
  const holds: Hold[] = [];
  for (const name of names) {
    const tail = await logTail(join(logs, name), 0, HOLDS_LOG_BYTES);
    if (tail !== null) holds.push(...linesWith(tail.bytes, '"event":"held"').flatMap(holdIn));
  }
  return joined(holds.sort((one, other) => one.from - other.from)).slice(-HOLDS_SHOWN_MAX);
}

function holdIn({ event, at, until, host }: Readonly<Record<string, unknown>>): Hold[] {
  const [from, to] = [at, until].map((time) => Date.parse(String(time))) as [number, number];
  return event === 'held' && typeof host === 'string' && from < to ? [{ host, from, to }] : [];
}

/** `holds` are in the order of their beginnings. */
function joined(holds: readonly Hold[]): Hold[] {
  const last = new Map<string, number>();
  const all: Hold[] = [];
  for (const hold of holds) {
    const at = last.get(hold.host);
    const before = at === undefined ? undefined : all[at]!;
    if (at !== undefined && before !== undefined && hold.from <= before.to) {
      all[at] = { ...before, to: Math.max(before.to, hold.to) };
    } else {
      last.set(hold.host, all.length);
      all.push(hold);
    }
  }
  return all;
}
