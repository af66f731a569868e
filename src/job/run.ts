// The life of one run around the heart: it writes figures once a second, watches limits, stops the run and ends it.

import type { Mover } from '../archive/mover.ts';
import { type Clock, toWall } from '../base/clock.ts';
import type { HostFigures, RunFigures, StoppedBy, Summary, Waiting } from '../base/contracts.ts';
import { MachineError } from '../base/errors.ts';
import { later } from '../base/lateness.ts';
import { ROOM_PATIENCE_MS, STOP_GRACE_MS } from '../base/limits.ts';
import { asMachineError } from '../base/machine.ts';
import type { Commits } from '../crawl/commits.ts';
import type { Crawl } from '../crawl/crawl.ts';
import type { Gate } from '../crawl/gate.ts';
import type { Sitemaps } from '../crawl/sitemaps.ts';
import type { RequestFields } from '../options/request-fields.ts';
import { jobStatus } from '../views/report/job-summary.ts';
import type { Allowance, Shortage } from './allowance.ts';
import type { RunSums, SlowHost } from './earlier-runs.ts';
import type { Indexer } from './indexing.ts';
import type { Job } from './job.ts';
import type { Log } from './log.ts';
import type { Meter } from './meter.ts';
import type { Progress } from './progress.ts';
import { NOTHING_TO_TELL, type RootsToTell, rootsToTell } from './root-ends.ts';
import { dated, isSame, watchWaiting } from './waiting.ts';
import type { Machine } from './world.ts';

const TICK_MS = 1_000;
/** Unchanged figures are written once in this many ticks. */
const IDLE_TICKS = 30;
const PAUSED: Waiting = { host: 'this machine', until: null, why: 'the user paused the crawl' };

export interface Run {
  /** The job's folder; empty for a job in memory. */
  readonly folder: string;
  readonly resumed: boolean;
  readonly alreadyFinished: boolean;
  /** What was found wrong with the job and was repaired, one sentence each. */
  readonly mended: readonly string[];
  /** How many URLs have lost their record, because the archive is shorter than their rows say. */
  readonly lostUrls: number;
  /** The patterns that an earlier run was told to leave out, and that still hold. */
  readonly excluded: readonly string[];
  /** Resolves when the run is over; rejects with MachineError. */
  readonly summary: Promise<Summary>;
  /** Known when the run is over. */
  readonly rootsToTell: RootsToTell;
  /** Why the log lacks lines; null if it lacks nothing. */
  logFailure(): string | null;
  /** What fills the index; null without --index. */
  readonly indexer: Pick<Indexer, 'ended'> | null;
  /** A snapshot. It is cheap and may be taken at any time. */
  progress(): Progress;
  /**
   * `gracefully` makes no new requests and gives those in flight five seconds. Requests that do not end in time go back
   * to the queue.
   */
  stop(how: 'gracefully' | 'now'): void;
}

export interface RunParts extends Pick<Run, 'alreadyFinished' | 'lostUrls' | 'excluded'> {
  readonly job: Job;
  readonly heart: Crawl;
  readonly gate: Gate;
  readonly sitemaps: Sitemaps;
  readonly commits: Commits;
  readonly clock: Clock;
  readonly log: Log;
  readonly abort: AbortController;
  /** The product token for robots.txt. */
  readonly agent: string;
  /** What goes to some origins alone. */
  readonly given: Pick<RequestFields, 'secrets' | 'logins'>;
  readonly hadRootResponse: boolean;
  /** The totals of the job's earlier runs. */
  readonly before: RunSums;
  readonly timeLimitMs: number | null;
  readonly databasePatienceMs: number;
  /** Grows during the run. */
  readonly slowHosts: readonly SlowHost[];
  /** Grows during the run. */
  readonly traps: readonly string[];
  /** Grows during the run. */
  readonly refusals: readonly string[];
  readonly shortage: () => Shortage | null;
  readonly onWire: Allowance['onWire'];
  readonly meter: Meter;
  readonly machine: Machine;
  /** Null if the archive stays in the job's folder. */
  readonly mover: Mover | null;
  readonly indexer: Indexer | null;
  readonly isPaused: () => boolean;
  /** Functions that close what the run used, in this order. The log and the job are closed after them. */
  readonly closers: readonly (() => Promise<void>)[];
}

