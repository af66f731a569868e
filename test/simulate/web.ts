// A simulated web: what each request of a world gives, after how long, and the log of all of them. It outlives the
// processes that ask: each of those has a client of its own, which dies with it.

import type { Clock } from '../../src/base/clock.ts';
import type { Fetch, Outcome, Request } from '../../src/base/contracts.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import { firstByteMsMax } from '../../src/fetch/exchange.ts';
import { type Random, seededRandom } from '../helpers/random.ts';
import { isGuess } from '../helpers/site.ts';
import { outcomeOf, type Reply } from './outcomes.ts';
import { type Away, isWithin } from './troubles.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { HostPlan, PagePlan, World } from './world.ts';

export interface LoggedFetch {
  readonly url: string;
  /** The host's plan; null where the world has no such host. */
  readonly plan: HostPlan | null;
  readonly path: string;
  /** Of which client it was, from 0. */
  readonly run: number;
  /** Milliseconds of the world, not of any process's clock. */
  readonly startedAt: number;
  /** Null while it is under way, and for good where its process was killed. */
  outcome: Outcome | null;
  /** `Infinity` while it is under way. */
  endedAt: number;
}

/** The web as one process has it. */
export interface Client {
  readonly fetch: Fetch;
  readonly inFlight: number;
  /** The process is no more: nothing that is under way comes back. */
  kill(): void;
}

export interface Web {
  readonly log: readonly LoggedFetch[];
  connect(clock: Clock): Client;
  /** Nobody knows any more that the host has ever answered. */
  forget(host: string): void;
}

/** What a server knows of itself while the world goes on. */
interface HostState {
  inFlight: number;
  tokens: number;
  filledAt: number;
  /** When it first answered; null before. */
  answeredAt: number | null;
  readonly asked: Map<string, number>;
}

const TIMEOUT_MS = 30_000;
const REFUSAL_MS = 5;
const HTML = ['Content-Type', 'text/html'];
const GONE: Reply = { status: 0, error: 'unreachable' };
const RESET: Reply = { status: 0, error: 'reset' };
const SILENT: Reply = { status: 0, error: 'first-byte-timeout' };
const ABORTED: Reply = { status: 0, error: 'aborted' };
const TEMPERS = {
  nowhere: { error: 'dns-not-found', ms: 20 },
  shut: { error: 'refused', ms: 2 },
  silent: { error: 'first-byte-timeout', ms: TIMEOUT_MS },
} as const;

export function createWeb(world: World, reality: VirtualClock): Web {
  const random = seededRandom(world.latencySeed ^ 0x5eed);
  const plans = new Map(world.hosts.map((plan) => [plan.host, plan]));
  const states = new Map<string, HostState>();
  const log: LoggedFetch[] = [];
  const begin = reality.now();
  let clients = 0;

  const stateOf = (plan: HostPlan): HostState => {
    let state = states.get(plan.host);
    if (state === undefined) {
      const filledAt = reality.now();
      state = { inFlight: 0, tokens: plan.rate?.burst ?? 0, filledAt, answeredAt: null, asked: new Map() };
      states.set(plan.host, state);
    }
    return state;
  };
  const decide = (plan: HostPlan | null, path: string): Decided => {
    const atMs = reality.now() - begin;
    if (plan === null) return [{ status: 0, error: 'dns-not-found' }, 20];
    const state = stateOf(plan);
    // Where the fate of each URL is known beforehand, nobody is away who was never there.
    if (isWithin(world.outages, atMs) && (!world.isExact || state.answeredAt !== null)) return [GONE, 10];
    if (plan.temper !== 'fine') return [{ status: 0, error: TEMPERS[plan.temper].error }, TEMPERS[plan.temper].ms];
    return unlessAway(plan, state, reality.now(), random, () =>
      answerOf(plan, path, state, reality.now(), atMs, random),
    );
  };
  const connect = (clock: Clock): Client => {
    const underWay = new Set<() => void>();
    const run = clients;
    clients += 1;
    const fetch = (request: Request, signal: AbortSignal): Promise<Outcome> => {
      const { origin, pathname } = new URL(request.url);
      const plan = plans.get(origin) ?? null;
      const startedAt = reality.now();
      const sentAt = clock.now();
      const asked = { url: request.url, plan, path: pathname, run, startedAt };
      const entry: LoggedFetch = { ...asked, outcome: null, endedAt: Number.POSITIVE_INFINITY };
      log.push(entry);
      const state = plan === null ? null : stateOf(plan);
      const [reply, atMost] = decide(plan, pathname);
      const afterMs = reply.error === 'first-byte-timeout' ? firstByteMsMax(request, atMost) : atMost;
      if (state !== null) state.inFlight += 1;
      return new Promise((resolve) => {
        const leave = (): void => {
          timer.cancel();
          underWay.delete(leave);
          if (state !== null) state.inFlight -= 1;
          entry.endedAt = reality.now();
        };
        const end = (given: Reply): void => {
          signal.removeEventListener('abort', abort);
          leave();
          if (given.status > 0 && state !== null) state.answeredAt ??= reality.now();
          entry.outcome = outcomeOf(request.url, given, sentAt, clock.now());
          resolve(entry.outcome);
        };
        const abort = (): void => end(ABORTED);
        const timer = reality.after(afterMs, () => end(reply));
        underWay.add(leave);
        signal.addEventListener('abort', abort);
        if (signal.aborted) abort();
      });
    };
    return {
      fetch,
      get inFlight() {
        return underWay.size;
      },
      kill() {
        for (const leave of underWay) leave();
      },
    };
  };
  return {
    log,
    connect,
    forget(host) {
      const state = states.get(host);
      if (state !== undefined) state.answeredAt = null;
    },
  };
}

type Decided = readonly [reply: Reply, afterMs: number];

/** What a host that is away gives; and where it goes away while it answers, it breaks off. */
function unlessAway(plan: HostPlan, state: HostState, now: number, random: Random, answer: () => Decided): Decided {
  const { answeredAt } = state;
  if (answeredAt === null) return answer();
  const atMs = now - answeredAt;
  const away = plan.aways.find(({ span }) => isWithin([span], atMs));
  if (away !== undefined && (away.how !== 'half' || random() < 0.5)) return awayOf(away, random);
  const [reply, afterMs] = answer();
  const next = plan.aways.find(({ span, how }) => span.fromMs > atMs && span.fromMs < atMs + afterMs && how !== 'half');
  return next === undefined ? [reply, afterMs] : [RESET, next.span.fromMs - atMs];
}

function awayOf({ how }: Away, random: Random): Decided {
  switch (how) {
    case 'reset':
      return [RESET, 2];
    case 'silent':
      return [SILENT, TIMEOUT_MS];
    case 'half':
      return random() < 0.5 ? [RESET, 2] : [SILENT, TIMEOUT_MS];
    default:
      return [{ status: 0, error: how satisfies ErrorCode }, REFUSAL_MS];
  }
}

function answerOf(plan: HostPlan, path: string, state: HostState, now: number, atMs: number, random: Random): Decided {
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
  const page = plan.pages.find((each) => each.path === decodeURI(path));
  if (page === undefined) return [{ status: path.startsWith('/old') ? 200 : 404, headers: HTML, body: '' }, ms];
  return pageOf(page, path, tries, ms);
}

function pageOf(page: PagePlan, path: string, tries: number, ms: number): Decided {
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
