// Which URLs belong to a trap: pages without end that say nothing new. It is told of each page that was settled, with what it led to,
// and is asked before a URL is. What it has learnt is in its own memory, which is bounded; another run learns it again.

import { type Fingerprint, type FingerprintOf, hashPair, wordHash } from '../base/fingerprint.ts';
import { TEMPLATES_REMEMBERED_MAX, TRAPS_TOLD_MAX } from '../base/limits.ts';
import { Address } from './address.ts';
import { BoundedMap } from './bounded-map.ts';
import { Chains } from './chains.ts';
import { ErrorPages } from './error-pages.ts';
import { Growth } from './growth.ts';
import { Parameters } from './parameters.ts';
import { trapInAddress } from './repeats.ts';

/** A template has so many URLs in the queue, and more than half of it, when the user is told. */
const DOMINATING_URLS = 1_000;

export interface TrapPage {
  readonly url: string;
  /** Links from a root. */
  readonly depth: number;
  readonly status: number;
  /** Links were looked for in it. */
  readonly isPage: boolean;
  /** As decoded; it is read before `read` returns. */
  readonly body: Uint8Array;
}

/** What is kept of a page until it is settled. */
export interface Reading {
  readonly address: Address;
  readonly depth: number;
  readonly like: Fingerprint | null;
  /** What is to be said of it to the user; empty where that is nothing. */
  readonly remark: string;
}

/** What a page led to. */
export interface Led {
  /** A number that pages of the same bytes share; 0 where it is not known. */
  readonly digest: number;
  readonly links: readonly string[];
  /** Of these the ones that nobody knew. */
  readonly fresh: readonly string[];
}

export interface Traps {
  /**
   * Why a URL that is queued no longer is not worth asking for: its template, and the evidence. It is one text for all of one trap.
   */
  leased(url: string, depth: number): string | null;
  /** A URL was set aside for what `leased` gave: the user is told, once. */
  setAside(trap: string): void;
  /** Looks at a response; null where nothing can be learnt from it. */
  read(page: TrapPage): Reading | null;
  /** A response is settled now, whether anything was read of it or not. */
  settled(reading: Reading | null, led: Led): void;
  /** What the user is to be told, a sentence each; it grows. */
  readonly news: readonly string[];
}

export function createTraps(fingerprintOf: FingerprintOf, yearNow: () => number): Traps {
  const parameters = new Parameters();
  const chains = new Chains(yearNow);
  const growth = new Growth();
  const errorPages = new ErrorPages();
  const queue = new QueuedTemplates();
  const news: string[] = [];
  const told = new Set<string>();
  const tell = (text: string): void => {
    if (told.size >= TRAPS_TOLD_MAX || told.has(text)) return;
    told.add(text);
    news.push(text);
  };
  const trapIn = (address: Address, depth: number): string | null => {
    const repeated = trapInAddress(address);
    if (repeated !== null) return `${address.host}: ${repeated}`;
    return parameters.trapIn(address) ?? chains.trapIn(address, depth) ?? growth.trapIn(address);
  };
  const learn = ({ address, depth, like }: Reading, led: Led, fresh: readonly Address[]): void => {
    const { area, template, year } = address;
    const words = like === null || like.isCut ? null : like.words;
    parameters.learn(address, { digest: led.digest, whole: like?.whole ?? 0 });
    const linksHere = growth.isWatched(address) ? led.links.filter((link) => new Address(link).area === area) : [];
    growth.learn({
      ...{ address, words, structure: like?.structure ?? 0, linksHere: linksHere.map(hashPair) },
      newHere: fresh.filter((each) => each.area === area).length,
      newElsewhere: fresh.filter((each) => each.area !== area && !each.isRepeating).length,
    });
    chains.learn({
      ...{ address, depth, words, ownWords: () => ownWordsOf(address.url) },
      leadsElsewhere: fresh.some((each) => each.template !== template && (year === null || each.year === null)),
      leadsOn: fresh.some((each) => each.template === template),
    });
  };

  return {
    leased(url, depth) {
      const address = new Address(url);
      queue.remove(address.template);
      return depth === 0 ? null : trapIn(address, depth);
    },
    setAside: (trap) => tell(`Set aside as a trap (--no-traps asks for all): ${trap}`),
    read({ url, depth, status, isPage, body }) {
      if (status !== 404 && (status !== 200 || !isPage)) return null;
      const address = new Address(url);
      const { host } = address;
      if (status === 404) {
        if (!errorPages.isKnown(host)) errorPages.learn(host, { bytes: body.length, like: fingerprintOf(body) });
        return null;
      }
      const isSuspect = errorPages.mayBe(host, body.length);
      const isWatched = growth.isWatched(address) || chains.isWatched(address, depth) || parameters.isWatched(address);
      const like = isSuspect || isWatched ? fingerprintOf(body) : null;
      const isErrorPage = isSuspect && like !== null && errorPages.isOne(host, like);
      return { address, depth, like, remark: isErrorPage ? SOFT_404 : '' };
    },
    settled(reading, led) {
      const fresh = led.fresh.map((url) => new Address(url));
      for (const { template } of fresh) {
        const text = queue.add(template);
        if (text !== null) tell(text);
      }
      if (reading !== null) learn(reading, led, fresh);
    },
    news,
  };
}

const SOFT_404 = 'it looks like the page that its host gives with status 404 (soft 404)';

/** How many URLs of each template wait. */
class QueuedTemplates {
  readonly #counts = new BoundedMap<string, { urls: number }>(TEMPLATES_REMEMBERED_MAX);
  #all = 0;

  /** What the user is to be told, if anything. */
  add(template: string): string | null {
    const count = this.#counts.touch(template, () => ({ urls: 0 }));
    count.urls += 1;
    this.#all += 1;
    if (count.urls < DOMINATING_URLS || count.urls * 2 <= this.#all) return null;
    return `More than half of the queue is of one kind: ${template}`;
  }

  remove(template: string): void {
    const count = this.#counts.get(template);
    if (count === undefined || count.urls === 0) return;
    count.urls -= 1;
    this.#all -= 1;
  }
}

/** The words that a page may have from its address alone: numbers with their neighbours too. */
function ownWordsOf(url: string): Set<number> {
  const own = new Set<number>();
  for (const word of url.split(/[^\dA-Za-z]+|(?<=\d)(?=[A-Za-z])|(?<=[A-Za-z])(?=\d)/)) {
    own.add(wordHash(word));
    if (!/^\d{1,15}$/.test(word)) continue;
    for (const near of [Number(word) - 1, Number(word), Number(word) + 1]) {
      own.add(wordHash(String(near)));
      own.add(wordHash(String(near).padStart(word.length, '0')));
    }
  }
  return own;
}
