<<<<<<< HEAD

// An address taken apart, and what it has in common with others: the template that is left when numbers and tokens are taken out, and the
// area of its host that it stands in. Each is made once, and only where it is asked for: this is done for every URL.

import { hashPair } from '../base/fingerprint.ts';
import { hostOf } from '../url/host.ts';

const NUMBERS = /\d+/g;
/** Letters and digits by turns, or hexadecimal digits: nobody names a page so. */
const TOKEN =
  /^(?:[a-z]{1,8}[-_.=])?\W?(?:\w\()?(?:(?=[\da-z]*\d[a-z]+\d)[\da-z]{8,}|(?=[\da-f]*\d)(?=\d*[a-f])[\da-f-]{12,})\)*$/i;
const TOKEN_LENGTH_MIN = 8;
const TOKEN_LENGTH_MAX = 512;
/** Of a longer template or area the rest is told by its hash. */
const NAME_LENGTH_MAX = 200;
/** A year with its month, in a path or a query; or a field that is named after it. */
const MONTH = /[/=_.-]((?:1[5-9]|2\d)\d\d)[/_.-](?:0?[1-9]|1[0-2])(?!\d)/;
const YEAR_FIELD = /[?&](?:year|yr|y|jahr|annee|ano|anno)=(\d{4,6})(?!\d)/i;
const ONLY_NUMBERS = /^[\d._-]*$/;
const REPEATING = '... (segments that repeat)';
=======
// Recognises a trap by the address alone: its parts repeat again and again.

/** How often one segment must occur in a row. */
const SAME_SEGMENT_TIMES = 4;
/** How often two or three segments must repeat together. */
const SAME_SEGMENTS_TIMES = 3;
const TOGETHER_MOST = 3;
/** A path of this many segments is a trap if half of its segments are repeats. */
const LONG_PATH_SEGMENTS = 8;
const EMPTY_SEGMENTS = /\/{5}/;
/** A percent sign that was escaped three times. Twice is normal when one address is a value in another. */
const ESCAPED_AGAIN = /%25(?:25)+/;
const AMPERSAND_AGAIN = /(?:amp(?:%3b|;)){3}/i;
const SAME_FIELD_TIMES = 3;
const NUMBER = /^\d*$/;

/** Why the address belongs to a trap, in words; null if it does not look like one. */
export function trapInAddress(url: string): string | null {
  if (ESCAPED_AGAIN.test(url)) return 'it escapes again what is escaped already (%2525)';
  if (AMPERSAND_AGAIN.test(url)) return 'it escapes again what is escaped already (amp;amp;amp;)';
  const question = url.indexOf('?');
  const path = question < 0 ? url : url.slice(0, question);
  const from = path.indexOf('/', path.indexOf('://') + 3);
  if (from < 0) return null;
  if (EMPTY_SEGMENTS.test(path.slice(from))) return 'its path repeats / without a name between';
  return repeatInPath(path.slice(from)) ?? (question < 0 ? null : repeatInQuery(url.slice(question + 1)));
}
>>>>>>> 885517d (url, robots, politeness, traps: comments in plain sentences)

export class Address {
  readonly url: string;
  readonly host: string;
  /** Segments between the slashes; the last is empty where the path ends in one. */
  readonly segments: readonly string[];
  /** Fields of the query as written. */
  readonly fields: readonly string[];
  #template: string | undefined;
  #area: string | undefined;
  #year: number | null | undefined;

  /** `url` is absolute and without fragment. */
  constructor(url: string) {
    this.url = url;
    this.host = hostOf(url);
    const from = this.host.length + 1;
    const question = url.indexOf('?', from);
    this.segments = (question < 0 ? url.slice(from) : url.slice(from, question)).split('/');
    this.fields = question < 0 ? NO_FIELDS : url.slice(question + 1).split('&');
  }

  /** Numbers are `#`, tokens are `*`, and of a query only the names are left, in order of the alphabet. */
  get template(): string {
    this.#template ??= shortened(
      this.fields.length === 0 ? this.#path() : `${this.#path()}?${namesOf(this.fields).sort().join('&')}`,
    );
    return this.#template;
  }

  /**
   * What is looked at together for how it grows: all queries of one path; of paths that repeat a segment those of the host; of the others
   * those that begin alike.
   */
  get area(): string {
    this.#area ??= this.#areaOf();
    return this.#area;
  }

  /** Of a date with a year and a month, or of a field for the year; null where there is no date. */
  get year(): number | null {
    if (this.#year === undefined) {
      const found = hasDigit(this.url) ? (MONTH.exec(this.url)?.[1] ?? YEAR_FIELD.exec(this.url)?.[1]) : undefined;
      this.#year = found === undefined ? null : Number(found);
    }
    return this.#year;
  }

  /** Its last part is nothing but a date or number, or it has a query: it is no article that has its date in its address. */
  get endsInNumber(): boolean {
    return this.fields.length > 0 || ONLY_NUMBERS.test(this.name);
  }

  /** The last segment that is not empty. */
  get name(): string {
    return this.segments.findLast((segment) => segment !== '') ?? '';
  }

  /** Its area is that of paths that repeat a segment, to which many others lead. */
  get isRepeating(): boolean {
    return this.area.endsWith(REPEATING);
  }

  /** Of more than three segments in a row that are alike three are left: a path may grow without end. */
  #path(): string {
    let path = this.host;
    let last = '';
    let times = 0;
    for (const segment of this.segments) {
      const part = templateOf(segment);
      times = part === last ? times + 1 : 1;
      last = part;
      if (times <= 3) path += `/${part}`;
    }
    return path;
  }

  #areaOf(): string {
    const { host, segments, fields } = this;
    if (fields.length > 0) return shortened(`${this.#path()}?...`);
    if (repeats(segments)) return `${host}/${REPEATING}`;
    return segments.length < 2 ? `${host}/...` : shortened(`${host}/${templateOf(segments[0]!)}/...`);
  }
<<<<<<< HEAD
=======
  // Numbers repeat in dates and in map tiles.
  const names = segments.filter((segment) => !NUMBER.test(segment));
  if (names.length < LONG_PATH_SEGMENTS) return null;
  const distinct = [...new Set(names)];
  return distinct.length * 2 > names.length ? null : `its path repeats ${distinct.sort().join(', ')} in any order`;
>>>>>>> 885517d (url, robots, politeness, traps: comments in plain sentences)
}

const NO_FIELDS: readonly string[] = [];

/** The names of the fields, their numbers taken out. */
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

/** A segment that is no number stands there twice. */
function repeats(segments: readonly string[]): boolean {
  if (segments.length > 16) return new Set(segments).size < segments.length;
  for (let at = 1; at < segments.length; at += 1) {
    const segment = segments[at]!;
    const first = segments.indexOf(segment);
    if (first < at && segment !== '' && !ONLY_NUMBERS.test(segment)) return true;
  }
  return false;
}

function shortened(name: string): string {
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
