// How a job stands, from what its store says: also while another process crawls it.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import type { Counts } from '../../base/contracts.ts';
import { FLIGHTS_SHOWN_MAX, URLS_READ_AT_ONCE } from '../../base/limits-of-serving.ts';
import { type JobStatus, jobStatus } from '../../views/report/job-summary.ts';
import type { Control, HostLane, JobAnswer, JobLine, LiveState } from '../api/jobs.ts';
import { BROKEN, sentenceOf } from '../sentence.ts';
import type { AskedJob } from './job-answers.ts';

/** A job of which only the state is wanted. */
export type LookedAt = Pick<AskedJob, 'id' | 'folder' | 'ledger'>;

/** Why nobody can steer a job that this process does not crawl. */
export function foreignControl({ isRunning }: Pick<JobStatus, 'isRunning'>): Control {
  const why = isRunning
    ? 'Another process crawls this job. Only that process can pause or change it: start it with --serve.'
    : 'No crawl of this job is running. gossamer crawl with --serve continues it here.';
  return { isPossible: false, why };
}

export async function lineOf(job: LookedAt): Promise<JobLine> {
  const status = await statusOf(job);
  return lineFrom(job, status, (await job.ledger.job.identity()).roots);
}

export async function jobAnswerOf(job: AskedJob): Promise<JobAnswer> {
  const status = await statusOf(job);
  const { summary, runs, isRunning } = status;
  const { urls } = summary;
  const reading = job.ready().catch(() => {});
  // Of a larger one the page asks again.
  if (!isRunning && urls.queued + urls.done + urls.failed + urls.skipped <= URLS_READ_AT_ONCE) await reading;
  const broken = !isRunning && job.table.upTo.isComplete ? job.asker.count(BROKEN) : null;
  const { roots, scope, include, exclude, depth, pageRequisites } = await job.ledger.job.identity();
  const { unreadSitemaps } = await job.ledger.job.counts();
  return {
    ...lineFrom(job, status, roots, broken),
    ...{ scope, include, exclude, depth, pageRequisites, unreadSitemaps },
    stoppedBy: summary.stoppedBy,
    inFlight: status.inFlight,
    peakInFlight: summary.peakInFlight,
    waitingFor: summary.waitingFor,
    hosts: lanesOf(summary.hosts),
    runs: runs.map(({ startedAt, endedAt, elapsedMs, stoppedBy, requests, bytes, peakInFlight }) => {
      return { startedAt, endedAt, elapsedMs, stoppedBy, requests, bytes, peakInFlight };
    }),
    workers: (summary.workers ?? []).map(({ name, machine, hosts, pagesPerSecond, seenAt }) => {
      return { name, machine, hosts, pagesPerSecond, seenAt };
    }),
    control: foreignControl(status),
    hasArchive: existsSync(join(job.folder, 'archive')),
    ...(await job.renewal.look()),
    table: job.table.upTo,
  };
}

/** The live state without what needs the looks of several seconds. */
export async function foreignLive(job: AskedJob): Promise<LiveState> {
  const status = await statusOf(job);
  const { summary } = status;
  const { roots } = await job.ledger.job.identity();
  const line = lineFrom(job, status, roots);
  return {
    at: systemClock.wall(),
    state: line.state,
    sentence: line.sentence,
    urls: summary.urls,
    inFlight: status.inFlight,
    requests: summary.requests,
    bytes: summary.bytes,
    pagesPerSecond: 0,
    bytesPerSecond: 0,
    elapsedMs: summary.elapsedMs,
    leftMs: null,
    waitingFor: summary.waitingFor,
    hosts: lanesOf(summary.hosts),
    flights: null,
    isPaused: false,
    isStopping: false,
    pace: null,
    control: foreignControl(status),
    notes: [],
  };
}

export function lanesOf(hosts: readonly HostLane[]): HostLane[] {
  return hosts.slice(0, FLIGHTS_SHOWN_MAX).map(({ host, inFlight, limit, latencyMs, heldUntil, why }) => {
    return { host, inFlight, limit, latencyMs, heldUntil, why };
  });
}

async function statusOf({ folder, ledger }: LookedAt): Promise<JobStatus> {
  return jobStatus(folder, ledger, systemClock.wall());
}

function lineFrom(
  { id, folder }: LookedAt,
  status: JobStatus,
  roots: readonly string[],
  broken: number | null = null,
): JobLine {
  const { summary, isRunning, runs } = status;
  const { urls, requests, bytes, elapsedMs, stoppedBy, waitingFor } = summary;
  const isFinished = summary.state === 'finished';
  const standing = { roots, urls, broken, isRunning, isPaused: false, isFinished, stoppedBy, waitingFor, leftMs: null };
  return {
    ...{ id, folder, roots, isOurs: false, requests, bytes, elapsedMs, trouble: null },
    state: isRunning ? 'running' : summary.state,
    urls: countsOf(urls),
    startedAt: runs[0]?.startedAt ?? null,
    updatedAt: runs.at(-1)?.updatedAt ?? null,
    sentence: sentenceOf({ ...standing, inFlight: status.inFlight }, systemClock.wall()),
  };
}

export function countsOf({ queued, leased, done, failed, skipped }: Counts): Counts {
  return { queued, leased, done, failed, skipped };
}
