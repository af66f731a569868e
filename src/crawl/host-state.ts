// What the gate knows of one host: its pace, its robots.txt, and what it asked for. The gate alone changes it, by these functions.

import { type Times, toSteady } from '../base/clock.ts';
import type { HostRoom, HostRow, Outcome, RobotsRecord } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';
import { ROBOTS_COPY_MS_MAX, URLS_REMEMBERED_MAX } from '../base/limits.ts';
import {
  hold,
  holdAsTold,
  newPace,
  type Pace,
  type PaceConfig,
  type PaceEvent,
  roomOf,
  withDelay,
} from '../politeness/pace.ts';
import { nextRobotsUrl, robotsRecord, robotsRetryMs } from '../robots/policy.ts';
import { parseRobots, type RobotsRules, rulesFor } from '../robots/rules.ts';
import { isBrokenOff } from './settlement.ts';

export interface GateConfig {
  readonly pace: PaceConfig;
  readonly robots: boolean;
  /** A robots.txt that is itself forbidden (401, 403) forbids the host; RFC 9309, section 2.3.1.3, has it allow everything. */
  readonly robotsForbiddenDenies: boolean;
  /** Product token that robots.txt is matched with. */
  readonly agent: string;
  readonly resumed: boolean;
  /** The most URLs that are asked of one host, and how many earlier runs asked, by the host's id. */
  readonly hostLimit: { readonly most: number; readonly asked: ReadonlyMap<number, number> } | null;
}

export interface HostState {
  /** The store's; 0 as long as nothing of the host was queued, and only the robots.txt of another led to it. */
  id: number;
  readonly host: string;
  pace: Pace;
  robots: RobotsRules | null;
  robotsExpiresAt: number;
  robotsFailures: number;
  /** Since when it cannot be had; 0 where it can. */
  robotsFailingSince: number;
  isAsking: boolean;
  /** Where its robots.txt was asked for and redirected to, the last still to be asked for; empty where it is to be asked for in its own place. */
  robotsTrail: readonly string[];
  /** What is elsewhere and for which nothing is asked of it any more; empty where it is its own failure. */
  deadDetail: string;
  /** Requests to it in this run, whatever for; one at least where earlier runs made some. */
  requests: number;
  /** Hosts, by id, whose robots.txt is here, and that wait for room. */
  readonly guests: Set<number>;
  /** URLs that were asked of it, in earlier runs too; counted only where there is a limit. */
  pages: number;
  /** When a URL last succeeded, robots.txt included, and when those were asked that the server wants to be asked later. */
  succeededAt: number;
  waits: Map<string, Wait> | null;
  /** When the last request was sent that had a response of any kind. */
  heardAt: number;
  /** When a request came to nothing, or to another wait, and nobody knows whether that was its URL; 0 where that is not to be looked into. */
  stalledAt: number;
  /** URLs whose last request broke off: when, and whether that cost a try. */
  stalls: Map<string, Stall> | null;
  /** The frontier was told to wait for this host until something about it changes. */
  isParked: boolean;
}

interface Wait {
  readonly at: number;
  /** It was asked for again, and nobody knows yet whether that was the URL. */
  readonly isOwed: boolean;
}

interface Stall {
  readonly at: number;
  readonly wasSpent: boolean;
}

/** Where they come in place of a robots.txt no waiting brings it. */
const UNMENDED: ReadonlySet<ErrorCode> = new Set([
  'tls-expired',
  'tls-not-yet-valid',
  'tls-wrong-host',
  'tls-self-signed',
  'tls-unknown-issuer',
  'tls-certificate',
  'tls-protocol',
  'http-malformed',
  'http-header-size',
]);
/** The same of where a robots.txt redirects to: of a host of its own it would be waited for. */
const UNMENDED_ELSEWHERE: ReadonlySet<ErrorCode> = new Set(['dns-not-found', 'unreachable']);
const DENY_ALL = Buffer.from('User-agent: *\nDisallow: /\n');

