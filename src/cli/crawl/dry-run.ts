// crawl --dry-run: shows what a crawl would do first. It requests only the robots.txt of each root's host and writes
// nothing.

import type { Fetch, Summary } from '../../base/contracts.ts';
import { showCountOf, showSize, showSpan } from '../../base/figures.ts';
import { allOf } from '../../base/paged.ts';
import { version } from '../../base/version.ts';
import { fetchRobots, makeFetcher, productTokens, readRobots } from '../../job/assemble.ts';
import { type CrawlOptions, jobFolder } from '../../options/options.ts';
import { hostOf } from '../../url/host.ts';
import { agentsIn } from '../../url/host-agents.ts';
import { jobStatus } from '../../views/report/job-summary.ts';
import { isJob, withLedger } from '../job.ts';
import type { Shell } from '../shell.ts';

/** What `crawl --dry-run --json` prints. */
export interface Plan {
  readonly roots: readonly PlannedRoot[];
  readonly hosts: readonly PlannedHost[];
  readonly scope: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly depth: number | null;
  readonly limit: number | null;
  readonly userAgent: string;
  readonly job: {
    /** Null for a job in memory. */
    readonly folder: string | null;
    /** The state of the job in that folder. */
    readonly state: 'new' | Summary['state'];
    /** For an unfinished job: the number of queued URLs. */
    readonly queued: number;
  };
  /** The first URLs that would be requested. */
  readonly next: readonly string[];
}

interface PlannedRoot {
  readonly url: string;
  readonly allowed: boolean;
  /** The line of robots.txt that decides, counted from 1; null if no line does. */
  readonly line: number | null;
  readonly text: string;
}

interface PlannedHost {
  readonly host: string;
  /** The status of its robots.txt: 0 if there was no response, null if it was not requested. */
  readonly status: number | null;
  readonly error: string | null;
  /** False if no requests to the host are allowed for now. */
  readonly isOpen: boolean;
  /** Seconds. */
  readonly crawlDelay: number | null;
  /** As robots.txt names them; empty if their URLs would be guessed. */
  readonly sitemaps: readonly string[];
}

type Verdict = (url: string) => PlannedRoot;

const NEXT_MAX = 10;

export async function planOf(options: CrawlOptions, shell: Shell): Promise<Plan> {
  await using fetcher = await makeFetcher(options);
  const hosts: PlannedHost[] = [];
  const roots: PlannedRoot[] = [];
  const verdicts = new Map<string, Verdict>();
  for (const url of options.roots) {
    const host = hostOf(url);
    let verdict = verdicts.get(host);
    if (verdict === undefined) {
      const asked = options.robots ? await askHost(host, options, fetcher.fetch, shell) : unasked(host);
      hosts.push(asked.host);
      verdict = asked.verdict;
      verdicts.set(host, verdict);
    }
    roots.push(verdict(url));
  }
  const job = await jobOf(options, shell);
  const { include, exclude, depth, limit } = options;
  return {
    roots,
    hosts,
    scope: options.strict ? `${options.scope}, strict` : options.scope,
    include,
    exclude,
    depth,
    limit,
    userAgent: options.userAgent ?? `gossamer/${version}${options.contact === null ? '' : ` (+${options.contact})`}`,
    job: job.found,
    next: job.found.state === 'new' ? roots.filter(({ allowed }) => allowed).map(({ url }) => url) : job.next,
  };
}

function unasked(host: string): { host: PlannedHost; verdict: Verdict } {
  return {
    host: { host, status: null, error: null, isOpen: true, crawlDelay: null, sitemaps: [] },
    verdict: (url) => ({ url, allowed: true, line: null, text: '' }),
  };
}

async function askHost(host: string, options: CrawlOptions, fetch: Fetch, shell: Shell) {
  const signal = new AbortController().signal;
  const { outcome, record } = await fetchRobots(host, fetch, shell.clock.wall, signal);
  const isForbidden = options.robotsForbiddenDenies && (outcome.status === 401 || outcome.status === 403);
  const rules = readRobots(record?.body ?? new Uint8Array(0), agentsIn(productTokens(options))(host));
  const isOpen = record !== null && !isForbidden;
  const delayMs = rules.crawlDelayMs;
  const verdict: Verdict = (url) => {
    if (!isOpen) return { url, allowed: false, line: null, text: '' };
    const { allowed, line, text } = rules.decide(url);
    return { url, allowed, line: line === 0 ? null : line, text };
  };
  const asked: PlannedHost = {
    host,
    status: outcome.status,
    error: outcome.error ?? outcome.refused,
    isOpen,
    crawlDelay: delayMs === null ? null : delayMs / 1000,
    sitemaps: rules.sitemaps,
  };
  return { host: asked, verdict };
}

