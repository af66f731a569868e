// The heart. A crawl is a loop, run by as many coroutines as the cap allows: lease a URL whose host has room now, fetch it,
// parse its links, archive its bytes, and settle it together with the links that it discovered. A coroutine that waits costs a
// few hundred bytes, so ten thousand are nothing; and the crawl is over when nothing is queued and nothing is leased.

import type { Timer } from '../base/clock.ts';
import type { Lease, Links, Outcome, Settlement, StoppedBy } from '../base/contracts.ts';
import { LEASES_A_TURN_MAX, UNSETTLED_BYTES_MAX } from '../base/limits.ts';
import { parseContextOf } from '../base/parse-context.ts';
import { isContent } from '../base/redirects.ts';
import type { Errand } from './gate.ts';
import type { CrawlParts, CrawlRules } from './parts.ts';
import { settlementOf, unasked } from './settlement.ts';
import type { SitemapErrand } from './sitemaps.ts';

export interface CrawlFigures {
  /** Coroutines at work; what some of them have fetched is being parsed or written. */
  busy: number;
  /** Some root, or what it redirects to, gave a response. */
  hasRootResponse: boolean;
  stoppedBy: StoppedBy;
}

const NOTHING_YET = { busy: 0, hasRootResponse: false, stoppedBy: null };

export interface Crawl {
  /** Resolves when the crawl is over; rejects when the store or the archive failed. */
  readonly over: Promise<void>;
  readonly figures: Readonly<CrawlFigures>;
  /** URLs that were never asked and still may be. */
  readonly newUrlsLeft: number;
  /** No new requests; what is in flight ends by itself. */
  stop(why: StoppedBy): void;
  /** Something changed that may let a waiting coroutine go on. */
  wake(): void;
}

/** What a coroutine does next: visit a URL, ask for the robots.txt that must be known before a host's URLs are, read a sitemap. */
type Turn = { readonly lease: Lease } | { readonly errand: Errand } | { readonly sitemap: SitemapErrand };

