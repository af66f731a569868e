// Creates the parts of a crawl from its options and connects them. Everything that touches the machine comes from a
// world; the program takes its world from world.ts.

import { join } from 'node:path';
import type { Depot } from '../archive/depot/depot.ts';
import type { Mover } from '../archive/mover.ts';
import type { JobCounts, Ledger, Request } from '../base/contracts.ts';
import type { SkipReason } from '../base/errors.ts';
import { SITEMAP_BYTES_MAX } from '../base/limits.ts';
import { type Commits, createCommits } from '../crawl/commits.ts';
import { crawl } from '../crawl/crawl.ts';
import { createGate, type Gate, type GateParts } from '../crawl/gate.ts';
import type { SettledPage } from '../crawl/parts.ts';
import { guessesOf } from '../crawl/sitemap-guesses.ts';
import { createSitemaps, NO_SITEMAPS, type SitemapParts, type Sitemaps } from '../crawl/sitemaps.ts';
import { decodeLayer } from '../fetch/decode.ts';
import type { Fetcher } from '../fetch/fetch.ts';
import type { CrawlOptions } from '../options/options.ts';
import { createSitemapReader } from '../parse/lists/lists.ts';
import { type Allowance, createAllowance } from './allowance.ts';
import { archivedFetch, keptBy, recoverJob, spooling } from './archiving.ts';
import { assertConnectable, makeJoinTo, makeResponseParser } from './client.ts';
import { type CookiesOfFile, cookieFiles } from './cookie-files.ts';
import { type Cookies, openCookies } from './cookies.ts';
import { assertDescriptors, descriptors } from './descriptors.ts';
import { createSlowHosts, type EarlierRuns, earlierRuns, type SlowHost } from './earlier-runs.ts';
import { openExclusions } from './exclusions.ts';
import { hookedFetch } from './hooks.ts';
import { assertIndexable, startIndexer } from './indexing.ts';
import { inJob, type Job } from './job.ts';
import { leasedFetch } from './leased-fetch.ts';
import { watchLogin } from './let-in.ts';
import { type Log, openLog } from './log.ts';
import { createRefusals } from './logins.ts';
import { makeAdmission } from './make-admission.ts';
import { budgetFor, keepHeapLean, limitGarbage } from './memory.ts';
import { createMeter } from './meter.ts';
import { movingArchive, wantedDepot } from './moving.ts';
import type { Observer } from './observer.ts';
import { openTraps } from './open-traps.ts';
import { overseen } from './overseen.ts';
import { bytesLeft, commitRules, crawlRules, gateConfig, runRules, startFacts } from './part-rules.ts';
import { type Run, type RunParts, startRun } from './run.ts';
import type { Steered, Steering } from './steering.ts';
import { createTurnFor } from './unhurried.ts';
import { skipsTold, witnessed, witnessedList } from './witness.ts';
import { SYSTEM, type World } from './world.ts';

export type { Fetcher } from '../fetch/fetch.ts';
export { fetchRobots, forbidsAll } from '../robots/policy.ts';
export type { RobotsRules } from '../robots/rules.ts';
export type { Shortage } from './allowance.ts';
export { makeFetcher, makeParser, readRobots, readRobotsInTurns } from './client.ts';
export { type CookiesOfFile, cookieFiles } from './cookie-files.ts';
export { type Cookies, cookiesAlone } from './cookies.ts';
export type { SlowHost } from './earlier-runs.ts';
export { type AskField, logIn } from './login.ts';
export { netrcWarning } from './logins.ts';
export { productTokens } from './part-rules.ts';
export type { Progress } from './progress.ts';
export type { RootsToTell } from './root-ends.ts';
export type { Run } from './run.ts';

/** The callbacks by which a caller takes part in a crawl. */
export interface Hooks {
  /**
   * Called before each request, also for robots.txt. The request that it returns is sent instead; null sends nothing.
   */
  readonly onRequest?: ((request: Request) => Promise<Request | null>) | undefined;
  /**
   * Called after a URL was settled as done or failed; the crawl waits for it. `referrer` finds the page that led to the
   * URL.
   */
  readonly onSettled?: (page: SettledPage, referrer: () => Promise<string | null>) => unknown;
  readonly onSkip?: ((url: string, reason: SkipReason) => unknown) | undefined;
  /** Receives every event of the job's log, at any level. */
  readonly onDecision?: (event: string, fields: object) => void;
  /** The caller cannot take more pages now. */
  readonly isBehind?: () => boolean;
  /** Sees what happens in the run. */
  readonly observer?: Observer | undefined;
  /** Changes the run while it runs. */
  readonly steering?: Steering | undefined;
  /** Receives the function that resumes the crawl when the caller can take pages again. */
  readonly onStart?: (wake: () => void) => void;
}

/** The path of the log in the job's folder. Each worker of a job has its own. */
function logFile(worker: string | null): string {
  return worker === null ? 'logs/gossamer.jsonl' : `logs/gossamer-${worker.replace(/[^\w.-]/g, '_')}.jsonl`;
}

