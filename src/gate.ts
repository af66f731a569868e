// The gate in front of every lease: robots, pace and holds of each host. It owns one state a host and is the only one to
// change it. A host whose robots.txt is not known yet yields an errand first; until that is run, none of its URLs is leased.

import type { Fetch, HostFigures, HostNote, HostRow, Lease, Outcome, RobotsRecord, Room } from './base/contracts.ts';
import type { ErrorCode, SkipReason } from './base/errors.ts';
import { ROBOTS_COPY_MS_MAX } from './base/limits.ts';
import {
  ended,
  hold,
  newPace,
  type Pace,
  type PaceConfig,
  type PaceEvent,
  roomOf,
  started,
  unreachable,
  withDelay,
} from './politeness/pace.ts';
import { fetchRobots, robotsRetryMs } from './robots/policy.ts';
import { parseRobots, type RobotsRules, rulesFor } from './robots/rules.ts';
import { paceEventOf } from './settlement.ts';

const FIGURES_MAX = 100;

export interface GateConfig {
  readonly pace: PaceConfig;
  readonly robots: boolean;
  /** A robots.txt that is itself forbidden (401, 403) forbids the host; RFC 9309, section 2.3.1.3, has it allow everything. */
  readonly robotsForbiddenDenies: boolean;
  /** Product token that robots.txt is matched with. */
  readonly agent: string;
  readonly resumed: boolean;
}

/** A robots.txt to ask for before the host's first page. */
export interface Errand {
  readonly host: string;
  readonly hostId: number;
}

/** What is asked of a host: a URL of the frontier or a sitemap. */
type Asked = Pick<Lease, 'url' | 'host' | 'hostId'>;

interface HostState {
  readonly id: number;
  readonly host: string;
  pace: Pace;
  robots: RobotsRules | null;
  robotsExpiresAt: number;
  robotsFailures: number;
  /** Since when it cannot be had; 0 where it can. */
  robotsFailingSince: number;
  isAsking: boolean;
  /** The frontier was told to wait for this host until something about it changes. */
  isParked: boolean;
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
  /** What must be stored about the host, where it is held now. */
  ended(lease: Asked, outcome: Outcome): HostNote | null;
  /** What the host's robots.txt names as sitemaps, as written. */
  sitemapsOf(host: string, hostId: number): readonly string[];
  figures(): readonly HostFigures[];
  /** The held host that is due first. */
  waitingFor(now: number): { readonly host: string; readonly until: number; readonly why: string } | null;
}

export function createGate(
  config: GateConfig,
  known: Iterable<HostRow>,
  now: () => number,
  open: (hostId: number, until: number) => void,
): Gate {
  const hosts = new Map<number, HostState>();
  const errands: Errand[] = [];
  for (const row of known) remember(hosts, config, row, now());

  const stateOf = (host: string, id: number): HostState => {
    let state = hosts.get(id);
    if (state === undefined) {
      state = newHost(config, host, id, now());
      hosts.set(id, state);
    }
    return state;
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
      if (room === 'ask') {
        state.isAsking = true;
        errands.push({ host, hostId: id });
      }
      const answer = room === 'ask' || room === 'wait' ? CLOSED : room;
      state.isParked = answer.take === 0;
      return answer;
    },
    errand: () => errands.shift() ?? null,
    async runErrand({ host, hostId }, fetch, signal) {
      const state = stateOf(host, hostId);
      state.pace = started(state.pace, now());
      const { outcome, record } = await fetchRobots(host, fetch, now, signal);
      state.isAsking = false;
      const event = paceEventOf(outcome, state.pace.holds, now());
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
      return null;
    },
    started(lease) {
      const state = stateOf(lease.host, lease.hostId);
      state.pace = started(state.pace, now());
    },
    ended(lease, outcome) {
      const state = stateOf(lease.host, lease.hostId);
      change(state, ended(state.pace, paceEventOf(outcome, state.pace.holds, now()), now()));
      const { heldUntil, why } = state.pace;
      return heldUntil > now() ? { host: lease.host, heldUntil: storable(heldUntil), why } : null;
    },
    sitemapsOf: (host, id) => stateOf(host, id).robots?.sitemaps ?? [],
    figures: () => busiest(hosts.values()),
    waitingFor: (at) => firstHeld(hosts.values(), at),
  };
}

