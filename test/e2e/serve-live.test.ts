// A crawl that is watched and steered through the API, and one that another process makes.

import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { startCrawl } from '../../src/job/assemble.ts';
import { createObserver } from '../../src/job/observer.ts';
import { createSteering } from '../../src/job/steering.ts';
import { resolveOptions } from '../../src/options/options.ts';
import type {
  ErrorAnswer,
  ExclusionsAnswer,
  FailureLine,
  FailuresEvent,
  JobAnswer,
  JobsAnswer,
  LiveState,
  PaceSettings,
  PreviewAnswer,
} from '../../src/serve/api.ts';
import type { OwnJob } from '../../src/serve/live/own-job.ts';
import { gossamer, startGossamer } from '../helpers/gossamer.ts';
import { crawledTo, jobFolders, reading } from '../helpers/job-folders.ts';
import { type Asking, rawRequest, serving, untilEvent } from '../helpers/served.ts';
import { type Site, serveSite } from '../helpers/site.ts';

const newFolder = jobFolders('serve-live');
const EACH = 30;

interface HeldSite {
  readonly site: Site;
  /** Answers what waits, and from now on all but what matches. */
  release(except?: RegExp): void;
}

/** The root is answered at once; pages wait until they are released. */
async function heldSite(): Promise<HeldSite> {
  const waiting = new Map<string, ServerResponse>();
  let held = /./;
  const paths = ['a', 'trap'].flatMap((folder) => Array.from({ length: EACH }, (_, at) => `/${folder}/${at}`));
  const answer = (path: string, response: ServerResponse): void => {
    response.statusCode = path === '/a/7' ? 404 : 200;
    response.end(`<title>${path}</title>`);
  };
  const site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    if (path === '/') response.end(paths.map((each) => `<a href=${each}>x</a>`).join(''));
    else if (held.test(path)) waiting.set(path, response);
    else answer(path, response);
  });
  return {
    site,
    release(except = /^$/) {
      held = except;
      for (const [path, response] of waiting) {
        if (held.test(path)) continue;
        waiting.delete(path);
        answer(path, response);
      }
    },
  };
}

async function ownCrawl(root: string, output: string): Promise<OwnJob> {
  const options = resolveOptions({ roots: root, output, sitemaps: false, concurrency: 4, adapt: false, delayMs: 0 });
  const { concurrency, hostConcurrency, delayMs, limit, roots } = options;
  const steering = createSteering({ concurrency, hostConcurrency, delayMs, limit });
  const observer = createObserver(systemClock);
  const run = await startCrawl(options, { steering, observer });
  let isOver = false;
  const end = (): void => {
    isOver = true;
  };
  run.summary.then(end, end);
  return { run, steering, observer, roots, stopping: false, isOver: () => isOver };
}

async function baseOf({ get }: Asking): Promise<string> {
  return `/api/jobs/${(await get<JobsAnswer>('/api/jobs')).jobs[0]!.id}`;
}

interface WatchedCrawl extends HeldSite, AsyncDisposable {
  readonly own: OwnJob;
  readonly asking: Asking;
  readonly base: string;
  /** The first live state that is wanted. */
  until(isWanted: (state: LiveState) => boolean): Promise<LiveState>;
}

/** A crawl of this process, with its page. */
async function watchedCrawl(job = newFolder(), held?: HeldSite): Promise<WatchedCrawl> {
  const { site, release } = held ?? (await heldSite());
  const own = await ownCrawl(site.root, job);
  const asking = await serving([job], own);
  const base = await baseOf(asking);
  return {
    ...{ site, release, own, asking, base },
    until: (isWanted) => untilEvent<LiveState>(asking, base, (name, data) => name === 'live' && isWanted(data)),
    async [Symbol.asyncDispose]() {
      await asking[Symbol.asyncDispose]();
      if (held === undefined) await site[Symbol.asyncDispose]();
    },
  };
}

const told = ({ sentence }: LiveState): string => sentence.map(({ text }) => text).join('');

