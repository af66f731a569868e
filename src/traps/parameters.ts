// Parameters whose order, presence or value changes nothing. It is learnt from pages that have the same address but for one part, and are
// equal. An address is then set aside only where the page of another that differs from it in that part alone was had.

import { hashPair } from '../base/fingerprint.ts';
import { REDUCED_PAGES_REMEMBERED_MAX, TEMPLATES_REMEMBERED_MAX } from '../base/limits.ts';
import { type Address, isToken, nameOf, withoutNumbers } from './address.ts';
import { BoundedMap } from './bounded-map.ts';

/** So many pairs of equal pages, and of pages that differ no more than one in fifty of that, */
const PAIRS_LEAST = 16;
const DIFFERENT_SHARE = 50;
/** of so many different pages; or many more pairs, because a site may have one page for all that it has no longer. */
const CONTENTS_LEAST = 3;
const PAIRS_OF_ONE_PAGE = 64;
/** Of longer queries nothing is learnt. */
const FIELDS_MOST = 12;
/** One in so many pages without a query is looked at, to be held against those with one. */
const PLAIN_SHARE = 16;

/** A part of an address that may change nothing. */
interface Part {
  /** What it is, in words. */
  readonly what: string;
  /** Of which addresses it is learnt: those of one template, and where nothing speaks against it those of the host. */
  readonly kinds: readonly string[];
  /** The address without it, */
  readonly rest: string;
  /** and it. */
  readonly own: string;
}

/** What equal pages share: their digest, or their words and tags; each is 0 where it is not known. */
export interface Content {
  readonly digest: number;
  readonly whole: number;
}

interface Had extends Content {
  /** Hash of its address, */
  readonly url: number;
  /** and of the part that was left out. */
  readonly own: number;
}

interface Pairs {
  equal: number;
  different: number;
  readonly contents: Set<number>;
}

export class Parameters {
  /** Most sites teach nothing, and then nothing is looked for. */
  #hasLearnt = false;
  readonly #pairs = new BoundedMap<number, Pairs>(TEMPLATES_REMEMBERED_MAX);
  /** The page at an address, and by an address without one part the page of the first that was had. */
  readonly #pages = new BoundedMap<number, Had>(REDUCED_PAGES_REMEMBERED_MAX);

  /** Whether the words and tags of its page are wanted. */
  isWatched({ url, segments, fields }: Address): boolean {
    return fields.length > 0 || segments.some(isToken) || hashPair(url) % PLAIN_SHARE === 0;
  }

  /** Its page was had. */
  learn(address: Address, content: Content): void {
    const whole: Had = { ...content, url: hashPair(address.url), own: NOTHING };
    for (const { kinds, rest, own } of partsOf(address)) {
      const had: Had = { ...whole, own: hashPair(own) };
      const key = hashPair(`${kinds[1]} ${rest}`);
      const other = this.#pages.get(hashPair(rest)) ?? this.#pages.get(key);
      if (other !== undefined && other.own !== had.own) this.#compare(kinds, had, other);
      if (!this.#pages.has(key)) this.#pages.set(key, had);
    }
    this.#pages.set(whole.url, whole);
  }

  #compare(kinds: readonly string[], one: Had, other: Had): void {
    const isEqual = isSame(one, other);
    if (isEqual === null) return;
    for (const kind of kinds) {
      const pairs = this.#pairs.touch(hashPair(kind), () => ({ equal: 0, different: 0, contents: new Set() }));
      if (!isEqual) pairs.different += 1;
      else {
        pairs.equal += 1;
        this.#hasLearnt ||= pairs.equal >= PAIRS_LEAST;
        if (pairs.contents.size < CONTENTS_LEAST) pairs.contents.add(other.whole || other.digest);
      }
    }
  }

  /** Why it is not worth asking for, in words. */
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

/** Null where it cannot be told. */
function isSame(one: Content, other: Content): boolean | null {
  if (one.digest === other.digest && one.digest !== 0) return true;
  return one.whole === 0 || other.whole === 0 ? null : one.whole === other.whole;
}

function partsOf({ host, segments, fields }: Address): Part[] {
  const parts: Part[] = [];
  const path = `${host}/${segments.join('/')}`;
  const kind = `${host}/${segments.map((each) => (isToken(each) ? '*' : withoutNumbers(each))).join('/')}`;
  const query = fields.length === 0 ? '' : `?${fields.join('&')}`;
  const add = (what: string, name: string, rest: string, own: string): void => {
    parts.push({ what, kinds: [`${kind} ${name}`, `${host} ${name}`], rest, own });
  };
  // A token at the end of a path may well name the page.
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
