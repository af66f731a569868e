// What a crawl says of itself, while it runs, when it has ended and after it was killed: requests on the wire, hosts,
// what it waits for.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { statusLines } from '../../src/cli/status.ts';
import { storyLines } from '../../src/cli/why.ts';
import { crawl, type Progress } from '../../src/index.ts';
import { type JobStatus, jobStatus } from '../../src/views/report/job-summary.ts';
import { urlStory } from '../../src/views/report/url-story.ts';
import { gossamer, startGossamer } from '../helpers/gossamer.ts';
import { crawledTo, jobFolders, reading } from '../helpers/job-folders.ts';
import { rawServer } from '../helpers/raw-server.ts';
import { serveSite } from '../helpers/site.ts';

const newJob = jobFolders('figures');

async function statusOf(job: string): Promise<JobStatus> {
  return await reading(job, (ledger) => jobStatus(job, ledger, Date.now()));
}

async function statusText(job: string): Promise<string> {
  return statusLines(await statusOf(job), [], Date.now()).join('\n');
}

const NO_CONTENTS = { of: async () => null };

async function whyText(job: string, url: string): Promise<string> {
  const verdict = { allowed: true, line: 0, text: '' };
  return storyLines(
    (await reading(job, (ledger) => urlStory(ledger, NO_CONTENTS, url, () => verdict)))!,
    Date.now(),
  ).join('\n');
}

function links(...hrefs: string[]): string {
  return hrefs.map((href) => `<a href="${href}">x</a>`).join('');
}

function html(response: ServerResponse, body: string): void {
  response.setHeader('content-type', 'text/html').end(body);
}

