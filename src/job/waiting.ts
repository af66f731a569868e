// What the crawl is waiting for: disk space, the end of a hold, or the time of the next retry. It serves people and the
// figures of the run; no decision depends on it.

import type { Mover } from '../archive/mover.ts';
import { type Clock, toWall } from '../base/clock.ts';
import type { Awaited, Ledger, Waiting } from '../base/contracts.ts';
import type { Crawl } from '../crawl/crawl.ts';
import type { Gate } from '../crawl/gate.ts';
import type { Held } from '../crawl/host-figures.ts';
import type { Sitemaps } from '../crawl/sitemaps.ts';
import type { Allowance } from './allowance.ts';
import type { Job } from './job.ts';

const SAME_MS = 500;

export interface WaitingParts {
  readonly job: Job;
  readonly heart: Pick<Crawl, 'newUrlsLeft' | 'figures'>;
  readonly gate: Gate;
  readonly sitemaps: Sitemaps;
  readonly onWire: Allowance['onWire'];
  readonly clock: Clock;
  readonly mover: Pick<Mover, 'lack'> | null;
}

/** What the crawl waits for now, and whether it is only the delay between two requests. */
export interface WaitingNow {
  readonly waiting: Waiting;
  readonly isDelay: boolean;
}

/** Both functions give null if a request is running or may start at once, unless a host is held at that time. */
export interface WaitingWatch {
  /**
   * Answers at once. If the text must first be read from the store, it gives null and starts to read the text for a
   * later call.
   */
  now(): WaitingNow | null;
  /** Reads the text from the store if necessary. Never rejects. */
  told(): Promise<WaitingNow | null>;
}

/** A URL that will be requested again, and when. Its text is kept, so that it is read from the store only once. */
interface Again {
  readonly next: Awaited;
  readonly at: number;
}

export function watchWaiting(parts: WaitingParts): WaitingWatch {
  let known: (Again & { readonly text: string }) | null = null;
  let unknown: Again | null = null;
  const textOf = (again: Again): string | null => {
    if (known !== null && isSameAgain(known, again)) return known.text;
    unknown = again;
    return null;
  };
  const now = (): WaitingNow | null => {
    unknown = null;
    return waitingNow(parts, textOf);
  };
  const ask = async (again: Again): Promise<void> => {
    // If the store fails, the writers to it report the error.
    const text = await againText(parts.job.store.ledger, again.next).catch(() => 'it is asked again');
    known = { ...again, text };
  };
  return {
    now() {
      const waiting = now();
      if (unknown !== null) void ask(unknown);
      return waiting;
    },
    async told() {
      const waiting = now();
      if (unknown === null) return waiting;
      await ask(unknown);
      return now();
    },
  };
}

function isSameAgain(one: Again, other: Again): boolean {
  const [a, b] = [one.next.again, other.next.again];
  return one.at === other.at && a?.id === b?.id && a?.urls === b?.urls;
}

function waitingNow(
  { job, heart, gate, sitemaps, onWire, clock, mover }: WaitingParts,
  textOf: (again: Again) => string | null,
): WaitingNow | null {
  const now = clock.now();
  const told = (held: Held | null, isDelay = false): WaitingNow | null => {
    if (held === null) return null;
    // This run leaves the host to a later one. At its end the user wants to know when that may be.
    const isLeft = held.until === Number.POSITIVE_INFINITY;
    const until = isLeft && heart.figures.stoppedBy === 'held' ? heldUntil(gate, held.host) : held.until;
    const isKnown = until !== Number.POSITIVE_INFINITY && (!isLeft || until > now);
    return { waiting: { host: held.host, until: isKnown ? toWall(clock, until) : null, why: held.why }, isDelay };
  };
  const { frontier } = job.store;
  const lack = job.room.lack() ?? mover?.lack() ?? null;
  if (lack !== null) return told(lack);
  const held = gate.waitingFor(now);
  if (held?.isMachine === true || onWire.inFlight > 0) return told(held);

  const { queued, nextAt, awaited } = frontier.counts(heart.newUrlsLeft());
  if (queued + sitemaps.unread === 0) return null;
  const isSitemap = heart.newUrlsLeft() > 0 && sitemaps.nextAt < nextAt;
  const at = isSitemap ? sitemaps.nextAt : nextAt;
  const next = isSitemap ? sitemaps.awaited : awaited;
  if (next === null || at === Number.POSITIVE_INFINITY) return told(held);
  if (at <= now) return null;
  const wait = gate.waitOf(next.host);
  // Its host is loaded; a later call knows.
  if (wait === null) return told(held);
  const { why, isDelay } = wait;
  const isAgain = isDelay && next.again !== null;
  const text = isAgain ? textOf({ next, at }) : why;
  return text === null ? null : told({ host: next.host, until: at, why: text }, isDelay && !isAgain);
}

function heldUntil(gate: Gate, host: string): number {
  return gate.figures().find((each) => each.host === host)?.heldUntil ?? Number.POSITIVE_INFINITY;
}

async function againText({ links, rows }: Ledger, { host, again }: Awaited): Promise<string> {
  const { id, urls } = again!;
  if (id === null) return 'a sitemap is asked for again';
  const url = (await links.urls([id]))[0]!;
  const path = url.startsWith(`${host}/`) ? url.slice(host.length) : url;
  const last = (await rows.attempts(id)).at(-1);
  const after = last === undefined ? '' : ` after ${last.error ?? `status ${last.status}`}`;
  const others = urls > 1 ? `, and ${urls - 1} more ${urls === 2 ? 'URL' : 'URLs'} then or later` : '';
  return `${path} is asked again${after}${others}`;
}

/** Whether two waits are the same. Each look at the clocks may round a time to another millisecond. */
export function isSame(one: Waiting | null, other: Waiting | null): boolean {
  if (one === null || other === null || one.host !== other.host) return one === other;
  return Math.abs((one.until ?? 0) - (other.until ?? 0)) < SAME_MS;
}

/** The wait with its time in the format of the log. */
export function dated(waiting: Waiting | null): object | null {
  if (waiting === null) return null;
  return { ...waiting, until: waiting.until === null ? null : new Date(waiting.until).toISOString() };
}
