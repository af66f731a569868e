// Whose turn it is to do what. Coroutines come for a turn and wait until there is one; here is decided what each is given, what to wait
// for where there is nothing to give, and when all is over. It owns the waiting coroutines and the count of URLs asked for the first time.

import type { Timer } from '../base/clock.ts';
import type { Lease, StoppedBy } from '../base/contracts.ts';
import { LEASES_A_TURN_MAX } from '../base/limits.ts';
import type { Errand } from './gate.ts';
import type { CrawlParts, CrawlRules } from './parts.ts';
import type { SitemapErrand } from './sitemaps.ts';

/** What a coroutine does next: visit a URL, ask for the robots.txt that must be known before a host's URLs are, read a sitemap. */
export type Turn = { readonly lease: Lease } | { readonly errand: Errand } | { readonly sitemap: SitemapErrand };

export interface Turns {
  /** Resolves with the next thing to do, or with null when nothing will come any more. */
  next(): Promise<Turn | null>;
  /** Something changed that may let a waiting coroutine go on. */
  wake(): void;
  /** The lease was not asked for after all. */
  takeBack(lease: Lease): void;
  /** Coroutines that do something. */
  readonly busy: number;
  /** URLs that were never asked and still may be. */
  readonly newUrlsLeft: number;
  readonly stoppedBy: StoppedBy;
  /** No more turns. */
  stop(why: StoppedBy): void;
  /** No more turns, because a part has failed. */
  dismissAll(): void;
}

type TurnParts = Pick<CrawlParts, 'frontier' | 'commits' | 'gate' | 'sitemaps' | 'clock' | 'inFlightMost'>;

/** `needsBackout`: nothing may be given out for now. `fail` is told what the store threw. */
export function createTurns(
  { frontier, commits, gate, sitemaps, clock, inFlightMost }: TurnParts,
  { concurrency, limit }: CrawlRules,
  needsBackout: () => boolean,
  fail: (error: unknown) => void,
): Turns {
  const waiting: ((turn: Turn | null) => void)[] = [];
  let newUrls = 0;
  let stoppedBy: StoppedBy = null;
  let isStopping = false;
  let pumping: 'no' | 'yes' | 'again' = 'no';
  let alarm: Timer | null = null;

  const busy = (): number => concurrency - waiting.length;
  /** Coroutines that may be given a turn: where the system gives less than the cap, the others go on waiting. */
  const free = (): number => Math.min(concurrency, inFlightMost?.() ?? concurrency) - busy();

  function wake(): void {
    if (pumping === 'no') queueMicrotask(() => pump().catch(fail));
    pumping = pumping === 'no' ? 'yes' : 'again';
  }

  async function pump(): Promise<void> {
    while (pumping !== 'no') {
      pumping = 'yes';
      if (waiting.length > 0) await handOut();
      if (pumping === 'yes') pumping = 'no';
    }
  }

  /** Gives turns to the coroutines that wait, and where there are too few, finds out what to wait for. */
  async function handOut(): Promise<void> {
    if (isStopping) dismissAll();
    if (isStopping || needsBackout()) return;
    runErrands();
    const most = Math.min(free(), LEASES_A_TURN_MAX);
    // What was asked before counts once against the limit: it is asked again though that is reached.
    const leases = most > 0 ? await frontier.lease(most, clock.now(), gate.room, limit - newUrls) : [];
    for (const lease of leases) {
      if (!lease.wasAsked) newUrls += 1;
      waiting.pop()?.({ lease });
    }
    runErrands();
    if (leases.length === LEASES_A_TURN_MAX) clock.turn().then(wake);
    else if (waiting.length > 0) awaitMore();
  }

  function runErrands(): void {
    while (free() > 0) {
      const errand = gate.errand();
      if (errand === null) return;
      waiting.pop()?.({ errand });
    }
  }

  /** Links come first: a sitemap is read where nothing can be leased and nothing is in flight that may lead on. */
  function readSitemaps(): void {
    while (free() > 0) {
      const sitemap = sitemaps.next();
      if (sitemap === null) break;
      waiting.pop()?.({ sitemap });
    }
    // The host of one may have to be asked for its robots.txt first.
    runErrands();
  }

  function awaitMore(): void {
    const newMost = limit - newUrls;
    const { queued, nextAt } = frontier.counts(newMost);
    const mayLeadOn = busy() > sitemaps.reading;
    if (mayLeadOn) {
      // Links of pages not yet committed may be all that is left to lease.
      if (commits.waiting > 0 && (queued === 0 || busy() === commits.waiting)) commits.flush().then(wake, fail);
    } else if (queued + sitemaps.unread === 0) {
      dismissAll();
    } else if (newMost > 0) {
      readSitemaps();
    } else if (nextAt === Number.POSITIVE_INFINITY) {
      stop('limit');
    }
    // Where no more may be in flight, what ends wakes.
    if (isStopping || free() <= 0) return;
    // A sitemap that is due waits for what is in flight, which wakes by itself; past the limit none is read.
    awaitTime(mayLeadOn || newMost <= 0 ? nextAt : Math.min(nextAt, sitemaps.nextAt));
  }

  function awaitTime(dueAt: number): void {
    alarm?.cancel();
    alarm = dueAt === Number.POSITIVE_INFINITY ? null : clock.after(Math.max(1, dueAt - clock.now()), wake);
    if (alarm === null && busy() === 0) stop('held');
  }

  function stop(why: StoppedBy): void {
    stoppedBy ??= why;
    dismissAll();
  }

  function dismissAll(): void {
    isStopping = true;
    alarm?.cancel();
    for (const dismiss of waiting.splice(0)) dismiss(null);
  }

  return {
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        wake();
      }),
    wake,
    takeBack(lease) {
      if (!lease.wasAsked) newUrls -= 1;
    },
    get busy() {
      return busy();
    },
    get newUrlsLeft() {
      return limit - newUrls;
    },
    get stoppedBy() {
      return stoppedBy;
    },
    stop,
    dismissAll,
  };
}
