// The sitemaps of the roots' hosts. They are errands like robots.txt, at the pace of their hosts. This part owns the
// sitemaps that are still to be read. The store knows them too, so a killed run continues with the same ones. Sitemaps
// come last: one is requested when no URL can be leased, so that pages with links to them are found by their links.

import type { BodyBudget } from '../base/body-budget.ts';
import type { Clock } from '../base/clock.ts';
import type {
  Awaited,
  Fetch,
  Frontier,
  NewSitemap,
  NewUrl,
  Outcome,
  Sitemap,
  SitemapEnd,
  SitemapList,
} from '../base/contracts.ts';
import { contentTypeOf } from '../base/headers.ts';
import {
  ENTRIES_A_BATCH,
  LINKS_AT_ONCE_LENGTH,
  SITEMAPS_BYTES_MAX,
  SITEMAPS_READ_AT_ONCE_MAX,
} from '../base/limits.ts';
import { partsOf } from '../base/parts.ts';
import { heldBytesOf } from '../base/raw-body.ts';
import { isContent } from '../base/redirects.ts';
import type { SitemapReader } from '../parse/lists/lists.ts';
import { unfit } from '../url/scope.ts';
import { type Admission, locationOf } from './admission.ts';
import type { Commits } from './commits.ts';
import type { Gate } from './gate.ts';
import { askAgainAt } from './settlement.ts';
import { mayLead, namedAt, sitemapAt } from './sitemap-addresses.ts';
import { guessAt, SECOND_GUESS } from './sitemap-guesses.ts';
import { createSitemapQueue } from './sitemap-queue.ts';

export interface SitemapErrand extends Sitemap {
  /** Tries spent before this one. */
  readonly tries: number;
  /** A sitemap counts towards no limit of pages. */
  readonly isSitemap: true;
  /** The earliest steady time for the request. */
  readonly dueAt: number;
  /** The request, which is in flight from the moment that the errand is handed out; null before, and past the limit. */
  readonly passing: ReturnType<Gate['through']> | null;
}

export interface Sitemaps {
  /** The number of unread sitemaps. While there are any, the crawl is not over. */
  readonly unread: number;
  /** How many of the unread sitemaps are being read. */
  readonly reading: number;
  /** The earliest steady time at which `next` may return one; `Infinity` if only an event can change that. */
  readonly nextAt: number;
  /** What `nextAt` waits for. */
  readonly awaited: Awaited | null;
  /** Requests a sitemap whose host has room now. */
  next(): SitemapErrand | null;
  run(errand: SitemapErrand): Promise<void>;
  /** The host may be asked for room from this time on. */
  opened(hostId: number, until: number): void;
  /** Sitemaps of hosts that came to this process. */
  found(sitemaps: readonly Sitemap[]): void;
  /** The host belongs to another process. */
  forget(hostId: number): void;
  /** Whether sitemaps of the host are unread, and whether one is being read. */
  of(hostId: number): { readonly isUnread: boolean; readonly isReading: boolean };
}

export interface SitemapParts {
  readonly list: SitemapList;
  readonly frontier: Frontier;
  readonly commits: Commits;
  readonly gate: Gate;
  readonly admission: Admission;
  readonly fetch: Fetch;
  readonly readSitemap: SitemapReader;
  /** A longer sitemap is cut off here. */
  readonly bodyBytesMax: number;
  /** The memory for bodies. */
  readonly budget: BodyBudget;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called when URLs were added, and when a host has room again. */
  readonly wake: () => void;
}

/** Adds sitemaps and returns how many are beyond the limits. */
type AddSitemaps = (found: readonly NewSitemap[]) => Promise<number>;

export const NO_SITEMAPS: Sitemaps = {
  unread: 0,
  reading: 0,
  nextAt: Number.POSITIVE_INFINITY,
  awaited: null,
  next: () => null,
  run: async () => {},
  opened: () => {},
  found: () => {},
  forget: () => {},
  of: () => ({ isUnread: false, isReading: false }),
};

