// How a host's robots.txt is fetched, how long it is valid, and what a failure means (RFC 9309, sections 2.3 and 2.4).
// The rules themselves are in rules.ts.

import type { Fetch, Outcome, Request, RobotsRecord } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';
import { asciiUrl, headerOf } from '../base/headers.ts';
import { ROBOTS_BYTES_MAX, ROBOTS_REDIRECTS_MAX } from '../base/limits.ts';
import { meaningOf, meaningOfError } from '../base/meaning.ts';
import { isContent, isRedirect, writtenLocation } from '../base/redirects.ts';
import { joinUrl } from '../url/join.ts';
import { isLost } from './text.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
const RETRY_MINUTES = [1, 5, 15, 60] as const;
const CUT_RETRY_MS = 5_000;
/** If a robots.txt breaks off this many times in a row, its host is given up. */
const CUTS_MAX = 3;

export interface RobotsAnswer {
  readonly outcome: Outcome;
  /** The rules to obey from now on; null if the host must not be asked for anything for now. */
  readonly record: RobotsRecord | null;
}

/**
 * Fetches the robots.txt of `host` and follows its redirects at once. It is for a single look: a crawl keeps the pace
 * of every host on the way.
 */
export async function fetchRobots(
  host: string,
  fetch: Fetch,
  now: () => number,
  signal: AbortSignal,
): Promise<RobotsAnswer> {
  const asked: string[] = [];
  for (let url: string | null = robotsUrl(host); url !== null; ) {
    asked.push(url);
    const outcome = await fetch(robotsRequest(url), signal);
    url = nextRobotsUrl(outcome, asked);
    if (url === null) return { outcome, record: robotsRecord(outcome, now()) };
  }
  throw new Error('unreachable');
}

export function robotsUrl(host: string): string {
  return `${host}/robots.txt`;
}

export function robotsRequest(url: string): Request {
  return { url, method: 'GET', bodyBytesMax: ROBOTS_BYTES_MAX };
}

/**
 * The URL at which to ask for the robots.txt next, if the last of the `asked` URLs redirected. It is null if there was
 * no redirect, too many of them (RFC 9309, section 2.3.1.2), or one to a URL that was asked before.
 */
export function nextRobotsUrl(outcome: Outcome, asked: readonly string[]): string | null {
  const location = writtenLocation(outcome);
  const last = asked.at(-1);
  if (location === null || last === undefined || asked.length > ROBOTS_REDIRECTS_MAX) return null;
  const target = joinUrl(asciiUrl(location), last);
  return target === null || asked.includes(target) ? null : target;
}

/** How long to leave a host alone if its robots.txt cannot be fetched: 1, 5, 15 minutes, then hourly. */
export function robotsRetryMs(failures: number): number {
  return (RETRY_MINUTES[Math.min(failures, RETRY_MINUTES.length - 1)] ?? 60) * MINUTE_MS;
}

/** How long to leave a host alone if its robots.txt broke off, after as many times before. */
export function robotsCutRetryMs(cuts: number): number {
  return CUT_RETRY_MS * 3 ** cuts;
}

/**
 * The error of a robots.txt that waiting will not mend; null if it may. The error of the response, or that it cannot be
 * decoded, or that its head does not tell where it ends, or that it broke off again and again: `cuts` times before.
 */
export function robotsFault(outcome: Outcome, cuts: number): ErrorCode | null {
  const error = outcome.error ?? (isFile(outcome) && isUndecoded(outcome) ? 'decode' : null);
  if (error === null && isLess(outcome)) return cuts + 1 >= CUTS_MAX ? 'http-malformed' : null;
  if (error === null || meaningOfError(error).url === 'final') return error;
  if (!isRobotsCut(outcome)) return null;
  return hasUnreadableEnd(outcome) ? 'http-malformed' : cuts + 1 >= CUTS_MAX ? error : null;
}

/** Whether the response began and broke off, or is less than what was asked for. */
export function isRobotsCut(outcome: Outcome): boolean {
  const { status, error } = outcome;
  return (error !== null && status > 0 && status < 500) || isLess(outcome);
}

/** It says so itself. We named no copy, so "not modified" tells us nothing. */
export function isLess(outcome: Outcome): boolean {
  return outcome.error === null && (outcome.status === 304 || isPart(outcome));
}

