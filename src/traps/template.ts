// What addresses have in common: the template that is left when numbers and tokens are taken out, the area of a host that they stand in,
// and the parts that they are put together from.

import { hashPair } from '../base/fingerprint.ts';
import { hostOf } from '../url/host.ts';

const NUMBERS = /\d+/g;
/** Letters and digits by turns, or hexadecimal digits: nobody names a page so. */
const TOKEN =
  /^(?:[a-z]{1,8}[-_.=])?\W?(?:\w\()?(?:(?=[\da-z]*\d[a-z]+\d)[\da-z]{8,}|(?=[\da-f]*\d)(?=\d*[a-f])[\da-f-]{12,})\)*$/i;
const TOKEN_LENGTH_MAX = 512;
/** Of a longer template or area the rest is told by its hash. */
const NAME_LENGTH_MAX = 200;
/** A year with its month, in a path or a query; or a field that is named after it. */
const MONTH = /[/=_.-]((?:1[5-9]|2\d)\d\d)[/_.-](?:0?[1-9]|1[0-2])(?!\d)/;
const YEAR_FIELD = /[?&](?:year|yr|y|jahr|annee|ano|anno)=(\d{4,6})(?!\d)/i;

const REPEATING = '... (segments that repeat)';

export interface Address {
  readonly host: string;
  /** Segments between the slashes; the last is empty where the path ends in one. */
  readonly segments: readonly string[];
  /** Fields of the query as written. */
  readonly fields: readonly string[];
}

/** Takes an absolute URL without fragment apart. */
export function addressOf(url: string): Address {
  const host = hostOf(url);
  const question = url.indexOf('?', host.length);
  const path = question < 0 ? url.slice(host.length + 1) : url.slice(host.length + 1, question);
  const fields = question < 0 ? [] : url.slice(question + 1).split('&');
  return { host, segments: path.split('/'), fields };
}

/** Numbers are `#`, tokens are `*`, and of a query only the names are left, in order of the alphabet. */
export function templateOf({ host, segments, fields }: Address): string {
  const path = `${host}/${pathTemplate(segments)}`;
  return shortened(fields.length === 0 ? path : `${path}?${namesOf(fields).sort().join('&')}`);
}

/**
 * What is looked at together for how it grows: all queries of one path; of paths that repeat a segment those of the host; of the others
 * those that begin alike.
 */
export function areaOf({ host, segments, fields }: Address): string {
  if (fields.length > 0) return shortened(`${host}/${pathTemplate(segments)}?...`);
  const names = segments.filter((segment) => segment !== '' && !isNumber(segment));
  if (new Set(names).size < names.length) return `${host}/${REPEATING}`;
  return segments.length < 2 ? `${host}/...` : shortened(`${host}/${segmentTemplate(segments[0]!)}/...`);
}

/** Whether it is that of paths that repeat a segment, to which many others lead. */
export function isRepeating(area: string): boolean {
  return area.endsWith(REPEATING);
}

/** The names of the fields, their numbers taken out. */
export function namesOf(fields: readonly string[]): string[] {
  return fields.map((field) => nameOf(field).replace(NUMBERS, '#'));
}

export function nameOf(field: string): string {
  const equals = field.indexOf('=');
  return equals < 0 ? field : field.slice(0, equals);
}

export function isToken(segment: string): boolean {
  return segment.length >= 8 && segment.length <= TOKEN_LENGTH_MAX && TOKEN.test(segment);
}

/** Whether its last part is nothing but a date or number, or it has a query: it is no article that has its date in its address. */
export function endsInNumber({ segments, fields }: Address): boolean {
  return fields.length > 0 || /^[\d._-]*$/.test(segments.findLast((segment) => segment !== '') ?? '');
}

/** The year of an address that has a year and a month in it, or a field for the year; null where it has no date. */
export function yearOf(url: string): number | null {
  const year = MONTH.exec(url)?.[1] ?? YEAR_FIELD.exec(url)?.[1];
  return year === undefined ? null : Number(year);
}

function shortened(name: string): string {
  return name.length <= NAME_LENGTH_MAX
    ? name
    : `${name.slice(0, NAME_LENGTH_MAX)}... (${hashPair(name).toString(36)})`;
}

/** Of more than three segments in a row that are alike three are left: a path may grow without end. */
function pathTemplate(segments: readonly string[]): string {
  const parts = segments.map(segmentTemplate);
  if (parts.length < 4) return parts.join('/');
  return parts.filter((part, at) => [1, 2, 3].some((back) => parts[at - back] !== part)).join('/');
}

function isNumber(segment: string): boolean {
  return /^\d+$/.test(segment);
}

function segmentTemplate(segment: string): string {
  return isToken(segment) ? '*' : segment.replace(NUMBERS, '#');
}