/** `guesses` comes from `guessesOf`; the list contains them already. */
export async function createSitemaps(parts: SitemapParts, guesses: readonly NewSitemap[], retries: number) {
  const { list, gate, clock, bodyBytesMax } = parts;
  const guessed = new Set(guesses.map(({ url }) => url));
  const waiting = createSitemapQueue<SitemapErrand>(gate, clock);
  let receivedBytes = 0;
  /** The host of each unread sitemap. */
  const unread = new Map<number, number>();
  const over = new Set<number>();
  const reading: SitemapErrand[] = [];

  const found = (sitemaps: readonly Sitemap[]): void => {
    for (const sitemap of sitemaps) {
      // Whoever calls it unread may have asked before it ended.
      if (unread.has(sitemap.id) || over.has(sitemap.id)) continue;
      unread.set(sitemap.id, sitemap.hostId);
      waiting.add({ ...sitemap, tries: 0, isSitemap: true, dueAt: 0, passing: null });
    }
  };
  const addAll: AddSitemaps = async (sitemaps) => {
    let refused = 0;
    for (const [from, to] of partsOf(sitemaps, ENTRIES_A_BATCH, LINKS_AT_ONCE_LENGTH)) {
      const answer = await list.add(sitemaps.slice(from, to));
      found(answer.added);
      refused += answer.refused;
      if (to < sitemaps.length) await clock.turn();
    }
    return refused;
  };
  /** Adds what the host's robots.txt names. */
  const addNamed = async ({ host, hostId }: Sitemap): Promise<void> => {
    const named = await gate.sitemapsOf(host, hostId);
    for (let from = 0; from < named.length; from += ENTRIES_A_BATCH) {
      if (from > 0) await clock.turn();
      await addAll(named.slice(from, from + ENTRIES_A_BATCH).flatMap((written) => namedAt(written, host)));
    }
  };
  const ask = ({ url }: Sitemap): Promise<Outcome> => parts.fetch({ url, method: 'GET', bodyBytesMax }, parts.signal);
  const end = async (id: number, ended: SitemapEnd): Promise<void> => {
    await list.end(id, ended);
    unread.delete(id);
    over.add(id);
  };
  const read = async (errand: SitemapErrand): Promise<void> => {
    // The sitemaps in robots.txt are known now: the host has room only once its robots.txt was fetched.
    if (guessed.has(errand.url)) await addNamed(errand);
    if (errand.passing === null) return end(errand.id, endOf('limit', { status: 0, error: null }));
    const passed = await errand.passing;
    if (passed.refusal !== null) {
      const { error, isForNow } = passed.refusal;
      if (isForNow) return waiting.add({ ...errand, passing: null });
      return end(errand.id, endOf(error === null ? 'robots' : 'failed', { status: 0, error }));
    }
    const { outcome, note, spent } = passed;
    receivedBytes += outcome.wireBytes;
    if (note !== null) parts.commits.note(note);
    parts.wake();
    const tries = errand.tries + spent;
    const dueAt = askAgainAt(outcome, spent, tries, retries, clock.now());
    const bytes = parts.budget.takeOver(heldBytesOf(outcome));
    if (dueAt !== null) waiting.add({ ...errand, passing: null, tries, dueAt });
    else {
      const ended = (await follow(errand, outcome)) ?? (await readAll(parts, errand, outcome, addAll));
      if (ended?.verdict === 'missing' && guessed.has(errand.url)) await addAll([guessAt(errand.host, SECOND_GUESS)]);
      // It broke off, so another run reads it again.
      if (ended !== null) await end(errand.id, ended);
    }
    parts.budget.settle(bytes);
  };

  /**
   * Adds the target of a redirect as a sitemap of its own, because its host has its own robots.txt and pace. Null if
   * the outcome is not a redirect.
   */
  const follow = async (errand: SitemapErrand, outcome: Outcome): Promise<SitemapEnd | null> => {
    const [to] = sitemapAt(locationOf(outcome), errand.url, errand.depth + 1);
    if (to === undefined) return null;
    // A redirect to itself, or back to where it came from, leads nowhere.
    if (to.url === errand.url || to.url === errand.namedIn) {
      return endOf('failed', { status: outcome.status, error: 'redirect-loop' });
    }
    if (!mayLead(parts.admission, errand, to)) return endOf('outside', outcome);
    return endOf((await addAll([to])) > 0 ? 'limit' : 'moved', outcome);
  };

  found(await list.unread());
  return {
    get unread() {
      return unread.size;
    },
    get reading() {
      return reading.length;
    },
    get nextAt() {
      return reading.length >= SITEMAPS_READ_AT_ONCE_MAX ? Number.POSITIVE_INFINITY : waiting.nextAt;
    },
    get awaited() {
      return waiting.awaited;
    },
    next() {
      const errand = reading.length >= SITEMAPS_READ_AT_ONCE_MAX ? null : waiting.take();
      if (errand === null) return null;
      // At once, because the room that the host has now is for this request.
      const isFull = receivedBytes >= SITEMAPS_BYTES_MAX;
      const begun = { ...errand, passing: isFull ? null : gate.through(errand, () => ask(errand)) };
      reading.push(begun);
      return begun;
    },
    async run(errand) {
      await read(errand);
      reading.splice(reading.indexOf(errand), 1);
    },
    opened: waiting.opened,
    found,
    forget(hostId) {
      waiting.forget(hostId);
      for (const [id, of] of unread) if (of === hostId) unread.delete(id);
    },
    of: (hostId) => ({
      isUnread: unread.values().some((of) => of === hostId),
      isReading: reading.some((errand) => errand.hostId === hostId),
    }),
  } satisfies Sitemaps;
}