async function jobOf(options: CrawlOptions, shell: Shell): Promise<{ found: Plan['job']; next: string[] }> {
  if (options.store === 'memory:') return { found: { folder: null, state: 'new', queued: 0 }, next: [] };
  const folder = jobFolder(options);
  const isNew = options.fresh || !(await isJob(folder, options.store));
  if (isNew) return { found: { folder, state: 'new', queued: 0 }, next: [] };
  return withLedger(folder, options.store, async (ledger) => {
    const { summary } = await jobStatus(folder, ledger, shell.clock.wall());
    const rows = await allOf(ledger.rows.all({ state: 'queued', limit: NEXT_MAX }));
    const next = rows.map(({ url }) => url);
    const { queued, leased } = summary.urls;
    return { found: { folder, state: summary.state, queued: queued + leased }, next };
  });
}

export function planLines(plan: Plan, options: CrawlOptions): string[] {
  const lines = ['Nothing was crawled or written. A crawl would do this:', ''];
  for (const { url, allowed, line, text } of plan.roots) {
    const why = line === null ? '' : `  (robots.txt, line ${line}: ${text})`;
    lines.push(`  root     ${url}${allowed ? '' : '  forbidden'}${why}`);
  }
  for (const host of plan.hosts) lines.push(...hostLines(host, options));
  lines.push(
    `  scope    ${plan.scope}${plan.depth === null ? '' : `, at most ${showCountOf(plan.depth, 'link')} deep`}`,
  );
  for (const pattern of plan.include) lines.push(`  include  ${pattern}`);
  for (const pattern of plan.exclude) lines.push(`  exclude  ${pattern}`);
  lines.push(
    `  pace     ${options.concurrency} at once, ${options.hostConcurrency} a host${options.delayMs > 0 ? `, ${showSpan(options.delayMs)} apart` : ''}`,
  );
  const limits = limitsOf(options);
  if (limits !== '') lines.push(`  limits   ${limits}`);
  lines.push(`  agent    ${plan.userAgent}`, `  job      ${jobText(plan.job)}`);
  for (const [at, url] of plan.next.entries()) lines.push(`  ${at === 0 ? 'first' : '     '}    ${url}`);
  if (plan.next.length === 0) lines.push('  first    nothing');
  return lines;
}

function hostLines(
  { host, status, error, isOpen, crawlDelay, sitemaps }: PlannedHost,
  options: CrawlOptions,
): string[] {
  const told = status === null ? 'not asked for' : status === 0 ? `no response (${error})` : `status ${status}`;
  const closed = isOpen ? '' : ': no requests are allowed for now';
  const lines = [`  robots   ${host}: ${told}${closed}`];
  if (crawlDelay !== null)
    lines.push(`  delay    ${host}: ${showSpan(crawlDelay * 1000)} between requests, as robots.txt asks`);
  if (!options.sitemaps || !isOpen) return lines;
  for (const sitemap of sitemaps) lines.push(`  sitemap  ${sitemap}`);
  if (sitemaps.length === 0) lines.push(`  sitemap  ${host}/sitemap.xml or ${host}/sitemap_index.xml, if it exists`);
  return lines;
}

function limitsOf({ limit, hostLimit, sizeLimitBytes, timeLimitMs }: CrawlOptions): string {
  const parts = [
    limit === null ? '' : showCountOf(limit, 'URL'),
    hostLimit === null ? '' : `${showCountOf(hostLimit, 'URL')} a host`,
    sizeLimitBytes === null ? '' : showSize(sizeLimitBytes),
    timeLimitMs === null ? '' : showSpan(timeLimitMs),
  ];
  return parts.filter(Boolean).join(', ');
}

function jobText({ folder, state, queued }: Plan['job']): string {
  if (folder === null) return 'in memory';
  if (state === 'new') return `${folder}, new`;
  return state === 'finished'
    ? `${folder}, finished: --fresh would crawl again`
    : `${folder}, goes on with ${showCountOf(queued, 'URL')}`;
}
