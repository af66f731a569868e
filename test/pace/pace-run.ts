// One host behind the real gate, asked for as much as the gate lets through, on a virtual clock. URLs never run out,
// and each is asked again when it was sent away, so pages a second is all that there is to compare.

import type { Lease, Outcome } from '../../src/base/contracts.ts';
import { WHOLE_JOB } from '../../src/base/job-share.ts';
import type { Errand } from '../../src/crawl/errands.ts';
import { createGate } from '../../src/crawl/gate.ts';
import type { GateConfig } from '../../src/crawl/host-state.ts';
import { shelfOf } from '../helpers/gate-bench.ts';
import { seededRandom } from '../helpers/random.ts';
import { outcomeOf, type Reply } from '../simulate/outcomes.ts';
import { createVirtualClock } from '../simulate/virtual-clock.ts';
import type { MakeServer } from './servers.ts';

export interface PaceRules {
  readonly hostConcurrency: number;
  readonly adapt: boolean;
  /** Virtual milliseconds, unless `pagesMax` pages come first. */
  readonly lastsMs: number;
  readonly pagesMax: number;
  readonly seed: number;
}

export interface PaceResult {
  readonly pagesPerSecond: number;
  readonly pages: number;
  readonly requests: number;
  /** Requests that came to nothing, as a share of all. */
  readonly errors: number;
  /** Starts while the host had asked us to wait. */
  readonly early: number;
  /** The limit of each second, for whoever wants to see it. */
  readonly limits: readonly number[];
}

const LEASE: Lease = {
  ...{ id: 1, url: 'http://h/', host: 'http://h', hostId: 1 },
  ...{ depth: 0, hops: 0, tries: 0, wasAsked: false, wasTakenBack: false, forms: [], formsAskedAt: [] },
};

export async function runPace(make: MakeServer, rules: PaceRules): Promise<PaceResult> {
  const clock = createVirtualClock();
  const server = make(clock, seededRandom(rules.seed));
  const end = clock.now() + rules.lastsMs;
  let isWaiting = false;
  const { shelf, keep } = shelfOf([]);
  const gate = createGate({
    ...{ config: configOf(rules), times: clock, shelf, keep, share: WHOLE_JOB, wake: () => {} },
    open(_, until) {
      isWaiting = true;
      clock.after(until - clock.now(), ask);
    },
  });
  await gate.recall([LEASE.host]);
  const count = { requests: 0, pages: 0, errors: 0, early: 0 };
  const limits: number[] = [];
  let waitUntil = 0;

  function ask(): void {
    isWaiting = false;
    const { take, notBefore } = gate.room(LEASE.host, LEASE.hostId)!;
    for (let started = 0; started < take; started += 1) void start();
    const errand = gate.errand();
    if (errand !== null) void run(errand);
    else if (take === 0 && notBefore < Number.POSITIVE_INFINITY) clock.after(notBefore - clock.now(), ask);
  }
  async function start(): Promise<void> {
    const lease = { ...LEASE, url: `${LEASE.url}${count.requests}` };
    await gate.through(lease, async () => {
      const outcome = await request(lease.url);
      if (outcome.status === 200) count.pages += 1;
      else count.errors += 1;
      return outcome;
    });
    if (!isWaiting) ask();
  }
  /** Its robots.txt is asked for where nobody knows whether a URL or the host is to blame. */
  async function run(errand: Errand): Promise<void> {
    await gate.runErrand(errand, ({ url }) => request(url), new AbortController().signal);
    if (!isWaiting) ask();
  }
  async function request(url: string): Promise<Outcome> {
    const startedAt = clock.now();
    count.requests += 1;
    if (startedAt < waitUntil) count.early += 1;
    const reply = await new Promise<Reply>(server);
    const outcome = outcomeOf(url, reply, startedAt, clock.now());
    const wait = waitOf(outcome);
    if (wait > 0) waitUntil = Math.max(waitUntil, clock.now() + wait);
    return outcome;
  }

  const begin = clock.now();
  clock.every(1000, () => limits.push(gate.figures()[0]?.limit ?? 0));
  ask();
  // What a step sets off is done before the next.
  while (clock.now() < end && count.pages < rules.pagesMax && clock.step()) await new Promise(process.nextTick);
  const seconds = (clock.now() - begin) / 1000;
  return { ...count, errors: count.errors / count.requests, pagesPerSecond: count.pages / seconds, limits };
}

function waitOf({ headers }: Outcome): number {
  return headers[0] === 'Retry-After' ? Number(headers[1]) * 1000 : 0;
}

function configOf({ hostConcurrency, adapt }: PaceRules): GateConfig {
  return {
    pace: { hostConcurrency: hostConcurrency, delayMs: 0, adapt, patienceMs: 3_600_000, firstHoldMs: 1000 },
    robots: false,
    robotsForbiddenDenies: false,
    agent: 'gossamer',
    resumed: false,
    hostLimit: null,
    hostsMost: 1,
  };
}
