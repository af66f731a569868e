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
    for (const worker of team.running()) team.mayRepeat(worker);
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

function teamFault(
  name: string,
  group: string,
  run: (team: Team) => Promise<void>,
  wanted: Partial<TeamWritten> = {},
  more: Partial<TeamFault> = {},
): TeamFault {
  return { name, group, needs: 'nothing', run, wanted, ...more };
}

const SMALL: Partial<TeamWritten> = { workers: 1, hosts: 5, pages: 8, delayMs: 20, inFlight: 8 };
/** Some 5,000 pages. */
const LARGE: Partial<TeamWritten> = { workers: 1, hosts: 40, pages: 90, delayMs: 100, inFlight: 40 };

/** The same fault on a small site for every day, and on a large one for the long part. */
function twice(
  name: string,
  group: string,
  run: (team: Team, workers: number) => Promise<void>,
  atLeast: number,
  more: Partial<TeamFault> = {},
): TeamFault[] {
  return [SMALL, LARGE].map((wanted) =>
    teamFault(wanted === SMALL ? name : `${name} large`, group, (team) => run(team, wanted.workers!), wanted, {
      atLeast,
      ...(wanted === LARGE ? { isLong: true } : {}),
      ...more,
    }),
  );
}

export const TEAM_FAULTS: readonly TeamFault[] = [
  ...twice('database-killed', 'the database is killed and restarted', killDatabase, 50),
  ...twice('answer-lost', 'the answer to a commit is lost', loseAnswers, 50),
];
