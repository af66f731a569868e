// What the harness can try: one process with its job in a folder, or several workers with their job in PostgreSQL.

import { startPostgres } from '../helpers/postgres.ts';
import type { Tools } from './crawl-process.ts';
import { type AnyFault, FAULTS, type Fault } from './faults.ts';
import { TEAM_FAULTS } from './machines/team-faults.ts';
import { type TeamFault, tryTeam } from './machines/try-team.ts';
import { longTrials, type Trials, untilEnough } from './rounds.ts';
import { startSite } from './site.ts';
import { MACHINES_TABLE, ONE_TABLE, type TablePlace } from './table.ts';
import { type Result, tryPlan } from './trial.ts';

/** Where trials are made, one after the other. */
export interface Arena<F> extends AsyncDisposable {
  attempt(fault: F, seed: number): Promise<Result>;
}

export interface Suite<F extends AnyFault> {
  readonly faults: readonly F[];
  /** How many arenas there are at a time. */
  readonly arenas: number;
  /** No trial of the short part begins later. */
  readonly shortMs: number;
  readonly long: (faults: readonly F[], seed: number) => Trials<F>;
  readonly table: TablePlace;
  open(tools: Tools, folder: string): Promise<Arena<F>>;
}

export const ONE_MACHINE: Suite<Fault> = {
  faults: FAULTS,
  // Each trial is mostly one crawl.
  arenas: 2,
  shortMs: 100_000,
  long: longTrials,
  table: ONE_TABLE,
  async open(tools, folder) {
    const site = startSite();
    return {
      attempt: (fault, seed) => tryPlan(fault, seed, site, tools, folder),
      [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
    };
  },
};

export const MACHINES: Suite<TeamFault> = {
  faults: TEAM_FAULTS,
  arenas: 1,
  shortMs: 10_000,
  long: (faults, seed) =>
    untilEnough(
      faults.filter(
        ({ isLong, group }) => isLong === true || !faults.some((each) => each.isLong && each.group === group),
      ),
      seed,
    ),
  table: MACHINES_TABLE,
  async open(tools, folder) {
    const site = startSite();
    const database = await startPostgres();
    return {
      attempt: (fault, seed) => tryTeam(fault, seed, { site, database, tools, folder }),
      async [Symbol.asyncDispose]() {
        await database[Symbol.asyncDispose]();
        await site[Symbol.asyncDispose]();
      },
    };
  },
};
