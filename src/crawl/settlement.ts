// Turns an outcome into what is written about it. Pure. What a status or an error means is in base/meaning.ts.

import type { BadLink, HostNote, Lease, NewUrl, Outcome, ParsedPage, Response, Settlement } from '../base/contracts.ts';
import type { ErrorCode, SkipReason } from '../base/errors.ts';
import { contentTypeOf } from '../base/headers.ts';
import { BAD_LINK_LENGTH_MAX, URL_LENGTH_MAX } from '../base/limits.ts';
import { meaningOf } from '../base/meaning.ts';
import { odditiesOf } from '../base/oddities.ts';
import { onDemand } from '../base/on-demand.ts';
import { rawBodyBytes } from '../base/raw-body.ts';
import { writtenLocation } from '../base/redirects.ts';
import type { MachineEvent } from '../politeness/machine.ts';
import type { PaceEvent } from '../politeness/pace.ts';
import { retryAfterMs } from '../politeness/retry-after.ts';
import { isNoUrl, withoutUserinfo } from '../url/join.ts';
import type { Redirect } from './admission.ts';

const crypto = onDemand<typeof import('node:crypto')>('node:crypto');
const RETRY_FIRST_MS = 1_000;
const WAIT_MAX_MS = 24 * 3_600_000;
const WAIT_FIRST_MS = 30_000;
const WAIT_LEAST_MS = 1_000;
/** So many times in a row a server may ask for a wait and ask again after it. */
const SHORT_WAITS_MAX = 4;
const WAIT_REPEATED_MAX_MS = 300_000;
/** A wait becomes up to a quarter longer, so that not all URLs that were told to wait come back at once. */
const JITTER = 0.25;
const ANSWERED: MachineEvent = { kind: 'answered' };

