// The layer that gives each request the cookies that go to its URL, and takes those that its response sets. Where no
// server sets a cookie it looks at the names of the response's fields, and that is all.

import type { Fetch, Outcome } from '../../base/contracts.ts';
import { headerAll, headerOf } from '../../base/headers.ts';
import type { CookieJar } from './jar.ts';

/** A request that has a Cookie field already is sent as it is. */
export function cookied(fetch: Fetch, jar: Pick<CookieJar, 'isEmpty' | 'fieldFor' | 'take'>): Fetch {
  const taken = (outcome: Outcome): Outcome => {
    const { headers, url } = outcome;
    if (headerOf(headers, 'set-cookie') !== undefined) jar.take(url, headerAll(headers, 'set-cookie'));
    return outcome;
  };
  return (request, signal) => {
    const { headers = [], url } = request;
    const cookies = jar.isEmpty || headerOf(headers, 'cookie') !== undefined ? '' : jar.fieldFor(url);
    return fetch(cookies === '' ? request : { ...request, cookies }, signal).then(taken);
  };
}