test('crawl --serve: it is seen moving, paused, slowed, a pattern excluded and taken back', async () => {
  await using crawl = await watchedCrawl();
  const { site, release, own, asking, base, until } = crawl;
  const busy = await until(({ flights }) => flights?.filter(({ stage }) => stage === 'request').length === 4);
  assert.deepEqual([busy.state, busy.control.isPossible, busy.inFlight], ['running', true, 4]);
  assert.match(told(busy), /^Crawling 127\.0\.0\.1:\d+: 1 page done, 60 queued/);

  assert.deepEqual(await asking.post(`${base}/pause`, {}), { isPaused: true, isStopping: false });
  release(/./);
  const before = site.log.length;
  release(/^$/);
  const paused = await until(({ inFlight, flights }) => inFlight === 0 && flights?.length === 0);
  assert.match(told(paused), /^Paused\. 5 pages done, 56 queued/);
  assert.equal(site.log.length, before);

  const preview = await asking.post<PreviewAnswer>(`${base}/exclusions/preview`, { pattern: '/trap/' });
  assert.equal(preview.queued, EACH);
  assert.match(preview.examples[0]!, /\/trap\/0$/);
  const bad = await asking.post<ErrorAnswer>(`${base}/exclusions`, { pattern: '(' }, 400);
  assert.match(bad.error.message, /not a valid expression/);
  const { exclusions } = await asking.post<ExclusionsAnswer>(`${base}/exclusions`, { pattern: '/trap/' });
  const pace = await asking.post<PaceSettings>(`${base}/pace`, { concurrency: 2, hostConcurrency: 3, limit: 100 });
  assert.deepEqual([pace.concurrency, pace.concurrencyMost, pace.hostConcurrency, pace.limit], [2, 4, 3, 100]);
  for (const wrong of [{ concurrency: 5 }, { delayMs: -1 }, { limit: 0 }, { hostConcurrency: 'x' }, { roots: 1 }]) {
    await asking.post(`${base}/pace`, wrong, 400);
  }
  release(/^\/a\/29$/);
  await asking.post(`${base}/resume`, {});
  const drained = await until(({ urls, inFlight }) => urls.skipped === EACH && inFlight === 1);
  assert.equal(drained.urls.queued, 0);
  assert.ok(Math.max(...site.log.slice(before).map(({ open }) => open)) <= 2, 'two at a time');
  assert.equal((await asking.get<ExclusionsAnswer>(`${base}/exclusions`)).exclusions[0]?.setAside, EACH);

  assert.equal((await asking.post<ErrorAnswer>(`${base}/exclusions/99/undo`, {}, 404)).error.code, 'no-exclusion');
  const back = await asking.post<ExclusionsAnswer>(`${base}/exclusions/${exclusions[0]!.id}/undo`, {});
  assert.deepEqual(back.exclusions, []);
  release();
  const summary = await own.run.summary;
  assert.deepEqual([summary.state, summary.urls.done, summary.urls.skipped], ['finished', 2 * EACH + 1, 0]);
  const asked = site.log.map(({ path }) => path);
  assert.equal(new Set(asked).size, asked.length, 'each URL was asked for once');

  const { origin } = asking.served;
  const metrics = (await rawRequest(origin, '/metrics', { host: new URL(origin).host })).text;
  assert.match(metrics, /gossamer_pages_total\{job="1"\} 61\n/);
  assert.match(metrics, /gossamer_request_seconds_bucket\{job="1",le="\+Inf"\} \d+\n/);
  assert.doesNotMatch(metrics, /\/trap\//);
  const over = await asking.post<ErrorAnswer>(`${base}/pause`, {}, 409);
  assert.equal(over.error.code, 'over');
});

test('crawl --serve: a failure is told as it comes, and the run can be stopped', async () => {
  await using crawl = await watchedCrawl();
  const { release, own, asking, base } = crawl;
  const failed = untilEvent<FailuresEvent>(asking, base, (name) => name === 'failures');
  release(/^\/trap\//);
  const [failure] = (await failed).failures as [FailureLine];
  assert.deepEqual([new URL(failure.url).pathname, failure.status, failure.isFinal], ['/a/7', 404, true]);
  assert.deepEqual(await asking.post(`${base}/stop`, {}), { isPaused: false, isStopping: true });
  release();
  const summary = await own.run.summary;
  assert.deepEqual([summary.state, summary.stoppedBy], ['unfinished', 'interrupt']);
  const answer = await asking.get<JobAnswer>(base);
  assert.deepEqual([answer.isOurs, answer.state, answer.control.isPossible], [true, 'unfinished', false]);
});

test('crawl --serve: what was excluded stays excluded in later runs, until it is taken back', async () => {
  const held = await heldSite();
  await using site = held.site;
  const job = newFolder();
  const exclusionsAt = async ({ asking, base }: Pick<WatchedCrawl, 'asking' | 'base'>) =>
    (await asking.get<ExclusionsAnswer>(`${base}/exclusions`)).exclusions;
  {
    await using first = await watchedCrawl(job, held);
    await first.until(({ flights }) => flights?.filter(({ stage }) => stage === 'request').length === 4);
    for (const pattern of ['/trap/', '/never/', '/never/', '/trap/1'])
      await first.asking.post(`${first.base}/exclusions`, { pattern });
    await first.asking.post(`${first.base}/exclusions/3/undo`, {});
    for (const pattern of ['', 'x'.repeat(251), 'a\u0000', '\ud800'])
      await first.asking.post(`${first.base}/exclusions`, { pattern }, 400);
    await first.asking.post(`${first.base}/stop`, {});
    held.release();
    await first.own.run.summary;
  }
  {
    await using between = await serving([job]);
    const patterns = (await exclusionsAt({ asking: between, base: await baseOf(between) })).map(
      ({ pattern }) => pattern,
    );
    assert.deepEqual(patterns, ['/trap/', '/never/']);
  }
  const resumed = await crawledTo(job, site.root);
  assert.deepEqual([resumed.state, resumed.urls.done, resumed.urls.skipped], ['finished', EACH + 1, EACH]);
  assert.ok(!site.log.some(({ path }) => path.startsWith('/trap/')), 'without a page too');

  await using last = await watchedCrawl(job, held);
  const [trap, never] = await exclusionsAt(last);
  assert.deepEqual([trap?.setAside, never?.setAside], [EACH, 0]);
  await last.own.run.summary;
  await last.asking.post(`${last.base}/exclusions/${trap!.id}/undo`, {}, 409);
  assert.equal((await gossamer(['retry', job, '--reason', 'excluded', '-q'])).code, 0);
  const whole = await crawledTo(job, site.root);
  assert.deepEqual([whole.urls.done, whole.urls.skipped], [2 * EACH + 1, 0]);
  const asked = site.log.map(({ path }) => path);
  assert.equal(new Set(asked).size, asked.length, 'each URL was asked for once');
});

test('crawl --serve: an exclusion of an earlier run is taken back, and its URLs are queued again', async () => {
  const held = await heldSite();
  await using _ = held.site;
  const job = newFolder();
  {
    await using first = await watchedCrawl(job, held);
    await first.asking.post(`${first.base}/exclusions`, { pattern: '/trap/' });
    held.release(/^\/a\/29$/);
    await first.until(({ urls, inFlight }) => urls.skipped === EACH && inFlight === 1);
    first.own.run.stop('now');
    await first.own.run.summary;
  }
  await using second = await watchedCrawl(job, held);
  await second.until(({ flights }) => flights?.some(({ url }) => url.endsWith('/a/29')) === true);
  const { exclusions } = await second.asking.post<ExclusionsAnswer>(`${second.base}/exclusions/1/undo`, {});
  assert.deepEqual(exclusions, []);
  held.release();
  const { state, urls } = await second.own.run.summary;
  assert.deepEqual([state, urls.done, urls.skipped], ['finished', 2 * EACH + 1, 0]);
  assert.deepEqual(await reading(job, ({ job: reader }) => reader.exclusions()), []);
});

test('serve: a job that another process crawls is seen live, and only that process can change it', async () => {
  const { site, release } = await heldSite();
  await using _ = site;
  const job = newFolder();
  const first = Promise.withResolvers<void>();
  site.onRequest = ({ path }) => path !== '/' && first.resolve();
  const { finished } = startGossamer(['crawl', site.root, '-o', job, '-q', '--no-adapt', '--no-sitemaps']);
  await first.promise;
  await using asking = await serving([job]);
  const base = await baseOf(asking);
  const until = (isWanted: (state: LiveState) => boolean) =>
    untilEvent<LiveState>(asking, base, (name, data) => name === 'live' && isWanted(data));
  const state = await until(({ inFlight }) => inFlight > 0);
  assert.deepEqual([state.state, state.flights, state.pace, state.control.isPossible], ['running', null, null, false]);
  assert.match(state.control.why!, /Another process crawls this job/);
  for (const change of ['pause', 'resume', 'stop', 'pace', 'exclusions', 'exclusions/1/undo']) {
    const { error } = await asking.post<ErrorAnswer>(`${base}/${change}`, { pattern: 'x' }, 409);
    assert.equal(error.code, 'not-ours', change);
  }
  release();
  assert.equal((await finished).code, 0);
  const end = await until(({ state }) => state === 'finished');
  assert.equal(end.urls.done, 2 * EACH + 1);
});
