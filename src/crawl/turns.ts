// Hands out turns. Coroutines ask for a turn and wait until there is one. This part decides what each of them gets,
// what to wait for if there is nothing to hand out, and when all is over. It owns the waiting coroutines and the count
// of URLs requested for the first time.

import type { Timer } from '../base/clock.ts';
import type { Lease, StoppedBy } from '../base/contracts.ts';
import { LEASES_A_TURN_MAX } from '../base/limits.ts';
import type { Errand } from './errands.ts';
import { createHandOver } from './hand-over.ts';
import type { CrawlParts, CrawlRules } from './parts.ts';
import type { SitemapErrand } from './sitemaps.ts';

/** The next task of a coroutine: visit a URL, fetch the robots.txt that a host's URLs wait for, or read a sitemap. */
export type Turn = { readonly lease: Lease } | { readonly errand: Errand } | { readonly sitemap: SitemapErrand };

export interface Turns {
  /** Resolves with the next task, or with null when there will be no more. */
  next(): Promise<Turn | null>;
  /** Something changed that may let a waiting coroutine go on. */
  wake(): void;
  /** The lease was not requested after all. */
  takeBack(lease: Lease): void;
  /** The number of coroutines with a task. */
  readonly busy: number;
  /** How many more URLs may be requested for the first time. */
  readonly newUrlsLeft: number;
  /** More URLs may be requested for the first time or, below zero, fewer. */
  addToLimit(more: number): void;
  readonly stoppedBy: StoppedBy;
  /** Hands out no more turns. */
  stop(why: StoppedBy): void;
  /** Gives back the hosts; resolves once others can take them. */
  handOver(): Promise<void>;
  /** Hands out no more turns, because a part has failed. */
  dismissAll(): void;
}

type TurnParts = Pick<
  CrawlParts,
  'frontier' | 'share' | 'commits' | 'gate' | 'sitemaps' | 'clock' | 'inFlightMost' | 'lookAgain'
>;

/** `needsBackout`: no turn may be handed out for now. `fail` receives what the store threw. */
export function createTurns(
  parts: TurnParts,
  { concurrency, limit, jobLimit }: CrawlRules,
  needsBackout: () => boolean,
  fail: (error: unknown) => void,
): Turns {
  const { frontier, share, commits, gate, sitemaps, clock, inFlightMost, lookAgain } = parts;
  const handOver = createHandOver(parts, fail);
  const waiting: ((turn: Turn | null) => void)[] = [];
  let newUrls = 0;
  let most = limit;
  let stoppedBy: StoppedBy = null;
  let isStopping = false;
  /** Many turns were handed out, and the event loop has its own turn first, whatever wakes this part. */
  let isResting = false;
  let pumping: 'no' | 'yes' | 'again' = 'no';
  let alarm: Timer | null = null;

  const busy = (): number => concurrency - waiting.length;
  /** How many more coroutines may get a turn. The system may allow fewer than `concurrency`; the others wait. */
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

  /** Gives turns to the waiting coroutines. If there are too few turns, it finds out what to wait for. */
  async function handOut(): Promise<void> {
    if (isStopping) dismissAll();
    if (isStopping || isResting || needsBackout()) return;
    handOver.some();
    runErrands();
    const wanted = Math.min(free(), LEASES_A_TURN_MAX);
    // A URL counts once towards the limit, so a retry is leased even when the limit is reached.
    const leases = wanted > 0 ? await frontier.lease(wanted, clock.now(), gate.room, most - newUrls) : [];
    for (const lease of leases) {
      if (!lease.wasAsked) newUrls += 1;
      waiting.pop()?.({ lease });
    }
    runErrands();
    if (leases.length === LEASES_A_TURN_MAX) rest();
    else if (waiting.length > 0) await awaitMore();
  }

  function rest(): void {
    isResting = true;
    clock.turn().then(() => {
      isResting = false;
      wake();
    });
  }

  function runErrands(): void {
    while (free() > 0) {
      const errand = gate.errand();
      if (errand === null) return;
      waiting.pop()?.({ errand });
    }
  }

  /** Links come first: a sitemap is read when nothing can be leased and nothing in flight may bring links. */
  function readSitemaps(): void {
    while (free() > 0) {
      const sitemap = sitemaps.next();
      if (sitemap === null) break;
      waiting.pop()?.({ sitemap });
    }
    // The host of a sitemap may need its robots.txt first.
    runErrands();
  }

  async function awaitMore(): Promise<void> {
    const more = most > newUrls ? 0 : await share.reserve('urls', jobLimit);
    most += more;
    if (more > 0) return wake();
    const newMost = most - newUrls;
    const { queued, nextAt } = frontier.counts(newMost);
    const mayLeadOn = busy() > sitemaps.reading;
    if (mayLeadOn) {
      // The links of pages that are not committed yet may be all that is left to lease.
      if (commits.waiting > 0 && (queued === 0 || busy() === commits.waiting)) commits.flush().then(wake, fail);
    } else if (queued + sitemaps.unread === 0) {
      if (await isOver()) dismissAll();
      else if (frontier.counts(newMost).queued > 0) return wake();
    } else if (newMost > 0) {
      if (!share.mayOthersFind) readSitemaps();
    } else if (nextAt === Number.POSITIVE_INFINITY && !gate.isBusy) {
      stop('limit');
    }
    // If no more requests may be in flight, the end of one wakes this part.
    if (isStopping || free() <= 0) return;
    // A sitemap that is due waits for the requests in flight, which wake this part. Beyond the limit no sitemap is
    // read.
    const dueAt = mayLeadOn || newMost <= 0 ? nextAt : Math.min(nextAt, sitemaps.nextAt);
    awaitTime(Math.min(dueAt, share.lookAt));
  }

  async function isOver(): Promise<boolean> {
    if (!(await share.isOver())) return false;
    // While this process looked again, another one may have queued something by the same look.
    return lookAgain === undefined || (!(await lookAgain()) && (await share.isOver()));
  }

  function awaitTime(dueAt: number): void {
    alarm?.cancel();
    alarm = dueAt === Number.POSITIVE_INFINITY ? null : clock.after(Math.max(1, dueAt - clock.now()), wake);
    if (alarm === null && busy() === 0 && !gate.isBusy) stop('held');
  }

  function stop(why: StoppedBy): void {
    stoppedBy ??= why;
    dismissAll();
    handOver.all().catch(fail);
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
      return most - newUrls;
    },
    addToLimit(more) {
      most += more;
    },
    get stoppedBy() {
      return stoppedBy;
    },
    stop,
    handOver: handOver.all,
    dismissAll,
  };
}
