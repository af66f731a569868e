// The gate in front of every lease: robots, pace and holds of each host. It owns one state a host and is the only one to
// change it. A host whose robots.txt is not known yet yields an errand first; until that is run, none of its URLs is leased.

import type { Times } from './base/clock.ts';
import type { Fetch, HostFigures, HostNote, HostRow, Lease, Outcome, Room } from './base/contracts.ts';
import type { ErrorCode, SkipReason } from './base/errors.ts';
import { IDLE_CONNECTION_MS } from './base/limits.ts';
import {
  adopt,
  type GateConfig,
  type HostState,
  newHost,
  remember,
  roomAt,
  spentBy,
  unobtainable,
} from './host-state.ts';
import { healthAfter, WELL } from './politeness/machine.ts';
import { ended, openAt, type Pace, type PaceEvent, started, withDelay } from './politeness/pace.ts';
import { fetchRobots } from './robots/policy.ts';
import { machineEventOf, paceEventOf } from './settlement.ts';

const FIGURES_MAX = 100;

/** A robots.txt to ask for before the host's first page. */
export interface Errand {
  readonly host: string;
  readonly hostId: number;
}

/** What is asked of a host: a URL of the frontier, or a sitemap. */
type Asked = Pick<Lease, 'url' | 'host' | 'hostId'> & Partial<Pick<Lease, 'wasAsked'>> & { readonly isSitemap?: true };

/** What follows from an outcome. */
export interface Ended {
  /** What must be stored about the host: that it is held, or that it has answered for the first time. */
  readonly note: HostNote | null;
  /** How many of the URL's tries it cost, where it may be asked again. */
  readonly spent: number;
}

export interface Gate {
  /** For the frontier: how many URLs of the host may start now. */
  room(host: string, hostId: number): Room;
  /** The next robots.txt that is wanted. */
  errand(): Errand | null;
  runErrand(errand: Errand, fetch: Fetch, signal: AbortSignal): Promise<HostNote>;
  /** Why the lease must not be asked for, if so. */
  verdict(lease: Asked): { readonly reason: SkipReason | null; readonly error: ErrorCode | null } | null;
  started(lease: Asked): void;
  ended(lease: Asked, outcome: Outcome): Ended;
  /** What the host's robots.txt names as sitemaps, as written. */
  sitemapsOf(host: string, hostId: number): readonly string[];
  figures(): readonly HostFigures[];
  /** The held host that is due first. */
  waitingFor(now: number): { readonly host: string; readonly until: number; readonly why: string } | null;
}

