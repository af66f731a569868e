// The parts of an address that may change nothing: the value, the presence or the order of its parameters, tokens in
// its path, what stands behind a `;` in a segment, the case of its letters. `parameters.ts` learns which of them do
// change nothing.

import { textHash } from '../base/fingerprint.ts';
import { type Address, nameOf, shortened } from './address.ts';
import { isToken, withoutNumbers } from './segments.ts';

/**
 * A parameter or value that chooses a language is never a trap: there are few languages, and a page without a
 * translation looks the same in all of them.
 */
const LANGUAGE_NAME =
  /(?:^|[-_.])(?:hl|lr|l10n|lng|(?:use|set|ui)?lang(?:uage|id|code|ue)?|locale|sprache|idioma|lingua|taal)$/i;
const LANGUAGE_VALUE = /^[a-z]{2}(?:[-_][a-z\d]{2,4}){0,2}$/i;
/** Nothing is learnt from queries with more fields, or from more tokens and parameters in a path. */
const FIELDS_MOST = 12;
/** The mark of a parameter in a segment (`/page;v=1`). */
const MATRIX = ';';
/** The name of the part that is the last segment. */
const NAME = '/name';
/** The name of the part that is the case of the letters in the path. */
const CASE = 'case';

/** A part of an address that may change nothing. */
export interface IdlePart {
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
  /** It is the last segment, which may be the name of the page: one page for all of them teaches nothing. */
  readonly isName: boolean;
}

/** Every page with a capital in its address has this key, so it is made of a number that is there already. */
export function caseKeyOf(rest: number): number {
  return ~rest;
}

/** The part that is the case of the letters; null if all of them are small. */
function caseOf({ url, host, hash, hashInLowerCase: rest }: Address): IdlePart | null {
  if (rest === hash) return null;
  const template = (): string => withoutNumbers(url.toLowerCase());
  return {
    what: 'the case of the letters',
    where: () => shortened(template()),
    kinds: () => [`${template()} ${CASE}`, `${host} ${CASE}`],
    rest,
    key: caseKeyOf(rest),
    own: hash,
    isName: false,
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
  return isNamedLanguage(field) || LANGUAGE_VALUE.test(field.slice(nameOf(field).length + 1));
}

function isNamedLanguage(field: string): boolean {
  return LANGUAGE_NAME.test(nameOf(field));
}

/** Beside a field that is named for the language, `country=de` is no language. */
function languagesIn(fields: readonly string[]): string[] {
  return fields.filter(fields.some(isNamedLanguage) ? isNamedLanguage : isLanguage).map(nameOf);
}

function kindOf(segment: string): string {
  if (isToken(segment)) return '*';
  const mark = segment.indexOf(MATRIX);
  return withoutNumbers(mark < 0 ? segment : segment.slice(0, mark + 1));
}

export function idlePartsOf(address: Address): IdlePart[] {
  const ofCase = caseOf(address);
  const parts: IdlePart[] = ofCase === null ? [] : [ofCase];
  if (!address.hasQuery && !address.hasOddSegment) return parts;
  const { host, segments, fields } = address;
  const path = `${host}/${segments.join('/')}`;
  const kind = `${host}/${segments.map(kindOf).join('/')}`;
  const query = fields.length === 0 ? '' : `?${fields.join('&')}`;
  const add = (
    what: string,
    name: string,
    rest: string,
    own: string,
    where = address.template,
    isName = false,
  ): void => {
    const ofHost = `${host} ${name}`;
    parts.push({
      what,
      where: () => where,
      kinds: () => [`${kind} ${name}`, ofHost],
      rest: textHash(rest),
      key: textHash(`${ofHost} ${rest}`),
      own: textHash(own),
      isName,
    });
  };
  for (const at of placesOf(segments, isToken)) {
    const others = segments.toSpliced(at, 1).join('/');
    const isName = at === segments.length - 1;
    const name = isName ? NAME : `/${at}`;
    add(`segment ${at + 1} of the path`, name, `${host}/${others}${query}`, segments[at]!, address.template, isName);
  }
  for (const at of placesOf(segments, isMarked)) {
    const [bare = '', ...behind] = segments[at]!.split(MATRIX);
    const others = segments.with(at, bare).join('/');
    if (behind.some(isLanguage)) continue;
    const what = `what is behind ; in segment ${at + 1} of the path`;
    add(what, `;/${at}`, `${host}/${others}${query}`, behind.join(MATRIX), shortened(kind));
  }
  if (fields.length === 0 || fields.length > FIELDS_MOST) return parts;
  const languages = languagesIn(fields);
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
