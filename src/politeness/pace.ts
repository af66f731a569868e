// The pace of one host as pure functions of (pace, event, now). Nobody owns a clock here: time is an argument, and it is the
// steady time. The gate keeps one `Pace` a host and replaces it with what these functions return.

import type { Room } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';
import { fixedLimit, type Limit, limitAfter, newLimit, observed, type Sign } from './limit.ts';

export interface PaceConfig {
  /** Most requests in flight to the host. */
  readonly limitMax: number;
  /** Between two starts; with any delay there is one request at a time. */
  readonly delayMs: number;
  /** Find the limit by slow start and halving; otherwise `limitMax` at once. */
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
  /** When the last request was written, or started where that is not known yet: a delay is measured from there. */
  readonly startedAt: number;
  /** Nothing is asked before. */
  readonly heldUntil: number;
  /** Start of the uninterrupted series of holds. */
  readonly heldSince: number | null;
  /** The hold is longer than we are patient: what is left is for another run. */
  readonly isLeft: boolean;
  /** The wait was asked for, so that no answer to another request ends it. */
  readonly isTold: boolean;
  readonly why: string;
  /** Waits that were asked for in a row, for the doubling; those of one moment are one. */
  readonly waits: number;
  /** When the last wait was asked for that was counted. What was on its way then is part of it. */
  readonly toldAt: number;
  /** Failures in a row; those of one moment are one. */
  readonly failures: number;
  /** When the last failure came that was counted. What was on its way then is part of it. */
  readonly failedAt: number;
  /** The host has given some response, in whichever run. */
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
  /** It was sent, and nothing came of it. */
  | { readonly kind: 'stalled'; readonly sentAt: number; readonly code: ErrorCode }
  /** It could not be sent. */
  | { readonly kind: 'unreachable'; readonly sentAt: number; readonly code: ErrorCode }
  | { readonly kind: 'void'; readonly sentAt: number };

const TRIES_OF_A_SILENT_HOST = 3;
/** So many failures in a row are waited out for moments, each twice as long as the one before; */
const SHORT_HOLDS = 4;
/** and those after them for this, doubled each time. */
const LONG_HOLD_MS = 30_000;
const UNHELD = { heldUntil: 0, heldSince: null, isLeft: false, isTold: false, why: '', waits: 0 } as const;

export function newPace(config: PaceConfig, now: number, resumed: boolean): Pace {
  return {
    config,
    inFlight: 0,
    limit: startingLimit(config),
    // Nobody knows when the last request before a restart went out: wait one full delay.
    startedAt: resumed ? now : Number.NEGATIVE_INFINITY,
    ...UNHELD,
    toldAt: Number.NEGATIVE_INFINITY,
    failures: 0,
    failedAt: Number.NEGATIVE_INFINITY,
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
  const notBefore = openAt(pace);
  if (notBefore > now) return { take: 0, notBefore };
  // A host that failed is probed by one request, not by all that wait for it.
  const limit = pace.failures > 0 ? 1 : pace.limit.most;
  const free = limit - pace.inFlight;
  if (free <= 0) return { take: 0, notBefore: Number.POSITIVE_INFINITY };
  const nextStartAt = pace.startedAt + pace.config.delayMs;
  if (nextStartAt > now) return { take: 0, notBefore: nextStartAt };
  return { take: pace.config.delayMs > 0 ? 1 : free, notBefore: Number.POSITIVE_INFINITY };
}

/** Before it nothing is asked, in this run. */
export function openAt(pace: Pace): number {
  return pace.isLeft ? Number.POSITIVE_INFINITY : pace.heldUntil;
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

/** The host must wait until then, or to the end of our patience, which comes first: the last try is made there. */
export function hold(pace: Pace, untilAt: number, now: number, why: string): Pace {
  const heldSince = pace.heldSince ?? now;
  const endsAt = heldSince + pace.config.patienceMs;
  const heldUntil = Math.max(Math.min(untilAt, endsAt), pace.heldUntil);
  const isTold = pace.isTold && pace.heldUntil > now;
  return { ...pace, heldSince, heldUntil, isTold, isLeft: pace.isLeft || now >= endsAt, why };
}

/** The same where a time was named: nothing is asked sooner, even where that is beyond our patience. */
export function holdAsTold(pace: Pace, untilAt: number, now: number, why: string): Pace {
  const held = hold(pace, untilAt, now, why);
  const isLeft = held.isLeft || untilAt - held.heldSince! > pace.config.patienceMs;
  return { ...held, heldUntil: Math.max(untilAt, held.heldUntil), isTold: true, isLeft };
}

interface Told {
  readonly sentAt: number;
  readonly untilAt: number;
  readonly status: number;
}

function told(pace: Pace, { sentAt, untilAt, status }: Told, now: number): Pace {
  const waits = waitsBefore(pace, sentAt) + 1;
  const toldAt = sentAt > pace.toldAt ? now : pace.toldAt;
  return holdAsTold({ ...pace, answered: true, failures: 0, waits, toldAt }, untilAt, now, `status ${status}`);
}

/** How many waits in a row were asked for before the one that a request sent then is asked for. */
export function waitsBefore({ waits, toldAt }: Pace, sentAt: number): number {
  return sentAt > toldAt ? waits : Math.max(0, waits - 1);
}

/** The host can be talked to: what its failures made us wait for is over. */
function reached(pace: Pace, now: number): Pace {
  // An answer to an earlier request says nothing about a wait that was asked for since.
  const isTold = pace.isTold && pace.heldUntil > now;
  if (pace.answered && pace.failures === 0 && (isTold || pace.heldSince === null)) return pace;
  const answered = { ...pace, answered: true, failures: 0 };
  return isTold ? answered : { ...answered, ...UNHELD };
}

/** Nothing came of it. A host that has answered is held, longer each time; any other is given up soon. */
function failed(pace: Pace, { sentAt, code }: { sentAt: number; code: ErrorCode }, now: number): Pace {
  // What was in flight together fails together, in one moment or as each runs out of time.
  if (sentAt <= pace.failedAt) return pace;
  const failures = pace.failures + 1;
  const counted = { ...pace, failures, failedAt: now };
  if (pace.answered) return hold(counted, now + failureWaitMs(pace.config, failures), now, code);
  // Three tries, a moment and four moments apart, then the host's URLs fail with this code.
  if (failures >= TRIES_OF_A_SILENT_HOST) return { ...counted, dead: code };
  const heldUntil = now + pace.config.firstHoldMs * 4 ** (failures - 1);
  return { ...counted, heldUntil, heldSince: pace.heldSince ?? now, why: code };
}

function failureWaitMs({ firstHoldMs }: PaceConfig, failures: number): number {
  const [firstMs, nth] =
    failures <= SHORT_HOLDS ? [firstHoldMs, failures - 1] : [LONG_HOLD_MS, failures - SHORT_HOLDS - 1];
  return firstMs * 2 ** Math.min(nth, 16);
}

/** A limit is looked for only where there is neither a delay nor the wish to use the most at once. */
function startingLimit({ limitMax, delayMs, adapt }: PaceConfig): Limit {
  if (delayMs > 0) return fixedLimit(1);
  return adapt ? newLimit(limitMax) : fixedLimit(limitMax);
}

function adapted(pace: Pace, sign: Sign, now: number): Pace {
  const { adapt, delayMs, limitMax } = pace.config;
  const limit =
    adapt && delayMs === 0
      ? limitAfter(pace.limit, sign, pace.inFlight + 1, limitMax, now)
      : observed(pace.limit, sign, now);
  return { ...pace, limit };
}

interface Timed {
  readonly sentAt: number;
  readonly firstByteMs?: number;
  readonly lagMs?: number;
}

function signOf(isStrain: boolean, { sentAt, firstByteMs = 0, lagMs = 0 }: Timed, waitMs: number): Sign {
  return { isStrain, startedAt: sentAt, waitMs, firstByteMs, lagMs };
}
