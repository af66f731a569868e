// The whole life of a job in a simulated world: run after run on one store, stopped and killed as the world has it,
// each time opened again by a user who comes back, until it is done or he gives up. What happens goes from event to
// event of the world's clock; the next one comes only when everything that the one before it set off has come to rest.

import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Counts, Row, StoppedBy } from '../../src/base/contracts.ts';
import { allOf } from '../../src/base/paged.ts';
import { identityOf } from '../../src/job/job.ts';
import { openStore } from '../../src/store/sqlite/store.ts';
import type { Store } from '../../src/store/store.ts';
import { createProcessClock } from './process-clock.ts';
import { archiveBroken, type Disk, type Written } from './slow-parts.ts';
import type { Stop } from './troubles.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import { createWeb, type Web } from './web.ts';
import { optionsOf, type Started, startInWorld } from './whole-crawl.ts';
import type { World } from './world.ts';

export interface Run {
  /** Milliseconds of the world. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly end: StoppedBy | 'killed';
  readonly written: readonly Written[];
  /** URLs that had come to an end when the job was opened again. */
  settled: ReadonlySet<string>;
}

/** A row with the form of its URL that was to be asked last. */
export interface JobRow extends Row {
  readonly lastForm: string;
}

export interface CrawlResult {
  readonly web: Web;
  readonly runs: readonly Run[];
  /** How the last run ended. */
  readonly stoppedBy: StoppedBy;
  readonly counts: Counts;
  readonly rows: readonly JobRow[];
  /** What was wrong with the archive when the job was opened again. */
  readonly broken: readonly string[];
}

/** No job of these worlds takes as many; one that does never ends. */
const EVENTS_MAX = 400_000;
const RUNS_MAX = 60;
/** After so many runs in a row in which nothing was settled the user gives up. */
const PATIENT_RUNS = 9;
const PAUSE_FIRST_MS = 60_000;
const PAUSE_MS_MAX = 2 * 3_600_000;
/** In memory, where there is such a place: the store is synced hundreds of times. */
const HOME = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

interface Life {
  readonly world: World;
  readonly reality: VirtualClock;
  readonly web: Web;
  readonly disk: Disk;
  readonly home: string;
  readonly runs: Run[];
  readonly broken: string[];
  bootedAt: number;
  /** Of the run that goes on. */
  store: Store | null;
  /** Of the store's folder: each kill leaves one behind. */
  folders: number;
}

/** Rejects where it does not end. */
export async function crawlWorld(world: World): Promise<CrawlResult> {
  const reality = createVirtualClock();
  const home = mkdtempSync(join(HOME, 'gossamer-simulate-'));
  const parts = { world, reality, web: createWeb(world, reality), disk: { files: new Map() }, home };
  const life: Life = { ...parts, runs: [], broken: [], bootedAt: reality.now() - 3_600_000, store: null, folders: 0 };
  for (const { atMs, byMs } of world.steps) reality.after(atMs, () => reality.setBy(byMs));
  mkdirSync(folderOf(life));
  try {
    return await live(life);
  } finally {
    await life.store?.frontier.close();
    rmSync(home, { recursive: true });
  }
}

async function live(life: Life): Promise<CrawlResult> {
  const { world, runs, web, broken } = life;
  let settled = -1;
  let idle = 0;
  for (let at = 0; ; at += 1) {
    if (at === RUNS_MAX) throw new Error(`it does not end: ${at} runs`);
    const stop = world.stops[at] ?? null;
    const { end, store } = await runOnce(life, stop);
    const { done, failed, skipped } = store.frontier.counts();
    idle = done + failed + skipped > settled ? 0 : idle + 1;
    settled = done + failed + skipped;
    const isOver = end === null || end === 'limit' || (end === 'held' && idle === PATIENT_RUNS);
    if (isOver) {
      const rows = await lookAt(life, store);
      const counts = store.frontier.counts();
      return { web, runs, stoppedBy: end, counts, rows, broken };
    }
    await leave(life, store, end === 'killed');
    await comeBack(life, end === 'held' ? null : stop, idle);
  }
}

