// The pace of one host as pure functions of (pace, event, now). Nobody owns a clock here: time is an argument, and it is the
// steady time. The gate keeps one `Pace` a host and replaces it with what these functions return.

import type { Room } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';
import { fixedLimit, type Limit, limitAfter, newLimit, type Sign } from './limit.ts';

export interface PaceConfig {
  /** Most requests in flight to the host. */
  readonly limitMax: number;
  /** Between two starts; with any delay there is one request at a time. */
  readonly delayMs: number;
  /** Find the limit by slow start and halving; otherwise `limitMax` at once. */
  readonly adapt: boolean;
  /** How long a host may be held without a break before its URLs are left for another run. */
  readonly patienceMs: number;
  /** The first hold after a failure to connect. */
  readonly firstHoldMs: number;
}

export interface Pace {
  readonly config: PaceConfig;
  readonly inFlight: number;
  readonly limit: Limit;
  /** When the last request was written, or started where that is not known yet: a delay is measured from there. */
  readonly startedAt: number;
  readonly heldUntil: number;
  /** Start of the uninterrupted series of holds. */
  readonly heldSince: number | null;
  readonly why: string;
  /** Holds in a row, for the doubling. */
  readonly holds: number;
  /** Failures to connect in a row. */
  readonly failures: number;
  /** The host has given some response, ever. */
  readonly answered: boolean;
  /** Set once the host is given up: every URL of it fails with this code. */
  readonly dead: ErrorCode | null;
}

/** What came of one request, as far as pace is concerned; `sentAt` as in its outcome. */
export type PaceEvent =
  | {
      readonly kind: 'answered';
      readonly sentAt: number;
      readonly firstByteMs: number;
      /** How late our own event loop was when the answer came. */
      readonly lagMs: number;
      readonly overloaded: boolean;
    }
  | { readonly kind: 'asked-to-wait'; readonly sentAt: number; readonly untilAt: number; readonly status: number }
  | { readonly kind: 'stalled'; readonly sentAt: number }
  | { readonly kind: 'unreachable'; readonly sentAt: number; readonly code: ErrorCode }
  | { readonly kind: 'void'; readonly sentAt: number };

const TRIES_OF_A_SILENT_HOST = 3;
const FAILURES_BEFORE_A_HOLD = 5;
const HOLD_MS = 30_000;

export function newPace(config: PaceConfig, now: number, resumed: boolean): Pace {
  return {
    config,
    inFlight: 0,
    limit: startingLimit(config),
    // Nobody knows when the last request before a restart went out: wait one full delay.
    startedAt: resumed ? now : Number.NEGATIVE_INFINITY,
    heldUntil: 0,
    heldSince: null,
    why: '',
    holds: 0,
    failures: 0,
    answered: false,
    dead: null,
  };
}

/** The robots.txt of the host asks for another delay than the one configured: the longer one holds. */
export function withDelay(pace: Pace, crawlDelayMs: number): Pace {
  if (crawlDelayMs <= pace.config.delayMs) return pace;
  const config = { ...pace.config, delayMs: crawlDelayMs };
  return { ...pace, config, limit: startingLimit(config) };
}

/** How many requests may start now, and if none, when to ask again. */
export function roomOf(pace: Pace, now: number): Room {
  if (pace.dead !== null) return { take: Number.MAX_SAFE_INTEGER, notBefore: 0 };
  if (pace.heldUntil > now) return { take: 0, notBefore: pace.heldUntil };
  // A host that failed is probed by one request, not by all that wait for it.
  const limit = pace.failures > 0 ? 1 : pace.limit.most;
  const free = limit - pace.inFlight;
  if (free <= 0) return { take: 0, notBefore: Number.POSITIVE_INFINITY };
  const nextStartAt = pace.startedAt + pace.config.delayMs;
  if (nextStartAt > now) return { take: 0, notBefore: nextStartAt };
  return { take: pace.config.delayMs > 0 ? 1 : free, notBefore: Number.POSITIVE_INFINITY };
}

