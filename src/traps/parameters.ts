// Parts of an address that change nothing: the order, the presence or the value of a parameter, a token in the path,
// the case of the letters. They are learnt from
// pairs of equal pages whose addresses differ in one part alone. An address is set aside only if the page of another
// address, which differs in that part alone, was fetched.

import { textHash } from '../base/fingerprint.ts';
import {
  HOSTS_WITH_QUERIES_REMEMBERED_MAX,
  REDUCED_PAGES_REMEMBERED_MAX,
  TEMPLATES_REMEMBERED_MAX,
} from '../base/limits.ts';
import type { Address } from './address.ts';
import { BoundedMap } from './bounded-map.ts';
import { caseKeyOf, type IdlePart, idlePartsOf } from './idle-parts.ts';

/**
 * Pairs of equal pages that are needed: as many whose later page leads to a new URL, as the pages of an endless series
 * do. Pairs of different pages may be at most one in `DIFFERENT_SHARE` of them.
 */
const PAIRS_LEAST = 16;
const DIFFERENT_SHARE = 50;
/**
 * Different pages that must be among the pairs. With `PAIRS_OF_ONE_PAGE` pairs one page is enough, because a site may
 * show one page for everything it has removed.
 */
const CONTENTS_LEAST = 3;
const PAIRS_OF_ONE_PAGE = 64;
/**
 * A part with fewer values than this makes no endless series of addresses. It takes `PAIRS_OF_FEW` equal pairs and no
 * different one, because a choice that is rarely there (a translation, a print view) looks like this at first.
 */
const VALUES_MANY = 16;
const PAIRS_OF_FEW = 256;
/**
 * One in this many pages without a query is watched, for comparison with pages that have one, if its host has such
 * pages.
 */
const PLAIN_SHARE = 16;
/**
 * What equal pages share: a digest of their bytes, and a number for their words and tags. Each is 0 if it is not known.
 */
export interface PageContent {
  readonly digest: number;
  readonly whole: number;
}

/** One that was fetched just now. */
export interface PageFetched extends PageContent {
  /** It led to a new URL. */
  readonly leadsOn: boolean;
}

interface Had extends PageContent {
  /** The hash of the page's address. */
  readonly url: number;
  /** The hash of the part that was left out. */
  readonly own: number;
}

interface Pairs {
  equal: number;
  /** The equal pairs whose bytes, and so their links, are equal too. */
  exact: number;
  different: number;
  readonly contents: Set<number>;
  /** Hashes of the part in these pages, at most `VALUES_MANY`. */
  readonly values: Set<number>;
}

export class Parameters {
  /** Most sites teach nothing; then no addresses are looked up. */
  #hasLearnt = false;
  readonly #hostsWithQueries = new BoundedMap<string, true>(HOSTS_WITH_QUERIES_REMEMBERED_MAX);
  readonly #pairs = new BoundedMap<number, Pairs>(TEMPLATES_REMEMBERED_MAX);
  #learnt = 0;
  /** Pages by their address. For an address without one part: the first page that was fetched. */
  readonly #pages = new BoundedMap<number, Had>(REDUCED_PAGES_REMEMBERED_MAX);

  /** The digest of the page whose address has this hash; 0 if it is not known. */
  digestOf(hash: number): number {
    return this.#pages.get(hash)?.digest ?? 0;
  }

  /** Whether the page whose address has this hash was had, or may have been forgotten. */
  wasHad(hash: number): boolean {
    return this.#learnt * 2 >= REDUCED_PAGES_REMEMBERED_MAX || this.#pages.has(hash);
  }

  /** A new URL was found. */
  expect({ host, hasQuery }: Address): void {
    if (hasQuery) this.#hostsWithQueries.touch(host, () => true);
  }

