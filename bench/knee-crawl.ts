// One crawl by the built package, in a process of its own, with the limit of its host ten times a second.
//   node bench/knee-crawl.ts --root URL --seconds 20 --host-concurrency 64 [--no-adapt]
// It says {"limits": [...], "errors": ...} at the end.

import { parseArgs } from 'node:util';
import type { Lateness } from '../src/base/lateness.ts';
import type * as Library from '../src/index.ts';

export interface KneeCrawl {
  /** Every tenth of a second. */
  readonly limits: readonly number[];
  readonly loopLate: Lateness;
}

const { values } = parseArgs({
  options: {
    root: { type: 'string' },
    seconds: { type: 'string', default: '20' },
    'host-concurrency': { type: 'string', default: '64' },
    'no-adapt': { type: 'boolean', default: false },
  },
});
// Built only when the bench runs, so that nothing of it is there for the types.
const BUILT = new URL('../dist/index.js', import.meta.url).href;
const { crawl } = (await import(BUILT)) as typeof Library;
const hostConcurrency = Number(values['host-concurrency']);
const limits: number[] = [];
const run = crawl(values.root ?? '', {
  ...{ hostConcurrency, concurrency: 100, adapt: !values['no-adapt'], store: 'memory:', sitemaps: false },
  timeLimitMs: Number(values.seconds) * 1000,
});
const timer = setInterval(() => limits.push(run.progress()?.hosts[0]?.limit ?? 0), 100);
const { loopLate } = await run.summary;
clearInterval(timer);
console.log(JSON.stringify({ limits, loopLate: loopLate! } satisfies KneeCrawl));