export function started(pace: Pace, now: number): Pace {
  return { ...pace, inFlight: pace.inFlight + 1, startedAt: now };
}

export function ended(pace: Pace, event: PaceEvent, now: number): Pace {
  // A connection may have had to be made first.
  const startedAt = Math.max(pace.startedAt, event.sentAt);
  const freed = { ...pace, inFlight: pace.inFlight - 1, startedAt };
  switch (event.kind) {
    case 'answered':
      return adapted(reached(freed, now), signOf(event.overloaded, event, 0), now);
    case 'asked-to-wait': {
      const waiting = hold({ ...freed, answered: true, failures: 0 }, event.untilAt, now, `status ${event.status}`);
      return adapted(waiting, signOf(true, event, event.untilAt - now), now);
    }
    case 'stalled':
      return adapted(freed, signOf(true, event, 0), now);
    case 'unreachable':
      return unreachable(freed, event.code, now);
    case 'void':
      return freed;
  }
}

/** The next hold of a series that doubles from `firstMs`. */
export function doubledMs(firstMs: number, holds: number): number {
  return firstMs * 2 ** Math.min(holds, 16);
}

/** The host must wait until then; where that is past its patience it waits for another run. */
export function hold(pace: Pace, untilAt: number, now: number, why: string): Pace {
  const heldSince = pace.heldSince ?? now;
  const isBeyondPatience = untilAt - heldSince > pace.config.patienceMs;
  return {
    ...pace,
    heldSince,
    heldUntil: isBeyondPatience ? Number.POSITIVE_INFINITY : Math.max(untilAt, pace.heldUntil),
    holds: pace.holds + 1,
    why,
  };
}

function reached(pace: Pace, now: number): Pace {
  // An answer to an earlier request says nothing about a wait that was asked for since.
  const isHeld = pace.heldUntil > now;
  if (pace.answered && pace.failures === 0 && (isHeld || pace.heldSince === null)) return pace;
  const answered = { ...pace, answered: true, failures: 0 };
  return isHeld ? answered : { ...answered, holds: 0, heldSince: null, heldUntil: 0, why: '' };
}

/** The host could not be talked to. What was in flight has been counted out already. */
export function unreachable(pace: Pace, code: ErrorCode, now: number): Pace {
  const failures = pace.failures + 1;
  const failed = { ...pace, failures };
  const isGone = !pace.answered || code === 'dns-not-found' || code === 'refused';
  if (isGone) {
    // Three tries, a moment and four moments apart, then the host's URLs fail with this code.
    if (failures >= TRIES_OF_A_SILENT_HOST) return { ...failed, dead: code };
    return hold(failed, now + pace.config.firstHoldMs * 4 ** (failures - 1), now, code);
  }
  if (failures < FAILURES_BEFORE_A_HOLD) return failed;
  return hold(failed, now + doubledMs(HOLD_MS, pace.holds), now, code);
}

/** A limit is looked for only where there is neither a delay nor the wish to use the most at once. */
function startingLimit({ limitMax, delayMs, adapt }: PaceConfig): Limit {
  if (delayMs > 0) return fixedLimit(1);
  return adapt ? newLimit(limitMax) : fixedLimit(limitMax);
}

function adapted(pace: Pace, sign: Sign, now: number): Pace {
  const { adapt, delayMs, limitMax } = pace.config;
  if (!adapt || delayMs > 0) return pace;
  return { ...pace, limit: limitAfter(pace.limit, sign, pace.inFlight + 1, limitMax, now) };
}

interface Timed {
  readonly sentAt: number;
  readonly firstByteMs?: number;
  readonly lagMs?: number;
}

function signOf(isStrain: boolean, { sentAt, firstByteMs = 0, lagMs = 0 }: Timed, waitMs: number): Sign {
  return { isStrain, startedAt: sentAt, waitMs, firstByteMs, lagMs };
}
