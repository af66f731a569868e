// From an outcome to what is written about it. Pure: the table of error policy is in base/errors.ts.

import { hash } from 'node:crypto';
import type { BadLink, Lease, Links, NewUrl, Outcome, Response, Settlement } from '../base/contracts.ts';
import { type ErrorCode, POLICY, type SkipReason } from '../base/errors.ts';
import { headerOf } from '../base/headers.ts';
import { BAD_LINK_LENGTH_MAX } from '../base/limits.ts';
import { rawBodyBytes } from '../base/raw-body.ts';
import { writtenLocation } from '../base/redirects.ts';
import type { MachineEvent } from '../politeness/machine.ts';
import type { PaceEvent } from '../politeness/pace.ts';
import { retryAfterMs } from '../politeness/retry-after.ts';
import { isNoUrl } from '../url/join.ts';
import type { Redirect } from './admission.ts';

const RETRY_FIRST_MS = 1_000;
const WAIT_MAX_MS = 24 * 3_600_000;
const WAIT_FIRST_MS = 30_000;
/** Up to a quarter more, so that not all who were sent away come back at the same moment. */
const JITTER = 0.25;
const ANSWERED: MachineEvent = { kind: 'answered' };

/** What the heart learned about one lease. */
export interface Visit {
  readonly lease: Lease;
  readonly outcome: Outcome;
  readonly found: Links | null;
  readonly links: readonly NewUrl[];
  readonly redirect: Redirect;
  /** How many of the URL's tries it cost, where it may be asked again: see `spentBy` in host-state.ts. */
  readonly spent: number;
  /** What is to be said of it where nothing else is. */
  readonly remark?: string;
}

const UNASKED = {
  response: null,
  links: [],
  redirect: null,
  fetchedAt: 0,
  elapsedMs: 0,
  remoteAddress: '',
  place: null,
} as const;

/** A lease that was decided without asking. */
export function unasked(lease: Lease, { reason, error, detail = '' }: Verdict): Settlement {
  const state = reason === null ? 'failed' : 'skipped';
  return { ...UNASKED, lease, state, reason, error, detail, tries: lease.tries, dueAt: 0 };
}

/** Why a lease is not asked for. */
export interface Verdict {
  readonly reason: SkipReason | null;
  readonly error: ErrorCode | null;
  readonly detail?: string;
}

/** How the lease ends: done, failed, skipped, or queued for another try or another form of the URL. */
export function settlementOf(visit: Visit, retriesMax: number, now: number): Settlement {
  const { lease, outcome } = visit;
  const detail = outcome.detail || (visit.remark ?? '');
  if (outcome.refused !== null) return unasked(lease, { reason: outcome.refused, error: null, detail });
  const tries = lease.tries + (mayPass(outcome) ? visit.spent : 1);
  const dueAt = askAgainAt(outcome, visit.spent, tries, retriesMax, now);
  const common = {
    lease,
    reason: null,
    detail,
    tries,
    fetchedAt: outcome.startedAt,
    elapsedMs: Math.round(outcome.elapsedMs),
    remoteAddress: outcome.remoteAddress,
  };
  if (dueAt !== null) {
    const error = outcome.error;
    const response = outcome.status === 0 ? null : responseOf(visit);
    return { ...common, state: 'queued', error, response, dueAt, links: [], redirect: null, place: null };
  }
  const error = visit.redirect.error ?? (outcome.truncated === 'time' ? null : outcome.error);
  const { form } = visit.redirect;
  if (error === null && form !== null) {
    const again = { ...common, state: 'queued', tries: 0, error, response: responseOf(visit), dueAt: 0, form } as const;
    return { ...again, links: [], redirect: null, place: null };
  }
  return {
    ...common,
    state: error === null && outcome.status > 0 ? 'done' : 'failed',
    error,
    response: outcome.status === 0 ? null : responseOf(visit),
    dueAt: 0,
    links: visit.links,
    badLinks: badLinksOf(visit),
    redirect: visit.redirect.target,
    place: null,
  };
}

/** Those of the page; or where it leads, where it is a redirect to no URL. */
function badLinksOf({ outcome, found }: Visit): readonly BadLink[] {
  const location = writtenLocation(outcome)?.trim() ?? null;
  if (location !== null && isNoUrl(location)) {
    return [{ href: location.slice(0, BAD_LINK_LENGTH_MAX), element: 'location' }];
  }
  return found?.bad ?? [];
}