export function startRun(parts: RunParts): Run {
  const { job, heart, gate, commits, clock, log, abort, onWire, meter, machine, mover, indexer, before } = parts;
  const { figures } = heart;
  const begunAt = clock.now();
  const timers: { cancel(): void }[] = [];
  let isOver = false;
  /** Set if the machine ended the run. */
  let failedAs: 'disk' | 'database' | 'archive' | null = null;
  let waitedFor: Waiting | null = null;

  // The figures contain wall times, for people.
  const hostFigures = (): HostFigures[] =>
    gate.figures().map((host) => ({
      ...host,
      heldUntil: host.heldUntil === null ? null : toWall(clock, host.heldUntil),
    }));
  const waiting = watchWaiting(parts);
  const waitingFor = (): Waiting | null => (parts.isPaused() ? PAUSED : (waiting.now()?.waiting ?? null));
  const stopNow = (): void => {
    job.room.setPatience(0);
    abort.abort();
  };
  const stopBy = (why: StoppedBy): void => {
    heart.stop(why);
    if (isOver) stopNow();
    else timers.push(clock.after(STOP_GRACE_MS, stopNow));
  };
  const runFigures = (endedAt: number | null): RunFigures => {
    const { stoppedBy } = figures;
    const { requests, bytes } = meter;
    const { inFlight, peakInFlight } = onWire;
    return {
      startedAt: job.openedAt,
      updatedAt: clock.wall(),
      endedAt,
      elapsedMs: clock.now() - begunAt,
      stoppedBy,
      requests,
      bytes,
      inFlight,
      peakInFlight,
      loopLate: machine.lateness(),
      agent: parts.agent,
      waitingFor: waitingFor(),
      hosts: hostFigures(),
    };
  };
  /** Logs what the crawl waits for, once each. A delay between requests is not logged. */
  const tellWaiting = (): void => {
    const now = onWire.inFlight > 0 && job.room.lack() === null ? null : waiting.now();
    const wait = now === null || now.isDelay ? null : now.waiting;
    const told = dated(wait);
    if (told !== null && !isSame(wait, waitedFor)) log.write('info', 'waiting', told);
    waitedFor = wait;
  };
  let ticks = 0;
  let news = '';
  const tick = async (): Promise<void> => {
    const wasTight = machine.isTight;
    machine.look();
    mover?.look();
    if (mover?.isHopeless === true) heart.stop('archive');
    if (wasTight && !machine.isTight) heart.wake();
    await waiting.told();
    // The final figures are being written, and nothing may overwrite them.
    if (isOver) return;
    tellWaiting();
    // A run that only waits writes seldom, so that the disk can sleep.
    const known = news;
    news = `${meter.requests} ${meter.bytes} ${onWire.inFlight} ${waitedFor?.host} ${waitedFor?.until}`;
    ticks = news === known ? ticks + 1 : 0;
    if (ticks % IDLE_TICKS > 0) return;
    commits.figures(runFigures(null));
    commits.flush();
  };
  const summary = (): Summary => {
    const { queued, leased, done, failed, skipped } = job.store.frontier.counts();
    const isFinished = queued + leased + parts.sitemaps.unread === 0;
    return {
      job: job.folder,
      state: isFinished ? 'finished' : 'unfinished',
      stoppedBy: figures.stoppedBy ?? failedAs,
      urls: { queued, leased, done, failed, skipped },
      requests: before.requests + meter.requests,
      bytes: before.bytes + meter.bytes,
      elapsedMs: Math.round(before.elapsedMs + clock.now() - begunAt),
      peakInFlight: Math.max(before.peakInFlight, onWire.peakInFlight),
      loopLate: later(before.loopLate, parts.alreadyFinished ? null : machine.lateness()),
      waitingFor: isFinished ? null : waitingFor(),
      hosts: hostFigures(),
    };
  };
  /** Where several processes work on the job, all of them end with the same summary: that of the whole job. */
  const endSummary = async (): Promise<Summary> => {
    const own = summary();
    if (job.store.worker === null) return own;
    if (own.state === 'finished') await job.store.share.othersEnded();
    const { workers: _, ...whole } = (await jobStatus(job.folder, job.store.ledger, clock.wall())).summary;
    return whole.state === 'finished' ? whole : { ...whole, stoppedBy: own.stoppedBy, waitingFor: own.waitingFor };
  };
  /** The run began with the first of the processes that share it. */
  const timeLeftMs = (limitMs: number): number => Math.max(0, limitMs - job.store.share.begunMsAgo);
  let last: Summary | null = null;
  let toTell = NOTHING_TO_TELL;
  const end = async (): Promise<Summary> => {
    const failures: unknown[] = [];
    /** Records the first failure as the reason why the run ended. Later failures do not replace it. */
    const tried = async (work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (cause) {
        const error = asMachineError(cause, 'the crawl could not go on');
        if (failures.length === 0) {
          stopNow();
          if (error instanceof MachineError)
            failedAs = error.code === 'database' || error.code === 'archive' ? error.code : 'disk';
        }
        const event = failures.push(error) === 1 ? 'end' : 'close-failed';
        log.write('error', event, { code: (error as { code?: unknown }).code, message: String(error) });
      }
    };
    await tried(async () => {
      await heart.over.finally(() => {
        isOver = true;
      });
      await waiting.told();
      if (!parts.alreadyFinished) commits.figures(runFigures(clock.wall()));
      await commits.flush();
      toTell = await rootsToTell(job.store.ledger, parts.agent, parts.given);
    });
    last = failures.length === 0 ? await endSummary() : summary();
    for (const timer of timers) timer.cancel();
    abort.abort();
    // Nothing that is fetched is lost without what is still to be written, and whoever stops the run wants its end.
    if (figures.stoppedBy === 'interrupt' || figures.stoppedBy === 'time') job.room.setPatience(0);
    for (const close of parts.closers) await tried(close);
    // What is not moved when the user wants to end is moved by the next run.
    const graceMs = figures.stoppedBy === 'interrupt' ? STOP_GRACE_MS : null;
    if (mover !== null) await tried(() => mover.finish(graceMs));
    if (failedAs === 'archive') last = summary();
    if (figures.stoppedBy === 'interrupt') indexer?.stop();
    await indexer?.finish();
    if (failures.length === 0)
      log.write('info', 'end', { ...last, hosts: undefined, waitingFor: dated(last.waitingFor) });
    await log.close();
    await tried(job.close);
    for (const timer of timers) timer.cancel();
    if (failures.length > 0) throw failures[0];
    return last;
  };

  job.room.setPatience(ROOM_PATIENCE_MS, parts.databasePatienceMs);
  if (!parts.alreadyFinished) {
    // Writes the first figures at once, so that later times have a reference. Figures that wait for other writes belong
    // to an earlier moment, and the clock may be set in between.
    commits.figures(runFigures(null));
    commits.flush();
    timers.push(clock.every(TICK_MS, tick));
    // Requests in flight also count towards the limit. They are cut off and requested again when the limit allows it.
    meter.onFull(() => {
      heart.stop('size');
      stopNow();
    });
    if (parts.timeLimitMs !== null) timers.push(clock.after(timeLeftMs(parts.timeLimitMs), () => stopBy('time')));
  }
  return {
    folder: job.folder,
    resumed: job.store.resumed,
    alreadyFinished: parts.alreadyFinished,
    mended: job.store.mended,
    ...{ lostUrls: parts.lostUrls, excluded: parts.excluded },
    summary: end(),
    get rootsToTell() {
      return toTell;
    },
    logFailure: log.failure,
    indexer,
    progress: () => ({
      ...(last ?? summary()),
      inFlight: onWire.inFlight,
      anyResponse: parts.hadRootResponse || figures.hasRootResponse,
      slowHosts: parts.slowHosts,
      traps: parts.traps,
      refusals: parts.refusals,
      shortage: parts.shortage(),
      archiveTrouble: mover?.trouble ?? null,
    }),
    stop(how) {
      indexer?.stop();
      if (how === 'now') {
        heart.stop('interrupt');
        stopNow();
      } else stopBy('interrupt');
    },
  };
}
