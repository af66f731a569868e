// The workers of one job in PostgreSQL. The harness starts them, does them harm, and starts others in their place. This
// part owns their processes.

import { join } from 'node:path';
import type { TestDatabase } from '../../helpers/postgres.ts';
import { type Relay, startRelay } from '../../helpers/postgres-relay.ts';
import type { Random } from '../../helpers/random.ts';
import { type Ended, type Injection, monotonicUs, type Running, startProcess, type Tools } from '../crawl-process.ts';
import type { Right } from '../judge.ts';
import { type Asked, readLog, type Site } from '../site.ts';

export interface Worker {
  readonly number: number;
  readonly run: Running;
  /** Its way to the database; null if that is the server's own socket. */
  readonly relay: Relay | null;
  /** Codes and signals with which it may end. */
  right: Right;
}

export interface Start {
  /** It reaches the database by a relay of its own. */
  readonly isRelayed?: boolean;
  /** The file of its wall clock's shift. */
  readonly clock?: string;
}

export interface Team {
  readonly random: Random;
  readonly site: Site;
  readonly database: TestDatabase;
  /** For files of the trial. */
  readonly scratch: string;
  /** A whole number from 1 to `most`. */
  upTo(most: number): number;
  start(more?: Start): Promise<Worker>;
  /** Resolves when the worker has requested something, or has ended. */
  joined(worker: Worker): Promise<void>;
  /** Those that have not ended. */
  running(): Worker[];
  /** Kills the worker, with what it had in flight. */
  kill(worker: Worker): void;
  /** Says that harm is done now. */
  harmed(): void;
  /** Resolves after so long, or when the crawl is over; true if it goes on. */
  goesOnFor(ms: number): Promise<boolean>;
  /**
   * Resolves with the last one when so many pages more were asked for; null if the crawl is over before, or if enough
   * harm was done.
   */
  requested(pages: number): Promise<Asked | null>;
  /** The commit of what this worker had in flight for this URL must be refused. */
  mustBeLate(worker: Worker, url: string): void;
  /** The stopped worker goes on, which is the harm. */
  goOn(worker: Worker): void;
}

export interface TeamParts extends Pick<Team, 'random' | 'site' | 'database' | 'scratch'> {
  readonly tools: Tools;
  readonly seed: number;
  /** The folder of the job, which all share. */
  readonly folder: string;
  /** How often harm is done at most. */
  readonly harmsMost: number;
  /** The arguments of a worker that reaches the database by this URL. */
  readonly argumentsOf: (worker: number, store: string) => readonly string[];
  readonly injection: Injection;
}

/** What the team knows of itself when the crawl is over. */
export interface Roster {
  readonly team: Team;
  readonly workers: readonly Worker[];
  /** When harm was done, and when a worker was killed, on the monotonic clock. */
  readonly harmedAt: readonly number[];
  readonly killedAt: readonly number[];
  /** When a worker that was stopped went on. */
  readonly goneOnAt: readonly number[];
  /** What must not have been committed by these workers. */
  readonly late: readonly (readonly [Worker, url: string])[];
  /** Resolves when all have ended. */
  ended(): Promise<readonly (readonly [Worker, Ended])[]>;
}

/** The log of the site, in the folder of the trial. */
export const SITE_LOG = 'site.log';
/** Relays have sockets of these numbers. */
const FIRST_RELAY = 6_000;

export function createTeam(parts: TeamParts): Roster {
  const { random, site, database, scratch, tools, seed, folder, harmsMost, argumentsOf, injection } = parts;
  const workers: Worker[] = [];
  const harmedAt: number[] = [];
  const killedAt: number[] = [];
  const goneOnAt: number[] = [];
  const late: (readonly [Worker, string])[] = [];
  let started = 0;
  let isOver = false;
  let tellOver = (): void => {};
  const over = new Promise<void>((resolve) => {
    tellOver = resolve;
  });

  const start = async ({ isRelayed = false, clock }: Start = {}): Promise<Worker> => {
    started += 1;
    const number = started;
    const relay = isRelayed ? await startRelay(database, FIRST_RELAY + number) : null;
    const args = argumentsOf(number, relay?.url ?? database.url);
    const own = { ...injection, worker: number, ...(clock === undefined ? {} : { clock }) };
    const run = startProcess(tools, args, { scratch, job: folder }, seed, own);
    const worker: Worker = { number, run, relay, right: [0] };
    workers.push(worker);
    // The first worker that ends well knows that the crawl is over.
    void run.ended.then(({ code }) => {
      if (code !== 0) return;
      isOver = true;
      tellOver();
    });
    return worker;
  };
  const harmed = (): void => void harmedAt.push(monotonicUs());
  const team: Team = {
    ...{ random, site, database, scratch, start, harmed },
    async joined({ number, run }) {
      const hasAsked = (): boolean => readLog(join(scratch, SITE_LOG)).some(({ worker }) => worker === String(number));
      while (!run.isOver && !hasAsked()) await new Promise((resolve) => setTimeout(resolve, 50));
    },
    upTo: (most) => 1 + Math.floor(random() * most),
    running: () => workers.filter(({ run }) => !run.isOver),
    kill(worker) {
      worker.right = ['SIGKILL', 0];
      harmed();
      killedAt.push(monotonicUs());
      worker.run.child.kill('SIGKILL');
    },
    async goesOnFor(ms) {
      await Promise.race([new Promise((resolve) => setTimeout(resolve, ms)), over]);
      return !isOver;
    },
    async requested(pages) {
      if (harmedAt.length >= harmsMost) return null;
      const asked = await Promise.race([site.requested(pages), over]);
      return asked ?? null;
    },
    mustBeLate: (worker, url) => void late.push([worker, url]),
    goOn(worker) {
      harmed();
      goneOnAt.push(monotonicUs());
      worker.run.child.kill('SIGCONT');
    },
  };
  return {
    ...{ team, workers, harmedAt, killedAt, goneOnAt, late },
    ended: () => Promise.all(workers.map(async (worker) => [worker, await worker.run.ended] as const)),
  };
}