/** What one outcome says about its host; `lagMs` is how late our own event loop was when it came. */
export function paceEventOf(outcome: Outcome, waitsInARow: number, now: number, lagMs: number): PaceEvent {
  const { sentAt } = outcome;
  if (outcome.refused !== null) return { kind: 'void', sentAt };
  const untilAt = waitAskedFor(outcome, waitsInARow, now);
  if (untilAt !== null) return { kind: 'asked-to-wait', sentAt, untilAt, status: outcome.status };
  if (outcome.error === null) return answered(outcome, lagMs, outcome.status === 503);
  const remedy = POLICY[outcome.error];
  if (remedy === 'hold') return { kind: 'unreachable', sentAt, code: outcome.error };
  if (remedy === 'requeue') return { kind: 'void', sentAt };
  if (outcome.status === 0 && remedy === 'retry') return { kind: 'stalled', sentAt, code: outcome.error };
  return answered(outcome, lagMs, remedy === 'retry');
}

function answered({ sentAt, firstByteMs }: Outcome, lagMs: number, overloaded: boolean): PaceEvent {
  return { kind: 'answered', sentAt, firstByteMs, lagMs, overloaded };
}

/** When the URL is asked again, `tries` being those spent with this one; 0 at any time, null where it is not. */
export function askAgainAt(
  outcome: Outcome,
  spent: number,
  tries: number,
  retriesMax: number,
  now: number,
): number | null {
  if (!mayPass(outcome) || (spent > 0 && tries > retriesMax)) return null;
  // What was not asked at all, or was sent away with its host, waits with its host.
  if (spent === 0 && !isBrokenOff(outcome)) return 0;
  const backoffMs = RETRY_FIRST_MS * 4 ** Math.max(0, tries - 1);
  return Math.max(now + backoffMs, waitAskedFor(outcome, Math.max(0, tries - 1), now) ?? 0);
}

/** Asked again it may come to more: nothing is settled by it while there are tries. */
function mayPass(outcome: Outcome): boolean {
  const { error, status } = outcome;
  if (error !== null) return POLICY[error] !== 'give-up';
  return isAskedToWait(outcome) || (status >= 500 && status !== 501 && status !== 505);
}

/** It was sent, and nothing came of it, or not all. */
export function isBrokenOff({ error }: Outcome): boolean {
  return error !== null && POLICY[error] === 'retry';
}

function isAskedToWait(outcome: Outcome): boolean {
  return outcome.status === 429 || (outcome.status === 503 && headerOf(outcome.headers, 'retry-after') !== undefined);
}

/**
 * What one outcome says about our own machine; null where it says nothing. `usedToAnswer`: its host has answered before. `isFresh`:
 * its connection was made since the network may have gone.
 */
export function machineEventOf(
  outcome: Outcome,
  hostId: number,
  { usedToAnswer, isFresh }: { readonly usedToAnswer: boolean; readonly isFresh: boolean },
): MachineEvent | null {
  const { error } = outcome;
  // That there is no such name or service is an answer too: the network brought it.
  if (outcome.status > 0 || error === 'dns-not-found' || error === 'refused') return ANSWERED;
  if (error === 'machine') return { kind: 'fault', detail: outcome.detail };
  if (error === null) return null;
  // What fails only after connecting shows that there is a network.
  if (POLICY[error] === 'give-up' || (POLICY[error] === 'retry' && isFresh)) return ANSWERED;
  if (POLICY[error] !== 'hold' || !usedToAnswer) return null;
  return { kind: 'unreachable', hostId, code: error };
}

/** Until when the server wants us to wait; null where it does not. Where it names no time the wait doubles from 30 s. */
function waitAskedFor(outcome: Outcome, waitsInARow: number, now: number): number | null {
  if (!isAskedToWait(outcome)) return null;
  const { headers, startedAt, elapsedMs } = outcome;
  // The clock's odd milliseconds are as good as dice, and need no state.
  const jitter = 1 + (JITTER * (startedAt % 1000)) / 1000;
  const waitMs =
    retryAfterMs(headers, startedAt + elapsedMs) ?? WAIT_FIRST_MS * 2 ** Math.min(waitsInARow, 12) * jitter;
  return now + Math.min(Math.max(waitMs, 1000), WAIT_MAX_MS);
}

function responseOf(visit: Visit): Response {
  const { outcome, found } = visit;
  const contentType = headerOf(outcome.headers, 'content-type') ?? '';
  const end = contentType.indexOf(';');
  return {
    status: outcome.status,
    truncated: outcome.truncated,
    contentType: (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase().slice(0, 100),
    charset: found?.charset ?? '',
    bytes: rawBodyBytes(outcome),
    sha256: outcome.spooled?.sha256 ?? hash('sha256', outcome.rawBody, 'buffer'),
    title: found?.title ?? '',
    text: found?.text ?? null,
  };
}
