// What is done to several workers on one job.

import { pick } from '../../helpers/random.ts';
import type { Start, Team, Worker } from './team.ts';
import type { TeamFault, TeamWritten } from './try-team.ts';

async function startAll(team: Team, workers: number, more: Start = {}): Promise<Worker[]> {
  return Promise.all(Array.from({ length: workers }, () => team.start(more)));
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

const SMALL: Partial<TeamWritten> = { workers: 3, hosts: 5, pages: 6, delayMs: 20, inFlight: 8, leaseMs: 3_000 };
/** Some 5,000 pages. */
const LARGE: Partial<TeamWritten> = { workers: 4, hosts: 40, pages: 90, delayMs: 100, inFlight: 40, leaseMs: 5_000 };

/** The same fault on a small site for every day, and on a large one for the long part, until so many have counted. */
function twice(
  name: string,
  group: string,
  atLeast: number,
  run: (team: Team, workers: number) => Promise<void>,
): TeamFault[] {
  const common = { group, needs: 'nothing', atLeast } as const;
  return [
    { ...common, name, wanted: SMALL, run: (team) => run(team, SMALL.workers!) },
    { ...common, name: `${name} large`, wanted: LARGE, run: (team) => run(team, LARGE.workers!), isLong: true },
  ];
}

export const TEAM_FAULTS: readonly TeamFault[] = [
  ...twice('database-killed', 'the database is killed and restarted', 50, killDatabase),
  ...twice('answer-lost', 'the answer to a commit is lost', 50, loseAnswers),
];