/** What the heart learned about one lease. */
export interface Visit {
  readonly lease: Lease;
  readonly outcome: Outcome;
  readonly found: ParsedPage | null;
  readonly links: readonly NewUrl[];
  readonly redirect: Redirect;
  /** How many tries the URL lost, if it may be retried: see `blame` in blame.ts. */
  readonly spent: number;
  /** How much of the pause before its second try is over. */
  readonly pausedMs?: number;
  /** A remark that is stored if there is no other detail. */
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

/** The settlement of a lease that was decided without a request. */
export function unasked(lease: Lease, { reason, error, detail = '', isForNow }: Refusal): Settlement {
  const state = isForNow === true ? 'queued' : reason === null ? 'failed' : 'skipped';
  return { ...UNASKED, lease, state, reason, error, detail, tries: lease.tries, dueAt: 0 };
}

/** The settlement of a lease whose response was not for the user: it is dropped, and the URL is requested again. */
export function askedInVain(lease: Lease, outcome: Outcome): Settlement {
  outcome.spooled?.drop();
  const { startedAt, elapsedMs, remoteAddress, protocol } = outcome;
  const asked = { fetchedAt: startedAt, elapsedMs: Math.round(elapsedMs), remoteAddress, protocol };
  const detail = 'whoever asked was not logged in any more';
  const response = responseOf({ outcome, found: null });
  return {
    ...UNASKED,
    ...asked,
    lease,
    state: 'queued',
    reason: null,
    error: null,
    response,
    detail,
    tries: lease.tries,
    dueAt: 0,
  };
}

/** Why no request is made for a lease. */
export interface Refusal {
  readonly reason: SkipReason | null;
  readonly error: ErrorCode | null;
  readonly detail?: string;
  /** It may be made later. */
  readonly isForNow?: true;
}

/** The result of one request through the gate. */
export interface Passed {
  readonly refusal: null;
  readonly outcome: Outcome;
  /** What to store about the host: a new hold, or its first answer. Null if nothing changed. */
  readonly note: HostNote | null;
  /** How many tries the URL lost, if it may be retried. */
  readonly spent: number;
  /** How much of the pause before its second try is over. */
  readonly pausedMs: number;
}

/** How the lease ends: done, failed, skipped, or queued for a retry or for another form of the URL. */
export function settlementOf(visit: Visit, retries: number, now: number): Settlement {
  const { lease, outcome } = visit;
  const detail = outcome.detail || (visit.remark ?? '');
  if (outcome.refused !== null) return unasked(lease, { reason: outcome.refused, error: null, detail });
  const tries = lease.tries + (meaningOf(outcome).url === 'final' ? 1 : visit.spent);
  const dueAt = askAgainAt(outcome, visit.spent, tries, retries, now, visit.pausedMs);
  const common = {
    lease,
    reason: null,
    detail,
    tries,
    fetchedAt: outcome.startedAt,
    elapsedMs: Math.round(outcome.elapsedMs),
    remoteAddress: outcome.remoteAddress,
    protocol: outcome.protocol,
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
    detail: [
      detail,
      visit.redirect.remark,
      ...remarksOf(visit.found),
      ...odditiesOf(outcome, visit.found?.charset ?? ''),
    ]
      .filter((remark) => remark !== '')
      .join('; '),
    badLinks: badLinksOf(visit),
    unkept: visit.found?.unkept,
    redirect: visit.redirect.target,
    redirectFragment: visit.redirect.fragment,
    place: null,
  };
}

/** Remarks on the links of a page that were not kept. */
function remarksOf(found: ParsedPage | null): string[] {
  const { dropped = 0, tooLong = 0 } = found?.unkept ?? {};
  const remarks = found?.remark === undefined ? [] : [found.remark];
  if (dropped > 0) remarks.push(`${dropped} more links than are kept of one page`);
  if (tooLong > 0)
    remarks.push(`${tooLong} ${tooLong === 1 ? 'link' : 'links'} of more than ${URL_LENGTH_MAX} characters`);
  return remarks;
}

/** The links of the page that are not URLs; for a redirect to something that is not a URL, its target. */
function badLinksOf({ outcome, found }: Visit): readonly BadLink[] {
  const location = writtenLocation(outcome)?.trim() ?? null;
  if (location !== null && isNoUrl(location)) {
    return [{ href: withoutUserinfo(location).slice(0, BAD_LINK_LENGTH_MAX), element: 'location' }];
  }
  return found?.bad ?? [];
}

/** What one outcome tells about its host. `lagMs` is how late our own event loop was when the outcome came. */
export function paceEventOf(outcome: Outcome, waitsInARow: number, now: number, lagMs: number): PaceEvent {
  const { sentAt, status, error, firstByteMs } = outcome;
  const { host } = meaningOf(outcome);
  switch (host) {
    case 'asks-to-wait':
      return {
        kind: 'asked-to-wait',
        sentAt,
        firstByteMs,
        untilAt: waitAskedFor(outcome, waitsInARow, now),
        why: error ?? `status ${status}`,
      };
    case 'unreachable':
    case 'stalled':
      return { kind: host, sentAt, code: error! };
    case 'nothing':
      return { kind: 'void', sentAt };
    default:
      return answered(outcome, lagMs, host === 'overloaded');
  }
}

function answered({ sentAt, status, firstByteMs }: Outcome, lagMs: number, overloaded: boolean): PaceEvent {
  return { kind: 'answered', sentAt, firstByteMs: status > 0 ? firstByteMs : null, lagMs, overloaded };
}

/**
 * When to request the URL again; `tries` includes those that this outcome cost. 0 means as soon as its host has room,
 * null means never. `pausedMs` of the pause before the second try are over.
 */
export function askAgainAt(
  outcome: Outcome,
  spent: number,
  tries: number,
  retries: number,
  now: number,
  pausedMs = 0,
): number | null {
  const meaning = meaningOf(outcome);
  if (meaning.url === 'final' || (spent > 0 && tries > retries)) return null;
  // A request that was never sent, or was told to wait with its host, waits with its host.
  if (spent === 0 && !isBrokenOff(outcome)) return 0;
  const pauseMs = tries <= 1 ? Math.max(0, RETRY_FIRST_MS - pausedMs) : RETRY_FIRST_MS * 4 ** (tries - 1);
  const againAt = now + pauseMs;
  return meaning.url === 'later' ? Math.max(againAt, waitAskedFor(outcome, Math.max(0, tries - 1), now)) : againAt;
}

/** Whether the request was sent but got no response, or only part of one. */
export function isBrokenOff(outcome: Outcome): boolean {
  return outcome.error !== null && meaningOf(outcome).url === 'again';
}

/**
 * What one outcome tells about our own machine; null if it tells nothing. `usedToAnswer`: its host has answered before.
 * `isFresh`: its connection was made after the network may have failed.
 */
export function machineEventOf(
  outcome: Outcome,
  hostId: number,
  { usedToAnswer, isFresh }: { readonly usedToAnswer: boolean; readonly isFresh: boolean },
): MachineEvent | null {
  switch (meaningOf(outcome).machine) {
    case 'works':
      return ANSWERED;
    case 'connects':
      return isFresh ? ANSWERED : null;
    case 'doubtful':
      return usedToAnswer ? { kind: 'unreachable', hostId, code: outcome.error! } : null;
    case 'fails':
      return { kind: 'fault', detail: outcome.detail };
    case 'nothing':
      return null;
  }
}

/**
 * Until when the server wants us to wait. If it names no time, the wait doubles from 30 s. If its times were too short
 * several times in a row, the wait doubles too, up to five minutes.
 */
function waitAskedFor({ headers, startedAt, elapsedMs }: Outcome, waitsInARow: number, now: number): number {
  // The odd milliseconds of the clock are random enough and need no state.
  const jitter = 1 + (JITTER * (startedAt % 1000)) / 1000;
  const waitMs =
    retryAfterMs(headers, startedAt + elapsedMs) ?? WAIT_FIRST_MS * 2 ** Math.min(waitsInARow, 12) * jitter;
  const leastMs = WAIT_LEAST_MS * 2 ** Math.max(0, waitsInARow - SHORT_WAITS_MAX);
  return now + Math.min(Math.max(waitMs, Math.min(leastMs, WAIT_REPEATED_MAX_MS)), WAIT_MAX_MS);
}

function responseOf(visit: Pick<Visit, 'outcome' | 'found'>): Response {
  const { outcome, found } = visit;
  const contentType = contentTypeOf(outcome.headers);
  const end = contentType.indexOf(';');
  const told = (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase().slice(0, 100);
  return {
    status: outcome.status,
    truncated: outcome.truncated,
    contentType: found?.mediaType ?? told,
    charset: found?.charset ?? '',
    bytes: rawBodyBytes(outcome),
    sha256: outcome.spooled?.sha256 ?? outcome.sha256 ?? crypto().hash('sha256', outcome.rawBody, 'buffer'),
    title: found?.title ?? '',
    text: found?.text ?? null,
  };
}
