// What to do about a host's robots.txt: how it is fetched, how long it holds, and what a failure means
// (RFC 9309, sections 2.3 and 2.4). The rules themselves are in rules.ts.

import type { Fetch, Outcome, Request, RobotsRecord } from '../base/contracts.ts';
import { asciiUrl, headerOf } from '../base/headers.ts';
import { ROBOTS_BYTES_MAX, ROBOTS_REDIRECTS_MAX } from '../base/limits.ts';
import { writtenLocation } from '../base/redirects.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
const RETRY_MINUTES = [1, 5, 15, 60] as const;

export interface RobotsAnswer {
  readonly outcome: Outcome;
  /** What is obeyed from now on; null where nothing may be asked of the host for now. */
  readonly record: RobotsRecord | null;
}

/** Asks for the robots.txt of `host` and follows its redirects at once: for a single look, a crawl keeps the pace of the hosts on the way. */
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
 * Where the robots.txt is asked for next, because that of the last of `asked` redirects there; null where it does not, or did too often (RFC 9309,
 * section 2.3.1.2), or to where it was asked for before.
 */
export function nextRobotsUrl(outcome: Outcome, asked: readonly string[]): string | null {
  const location = writtenLocation(outcome);
  const target =
    location === null || asked.length > ROBOTS_REDIRECTS_MAX ? null : URL.parse(asciiUrl(location), asked.at(-1));
  if (target === null) return null;
  target.hash = '';
  return asked.includes(target.href) ? null : target.href;
}

/** How long to leave a host alone whose robots.txt cannot be had: 1, 5, 15 minutes, then hourly. */
export function robotsRetryMs(failures: number): number {
  return (RETRY_MINUTES[Math.min(failures, RETRY_MINUTES.length - 1)] ?? 60) * MINUTE_MS;
}

/** What the last answer on the way means. */
export function robotsRecord(outcome: Outcome, now: number): RobotsRecord | null {
  const { status } = outcome;
  const isUnavailable = status === 0 || status === 429 || status >= 500 || (status < 300 && !isReadable(outcome));
  if (isUnavailable && outcome.refused === null) return null;
  const isText = status >= 200 && status < 300;
  // Everything else, a sixth redirect included, is as if there were no robots.txt (sections 2.3.1.2 and 2.3.1.3).
  const body = isText ? wholeLines(outcome).slice(0, ROBOTS_BYTES_MAX) : new Uint8Array(0);
  return { fetchedAt: now, expiresAt: now + lifetimeMs(outcome), status, body };
}

/** Of a coded one that was cut less may have come than is read, and its last line is half a rule. */
function wholeLines({ body, truncated }: Outcome): Uint8Array {
  if (truncated !== 'length' || body.length >= ROBOTS_BYTES_MAX) return body;
  return body.subarray(0, Math.max(body.lastIndexOf(10), body.lastIndexOf(13)) + 1);
}

/** Rules that were lost on their way, or are under a coding that cannot be undone, may forbid anything. */
function isReadable({ error, truncated, isCoded }: Outcome): boolean {
  return error === null && truncated !== 'disconnect' && isCoded !== true;
}

function lifetimeMs(outcome: Outcome): number {
  const maxAge = /(?:^|[\s,])max-age\s*=\s*"?(\d{1,9})/i.exec(headerOf(outcome.headers, 'cache-control') ?? '');
  const asked = maxAge ? Number(maxAge[1]) * 1000 : DAY_MS;
  return Math.min(Math.max(asked, HOUR_MS), DAY_MS);
}
