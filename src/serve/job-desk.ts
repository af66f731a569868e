// Answers for all served jobs: it knows which of them this process crawls, and asks the threads about the rest.

import type { ServerResponse } from 'node:http';
import type { SeenFailure } from '../job/observer.ts';
import type { JobToServe } from './answers/job-answers.ts';
import type { ViewedPage } from './answers/viewed.ts';
import type { FailureLine, JobAnswer, JobLine, JobsAnswer, LiveState } from './api/jobs.ts';
import { ApiError } from './failures.ts';
import type { JobThreads } from './job-threads.ts';
import { failuresInLog } from './live/failures-in-log.ts';
import { createFeed, type Feed, type FeedSource } from './live/feed.ts';
import { exclusionsOf, type OwnJob, ownLive, patternIn, steer } from './live/own-job.ts';
import { type JobFigures, metricsText } from './metrics.ts';
import type { QueryFields } from './parameters.ts';
import type { Route } from './routes.ts';
import type { ServedJobs } from './served-jobs.ts';

export interface JobDesk extends AsyncDisposable {
  /** Answers a question of the API. Rejects with ApiError. */
  ask(route: Route, query: QueryFields): Promise<unknown>;
  /** Changes a run. */
  change(route: Route, body: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Sends events until the reader leaves. */
  watch(id: string, response: ServerResponse): Promise<void>;
  csvPart(id: string, query: QueryFields): Promise<{ readonly text: string; readonly next: string | null }>;
  view(id: string, name: string): Promise<ViewedPage>;
  metrics(): Promise<string>;
}

/** `own` is the job that this process crawls, with its id among the served ones. */
export function createJobDesk(
  served: ServedJobs,
  threads: JobThreads,
  own: { readonly id: string; readonly job: OwnJob } | null,
): JobDesk {
  const feeds = new Map<string, Feed>();

  const ownOf = (id: string): OwnJob | null => (own?.id === id ? own.job : null);
  const withOwn = <T extends JobLine>(line: T): T => {
    const job = ownOf(line.id);
    if (job === null) return line;
    // Once it is over, the store knows it as well, and the table tells what is broken.
    if (job.isOver() && line.state !== 'running') return { ...line, isOurs: true };
    const { state, sentence, urls, requests, bytes, elapsedMs } = ownLive(job, 0, 0);
    return { ...line, isOurs: true, state, sentence, urls, requests, bytes, elapsedMs };
  };
  const jobAnswer = async (place: JobToServe): Promise<JobAnswer> => {
    const answer = withOwn(await threads.ask<JobAnswer>(place, 'job'));
    const job = ownOf(place.id);
    if (job === null) return answer;
    const { inFlight, hosts, waitingFor, control } = ownLive(job, 0, 0);
    return { ...answer, inFlight, hosts, waitingFor, control };
  };
  const sourceOf = (place: JobToServe): FeedSource => {
    const job = ownOf(place.id);
    return job === null ? foreignSource(place) : ownSource(job);
  };
  const foreignSource = (place: JobToServe): FeedSource => ({
    isOwn: false,
    async live(pagesPerSecond, bytesPerSecond) {
      const state = await threads.ask<LiveState>(place, 'live');
      if (state.state !== 'running') return state;
      const left = state.urls.queued + state.urls.leased;
      const leftMs = pagesPerSecond > 0 ? (left / pagesPerSecond) * 1000 : null;
      return { ...state, pagesPerSecond, bytesPerSecond, leftMs };
    },
    failuresAfter: (at) => failuresInLog(place.folder, at),
  });
  const feedOf = (place: JobToServe): Feed => {
    const feed = feeds.get(place.id) ?? createFeed(sourceOf(place));
    feeds.set(place.id, feed);
    return feed;
  };
  const figures = async (): Promise<JobFigures[]> => {
    if (own !== null) return [{ job: own.id, live: ownLive(own.job, 0, 0), observer: own.job.observer }];
    const { jobs } = await served.list();
    const all: JobFigures[] = [];
    for (const { id, trouble } of jobs) {
      if (trouble !== null) continue;
      all.push({ job: id, live: await threads.ask<LiveState>(await served.find(id), 'live'), observer: null });
    }
    return all;
  };
  // So that the history is there when somebody comes.
  if (own !== null) void served.find(own.id).then(feedOf, () => {});
  return {
    async ask({ name, parts }, query) {
      if (name === 'jobs') {
        const { jobs, ...rest } = await served.list();
        return { jobs: jobs.map(withOwn), ...rest } satisfies JobsAnswer;
      }
      const place = await served.find(parts['job']!);
      if (name === 'job') return jobAnswer(place);
      if (name !== 'exclusions') return threads.ask(place, name, query);
      const job = ownOf(place.id);
      return job === null ? threads.ask(place, name) : exclusionsOf(job);
    },
    async change({ name, parts }, body) {
      const place = await served.find(parts['job']!);
      if (name === 'preview') return threads.ask(place, name, { pattern: patternIn(body) });
      const job = ownOf(place.id);
      if (job !== null) return steer(job, name, body, parts['exclusion'] ?? '');
      const { control } = await threads.ask<LiveState>(place, 'live');
      throw new ApiError(409, 'not-ours', control.why ?? 'This process does not crawl that job.');
    },
    async watch(id, response) {
      await feedOf(await served.find(id)).add(response);
    },
    csvPart: async (id, query) => threads.ask(await served.find(id), 'csv', query),
    view: async (id, name) => threads.ask(await served.find(id), 'view', { name }),
    metrics: async () => metricsText(await figures()),
    async [Symbol.asyncDispose]() {
      for (const feed of feeds.values()) feed.close();
      await threads[Symbol.asyncDispose]();
    },
  };
}

function ownSource(job: OwnJob): FeedSource {
  return {
    isOwn: true,
    live: async (pagesPerSecond, bytesPerSecond) => ownLive(job, pagesPerSecond, bytesPerSecond),
    async failuresAfter(place) {
      const found = job.observer.failuresAfter(place);
      return { failures: found.map(failureLine), place: found.at(-1)?.number ?? place };
    },
  };
}

function failureLine({ at, url, error, status, detail, isFinal }: SeenFailure): FailureLine {
  return { at, url, error, status, detail, isFinal };
}
