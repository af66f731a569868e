// An address taken apart, and what it shares with others: the template that is left without numbers and tokens, and the
// area of its host. Each is computed once and only on demand, because every URL is taken apart.

import { hashPair } from '../base/fingerprint.ts';
import { hostOf } from '../url/host.ts';

const NUMBERS = /\d+/g;
/** Letters and digits in turns, or hexadecimal digits: nobody names a page like this. */
const TOKEN =
  /^(?:[a-z]{1,8}[-_.=])?\W?(?:\w\()?(?:(?=[\da-z]*\d[a-z]+\d)[\da-z]{8,}|(?=[\da-f]*\d)(?=\d*[a-f])[\da-f-]{12,})\)*$/i;
const TOKEN_LENGTH_MIN = 8;
const TOKEN_LENGTH_MAX = 512;
/** The longest template or area that is kept as text; the rest becomes a hash. */
const NAME_LENGTH_MAX = 200;
/** A year with its month, week or quarter, or a date of eight digits, in a path or a query. */
const DATE =
  /[/=_.-]((?:1[5-9]|2\d)\d\d)(?:[/_.-](?:0?[1-9]|1[0-2])|[/_.-]?[wq](?:0?[1-9]|[1-4]\d|5[0-3])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)/i;
/** A field that is named for a date: its year, or the seconds or milliseconds since 1970. */
const YEAR_FIELD = /[?&](?:year|yr|y|jahr|annee|ano|anno)=(\d{4,6})(?!\d)/i;
const MOMENT_FIELD =
  /[?&](?:t|ts|time|timestamp|date|day|d|from|to|start|end|since|until|before|after)=(\d{10})(?:\d{3})?(?!\d)/i;
const ONLY_NUMBERS = /^[\d._-]*(?:[wq]\d+)?$/i;
const REPEATING = '... (segments that repeat)';

export class Address {
  readonly url: string;
  readonly host: string;
  /** The segments between the slashes; the last one is empty if the path ends in a slash. */
  readonly segments: readonly string[];
  /** The fields of the query as written. */
  readonly fields: readonly string[];
  /** The path and the query. */
  readonly #tail: string;
  readonly #hasDigit: boolean;
  #template: string | undefined;
  #area: string | undefined;
  #year: number | null | undefined;

  /** `url` is absolute and without fragment. */
  constructor(url: string) {
    this.url = url;
    this.host = hostOf(url);
    const tail = url.slice(this.host.length);
    const question = tail.indexOf('?');
    this.segments = (question < 0 ? tail.slice(1) : tail.slice(1, question)).split('/');
    this.fields = question < 0 ? NO_FIELDS : tail.slice(question + 1).split('&');
    this.#tail = tail;
    this.#hasDigit = hasDigit(tail);
  }

  /** The address with `#` for numbers and `*` for tokens. A query keeps only its names, in alphabetical order. */
  get template(): string {
    this.#template ??= shortened(
      this.fields.length === 0
        ? this.#path()
        : `${this.#path()}?${[...new Set(namesOf(this.fields))].sort().join('&')}`,
    );
    return this.#template;
  }

  /**
   * The area whose growth is watched together. Addresses with a query share the area of their path. Paths that repeat a
   * segment share the area of the host. All other paths share an area if they begin alike.
   */
  get area(): string {
    this.#area ??= this.#areaOf();
    return this.#area;
  }

  /** The year of an address that has a date, or a field for one; null if it has no date. */
  get year(): number | null {
    if (this.#year === undefined) {
      this.#year = this.#hasDigit ? yearIn(this.#tail) : null;
    }
    return this.#year;
  }

  /**
   * Whether the last segment of the address is only a date or a number, or the address has a query. If neither is so, a
   * page with a date in its address is an article.
   */
  get endsInNumber(): boolean {
    return this.fields.length > 0 || ONLY_NUMBERS.test(this.name);
  }

  /** The last segment that is not empty. */
  get name(): string {
    return this.segments.findLast((segment) => segment !== '') ?? '';
  }

  /** Whether its area is that of paths that repeat a segment, to which many others lead. */
  get isRepeating(): boolean {
    return this.area.endsWith(REPEATING);
  }

  /** Of more than three similar segments in a row, three are kept: a path may grow without end. */
  #path(): string {
    const kinds = this.#hasDigit ? this.segments.map(templateOf) : this.segments;
    const isFourth = (kind: string, at: number): boolean =>
      at >= 3 && kind === kinds[at - 1] && kind === kinds[at - 2] && kind === kinds[at - 3];
    const kept = kinds.length < 4 ? kinds : kinds.filter((kind, at) => !isFourth(kind, at));
    return `${this.host}/${kept.join('/')}`;
  }

  #areaOf(): string {
    const { host, segments, fields } = this;
    if (fields.length > 0) return shortened(`${this.#path()}?...`);
    if (repeats(segments)) return `${host}/${REPEATING}`;
    return segments.length < 2 ? `${host}/...` : shortened(`${host}/${templateOf(segments[0]!)}/...`);
  }
}

const NO_FIELDS: readonly string[] = [];

/** The names of the fields, without their numbers. */
export function namesOf(fields: readonly string[]): string[] {
  return fields.map((field) => withoutNumbers(nameOf(field)));
}

export function nameOf(field: string): string {
  const equals = field.indexOf('=');
  return equals < 0 ? field : field.slice(0, equals);
}

export function isToken(segment: string): boolean {
  const { length } = segment;
  return length >= TOKEN_LENGTH_MIN && length <= TOKEN_LENGTH_MAX && hasDigit(segment) && TOKEN.test(segment);
}

export function withoutNumbers(text: string): string {
  return hasDigit(text) ? text.replace(NUMBERS, '#') : text;
}

function templateOf(segment: string): string {
  return isToken(segment) ? '*' : withoutNumbers(segment);
}

function yearIn(url: string): number | null {
  const date = DATE.exec(url)?.[1];
  if (date !== undefined || !url.includes('?')) return date === undefined ? null : Number(date);
  const year = YEAR_FIELD.exec(url)?.[1];
  if (year !== undefined) return Number(year);
  const seconds = MOMENT_FIELD.exec(url)?.[1];
  return seconds === undefined ? null : new Date(Number(seconds) * 1000).getUTCFullYear();
}

/** Whether a segment that is not a number occurs twice. */
function repeats(segments: readonly string[]): boolean {
  if (segments.length > 16) return new Set(segments).size < segments.length;
  for (let at = 1; at < segments.length; at += 1) {
    const segment = segments[at]!;
    const first = segments.indexOf(segment);
    if (first < at && segment !== '' && !ONLY_NUMBERS.test(segment)) return true;
  }
  return false;
}

/** The name, or its beginning and a hash. */
export function shortened(name: string): string {
  return name.length <= NAME_LENGTH_MAX
    ? name
    : `${name.slice(0, NAME_LENGTH_MAX)}... (${hashPair(name).toString(36)})`;
}

function hasDigit(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) return true;
  }
  return false;
}