export function createGate(
  config: GateConfig,
  known: Iterable<HostRow>,
  times: Times,
  open: (hostId: number, until: number) => void,
  lagMs: () => number = () => 0,
): Gate {
  const { now } = times;
  const hosts = new Map<number, HostState>();
  const errands: Errand[] = [];
  let health = WELL;
  let probeAt = 0;
  for (const row of known) remember(hosts, config, row, times);

  const stateOf = (host: string, id: number): HostState => {
    let state = hosts.get(id);
    if (state === undefined) {
      state = newHost(config, host, id, now());
      hosts.set(id, state);
    }
    return state;
  };
  /** What the outcome says about the pace of its host; where it is our machine that fails, that is nothing. */
  const judged = (state: HostState, outcome: Outcome): PaceEvent => {
    if (hasSucceeded(outcome)) state.succeededAt = now();
    if (outcome.status > 0) state.heardAt = Math.max(state.heardAt, outcome.sentAt);
    const usedToAnswer = state.pace.answered;
    // Of a host that never answered no connection is kept, and no other for longer than this.
    const isFresh = !usedToAnswer || outcome.sentAt > health.heldSince + IDLE_CONNECTION_MS;
    const event = machineEventOf(outcome, state.id, { usedToAnswer, isFresh });
    if (event !== null) health = healthAfter(health, event, now());
    const isOurs = health.faults > 0 && outcome.status === 0;
    return isOurs ? { kind: 'void', sentAt: outcome.sentAt } : paceEventOf(outcome, state.pace.waits, now(), lagMs());
  };
  /** Until when nothing may be asked of anybody; 0 where something may. */
  const pausedUntil = (): number => {
    if (health.faults === 0) return 0;
    // As with a host: what is left is for another run.
    if (now() - health.heldSince > config.pace.patienceMs) return Number.POSITIVE_INFINITY;
    const until = Math.max(health.heldUntil, probeAt);
    if (until > now()) return until;
    // One request finds out whether it is over.
    probeAt = now() + PROBE_MS;
    return 0;
  };
  const change = (state: HostState, pace: Pace): void => {
    state.pace = pace;
    if (!state.isParked) return;
    const at = openAt(pace);
    // What is held may be opened sooner, by an answer to what is still on its way.
    state.isParked = at > now();
    open(state.id, at);
  };

  return {
    room(host, id) {
      const state = stateOf(host, id);
      const room = roomAt(state, config, now());
      if (health.faults > 0 && (typeof room === 'string' || room.take > 0)) {
        const until = pausedUntil();
        if (until > 0) return { take: 0, notBefore: until };
      }
      if (room === 'ask') {
        state.isAsking = true;
        errands.push({ host, hostId: id });
      }
      const answer = room === 'ask' || room === 'wait' ? CLOSED : room;
      state.isParked = answer.take === 0;
      return health.faults > 0 && answer.take > 1 ? { ...answer, take: 1 } : answer;
    },
    errand: () => errands.shift() ?? null,
    async runErrand({ host, hostId }, fetch, signal) {
      const state = stateOf(host, hostId);
      state.pace = started(state.pace, now());
      const { outcome, record, isElsewhere } = await fetchRobots(host, fetch, now, signal);
      state.isAsking = false;
      const said = judged(state, outcome);
      // That another host is ill, to which it redirects, is not its own illness.
      const event = isElsewhere && said.kind !== 'void' ? answerAt(outcome.sentAt, false) : said;
      let pace = ended(state.pace, event, now());
      // Whatever came of it, pages are next.
      state.stalledAt = 0;
      if (record !== null && config.robots) {
        adopt(state, config, record);
        pace = withDelay(pace, state.robots?.crawlDelayMs ?? 0);
      } else if (config.robots && (event.kind === 'answered' || event.kind === 'stalled')) {
        pace = unobtainable(state, pace, outcome, now());
      }
      change(state, pace);
      const note = noteOf(host, pace);
      return record === null ? note : { ...note, robots: record };
    },
    verdict(lease) {
      const state = stateOf(lease.host, lease.hostId);
      if (state.pace.dead !== null) return { reason: null, error: state.pace.dead };
      if (state.robots !== null && !state.robots.decide(lease.url).allowed) return { reason: 'robots', error: null };
      const isOverBudget = config.hostLimit !== null && isCounted(lease) && state.pages >= config.hostLimit.most;
      return isOverBudget ? { reason: 'budget', error: null } : null;
    },
    started(lease) {
      const state = stateOf(lease.host, lease.hostId);
      state.pace = started(state.pace, now());
      if (isCounted(lease)) state.pages += 1;
    },
    ended(lease, outcome) {
      const state = stateOf(lease.host, lease.hostId);
      const event = judged(state, outcome);
      const spent = spentBy(state, lease.url, outcome, event, now());
      // A single script that is always overloaded says nothing about the others; that we ask too much does.
      const isHostFree = spent > 0 && event.kind === 'asked-to-wait' && outcome.status === 503;
      const { answered } = state.pace;
      change(state, ended(state.pace, isHostFree ? answerAt(outcome.sentAt, true) : event, now()));
      const isNew = openAt(state.pace) > now() || answered !== state.pace.answered;
      return isNew ? { note: noteOf(lease.host, state.pace), spent } : (UNHELD[spent] ?? { note: null, spent });
    },
    sitemapsOf: (host, id) => stateOf(host, id).robots?.sitemaps ?? [],
    figures: () => busiest(hosts.values()),
    waitingFor: (at) => {
      const { heldUntil: until, why } = health;
      return health.faults > 0 ? { host: 'this machine', until, why } : firstHeld(hosts.values(), at);
    },
  };
}

function noteOf(host: string, { heldUntil, why, answered }: Pace): HostNote {
  return answered ? { host, heldUntil, why, answered } : { host, heldUntil, why };
}

function answerAt(sentAt: number, overloaded: boolean): PaceEvent {
  return { kind: 'answered', sentAt, firstByteMs: 0, lagMs: 0, overloaded };
}

/** A URL counts once, however often it is asked. */
function isCounted({ wasAsked, isSitemap }: Asked): boolean {
  return wasAsked !== true && isSitemap !== true;
}

function hasSucceeded({ error, status }: Outcome): boolean {
  return error === null && status > 0 && status < 500 && status !== 429;
}

/** What most outcomes come to, made once. */
const UNHELD: readonly Ended[] = [
  { note: null, spent: 0 },
  { note: null, spent: 1 },
];
const PROBE_MS = 1_000;
const CLOSED: Room = { take: 0, notBefore: Number.POSITIVE_INFINITY };

function busiest(states: Iterable<HostState>): HostFigures[] {
  const all = [...states].sort((a, b) => b.pace.inFlight - a.pace.inFlight).slice(0, FIGURES_MAX);
  return all.map(({ host, pace }) => ({
    host,
    inFlight: pace.inFlight,
    limit: pace.limit.most,
    latencyMs: Math.round(pace.limit.latencyMs),
    heldUntil: pace.heldUntil > 0 ? pace.heldUntil : null,
    why: pace.why === '' ? null : pace.why,
  }));
}

function firstHeld(states: Iterable<HostState>, now: number): { host: string; until: number; why: string } | null {
  let first: HostState | null = null;
  for (const state of states) {
    if (state.pace.heldUntil <= now) continue;
    if (first === null || state.pace.heldUntil < first.pace.heldUntil) first = state;
  }
  return first === null ? null : { host: first.host, until: first.pace.heldUntil, why: first.pace.why };
}
