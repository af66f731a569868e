// An address taken apart, and what it shares with others: the template that is left without numbers and tokens, and the
// area of its host. Every URL is taken apart, so its characters are read once and make numbers; texts are made only on
// demand. Two addresses have the same template if their template keys are equal, and the same holds for areas.

import { mixed, textHash, textHashInLowerCase } from '../base/fingerprint.ts';
import { hostOf } from '../url/host.ts';
import { isDateOrNumber, withoutMonth, withoutMonthKind, yearIn } from './dates.ts';
import { hasDigitIn, isToken, kindsOf, repeats, templateOf, withoutNumbers, withoutRuns } from './segments.ts';

/** The longest template or area that is kept as text; the rest becomes a hash. */
const NAME_LENGTH_MAX = 200;
export class Address {
  readonly url: string;
  readonly host: string;
  /** A part of the path looks like a token or has a parameter. */
  readonly hasOddSegment: boolean;
  /** Whether two segments may be equal. If this is false they all differ. */
  readonly mayRepeat: boolean;
  /** A hash for each segment without its numbers and months; `TOKEN_KIND` for a token. */
  readonly #kinds: readonly number[];
  /** Where the path ends and the query begins, in characters of the URL. */
  readonly #pathEnd: number;
  readonly #hasDigit: boolean;
  #segments: readonly string[] | undefined;
  #fields: readonly string[] | undefined;
  #template: string | undefined;
  #templateKey: number | undefined;
  #areaKey: number | undefined;
  #isRepeating: boolean | undefined;
  #year: number | null | undefined;
  #hash: number | undefined;
  #hashInLowerCase: number | undefined;

  /** `url` is absolute and without fragment. */
  constructor(url: string) {
    this.url = url;
    this.host = hostOf(url);
    const from = this.host.length + 1;
    const question = url.indexOf('?', from - 1);
    this.#pathEnd = question < 0 ? url.length : question;
    const { kinds, hasDigit, hasOdd, mayRepeat } = kindsOf(url, from, this.#pathEnd);
    this.#hasDigit = hasDigit || (question >= 0 && hasDigitIn(url, question));
    this.#kinds = this.#hasDigit ? kinds.map(withoutMonthKind) : kinds;
    this.hasOddSegment = hasOdd;
    this.mayRepeat = mayRepeat;
  }

  /** The segments between the slashes; the last one is empty if the path ends in a slash. */
  get segments(): readonly string[] {
    this.#segments ??= this.url.slice(this.host.length + 1, this.#pathEnd).split('/');
    return this.#segments;
  }

  /** The fields of the query as written. */
  get fields(): readonly string[] {
    this.#fields ??= this.hasQuery ? this.url.slice(this.#pathEnd + 1).split('&') : NO_FIELDS;
    return this.#fields;
  }

  get hasQuery(): boolean {
    return this.#pathEnd < this.url.length;
  }

  /** A hash of the path without long segments, tokens and what is behind a `;`, whatever the case of its letters. */
  get pathHash(): number {
    const isKept = (segment: string): boolean => segment.includes('.') || !(isLong(segment) || isToken(segment));
    const segments = this.segments.filter(isKept).map((segment) => segment.replace(MATRIX_PARAMETERS, ''));
    return textHashInLowerCase([this.host, ...segments].join('/'));
  }

  get hash(): number {
    this.#hash ??= textHash(this.url);
    return this.#hash;
  }

  /** The same as `hash` if the address has no capital. */
  get hashInLowerCase(): number {
    this.#hashInLowerCase ??= textHashInLowerCase(this.url);
    return this.#hashInLowerCase;
  }

  /**
   * The address with `#` for numbers, `@` for months and `*` for tokens. A query keeps only its names, in alphabetical
   * order.
   */
  get template(): string {
    this.#template ??= shortened(
      this.hasQuery ? `${this.#path()}?${[...new Set(namesOf(this.fields))].sort().join('&')}` : this.#path(),
    );
    return this.#template;
  }

  /** A number in place of the template. */
  get templateKey(): number {
    this.#templateKey ??= this.hasQuery ? textHash(this.template) : keyOf(this.host, withoutRuns(this.#kinds));
    return this.#templateKey;
  }

