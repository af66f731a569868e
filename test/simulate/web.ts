// The fetch of a simulated web: what each request of a world gives, after how long, and the log of all of them.

import type { Clock } from '../../src/base/clock.ts';
import type { Fetch, Outcome, Request } from '../../src/base/contracts.ts';
import { type Random, seededRandom } from '../helpers/random.ts';
import { isGuess } from '../helpers/site.ts';
import { outcomeOf, type Reply } from './outcomes.ts';
import type { HostPlan, PagePlan, Span, World } from './world.ts';

export interface LoggedFetch {
  readonly url: string;
  /** The host's plan; null where the world has no such host. */
  readonly plan: HostPlan | null;
  readonly path: string;
  /** Wall milliseconds. */
  readonly startedAt: number;
  /** Null while it is under way. */
  outcome: Outcome | null;
  endedAt: number;
}

export interface Web {
  readonly fetch: Fetch;
  readonly log: readonly LoggedFetch[];
}

/** What a server knows of itself while the world goes on. */
interface HostState {
  inFlight: number;
  tokens: number;
  filledAt: number;
  readonly asked: Map<string, number>;
}

const TIMEOUT_MS = 30_000;
const REFUSAL_MS = 5;
const HTML = ['Content-Type', 'text/html'];
const GONE: Reply = { status: 0, error: 'unreachable' };
const ABORTED: Reply = { status: 0, error: 'aborted' };
const TEMPERS = {
  nowhere: { error: 'dns-not-found', ms: 20 },
  shut: { error: 'refused', ms: 2 },
  silent: { error: 'first-byte-timeout', ms: TIMEOUT_MS },
} as const;

export function createWeb(world: World, clock: Clock): Web {
  const random = seededRandom(world.seed ^ 0x5eed);
  const plans = new Map(world.hosts.map((plan) => [plan.host, plan]));
  const states = new Map<string, HostState>();
  const log: LoggedFetch[] = [];
  const begin = clock.now();

  const stateOf = (plan: HostPlan): HostState => {
    let state = states.get(plan.host);
    if (state === undefined) {
      state = { inFlight: 0, tokens: plan.rate?.burst ?? 0, filledAt: clock.now(), asked: new Map() };
      states.set(plan.host, state);
    }
    return state;
  };
  const decide = (plan: HostPlan | null, path: string): readonly [reply: Reply, afterMs: number] => {
    const atMs = clock.now() - begin;
    if (isWithin(world.outages, atMs)) return [GONE, 10];
    if (plan === null) return [{ status: 0, error: 'dns-not-found' }, 20];
    if (plan.temper !== 'fine') return [{ status: 0, error: TEMPERS[plan.temper].error }, TEMPERS[plan.temper].ms];
    return answerOf(plan, path, stateOf(plan), clock.now(), atMs, random);
  };

  const fetch: Fetch = (request: Request, signal: AbortSignal) => {
    const { origin, pathname } = new URL(request.url);
    const plan = plans.get(origin) ?? null;
    const startedAt = clock.now();
    const entry: LoggedFetch = { url: request.url, plan, path: pathname, startedAt, outcome: null, endedAt: 0 };
    log.push(entry);
    const state = plan === null ? null : stateOf(plan);
    const [reply, afterMs] = decide(plan, pathname);
    if (state !== null) state.inFlight += 1;
    return new Promise((resolve) => {
      const end = (given: Reply): void => {
        timer.cancel();
        signal.removeEventListener('abort', abort);
        if (state !== null) state.inFlight -= 1;
        entry.endedAt = clock.now();
        entry.outcome = outcomeOf(request.url, given, startedAt, clock.now());
        resolve(entry.outcome);
      };
      const abort = (): void => end(ABORTED);
      const timer = clock.after(afterMs, () => end(reply));
      signal.addEventListener('abort', abort);
      if (signal.aborted) abort();
    });
  };
  return { fetch, log };
}

