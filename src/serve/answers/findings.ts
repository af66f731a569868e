// Answers about what a job found: problems, the shape of the site, the course of time.

import { systemClock } from '../../base/clock.ts';
import { JobError } from '../../base/errors.ts';
import { EXAMPLES_MAX } from '../../base/limits-of-serving.ts';
import { allOf } from '../../base/paged.ts';
import { openReader } from '../../search/open-index.ts';
import { patternFault, patternOf } from '../../url/pattern.ts';
import { redirectsOf } from '../../views/report/redirects.ts';
import type {
  BrokenAnswer,
  DuplicatesAnswer,
  ExclusionsAnswer,
  PreviewAnswer,
  RedirectsAnswer,
  TimelineAnswer,
  TrapsAnswer,
  TreeAnswer,
} from '../api/findings.ts';
import { ApiError } from '../failures.ts';
import { helpOf } from '../help.ts';
import { holdsInLogs } from '../live/holds-in-log.ts';
import { limitIn, type QueryFields, wholeIn } from '../parameters.ts';
import { childrenOf, duplicatesOf, timelineOf } from '../table/groups.ts';
import type { AskedJob } from './job-answers.ts';
import { tookSince } from './urls.ts';

export async function brokenAnswerOf(job: AskedJob): Promise<BrokenAnswer> {
  const begunAt = systemClock.now();
  await job.ready();
  const { broken, badLinks } = await job.report();
  return {
    total: broken.total,
    links: broken.links,
    urls: broken.urls.map((each) => ({
      ...each,
      help:
        each.error === null
          ? helpOf('status', each.status === null ? null : String(each.status))
          : helpOf('error', each.error),
    })),
    badLinks: badLinks.hrefs.flatMap(({ href, element, referrers }) =>
      referrers.map((page) => ({ page, href, element })),
    ),
    badLinksTotal: badLinks.total,
    tookMs: tookSince(begunAt),
  };
}

export async function redirectsAnswerOf(job: AskedJob): Promise<RedirectsAnswer> {
  const begunAt = systemClock.now();
  const redirects = redirectsOf(await allOf(job.ledger.links.redirects()));
  const { total, chainCount, chains, loopCount, loops } = await redirects.chains(job.ledger.rows.of);
  return { total, chainCount, chains, loopCount, loops, tookMs: tookSince(begunAt) };
}

export async function trapsAnswerOf(job: AskedJob): Promise<TrapsAnswer> {
  const begunAt = systemClock.now();
  await job.ready();
  const { urls, traps } = (await job.report()).traps;
  return { urls, traps, tookMs: tookSince(begunAt) };
}

export async function duplicatesAnswerOf(job: AskedJob, query: QueryFields): Promise<DuplicatesAnswer> {
  const begunAt = systemClock.now();
  await job.ready();
  return { ...duplicatesOf(job.table, limitIn(query, 100), EXAMPLES_MAX), tookMs: tookSince(begunAt) };
}

/** Pages whose words have the same fingerprint, by the index for searches. */
export async function nearDuplicatesAnswerOf(job: AskedJob, query: QueryFields): Promise<DuplicatesAnswer> {
  const begunAt = systemClock.now();
  await using index = await openReader(job.folder, job.ledger).catch((error: Error) => {
    throw error instanceof JobError ? new ApiError(409, 'no-index', error.message) : error;
  });
  const { count, groups } = await index.alike(limitIn(query, 100), EXAMPLES_MAX);
  return {
    groupCount: count,
    groups: groups.map(({ pages, urls }) => ({ urls: pages, bytes: null, examples: urls, q: null })),
    tookMs: tookSince(begunAt),
  };
}

export async function treeAnswerOf(job: AskedJob, query: QueryFields): Promise<TreeAnswer> {
  const begunAt = systemClock.now();
  await job.ready();
  const path = query['path'] ?? '';
  return {
    path,
    ...childrenOf(job.table, path, limitIn(query, 500)),
    tookMs: tookSince(begunAt),
    upTo: job.table.upTo,
  };
}

export async function timelineAnswerOf(job: AskedJob, query: QueryFields): Promise<TimelineAnswer> {
  const begunAt = systemClock.now();
  await job.ready();
  const time = (name: string): number | null => {
    const at = wholeIn(query, name, -1, 0, Number.MAX_SAFE_INTEGER);
    return at < 0 ? null : at;
  };
  const points = wholeIn(query, 'points', 200, 1, 1_000);
  const timeline = timelineOf(job.table, query['q'] ?? '', time('from'), time('to'), points);
  const [begin, end] = [timeline.from ?? 0, timeline.to ?? 0];
  const holds = (await holdsInLogs(job.folder)).filter(({ from, to }) => from <= end && to >= begin);
  return { ...timeline, holds, tookMs: tookSince(begunAt), upTo: job.table.upTo };
}

/** What is excluded in a job that this process does not crawl. */
export async function exclusionsAnswerOf({ ledger }: AskedJob): Promise<ExclusionsAnswer> {
  const exclusions: ExclusionsAnswer['exclusions'][number][] = [];
  for (const { pattern, since } of await ledger.job.exclusions()) {
    const { length } = await ledger.rows.excludedBy(pattern);
    exclusions.push({ id: exclusions.length + 1, pattern, since, setAside: length });
  }
  return { exclusions };
}

/** How many queued URLs a pattern matches. The expression takes linear time, and the event loop gets turns. */
export async function previewAnswerOf(job: AskedJob, query: QueryFields): Promise<PreviewAnswer> {
  const begunAt = systemClock.now();
  const typed = query['pattern'] ?? '';
  const fault = typed === '' ? 'it is empty' : patternFault(typed);
  if (fault !== null) throw new ApiError(400, 'bad-pattern', `${JSON.stringify(typed)}: ${fault}.`);
  const pattern = patternOf(typed);
  const examples: string[] = [];
  let queued = 0;
  for await (const ids of job.ledger.rows.queued()) {
    for (const url of await job.ledger.links.urls(ids)) {
      if (!pattern.test(url)) continue;
      queued += 1;
      if (examples.length < EXAMPLES_MAX) examples.push(url);
    }
  }
  return { queued, examples, tookMs: tookSince(begunAt) };
}
