// Decides which URLs belong to a trap: endless series of pages that say nothing new. It is told of each page that was
// settled, with the links that it led to, and is asked before a URL is requested. What it has learnt is in bounded
// memory of its own; another run learns it again.

import { type Fingerprint, type FingerprintOf, textHash, wordHash } from '../base/fingerprint.ts';
import { JUDGED_AT_ONCE_LENGTH, TRAPS_TOLD_MAX } from '../base/limits.ts';
import type { Sliced } from '../base/slices.ts';
import { Address } from './address.ts';
import { Babble } from './babble.ts';
import { Chains } from './chains.ts';
import { ErrorPages } from './error-pages.ts';
import { Growth } from './growth.ts';
import { Inserts } from './inserts.ts';
import { Parameters } from './parameters.ts';
import { QueuedTemplates } from './queued.ts';
import { Repeats } from './repeats.ts';
import { withoutEscapes } from './segments.ts';

/** Links of a page whose numbers are left out of what it says. */
const NEIGHBOURS_MOST = 64;
export interface TrapPage {
  readonly url: string;
  /** The number of links from a root. */
  readonly depth: number;
  readonly status: number;
  /** The response was parsed for links. */
  readonly isPage: boolean;
  /** The decoded body; `read` has read it by the time it returns. */
  readonly body: Uint8Array;
}

/** What is kept of a page until it is settled. */
export interface Reading {
  readonly address: Address;
  readonly depth: number;
  readonly like: Fingerprint | null;
  /** A remark to the user; empty if there is nothing to say. */
  readonly remark: string;
}

/** The links of a page. */
export interface Led {
  /** A number that pages of the same bytes share; 0 if it is not known. */
  readonly digest: number;
  readonly links: () => readonly string[];
  /** Those of the links that were new. */
  readonly fresh: readonly string[];
}

export interface Traps {
  /**
   * Why a URL that just left the queue is not worth requesting: its template and the evidence; null if it is. The text
   * is the same for all URLs of one trap.
   */
  leased(url: string, depth: number): string | null;
  /** A URL was set aside for the trap that `leased` returned. The user is told once. */
  setAside(trap: string): void;
  /** Looks at a response; null if there is nothing to learn from it. */
  read(page: TrapPage): Reading | null;
  /** A response is now settled, whether or not `read` learned anything from it. Many or long links take slices. */
  settled(reading: Reading | null, led: Led): Sliced<void>;
  /** Messages for the user, one sentence each; the list grows. */
  readonly news: readonly string[];
}

/** `hasBegun`: pages of the job may have been requested before, by an earlier run or by others. */
export function createTraps(fingerprintOf: FingerprintOf, yearNow: () => number, hasBegun = false): Traps {
  const repeats = new Repeats();
  const parameters = new Parameters();
  const inserts = new Inserts((hash) => parameters.digestOf(hash));
  const chains = new Chains(yearNow);
  const growth = new Growth(hasBegun);
  const babble = new Babble();
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
    const repeated = repeats.trapIn(address);
    if (repeated !== null) return `${address.host}: ${repeated}`;
    return (
      parameters.trapIn(address) ??
      inserts.trapIn(address) ??
      chains.trapIn(address, depth, () => queue.found(address)) ??
      growth.trapIn(address) ??
      babble.trapIn(address)
    );
  };
  const learn = ({ address, depth, like }: Reading, digest: number, lead: Lead): void => {
    const isWhole = like !== null && !like.isCut;
    const words = isWhole ? contentOf(like.words, like) : null;
    const said = isWhole ? contentOf(like.said, like) : null;
    const { leadsElsewhere, onward, near } = lead;
    const ownWords = (): Set<number> => ownWordsOf(address, near);
    repeats.learn(address, words, ownWords);
    // Pages that say the same may lead to different ones.
    const leadsOn = lead.newHere + lead.newElsewhere > 0;
    const whole = like === null || lead.paths === null ? 0 : like.whole + ((lead.paths + sumOf(like.shown)) >>> 0);
    parameters.learn(address, { digest, whole, leadsOn });
    inserts.learn(address, digest);
    babble.learn({ ...lead, address, words, said });
    growth.learn({
      ...lead,
      address,
      depth,
      words,
      said,
      ownWords,
      structure: like === null ? 0 : sumOf(like.tagPairs),
    });
    chains.learn({ address, depth, words: said, ownWords, leadsElsewhere, leadsOn, onward });
  };
  const follow = (lead: Lead, from: Address, to: Address): void => {
    if (to.areaKey === from.areaKey) {
      lead.newHere += 1;
      if (lead.fresh.length < NEIGHBOURS_MOST) lead.fresh.push(to);
    } else if (!to.isRepeating && !(from.isRepeating && to.startKey === from.startKey)) lead.newElsewhere += 1;
    if (to.templateKey === from.templateKey) lead.onward += 1;
    else if (!lead.leadsElsewhere)
      lead.leadsElsewhere = from.year === null || to.year === null || !to.endsInNumber || !chains.isSilent(to);
  };
  const expect = (address: Address): void => {
    parameters.expect(address);
    const text = queue.add(address);
    if (text !== null) tell(text);
  };

  return {
    leased(url, depth) {
      const address = new Address(url);
      queue.remove(address);
      return depth === 0 ? null : trapIn(address, depth);
    },
    setAside: (trap) => tell(`Set aside as a trap (--no-traps requests such pages too): ${trap}`),
    read({ url, depth, status, isPage, body }) {
      if (status !== 404 && (status !== 200 || !isPage)) return null;
      const address = new Address(url);
      const { host } = address;
      if (status === 404) {
        if (!errorPages.isKnown(host)) errorPages.learn(host, body.length, fingerprintOf(body));
        return null;
      }
      const isSuspect = errorPages.mayBe(host, body.length);
      const isWatched = [growth, chains, parameters, repeats, babble].some((rule) => rule.isWatched(address, depth));
      const like = isSuspect || isWatched ? fingerprintOf(body) : null;
      const isErrorPage = isSuspect && like !== null && errorPages.isOne(host, like);
      return { address, depth, like, remark: isErrorPage ? SOFT_404 : '' };
    },
    *settled(reading, { digest, links, fresh }) {
      const lead = newLead();
      yield* inSlices(fresh, (url) => {
        const address = new Address(url);
        expect(address);
        if (reading !== null) follow(lead, reading.address, address);
      });
      if (reading === null) return;
      const { address, depth } = reading;
      if (growth.isWatched(address) || chains.isWatched(address, depth)) {
        const before = growth.linksBefore(address);
        yield* inSlices(links(), (url) => meet(lead, address, url, before, (link) => parameters.wasHad(link)));
      }
      if (reading.like !== null && parameters.isWatched(address)) {
        let paths = 0;
        yield* inSlices(links(), (url) => {
          paths = (paths + new Address(url).pathHash) | 0;
        });
        lead.paths = paths;
      }
      learn(reading, digest, lead);
    },
    news,
  };
}

