// The gate in front of every lease: the robots.txt, the pace and the holds of each host. It owns one state per host and
// is the only one to change it. A host whose robots.txt is not known yet produces an errand first; until the errand was
// run, none of its URLs is leased.

import type { Clock, Times } from '../base/clock.ts';
import type { Fetch, HostFigures, HostNote, HostRoom, HostRow, Lease, Outcome } from '../base/contracts.ts';
import { IDLE_CONNECTION_MS } from '../base/limits.ts';
import { inTurns } from '../base/slices.ts';
import { latencyOf } from '../politeness/limit.ts';
import { healthAfter, WELL } from '../politeness/machine.ts';
import { ended, openAt, type Pace, type PaceEvent, roomOf, started, waitsBefore } from '../politeness/pace.ts';
import { robotsRequest, robotsUrl } from '../robots/policy.ts';
import { hostOf } from '../url/host.ts';
import { blame, forgiving } from './blame.ts';
import { afterRobots, type GateConfig, type HostState, newHost, remembering, roomAt } from './host-state.ts';
import { readingRobots } from './read-robots.ts';
import { machineEventOf, paceEventOf, type Refusal } from './settlement.ts';

const FIGURES_MAX = 100;

/** A robots.txt to fetch before the first page of its host. */
export interface Errand {
  readonly host: string;
  readonly hostId: number;
}

/** What is requested from a host: a URL of the frontier, or a sitemap. */
type Asked = Pick<Lease, 'url' | 'host' | 'hostId'> & Partial<Pick<Lease, 'wasAsked'>> & { readonly isSitemap?: true };

export interface Held {
  readonly host: string;
  /** Set if our own machine must wait, not a host. */
  readonly isMachine?: true;
  /** Steady time; `Infinity` if the host is left for another run. */
  readonly until: number;
  readonly why: string;
}

export interface Wait {
  readonly why: string;
  /** The wait is the delay between two requests, which comes back after each request. */
  readonly isDelay: boolean;
}

/** The result of one request through the gate. */
export interface Passed {
  readonly refusal: null;
  readonly outcome: Outcome;
  /** What to store about the host: a new hold, or its first answer. Null if nothing changed. */
  readonly note: HostNote | null;
  /** How many tries the URL lost, if it may be retried. */
  readonly spent: number;
}

export interface Gate {
  /** For the frontier: how many URLs of the host may start now. */
  room(host: string, hostId: number): HostRoom;
  /** The next robots.txt to fetch. */
  errand(): Errand | null;
  /**
   * Makes one request for a robots.txt. If it redirects, a new errand continues there, at the pace of the host that is
   * asked. Returns what to store.
   */
  runErrand(errand: Errand, fetch: Fetch, signal: AbortSignal): Promise<readonly HostNote[]>;
  /** Sends one request, unless it must not be sent. The request is in flight from the call until `send` resolves. */
  through(asked: Asked, send: () => Promise<Outcome>): Promise<Passed | { readonly refusal: Refusal }>;
  /** The sitemaps that the host's robots.txt names, as written. */
  sitemapsOf(host: string, hostId: number): readonly string[];
  /** Takes what earlier runs learnt of hosts. It must be called first. */
  remember(rows: readonly HostRow[]): Promise<void>;
  figures(): readonly HostFigures[];
  /** What the crawl waits for: this machine, or the held host that is due first. */
  waitingFor(now: number): Held | null;
  /** Why no request to the host may start before a time: a hold, or its delay. */
  waitOf(host: string): Wait;
}

