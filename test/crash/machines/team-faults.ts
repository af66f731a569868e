// What is done to several workers on one job.

import { join } from 'node:path';
import { pick } from '../../helpers/random.ts';
import { monotonicUs, setClock } from '../crawl-process.ts';
import { type Asked, readLog } from '../site.ts';
import { SITE_LOG, type Start, type Team, type Worker } from './team.ts';
import type { TeamFault, TeamWritten } from './try-team.ts';

const HOUR_MS = 3_600_000;
/** Of Retry-After. */
const PAUSE_S = 2;
/** Between two kills. */
const BETWEEN_MS = 1_000;

async function startAll(team: Team, workers: number, more: Start = {}): Promise<Worker[]> {
  return Promise.all(Array.from({ length: workers }, () => team.start(more)));
}

/**
 * A worker is killed each second, and another one takes its place. On a machine that needs seconds for the start of a
 * process, the next one waits for a few pages.
 */
async function killOneAfterTheOther(team: Team, workers: number): Promise<void> {
  await startAll(team, workers);
  while ((await team.requested(team.upTo(30))) !== null) {
    team.kill(pick(team.random, team.running()));
    team.site.goOn();
    await team.start();
    if (!(await team.goesOnFor(BETWEEN_MS))) return;
  }
}

/** Killed at any moment, without a pause in between. */
async function killAtRandom(team: Team, workers: number): Promise<void> {
  await startAll(team, workers);
  while ((await team.requested(team.upTo(150))) !== null) {
    team.kill(pick(team.random, team.running()));
    team.site.goOn();
    await team.start();
  }
}

async function killDatabase(team: Team, workers: number): Promise<void> {
  await startAll(team, workers);
  while ((await team.requested(team.upTo(150))) !== null) {
    await team.database.kill();
    team.harmed();
    team.site.goOn();
    await team.goesOnFor(team.upTo(1_500));
    await team.database.start();
  }
}

async function loseAnswers(team: Team, workers: number): Promise<void> {
  const all = await startAll(team, workers, { isRelayed: true });
  while ((await team.requested(team.upTo(60))) !== null) {
    pick(team.random, all).relay!.cutNext();
    team.harmed();
    team.site.goOn();
  }
}

/** The worker works on without the database as long as it may, and finds out later what others did meanwhile. */
async function cutOff(team: Team, workers: number, ms: number): Promise<void> {
  const all = await startAll(team, workers, { isRelayed: true });
  while ((await team.requested(20 + team.upTo(60))) !== null) {
    const worker = pick(team.random, all);
    worker.relay!.part();
    team.harmed();
    team.site.goOn();
    await new Promise((resolve) => setTimeout(resolve, ms));
    worker.relay!.rejoin();
  }
}

/**
 * The page that was in flight when the worker was stopped is had by another one before it goes on. With `areJoined` one
 * more worker has begun by then, and has repaired what killed ones have left.
 */
async function stopPastLease(team: Team, workers: number, areJoined = false): Promise<void> {
  const all = await startAll(team, workers);
  for (;;) {
    const asked = await team.requested(10 + team.upTo(40));
    if (asked === null) return;
    const worker = all.find(({ number }) => String(number) === asked.worker)!;
    worker.run.child.kill('SIGSTOP');
    const stoppedAt = monotonicUs();
    team.site.goOn();
    while (!hasAnswered(team, asked, stoppedAt)) if (!(await team.goesOnFor(50))) break;
    if (areJoined) await team.joined(await team.start());
    team.mustBeLate(worker, `http://${asked.host}${asked.path}`);
    team.goOn(worker);
  }
}

/** Whether a worker other than the one of `asked` has had the same page since. */
function hasAnswered(team: Team, { host, path, worker }: Asked, sinceUs: number): boolean {
  return readLog(join(team.scratch, SITE_LOG)).some((each) => {
    const isSame = each.kind === 'end' && each.host === host && each.path === path;
    return isSame && each.worker !== worker && each.atUs > sinceUs;
  });
}

/** Hosts answer 429 with Retry-After, and the workers that were told are killed. */
async function killWhilePausing(team: Team, workers: number): Promise<void> {
  await startAll(team, workers);
  while ((await team.requested(10 + team.upTo(20))) !== null) {
    team.site.trouble({ kind: 'status', status: 429, retryAfter: PAUSE_S, requests: team.upTo(6) });
    team.site.goOn();
    if (!(await team.goesOnFor(BETWEEN_MS))) return;
    team.kill(pick(team.random, team.running()));
    await team.start();
  }
}