/** The lines of the job's log with this event. */
function logged(job: string, event: string): Record<string, unknown>[] {
  const lines = readFileSync(join(job, 'logs/gossamer.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((each) => each['event'] === event);
}

test('summary: what is in flight is on the wire, and never more than the server may see', async () => {
  const pages = Array.from({ length: 200 }, (_, n) => `/${n}`);
  const told: number[] = [];
  let run: ReturnType<typeof crawl> | null = null;
  await using site = await serveSite((path, response) => {
    told.push(run!.progress()!.inFlight);
    setImmediate().then(() => html(response, path === '/' ? links(...pages) : 'x'.repeat(20_000)));
  });
  run = crawl(site.root, { output: newJob(), sitemaps: false, concurrency: 48, hostConcurrency: 6, adapt: false });
  const { peakInFlight, urls } = await run.summary;
  assert.equal(urls.done, 201);
  assert.ok(Math.max(...told) <= 6, `${Math.max(...told)} were told`);
  assert.ok(peakInFlight <= 6 && peakInFlight >= Math.max(...site.log.map(({ open }) => open)), String(peakInFlight));
});

test('summary, status: how late the event loop was, in the worst run', async () => {
  await using site = await serveSite((path, response) => html(response, path === '/' ? links('/a') : ''));
  const job = newJob();
  const busyMs = [60, 0];
  for (const limit of [1, null]) {
    const forMs = busyMs.shift()!;
    const onPage = (): void => {
      for (const until = performance.now() + forMs; performance.now() < until; );
    };
    const { loopLate } = await crawl(site.root, { output: job, sitemaps: false, limit, onPage }).summary;
    assert.ok(loopLate!.mostMs >= 50 && loopLate!.mostMs >= loopLate!.p999Ms, JSON.stringify(loopLate));
  }
  assert.ok((await statusOf(job)).summary.loopLate!.mostMs >= 50);
  assert.match(
    await statusText(job),
    /\n {2}loop {5}at most [\d,]+ ms late, and 99\.9 % of the time at most [\d,]+ ms/,
  );
});

test('summary: hosts are those that were asked, in the runs to come too', async () => {
  const others = Array.from({ length: 20 }, (_, n) => `http://other-${n}.example/`);
  await using site = await serveSite((path, response) =>
    html(response, path === '/' ? links('/a', '/b', ...others) : ''),
  );
  const job = newJob();
  for (const limit of [1, 2, null]) {
    const { hosts } = await crawledTo(job, site.root, { limit });
    assert.deepEqual(
      [hosts, (await statusOf(job)).summary.hosts].map((each) => each.map(({ host }) => `${host}/`)),
      [[site.root], [site.root]],
    );
  }
});

test('status, why, summary: a host that asks for more patience than there is keeps its hold and its reason', async () => {
  await using site = await serveSite((path, response) => {
    if (path === '/') html(response, links('/busy', '/next'));
    else response.writeHead(429, { 'retry-after': '7200' }).end();
  });
  const job = newJob();
  const summary = await crawledTo(job, site.root, { hostPatienceMs: 1_000, concurrency: 1 });
  const host = site.root.slice(0, -1);
  assert.equal(summary.stoppedBy, 'held');
  const status = (await statusOf(job)).summary;
  for (const { hosts, waitingFor } of [summary, status]) {
    const [held] = hosts;
    assert.deepEqual([held?.host, held?.why], [host, 'status 429']);
    assert.ok(held!.heldUntil! > Date.now() + 7_000_000);
    assert.deepEqual({ ...waitingFor, until: null }, { host, until: null, why: 'status 429' });
    // Each look at the clocks may round to another millisecond.
    assert.ok(Math.abs(waitingFor!.until! - held!.heldUntil!) <= 2);
  }
  assert.match(await statusText(job), /\n {2}waits {4}for http:\S+ until [\d :-]+ \(.* h .*\): status 429/);
  assert.match(await whyText(job, `${site.root}busy`), /\n {2}held {6}until \S+: status 429/);
});

test('status, why, summary: so does one whose robots.txt is not to be had, and that it was asked for is told', async () => {
  await using site = await rawServer(() => 'HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
  const job = newJob();
  const summary = await crawledTo(job, site.url, { hostPatienceMs: 1_000 });
  assert.equal(summary.stoppedBy, 'held');
  const why = 'robots.txt: status 503';
  assert.deepEqual(summary.waitingFor, { host: site.url.slice(0, -1), until: null, why });
  for (const { hosts } of [summary, (await statusOf(job)).summary]) {
    assert.deepEqual([hosts.length, hosts[0]?.why], [1, why]);
    assert.ok(hosts[0]!.heldUntil! > 0);
  }
  assert.match(await statusText(job), /\n {2}held {5}http:\S+ until [\d:]+, which is past: robots.txt: status 503/);
  const story = await whyText(job, site.url);
  assert.match(
    story,
    /\n {2}robots {4}status 503, asked for \S+, to be retried\n +no requests to the host are allowed/,
  );
  assert.match(story, /\n {2}held {6}until \S+, which is past: the next run tries again: robots.txt: status 503/);
  assert.doesNotMatch(story, /not asked for/);
});

test('why: of a host whose robots.txt is no HTTP, what that means and how to go on are told', async () => {
  await using site = await rawServer(() => 'SSH-2.0-OpenSSH_9.9\r\n');
  const job = newJob();
  const { urls } = await crawledTo(job, site.url, {});
  assert.equal(urls.failed, 1);
  const story = await whyText(job, site.url);
  assert.match(story, /\n {2}detail {4}its robots.txt: no HTTP response: it begins with "SSH-2"\n/);
  assert.match(story, /\n {2}because {3}the response is not HTTP\n +.+gossamer retry --error http-malformed queues it/);
  assert.match(story, /\n {2}robots {4}no response, asked for \S+, given up\n/);
});

test('why: a URL that failed by itself gives up no host whose robots.txt is due again', async () => {
  const failing: Readonly<Record<string, string>> = { '/bad': 'decode', '/loop': 'redirect-loop' };
  await using site = await serveSite(
    (path, response) => {
      response.setHeader('content-type', 'text/html');
      if (path === '/bad') response.setHeader('content-encoding', 'gzip, gzip, gzip').end('x');
      else if (path === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else response.end('<a href=/private>x</a> <a href=/bad>x</a> <a href=/loop>x</a>');
    },
    () => 'User-agent: *\nDisallow: /private\n',
  );
  const job = newJob();
  await crawledTo(job, site.root, {});
  const retry = await gossamer(['retry', job, '--reason', 'robots']);
  assert.equal(retry.code, 0, retry.stderr);
  for (const [path, error] of Object.entries(failing)) {
    const story = await whyText(job, site.root + path.slice(1));
    assert.match(story, new RegExp(`\n  state +failed: ${error}`));
    assert.match(story, /\n {2}robots .*, to be retried\n/);
  }
});

/** Resolves once `look` gives something. */
async function until<T>(look: () => T | null | undefined | Promise<T | null | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined) return found;
    await setImmediate();
  }
}

test('progress, status, log: where only tries again are waited for, it is told for what and until when', {
  timeout: 60_000,
}, async () => {
  await using site = await serveSite((path, response) => {
    if (path.startsWith('/late')) response.statusCode = 503;
    html(response, path === '/' ? links('/late/1', '/late/2', '/fine') : '');
  });
  const job = newJob();
  const run = crawl(site.root, { output: job, sitemaps: false, retries: 2 });
  // The second wait is of four seconds.
  const waiting = await until(() => {
    const progress: Progress | null = run.progress();
    return site.log.length >= 6 && progress?.waitingFor?.why.includes('1 more') ? progress : null;
  });
  const { host, until: at, why } = waiting.waitingFor!;
  assert.deepEqual([waiting.inFlight, host, waiting.urls.queued], [0, site.root.slice(0, -1), 2]);
  assert.match(why, /^\/late\/[12] is asked again after status 503, and 1 more URL then or later$/);
  assert.ok(at! > Date.now());
  await until(async () => (await statusOf(job)).summary.waitingFor);
  assert.match(
    await statusText(job),
    /^Running for .*, 0 in flight\.\n(.*\n)* {2}waits {4}for http:\S+ until \S+ \(.* s\): \/late\/. is asked again after status 503/,
  );
  await until(() => logged(job, 'waiting').find((each) => String(each['why']).includes('is asked again')));
  run.stop('now');
  await run.summary;
  assert.equal((await statusOf(job)).summary.waitingFor?.why, why, 'also when it has ended');
  const dates = logged(job, 'waiting').map((each) => String(each['until']));
  for (const date of dates) assert.match(date, /^\d{4}-\d\d-\d\dT/);
  assert.equal(new Set(dates.map((date) => date.slice(0, 19))).size, dates.length, `each once: ${dates}`);
});

test('progress: past the limit, between two requests and for a sitemap it tells what is waited for too', {
  timeout: 60_000,
}, async () => {
  const sitemap = 'User-agent: *\nSitemap: ROOTlate.xml\n';
  for (const [robots, settings, text] of [
    [null, { limit: 2 }, /^\/late is asked again after status 503$/],
    ['User-agent: *\nCrawl-delay: 20\n', {}, /^one request every 20 s$/],
    [sitemap, { sitemaps: true }, /^a sitemap is asked for again$/],
  ] as const) {
    await using site = await serveSite((path, response) => {
      if (path.startsWith('/late')) response.statusCode = 503;
      html(response, path === '/' && robots !== sitemap ? links('/late', '/other') : '');
    }, robots);
    const run = crawl(site.root, { output: newJob(), sitemaps: false, concurrency: 1, ...settings });
    const why = await until(() => run.progress()?.waitingFor?.why);
    assert.match(why, text);
    run.stop('now');
    await run.summary;
  }
});

test('status: a run that was killed is not said to be running', { timeout: 60_000 }, async () => {
  await using site = await serveSite((path, response) => {
    if (path === '/') html(response, links('/silent'));
  });
  const job = newJob();
  const { child, finished } = startGossamer(['crawl', site.root, '-o', job, '-q']);
  await until(() => site.log.find(({ path }) => path === '/silent'));
  await until(async () => ((await statusOf(job)).isRunning ? true : null));
  child.kill('SIGKILL');
  await finished;
  const { isRunning, inFlight, summary } = await statusOf(job);
  assert.deepEqual([isRunning, inFlight, summary.urls.leased], [false, 0, 0]);
  assert.match(await statusText(job), /^Unfinished: the last run broke off\. Run the same command to continue\.\n/);
});