  /** Whether the words and tags of the page are needed. */
  isWatched(address: Address): boolean {
    const { hash, host } = address;
    if (address.hasQuery || address.hasOddSegment) return true;
    if (hash % PLAIN_SHARE === 0 && this.#hostsWithQueries.has(host)) return true;
    return this.#isKnownInOtherCase(address);
  }

  #isKnownInOtherCase({ hash, hashInLowerCase: rest }: Address): boolean {
    return rest !== hash && (this.#pages.has(rest) || this.#pages.has(caseKeyOf(rest)));
  }

  /** Learns from a fetched page. */
  learn(address: Address, content: PageFetched): void {
    const { digest } = content;
    this.#learnt += 1;
    const whole: Had = { digest, whole: content.whole | 0, url: address.hash, own: NOTHING };
    for (const part of idlePartsOf(address)) {
      const { rest, key, own } = part;
      const had: Had = { digest, whole: whole.whole, url: whole.url, own };
      for (const other of [this.#pages.get(rest), this.#pages.get(key)]) {
        if (other !== undefined && other.own !== own && this.#compare(part, had, other, content.leadsOn)) break;
      }
      const first = this.#pages.get(key);
      if (first === undefined || (first.whole === 0 && had.whole !== 0)) this.#pages.set(key, had);
    }
    this.#pages.set(whole.url, whole);
  }

  /** Whether they could be compared. */
  #compare(part: IdlePart, one: Had, other: Had, leadsOn: boolean): boolean {
    const isEqual = isSame(one, other);
    if (isEqual === null) return false;
    for (const kind of part.kinds()) {
      const pairs = this.#pairs.touch(textHash(kind), () => ({
        equal: 0,
        exact: 0,
        different: 0,
        contents: new Set(),
        values: new Set(),
      }));
      for (const { own } of [one, other]) if (pairs.values.size < VALUES_MANY) pairs.values.add(own);
      if (!isEqual) pairs.different += 1;
      // Equal pages that lead to nothing new end by themselves.
      else if (leadsOn || pairs.equal >= PAIRS_LEAST) {
        pairs.equal += 1;
        if (one.digest === other.digest && one.digest !== 0) pairs.exact += 1;
        this.#hasLearnt ||= pairs.equal >= PAIRS_LEAST;
        if (pairs.contents.size < CONTENTS_LEAST) pairs.contents.add(other.whole || other.digest);
      }
    }
    return true;
  }

  /** Why the URL is not worth requesting, in words; null if it is. */
  trapIn(address: Address): string | null {
    if (!this.#hasLearnt) return null;
    for (const part of idlePartsOf(address)) {
      const { what, where, kinds, rest, key, isName } = part;
      const [own, ofHost] = kinds().map((kind) => this.#pairs.get(textHash(kind)));
      const isOfTemplate = isLearnt(own, DIFFERENT_SHARE) && (isExact(own) || isMostlyEqual(ofHost));
      if (!isOfTemplate && !isLearnt(ofHost, Infinity)) continue;
      if (isName && contentsIn(own) < CONTENTS_LEAST && contentsIn(ofHost) < CONTENTS_LEAST) continue;
      const other = this.#pages.get(rest) ?? this.#pages.get(key);
      if (other !== undefined && other.url !== address.hash) return `${where()}: ${what} changes nothing`;
    }
    return null;
  }
}

const NOTHING = textHash('');

function contentsIn(pairs: Pairs | undefined): number {
  return pairs?.contents.size ?? 0;
}

function isExact(pairs: Pairs | undefined): boolean {
  return pairs !== undefined && pairs.exact * 2 > pairs.equal;
}

/**
 * Pages with the same words may lead to different pages, as the folders of a git view do. So the part must change
 * nothing in other templates of the host either.
 */
function isMostlyEqual(pairs: Pairs | undefined): boolean {
  return pairs !== undefined && pairs.different * DIFFERENT_SHARE <= pairs.equal;
}

function isLearnt(pairs: Pairs | undefined, share: number): boolean {
  if (pairs === undefined || pairs.equal < PAIRS_LEAST) return false;
  if (pairs.values.size < VALUES_MANY && (pairs.equal < PAIRS_OF_FEW || pairs.different > 0)) return false;
  if (pairs.different > 0 && pairs.different * share > pairs.equal) return false;
  return pairs.contents.size >= CONTENTS_LEAST || (share !== Infinity && pairs.equal >= PAIRS_OF_ONE_PAGE);
}

/** Whether two pages are the same; null if that is not known. */
function isSame(one: PageContent, other: PageContent): boolean | null {
  if (one.digest === other.digest && one.digest !== 0) return true;
  return one.whole === 0 || other.whole === 0 ? null : one.whole === other.whole;
}
