// What the harness can try: one process with its job in a folder, or several workers with their job in PostgreSQL.

import { startPostgres } from '../helpers/postgres.ts';
import type { Tools } from './crawl-process.ts';
import { type AnyFault, FAULTS, type Fault } from './faults.ts';
import { TEAM_FAULTS } from './machines/team-faults.ts';
import { type TeamFault, tryTeam } from './machines/try-team.ts';
import { longTrials, once, shortTrials, type Trials, untilEnough } from './rounds.ts';
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
  readonly short: (faults: readonly F[], seed: number) => Trials<F>;
  readonly long: (faults: readonly F[], seed: number) => Trials<F>;
  readonly table: TablePlace;
  open(tools: Tools, folder: string): Promise<Arena<F>>;
}

export const ONE_MACHINE: Suite<Fault> = {
  faults: FAULTS,
  // Each trial is mostly one crawl.
  arenas: 2,
  short: shortTrials,
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
  // They wait for leases and servers most of the time.
  arenas: 2,
  short: (faults, seed) => once(firstOfGroups(faults.filter(({ isLong }) => isLong !== true)), seed),
  long: (faults, seed) => untilEnough(largeOnes(faults), seed),
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

function firstOfGroups(faults: readonly TeamFault[]): TeamFault[] {
  return [...Map.groupBy(faults, ({ group }) => group).values()].map(([first]) => first!);
}

/** Of each group the large ones, and all of a group that has none. */
function largeOnes(faults: readonly TeamFault[]): TeamFault[] {
  return [...Map.groupBy(faults, ({ group }) => group).values()].flatMap((group) => {
    const large = group.filter(({ isLong }) => isLong === true);
    return large.length === 0 ? group : large;
  });
}
