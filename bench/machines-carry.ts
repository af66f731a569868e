// What one PostgreSQL carries: workers that fetch nothing settle pages as fast as it takes them.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLine } from '../src/store/postgres/line.ts';
import { databasePlace } from '../src/store/postgres/place.ts';
import { childrenOf, type TestDatabase } from '../test/helpers/postgres.ts';
import { startRelay } from '../test/helpers/postgres-relay.ts';
import type { SyntheticFigures } from './synthetic-worker.ts';
import { printTable, showSpread, showVerdict, spreadOf } from './table.ts';

interface Carried {
  readonly pagesPerSecond: number;
  readonly leasesPerSecond: number;
  /** Statements a page. */
  readonly queries: number;
  /** Processor time of the server, and of a worker. */
  readonly databaseUs: number;
  readonly workerUs: number;
  readonly walBytes: number;
}

const WORKER = join(import.meta.dirname, 'synthetic-worker.ts');
const HOSTS = 400;
const PAGES_PER_SECOND = 5_000;
const ROUNDS_A_PAGE_MAX = 0.2;
const RELAY_PORT = 5_433;
/** Of Linux, for what /proc says. */
const TICK_US = 10_000;

export async function benchCarry(
  database: TestDatabase,
  workers: readonly number[],
  seconds: number,
  rounds: number,
): Promise<void> {
  console.log(`\nworkers that fetch nothing, ${HOSTS} hosts, groups of 100, ${rounds} rounds of ${seconds} s\n`);
  const results = new Map<number, Carried[]>(workers.map((count) => [count, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [count, runs] of results) runs.push(await carry(database, `carry-${count}-${round}`, count, seconds));
  }
  const show = (runs: readonly Carried[], figure: keyof Carried): string =>
    showSpread(spreadOf(runs.map((run) => run[figure])));
  printTable(
    [
      ...['workers', 'pages/s', 'leases/s', 'queries a page', 'us of the database a page'],
      ...['us of a worker a page', 'bytes of WAL a page'],
    ],
    [...results].map(([count, runs]) => [
      count,
      ...(['pagesPerSecond', 'leasesPerSecond', 'queries', 'databaseUs', 'workerUs', 'walBytes'] as const).map(
        (figure) => show(runs, figure),
      ),
    ]),
  );
  const best = [...results.values()]
    .map((runs) => spreadOf(runs.map(({ pagesPerSecond }) => pagesPerSecond)))
    .reduce((one, other) => (other.median > one.median ? other : one));
  console.log(`\npages/s of the best: ${showVerdict(best, '>=', PAGES_PER_SECOND)}`);
  const trips = spreadOf([await roundTrips(database, seconds)]);
  console.log(`round trips a page: ${showVerdict(trips, '<=', ROUNDS_A_PAGE_MAX)}`);
}

async function carry(database: TestDatabase, job: string, count: number, seconds: number): Promise<Carried> {
  const workers = await startWorkers(database.url, job, count);
  const line = createLine(databasePlace(database.url, job));
  const position = async (): Promise<number> =>
    (await line.ask("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")).rows[0]![0] as number;
  const [walBefore, cpuBefore] = [await position(), processorUs(database.pid)];
  const figures = await measured(workers, seconds);
  const [walAfter, cpuAfter] = [await position(), processorUs(database.pid)];
  await line.close();
  const pages = sum(figures, ({ pages }) => pages);
  return {
    pagesPerSecond: sum(figures, (each) => (each.pages * 1_000) / each.ms),
    leasesPerSecond: sum(figures, (each) => (each.leases * 1_000) / each.ms),
    queries: sum(figures, ({ queries }) => queries) / pages,
    databaseUs: (cpuAfter - cpuBefore) / pages,
    workerUs: sum(figures, ({ cpuUs }) => cpuUs) / pages,
    walBytes: (walAfter - walBefore) / pages,
  };
}

/** By way of a relay, which is slower but counts. */
async function roundTrips(database: TestDatabase, seconds: number): Promise<number> {
  const relay = await startRelay(database, RELAY_PORT);
  const workers = await startWorkers(relay.url, 'round-trips', 1);
  const before = relay.rounds;
  const figures = await measured(workers, seconds);
  const trips = relay.rounds - before;
  relay.close();
  return trips / sum(figures, ({ pages }) => pages);
}

async function startWorkers(address: string, job: string, count: number): Promise<ChildProcess[]> {
  const workers: ChildProcess[] = [];
  for (let worker = 0; worker < count; worker += 1) {
    const child = fork(WORKER, [address, job, String(worker), String(HOSTS)]);
    // The first one makes the job.
    await once(child, 'message');
    workers.push(child);
  }
  return workers;
}

async function measured(workers: readonly ChildProcess[], seconds: number): Promise<SyntheticFigures[]> {
  // What every job begins with is over by then.
  await sleep(seconds * 100);
  for (const worker of workers) worker.send('begin');
  await sleep(seconds * 1_000);
  return Promise.all(
    workers.map(async (worker) => {
      const ended = once(worker, 'exit');
      worker.send('end');
      const [figures] = (await once(worker, 'message')) as [SyntheticFigures];
      await ended;
      return figures;
    }),
  );
}

function sum<T>(list: readonly T[], figure: (each: T) => number): number {
  return list.reduce((total, each) => total + figure(each), 0);
}

/** Processor time of a process, of its children, and of those of them that have ended. */
function processorUs(pid: number): number {
  return sum([pid, ...childrenOf(pid)], (each) => {
    const fields = readFileSync(`/proc/${each}/stat`, 'utf8').split(') ')[1]!.split(' ').map(Number);
    // proc(5): utime, stime, cutime, cstime.
    return (fields[11]! + fields[12]! + (each === pid ? fields[13]! + fields[14]! : 0)) * TICK_US;
  });
}