const SOFT_404 = 'it looks like the page that its host gives with status 404 (soft 404)';

/** Where the links of a page lead. */
interface Lead {
  /** How many new URLs there are inside the page's area and outside. */
  newHere: number;
  newElsewhere: number;
  /** Whether there is a new URL of another template, and not of a calendar that says nothing new. */
  leadsElsewhere: boolean;
  /** New URLs of the page's own template. */
  onward: number;
  /** The links, new or not, as numbers; empty if the page is not watched. */
  readonly links: number[];
  /** How many links inside the area were not on its page before; counted until they are more than the new ones. */
  unmetHere: number;
  /** Whether one of these leads to a page that was had. */
  hasWayBack: boolean;
  /** How many links were taken apart. */
  unmet: number;
  /** Some of the links inside the area, and some of those that were new. */
  readonly near: Address[];
  readonly fresh: Address[];
  /** A sum of the hashes of the paths of all links; null if nobody wanted it, and then pages cannot be compared. */
  paths: number | null;
}

function newLead(): Lead {
  return {
    newHere: 0,
    newElsewhere: 0,
    leadsElsewhere: false,
    onward: 0,
    links: [],
    unmetHere: 0,
    hasWayBack: false,
    unmet: 0,
    near: [],
    fresh: [],
    paths: null,
  };
}

/** Most links need not be taken apart: the hash of a link tells whether it was on the page before. */
function meet(
  lead: Lead,
  from: Address,
  url: string,
  before: ReadonlySet<number>,
  wasHad: (link: number) => boolean,
): void {
  const link = textHash(url);
  lead.links.push(link);
  const isCounted = lead.unmetHere <= lead.newHere;
  if (before.has(link) || !(isCounted || lead.unmet < NEIGHBOURS_MOST)) return;
  lead.unmet += 1;
  const to = new Address(url);
  if (to.areaKey !== from.areaKey) return;
  lead.hasWayBack ||= wasHad(link);
  if (isCounted) lead.unmetHere += 1;
  if (lead.near.length < NEIGHBOURS_MOST) lead.near.push(to);
}

/** What taking an address apart costs besides its length, in characters. */
const ADDRESS_LENGTH_MIN = 64;

/** What is taken apart at once, in characters: many pages may be settled in one moment. */
const AT_ONCE_LENGTH = 16 * 1024;

function* inSlices(urls: readonly string[], take: (url: string) => void): Sliced<void> {
  let length = JUDGED_AT_ONCE_LENGTH - AT_ONCE_LENGTH;
  for (const url of urls) {
    take(url);
    length += ADDRESS_LENGTH_MIN + url.length;
    if (length < JUDGED_AT_ONCE_LENGTH) continue;
    length = 0;
    yield;
  }
}

function sumOf(hashes: Uint32Array): number {
  let sum = 0;
  for (const hash of hashes) sum = (sum + hash) | 0;
  return sum;
}

/** The words of a page, and what it shows. */
function contentOf(words: Uint32Array, { shown }: Fingerprint): Uint32Array {
  return shown.length === 0 ? words : Uint32Array.from([...words, ...shown]);
}

/** The words that a page may have from its address alone, and the numbers in those of its neighbours. */
function ownWordsOf(address: Address, neighbours: readonly Address[]): Set<number> {
  const own = new Set<number>();
  const written = withoutEscapes(address.url, ' ');
  for (const word of written.split(/[^\dA-Za-z]+|(?<=\d)(?=[A-Za-z])|(?<=[A-Za-z])(?=\d)/)) own.add(wordHash(word));
  for (const { url, host } of [address, ...neighbours]) {
    for (const number of withoutEscapes(url.slice(host.length), ' ').match(/\d{1,15}/g) ?? []) {
      for (const near of [Number(number) - 1, Number(number), Number(number) + 1]) {
        own.add(wordHash(String(near)));
        own.add(wordHash(String(near).padStart(number.length, '0')));
      }
    }
  }
  return own;
}
