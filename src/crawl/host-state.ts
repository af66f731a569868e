// What the gate knows of one host: its pace, its robots.txt, and the host's wishes. Only the gate changes it.

import type { HostRoom, Outcome, RobotsRecord } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';
import { ROBOTS_COPY_MS_MAX } from '../base/limits.ts';
import {
  hold,
  newPace,
  openAt,
  type Pace,
  type PaceConfig,
  type PaceEvent,
  roomOf,
  withDelay,
} from '../politeness/pace.ts';
import {
  isLess,
  isRobotsCut,
  nextRobotsUrl,
  robotsCutRetryMs,
  robotsFault,
  robotsRecord,
  robotsRetryMs,
} from '../robots/policy.ts';
import type { RobotsRules } from '../robots/rules.ts';
import { hasCulprits, isDoubted, noSuspicions, type Suspicions } from './blame.ts';
import type { RobotsConfig, RobotsRead } from './read-robots.ts';
import { roomBesideStuck } from './stuck.ts';

/** What the user wants of one host alone. */
export type OwnRules = Partial<Pick<PaceConfig, 'delayMs' | 'hostConcurrency'>> & { readonly agent?: string };

export interface GateConfig extends RobotsConfig {
  /** Only repace.ts changes it. */
  pace: PaceConfig;
  /** What differs for a host; null if nothing does. */
  readonly own?: (host: string) => OwnRules | null;
  readonly resumed: boolean;
  /** The most URLs to request from one host, and how many earlier runs requested, by host id. Null without a limit. */
  readonly hostLimit: { readonly most: number; readonly asked: ReadonlyMap<number, number> } | null;
  /** How many hosts may be in memory. */
  readonly hostsMost: number;
}

export interface HostState extends Suspicions {
  /**
   * The store's id. It is 0 while no URL of the host was queued and only another host's robots.txt redirected to it.
   */
  id: number;
  readonly host: string;
  pace: Pace;
  robots: RobotsRules | null;
  /** About how much memory its rules take. */
  robotsBytes: number;
  robotsExpiresAt: number;
  robotsFailures: number;
  /** How many times in a row its robots.txt broke off. */
  robotsCuts: number;
  /** Since when the robots.txt cannot be fetched; 0 if it can. */
  robotsFailingSince: number;
  isAsking: boolean;
  /** A request that decides about the host is made, and all others wait for it. */
  isProbed: boolean;
  /** The redirects to its robots.txt, with the next URL to request last. Empty: request its own /robots.txt next. */
  robotsTrail: readonly string[];
  /** What the outcome that gave the host up says of itself, if it says anything. */
  deadDetail: string;
  /** All requests to the host in this run; at least one if earlier runs made any. */
  requests: number;
  /** Ids of hosts whose robots.txt redirects here and that wait for room; null if there are none. */
  guests: Set<number> | null;
  /** When what is known of it was last noted for others. */
  keptAt: number;
  /** It has less room than was told: a hold began, or a request for the robots.txt of another host took some. */
  hasLessRoom: boolean;
  /** The next URL of the host was looked at while its delay lasted: it may be requested. */
  hasLooked: boolean;
  /** URLs requested from the host, in earlier runs too. Counted only if there is a limit. */
  pages: number;
  /** The frontier was told to wait for this host until something about it changes. */
  isParked: boolean;
  /** Whether the store has this state: no, soon if it stays as it is, or yes. Only hosts.ts changes it. */
  shelved: 'no' | 'soon' | 'yes';
}

/** What the hold of a host begins with where its user is not logged in any more. Another run finds out for itself. */
export const LOGGED_OUT = 'logged out';

/** After a shorter wait the URL is taken anyway. */
const LOOK_MS_MIN = 500;
const NO_TRAIL: readonly string[] = [];

/**
 * Errors that waiting does not mend if the target of a robots.txt redirect gives them. If the host itself gives them,
 * waiting may help.
 */
const UNMENDED_ELSEWHERE: ReadonlySet<ErrorCode> = new Set(['dns-not-found', 'unreachable']);