export function createGate(
  config: GateConfig,
  times: Times & Pick<Clock, 'turn'>,
  open: (hostId: number, until: number) => void,
  lagMs: () => number = () => 0,
): Gate {
  const { now } = times;
  const hosts = new Map<string, HostState>();
  const errands: Errand[] = [];
  let health = WELL;
  let probeAt = 0;

  const stateOf = (host: string, id: number): HostState => {
    let state = hosts.get(host);
    if (state === undefined) {
      state = newHost(config, host, id, now());
      hosts.set(host, state);
    }
    if (id > 0) state.id = id;
    return state;
  };
  /** The host to ask next for the robots.txt of this host. */
  const servantOf = (state: HostState): HostState => {
    const url = state.robotsTrail.at(-1);
    return url === undefined || isOn(state.host, url) ? state : stateOf(hostOf(url), 0);
  };
  const begin = (state: HostState): void => {
    state.pace = started(state.pace, now());
    state.requests += 1;
  };
  /** What the outcome tells the pace of its host. If our machine failed, it tells nothing. */
  const judged = (state: HostState, outcome: Outcome): PaceEvent => {
    if (hasSucceeded(outcome)) state.succeededAt = now();
    if (outcome.status > 0) state.heardAt = Math.max(state.heardAt, outcome.sentAt);
    const usedToAnswer = state.pace.answered;
    // Whether the request had a new connection. The pool keeps no connection to a host that never answered, and no
    // other connection for longer than this.
    const isFresh = !usedToAnswer || outcome.sentAt > health.heldSince + IDLE_CONNECTION_MS;
    const event = machineEventOf(outcome, state.id, { usedToAnswer, isFresh });
    if (event !== null) health = healthAfter(health, event, now());
    const isOurs = health.faults > 0 && outcome.status === 0;
    const { sentAt } = outcome;
    return isOurs ? { kind: 'void', sentAt } : paceEventOf(outcome, waitsBefore(state.pace, sentAt), now(), lagMs());
  };
  const isGivenUp = (at: number): boolean => at - health.heldSince > config.pace.patienceMs;
  /** Until when no request to any host may start; 0 if requests may start. */
  const pausedUntil = (): number => {
    if (health.faults === 0) return 0;
    // As for a host, the remaining URLs are left for another run.
    if (isGivenUp(now())) return Number.POSITIVE_INFINITY;
    const until = Math.max(health.heldUntil, probeAt);
    if (until > now()) return until;
    // One request tests whether the fault is over.
    probeAt = now() + PROBE_MS;
    return 0;
  };
  const refusalOf = ({ pace, robots, pages, deadDetail }: HostState, asked: Asked): Refusal | null => {
    if (pace.dead !== null) return { reason: null, error: pace.dead, ...(deadDetail !== '' && { detail: deadDetail }) };
    if (robots !== null && !robots.decide(asked.url).allowed) return { reason: 'robots', error: null };
    const isOverBudget = config.hostLimit !== null && isCounted(asked) && pages >= config.hostLimit.most;
    return isOverBudget ? { reason: 'budget', error: null } : null;
  };
  const change = (state: HostState, pace: Pace): void => {
    state.pace = pace;
    for (const guest of state.guests) open(guest, 0);
    state.guests.clear();
    if (!state.isParked) return;
    const at = openAt(pace);
    // An answer to a request in flight may end the hold sooner.
    state.isParked = at > now();
    open(state.id, at);
  };
  const end = (state: HostState, url: string, outcome: Outcome): Passed => {
    const { spent, event } = blame(state, url, outcome, judged(state, outcome), now());
    const before = state.pace;
    const { answered, heldUntil, isLeft } = before;
    change(state, forgiving(state, before, ended(before, event, now()), outcome, now()));
    const { pace } = state;
    const isNew = answered !== pace.answered || heldUntil !== pace.heldUntil || isLeft !== pace.isLeft;
    return { refusal: null, outcome, note: isNew ? noteOf(state.host, pace) : null, spent };
  };

  return {
    room(host, id) {
      const state = stateOf(host, id);
      const own = roomAt(state, config, now());
      const servant = own === 'ask' ? servantOf(state) : state;
      const room = servant === state ? own : roomForGuest(servant, id, now());
      if (health.faults > 0 && (typeof room === 'string' || room.take > 0)) {
        const until = pausedUntil();
        if (until > 0) return { take: 0, notBefore: until };
      }
      if (room === 'ask') {
        state.isAsking = true;
        errands.push({ host, hostId: id });
        // This errand takes the room at the other host, so no other request may.
        if (servant !== state) begin(servant);
      }
      const answer = room === 'ask' || room === 'wait' ? CLOSED : room;
      state.isParked = answer.take === 0;
      // With long rules each decision takes a while, so the event loop gets a turn after each.
      const isOneByOne = health.faults > 0 || state.robots?.isLong === true;
      return isOneByOne && answer.take > 1 ? { ...answer, take: 1 } : answer;
    },
    errand: () => errands.shift() ?? null,
    async runErrand({ host, hostId }, fetch, signal) {
      const state = stateOf(host, hostId);
      const servant = servantOf(state);
      if (servant === state) begin(state);
      const asked = state.robotsTrail.length > 0 ? state.robotsTrail : [robotsUrl(host)];
      const outcome = await fetch(robotsRequest(asked.at(-1)!), signal);
      const read = await inTurns(readingRobots(config, outcome, asked, now()), times.turn);
      state.isAsking = false;
      const event = judged(servant, outcome);
      const paced = ended(servant.pace, event, now());
      // If the robots.txt redirects to a host that fails, the failure belongs to that host.
      if (servant !== state) change(servant, paced);
      const answer = { outcome, read, event, asked, isElsewhere: servant !== state, givenUp: paced.dead };
      const { pace, record } = afterRobots(state, config, answer, servant === state ? paced : state.pace, now());
      change(state, pace);
      const note = noteOf(host, pace);
      const own = record === null ? note : { ...note, robots: record };
      return servant === state ? [own] : [own, noteOf(servant.host, servant.pace)];
    },
    async through(asked, send) {
      const state = stateOf(asked.host, asked.hostId);
      const refusal = refusalOf(state, asked);
      if (refusal !== null) return { refusal };
      begin(state);
      if (isCounted(asked)) state.pages += 1;
      return end(state, asked.url, await send());
    },
    sitemapsOf: (host, id) => stateOf(host, id).robots?.sitemaps ?? [],
    async remember(rows) {
      for (const row of rows) hosts.set(row.host, await inTurns(remembering(config, row, times), times.turn));
    },
    figures: () => busiest(hosts.values(), now()),
    waitOf: (host) => waitOf(stateOf(host, 0).pace, now()),
    waitingFor: (at) => {
      if (health.faults === 0) return firstHeld(hosts.values(), at);
      const until = isGivenUp(at) ? Number.POSITIVE_INFINITY : health.heldUntil;
      return { host: 'this machine', isMachine: true, until, why: health.why };
    },
  };
}

