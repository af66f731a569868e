// The pace of one host as pure functions of (pace, event, now). Nobody owns a clock here: time is an argument, in wall
// milliseconds since the epoch. The gate keeps one `Pace` a host and replaces it with what these functions return.

import type { Room } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';

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
  readonly limit: number;
  readonly slowStart: boolean;
  readonly nextStartAt: number;
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
  /** Median time to the first byte in the last whole round. */
  readonly latencyMs: number;
  readonly round: Round;
}

interface Round {
  /** Responses that still belong to the round. */
  readonly left: number;
  readonly halved: boolean;
  readonly samplesMs: readonly number[];
  /** Medians of past rounds: the window whose minimum is the host's unhurried pace. */
  readonly mediansMs: readonly number[];
}

/** What came of one request, as far as pace is concerned. */
export type PaceEvent =
  | { readonly kind: 'answered'; readonly firstByteMs: number; readonly overloaded: boolean }
  | { readonly kind: 'asked-to-wait'; readonly untilAt: number; readonly status: number }
  | { readonly kind: 'stalled' }
  | { readonly kind: 'unreachable'; readonly code: ErrorCode }
  | { readonly kind: 'void' };

const LIMIT_FIRST = 2;
const SAMPLES_MIN = 8;
const SAMPLES_MAX = 64;
const WINDOW_ROUNDS = 20;
const SLOWDOWN_RATIO = 2;
const SLOWDOWN_MS = 50;
const TRIES_OF_A_SILENT_HOST = 3;
const FAILURES_BEFORE_A_HOLD = 5;
const HOLD_MS = 30_000;

export function newPace(config: PaceConfig, now: number, resumed: boolean): Pace {
  const limit = startingLimit(config);
  return {
    config,
    inFlight: 0,
    limit,
    slowStart: config.adapt,
    // Nobody knows when the last request before a restart went out: wait one full delay.
    nextStartAt: resumed && config.delayMs > 0 ? now + config.delayMs : 0,
    heldUntil: 0,
    heldSince: null,
    why: '',
    holds: 0,
    failures: 0,
    answered: false,
    dead: null,
    latencyMs: 0,
    round: { left: limit, halved: false, samplesMs: [], mediansMs: [] },
  };
}

/** The robots.txt of the host asks for another delay than the one configured: the longer one holds. */
export function withDelay(pace: Pace, crawlDelayMs: number): Pace {
  if (crawlDelayMs <= pace.config.delayMs) return pace;
  const config = { ...pace.config, delayMs: crawlDelayMs };
  // The request that brought this robots.txt is the first from which the delay is counted.
  const nextStartAt = pace.nextStartAt === 0 ? 0 : pace.nextStartAt + crawlDelayMs - pace.config.delayMs;
  return { ...pace, config, nextStartAt, limit: startingLimit(config) };
}

/** How many requests may start now, and if none, when to ask again. */
export function roomOf(pace: Pace, now: number): Room {
  if (pace.dead !== null) return { take: Number.MAX_SAFE_INTEGER, notBefore: 0 };
  if (pace.heldUntil > now) return { take: 0, notBefore: pace.heldUntil };
  // A host that failed is probed by one request, not by all that wait for it.
  const limit = pace.failures > 0 ? 1 : pace.limit;
  const free = limit - pace.inFlight;
  if (free <= 0) return { take: 0, notBefore: Number.POSITIVE_INFINITY };
  if (pace.nextStartAt > now) return { take: 0, notBefore: pace.nextStartAt };
  return { take: pace.config.delayMs > 0 ? 1 : free, notBefore: Number.POSITIVE_INFINITY };
}

export function started(pace: Pace, now: number): Pace {
  return { ...pace, inFlight: pace.inFlight + 1, nextStartAt: now + pace.config.delayMs };
}

export function ended(pace: Pace, event: PaceEvent, now: number): Pace {
  const freed = { ...pace, inFlight: pace.inFlight - 1 };
  switch (event.kind) {
    case 'answered':
      return adapted(reached(freed, now), event.firstByteMs, event.overloaded);
    case 'asked-to-wait': {
      const waiting = hold({ ...freed, answered: true, failures: 0 }, event.untilAt, now, `status ${event.status}`);
      return adapted(waiting, 0, true);
    }
    case 'stalled':
      return adapted(freed, 0, true);
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

// Additive increase, multiplicative decrease, a round at a time: a round is as many responses as the limit.
function adapted(pace: Pace, firstByteMs: number, overloaded: boolean): Pace {
  if (!pace.config.adapt || pace.config.delayMs > 0) return pace;
  const { round } = pace;
  if (overloaded && !round.halved) {
    const limit = Math.max(1, Math.floor(pace.limit / 2));
    return { ...pace, limit, slowStart: false, round: { ...round, left: limit, halved: true, samplesMs: [] } };
  }
  const isSample = !overloaded && round.samplesMs.length < SAMPLES_MAX;
  const samplesMs = isSample ? [...round.samplesMs, firstByteMs] : round.samplesMs;
  if (round.left > 1 || (samplesMs.length < SAMPLES_MIN && !pace.slowStart)) {
    return { ...pace, round: { ...round, left: Math.max(1, round.left - 1), samplesMs } };
  }
  return nextRound(pace, samplesMs);
}

function nextRound(pace: Pace, samplesMs: readonly number[]): Pace {
  const median = medianOf(samplesMs);
  const isJudged = samplesMs.length >= SAMPLES_MIN;
  const mediansMs = isJudged ? [...pace.round.mediansMs, median].slice(-WINDOW_ROUNDS) : pace.round.mediansMs;
  const floorMs = Math.min(...mediansMs);
  const isSlower = isJudged && median > Math.max(SLOWDOWN_RATIO * floorMs, floorMs + SLOWDOWN_MS);
  const slowStart = pace.slowStart && !isSlower;
  const grown = slowStart ? pace.limit * 2 : pace.limit + 1;
  const limit = isSlower ? Math.max(1, Math.floor(pace.limit / 2)) : Math.min(pace.config.limitMax, grown);
  return {
    ...pace,
    limit,
    slowStart,
    latencyMs: median,
    round: { left: limit, halved: false, samplesMs: [], mediansMs },
  };
}

function startingLimit(config: PaceConfig): number {
  if (config.delayMs > 0) return 1;
  return config.adapt ? Math.min(LIMIT_FIRST, config.limitMax) : config.limitMax;
}

function medianOf(samples: readonly number[]): number {
  if (samples.length === 0) return 0;
  return samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? 0;
}
