// One trial with several workers: a site, a job in PostgreSQL, workers, a fault, and the judgement when all is over.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { TestDatabase } from '../../helpers/postgres.ts';
import { seededRandom } from '../../helpers/random.ts';
import { startProcess, type Tools } from '../crawl-process.ts';
import type { Fault } from '../faults.ts';
import type { Complaint } from '../invariants.ts';
import { checkEnd, checkPace, checkVerify, endText } from '../judge.ts';
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

const TEAM = { hosts: 12, workers: 3, pauseS: 0, archive: true, memory: false, inFlight: 8, pages: 24, delayMs: 0 };

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
  const job = basename(scratch);
  const roster = createTeam({
    ...{ random, site, database, scratch, tools, seed, job, inFlight: written.inFlight },
    injection: written.delayMs > 0 && tools.library !== null ? { wire } : {},
    argumentsOf: (worker, own, store) => [
      ...crawlArguments(roots, own, written),
      ...['--store', store, '-H', `X-Worker: ${worker}`],
    ],
  });
  await fault.run(roster.team);

  const story: string[] = [];
  const complaints = await judgeEnds(roster, story);
  const stored = await readDatabase(database.url, job);
  const requests = readLog(log);
  let repeats = 0;
  if (stored === null) complaints.push({ harm: 'lost', what: 'there is no job in the end' });
  else {
    const archive = roster.workers.flatMap((worker) => readArchive(worker.folder));
    const left = checkTeam(web, written, { stored, archive, log: requests });
    repeats = left.repeats;
    complaints.push(...left.complaints, ...(await verified(roster, around)));
  }
  if (repeats > roster.repeatsMax)
    complaints.push({ harm: 'double', what: `${repeats} were asked again, ${roster.repeatsMax} may be` });
  const rows = new Map((stored?.rows ?? []).map((row) => [row.url, row]));
  for (const [worker, url] of roster.late) {
    const own = readArchive(worker.folder).map(({ file }) => file);
    if (!own.includes(rows.get(url)?.file ?? '')) continue;
    complaints.push({ harm: 'late commit', what: `${url} was committed by worker ${worker.number}, past its lease` });
  }
  complaints.push(...checkAlone(requests), ...checkHolds(requests, written.pauseS, roster.killedAt));
  if (existsSync(wire)) complaints.push(...checkPace(readFileSync(wire, 'utf8'), written.delayMs));
  for (const { relay } of roster.workers) relay?.close();
  if (complaints.length === 0) rmSync(scratch, { recursive: true });
  else story.push(`kept in ${scratch}`);
  const counted = roster.harmedAt.filter((at) => requests.some((each) => each.kind === 'page' && each.atUs > at));
  return {
    ...{ seed, options: writtenText(written), complaints, story, repeats, repeatsMax: roster.repeatsMax },
    ...{ runs: roster.workers.length, fired: roster.harmedAt.length, counted: counted.length },
    ...{ interruptions: roster.killedAt.length, recoveries: roster.killedAt.length },
    ms: performance.now() - startedAt,
  };
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

async function verified({ workers, team }: Roster, { tools, database }: Surroundings): Promise<Complaint[]> {
  const { folder } = workers[0]!;
  const args = ['verify', folder, '--store', database.url];
  const { ended } = startProcess(tools, args, { scratch: team.scratch, job: folder }, 0);
  return checkVerify(await ended, 'at the end');
}