export function roomAt(state: HostState, config: GateConfig, now: number): HostRoom | 'ask' | 'wait' {
  if (state.isProbed) return 'wait';
  const own = roomOf(state.pace, now);
  const isFull = own.take === 0 && own.notBefore === Number.POSITIVE_INFINITY && !state.pace.isLeft;
  const room = (isFull && isCurrent(state, now) ? roomBesideStuck(state, state.pace, now) : null) ?? own;
  if (room === 'ask') return state.isAsking ? own : 'ask';
  if (room.take === 0 || state.pace.dead !== null) return room;
  const isKnown = !config.robots || isCurrent(state, now);
  // What broke off is seldom well the next time, and may hold its place until its timeout.
  if (isKnown && !isDoubted(state, state.pace)) return hasCulprits(state) ? { ...room, newFirst: true } : room;
  return state.isAsking ? 'wait' : 'ask';
}

/**
 * Whether its next URL may be taken although its delay lasts: if robots.txt forbids the URL, there is no request to
 * wait for.
 */
export function mayLook(state: HostState, { take, notBefore }: HostRoom, now: number): boolean {
  const isDelayed = take === 0 && openAt(state.pace) <= now && notBefore >= now + LOOK_MS_MIN;
  return isDelayed && Number.isFinite(notBefore) && !state.hasLooked && isCurrent(state, now) && state.robots!.forbids;
}

/** A host that was not requested in this run, which began at `begunAt`. */
export function newHost(config: GateConfig, host: string, id: number, begunAt: number): HostState {
  const pace = newPace(paceOf(config, host), begunAt, config.resumed);
  return {
    id,
    host,
    pace,
    robots: null,
    robotsBytes: 0,
    robotsExpiresAt: 0,
    robotsFailures: 0,
    robotsCuts: 0,
    robotsFailingSince: 0,
    isAsking: false,
    isProbed: false,
    robotsTrail: NO_TRAIL,
    deadDetail: '',
    requests: 0,
    guests: null,
    keptAt: Number.NEGATIVE_INFINITY,
    hasLessRoom: false,
    hasLooked: false,
    pages: config.hostLimit?.asked.get(id) ?? 0,
    ...noSuspicions(),
    isParked: false,
    shelved: 'no',
  };
}

export function paceOf({ pace, own }: Pick<GateConfig, 'pace' | 'own'>, host: string): PaceConfig {
  const rules = own?.(host) ?? null;
  if (rules === null) return pace;
  const { delayMs = pace.delayMs, hostConcurrency = pace.hostConcurrency } = rules;
  return { ...pace, delayMs, hostConcurrency };
}

export interface RobotsStep {
  readonly outcome: Outcome;
  /** The robots.txt that was fetched; null if it redirects, could not be fetched, or is not obeyed. */
  readonly read: RobotsRead | null;
  /** What the answer tells about the host that was asked. */
  readonly event: PaceEvent;
  /** The URLs requested so far; the last is the one of the outcome. */
  readonly asked: readonly string[];
  /** The robots.txt redirected, so another host was asked. */
  readonly isElsewhere: boolean;
  /** Why the host that was asked is given up; null if it is not. */
  readonly givenUp: ErrorCode | null;
}

