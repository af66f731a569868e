// A trial is one job on one site, some runs of it with faults, and a last one that ends it. After each run the store
// and the archive are read and held against the site, and what is wrong is kept as complaints.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Random, seededRandom } from '../helpers/random.ts';
import { type Ended, type Injection, monotonicUs, type Running, startProcess, type Tools } from './crawl-process.ts';
import {
  type Complaint,
  checkFiles,
  checkIndexes,
  checkKept,
  checkRows,
  checkSet,
  checkWire,
  type Harm,
  type Truth,
} from './invariants.ts';
import { checkEnd, checkExport, checkPace, checkVerify, endText, type Right } from './judge.ts';
import { makePages } from './pages.ts';
import { readStore, type Stored } from './rows.ts';
import { readLog, type Site } from './site.ts';
import { readArchive, sha256 } from './warc.ts';
import { chooseWritten, crawlArguments, type Written, writtenText } from './written.ts';

/** What is done to a running crawl from outside. */
export type Act = (run: Running) => Promise<void>;
export interface Trial {
  readonly random: Random;
  readonly site: Site;
  readonly job: string;
  readonly scratch: string;
  readonly written: Written;
  readonly tools: Tools;
  /** A whole number from 1 to `most`. */
  upTo(most: number): number;
  /** Runs the crawl under a fault to its end; `right` says how it may end. */
  crawl(right: Right, injection: Injection, act?: Act): Promise<Ended>;
  /** So many pages may be asked again, beside what was in flight: they came and could not be kept. */
  mayRepeat(requests: number): void;
  /** Says that what `act` does happens now. */
  fired(): void;
  complain(harm: Harm, what: string): void;
  /** Starts another command on the job beside whatever runs. */
  beside(args: readonly string[]): Promise<Ended>;
  /** The arguments of the crawl. */
  readonly args: readonly string[];
  /** What was settled so far is known to be gone, and may be asked for again. */
  forget(): void;
  /** Done when the trial is over. */
  afterwards(work: () => void): void;
  /** What the database has, read without touching it. */
  stored(): Stored | null;
}

export interface Result {
  readonly seed: number;
  readonly options: string;
  /** Runs under a fault, those whose fault acted, and those in which it acted with unsettled work. */
  readonly runs: number;
  readonly fired: number;
  readonly counted: number;
  /** Runs that did not end by themselves. */
  readonly interruptions: number;
  readonly recoveries: number;
  /** Requests for what had been answered before, and how many there may be. */
  readonly repeats: number;
  readonly repeatsMax: number;
  readonly ms: number;
  readonly complaints: readonly Complaint[];
  /** What the runs said, for whoever looks into a complaint. */
  readonly story: readonly string[];
}

export interface Plan {
  readonly name: string;
  readonly wanted?: Partial<Written>;
  readonly run: (trial: Trial) => Promise<void>;
}

const FINISHING_RUNS_MAX = 4;
/** Of the trials, so many are verified before the job is recovered, and exported at the end. */
const VERIFIED_BEFORE_SHARE = 0.3;
const EXPORTED_SHARE = 0.25;

