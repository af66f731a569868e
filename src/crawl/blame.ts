// Decides who is to blame for a request that failed: its URL, which then loses a try, or its host, which is then asked
// for less. Only the gate calls it.

import type { Outcome } from '../base/contracts.ts';
import { URLS_REMEMBERED_MAX } from '../base/limits.ts';
import { type Limit, restored } from '../politeness/limit.ts';
import type { Pace, PaceEvent } from '../politeness/pace.ts';
import { isBrokenOff } from './settlement.ts';
import type { Flights } from './stuck.ts';

/** What is remembered of a host to find out whether the host or its URLs fail. */
export interface Suspicions extends Flights {
  /** When a URL last succeeded, robots.txt included. */
  succeededAt: number;
  waits: Map<string, Wait> | null;
  /** When a request failed or waited again, and the URL or the host may be the cause; 0 if there is no doubt. */
  stalledAt: number;
  /** URLs whose last request broke off. */
  stalls: Map<string, Stall> | null;
  /** How many URLs in a row broke off and turned out to be the cause themselves. */
  culprits: number;
  /** How many requests broke off since one last came to a whole response. */
  brokenOff: number;
  /** What URLs that broke off did to the limit; null if they did nothing, or if the host gave another reason since. */
  halving: Halving | null;
}

interface Halving {
  /** The limit before. */
  readonly before: Limit;
  /** The URLs that halved it and have not turned out to be the cause themselves. */
  readonly urls: readonly string[];
}

interface Wait {
  readonly at: number;
  /** The URL was told to wait a second time, and it is not known yet whether the URL is the cause. */
  readonly isOwed: boolean;
  /** It was the cause when it was told to wait. */
  readonly wasToBlame: boolean;
}

interface Stall {
  readonly at: number;
  /** It cost a try. */
  readonly wasSpent: boolean;
  /** The host was not asked for less because of it. */
  readonly isHeldBack: boolean;
}

/** What one outcome costs. */
export interface Blamed {
  /** How many tries the URL loses; 0 if it is not the cause. */
  readonly spent: number;
  /** What the outcome means for the pace of the host. */
  readonly event: PaceEvent;
}

/** After this many URLs in a row that were the cause themselves, the next one is expected to be the cause too. */
const CULPRITS_MIN = 2;
/** If this many requests break off with no whole response among them, the host is the cause. */
const BROKEN_OFF_MAX = 8;

export function noSuspicions(): Suspicions {
  return {
    ...{ succeededAt: 0, waits: null, heardAt: 0 },
    ...{ stalledAt: 0, stalls: null, flights: null, culprits: 0, brokenOff: 0, halving: null },
  };
}

/** Whether URLs of the host break off by themselves, as far as is known. */
export function hasCulprits({ culprits }: Suspicions): boolean {
  return culprits >= CULPRITS_MIN;
}

/** `event` is what the outcome means for the pace if the host is to blame. */
export function blame(state: Suspicions, url: string, outcome: Outcome, event: PaceEvent, now: number): Blamed {
  const isFree = outcome.isChallenge === true || event.kind === 'void' || event.kind === 'unreachable';
  if (isFree) return { spent: 0, event };
  state.brokenOff = isBrokenOff(outcome) ? state.brokenOff + 1 : 0;
  if (event.kind === 'asked-to-wait') {
    const spent = spentByWait(state, url, now);
    // A 503 that costs a try comes from one overloaded script and says nothing about other URLs. Only a sign that we
    // ask too much holds the host.
    const isOfUrl = spent > 0 && outcome.status === 503;
    return { spent, event: isOfUrl ? answered(outcome, true) : event };
  }
  if (isBrokenOff(outcome)) return blameForStall(state, url, outcome, event, now);
  const isLate = state.stalls?.get(url)?.isHeldBack === true;
  if (state.stalls?.delete(url) === true) state.culprits = 0;
  if (state.halving?.urls.includes(url) === true) state.halving = null;
  // The URL is well, so it was the host that broke it off.
  return { spent: 1, event: isLate && event.kind === 'answered' ? { ...event, overloaded: true } : event };
}

/**
 * The first wait is the host's and costs no try. If the same URL is told to wait again, the URL may be the cause. It
 * is, if other URLs of the host have succeeded since. If nothing else was requested, a request for robots.txt finds
 * out. What was the cause once is the cause again.
 */
