// The pace of one host as pure functions of (pace, event, now). Time is an argument, and it is the steady time. The
// gate keeps one `Pace` per host and replaces it with what these functions return.

import type { HostRoom } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';
import { fixedLimit, type Limit, limitAfter, newLimit, observed, type Sign } from './limit.ts';

export interface PaceConfig {
  /** The most requests in flight to the host. */
  readonly hostConcurrency: number;
  /** The least time between two request starts. With any delay there is one request at a time. */
  readonly delayMs: number;
  /** Find the limit by slow start and halving; otherwise start at `hostConcurrency`. */
  readonly adapt: boolean;
  /** How long a host may be held without a break before its URLs are left for another run. */
  readonly patienceMs: number;
  /** The first wait after a failure. */
  readonly firstHoldMs: number;
}

export interface Pace {
  readonly config: PaceConfig;
  readonly inFlight: number;
  readonly limit: Limit;
  /** When the last request was written, or when it started if that is not known yet. A delay counts from here. */
  readonly startedAt: number;
  /** No request starts before this time. */
  readonly heldUntil: number;
  /** When the current unbroken series of holds began. */
  readonly heldSince: number | null;
  /** The hold is longer than `patienceMs`: the URLs that are left wait for another run. */
  readonly isLeft: boolean;
  /** The host asked for this wait, so an answer to another request does not end it. */
  readonly isTold: boolean;
  readonly why: string;
  /** Waits that the host asked for in a row; each doubles the next. Waits of the same moment count as one. */
  readonly waits: number;
  /** When the last counted wait was asked for. Requests that were in flight then belong to that wait. */
  readonly toldAt: number;
  /** Failures in a row. Failures of the same moment count as one. */
  readonly failures: number;
  /** When the last counted failure came. Requests that were in flight then belong to that failure. */
  readonly failedAt: number;
  /** The host has sent a response, in this run or an earlier one. */
  readonly answered: boolean;
  /** The code with which every URL of the host fails, once the host is given up; null until then. */
  readonly dead: ErrorCode | null;
}

/** The result of one request, as far as the pace needs it. `sentAt` is that of the outcome. */
export type PaceEvent =
  | {
      readonly kind: 'answered';
      readonly sentAt: number;
      /** Null if no response began. */
      readonly firstByteMs: number | null;
      /** How late our own event loop was when the answer came. */
      readonly lagMs: number;
      readonly overloaded: boolean;
    }
  | {
      readonly kind: 'asked-to-wait';
      readonly sentAt: number;
      readonly firstByteMs: number;
      readonly untilAt: number;
      readonly why: string;
    }
  /** The request was sent, and no response came. */
  | { readonly kind: 'stalled'; readonly sentAt: number; readonly code: ErrorCode }
  /** The request could not be sent. */
  | { readonly kind: 'unreachable'; readonly sentAt: number; readonly code: ErrorCode }
  | { readonly kind: 'void'; readonly sentAt: number };

const TRIES_OF_A_SILENT_HOST = 3;
/** The first failures in a row that are followed by a short wait, each twice as long as the one before. */
const SHORT_HOLDS = 4;
/** The wait after the next failure; it doubles with each further one. */
const LONG_HOLD_MS = 30_000;
const UNHELD = { heldUntil: 0, heldSince: null, isLeft: false, isTold: false, why: '', waits: 0 } as const;

export function newPace(config: PaceConfig, now: number, resumed: boolean): Pace {
  return {
    config,
    inFlight: 0,
    limit: startingLimit(config),
    // After a restart nobody knows when the last request went out, so one full delay is waited.
    startedAt: resumed ? now : Number.NEGATIVE_INFINITY,
    ...UNHELD,
    toldAt: Number.NEGATIVE_INFINITY,
    failures: 0,
    failedAt: Number.NEGATIVE_INFINITY,
    answered: false,
    dead: null,
  };
}