export async function tryPlan(plan: Plan, seed: number, site: Site, tools: Tools, folder: string): Promise<Result> {
  const startedAt = performance.now();
  // Each fault has dice of its own, so that one seed tries it with other options than its neighbours.
  const random = seededRandom(seed + Number.parseInt(sha256(Buffer.from(plan.name)).slice(0, 8), 16));
  const scratch = mkdtempSync(join(folder, 'trial-'));
  const written = chooseWritten(random, plan.wanted ?? {});
  const job = join(scratch, 'job');
  mkdirSync(job);
  const log = join(scratch, 'site.log');
  const root = `http://127.0.0.1:${await site.serve(seed, 1, written.pages, log)}`;
  const truth: Truth = { root, pages: makePages(seed, written.pages), written };
  const args = crawlArguments([`${root}/`], job, written);
  const complaints: Complaint[] = [];
  const story: string[] = [];
  const figures = { runs: 0, fired: 0, counted: 0, interruptions: 0, recoveries: 0, repeatsMax: 0 };
  let before: Stored | null = null;
  let filesBefore: string[] = [];
  let firedAt: number | null = null;

  const wire = join(scratch, 'wire');
  const paced: Injection = written.delayMs > 0 && tools.library !== null ? { wire } : {};
  const cleanups: (() => void)[] = [];

  const start = (given: readonly string[], injection: Injection): Running =>
    startProcess(tools, given, { scratch, job }, seed, { ...paced, ...injection });
  const complain = (harm: Harm, what: string): void => void complaints.push({ harm, what });

  /**
   * Looks at what a run has left. `isRecovered`: it came as far as its first request, so what earlier runs have left is
   * in order.
   */
  const look = (ended: Ended, isRecovered: boolean): void => {
    if (written.memory) return;
    const stored = readStore(job, scratch);
    const archive = readArchive(job);
    const isClean = ended.signal === null && ended.code !== 3 && ended.code !== 13;
    if (isRecovered) figures.recoveries += 1;
    if (stored !== null) complaints.push(...checkRows(truth, stored, archive));
    complaints.push(...checkKept(before, stored));
    const seen = isRecovered ? archive.filter(({ file }) => isClean || filesBefore.includes(file)) : [];
    complaints.push(...checkFiles(stored, seen, archive));
    if (isClean) complaints.push(...checkIndexes(job, archive));
    const queued = stored?.rows.filter(({ state }) => state === 'queued').length ?? 1;
    if (ended.code === 0 && queued > 0) complain('silent', `a run ended with 0, and ${queued} URLs are queued`);
    before = stored;
    filesBefore = archive.map(({ file }) => file);
  };

  const judge = (ended: Ended, right: Right, what: string): void => {
    story.push(endText(ended, what));
    complaints.push(...checkEnd(ended, right, what));
  };

  const queuedNow = (): number => before?.rows.filter(({ state }) => state === 'queued').length ?? 1;
  const requestsSince = (atUs: number): number =>
    readLog(log).filter((each) => each.atUs > atUs && each.kind !== 'robots' && each.kind !== 'cut').length;

  const crawl = async (right: Right, injection: Injection, act?: Act): Promise<Ended> => {
    firedAt = null;
    const asked = monotonicUs();
    const run = start(args, injection);
    const acting = Promise.resolve(act?.(run)).finally(site.goOn);
    const ended = await run.ended;
    // What was not come to does not happen any more.
    await Promise.race([acting, new Promise((resolve) => setImmediate(resolve))]);
    figures.runs += 1;
    if (ended.code !== 0) {
      figures.interruptions += 1;
      figures.repeatsMax += written.inFlight;
    }
    judge(ended, right, `run ${figures.runs}`);
    look(ended, requestsSince(asked) > 0 || ended.code === 0);
    const at = ended.marks[0] ?? firedAt;
    if (at === null) return ended;
    figures.fired += 1;
    if ((!written.memory && queuedNow() > 0) || requestsSince(at) > 0) figures.counted += 1;
    return ended;
  };

  /** The project's own views of the job, when all is over. */
  const view = async (): Promise<void> => {
    complaints.push(...checkVerify(await start(['verify', job], {}).ended, 'at the end'));
    if (random() > EXPORTED_SHARE) return;
    const path = join(scratch, 'rows.jsonl');
    judge(await start(['export', 'jsonl', job, '-o', path], {}).ended, [0], 'export');
    if (existsSync(path)) complaints.push(...checkExport(path, before!));
  };

  const finish = async (): Promise<void> => {
    if (before !== null && random() < VERIFIED_BEFORE_SHARE) {
      complaints.push(...checkVerify(await start(['verify', job], {}).ended, 'before the recovery'));
    }
    let ended: Ended | null = null;
    for (let run = 0; run < FINISHING_RUNS_MAX && ended?.code !== 0; run += 1) {
      ended = await start(args, {}).ended;
      judge(ended, [0], 'the last run');
      look(ended, true);
    }
    if (before === null) return complain('lost', 'there is no job in the end');
    complaints.push(...checkSet(truth, before));
    await view();
  };

  const trial: Trial = {
    ...{ random, site, job, scratch, written, tools, args, crawl, complain },
    upTo: (most) => 1 + Math.floor(random() * most),
    mayRepeat: (requests) => {
      figures.repeatsMax += requests;
    },
    fired: () => {
      firedAt ??= monotonicUs();
    },
    beside: (given) => start(given, {}).ended,
    forget: () => {
      before = null;
      figures.repeatsMax += readLog(log).length;
      filesBefore = [];
    },
    afterwards: (work) => void cleanups.push(work),
    stored: () => readStore(job, scratch),
  };
  await plan.run(trial);
  // A job in memory ends with its run; all that can be seen of it is what it asked for.
  if (written.memory) complaints.push(...checkEmpty(job));
  else await finish();
  const { repeats, complaints: onWire } = checkWire(truth, readLog(log), figures.repeatsMax);
  complaints.push(...onWire);
  if (existsSync(wire)) complaints.push(...checkPace(readFileSync(wire, 'utf8'), written.delayMs));
  for (const work of cleanups) work();
  if (complaints.length === 0) rmSync(scratch, { recursive: true });
  else story.push(`kept in ${scratch}`);
  const ms = performance.now() - startedAt;
  return { seed, options: writtenText(written), ...figures, repeats, ms, complaints, story };
}

function checkEmpty(job: string): Complaint[] {
  const names = readdirSync(job);
  return names.length === 0 ? [] : [{ harm: 'view', what: `a job in memory has left ${names.join(', ')}` }];
}
