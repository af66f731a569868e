// One trial with several workers: a site, a job in PostgreSQL, workers, a fault, and the judgement when all is over.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { TestDatabase } from '../../helpers/postgres.ts';
import { seededRandom } from '../../helpers/random.ts';
import { startProcess, type Tools } from '../crawl-process.ts';
import type { Fault } from '../faults.ts';
import type { Complaint } from '../invariants.ts';
import { checkEnd, checkPace, checkVerify, endText } from '../judge.ts';
import type { Stored } from '../rows.ts';
import { readLog, type Site } from '../site.ts';
import type { Result } from '../trial.ts';
import { readArchive, sha256 } from '../warc.ts';
import { makeWeb } from '../web.ts';
import { chooseWritten, crawlArguments, type Written, writtenText } from '../written.ts';
import { checkTeam } from './checks.ts';
import { readDatabase } from './rows.ts';
import { createTeam, type Roster, SITE_LOG, type Team } from './team.ts';
import { checkAlone, checkHolds } from './witness.ts';

/** A team and its site. */
export interface TeamWritten extends Written {
  readonly hosts: number;
  readonly workers: number;
  readonly harmsMost: number;
  /** Of `--lease`. */
  readonly leaseMs: number;
  /** Seconds of the pauses that hosts ask for; 0: no host asks. */
  readonly pauseS: number;
}

export type TeamFault = Fault<Team, TeamWritten>;

export interface Surroundings {
  readonly site: Site;
  readonly database: TestDatabase;
  readonly tools: Tools;
  readonly folder: string;
}

const TEAM = {
  hosts: 12,
  workers: 3,
  harmsMost: 1_000,
  leaseMs: 10_000,
  pauseS: 0,
  archive: true,
  memory: false,
  inFlight: 8,
  pages: 24,
  delayMs: 0,
};

export async function tryTeam(fault: TeamFault, seed: number, around: Surroundings): Promise<Result> {
  const startedAt = performance.now();
  const { site, database, tools, folder } = around;
  const random = seededRandom(seed + Number.parseInt(sha256(Buffer.from(fault.name)).slice(0, 8), 16));
  const scratch = mkdtempSync(join(folder, 'team-'));
  const written: TeamWritten = { ...TEAM, ...chooseWritten(random, { ...TEAM, ...fault.wanted }), ...fault.wanted };
  const log = join(scratch, SITE_LOG);
  const wire = join(scratch, 'wire');
  const port = await site.serve(seed, written.hosts, written.pages, log);
  const web = makeWeb(seed, written.hosts, written.pages, port);
  const roots = [...web.keys()].map((root) => `${root}/`);
  const own = join(scratch, basename(scratch));
  const roster = createTeam({
    ...{ random, site, database, scratch, tools, seed, folder: own, harmsMost: written.harmsMost },
    injection: written.delayMs > 0 && tools.library !== null ? { wire } : {},
    argumentsOf: (worker, store) => [
      ...crawlArguments(roots, own, written),
      ...['--store', store, '--worker', nameOf(worker), '--lease', `${written.leaseMs}ms`],
    ],
  });
  await fault.run(roster.team);

  const story: string[] = [];
  const complaints = await judgeEnds(roster, story);
  const requests = readLog(log);
  const stored = await readDatabase(database.url, basename(own));
  let repeats = 0;
  let repeatsMax = 0;
  if (stored === null) complaints.push({ harm: 'lost', what: 'there is no job in the end' });
  else {
    const left = checkTeam(web, written, { stored, archive: readArchive(own), log: requests });
    repeats = left.repeats;
    // What was in flight when a worker died, and when one lost its leases.
    repeatsMax = written.inFlight * (roster.killedAt.length + stored.lapses);
    complaints.push(...left.complaints, ...checkLate(roster, stored), ...(await verified(own, seed, around)));
  }
  if (repeats > repeatsMax)
    complaints.push({ harm: 'double', what: `${repeats} were asked again, ${repeatsMax} may be` });
  complaints.push(...checkAlone(requests, roster.goneOnAt), ...checkHolds(requests, written.pauseS, roster.killedAt));
  if (existsSync(wire)) complaints.push(...checkPace(readFileSync(wire, 'utf8'), written.delayMs, roster.goneOnAt));
  for (const { relay } of roster.workers) relay?.close();
  if (complaints.length === 0) rmSync(scratch, { recursive: true });
  else story.push(`kept in ${scratch}`);
  const counted = roster.harmedAt.filter((at) => requests.some((each) => each.kind === 'page' && each.atUs > at));
  return {
    ...{ seed, options: writtenText(written), complaints, story, repeats, repeatsMax },
    ...{ runs: roster.workers.length, fired: roster.harmedAt.length, counted: counted.length },
    ...{ interruptions: roster.killedAt.length, recoveries: roster.killedAt.length },
    ms: performance.now() - startedAt,
  };
}

/** Files of the archive have the name of their worker in theirs. */
function nameOf(worker: number): string {
  return `w${worker}`;
}

/** What was in flight when its worker was stopped past its lease was committed by another one. */
function checkLate({ late }: Roster, { rows }: Stored): Complaint[] {
  const files = new Map(rows.map(({ url, file }) => [url, file]));
  return late
    .filter(([worker, url]) => files.get(url)?.includes(`-${nameOf(worker.number)}-`))
    .map(([worker, url]) => ({ harm: 'late commit', what: `${url} was committed by ${nameOf(worker.number)}` }));
}

/** Each worker ends as it may. If the last one was killed before it saw the end, another one looks for what is left. */
async function judgeEnds(roster: Roster, story: string[]): Promise<Complaint[]> {
  let ends = await roster.ended();
  if (!ends.some(([, { code }]) => code === 0)) {
    await roster.team.start();
    ends = await roster.ended();
  }
  return ends.flatMap(([{ number, right }, ended]) => {
    story.push(endText(ended, `worker ${number}`));
    return checkEnd(ended, right, `worker ${number}`);
  });
}

async function verified(own: string, seed: number, { tools, database }: Surroundings): Promise<Complaint[]> {
  const args = ['verify', own, '--store', database.url];
  const { ended } = startProcess(tools, args, { scratch: dirname(own), job: own }, seed);
  return checkVerify(await ended, 'at the end');
}