/** Applies the Crawl-delay of the host's robots.txt. The longer of it and the configured delay counts. */
export function withDelay(pace: Pace, crawlDelayMs: number): Pace {
  if (crawlDelayMs <= pace.config.delayMs) return pace;
  const config = { ...pace.config, delayMs: crawlDelayMs };
  return { ...pace, config, limit: startingLimit(config) };
}

/** The same host with other settings. What was learnt of it stays if it still counts. */
export function repaced(pace: Pace, wanted: PaceConfig, crawlDelayMs: number): Pace {
  const config = { ...wanted, delayMs: Math.max(wanted.delayMs, crawlDelayMs) };
  const isLearning = ({ adapt, delayMs }: PaceConfig): boolean => adapt && delayMs === 0;
  const isKept = isLearning(config) && isLearning(pace.config);
  const limit = isKept
    ? { ...pace.limit, most: Math.min(pace.limit.most, config.hostConcurrency) }
    : startingLimit(config);
  return { ...pace, config, limit };
}

/** How many requests may start now and, if none may, when to ask again. */
export function roomOf(pace: Pace, now: number): HostRoom {
  if (pace.dead !== null) return { take: Number.MAX_SAFE_INTEGER, notBefore: 0 };
  const notBefore = openAt(pace);
  if (notBefore > now) return { take: 0, notBefore };
  // After a failure a single request probes the host, not all that wait for it.
  const limit = pace.failures > 0 ? 1 : pace.limit.most;
  const free = limit - pace.inFlight;
  if (free <= 0) return { take: 0, notBefore: Number.POSITIVE_INFINITY };
  const nextStartAt = pace.startedAt + pace.config.delayMs;
  if (nextStartAt > now) return { take: 0, notBefore: nextStartAt };
  return { take: pace.config.delayMs > 0 ? 1 : free, notBefore: Number.POSITIVE_INFINITY };
}

/** No request starts before this time in this run. */
export function openAt(pace: Pace): number {
  return pace.isLeft ? Number.POSITIVE_INFINITY : pace.heldUntil;
}

export function started(pace: Pace, now: number): Pace {
  return { ...pace, inFlight: pace.inFlight + 1, startedAt: now };
}

export function ended(pace: Pace, event: PaceEvent, now: number): Pace {
  // The request was written later than it started if it first had to connect.
  const startedAt = Math.max(pace.startedAt, event.sentAt);
  const freed = { ...pace, inFlight: pace.inFlight - 1, startedAt };
  switch (event.kind) {
    case 'answered':
      return adapted(reached(freed, now), signOf(event.overloaded, event, 0), now);
    case 'asked-to-wait':
      return adapted(told(freed, event, now), signOf(true, event, event.untilAt - now), now);
    case 'stalled':
      return adapted(failed(freed, event, now), signOf(true, event, 0), now);
    case 'unreachable':
      return failed(freed, event, now);
    case 'void':
      return freed;
  }
}

/** Holds the host until `untilAt`, or until our patience ends if that is sooner: the last try is made then. */
export function hold(pace: Pace, untilAt: number, now: number, why: string): Pace {
  const heldSince = pace.heldSince ?? now;
  const endsAt = heldSince + pace.config.patienceMs;
  const heldUntil = Math.max(Math.min(untilAt, endsAt), pace.heldUntil);
  const isTold = pace.isTold && pace.heldUntil > now;
  return { ...pace, heldSince, heldUntil, isTold, isLeft: pace.isLeft || now >= endsAt, why };
}

/** Holds the host until a time that the host named: no request starts sooner, even if that is beyond our patience. */
export function holdAsTold(pace: Pace, untilAt: number, now: number, why: string): Pace {
  const held = hold(pace, untilAt, now, why);
  const isLeft = held.isLeft || untilAt - held.heldSince! > pace.config.patienceMs;
  return { ...held, heldUntil: Math.max(untilAt, held.heldUntil), isTold: true, isLeft };
}

