import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease, Link, ParsedPage } from '../base/contracts.ts';
import { createScope } from '../url/scope.ts';
import { createAdmission } from './admission.ts';

const ROOT = 'http://h.example/';
const lease = { url: ROOT, depth: 0, forms: [], formsAskedAt: [], hops: 0 } as unknown as Lease;

function admitted(urls: readonly string[], skipped: string[] = []) {
  const scope = createScope({
    roots: [ROOT],
    scope: 'host',
    strict: false,
    include: [],
    exclude: ['(\\w+/)+x$', '(a?b?)*[?]no'],
    depth: 5,
  });
  const admission = createAdmission({
    scope,
    followNofollow: false,
    keyOf: (url) => url.toLowerCase(),
    hasCredentials: false,
    redirectsMax: 5,
    cookiesChangedAt: () => 0,
    pageRequisites: false,
    onSkip: (url, reason) => skipped.push(`${reason} ${url.slice(-1)}`),
  });
  const links = urls.map((url): Link => ({ url, kind: 'navigation', rel: '', element: 'a' }));
  return admission.links(lease, { links, nofollow: false } as unknown as ParsedPage);
}

const long = (at: number, end: string): string => `${ROOT}${String(at).padEnd(8_000, 'Ab/')}/a/${end}`;

test('Admission.links: many long URLs leave the event loop its turns, and each is judged as a short one is', async () => {
  const skipped: string[] = [];
  const found = admitted(
    Array.from({ length: 200 }, (_, at) => long(at, at % 2 === 0 ? 'x' : 'y')),
    skipped,
  );
  assert.ok(found instanceof Promise);
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const judged = await found;
  isOver = true;
  // 1.6 million characters, and 128 thousand at a time.
  assert.ok(turns >= 10, `${turns} turns`);
  assert.deepEqual(skipped, [], 'nothing is told of URLs that the store may know');
  assert.deepEqual(
    judged.map(({ skip }) => skip),
    judged.map((_, at) => (at % 2 === 0 ? 'excluded' : null)),
  );
  assert.equal(judged[1]!.key, long(1, 'y').toLowerCase());
  assert.equal(skipped.length, 100);
});

test('Admission.links: a few are had at once', () => {
  const found = admitted([`${ROOT}x`, `${ROOT}a/x`, `${ROOT}y`, 'http://other.example/']);
  assert.ok(!(found instanceof Promise));
  assert.deepEqual(
    found.map(({ skip }) => skip),
    ['excluded', 'excluded', null, 'scope'],
  );
});
