// How late the event loop of a crawl was, as its summary says.

import type { Summary } from '../src/base/contracts.ts';
import type { Lateness } from '../src/base/lateness.ts';
import { showVerdict, spreadOf } from './table.ts';

const WANTED: Lateness = { p999Ms: 10, mostMs: 25 };

/** `stdout` is what a crawl with `--json` printed. */
export function latenessIn(stdout: string): Lateness {
  return (JSON.parse(stdout) as Summary).loopLate!;
}

/** The worst of the runs against what is wanted. */
export function printLateness(what: string, runs: readonly Lateness[]): void {
  if (runs.length === 0) return;
  const worst = (figure: keyof Lateness) => spreadOf([Math.max(...runs.map((run) => run[figure]))]);
  console.log(`${what}, the event loop was late by at most, ms: ${showVerdict(worst('mostMs'), '<=', WANTED.mostMs)}`);
  console.log(`${what}, 99.9 % of the time, ms: ${showVerdict(worst('p999Ms'), '<=', WANTED.p999Ms)}`);
}
