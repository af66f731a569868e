// Dates in addresses, and the words of calendars: numbers, and names of months and days in some languages.

import { HASH_START, hashByte, wordHash } from '../base/fingerprint.ts';
import { ONLY_NUMBERS, withoutEscapes, withoutNumbers } from './segments.ts';

/** January to December by language; ASCII, without accents. */
const MONTH_NAMES = [
  'january february march april may june july august september october november december sept',
  'januar februar maerz april mai juni juli august september oktober november dezember marz m%c3%a4rz j%c3%a4nner',
  'janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre f%c3%a9vrier ao%c3%bbt d%c3%a9cembre',
  'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
  'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
  'janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro mar%c3%a7o',
  'januari februari maart april mei juni juli augustus september oktober november december mars maj augusti',
  'styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien',
  'januar februar marts april maj juni juli august september oktober november desember',
  'tammikuu helmikuu maaliskuu huhtikuu toukokuu kesakuu heinakuu elokuu syyskuu lokakuu marraskuu joulukuu',
  'ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik',
]
  .join(' ')
  .split(' ');
const DAY_NAMES =
  'monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag ' +
  'lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes sabado domingo ' +
  'lunedi martedi mercoledi giovedi venerdi sabato domenica mo di mi do fr sa so tues thur thurs';
const SHORT_LENGTH = 3;
const NAMES = new Set(MONTH_NAMES.flatMap((name) => [name, name.slice(0, SHORT_LENGTH)]));

const numbered = (mark: string): string[] =>
  Array.from({ length: 54 }, (_, number) => [`${mark}${number}`, `${mark}${`${number}`.padStart(2, '0')}`]).flat();
/** The words that every calendar has: weeks, quarters, years, months, names of days. */
const CALENDAR_WORDS: ReadonlySet<number> = new Set(
  [
    ...['w', 'kw', 'q'].flatMap(numbered),
    ...Array.from({ length: 1_500 }, (_, year) => `${1_500 + year}`),
    ...NAMES,
    ...DAY_NAMES.split(' ').flatMap((name) => [name, name.slice(0, SHORT_LENGTH)]),
  ].map(wordHash),
);
/** Numbers of days and weeks. They may also be degrees or goals. */
const DAY_NUMBERS: ReadonlySet<number> = new Set(numbered('').map(wordHash));
/** Fewer than the days of a month, because those in the address and beside it are left out before. */
const DAYS_OF_MONTH = 20;

/** Words without those that every calendar has. Numbers of days are among these if there are those of a whole month. */
export function withoutCalendar(words: readonly number[]): readonly number[] {
  const rest = words.filter((word) => !CALENDAR_WORDS.has(word));
  const others = rest.filter((word) => !DAY_NUMBERS.has(word));
  return rest.length - others.length < DAYS_OF_MONTH ? rest : others;
}

/** What stands for the name of a month in a template. */
const MONTH = '@';
/** How segments name a month, once their numbers are left out: what is before the name, and what is behind it. */
const SHAPES: readonly (readonly [before: string, behind: readonly string[]])[] = [
  ['', ['', '-#', '_#', '#']],
  ['#-', ['', '-#']],
  ['#_', ['']],
  ['#', ['']],
];
const AROUND_NAME = /^(#[-_]?)?([^#_-]+)([-_]?#)?$/;

/** A segment without its numbers, with `@` if it is a month's name. */
export function withoutMonth(segment: string): string {
  const [, before = '', name = '', behind = ''] = AROUND_NAME.exec(segment) ?? [];
  const isMonth = NAMES.has(name) || (NAMES.has(name.toLowerCase()) && name === capitalised(name.toLowerCase()));
  const isShape = isMonth && SHAPES.some(([each, ends]) => each === before && ends.includes(behind));
  return isShape ? before + MONTH + behind : segment;
}

function capitalised(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}

let monthKinds: ReadonlyMap<number, number> | undefined;

/** The same for the hash of a segment. */
export function withoutMonthKind(kind: number): number {
  monthKinds ??= kindsOfMonths();
  return monthKinds.get(kind) ?? kind;
}

/** The hash of each segment that names a month, with the hash of its shape. */
function kindsOfMonths(): Map<number, number> {
  const kinds = new Map<number, number>();
  const written = [...NAMES].flatMap((name) => [name, capitalised(name)]);
  for (const [before, ends] of SHAPES) {
    const begun = hashedOn(HASH_START, before);
    const shape = hashedOn(begun, MONTH);
    for (const name of written) {
      const named = hashedOn(begun, name);
      for (const behind of ends) kinds.set(hashedOn(named, behind), hashedOn(shape, behind));
    }
  }
  return kinds;
}

/** Goes on with the hash that `kindsOf` makes of a segment. */
function hashedOn(hash: number, text: string): number {
  let kind = hash;
  for (let at = 0; at < text.length; at += 1) kind = hashByte(kind, text.charCodeAt(at));
  return kind;
}

/** Whether a segment is nothing but a date or a number. */
export function isDateOrNumber(segment: string): boolean {
  const bare = withoutNumbers(segment);
  return ONLY_NUMBERS.test(segment) || withoutMonth(bare) !== bare;
}

/** A year with its month, week or quarter, or a date of eight digits, in a path or a query. */
const DATE =
  /[/=_.-]((?:1[5-9]|2\d)\d\d)(?:[/_.-](?:0?[1-9]|1[0-2])|[/_.-]?[wq](?:0?[1-9]|[1-4]\d|5[0-3])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)/i;
/** A year behind its day, week, month or quarter. */
const DATE_BACKWARDS = /[/=_.-](?:kw|w|q)?(?:0?[1-9]|[1-4]\d|5[0-3])[/_.-]((?:1[5-9]|2\d)\d\d)(?!\d)/i;
/** A year beside the name of a month. */
const YEAR = /(?:[/=_.-]|[a-z](?=2))((?:1[5-9]|2\d)\d\d)(?!\d)/i;
const LETTERS = /[a-z]+(?:%c3%[a-f\d]{2}[a-z]+)?/gi;
/** A field that is named for a date: its year, or the seconds or milliseconds since 1970. */
const YEAR_FIELD =
  /(?:[?&/](?:[a-z]+[-_.]?)?(?:year|yr|jahr|jaar|annee|anno)[=/]|[?&](?:y|ano|rok|ar)=)(\d{4,6})(?!\d)/i;
const MOMENT_FIELD =
  /[?&](?:t|ts|time|timestamp|date|day|d|from|to|start|end|since|until|before|after)=(\d{10})(?:\d{3})?(?!\d)/i;

/** The year of a date in a path with its query; null if there is no date. */
export function yearIn(escaped: string): number | null {
  const url = withoutEscapes(escaped, '-').replaceAll('+', '-');
  const date = (DATE.exec(url) ?? DATE_BACKWARDS.exec(url))?.[1] ?? yearBesideMonth(url);
  if (date !== null) return Number(date);
  const year = YEAR_FIELD.exec(url)?.[1];
  if (year !== undefined) return Number(year);
  const seconds = MOMENT_FIELD.exec(url)?.[1];
  return seconds === undefined ? null : new Date(Number(seconds) * 1000).getUTCFullYear();
}

function yearBesideMonth(url: string): string | null {
  const year = YEAR.exec(url)?.[1];
  if (year === undefined) return null;
  const hasMonth = url.match(LETTERS)?.some((letters) => NAMES.has(letters.toLowerCase())) === true;
  return hasMonth ? year : null;
}