/**
 * The room at another host for the robots.txt of `guest`. If there is no room and no time is known, the guest is told
 * when there is room.
 */
function roomForGuest(servant: HostState, guest: number, now: number): HostRoom | 'ask' {
  const room = roomOf(servant.pace, now);
  if (room.take > 0) return 'ask';
  servant.guests.add(guest);
  return room;
}

function isOn(host: string, url: string): boolean {
  return url.startsWith(`${host}/`);
}

function noteOf(host: string, { heldUntil, why, answered }: Pace): HostNote {
  return answered ? { host, heldUntil, why, answered } : { host, heldUntil, why };
}

/** A URL counts once, however often it is requested. */
function isCounted({ wasAsked, isSitemap }: Asked): boolean {
  return wasAsked !== true && isSitemap !== true;
}

function hasSucceeded({ error, status }: Outcome): boolean {
  return error === null && status > 0 && status < 500 && status !== 429;
}

const PROBE_MS = 1_000;
const CLOSED: HostRoom = { take: 0, notBefore: Number.POSITIVE_INFINITY };

/** The hosts that were asked for something: the busiest first, then those that are held, then by number of requests. */
function busiest(states: Iterable<HostState>, now: number): HostFigures[] {
  const asked = [...states].filter(({ requests }) => requests > 0);
  const isHeld = ({ pace }: HostState): number => (openAt(pace) > now ? 1 : 0);
  asked.sort((a, b) => b.pace.inFlight - a.pace.inFlight || isHeld(b) - isHeld(a) || b.requests - a.requests);
  return asked.slice(0, FIGURES_MAX).map(({ host, pace }) => ({
    host,
    inFlight: pace.inFlight,
    limit: pace.limit.most,
    latencyMs: Math.round(latencyOf(pace.limit)),
    heldUntil: pace.heldUntil > 0 ? pace.heldUntil : null,
    why: pace.why === '' ? null : pace.why,
  }));
}

function waitOf(pace: Pace, now: number): Wait {
  if (openAt(pace) > now) return { why: pace.why, isDelay: false };
  const { delayMs } = pace.config;
  return { why: delayMs > 0 ? `one request every ${delayMs / 1000} s` : '', isDelay: true };
}

function firstHeld(states: Iterable<HostState>, now: number): Held | null {
  let first: HostState | null = null;
  for (const state of states) {
    if (openAt(state.pace) <= now) continue;
    if (first === null || openAt(state.pace) < openAt(first.pace)) first = state;
  }
  return first === null ? null : { host: first.host, until: openAt(first.pace), why: first.pace.why };
}