/** How many of its tries a URL spends by an outcome; 0 where it is not to blame. `event` is what the outcome says of its host. */
export function spentBy(state: HostState, url: string, outcome: Outcome, event: PaceEvent, now: number): number {
  if (event.kind === 'void' || event.kind === 'unreachable') return 0;
  if (event.kind === 'asked-to-wait') return spentByWait(state, url, now);
  if (isBrokenOff(outcome)) return spentByStall(state, url, outcome, now);
  state.stalls?.delete(url);
  return 1;
}

/**
 * The first wait is the host's, and costs no try. Where the same URL is told to wait again it may be the URL: if others of its host have succeeded
 * since, it is; if nothing else was asked, its robots.txt is, to find out.
 */
function spentByWait(state: HostState, url: string, now: number): number {
  const waits = state.waits ?? new Map<string, Wait>();
  const before = waits.get(url);
  const isToBlame = before !== undefined && state.succeededAt > before.at;
  const isOwed = before !== undefined && !isToBlame;
  if (waits.size >= URLS_REMEMBERED_MAX) waits.clear();
  state.waits = waits.set(url, { at: now, isOwed });
  if (isOwed) state.stalledAt = now;
  if (!isToBlame) return 0;
  return before.isOwed ? 2 : 1;
}

/**
 * Nobody knows at first whether it is the URL that breaks off, or the host that is away: that costs no try. Where the URL breaks off
 * once more, and the host has answered what it was asked between, it was the URL, both times.
 */
function spentByStall(state: HostState, url: string, outcome: Outcome, now: number): number {
  const stalls = state.stalls ?? new Map<string, Stall>();
  const before = stalls.get(url);
  const wasThere = before !== undefined && (outcome.status > 0 || state.heardAt > before.at);
  if (stalls.size >= URLS_REMEMBERED_MAX) stalls.clear();
  state.stalls = stalls.set(url, { at: now, wasSpent: wasThere });
  if (wasThere) return before.wasSpent ? 1 : 2;
  if (outcome.status === 0) state.stalledAt = now;
  return 0;
}

/** Whether it is the host or some URL of it that comes to nothing, or only waits, is found out by its robots.txt, once nothing else is on its way that tells. */
function isDoubted({ stalledAt, heardAt, pace }: HostState): boolean {
  return stalledAt > 0 && stalledAt >= heardAt && pace.inFlight === 0;
}

export function roomAt(state: HostState, config: GateConfig, now: number): HostRoom | 'ask' | 'wait' {
  const room = roomOf(state.pace, now);
  if (room.take === 0 || state.pace.dead !== null) return room;
  const isKnown = !config.robots || isCurrent(state, now);
  if (isKnown && !isDoubted(state)) return room;
  return state.isAsking ? 'wait' : 'ask';
}

export function newHost(config: GateConfig, host: string, id: number, now: number): HostState {
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
    robotsTrail: [],
    deadDetail: '',
    requests: 0,
    guests: new Set(),
    pages: config.hostLimit?.asked.get(id) ?? 0,
    succeededAt: 0,
    waits: null,
    heardAt: 0,
    stalledAt: 0,
    stalls: null,
    isParked: false,
  };
}

/** What the store knows of a host. */
export function remembered(config: GateConfig, row: HostRow, times: Times): HostState {
  const now = times.now();
  const state = newHost(config, row.host, row.id, now);
  if (row.robots !== null && row.robots.body !== null && config.robots) {
    adopt(state, config, { ...row.robots, expiresAt: toSteady(times, row.robots.expiresAt) });
    // The delay that robots.txt asks for is waited for once in full after a restart, like a configured one.
    state.pace = withDelay(state.pace, state.robots?.crawlDelayMs ?? 0);
  }
  // A wall time is known to a millisecond.
  const heldUntil = row.heldUntil === null ? 0 : toSteady(times, row.heldUntil) + 1;
  state.pace = { ...state.pace, answered: row.answered };
  if (heldUntil > now) state.pace = holdAsTold(state.pace, heldUntil, now, row.why ?? '');
  state.requests = row.answered || row.robots !== null || heldUntil > 0 ? 1 : 0;
  return state;
}