function hasUnreadableEnd({ headers }: Outcome): boolean {
  const coding = headerOf(headers, 'transfer-encoding');
  if (coding !== undefined) return !/(?:^|,)\s*chunked\s*$/i.test(coding);
  return !/^\s*\d+\s*(?:,\s*\d+\s*)*$/.test(headerOf(headers, 'content-length') ?? '0');
}

/** What the last answer to a request for a robots.txt means. */
export function robotsRecord(outcome: Outcome, now: number): RobotsRecord | null {
  const { status } = outcome;
  const hasRules = isFile(outcome);
  const isAskedAgain = status === 429 || status === 304 || (status >= 500 && meaningOf(outcome).url !== 'final');
  const isUnavailable = status === 0 || isAskedAgain || (hasRules && !isReadable(outcome));
  if (isUnavailable && outcome.refused === null) return null;
  // Every other answer, a sixth redirect included, counts as an absent robots.txt (sections 2.3.1.2 and 2.3.1.3).
  const body = hasRules ? withoutPasswords(wholeLines(outcome).slice(0, ROBOTS_BYTES_MAX)) : new Uint8Array(0);
  return { fetchedAt: now, expiresAt: now + lifetimeMs(outcome), status, body };
}

/**
 * Whether the host must not be asked for anything: its server failed in a way that waiting does not mend (RFC 9309,
 * section 2.3.1.4).
 */
export function forbidsAll({ status }: RobotsRecord): boolean {
  return status >= 500;
}

/**
 * The body up to its last whole line. A truncated coded body may be shorter than the read limit, and its last line may
 * be half a rule.
 */
function wholeLines({ body, truncated }: Outcome): Uint8Array {
  if (truncated !== 'length' || body.length >= ROBOTS_BYTES_MAX) return body;
  return body.subarray(0, Math.max(body.lastIndexOf(10), body.lastIndexOf(13)) + 1);
}

const AT = 0x40;
/** A name and a password in a URL. */
const USERINFO = /(https?:[/\\]{2})[^\s/?#\\]*@/gi;
/** The beginning of a rule, as record.ts may read it. */
const RULE = /^[^:=/]{0,40}(?:allow|dis|dias)/i;

/** It is stored, and a sitemap may be named with the password of somebody. Rules stay as they are. */
function withoutPasswords(body: Uint8Array): Uint8Array {
  if (!body.includes(AT)) return body;
  const text = Buffer.from(body).toString('latin1');
  const harmless = text.replace(/[^\n\r]+/g, (line) =>
    line.includes('@') && !RULE.test(line) ? line.replace(USERINFO, '$1') : line,
  );
  return harmless.length === text.length ? body : Buffer.from(harmless, 'latin1');
}

/** Whether the body is the robots.txt. A status of redirects that names no target is none. */
function isFile(outcome: Outcome): boolean {
  const { status } = outcome;
  return isContent(outcome) || (status >= 300 && status < 400 && status !== 304 && !isRedirect(status));
}

/** Whether the rules can be read. Rules that were lost on the way, or cannot be decoded, may forbid anything. */
function isReadable(outcome: Outcome): boolean {
  const isWhole = outcome.error === null && outcome.truncated !== 'disconnect' && !isPart(outcome);
  return isWhole && !isUndecoded(outcome);
}

/** Whether it says itself that it is only a part, though all was asked for. */
function isPart({ status, headers }: Outcome): boolean {
  if (status !== 206) return false;
  const [, to, of] = /^\s*bytes\s+0-(\d+)\/(\d+)\s*$/i.exec(headerOf(headers, 'content-range') ?? '') ?? [];
  return to === undefined || Number(to) + 1 !== Number(of);
}

/** The body has a coding that lost something or is not supported, whether a field names the coding or not. */
function isUndecoded({ isCoded, isDamaged, isWhole, body }: Outcome): boolean {
  return isCoded === true || (isDamaged === true && isWhole !== true) || isLost(body);
}

function lifetimeMs(outcome: Outcome): number {
  const maxAge = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,9})/i.exec(headerOf(outcome.headers, 'cache-control') ?? '');
  const asked = maxAge ? Number(maxAge[1]) * 1000 : DAY_MS;
  return Math.min(Math.max(asked, HOUR_MS), DAY_MS);
}