/** Applies one answer on the way to a host's robots.txt: the new pace of the host, and the record to store. */
export function afterRobots(
  state: HostState,
  config: GateConfig,
  { outcome, read, event, asked, isElsewhere, givenUp }: RobotsStep,
  pace: Pace,
  now: number,
): { readonly pace: Pace; readonly record: RobotsRecord | null } {
  /** The store must also know that the robots.txt was requested and could not be fetched. */
  const notHad = (): RobotsRecord | null =>
    state.robots === null ? { fetchedAt: now, expiresAt: 0, status: outcome.status, body: null } : null;
  const next = nextRobotsUrl(outcome, asked);
  // Whatever came of it, pages are next, unless there is no robots.txt yet.
  state.stalledAt = 0;
  if (next !== null) {
    state.robotsTrail = isCurrent(state, now) ? NO_TRAIL : [...asked, next];
    return { pace, record: notHad() };
  }
  const record = read?.record ?? robotsRecord(outcome, now);
  // The request was never sent.
  if (record === null && event.kind === 'void') return { pace, record };
  const isHeldForThat =
    record === null && !isElsewhere && (event.kind === 'asked-to-wait' || event.kind === 'unreachable');
  // Starting from the beginning again, each redirect would count as an answer, and no wait would ever be the last.
  state.robotsTrail = isHeldForThat ? asked : NO_TRAIL;
  if (!config.robots) return { pace, record };
  if (read !== null) {
    adopt(state, read, read.record.expiresAt);
    return { pace: withDelay(pace, read.rules.crawlDelayMs ?? 0), record };
  }
  const after = isHeldForThat ? pace : unobtainable(state, pace, { outcome, isElsewhere, givenUp }, now);
  if (state.pace.dead === null && after.dead !== null) {
    const what = isElsewhere ? `its robots.txt redirects to ${asked.at(-1)}` : 'its robots.txt';
    state.deadDetail = `${what}: ${troubleOf(outcome)}`;
  }
  return { pace: after, record: notHad() };
}

function isCurrent({ robots, robotsExpiresAt }: HostState, now: number): boolean {
  return robots !== null && robotsExpiresAt > now;
}

export function adopt(state: HostState, { rules }: Pick<RobotsRead, 'rules'>, expiresAt: number): void {
  state.robots = rules;
  state.robotsBytes = rules.bytes;
  state.robotsExpiresAt = expiresAt;
  state.robotsFailures = 0;
  state.robotsCuts = 0;
  state.robotsFailingSince = 0;
}

// Without a robots.txt nothing may be requested for now (RFC 9309, section 2.3.1.4): the host is held, unless there is
// a copy that is not too old. A host that has never answered is given up sooner and is already held for that.
function unobtainable(
  state: HostState,
  pace: Pace,
  answer: Pick<RobotsStep, 'outcome' | 'isElsewhere' | 'givenUp'>,
  now: number,
): Pace {
  if (isCurrent(state, now) || !pace.answered || pace.dead !== null) return pace;
  const { outcome } = answer;
  const dead = state.robots === null ? whatStays(answer, state.robotsCuts) : null;
  if (dead !== null) return { ...pace, dead };
  const isCut = isRobotsCut(outcome);
  const waitMs = isCut ? robotsCutRetryMs(state.robotsCuts) : robotsRetryMs(state.robotsFailures);
  state.robotsCuts = isCut ? state.robotsCuts + 1 : 0;
  state.robotsFailures += 1;
  state.robotsFailingSince ||= now;
  if (state.robots !== null && now < state.robotsFailingSince + ROBOTS_COPY_MS_MAX) {
    state.robotsExpiresAt = now + waitMs;
    return pace;
  }
  // From now on nothing may be requested. That lasts through all tries, even if each of them gets an answer.
  if (state.robots !== null) state.robotsFailingSince = now;
  state.robots = null;
  state.robotsBytes = 0;
  const heldSince = pace.heldSince ?? state.robotsFailingSince;
  const cause = outcome.error ?? (outcome.detail || `status ${outcome.status}`);
  // An answer to a request in flight does not bring a robots.txt.
  return { ...hold({ ...pace, heldSince }, now + waitMs, now, `robots.txt: ${cause}`), isTold: true };
}

/** The trouble with the response in words. */
function troubleOf(outcome: Outcome): string {
  const { detail, error, status } = outcome;
  if (isLess(outcome)) return `status ${status}, although all of it was asked for`;
  return detail || (error ?? 'its body is no text and cannot be unpacked');
}

/** The error that waiting will not mend, also one at the target of a redirect; null if there is none. */
function whatStays(
  { outcome, isElsewhere, givenUp }: Pick<RobotsStep, 'outcome' | 'isElsewhere' | 'givenUp'>,
  cuts: number,
): ErrorCode | null {
  const { error, status } = outcome;
  const fault = robotsFault(outcome, cuts);
  if (fault !== null || error === null || !isElsewhere) return fault;
  if (UNMENDED_ELSEWHERE.has(error)) return error;
  return status === 0 ? givenUp : null;
}