export interface RobotsStep {
  readonly outcome: Outcome;
  /** What it says of the host that was asked. */
  readonly event: PaceEvent;
  /** The URLs so far; the last is the outcome's. */
  readonly asked: readonly string[];
  /** Another host was asked, to which the robots.txt redirects. */
  readonly isElsewhere: boolean;
  /** Why nothing more is asked of the host that was asked; null where something may be. */
  readonly givenUp: ErrorCode | null;
}

/** What one answer on the way to a host's robots.txt makes of the host, and what is to be stored of it. */
export function afterRobots(
  state: HostState,
  config: GateConfig,
  { outcome, event, asked, isElsewhere, givenUp }: RobotsStep,
  pace: Pace,
  now: number,
): { readonly pace: Pace; readonly record: RobotsRecord | null } {
  /** That it was asked for and is not had is to be known too. */
  const notHad = (): RobotsRecord | null =>
    state.robots === null ? { fetchedAt: now, expiresAt: 0, status: outcome.status, body: null } : null;
  const next = nextRobotsUrl(outcome, asked);
  // Whatever came of it, pages are next, unless there is no robots.txt yet.
  state.stalledAt = 0;
  if (next !== null) {
    state.robotsTrail = isCurrent(state, now) ? [] : [...asked, next];
    return { pace, record: notHad() };
  }
  const record = robotsRecord(outcome, now);
  // It was not asked after all.
  if (record === null && event.kind === 'void') return { pace, record };
  const isHeldForThat =
    record === null && !isElsewhere && (event.kind === 'asked-to-wait' || event.kind === 'unreachable');
  // It is asked again where it was: from the beginning on, each redirect would pass for an answer, and no wait would ever be the last.
  state.robotsTrail = isHeldForThat ? asked : [];
  if (!config.robots) return { pace, record };
  if (record !== null) {
    adopt(state, config, record);
    return { pace: withDelay(pace, state.robots?.crawlDelayMs ?? 0), record };
  }
  const after = isHeldForThat ? pace : unobtainable(state, pace, { outcome, isElsewhere, givenUp }, now);
  if (after.dead !== null && isElsewhere) state.deadDetail = `its robots.txt redirects to ${asked.at(-1)}`;
  return { pace: after, record: notHad() };
}

function isCurrent({ robots, robotsExpiresAt }: HostState, now: number): boolean {
  return robots !== null && robotsExpiresAt > now;
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
// a copy that is not too old. A host that has never answered anything is given up sooner, and is held for that already.
function unobtainable(
  state: HostState,
  pace: Pace,
  answer: Pick<RobotsStep, 'outcome' | 'isElsewhere' | 'givenUp'>,
  now: number,
): Pace {
  if (isCurrent(state, now) || !pace.answered) return pace;
  const { outcome } = answer;
  const dead = state.robots === null ? whatStays(answer) : null;
  if (dead !== null) return { ...pace, dead };
  const waitMs = robotsRetryMs(state.robotsFailures);
  state.robotsFailures += 1;
  state.robotsFailingSince ||= now;
  if (state.robots !== null && now < state.robotsFailingSince + ROBOTS_COPY_MS_MAX) {
    state.robotsExpiresAt = now + waitMs;
    return pace;
  }
  // From now on nothing may be asked. That goes on through all tries, though each of them is answered.
  if (state.robots !== null) state.robotsFailingSince = now;
  state.robots = null;
  const heldSince = pace.heldSince ?? state.robotsFailingSince;
  const cause = outcome.error ?? (outcome.detail || `status ${outcome.status}`);
  // An answer to what is still on its way brings no robots.txt.
  return { ...hold({ ...pace, heldSince }, now + waitMs, now, `robots.txt: ${cause}`), isTold: true };
}

/** The error that will not pass, if it is one: what hosts wait for, or what they redirect to is not there. */
function whatStays({ outcome, isElsewhere, givenUp }: Pick<RobotsStep, 'outcome' | 'isElsewhere' | 'givenUp'>) {
  const { error, status } = outcome;
  if (status > 0 || error === null) return null;
  const stays = UNMENDED.has(error) || (isElsewhere && UNMENDED_ELSEWHERE.has(error));
  return stays ? error : isElsewhere ? givenUp : null;
}