/** Opens the job, creates its parts and starts it. Throws UsageError, JobError or MachineError if that fails. */
export async function startCrawl(options: CrawlOptions, hooks: Hooks = {}, world: World = SYSTEM): Promise<Run> {
  assertDescriptors(descriptors());
  assertIndexable(options);
  // What cannot be used is told before there is a job.
  await assertConnectable(options);
  const places = { depot: await wantedDepot(options), ofFile: cookieFiles(options) };
  return inJob(options, world, (job) => startIn(job, options, hooks, world, places));
}

/** What the user keeps outside of the job's folder. */
interface Places {
  readonly depot: Depot | null;
  readonly ofFile: CookiesOfFile;
}

async function startIn(job: Job, options: CrawlOptions, hooks: Hooks, world: World, places: Places): Promise<Run> {
  const { clock } = world;
  const { frontier, share, ledger, resumed } = job.store;
  limitGarbage(options);
  const abort = new AbortController();
  const earlier = await earlierRuns(options, ledger, job.store.worker !== null);
  const { log, commits } = await makeCommits(job, options, hooks, clock);
  const cookies = await openCookies(options, places.ofFile, job.store, commits, clock);
  const transport = await makeTransport(job, options, hooks, earlier, world, { cookies, log });
  const { meter, budget, fetcher, allowance, seen } = transport;
  const onSkip = skipsTold(log, hooks.onSkip);
  const { admission, lookAgain, redirectOf } = await makeAdmission(options, job.store, cookies, onSkip, clock);
  // The condition also holds after a run that was killed before its first commit. Roots that are already there are not
  // added twice.
  if ((await ledger.job.counts()).done === 0) await frontier.add(admission.roots(options.roots));
  const machine = world.watchMachine(options, clock, budget);
  /** Wakes the heart, once there is one. */
  let wake = (): void => {};
  const opened: GateParts['open'] = (hostId, until) => sitemaps.opened(hostId, until);
  const shelf = cookies.beside(job.store.hosts);
  const callbacks = { opened, shelf, wake: () => wake(), lagMs: machine.lagMs };
  const { gate, slowHosts } = await makeGate(job, options, earlier, commits, callbacks, world);
  const { lostUrls, closed } = await recoverJob(job, log);
  const whole = await world.openArchive(options, job, clock);
  const moving = { closed, commits, clock, wake: () => wake() };
  const { archive, mover } = await movingArchive(places.depot, whole, options, job, moving);
  const fetchUnkept = decodeLayer(fetcher.decode)(seen.aside);
  const fetchAside = archivedFetch(fetchUnkept, whole, budget);
  const exclusions = await openExclusions(job.store, commits);
  const traps = exclusions.excluding(openTraps(options.traps, clock, job.store), hooks.steering !== undefined);
  const shared = { frontier, share, commits, gate, traps, admission, budget, clock, signal: abort.signal };
  const sitemaps: Sitemaps = await makeSitemaps(options, {
    ...shared,
    fetch: fetchAside,
    list: witnessedList(job.store.sitemaps, log),
    readSitemap: createSitemapReader(makeJoinTo()),
    bodyBytesMax: Math.min(options.bodyBytesMax, SITEMAP_BYTES_MAX),
    wake: () => wake(),
  });
  const alreadyFinished = resumed && nothingLeft(await ledger.job.counts());
  const heart = crawl(
    {
      ...shared,
      ...{ sitemaps, fetch: seen.fetch, fetchAside },
      isPressed: pressure(hooks, mover, machine, () => heart.figures.busy > 0),
      inFlightMost: inFlightMost(allowance, hooks),
      ...{ turnFor: createTurnFor({ budget, clock, isOverdue: machine.isOverdue }), decode: fetcher.decode },
      letIn: watchLogin(options, { ...shared, ...moving, cookies, fetch: fetchUnkept, folder: job.folder }),
      spool: spooling(options, job.folder),
      parse: makeResponseParser({ requisites: options.pageRequisites }, ledger),
      ...{ archive, onSkip: hooks.onSkip, lookAgain, redirectOf },
      onPage: pageTaker(hooks, ledger, fetcher),
    },
    crawlRules(options, earlier, { alreadyFinished, isShared: job.store.worker !== null }),
  );
  wake = heart.wake;
  hooks.onStart?.(wake);
  hooks.steering?.steer(steered(job, { heart, gate, exclusions }));
  log.write('info', 'start', startFacts(options, resumed));
  return startRun({
    ...{ job, heart, gate, sitemaps, commits, clock, log, abort },
    ...{ before: earlier.totals, alreadyFinished, indexer: startIndexer(options, job.folder, clock) },
    ...runRules(options),
    hadRootResponse: resumed && earlier.hadRootResponse,
    ...{ slowHosts, lostUrls, traps: traps.news, meter, excluded: exclusions.all.map(({ pattern }) => pattern) },
    ...{ shortage: allowance.shortage, onWire: allowance.onWire, refusals: transport.refusals },
    ...{ machine, mover, isPaused: () => hooks.steering?.isPaused === true },
    closers: [async () => machine.stop(), fetcher.close, archive.close, cookies.save],
  });
}

