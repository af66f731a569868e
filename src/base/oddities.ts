// What of a response is not as the standards have it, in words that its row keeps. Whoever wonders what was made of the
// response finds them there.

import type { Outcome } from './contracts.ts';
import { contentTypeOf, essenceOf, headerAll } from './headers.ts';
import { isContent, isRedirect, writtenLocation } from './redirects.ts';

const PARTIAL = 206;
const UNCHANGED = 304;

/** Each oddity in words. `charset` is empty if the body was not read as a page. */
export function odditiesOf(outcome: Outcome, charset: string): string[] {
  const { status, oddity, requestHead } = outcome;
  if (status === 0) return [];
  const oddities = oddity === undefined ? [] : [oddity];
  if (status === PARTIAL && !/^range:/im.test(requestHead)) oddities.push('it is a part, and the whole was asked for');
  if (status === UNCHANGED && !/^if-/im.test(requestHead))
    oddities.push('it has not changed, and nobody had asked that');
  if (isRedirect(status)) oddities.push(...ofRedirect(outcome));
  const types = headerAll(outcome.headers, 'content-type');
  if (types.length === 0 && charset !== '' && isContent(outcome))
    oddities.push('it has no Content-Type and looks like a page');
  if (types.length > 1 && (areDifferent(types.map(essenceOf)) || areDifferent(types.flatMap(charsetsOf))))
    oddities.push(`it has ${types.length} Content-Types that differ: ${contentTypeOf(outcome.headers)} counted`);
  return oddities;
}

function ofRedirect(outcome: Outcome): string[] {
  if (writtenLocation(outcome) === null) return ['it redirects, and has no Location'];
  const written = headerAll(outcome.headers, 'location').filter((value) => value.trim() !== '');
  return areDifferent(written) ? [`it has ${written.length} Locations that differ: the first one counted`] : [];
}

function charsetsOf(type: string): string[] {
  return Array.from(type.toLowerCase().matchAll(/charset="?([^\s;"]+)/g), ([, charset]) => charset!);
}

function areDifferent([first, ...others]: readonly string[]): boolean {
  return others.some((other) => other !== first);
}