/** One worker's clock is wrong, and its hosts are taken over from it and by it. */
async function wrongClock(team: Team, workers: number, shiftMs: number): Promise<void> {
  const clock = join(team.scratch, 'clock');
  setClock(clock, shiftMs);
  const wrong = await team.start({ clock });
  await startAll(team, workers - 1);
  if ((await team.requested(20 + team.upTo(40))) === null) return;
  team.harmed();
  const victim = pick(team.random, [wrong, pick(team.random, team.running())]);
  team.kill(victim);
  team.site.goOn();
  await team.start(victim === wrong ? { clock } : {});
}

const SMALL: Partial<TeamWritten> = {
  ...{ workers: 2, hosts: 3, pages: 6, delayMs: 20, inFlight: 8, leaseMs: 2_000, harmsMost: 2 },
};
/** Some 5,000 pages. */
const LARGE: Partial<TeamWritten> = { workers: 4, hosts: 40, pages: 90, delayMs: 100, inFlight: 40, leaseMs: 5_000 };

/** As many workers and fewer pages: many trials of it take no longer than few of the large one. */
const MANY: Partial<TeamWritten> = { ...LARGE, hosts: 12, pages: 6, delayMs: 30, harmsMost: 2 };
/** Leases end soon, so that a worker is often stopped past its own. */
const STOPPED: Partial<TeamWritten> = { ...LARGE, hosts: 12, pages: 60, delayMs: 200, leaseMs: 2_000 };

/** The same fault on a small site for every day, and on a large one for the long part, until so many have counted. */
function twice(
  name: string,
  group: string,
  atLeast: number,
  run: (team: Team, workers: number) => Promise<void>,
  large = LARGE,
): TeamFault[] {
  const common = { group, needs: 'nothing', atLeast } as const;
  return [
    { ...common, name, wanted: SMALL, run: (team) => run(team, SMALL.workers!) },
    { ...common, name: `${name} large`, wanted: large, run: (team) => run(team, large.workers!), isLong: true },
  ];
}

function many(
  name: string,
  group: string,
  trials: number,
  run: (team: Team, workers: number) => Promise<void>,
): TeamFault {
  const common = { name: `${name} many`, group, trials, needs: 'nothing', isLong: true, wanted: MANY } as const;
  return { ...common, run: (team) => run(team, MANY.workers!) };
}

function cutOffFor(ms: number, wanted: Partial<TeamWritten>, more: Partial<TeamFault> = {}): TeamFault {
  return {
    ...{ name: `cut-off ${ms / 1_000} s`, group: 'a worker is cut off from the database', needs: 'nothing', wanted },
    ...{ run: (team) => cutOff(team, wanted.workers!, ms), ...more },
  };
}

function clockOff(shiftMs: number): TeamFault {
  return {
    ...{ name: `clock an hour ${shiftMs < 0 ? 'back' : 'on'}`, group: "a worker's clock is an hour off" },
    ...{ needs: 'library', wanted: SMALL, atLeast: 10, run: (team) => wrongClock(team, SMALL.workers!, shiftMs) },
  };
}

export const TEAM_FAULTS: readonly TeamFault[] = [
  ...twice('worker-killed', 'a worker is killed each second', 100, killOneAfterTheOther),
  many('worker-killed', 'a worker is killed at random', 100, killAtRandom),
  ...twice('database-killed', 'the database is killed and restarted', 50, killDatabase),
  many('database-killed', 'the database is killed and restarted', 50, killDatabase),
  ...twice('answer-lost', 'the answer to a commit is lost', 50, loseAnswers),
  many('answer-lost', 'the answer to a commit is lost', 50, loseAnswers),
  ...twice('stopped', 'a worker is stopped past its lease', 100, stopPastLease, STOPPED),
  {
    ...{ name: 'stopped-joined', group: 'a worker is stopped, and another begins', needs: 'nothing', atLeast: 20 },
    ...{
      wanted: { ...SMALL, pages: 30, delayMs: 100, harmsMost: 1 },
      run: (team) => stopPastLease(team, SMALL.workers!, true),
    },
  },
  cutOffFor(3_000, SMALL),
  ...[5_000, 20_000, 60_000, 120_000].map((ms) =>
    cutOffFor(ms, { ...LARGE, delayMs: 200 }, { name: `cut-off ${ms / 1_000} s large`, isLong: true, atLeast: 2 }),
  ),
  ...twice('pause', 'hosts ask for pauses while workers are killed', 20, killWhilePausing).map((fault) => ({
    ...fault,
    wanted: { ...fault.wanted, pauseS: PAUSE_S },
  })),
  ...[-HOUR_MS, HOUR_MS].map(clockOff),
];