async function runOnce(life: Life, stop: Stop | null): Promise<{ readonly end: Run['end']; readonly store: Store }> {
  const { world, reality, web, runs } = life;
  const startedAt = reality.now();
  const clock = createProcessClock(reality, life.bootedAt);
  const client = web.connect(clock);
  const options = optionsOf(world);
  const store = await openStore(join(folderOf(life), 'gossamer.db'), {
    ...{ identity: identityOf(options), now: Math.round(clock.wall()), clock, seed: [1, 2] },
  });
  life.store = store;
  await lookAt(life, store);
  for (const { host, answered } of await allOf(store.ledger.job.hosts())) if (!answered) web.forget(host);
  const started = await startInWorld({
    world,
    clock,
    reality,
    client,
    options,
    store,
    disk: life.disk,
    run: runs.length,
  });
  let isKilled = false;
  if (stop !== null) {
    reality.after(stop.afterMs, () => {
      if (started.isOver()) return;
      if (stop.how === 'interrupt') started.run.stop('gracefully');
      else isKilled = true;
    });
  }
  await toTheEnd(life, started, () => isKilled);
  if (isKilled) {
    clock.kill();
    client.kill();
  }
  const end = isKilled ? 'killed' : started.run.progress().stoppedBy;
  runs.push({ startedAt, endedAt: reality.now(), end, written: started.written, settled: new Set() });
  return { end, store };
}

/** What the last run has left. */
async function lookAt({ disk, runs, broken }: Life, { ledger }: Store): Promise<JobRow[]> {
  const rows: JobRow[] = [];
  for (const row of await allOf(ledger.rows.all())) {
    const attempts = await ledger.rows.attempts(row.id);
    rows.push({ ...row, lastForm: attempts.findLast(({ form }) => form !== null)?.form ?? row.url });
  }
  broken.push(...archiveBroken(disk, [...rows, ...(await allOf(ledger.archived.earlier()))]));
  const last = runs.at(-1);
  if (last !== undefined) last.settled = new Set(rows.filter(({ state }) => state !== 'queued').map(({ url }) => url));
  return rows;
}

async function toTheEnd({ reality }: Life, started: Started, isKilled: () => boolean): Promise<void> {
  for (let events = 0; ; events += 1) {
    do await new Promise((resolve) => setImmediate(resolve));
    while (started.work.count > 0);
    if (isKilled()) return;
    if (started.isOver()) return void (await started.over);
    if (started.isLate())
      throw new Error('a group waits for its time, though nothing is on its way and nothing can be leased');
    if (events > EVENTS_MAX) throw new Error(`it does not end: ${events} events`);
    if (reality.pending === 0) throw new Error('it stands still: nothing is to come, and it is not over');
    reality.step();
  }
}

/** The store as the process leaves it: closed in peace, or with what a kill leaves, which is then all there is. */
async function leave(life: Life, store: Store, isKilled: boolean): Promise<void> {
  const before = folderOf(life);
  if (isKilled) {
    life.folders += 1;
    mkdirSync(folderOf(life));
    for (const end of ['', '-wal']) {
      const name = `gossamer.db${end}`;
      if (existsSync(join(before, name))) cpSync(join(before, name), join(folderOf(life), name));
    }
  }
  await store.frontier.close();
  life.store = null;
  if (isKilled) rmSync(before, { recursive: true });
}

/** Time goes by before the user comes back; longer each time where nothing was had. */
async function comeBack(life: Life, stop: Stop | null, idle: number): Promise<void> {
  const { reality } = life;
  const pauseMs = stop === null ? Math.min(PAUSE_FIRST_MS * 2 ** idle, PAUSE_MS_MAX) : stop.pauseMs;
  let isBack = false;
  reality.after(pauseMs, () => {
    isBack = true;
  });
  while (!isBack) reality.step();
  if (stop === null) return;
  reality.setBy(stop.stepMs);
  if (stop.isRebooted) life.bootedAt = reality.now() - pauseMs / 2;
}

function folderOf({ home, folders }: Life): string {
  return join(home, String(folders));
}