function spentByWait(state: Suspicions, url: string, now: number): number {
  const waits = state.waits ?? new Map<string, Wait>();
  const before = waits.get(url);
  const isToBlame = before !== undefined && (before.wasToBlame || state.succeededAt > before.at);
  const isOwed = before !== undefined && !isToBlame;
  if (waits.size >= URLS_REMEMBERED_MAX) waits.clear();
  state.waits = waits.set(url, { at: now, isOwed, wasToBlame: isToBlame });
  if (isOwed) state.stalledAt = now;
  if (!isToBlame) return 0;
  return before.isOwed ? 2 : 1;
}

/**
 * When a request first breaks off, the URL or the host may be the cause, so it costs no try, and the host is asked for
 * less. If the URL breaks off again although the host answered in between, the URL was the cause both times. After
 * several such URLs in a row, a URL that breaks off while others are answered no longer slows its host down. If it
 * succeeds the next time, the host was the cause, and is slowed down after all.
 */
function blameForStall(state: Suspicions, url: string, outcome: Outcome, event: PaceEvent, now: number): Blamed {
  const stalls = state.stalls ?? new Map<string, Stall>();
  const before = stalls.get(url);
  const wasThere = before !== undefined && (outcome.status > 0 || state.heardAt > before.at);
  const isExpected = hasCulprits(state) && state.brokenOff < BROKEN_OFF_MAX;
  const isOfUrl = wasThere || isExpected;
  if (stalls.size >= URLS_REMEMBERED_MAX) stalls.clear();
  state.stalls = stalls.set(url, { at: now, wasSpent: wasThere, isHeldBack: isOfUrl });
  if (wasThere && !before.wasSpent) state.culprits += 1;
  const { halving } = state;
  if (wasThere && halving !== null) state.halving = { ...halving, urls: halving.urls.filter((each) => each !== url) };
  if (!wasThere && outcome.status === 0) state.stalledAt = now;
  const spent = wasThere ? (before.wasSpent ? 1 : 2) : 0;
  // A host that answered a later request is there: it is asked for less, and not held.
  const isOvertaken = event.kind === 'stalled' && state.heardAt > outcome.sentAt;
  if (!isOfUrl) return { spent, event: isOvertaken ? answered(outcome, true) : event };
  return {
    spent,
    event: event.kind === 'answered' ? { ...event, overloaded: false } : { kind: 'void', sentAt: outcome.sentAt },
  };
}

function answered({ sentAt, status, firstByteMs }: Outcome, overloaded: boolean): PaceEvent {
  return { kind: 'answered', sentAt, firstByteMs: status > 0 ? firstByteMs : null, lagMs: 0, overloaded };
}

/**
 * The pace after the outcome for this URL, with `before` as it was until then. Once all URLs that halved the limit turn
 * out to be the cause themselves, or URLs of the host are known to be, the limit is restored.
 */
export function forgiving(
  state: Suspicions,
  [before, after]: readonly [Pace, Pace],
  [url, outcome]: readonly [string, Outcome],
  now: number,
): Pace {
  const isKnown = hasCulprits(state);
  if (after.limit.most < before.limit.most) {
    const { urls = [], before: first = before.limit } = state.halving ?? {};
    state.halving = isBrokenOff(outcome) && !isKnown ? { before: first, urls: [...urls, url] } : null;
  }
  const { halving } = state;
  if (halving === null || !(isKnown || halving.urls.length === 0)) return after;
  state.halving = null;
  return halving.before.most > after.limit.most ? { ...after, limit: restored(halving.before, now) } : after;
}

/**
 * Whether to find out, by asking for robots.txt, if the host or only one URL fails. No request in flight can tell: all
 * of them are for URLs that broke off before.
 */
export function isDoubted({ stalledAt, heardAt, flights }: Suspicions, { inFlight }: Pace): boolean {
  if (stalledAt === 0 || stalledAt < heardAt || inFlight !== (flights?.length ?? 0)) return false;
  for (const { isSuspect } of flights ?? []) if (!isSuspect) return false;
  return true;
}

/** Notes when the host was heard, robots.txt included. */
export function heard(state: Suspicions, { error, status, sentAt }: Outcome, now: number): void {
  if (status > 0) state.heardAt = Math.max(state.heardAt, sentAt);
  if (status > 0 && error === null) state.brokenOff = 0;
  if (error === null && status > 0 && status < 500 && status !== 429) state.succeededAt = now;
}