function nothingLeft({ queued, leased, unreadSitemaps }: JobCounts): boolean {
  return queued + leased + unreadSitemaps === 0;
}

/** The commits, and the log that sees them. */
async function makeCommits(
  { folder, store }: Job,
  options: CrawlOptions,
  { observer, onDecision }: Hooks,
  clock: World['clock'],
): Promise<{ log: Log; commits: Commits }> {
  const logPath = folder && join(folder, logFile(store.worker));
  const log = await openLog(logPath, options.logLevel, clock, onDecision);
  const told = witnessed(createCommits(store.frontier, clock, commitRules(options)), log, clock);
  return { log, commits: observer?.settling(told) ?? told };
}

/** What a steering may do with the run. */
function steered(
  { store }: Job,
  { heart, gate, exclusions }: Pick<RunParts, 'heart' | 'gate'> & Pick<Steered, 'exclusions'>,
): Steered {
  return {
    wake: heart.wake,
    setPace: ({ hostConcurrency, delayMs }) => gate.setPace({ hostConcurrency, delayMs }),
    addToLimit: store.worker === null ? heart.addToLimit : null,
    exclusions,
  };
}

/** The gate, with the busiest hosts of the last run in memory. `opened` is called when the gate opens a host. */
async function makeGate(
  { store }: Job,
  options: CrawlOptions,
  earlier: EarlierRuns,
  { keep }: Commits,
  { opened, ...given }: Pick<GateParts, 'wake' | 'lagMs' | 'shelf'> & { readonly opened: GateParts['open'] },
  { clock, hostsMost }: World,
): Promise<{ gate: Gate; slowHosts: readonly SlowHost[] }> {
  const { slowHosts, onSlowHost } = createSlowHosts();
  const gate = createGate({
    ...{ config: gateConfig(options, store.resumed, earlier, hostsMost), times: clock },
    ...{
      share: store.share,
      keepsRest: store.worker !== null,
      keep,
      onSlowHost,
      onCrowded: keepHeapLean,
      ...given,
    },
    open(hostId, until) {
      store.frontier.hold(hostId, until);
      opened(hostId, until);
    },
  });
  await gate.recall(earlier.busiest);
  return { gate, slowHosts };
}

/** The client, with the parts that count and limit all of its requests. */
async function makeTransport(
  { room, store }: Job,
  options: CrawlOptions,
  { onRequest, observer }: Hooks,
  earlier: EarlierRuns,
  { clock, openFetch }: World,
  { cookies, log }: { readonly cookies: Pick<Cookies, 'with'>; readonly log: Log },
) {
  const kept = { ...store.rootAddresses, hosts: () => store.ledger.job.hosts() };
  const { sizeLimitBytes } = options;
  const moreBytes = (): Promise<number> => store.share.reserve('bytes', sizeLimitBytes ?? 0);
  const meter = createMeter(await bytesLeft(options, earlier, store), store.worker === null ? null : moreBytes);
  const budget = budgetFor(options);
  const allowance = createAllowance(clock, options.concurrency, descriptors());
  const { told: refusals, onRefused } = createRefusals(log);
  const fetcher = await openFetch(options, { kept, budget, onBytes: meter.received, onRefused });
  const leased = cookies.with(leasedFetch(fetcher.receive, store.share));
  const fetch = overseen(hookedFetch(leased, onRequest), { kept: keptBy(room), allowance, meter });
  const seen = { fetch: observer?.watched(fetch) ?? fetch, aside: observer?.watched(fetch, 'aside') ?? fetch };
  return { meter, budget, fetcher, allowance, seen, refusals };
}

/** Whether the user, the caller or the machine wants no new requests for now. */
function pressure(
  { isBehind, steering }: Hooks,
  mover: Mover | null,
  machine: RunParts['machine'],
  isBusy: () => boolean,
): () => boolean {
  return () =>
    steering?.isPaused === true || (isBehind?.() ?? false) || mover?.isFull === true || (machine.isTight && isBusy());
}

function inFlightMost({ most }: Allowance, { steering }: Hooks): () => number {
  return steering === undefined ? most : () => Math.min(most(), steering.pacing.concurrency);
}

/** The caller may keep the bodies of its pages. If no caller takes pages, their memory is reused. */
function pageTaker(
  { onSettled }: Hooks,
  ledger: Ledger,
  fetcher: Pick<Fetcher, 'recycle'>,
): (page: SettledPage) => unknown {
  if (onSettled !== undefined) return (page) => onSettled(page, () => ledger.links.referrer(page.settlement.lease.id));
  return ({ outcome }) => {
    if (outcome !== null) fetcher.recycle(outcome);
  };
}

/** A crawl of a single page, or with a depth of 0, reads no sitemaps: it may add no URL from them. */
async function makeSitemaps(options: CrawlOptions, parts: SitemapParts): Promise<Sitemaps> {
  if (!options.sitemaps || options.scope === 'page' || options.depth === 0) return NO_SITEMAPS;
  const guesses = guessesOf(options.roots);
  // Sitemaps that are already there are not added again.
  await parts.list.add(guesses);
  return createSitemaps(parts, guesses, options.retries);
}
