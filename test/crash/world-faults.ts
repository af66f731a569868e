// Faults of all that is around a crawl: signals, clocks, servers, the machine's limits, other processes.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Injection, type Running, setClock } from './crawl-process.ts';
import type { Fault } from './faults.ts';
import { olderStore } from './older-store.ts';
import type { Act, Right, Trial } from './trial.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SHIFTS = { 'an hour back': -HOUR_MS, 'an hour on': HOUR_MS, 'a day back': -DAY_MS, 'a day on': DAY_MS };

/** When so many pages have been asked for, does something to the run, with the last of them in flight. */
function amid(trial: Trial, most: number, what: (run: Running) => void | Promise<void>): Act {
  const requests = trial.upTo(most);
  return async (run) => {
    await trial.site.requested(requests);
    if (run.isOver) return;
    trial.fired();
    await what(run);
  };
}

function world(name: string, group: string, run: Fault['run'], more: Partial<Fault> = {}): Fault {
  return { name, group, needs: 'nothing', run, ...more };
}

function signalled(name: string, group: string, right: Right, what: (run: Running) => void | Promise<void>): Fault {
  return world(name, group, async (trial) => {
    for (let times = trial.upTo(3); times > 0; times -= 1) await trial.crawl(right, {}, amid(trial, 40, what));
  });
}

/** Resolves when the process has said so. */
function said(run: Running, text: string): Promise<void> {
  return new Promise((resolve) => run.child.stderr!.on('data', (piece: Buffer) => piece.includes(text) && resolve()));
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

function outage(ms: number, more: Partial<Fault> = {}): Fault {
  return world(
    `server-away ${ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`}`,
    'a server is away',
    (trial) =>
      trial
        .crawl(
          [0],
          {},
          amid(trial, 40, () => trial.site.away(ms)),
        )
        .then(() => {}),
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
];

const MACHINE: readonly Fault[] = [
  world(
    'few-descriptors',
    'few descriptors',
    async (trial) => {
      const descriptors = 24 + trial.upTo(24);
      await trial.crawl(
        [0, 3],
        { descriptors },
        amid(trial, 10, () => {}),
      );
    },
    { wanted: { inFlight: 64 } },
  ),
  world('small-heap', 'a small heap', async (trial) => {
    await trial.crawl(['SIGABRT', 'SIGTRAP', 0], { heapMb: 6 + trial.upTo(6) }, async (run) => {
      const { signal } = await run.ended;
      if (signal !== null) trial.fired();
    });
  }),
  ...[200, 400, 800].map((kb) =>
    world(`small-disk ${kb} KB`, 'a small disk', (trial) => onSmallDisk(trial, kb), {
      needs: 'root',
      wanted: { archive: true },
    }),
  ),
];

/** The disk is full, and has room again for the next run. */
async function onSmallDisk(trial: Trial, kb: number): Promise<void> {
  const mount = (...options: string[]): void =>
    void execFileSync('mount', [...options, trial.job], { stdio: 'ignore' });
  mount('-t', 'tmpfs', '-o', `size=${kb}k`, 'tmpfs');
  trial.afterwards(() => void execFileSync('umount', [trial.job]));
  await trial.crawl([0, 3], {}, async (run) => {
    await Promise.race([said(run, 'room'), run.ended]);
    trial.fired();
  });
  mount('-o', 'remount,size=64m');
}

const STORES: readonly Fault[] = [
  world('two-processes', 'two processes on one job', async (trial) => {
    await trial.crawl(
      [0],
      {},
      amid(trial, 40, async () => {
        const second = await trial.beside(trial.args);
        if (second.code !== 2)
          trial.complain('exit code', `the second process ended with ${second.code}: ${second.stderr}`);
      }),
    );
  }),
  world('older-store', 'an older store is migrated', async (trial) => {
    await trial.crawl(
      ['SIGKILL', 0],
      {},
      amid(trial, 30, (run) => void run.child.kill('SIGKILL')),
    );
    if (trial.stored() !== null) olderStore(join(trial.job, 'gossamer.db'), trial.random);
  }),
  ...(['kill-before', 'kill-after', 'power-before', 'power-after', 'EIO', 'ENOSPC'] as const).map((action) =>
    world(
      `${action} migration`,
      'faults in a migration',
      async (trial) => {
        await trial.crawl(
          ['SIGKILL', 0],
          {},
          amid(trial, 30, (run) => void run.child.kill('SIGKILL')),
        );
        if (trial.stored() === null) return;
        olderStore(join(trial.job, 'gossamer.db'), trial.random);
        const call = trial.random() < 0.8 ? 'write' : 'sync';
        const rules = [{ action, call, pattern: '*/gossamer.db-wal', first: trial.upTo(6), times: 1 } as const];
        await trial.crawl(action.startsWith('E') ? [0, 3] : ['SIGKILL', 0], { rules });
      },
      { needs: 'library' },
    ),
  ),
  world('newer-store', 'a newer store is refused', async (trial) => {
    await trial.crawl(
      ['SIGKILL', 0],
      {},
      amid(trial, 30, (run) => void run.child.kill('SIGKILL')),
    );
    if (trial.stored() === null) return;
    const path = join(trial.job, 'gossamer.db');
    const version = changeVersion(path, (ours) => ours + 1);
    const before = digestOf(path);
    const refused = await trial.beside(trial.args);
    if (refused.code !== 2) trial.complain('exit code', `a newer store was not refused: ${refused.code}`);
    if (digestOf(path) !== before) trial.complain('lost', 'a newer store was changed');
    changeVersion(path, () => version);
  }),
];

function changeVersion(path: string, change: (version: number) => number): number {
  const db = new DatabaseSync(path);
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  db.exec(`PRAGMA user_version = ${change(version)}; PRAGMA wal_checkpoint(TRUNCATE)`);
  db.close();
  return version;
}

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

export const WORLD_FAULTS: readonly Fault[] = [...SIGNALS, ...CLOCKS, ...SERVERS, ...MACHINE, ...STORES];