/** Holds the host until its user has done something, at most for our patience from `since` on. */
export function holdForUser(pace: Pace, since: number, now: number, why: string): Pace {
  return { ...hold({ ...pace, heldSince: since }, Number.POSITIVE_INFINITY, now, why), isTold: true };
}

/** The hold is over. */
export function released(pace: Pace): Pace {
  return { ...pace, ...UNHELD };
}

interface Told {
  readonly sentAt: number;
  readonly untilAt: number;
  readonly why: string;
}

function told(pace: Pace, { sentAt, untilAt, why }: Told, now: number): Pace {
  const waits = waitsBefore(pace, sentAt) + 1;
  const toldAt = sentAt > pace.toldAt ? now : pace.toldAt;
  return holdAsTold({ ...pace, answered: true, failures: 0, waits, toldAt }, untilAt, now, why);
}

/** How many waits in a row the host had asked for before it answers a request that was sent at `sentAt`. */
export function waitsBefore({ waits, toldAt }: Pace, sentAt: number): number {
  return sentAt > toldAt ? waits : Math.max(0, waits - 1);
}

/** The host answers: any wait that its failures caused is over. */
function reached(pace: Pace, now: number): Pace {
  // An answer to an earlier request does not end a wait that the host has asked for since.
  const isTold = pace.isTold && pace.heldUntil > now;
  if (pace.answered && pace.failures === 0 && (isTold || pace.heldSince === null)) return pace;
  const answered = { ...pace, answered: true, failures: 0 };
  return isTold ? answered : { ...answered, ...UNHELD };
}

/**
 * The request got no response. A host that has answered before is held, longer each time. A host that has never
 * answered is soon given up.
 */
function failed(pace: Pace, { sentAt, code }: { sentAt: number; code: ErrorCode }, now: number): Pace {
  // Requests that were in flight together fail together, at once or as each one times out.
  if (sentAt <= pace.failedAt) return pace;
  const failures = pace.failures + 1;
  const counted = { ...pace, failures, failedAt: now };
  if (pace.answered) return hold(counted, now + failureWaitMs(pace.config, failures), now, code);
  // Three tries with short waits between them, the second four times as long; then the host's URLs fail with this code.
  if (failures >= TRIES_OF_A_SILENT_HOST) return { ...counted, dead: code };
  const heldUntil = now + pace.config.firstHoldMs * 4 ** (failures - 1);
  return { ...counted, heldUntil, heldSince: pace.heldSince ?? now, why: code };
}

function failureWaitMs({ firstHoldMs }: PaceConfig, failures: number): number {
  const [firstMs, nth] =
    failures <= SHORT_HOLDS ? [firstHoldMs, failures - 1] : [LONG_HOLD_MS, failures - SHORT_HOLDS - 1];
  return firstMs * 2 ** Math.min(nth, 16);
}

/** The limit is searched for only if there is no delay and `adapt` is set. */
function startingLimit({ hostConcurrency, delayMs, adapt }: PaceConfig): Limit {
  if (delayMs > 0) return fixedLimit(1);
  return adapt ? newLimit(hostConcurrency) : fixedLimit(hostConcurrency);
}

function adapted(pace: Pace, sign: Sign, now: number): Pace {
  const { adapt, delayMs, hostConcurrency } = pace.config;
  const limit =
    adapt && delayMs === 0
      ? limitAfter(pace.limit, sign, pace.inFlight + 1, hostConcurrency, now)
      : observed(pace.limit, sign, now);
  return { ...pace, limit };
}

interface Timed {
  readonly sentAt: number;
  readonly firstByteMs?: number | null;
  readonly lagMs?: number;
}

function signOf(isStrain: boolean, { sentAt, firstByteMs = null, lagMs = 0 }: Timed, waitMs: number): Sign {
  return { isStrain, startedAt: sentAt, waitMs, firstByteMs, lagMs };
}
