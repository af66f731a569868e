// The heart. A crawl is a loop, run by as many coroutines as the limit allows: lease a URL whose host has room now,
// fetch it, parse its links, archive its bytes, and settle it together with the links that it discovered. Ten thousand
// waiting coroutines cost little. The crawl is over when nothing is queued and nothing is leased.

import type { Lease, Outcome, ParsedPage, Settlement, StoppedBy } from '../base/contracts.ts';
import { heldBytesOf } from '../base/raw-body.ts';
import { isContent } from '../base/redirects.ts';
import type { CrawlParts, CrawlRules } from './parts.ts';
import { askedInVain, type Passed, type Refusal, settlementOf, unasked } from './settlement.ts';
import { createTurns } from './turns.ts';

export interface CrawlFigures {
  /** The number of coroutines at work. Some of them are parsing or writing what they fetched. */
  readonly busy: number;
  /** Whether a root, or a URL that a root redirects to, gave a response. */
  readonly hasRootResponse: boolean;
  readonly stoppedBy: StoppedBy;
}

export interface Crawl {
  /** Resolves when the crawl is over; rejects if the store or the archive failed. */
  readonly over: Promise<void>;
  readonly figures: CrawlFigures;
  /** How many more URLs may be requested for the first time. */
  newUrlsLeft(): number;
  addToLimit(more: number): void;
  /** Starts no new requests; those in flight end by themselves. */
  stop(why: StoppedBy): void;
  /** Something changed that may let a waiting coroutine go on. */
  wake(): void;
}

export function crawl(parts: CrawlParts, rules: CrawlRules): Crawl {
  const { commits, gate, sitemaps, traps, fetch, parse, archive, admission, budget, clock, signal } = parts;
  const turns = createTurns(parts, rules, needsBackout, fail);
  const broken = Promise.withResolvers<never>();
  let busy = 0;
  let isAwaitingMemory = false;
  let hasRootResponse = false;

  /** The only test for backpressure. The number of coroutines itself limits the requests in flight. */
  function needsBackout(): boolean {
    if (budget.isSpent && !isAwaitingMemory) awaitMemory();
    return budget.isSpent || parts.isPressed();
  }

  /** The archive gives memory back after the coroutine that fetched a robots.txt or a sitemap has gone on. */
  function awaitMemory(): void {
    isAwaitingMemory = true;
    budget.onGiven(() => {
      isAwaitingMemory = false;
      turns.wake();
    });
  }

  async function work(): Promise<void> {
    for (let turn = await turns.next(); turn !== null; turn = await turns.next()) {
      busy += 1;
      if ('lease' in turn) await visit(turn.lease);
      else if ('sitemap' in turn) await sitemaps.run(turn.sitemap);
      else for (const note of await gate.runErrand(turn.errand, parts.fetchAside, signal)) commits.note(note);
      busy -= 1;
    }
  }

  /** Ten thousand of these may wait for an answer. A suspended function would hold far more memory than a callback. */
  function visit(lease: Lease): Promise<void> {
    const trap = traps.verdict(lease);
    if (trap !== null) return leave(lease, trap);
    const passing = gate.through(lease, (usualMs) =>
      fetch({ url: lease.url, method: 'GET', spool: parts.spool, usualMs }, signal),
    );
    return passing.then((passed) => (passed.refusal === null ? take(lease, passed) : leave(lease, passed.refusal)));
  }

  function leave(lease: Lease, refusal: Refusal): Promise<void> {
    turns.takeBack(lease);
    return settle(unasked(lease, refusal), null, null);
  }

  async function take(lease: Lease, { outcome: arrived, note, spent, pausedMs }: Passed): Promise<void> {
    if (note !== null) commits.note(note);
    if (lease.depth === 0) hasRootResponse ||= arrived.status > 0;
    turns.wake();
    const turn = parts.turnFor(arrived);
    if (turn !== null) await turn;
    const outcome = await parts.decode(arrived);
    const bytes = budget.takeOver(heldBytesOf(outcome));
    const letIn = parts.letIn === null || parts.letIn(lease, outcome);
    if (letIn !== true && !(await letIn)) {
      budget.settle(bytes);
      return settle(askedInVain(lease, outcome), null, null);
    }
    if (lease.depth === 0 && outcome.isChallenge !== true) admission.rootAnswered(lease, outcome);
    const isPage = isContent(outcome);
    if (isPage) await budget.admit(bytes);
    const parsed = isPage ? parse(outcome, lease) : null;
    const found = parsed instanceof Promise ? await parsed : parsed;
    const admitted = found === null ? [] : admission.links(lease, found);
    const links = admitted instanceof Promise ? await admitted : admitted;
    const linksBytes = isPage ? budget.parsed(bytes, links.length) : 0;
    const redirect = isPage ? admission.redirect(lease, outcome) : await parts.redirectOf(lease, outcome);
    const reading = traps.read(lease, outcome, found);
    const visit = { lease, outcome, found, links, redirect, spent, pausedMs, remark: reading?.remark ?? '' };
    const draft = settlementOf(visit, rules.retries, clock.now());
    const isKept = draft.state !== 'queued' || draft.form !== undefined;
    const place = isKept ? await archive.append(outcome, draft.response?.sha256 ?? null, found?.links) : null;
    if (!isKept) outcome.spooled?.drop();
    await settle({ ...draft, place }, outcome, found);
    await traps.settled(reading, draft);
    budget.stored(bytes, linksBytes);
    if (outcome.refused !== null) turns.takeBack(lease);
  }

  async function settle(settlement: Settlement, outcome: Outcome | null, found: ParsedPage | null): Promise<void> {
    const durable = commits.settle(settlement);
    // If every busy coroutine waits for the disk, the group need not wait for more settlements.
    if (turns.busy === commits.waiting) turns.wake();
    await durable;
    const { state, reason, lease } = settlement;
    if (state === 'done' || state === 'failed') await parts.onPage({ settlement, outcome, found });
    else if (reason !== null) await parts.onSkip?.(lease.url, reason);
  }

  function fail(error: unknown): void {
    broken.reject(error);
    turns.dismissAll();
  }

  const workers = Array.from({ length: rules.concurrency }, () => work().catch(fail));
  return {
    over: Promise.race([broken.promise, Promise.all(workers).then(commits.flush).then(turns.handOver)]),
    figures: {
      get busy() {
        return busy;
      },
      get hasRootResponse() {
        return hasRootResponse;
      },
      get stoppedBy() {
        return turns.stoppedBy;
      },
    },
    newUrlsLeft: () => turns.newUrlsLeft,
    addToLimit: turns.addToLimit,
    stop: turns.stop,
    wake: turns.wake,
  };
}
