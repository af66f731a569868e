// Parts of an address that change nothing: the order, the presence or the value of a parameter. They are learnt from
// pairs of equal pages whose addresses differ in one part alone. An address is set aside only if the page of another
// address, which differs in that part alone, was fetched.

import { hashPair } from '../base/fingerprint.ts';
import {
  HOSTS_WITH_QUERIES_REMEMBERED_MAX,
  REDUCED_PAGES_REMEMBERED_MAX,
  TEMPLATES_REMEMBERED_MAX,
} from '../base/limits.ts';
import { type Address, isToken, nameOf, withoutNumbers } from './address.ts';
import { BoundedMap } from './bounded-map.ts';

/** Pairs of equal pages that are needed. Pairs of different pages may be at most one in `DIFFERENT_SHARE` of them. */
const PAIRS_LEAST = 16;
const DIFFERENT_SHARE = 50;
/**
 * Different pages that must be among the pairs. With `PAIRS_OF_ONE_PAGE` pairs one page is enough, because a site may
 * show one page for everything it has removed.
 */
const CONTENTS_LEAST = 3;
const PAIRS_OF_ONE_PAGE = 64;
/** Nothing is learnt from queries with more fields. */
const FIELDS_MOST = 12;
/**
 * One in this many pages without a query is watched, for comparison with pages that have one, if its host has such
 * pages.
 */
const PLAIN_SHARE = 16;

/** A part of an address that may change nothing. */
interface Part {
  /** The part in words. */
  readonly what: string;
  /**
   * The kinds of addresses that it is learnt for: those of one template and, if nothing contradicts it, those of the
   * host.
   */
  readonly kinds: readonly string[];
  /** The address without the part. */
  readonly rest: string;
  /** The part itself. */
  readonly own: string;
}

/**
 * What equal pages share: a digest of their bytes, and a number for their words and tags. Each is 0 if it is not known.
 */
export interface PageContent {
  readonly digest: number;
  readonly whole: number;
}

interface Had extends PageContent {
  /** The hash of the page's address. */
  readonly url: number;
  /** The hash of the part that was left out. */
  readonly own: number;
}

interface Pairs {
  equal: number;
  different: number;
  readonly contents: Set<number>;
}

export class Parameters {
  /** Most sites teach nothing; then no addresses are looked up. */
  #hasLearnt = false;
  readonly #hostsWithQueries = new BoundedMap<string, true>(HOSTS_WITH_QUERIES_REMEMBERED_MAX);
  readonly #pairs = new BoundedMap<number, Pairs>(TEMPLATES_REMEMBERED_MAX);
  /** Pages by their address. For an address without one part: the first page that was fetched. */
  readonly #pages = new BoundedMap<number, Had>(REDUCED_PAGES_REMEMBERED_MAX);

  /** A new URL was found. */
  expect({ host, fields }: Address): void {
    if (fields.length > 0) this.#hostsWithQueries.touch(host, () => true);
  }

  /** Whether the words and tags of the page are needed. */
  isWatched({ url, host, segments, fields }: Address): boolean {
    if (fields.length > 0 || segments.some(isToken)) return true;
    return this.#hostsWithQueries.has(host) && hashPair(url) % PLAIN_SHARE === 0;
  }

  /** Learns from a fetched page. */
  learn(address: Address, content: PageContent): void {
    const whole: Had = { ...content, url: hashPair(address.url), own: NOTHING };
    for (const { kinds, rest, own } of partsOf(address)) {
      const had: Had = { ...whole, own: hashPair(own) };
      const key = hashPair(`${kinds[1]} ${rest}`);
      for (const other of [this.#pages.get(hashPair(rest)), this.#pages.get(key)]) {
        if (other !== undefined && other.own !== had.own && this.#compare(kinds, had, other)) break;
      }
      if (!this.#pages.has(key)) this.#pages.set(key, had);
    }
    this.#pages.set(whole.url, whole);
  }

  /** Whether they could be compared. */
  #compare(kinds: readonly string[], one: Had, other: Had): boolean {
    const isEqual = isSame(one, other);
    if (isEqual === null) return false;
    for (const kind of kinds) {
      const pairs = this.#pairs.touch(hashPair(kind), () => ({ equal: 0, different: 0, contents: new Set() }));
      if (!isEqual) pairs.different += 1;
      else {
        pairs.equal += 1;
        this.#hasLearnt ||= pairs.equal >= PAIRS_LEAST;
        if (pairs.contents.size < CONTENTS_LEAST) pairs.contents.add(other.whole || other.digest);
      }
    }
    return true;
  }

  /** Why the URL is not worth requesting, in words; null if it is. */
  trapIn(address: Address): string | null {
    if (!this.#hasLearnt) return null;
    for (const { what, kinds, rest } of partsOf(address)) {
      const [own, ofHost] = kinds.map((kind) => this.#pairs.get(hashPair(kind)));
      if (!isLearnt(own, DIFFERENT_SHARE) && !isLearnt(ofHost, Infinity)) continue;
      const other = this.#pages.get(hashPair(rest)) ?? this.#pages.get(hashPair(`${kinds[1]} ${rest}`));
      if (other !== undefined && other.url !== hashPair(address.url))
        return `${address.template}: ${what} changes nothing`;
    }
    return null;
  }
}

const NOTHING = hashPair('');

function isLearnt(pairs: Pairs | undefined, share: number): boolean {
  if (pairs === undefined || pairs.equal < PAIRS_LEAST) return false;
  if (pairs.different > 0 && pairs.different * share > pairs.equal) return false;
  return pairs.contents.size >= CONTENTS_LEAST || (share !== Infinity && pairs.equal >= PAIRS_OF_ONE_PAGE);
}

/** Whether two pages are the same; null if that is not known. */
function isSame(one: PageContent, other: PageContent): boolean | null {
  if (one.digest === other.digest && one.digest !== 0) return true;
  return one.whole === 0 || other.whole === 0 ? null : one.whole === other.whole;
}

function partsOf({ host, segments, fields }: Address): Part[] {
  const parts: Part[] = [];
  if (fields.length === 0 && !segments.some(isToken)) return parts;
  const path = `${host}/${segments.join('/')}`;
  const kind = `${host}/${segments.map((each) => (isToken(each) ? '*' : withoutNumbers(each))).join('/')}`;
  const query = fields.length === 0 ? '' : `?${fields.join('&')}`;
  const add = (what: string, name: string, rest: string, own: string): void => {
    parts.push({ what, kinds: [`${kind} ${name}`, `${host} ${name}`], rest, own });
  };
  // A token at the end of a path may be the name of the page.
  for (const [at, segment] of segments.slice(0, -1).entries()) {
    if (!isToken(segment)) continue;
    const others = segments.toSpliced(at, 1).join('/');
    add(`segment ${at + 1} of the path`, `/${at}`, `${host}/${others}${query}`, segment);
  }
  if (fields.length === 0 || fields.length > FIELDS_MOST) return parts;
  for (const name of new Set(fields.map(nameOf))) {
    const others = fields.filter((field) => nameOf(field) !== name).join('&');
    const own = fields.filter((field) => nameOf(field) === name).join('&');
    add(`the value of ${name}`, `?${name}`, others === '' ? path : `${path}?${others}`, own);
  }
  if (fields.length < 2) return parts;
  add('the order of the parameters', 'order', `${path}?${fields.toSorted().join('&')} in order`, query);
  add('what is in the query', 'query', path, query);
  return parts;
}
