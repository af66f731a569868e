// The gate in front of every lease: robots, pace and holds of each host. It owns one state a host and is the only one to
// change it. A host whose robots.txt is not known yet yields an errand first; until that is run, none of its URLs is leased.

import type { Times } from '../base/clock.ts';
import type { Fetch, HostFigures, HostNote, HostRoom, HostRow, Lease, Outcome } from '../base/contracts.ts';
import { IDLE_CONNECTION_MS } from '../base/limits.ts';
import { latencyOf } from '../politeness/limit.ts';
import { healthAfter, WELL } from '../politeness/machine.ts';
import { ended, openAt, type Pace, type PaceEvent, roomOf, started, waitsBefore } from '../politeness/pace.ts';
import { robotsRequest, robotsUrl } from '../robots/policy.ts';
import { hostOf } from '../url/host.ts';
import { afterRobots, type GateConfig, type HostState, newHost, remembered, roomAt, spentBy } from './host-state.ts';
import { machineEventOf, paceEventOf, type Refusal } from './settlement.ts';

const FIGURES_MAX = 100;

/** A robots.txt to ask for before the host's first page. */
export interface Errand {
  readonly host: string;
  readonly hostId: number;
}

/** What is asked of a host: a URL of the frontier, or a sitemap. */
type Asked = Pick<Lease, 'url' | 'host' | 'hostId'> & Partial<Pick<Lease, 'wasAsked'>> & { readonly isSitemap?: true };

export interface Held {
  readonly host: string;
  /** It is our own machine that must wait. */
  readonly isMachine?: true;
  /** Steady time; `Infinity` where it is left for another run. */
  readonly until: number;
  readonly why: string;
}

export interface Wait {
  readonly why: string;
  /** It is the delay between two requests, and comes back after each. */
  readonly isDelay: boolean;
}

/** What came of one request through the gate. */
export interface Passed {
  readonly refusal: null;
  readonly outcome: Outcome;
  /** What must be stored about the host: that it is held, or that it has answered for the first time. */
  readonly note: HostNote | null;
  /** How many of the URL's tries it cost, where it may be asked again. */
  readonly spent: number;
}

export interface Gate {
  /** For the frontier: how many URLs of the host may start now. */
  room(host: string, hostId: number): HostRoom;
  /** The next robots.txt that is wanted. */
  errand(): Errand | null;
  /** One request. Where it redirects, another errand goes on with that, at the pace of the host that is asked. Gives what is to be stored. */
  runErrand(errand: Errand, fetch: Fetch, signal: AbortSignal): Promise<readonly HostNote[]>;
  /** Sends one request, unless it must not be sent. From the call until `send` resolves it is in flight. */
  through(asked: Asked, send: () => Promise<Outcome>): Promise<Passed | { readonly refusal: Refusal }>;
  /** What the host's robots.txt names as sitemaps, as written. */
  sitemapsOf(host: string, hostId: number): readonly string[];
  /** Learns what earlier runs had of hosts; to be called before anything else. */
  remember(rows: readonly HostRow[]): void;
  figures(): readonly HostFigures[];
  /** This machine, or the held host that is due first. */
  waitingFor(now: number): Held | null;
  /** Why nothing of the host may start before a time: that it is held, or its delay. */
  waitOf(host: string): Wait;
}

export function createGate(
  config: GateConfig,
  times: Times,
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
  /** The host that is asked next for the robots.txt of this one. */
  const servantOf = (state: HostState): HostState => {
    const url = state.robotsTrail.at(-1);
    return url === undefined || isOn(state.host, url) ? state : stateOf(hostOf(url), 0);
  };
  const begin = (state: HostState): void => {
    state.pace = started(state.pace, now());
    state.requests += 1;
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
    const { sentAt } = outcome;
    return isOurs ? { kind: 'void', sentAt } : paceEventOf(outcome, waitsBefore(state.pace, sentAt), now(), lagMs());
  };
  const isGivenUp = (at: number): boolean => at - health.heldSince > config.pace.patienceMs;
  /** Until when nothing may be asked of anybody; 0 where something may. */
  const pausedUntil = (): number => {
    if (health.faults === 0) return 0;
    // As with a host: what is left is for another run.
    if (isGivenUp(now())) return Number.POSITIVE_INFINITY;
    const until = Math.max(health.heldUntil, probeAt);
    if (until > now()) return until;
    // One request finds out whether it is over.
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
    // What is held may be opened sooner, by an answer to what is still on its way.
    state.isParked = at > now();
    open(state.id, at);
  };
  const end = (state: HostState, url: string, outcome: Outcome): Passed => {
    const event = judged(state, outcome);
    const spent = spentBy(state, url, outcome, event, now());
    // A single script that is always overloaded says nothing about the others; that we ask too much does.
    const isHostFree = spent > 0 && event.kind === 'asked-to-wait' && outcome.status === 503;
    const { answered, heldUntil, isLeft } = state.pace;
    change(state, ended(state.pace, isHostFree ? answerAt(outcome.sentAt, true) : event, now()));
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
        // Nobody else may take the room that it has there.
        if (servant !== state) begin(servant);
      }
      const answer = room === 'ask' || room === 'wait' ? CLOSED : room;
      state.isParked = answer.take === 0;
      return health.faults > 0 && answer.take > 1 ? { ...answer, take: 1 } : answer;
    },
    errand: () => errands.shift() ?? null,
    async runErrand({ host, hostId }, fetch, signal) {
      const state = stateOf(host, hostId);
      const servant = servantOf(state);
      if (servant === state) begin(state);
      const asked = state.robotsTrail.length > 0 ? state.robotsTrail : [robotsUrl(host)];
      const outcome = await fetch(robotsRequest(asked.at(-1)!), signal);
      state.isAsking = false;
      const event = judged(servant, outcome);
      const paced = ended(servant.pace, event, now());
      // That another host is ill, to which it redirects, is not its own illness.
      if (servant !== state) change(servant, paced);
      const answer = { outcome, event, asked, isElsewhere: servant !== state, givenUp: paced.dead };
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
    remember(rows) {
      for (const row of rows) hosts.set(row.host, remembered(config, row, times));
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

/** HostRoom for one that is asked for another host: that one is told when there is some, where no time is known. */
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

const PROBE_MS = 1_000;
const CLOSED: HostRoom = { take: 0, notBefore: Number.POSITIVE_INFINITY };

/** Of those that were asked for something: the busiest first, then those that wait, then by how much was asked of them. */
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