function answerOf(
  plan: HostPlan,
  path: string,
  state: HostState,
  now: number,
  atMs: number,
  random: Random,
): readonly [Reply, number] {
  const { rate } = plan;
  if (isWithin(plan.storms, atMs)) return [refusal(503, plan.stormRetryAfter), REFUSAL_MS];
  if (state.inFlight >= plan.most) return [refusal(503, null), REFUSAL_MS];
  if (rate !== null) {
    state.tokens = Math.min(rate.burst, state.tokens + ((now - state.filledAt) * rate.perSecond) / 1000);
    state.filledAt = now;
    if (state.tokens < 1) return [refusal(429, rate.retryAfter), REFUSAL_MS];
    state.tokens -= 1;
  }
  const tries = (state.asked.get(path) ?? 0) + 1;
  state.asked.set(path, tries);
  const ms = plan.latencyMs * (0.5 + random());
  if (path.startsWith('/robots')) return [robotsOf(plan, path, atMs), ms];
  if (path === '/sitemap.xml') return [sitemapOf(plan), ms];
  if (isGuess(path)) return [{ status: 404, headers: HTML, body: '' }, ms];
  const page = plan.pages.find((each) => each.path === path || `${each.path}/` === path);
  if (page === undefined) return [{ status: path.startsWith('/old') ? 200 : 404, headers: HTML, body: '' }, ms];
  return pageOf(page, path, tries, ms);
}

function pageOf(page: PagePlan, path: string, tries: number, ms: number): readonly [Reply, number] {
  const body = page.links.map((link) => `<a href="${link}">x</a>`).join('\n');
  const fine: Reply = { status: 200, headers: HTML, body };
  switch (page.oddity) {
    case null:
      return [fine, ms];
    case 'missing':
      return [{ ...fine, status: 404 }, ms];
    case 'broken':
      return [{ status: 500 }, ms];
    case 'shaky':
      return [tries < 3 ? { status: 502 } : fine, ms];
    case 'waits-503':
      return [refusal(503, '3'), ms];
    case 'waits-429':
      return [tries < 3 ? refusal(429, '2') : fine, ms];
    case 'moved':
      return [moved(`/old${path}`), ms];
    case 'slash':
      // The same key: asked next, for the same row.
      return [path === page.path ? moved(path.replace('p', '%70')) : fine, ms];
    case 'turns':
      return [moved(path), ms];
    case 'hangs':
      return [{ status: 0, error: 'first-byte-timeout' }, TIMEOUT_MS];
    case 'cuts':
      return [tries < 2 ? { status: 0, error: 'reset' } : fine, ms];
  }
}

function robotsOf({ robots }: HostPlan, path: string, atMs: number): Reply {
  if (atMs < robots.failsUntilMs) return { status: 500 };
  const hop = path === '/robots.txt' ? 0 : Number(path.slice('/robots-'.length));
  if (hop < robots.hops) return moved(`/robots-${hop + 1}`);
  const age = robots.maxAgeS === null ? [] : ['Cache-Control', `max-age=${robots.maxAgeS}`];
  return { status: robots.status, headers: ['Content-Type', 'text/plain', ...age], body: robots.body };
}

/** Half of the hosts have one. */
function sitemapOf(plan: HostPlan): Reply {
  if (plan.pages.length % 2 === 1) return { status: 404 };
  const urls = plan.pages.map(({ path }) => `<url><loc>${plan.host}${path}</loc></url>`).join('');
  const body = `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls}</urlset>`;
  return { status: 200, headers: ['Content-Type', 'application/xml'], body };
}

function refusal(status: number, retryAfter: string | null): Reply {
  return { status, headers: retryAfter === null ? [] : ['Retry-After', retryAfter] };
}

function moved(to: string): Reply {
  return { status: 301, headers: ['Location', to] };
}

function isWithin(spans: readonly Span[], atMs: number): boolean {
  return spans.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
}
