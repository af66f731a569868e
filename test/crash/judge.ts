// What a run says of itself: how it ended, its words, and what the project's own views say of the job afterwards.

import { readFileSync } from 'node:fs';
import type { Ended } from './crawl-process.ts';
import type { Complaint } from './invariants.ts';
import type { Stored } from './rows.ts';

/** Exit codes and signals that are right. */
export type Right = readonly (number | NodeJS.Signals)[];

/** A run ends as it may, and says why where it failed. */
export function checkEnd(ended: Ended, right: Right, what: string): Complaint[] {
  const { code, stderr } = ended;
  const how = ended.signal ?? code!;
  const found: Complaint[] = [];
  const silent = (how: string): void => void found.push({ harm: 'silent', what: `${what} ${how}` });
  if (ended.isHung) silent('did not end, and was killed');
  else if (!right.includes(how)) {
    const wanted = right.join(' or ');
    found.push({ harm: 'exit code', what: `${what} ended with ${how} and not with ${wanted}: ${lastLine(stderr)}` });
  }
  if (/^ +at .*:\d+/m.test(stderr)) silent('ended with a stack trace');
  if (code === 3 && stderr.trim() === '') silent('failed without a word');
  if (code === 3 && stderr.includes('--fresh')) silent('advises to throw the job away');
  return found;
}

/** How a run ended, in lines for whoever looks into a complaint. */
export function endText({ code, signal, stderr }: Ended, what: string): string {
  const words = stderr === '' ? '' : `\n${stderr.trimEnd().replace(/^/gm, '      ')}`;
  return `${what}: ended with ${signal ?? code}${words}`;
}

/** `gossamer verify` finds nothing wrong where nothing is. */
export function checkVerify({ code, stdout, stderr }: Ended, when: string): Complaint[] {
  // Who only reads leaves the store of an older version alone.
  if (code === 0 || (code === 2 && stderr.includes('older gossamer'))) return [];
  const said = (stdout + stderr).split('\n').slice(0, 4).join(' | ');
  return [{ harm: 'false alarm', what: `verify ${when}: ${code} ${said}` }];
}

/** `gossamer export jsonl` says of each URL what is in the store. */
export function checkExport(path: string, stored: Stored): Complaint[] {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  const exported = lines.map((line) => {
    const { url, state, status, sha256, archive } = JSON.parse(line) as Record<string, unknown>;
    return JSON.stringify([url, state, status, sha256, archive]);
  });
  const rows = stored.rows.map(({ url, state, status, sha256, file, offset, length }) => {
    const archive = file === null ? null : { file, offset, length };
    return JSON.stringify([url, state, status, sha256, archive]);
  });
  const known = new Set(rows);
  const strange = exported.filter((line) => !known.has(line));
  if (strange.length === 0 && exported.length === rows.length) return [];
  return [
    { harm: 'view', what: `export jsonl: ${exported.length} lines for ${rows.length} rows; ${strange[0] ?? ''}` },
  ];
}

/** How long a process that was stopped in the middle of a turn of its event loop takes for the rest of it. */
const REST_OF_TURN_US = 100_000;

/**
 * Whether a process that was stopped had just gone on. If it was stopped between its last look at its leases and the
 * call that writes a request, it writes then, and no look can prevent that.
 */
export function isRestOfTurn(atUs: number, goneOnAt: readonly number[]): boolean {
  return goneOnAt.some((goneOn) => atUs >= goneOn && atUs < goneOn + REST_OF_TURN_US);
}

/**
 * No two requests to a host are closer than the delay, whichever run or process made them: `wire` has the time of each
 * as its process wrote it, in microseconds of the clock that nobody can set. `goneOnAt` are moments in which a stopped
 * process went on.
 */
export function checkPace(wire: string, delayMs: number, goneOnAt: readonly number[] = []): Complaint[] {
  const requests = wire
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' ') as [at: string, what: string, path: string, host: string]);
  const byHost = Map.groupBy(requests, ([, , , host]) => host);
  return [...byHost].flatMap(([host, own]) => {
    const sorted = own.toSorted(([one], [other]) => Number(one) - Number(other));
    return sorted.slice(1).flatMap(([at, , path], before): Complaint[] => {
      const gapMs = (Number(at) - Number(sorted[before]![0])) / 1_000;
      if (gapMs >= delayMs || [at, sorted[before]![0]].some((each) => isRestOfTurn(Number(each), goneOnAt))) return [];
      const what = `${host}${path} was asked ${gapMs} ms after the one before, the delay is ${delayMs} ms`;
      return [{ harm: 'pace', what }];
    });
  });
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