  /**
   * The area whose growth is watched together. Addresses with a query share the area of their path. Paths that repeat a
   * segment share the area of the host. All other paths share an area if they begin alike.
   */
  get area(): string {
    const { host, segments } = this;
    if (this.hasQuery) return shortened(`${this.#path()}?...`);
    if (this.isRepeating) return `${host}/... (segments that repeat)`;
    return segments.length < 2 ? `${host}/...` : shortened(`${host}/${this.#templateOf(segments[0]!)}/...`);
  }

  /** A number in place of the area. */
  get areaKey(): number {
    this.#areaKey ??= this.#areaKeyOf();
    return this.#areaKey;
  }

  /** A number for all addresses whose paths begin alike. Those with dates belong to one calendar, in all its views. */
  get startKey(): number {
    return keyOf(this.host, this.#kinds.slice(0, 1), AREA_OF_DATES);
  }

  /** Whether its area is that of paths that repeat a segment, to which many others lead. */
  get isRepeating(): boolean {
    this.#isRepeating ??= !this.hasQuery && this.mayRepeat && repeats(this.segments);
    return this.#isRepeating;
  }

  /** The year of an address that has a date, or a field for one; null if it has no date. */
  get year(): number | null {
    if (this.#year === undefined) {
      this.#year = this.#hasDigit ? yearIn(this.url.slice(this.host.length)) : null;
    }
    return this.#year;
  }

  /**
   * Whether the last segment of the address is only a date or a number, or the address has a query. If neither is so, a
   * page with a date in its address is an article.
   */
  get endsInNumber(): boolean {
    return this.hasQuery || isDateOrNumber(this.name);
  }

  /** The last segment that is not empty. */
  get name(): string {
    return this.segments.findLast((segment) => segment !== '') ?? '';
  }

  #path(): string {
    const kinds = this.#hasDigit ? this.segments.map((segment) => this.#templateOf(segment)) : this.segments;
    return `${this.host}/${withoutRuns(kinds).join('/')}`;
  }

  #templateOf(segment: string): string {
    return this.#hasDigit ? withoutMonth(templateOf(segment)) : segment;
  }

  #areaKeyOf(): number {
    if (this.hasQuery) return keyOf(this.host, withoutRuns(this.#kinds), AREA_OF_QUERIES);
    if (this.isRepeating) return keyOf(this.host, [], AREA_OF_REPEATS);
    return keyOf(this.host, this.#kinds.length < 2 ? [] : this.#kinds.slice(0, 1), AREA_OF_PATHS);
  }
}

const LONG_SEGMENT_LENGTH = 16;
const MATRIX_PARAMETERS = /;.*/s;

function isLong(segment: string): boolean {
  return segment.length >= LONG_SEGMENT_LENGTH;
}

const AREA_OF_QUERIES = 1;
const AREA_OF_REPEATS = 2;
const AREA_OF_PATHS = 3;
const AREA_OF_DATES = 4;

/** A hash of a host and the kinds of segments. `salt` tells keys of different meanings apart. */
function keyOf(host: string, kinds: readonly number[], salt = 0): number {
  let key = hashOfHost(host) ^ salt;
  for (const kind of kinds) key = mixed(Math.imul(key, 0x01000193) ^ kind);
  return mixed(key) | 0;
}

let lastHost = '';
let lastHostHash = 0;

/** Most addresses have the host of the one before. */
function hashOfHost(host: string): number {
  if (host === lastHost) return lastHostHash;
  lastHost = host;
  lastHostHash = textHash(host);
  return lastHostHash;
}

const NO_FIELDS: readonly string[] = [];

/** The names of the fields, without their numbers. */
function namesOf(fields: readonly string[]): string[] {
  return fields.map((field) => withoutNumbers(nameOf(field)));
}

export function nameOf(field: string): string {
  const equals = field.indexOf('=');
  return equals < 0 ? field : field.slice(0, equals);
}

/** The name, or its beginning and a hash. */
export function shortened(name: string): string {
  return name.length <= NAME_LENGTH_MAX
    ? name
    : `${name.slice(0, NAME_LENGTH_MAX)}... (${(textHash(name) >>> 0).toString(36)})`;
}
