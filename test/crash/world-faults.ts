// Faults of all that is around a crawl: signals, clocks, servers.

import { join } from 'node:path';
import { amid, said, world } from './amid.ts';
import { type Injection, type Running, setClock } from './crawl-process.ts';
import type { Fault } from './faults.ts';
import type { Right } from './judge.ts';
import type { Act, Trial } from './trial.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SHIFTS = { 'an hour back': -HOUR_MS, 'an hour on': HOUR_MS, 'a day back': -DAY_MS, 'a day on': DAY_MS };

function signalled(name: string, group: string, right: Right, what: (run: Running) => void | Promise<void>): Fault {
  return world(name, group, async (trial) => {
    let left = trial.upTo(3);
    while (left > 0) {
      const { code } = await trial.crawl(right, {}, amid(trial, 40, what));
      left = code === 0 ? 0 : left - 1;
    }
  });
}

const SIGNALS: readonly Fault[] = [
  {
    ...signalled('kill-at-random', 'SIGKILL at random', ['SIGKILL', 0], (run) => void run.child.kill('SIGKILL')),
    weight: 40,
  },
  signalled('SIGTERM', 'SIGTERM, SIGHUP', [11, 0], (run) => void run.child.kill('SIGTERM')),
  signalled('SIGHUP', 'SIGTERM, SIGHUP', [11, 0], (run) => void run.child.kill('SIGHUP')),
  signalled('SIGTERM-twice', 'SIGTERM, SIGHUP', [13, 11, 0], async (run) => {
    const heard = said(run, 'Stopping');
    run.child.kill('SIGTERM');
    await Promise.race([heard, run.ended]);
    run.child.kill('SIGTERM');
  }),
  signalled('SIGSTOP', 'SIGSTOP, SIGCONT', [0], async (run) => {
    run.child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 300));
    run.child.kill('SIGCONT');
  }),
  world('closed-pipes', 'closed pipes', async (trial) => {
    await trial.crawl(
      [0],
      { deaf: true },
      amid(trial, 1, () => {}),
    );
  }),
];

const CLOCKS: readonly Fault[] = Object.entries(SHIFTS).flatMap(([words, shiftMs]) => [
  world(
    `clock ${words}`,
    'the clock steps',
    async (trial) => {
      const clock = join(trial.scratch, 'clock');
      setClock(clock, 0);
      await trial.crawl(
        [0],
        { clock },
        amid(trial, 40, () => setClock(clock, shiftMs)),
      );
    },
    { needs: 'library' },
  ),
  world(
    `clock ${words} between runs`,
    'the clock steps between runs',
    async (trial) => {
      const clock = join(trial.scratch, 'clock');
      setClock(clock, -shiftMs);
      const injection: Injection = { clock };
      const kill = (run: Running): void => void run.child.kill('SIGKILL');
      await trial.crawl(['SIGKILL', 0], injection, amid(trial, 30, kill));
      setClock(clock, 0);
      await trial.crawl(['SIGKILL', 0], injection, amid(trial, 30, kill));
    },
    { needs: 'library' },
  ),
]);

/** What was in flight is asked again: of an answer that was on its way nobody knows how far it came. */
function goAway(trial: Trial, ms: number): void {
  trial.site.away(ms);
  trial.mayRepeat(trial.written.inFlight);
}

function outage(ms: number, more: Partial<Fault> = {}): Fault {
  return world(
    `server-away ${ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`}`,
    'a server is away',
    async (trial) => {
      await trial.crawl(
        [0],
        {},
        amid(trial, 40, () => goAway(trial, ms)),
      );
    },
    more,
  );
}

const SERVERS: readonly Fault[] = [
  outage(50),
  outage(5_000),
  outage(60_000, { isLong: true }),
  ...(
    [
      ['storm-503', 503, null],
      ['storm-503-retry-after', 503, 1],
      ['storm-429', 429, 1],
    ] as const
  ).map(([name, status, retryAfter]) =>
    world(name, 'a storm of 503 and 429', async (trial) => {
      const requests = 5 + trial.upTo(20);
      const storm = (): void => trial.site.trouble({ kind: 'status', status, retryAfter, requests });
      await trial.crawl([0], {}, amid(trial, 30, storm));
    }),
  ),
  world('half-dead', 'a server is half dead', async (trial) => {
    const die = (): void => trial.site.trouble({ kind: 'reset', requests: 4 + trial.upTo(8) });
    await trial.crawl([0], {}, amid(trial, 30, die));
  }),
  world('killed-while-away', 'a kill while a server is away', async (trial) => {
    const ms = 200 + trial.upTo(2_000);
    const kill: Act = amid(trial, 40, (run) => {
      goAway(trial, ms);
      run.child.kill('SIGKILL');
    });
    await trial.crawl(['SIGKILL', 0], {}, kill);
    await trial.crawl([0], {}, async () => trial.fired());
  }),
  world('killed-in-a-storm', 'a kill in a storm', async (trial) => {
    trial.site.trouble({ kind: 'status', status: 503, retryAfter: 1, requests: 30 });
    await trial.crawl(
      ['SIGKILL', 0],
      {},
      amid(trial, 20, (run) => void run.child.kill('SIGKILL')),
    );
  }),
];

/** After these a run goes on. */
const LEAVES_RUNNING = /^(SIGSTOP|clock .*(back|on)$|closed|server|storm|half)/;
const ALL = [...SIGNALS, ...CLOCKS, ...SERVERS];

/** The same with `--delay`, where what counts is the time between two requests, and with a job in memory. */
function variants(): Fault[] {
  const paced = [...SIGNALS, ...CLOCKS].map((fault): Fault => {
    const { name, run } = fault;
    return {
      name: `${name} paced`,
      group: 'the pace of a host',
      needs: 'library',
      wanted: { delayMs: 30, pages: 14 },
      run,
    };
  });
  const inMemory = ALL.filter(({ name, isLong }) => isLong !== true && LEAVES_RUNNING.test(name)).map(
    (fault): Fault => ({
      ...fault,
      name: `${fault.name} in-memory`,
      group: 'a job in memory',
      wanted: { memory: true },
    }),
  );
  return [...paced, ...inMemory];
}

export const WORLD_FAULTS: readonly Fault[] = [...ALL, ...variants()];