/** The end of a sitemap that was not read. */
function endOf(verdict: SitemapEnd['verdict'], { status, error }: Pick<Outcome, 'status' | 'error'>): SitemapEnd {
  return { verdict, status, error, isCut: false, entries: 0, excess: 0, outside: 0, unfit: 0 };
}

/** Adds the URLs of the file batch by batch. The event loop runs between the slices. */
async function readAll(
  { frontier, admission, readSitemap, clock, wake, signal }: SitemapParts,
  sitemap: Sitemap,
  outcome: Outcome,
  addSitemaps: AddSitemaps,
): Promise<SitemapEnd | null> {
  const isThere = isContent(outcome);
  const isCoded = outcome.isCoded === true;
  const isFailed = isCoded || outcome.status === 0 || outcome.status >= 500;
  if (!isThere || isCoded) return endOf(isFailed ? 'failed' : 'missing', outcome);
  const context = { url: sitemap.url, contentType: contentTypeOf(outcome.headers) };
  let entries = 0;
  let excess = 0;
  let outside = 0;
  let unfits = 0;
  let isList = false;
  let isCut = outcome.truncated !== null || outcome.isDamaged === true;
  for await (const slice of readSitemap(outcome.body, context, isCut)) {
    const urls: NewUrl[] = [];
    const sitemaps: NewSitemap[] = [];
    for (const { url, kind, facts } of slice.listed) {
      if (facts !== null) entries += 1;
      if (kind === 'sitemap' || kind === 'feed') sitemaps.push(...sitemapAt(url, sitemap.url, sitemap.depth + 1));
      else if (kind !== 'requisite' && unfit(url) !== null) unfits += 1;
      else if (kind !== 'requisite')
        urls.push(admission.listed(url, { ...(facts ?? NO_FACTS), sitemapId: sitemap.id }));
    }
    const inside = sitemaps.filter((each) => mayLead(admission, sitemap, each));
    outside += sitemaps.length - inside.length;
    isCut = (await addSitemaps(inside)) > 0 || isCut;
    for (const [from, to] of partsOf(urls, ENTRIES_A_BATCH, LINKS_AT_ONCE_LENGTH)) {
      await frontier.add(urls.slice(from, to));
      wake();
      await clock.turn();
    }
    excess = slice.excess;
    isList = slice.isList === true;
    isCut ||= slice.cut !== null;
    await clock.turn();
    if (signal.aborted) return null;
  }
  return {
    ...endOf(isList ? 'read' : 'missing', outcome),
    entries,
    excess,
    outside,
    unfit: unfits,
    isCut: isList && isCut,
  };
}

const NO_FACTS = { lastmod: '', changefreq: '', priority: null };
