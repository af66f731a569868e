// What the gate knows of one host: its pace, its robots.txt, and what it asked for. The gate alone changes it, by these functions.

import { type Times, toSteady } from './base/clock.ts';
import type { HostRow, Outcome, RobotsRecord, Room } from './base/contracts.ts';
import { ROBOTS_COPY_MS_MAX, WAITS_REMEMBERED_MAX } from './base/limits.ts';
import {
  hold,
  newPace,
  type Pace,
  type PaceConfig,
  type PaceEvent,
  roomOf,
  unreachable,
  withDelay,
} from './politeness/pace.ts';
import { robotsRetryMs } from './robots/policy.ts';
import { parseRobots, type RobotsRules, rulesFor } from './robots/rules.ts';
import type { Blame } from './settlement.ts';

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
  readonly id: number;
  readonly host: string;
  pace: Pace;
  robots: RobotsRules | null;
  robotsExpiresAt: number;
  robotsFailures: number;
  /** Since when it cannot be had; 0 where it can. */
  robotsFailingSince: number;
  isAsking: boolean;
  /** URLs that were asked of it, in earlier runs too; counted only where there is a limit. */
  pages: number;
  /** When a URL last succeeded, robots.txt included, and when those were asked that the server wants to be asked later. */
  succeededAt: number;
  waits: Map<string, number> | null;
  /** The frontier was told to wait for this host until something about it changes. */
  isParked: boolean;
}

const DENY_ALL = Buffer.from('User-agent: *\nDisallow: /\n');

/** The URL itself is to blame where the server asked to wait for it before, and others of its host have succeeded since. */
export function blamed(state: HostState, url: string, event: PaceEvent, now: number): Blame {
  if (event.kind !== 'asked-to-wait') return 'host';
  const waits = state.waits ?? new Map<string, number>();
  const before = waits.get(url);
  if (waits.size >= WAITS_REMEMBERED_MAX) waits.clear();
  state.waits = waits.set(url, now);
  return before !== undefined && state.succeededAt > before ? 'url' : 'host';
}

export function roomAt(state: HostState, config: GateConfig, now: number): Room | 'ask' | 'wait' {
  const room = roomOf(state.pace, now);
  const isKnown = !config.robots || (state.robots !== null && state.robotsExpiresAt > now) || state.pace.dead !== null;
  if (isKnown || room.take === 0) return room;
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
    pages: config.hostLimit?.asked.get(id) ?? 0,
    succeededAt: 0,
    waits: null,
    isParked: false,
  };
}

export function remember(hosts: Map<number, HostState>, config: GateConfig, row: HostRow, times: Times): void {
  const now = times.now();
  const state = newHost(config, row.host, row.id, now);
  if (row.robots !== null && row.robots.body !== null && config.robots) {
    adopt(state, config, { ...row.robots, expiresAt: toSteady(times, row.robots.expiresAt) });
    // The delay that robots.txt asks for is waited for once in full after a restart, like a configured one.
    state.pace = withDelay(state.pace, state.robots?.crawlDelayMs ?? 0);
  }
  const heldUntil = row.heldUntil === null ? 0 : toSteady(times, row.heldUntil);
  if (heldUntil > now) state.pace = hold(state.pace, heldUntil, now, row.why ?? '');
  hosts.set(row.id, state);
}

export function adopt(state: HostState, config: GateConfig, record: RobotsRecord): void {
  const isForbidden = record.status === 401 || record.status === 403;
  const body = isForbidden && config.robotsForbiddenDenies ? DENY_ALL : (record.body ?? new Uint8Array(0));
  state.robots = rulesFor(parseRobots(body), config.agent);
  state.robotsExpiresAt = record.expiresAt;
  state.robotsFailures = 0;
  state.robotsFailingSince = 0;
}

// No robots.txt to be had means nothing may be asked for now (RFC 9309, section 2.3.1.4): the host is held, unless there is
// a copy that is not too old. A host that has never answered anything is given up sooner, with the code that names what is wrong.
export function unobtainable(state: HostState, pace: Pace, event: PaceEvent, outcome: Outcome, now: number): Pace {
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
  const cause = outcome.error ?? (outcome.detail || `status ${outcome.status}`);
  return hold(pace, now + waitMs, now, `robots.txt: ${cause}`);
}

// A hold beyond patience is for this run alone: the next one asks again.
export function storable(heldUntil: number): number {
  return Number.isFinite(heldUntil) ? heldUntil : 0;
}