export function crawl(parts: CrawlParts, rules: CrawlRules): Crawl {
  const { frontier, commits, gate, sitemaps, traps, fetch, parse, archive, admission, clock, signal } = parts;
  const inFlightMost = parts.inFlightMost ?? (() => rules.concurrency);
  const figures: CrawlFigures = { ...NOTHING_YET };
  const waiting: ((turn: Turn | null) => void)[] = [];
  let fresh = 0;
  let unsettledBytes = 0;
  let isStopping = false;
  let pumping: 'no' | 'yes' | 'again' = 'no';
  let alarm: Timer | null = null;
  const broken = Promise.withResolvers<never>();

  /** The one predicate of backpressure; what is in flight is capped by the number of coroutines itself. */
  const needsBackout = (): boolean => unsettledBytes > UNSETTLED_BYTES_MAX || parts.isPressed();

  /** Coroutines that may be given a turn: where the system gives less than the cap, the others go on waiting. */
  const free = (): number => waiting.length - rules.concurrency + Math.min(rules.concurrency, inFlightMost());

  async function work(): Promise<void> {
    for (let turn = await next(); turn !== null; turn = await next()) {
      figures.busy += 1;
      if ('lease' in turn) await visit(turn.lease);
      else if ('sitemap' in turn) await sitemaps.run(turn.sitemap);
      else await run(turn.errand);
      figures.busy -= 1;
    }
  }

  async function visit(lease: Lease): Promise<void> {
    const trap = traps.verdict(lease);
    const passed = trap === null ? await gate.through(lease, () => ask(lease)) : { refusal: trap };
    if (passed.refusal !== null) {
      takeBack(lease);
      return settle(unasked(lease, passed.refusal), null, null);
    }
    const { outcome, note, spent } = passed;
    if (note !== null) commits.note(note);
    wake();
    unsettledBytes += outcome.rawBody.length;
    const parsed = parseIfPage(outcome);
    const found = parsed instanceof Promise ? await parsed : parsed;
    const admitted = found === null ? [] : admission.links(lease, found);
    const links = admitted instanceof Promise ? await admitted : admitted;
    const redirect = admission.redirect(lease, outcome);
    const reading = traps.read(lease, outcome, found);
    const remark = reading?.remark ?? '';
    const draft = settlementOf(
      { lease, outcome, found, links, redirect, spent, remark },
      rules.retriesMax,
      clock.now(),
    );
    const isKept = draft.state !== 'queued' || draft.form !== undefined;
    const place = isKept ? await archive.append(outcome, draft.response?.sha256 ?? null, found?.links) : null;
    if (!isKept) outcome.spooled?.drop();
    await settle({ ...draft, place }, outcome, found);
    traps.settled(reading, draft.links);
    unsettledBytes -= outcome.rawBody.length;
    if (outcome.refused !== null) takeBack(lease);
  }

  async function settle(settlement: Settlement, outcome: Outcome | null, found: Links | null): Promise<void> {
    const durable = commits.settle(settlement);
    // Where all that is on its way is on its way to the disk, the group need not wait for more.
    if (rules.concurrency - waiting.length === commits.waiting) wake();
    await durable;
    const { state, reason, lease } = settlement;
    if (state === 'done' || state === 'failed') await parts.onPage({ settlement, outcome, found });
    else if (reason !== null) await parts.onSkip?.(lease.url, reason);
  }

  async function ask(lease: Lease): Promise<Outcome> {
    const outcome = await fetch({ url: lease.url, method: 'GET', spool: parts.spool }, signal);
    if (lease.depth === 0 && outcome.status > 0) figures.hasRootResponse = true;
    if (lease.depth === 0) admission.rootAnswered(lease, outcome);
    return outcome;
  }

  function parseIfPage(outcome: Outcome): Links | Promise<Links> | null {
    if (!isContent(outcome)) return null;
    return parse(outcome.body, parseContextOf(outcome));
  }

  async function run(errand: Errand): Promise<void> {
    for (const note of await gate.runErrand(errand, parts.fetchAside, signal)) commits.note(note);
    wake();
  }

  function next(): Promise<Turn | null> {
    return new Promise((resolve) => {
      waiting.push(resolve);
      wake();
    });
  }

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
    const leases = most > 0 ? await frontier.lease(most, clock.now(), gate.room, rules.newUrlsMax - fresh) : [];
    for (const lease of leases) {
      if (!lease.wasAsked) fresh += 1;
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
    const newMost = rules.newUrlsMax - fresh;
    const { queued, nextAt } = frontier.counts(newMost);
    const busy = rules.concurrency - waiting.length;
    if (busy > sitemaps.reading) {
      // Links of pages not yet committed may be all that is left to lease.
      if (commits.waiting > 0 && (queued === 0 || busy === commits.waiting)) commits.flush().then(wake, fail);
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
    const dueAt = busy > sitemaps.reading || newMost <= 0 ? nextAt : Math.min(nextAt, sitemaps.nextAt);
    alarm?.cancel();
    alarm = dueAt === Number.POSITIVE_INFINITY ? null : clock.after(Math.max(1, dueAt - clock.now()), wake);
    if (alarm === null && waiting.length === rules.concurrency) stop('held');
  }

  function takeBack(lease: Lease): void {
    if (!lease.wasAsked) fresh -= 1;
  }

  function stop(why: StoppedBy): void {
    figures.stoppedBy ??= why;
    isStopping = true;
    dismissAll();
  }

  function dismissAll(): void {
    isStopping = true;
    alarm?.cancel();
    for (const dismiss of waiting.splice(0)) dismiss(null);
  }

  function fail(error: unknown): void {
    broken.reject(error);
    dismissAll();
  }

  const workers = Array.from({ length: rules.concurrency }, () => work().catch(fail));
  const over = Promise.race([broken.promise, Promise.all(workers).then(commits.flush)]);
  return {
    over,
    figures,
    get newUrlsLeft() {
      return rules.newUrlsMax - fresh;
    },
    stop,
    wake,
  };
}
