// The gate in front of every lease: robots, pace and holds of each host. It owns one state a host and is the only one to
// change it. A host whose robots.txt is not known yet yields an errand first; until that is run, none of its URLs is leased.

import type { Times } from './base/clock.ts';
import type { Fetch, HostFigures, HostNote, HostRow, Lease, Outcome, Room } from './base/contracts.ts';
import type { ErrorCode, SkipReason } from './base/errors.ts';
import { IDLE_CONNECTION_MS } from './base/limits.ts';
import {
  adopt,
  blamed,
  type GateConfig,
  type HostState,
  newHost,
  remember,
  roomAt,
  storable,
  unobtainable,
} from './host-state.ts';
import { healthAfter, WELL } from './politeness/machine.ts';
import { ended, type Pace, type PaceEvent, started, withDelay } from './politeness/pace.ts';
import { fetchRobots } from './robots/policy.ts';
import { type Blame, machineEventOf, paceEventOf } from './settlement.ts';

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
  /** What must be stored about the host, where it is held now. */
  readonly note: HostNote | null;
  readonly blame: Blame;
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
    const usedToAnswer = state.pace.answered;
    // Of a host that never answered no connection is kept, and no other for longer than this.
    const isFresh = !usedToAnswer || outcome.sentAt > health.heldSince + IDLE_CONNECTION_MS;
    const event = machineEventOf(outcome, state.id, { usedToAnswer, isFresh });
    if (event !== null) health = healthAfter(health, event, now());
    const isOurs = health.faults > 0 && outcome.status === 0;
    return isOurs ? { kind: 'void', sentAt: outcome.sentAt } : paceEventOf(outcome, state.pace.holds, now(), lagMs());
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
    state.isParked = false;
    open(state.id, pace.heldUntil);
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
      const { outcome, record } = await fetchRobots(host, fetch, now, signal);
      state.isAsking = false;
      const event = judged(state, outcome);
      let pace = ended(state.pace, event, now());
      if (record !== null) {
        adopt(state, config, record);
        pace = withDelay(pace, state.robots?.crawlDelayMs ?? 0);
      } else if (event.kind === 'answered' || event.kind === 'stalled') {
        pace = unobtainable(state, pace, event, outcome, now());
      }
      change(state, pace);
      const held = { host, heldUntil: storable(pace.heldUntil), why: pace.why };
      return record === null ? held : { ...held, robots: record };
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
      const blame =
        event.kind === 'void' && outcome.error !== null ? 'machine' : blamed(state, lease.url, event, now());
      // A single script that is always overloaded says nothing about the others; that we ask too much does.
      const isHostFree = blame === 'url' && outcome.status === 503;
      change(state, ended(state.pace, isHostFree ? overloadedAt(outcome.sentAt) : event, now()));
      const { heldUntil, why } = state.pace;
      if (heldUntil <= now()) return UNHELD[blame];
      return { note: { host: lease.host, heldUntil: storable(heldUntil), why }, blame };
    },
    sitemapsOf: (host, id) => stateOf(host, id).robots?.sitemaps ?? [],
    figures: () => busiest(hosts.values()),
    waitingFor: (at) => {
      const { heldUntil: until, why } = health;
      return health.faults > 0 ? { host: 'this machine', until, why } : firstHeld(hosts.values(), at);
    },
  };
}

function overloadedAt(sentAt: number): PaceEvent {
  return { kind: 'answered', sentAt, firstByteMs: 0, lagMs: 0, overloaded: true };
}

/** A URL counts once, however often it is asked. */
function isCounted({ wasAsked, isSitemap }: Asked): boolean {
  return wasAsked !== true && isSitemap !== true;
}

function hasSucceeded({ error, status }: Outcome): boolean {
  return error === null && status > 0 && status < 500 && status !== 429;
}

/** What most outcomes come to, made once. */
const UNHELD: Readonly<Record<Blame, Ended>> = {
  host: { note: null, blame: 'host' },
  url: { note: null, blame: 'url' },
  machine: { note: null, blame: 'machine' },
};
const PROBE_MS = 1_000;
const CLOSED: Room = { take: 0, notBefore: Number.POSITIVE_INFINITY };

function busiest(states: Iterable<HostState>): HostFigures[] {
  const all = [...states].sort((a, b) => b.pace.inFlight - a.pace.inFlight).slice(0, FIGURES_MAX);
  return all.map(({ host, pace }) => ({
    host,
    inFlight: pace.inFlight,
    limit: pace.limit.most,
    latencyMs: Math.round(pace.limit.latencyMs),
    heldUntil: pace.heldUntil > 0 && Number.isFinite(pace.heldUntil) ? pace.heldUntil : null,
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
