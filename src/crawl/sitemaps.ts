// The sitemaps of the roots' hosts: errands like robots.txt, at the pace of their hosts. It owns those that are still to be read;
// the store knows them too, so that a run that was killed goes on with the same ones. They come last: one is asked for when no URL
// can be leased, so that pages which others link to are found by their links.

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
import { headerOf } from '../base/headers.ts';
import { ENTRIES_A_BATCH, SITEMAP_DEPTH_MAX, SITEMAPS_BYTES_MAX, SITEMAPS_READ_AT_ONCE_MAX } from '../base/limits.ts';
import { heldBytesOf } from '../base/raw-body.ts';
import { isContent } from '../base/redirects.ts';
import type { SitemapReader } from '../parse/lists/lists.ts';
import { hostOf } from '../url/host.ts';
import { joinUrl } from '../url/join.ts';
import { unfit } from '../url/scope.ts';
import { type Admission, locationOf } from './admission.ts';
import type { Commits } from './commits.ts';
import type { Gate } from './gate.ts';
import { askAgainAt } from './settlement.ts';

export interface SitemapErrand extends Sitemap {
  /** Tries spent before. */
  readonly tries: number;
  /** It counts for no limit of pages. */
  readonly isSitemap: true;
  /** Not before this steady time. */
  readonly dueAt: number;
}

export interface Sitemaps {
  /** While there are any the crawl is not over. */
  readonly unread: number;
  /** Of those, how many are being read. */
  readonly reading: number;
  /** The earliest steady time at which `next` may give one; `Infinity` where only an event can change that. */
  readonly nextAt: number;
  /** What that is. */
  readonly awaited: Awaited | null;
  /** One whose host has room now. */
  next(): SitemapErrand | null;
  run(errand: SitemapErrand): Promise<void>;
}

export interface SitemapParts {
  readonly list: SitemapList;
  readonly frontier: Frontier;
  readonly commits: Commits;
  readonly gate: Gate;
  readonly admission: Admission;
  readonly fetch: Fetch;
  readonly readSitemap: SitemapReader;
  /** A longer one is cut there. */
  readonly bodyBytesMax: number;
  /** The memory for bodies. */
  readonly budget: BodyBudget;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called when URLs were added, and when a host has room again. */
  readonly wake: () => void;
}

/** Gives how many are past the limits. */
type AddSitemaps = (found: readonly NewSitemap[]) => Promise<number>;

export const NO_SITEMAPS: Sitemaps = {
  unread: 0,
  reading: 0,
  nextAt: Number.POSITIVE_INFINITY,
  awaited: null,
  next: () => null,
  run: async () => {},
};

/** Where a site has a sitemap without saying so, */
const GUESSED_PATH = '/sitemap.xml';
/** and where it is not there, the index of common systems. */
const SECOND_GUESS = '/sitemap_index.xml';

/** The sitemaps that a site has without saying so: one a host, where there is any. */
export function guessesOf(roots: readonly string[]): NewSitemap[] {
  return [...new Set(roots.map(hostOf))].map((host) => guessAt(host, GUESSED_PATH));
}

function guessAt(host: string, path: string): NewSitemap {
  return { url: host + path, namedIn: null, host, depth: 0 };
}

