// What nothing can go on without: room on the disk, the end of a hold, the time at which something is asked again. For people, and for the
// figures of the run; nothing is decided by it.

import { type Clock, toWall } from '../base/clock.ts';
import type { Awaited, Ledger, Waiting } from '../base/contracts.ts';
import type { Crawl } from '../crawl/crawl.ts';
import type { Gate, Held } from '../crawl/gate.ts';
import type { Sitemaps } from '../crawl/sitemaps.ts';
import type { Allowance } from './allowance.ts';
import type { Job } from './job.ts';

const SAME_MS = 500;

export interface WaitingParts {
  readonly job: Job;
  readonly heart: Pick<Crawl, 'newUrlsLeft'>;
  readonly gate: Gate;
  readonly sitemaps: Sitemaps;
  readonly onWire: Allowance['onWire'];
  readonly clock: Clock;
}

/** What is waited for now, and whether it is no more than the delay between two requests. */
export interface WaitingNow {
  readonly waiting: Waiting;
  readonly isDelay: boolean;
}

/** Null where something is asked for now, or may be at once, unless a host is held meanwhile. */
export function waitingNow({ job, heart, gate, sitemaps, onWire, clock }: WaitingParts): WaitingNow | null {
  const now = clock.now();
  const told = (held: Held | null, isDelay = false): WaitingNow | null => {
    if (held === null) return null;
    const until = held.until === Number.POSITIVE_INFINITY ? null : toWall(clock, held.until);
    return { waiting: { host: held.host, until, why: held.why }, isDelay };
  };
  const { frontier, ledger } = job.store;
  const lack = job.room.lack();
  if (lack !== null) return told(lack);
  const held = gate.waitingFor(now);
  if (held?.isMachine === true || onWire.inFlight > 0) return told(held);

  const { queued, nextAt, awaited } = frontier.counts(heart.newUrlsLeft);
  if (queued + sitemaps.unread === 0) return null;
  const isSitemap = heart.newUrlsLeft > 0 && sitemaps.nextAt < nextAt;
  const at = isSitemap ? sitemaps.nextAt : nextAt;
  const next = isSitemap ? sitemaps.awaited : awaited;
  if (next === null || at === Number.POSITIVE_INFINITY) return told(held);
  if (at <= now) return null;
  const { why, isDelay } = gate.waitOf(next.host);
  const isAgain = isDelay && next.again !== null;
  return told({ host: next.host, until: at, why: isAgain ? againText(ledger, next) : why }, isDelay && !isAgain);
}

function againText(ledger: Ledger, { host, again }: Awaited): string {
  const { id, urls } = again!;
  if (id === null) return 'a sitemap is asked for again';
  const url = ledger.urlOf(id);
  const path = url.startsWith(`${host}/`) ? url.slice(host.length) : url;
  const last = ledger.attempts(id).at(-1);
  const after = last === undefined ? '' : ` after ${last.error ?? `status ${last.status}`}`;
  const others = urls > 1 ? `, and ${urls - 1} more ${urls === 2 ? 'URL' : 'URLs'} then or later` : '';
  return `${path} is asked again${after}${others}`;
}

/** The same wait: each look at the clocks may round it to another millisecond. */
export function isSame(one: Waiting | null, other: Waiting | null): boolean {
  if (one === null || other === null || one.host !== other.host) return one === other;
  return Math.abs((one.until ?? 0) - (other.until ?? 0)) < SAME_MS;
}

/** With its time as the log has times. */
export function dated(waiting: Waiting | null): object | null {
  if (waiting === null) return null;
  return { ...waiting, until: waiting.until === null ? null : new Date(waiting.until).toISOString() };
}
