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
import { type Address, nameOf, shortened } from './address.ts';
import { BoundedMap } from './bounded-map.ts';
import { isToken, withoutNumbers } from './segments.ts';

/** Pairs of equal pages that are needed. Pairs of different pages may be at most one in `DIFFERENT_SHARE` of them. */
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
 * A parameter or value that chooses a language is never a trap: there are few languages, and a page without a
 * translation looks the same in all of them.
 */
const LANGUAGE_NAME =
  /(?:^|[-_.])(?:hl|lr|l10n|lng|(?:use|set|ui)?lang(?:uage|id|code|ue)?|locale|sprache|idioma|lingua|taal)$/i;
const LANGUAGE_VALUE = /^[a-z]{2}(?:[-_][a-z\d]{2,4}){0,2}$/i;
/** Nothing is learnt from queries with more fields, or from more tokens and parameters in a path. */
const FIELDS_MOST = 12;
/**
 * One in this many pages without a query is watched, for comparison with pages that have one, if its host has such
 * pages.
 */
const PLAIN_SHARE = 16;
/** The mark of a parameter in a segment (`/page;v=1`). */
const MATRIX = ';';
/** The name of the part that is the case of the letters in the path. */
const CASE = 'case';

/** A part of an address that may change nothing. */
interface Part {
  /** The part in words. */
  readonly what: string;
  /** The template that is named to the user. */
  readonly where: () => string;
  /**
   * The kinds of addresses that it is learnt for: those of one template and, if nothing contradicts it, those of the
   * host.
   */
  readonly kinds: () => readonly string[];
  /** The hash of the address without the part. */
  readonly rest: number;
  /** The key of the first page whose address is this one except for the part. */
  readonly key: number;
  /** The hash of the part itself. */
  readonly own: number;
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
  /** Pages by their address. For an address without one part: the first page that was fetched. */
  readonly #pages = new BoundedMap<number, Had>(REDUCED_PAGES_REMEMBERED_MAX);

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
  learn(address: Address, content: PageContent): void {
    const { digest } = content;
    const whole: Had = { digest, whole: content.whole | 0, url: address.hash, own: NOTHING };
    for (const part of partsOf(address)) {
      const { rest, key, own } = part;
      const had: Had = { digest, whole: whole.whole, url: whole.url, own };
      for (const other of [this.#pages.get(rest), this.#pages.get(key)]) {
        if (other !== undefined && other.own !== own && this.#compare(part, had, other)) break;
      }
      const first = this.#pages.get(key);
      if (first === undefined || (first.whole === 0 && had.whole !== 0)) this.#pages.set(key, had);
    }
    this.#pages.set(whole.url, whole);
  }

  /** Whether they could be compared. */
  #compare(part: Part, one: Had, other: Had): boolean {
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
      else {
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
    for (const part of partsOf(address)) {
      const { what, where, kinds, rest, key } = part;
      const [own, ofHost] = kinds().map((kind) => this.#pairs.get(textHash(kind)));
      const isOfTemplate = isLearnt(own, DIFFERENT_SHARE) && (isExact(own) || isMostlyEqual(ofHost));
      if (!isOfTemplate && !isLearnt(ofHost, Infinity)) continue;
      const other = this.#pages.get(rest) ?? this.#pages.get(key);
      if (other !== undefined && other.url !== address.hash) return `${where()}: ${what} changes nothing`;
    }
    return null;
  }
}

const NOTHING = textHash('');

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

/** Every page with a capital in its address has this key, so it is made of a number that is there already. */
function caseKeyOf(rest: number): number {
  return ~rest;
}

/** The part that is the case of the letters; null if all of them are small. */
function caseOf({ url, host, hash, hashInLowerCase: rest }: Address): Part | null {
  if (rest === hash) return null;
  const template = (): string => withoutNumbers(url.toLowerCase());
  return {
    what: 'the case of the letters',
    where: () => shortened(template()),
    kinds: () => [`${template()} ${CASE}`, `${host} ${CASE}`],
    rest,
    key: caseKeyOf(rest),
    own: hash,
  };
}

function isMarked(segment: string): boolean {
  return segment.includes(MATRIX);
}

/** The places of the segments for which this is so; empty if they are too many. */
function placesOf(segments: readonly string[], isSo: (segment: string) => boolean): number[] {
  const places = segments.flatMap((segment, at) => (isSo(segment) ? [at] : []));
  return places.length > FIELDS_MOST ? [] : places;
}

function isLanguage(field: string): boolean {
  const name = nameOf(field);
  return LANGUAGE_NAME.test(name) || LANGUAGE_VALUE.test(field.slice(name.length + 1));
}

function kindOf(segment: string): string {
  if (isToken(segment)) return '*';
  const mark = segment.indexOf(MATRIX);
  return withoutNumbers(mark < 0 ? segment : segment.slice(0, mark + 1));
}

function partsOf(address: Address): Part[] {
  const ofCase = caseOf(address);
  const parts: Part[] = ofCase === null ? [] : [ofCase];
  if (!address.hasQuery && !address.hasOddSegment) return parts;
  const { host, segments, fields } = address;
  const path = `${host}/${segments.join('/')}`;
  const kind = `${host}/${segments.map(kindOf).join('/')}`;
  const query = fields.length === 0 ? '' : `?${fields.join('&')}`;
  const add = (what: string, name: string, rest: string, own: string, where = address.template): void => {
    const ofHost = `${host} ${name}`;
    parts.push({
      what,
      where: () => where,
      kinds: () => [`${kind} ${name}`, ofHost],
      rest: textHash(rest),
      key: textHash(`${ofHost} ${rest}`),
      own: textHash(own),
    });
  };
  // A token at the end of a path may be the name of the page.
  for (const at of placesOf(segments.slice(0, -1), isToken)) {
    const others = segments.toSpliced(at, 1).join('/');
    add(`segment ${at + 1} of the path`, `/${at}`, `${host}/${others}${query}`, segments[at]!);
  }
  for (const at of placesOf(segments, isMarked)) {
    const [bare = '', ...behind] = segments[at]!.split(MATRIX);
    const others = segments.with(at, bare).join('/');
    if (behind.some(isLanguage)) continue;
    const what = `what is behind ; in segment ${at + 1} of the path`;
    add(what, `;/${at}`, `${host}/${others}${query}`, behind.join(MATRIX), shortened(kind));
  }
  if (fields.length === 0 || fields.length > FIELDS_MOST) return parts;
  const languages = fields.filter(isLanguage).map(nameOf);
  for (const name of new Set(fields.map(nameOf))) {
    if (languages.includes(name)) continue;
    const others = fields.filter((field) => nameOf(field) !== name).join('&');
    const own = fields.filter((field) => nameOf(field) === name).join('&');
    add(`the value of ${name}`, `?${name}`, others === '' ? path : `${path}?${others}`, own);
  }
  if (fields.length < 2) return parts;
  add('the order of the parameters', 'order', `${path}?${fields.toSorted().join('&')} in order`, query);
  if (languages.length === 0) add('what is in the query', 'query', path, query);
  return parts;
}