const DENY_ALL = Buffer.from('User-agent: *\nDisallow: /\n');
const CLOSED: Room = { take: 0, notBefore: Number.POSITIVE_INFINITY };

function roomAt(state: HostState, config: GateConfig, now: number): Room | 'ask' | 'wait' {
  const room = roomOf(state.pace, now);
  const isKnown = !config.robots || (state.robots !== null && state.robotsExpiresAt > now) || state.pace.dead !== null;
  if (isKnown || room.take === 0) return room;
  return state.isAsking ? 'wait' : 'ask';
}

function newHost(config: GateConfig, host: string, id: number, now: number): HostState {
  const pace = newPace(config.pace, now, config.resumed);
  return {
    id,
    host,
    pace,
    robots: null,
    robotsExpiresAt: 0,
    robotsFailures: 0,
    robotsFailingSince: 0,
    isAsking: false,
    isParked: false,
  };
}

function remember(hosts: Map<number, HostState>, config: GateConfig, row: HostRow, now: number): void {
  const state = newHost(config, row.host, row.id, now);
  if (row.robots !== null && row.robots.body !== null && config.robots) {
    adopt(state, config, row.robots);
    // The delay that robots.txt asks for is waited for once in full after a restart, like a configured one.
    state.pace = newPace(withDelay(state.pace, state.robots?.crawlDelayMs ?? 0).config, now, config.resumed);
  }
  if (row.heldUntil !== null && row.heldUntil > now) state.pace = hold(state.pace, row.heldUntil, now, row.why ?? '');
  hosts.set(row.id, state);
}

function adopt(state: HostState, config: GateConfig, record: RobotsRecord): void {
  const isForbidden = record.status === 401 || record.status === 403;
  const body = isForbidden && config.robotsForbiddenDenies ? DENY_ALL : (record.body ?? new Uint8Array(0));
  state.robots = rulesFor(parseRobots(body), config.agent);
  state.robotsExpiresAt = record.expiresAt;
  state.robotsFailures = 0;
  state.robotsFailingSince = 0;
}

// No robots.txt to be had means nothing may be asked for now (RFC 9309, section 2.3.1.4): the host is held, unless there is
// a copy that is not too old. A host that has never answered anything is given up sooner, with the code that names what is wrong.
function unobtainable(state: HostState, pace: Pace, event: PaceEvent, outcome: Outcome, now: number): Pace {
  if (event.kind === 'stalled' && !pace.answered && outcome.error !== null) {
    return unreachable(pace, outcome.error, now);
  }
  const waitMs = robotsRetryMs(state.robotsFailures);
  state.robotsFailures += 1;
  state.robotsFailingSince ||= now;
  if (state.robots !== null && now < state.robotsFailingSince + ROBOTS_COPY_MS_MAX) {
    state.robotsExpiresAt = now + waitMs;
    return pace;
  }
  state.robots = null;
  const cause = outcome.error ?? `status ${outcome.status}`;
  return hold(pace, now + waitMs, now, `robots.txt: ${cause}`);
}

// A hold beyond patience is for this run alone: the next one asks again.
function storable(heldUntil: number): number {
  return Number.isFinite(heldUntil) ? heldUntil : 0;
}

function busiest(states: Iterable<HostState>): HostFigures[] {
  const all = [...states].sort((a, b) => b.pace.inFlight - a.pace.inFlight).slice(0, FIGURES_MAX);
  return all.map(({ host, pace }) => ({
    host,
    inFlight: pace.inFlight,
    limit: pace.limit,
    latencyMs: Math.round(pace.latencyMs),
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