/** `guesses` as from `guessesOf`; they are in the list already. */
export function createSitemaps(parts: SitemapParts, guesses: readonly NewSitemap[], retries: number): Sitemaps {
  const { list, gate, clock } = parts;
  const guessed = new Set(guesses.map(({ url }) => url));
  const waiting = new Map<number, SitemapErrand[]>();
  let receivedBytes = 0;
  /** Hosts of errands that were given out and are not in flight yet: what room is left is not known before. */
  const starting = new Set<number>();
  let unread = 0;
  let reading = 0;
  let nextAt = Number.POSITIVE_INFINITY;
  let awaited: Awaited | null = null;

  const wait = (errand: SitemapErrand): void => {
    const queue = waiting.get(errand.hostId);
    if (queue === undefined) waiting.set(errand.hostId, [errand]);
    else queue.push(errand);
  };
  const found = (sitemaps: readonly Sitemap[]): void => {
    unread += sitemaps.length;
    for (const sitemap of sitemaps) wait({ ...sitemap, tries: 0, isSitemap: true, dueAt: 0 });
  };
  const addAll: AddSitemaps = async (sitemaps) => {
    if (sitemaps.length === 0) return 0;
    const { added, refused } = await list.add(sitemaps);
    found(added);
    return refused;
  };
  const end = async (id: number, ended: SitemapEnd): Promise<void> => {
    await list.end(id, ended);
    unread -= 1;
  };
  const ask = async (errand: SitemapErrand): Promise<void> => {
    const passing = gate.through(errand, () =>
      parts.fetch({ url: errand.url, method: 'GET', bodyBytesMax: parts.bodyBytesMax }, parts.signal),
    );
    starting.delete(errand.hostId);
    parts.wake();
    const passed = await passing;
    if (passed.refusal !== null) {
      const { error } = passed.refusal;
      return end(errand.id, endOf(error === null ? 'robots' : 'failed', { status: 0, error }));
    }
    const { outcome, note, spent } = passed;
    receivedBytes += outcome.wireBytes;
    if (note !== null) parts.commits.note(note);
    parts.wake();
    const tries = errand.tries + spent;
    const dueAt = askAgainAt(outcome, spent, tries, retries, clock.now());
    const bytes = heldBytesOf(outcome);
    parts.budget.takeOver(bytes);
    if (dueAt !== null) wait({ ...errand, tries, dueAt });
    else {
      const ended = (await follow(errand, outcome)) ?? (await readAll(parts, errand, outcome, addAll));
      if (ended?.verdict === 'missing' && guessed.has(errand.url)) await addAll([guessAt(errand.host, SECOND_GUESS)]);
      // Broken off: another run reads it again.
      if (ended !== null) await end(errand.id, ended);
    }
    parts.budget.settle(bytes);
  };

  /** A redirect leads to a sitemap of its own: its host has its own robots.txt and its own pace. Null where it is none. */
  const follow = async (errand: SitemapErrand, outcome: Outcome): Promise<SitemapEnd | null> => {
    const [to] = sitemapAt(locationOf(outcome), errand.url, errand.depth + 1);
    if (to === undefined) return null;
    // One that leads to itself, or back to where it was led to from, leads nowhere.
    if (to.url === errand.url || to.url === errand.namedIn) {
      return endOf('failed', { status: outcome.status, error: 'redirect-loop' });
    }
    if (!mayLead(parts.admission, errand, to)) return endOf('outside', outcome);
    return endOf((await addAll([to])) > 0 ? 'limit' : 'moved', outcome);
  };

  found(list.unread());
  return {
    get unread() {
      return unread;
    },
    get reading() {
      return reading;
    },
    get nextAt() {
      return nextAt;
    },
    get awaited() {
      return awaited;
    },
    next() {
      nextAt = Number.POSITIVE_INFINITY;
      if (reading >= SITEMAPS_READ_AT_ONCE_MAX) return null;
      const now = clock.now();
      for (const [hostId, queue] of waiting) {
        if (starting.has(hostId)) continue;
        const first = queue.reduce((a, b) => (b.dueAt < a.dueAt ? b : a));
        const isAgain = first.dueAt > now;
        const room = isAgain ? { take: 0, notBefore: first.dueAt } : gate.room(first.host, hostId);
        if (room.take <= 0) {
          if (room.notBefore < nextAt) awaited = { host: first.host, again: isAgain ? { id: null, urls: 1 } : null };
          nextAt = Math.min(nextAt, room.notBefore);
          continue;
        }
        queue.splice(queue.indexOf(first), 1);
        if (queue.length === 0) waiting.delete(hostId);
        reading += 1;
        starting.add(hostId);
        return first;
      }
      return null;
    },
    async run(errand) {
      // What robots.txt names is known now, because the host has room only where its robots.txt is had.
      if (guessed.has(errand.url)) await addAll(namedByRobots(gate, errand));
      if (receivedBytes <= SITEMAPS_BYTES_MAX) await ask(errand);
      else {
        starting.delete(errand.hostId);
        await end(errand.id, endOf('limit', { status: 0, error: null }));
      }
      reading -= 1;
    },
  };
}

function namedByRobots(gate: Gate, { host, hostId }: Sitemap): NewSitemap[] {
  const robots = `${host}/robots.txt`;
  return gate.sitemapsOf(host, hostId).flatMap((written) => sitemapAt(joinUrl(written, robots), robots, 0));
}

function sitemapAt(url: string | null, namedIn: string, depth: number): NewSitemap[] {
  if (url === null || unfit(url) !== null || depth > SITEMAP_DEPTH_MAX) return [];
  return [{ url, namedIn, host: hostOf(url), depth }];
}

/** To its own host, and to those of the roots: what a root's robots.txt names may be elsewhere, and leads nowhere else. */
function mayLead(admission: Admission, from: Sitemap, to: NewSitemap): boolean {
  return to.host === from.host || admission.hasHost(to.url);
}

/** The end of a sitemap of which nothing was read. */
function endOf(verdict: SitemapEnd['verdict'], { status, error }: Pick<Outcome, 'status' | 'error'>): SitemapEnd {
  return { verdict, status, error, isCut: false, entries: 0, excess: 0, outside: 0, unfit: 0 };
}

/** Adds what the file lists, batch by batch; between its slices the event loop goes round. */
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
  const context = { url: sitemap.url, contentType: headerOf(outcome.headers, 'content-type') ?? '' };
  let entries = 0;
  let excess = 0;
  let outside = 0;
  let unfits = 0;
  let isList = false;
  let isCut = outcome.truncated !== null;
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
    for (let at = 0; at < urls.length; at += ENTRIES_A_BATCH) {
      await frontier.add(urls.slice(at, at + ENTRIES_A_BATCH));
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
