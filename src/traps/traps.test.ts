import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fingerprint, wordHash } from '../base/fingerprint.ts';
import { atOnce } from '../base/slices.ts';
import { createTraps, type Traps } from './traps.ts';

const HOST = 'https://example.com';
/** Words of a page, as its bytes. */
const NOTHING = new Uint32Array(0);
const fingerprintOf = (bytes: Uint8Array): Fingerprint => {
  const words = Uint32Array.from(new Set(bytes.toString().split(' ').map(wordHash)));
  return {
    whole: words.reduce((sum, word) => sum + word, 0),
    structure: 1,
    words,
    said: words,
    tagPairs: NOTHING,
    shown: NOTHING,
    isCut: false,
  };
};

function page(traps: Traps, path: string, depth: number, text: string, fresh: readonly string[]): void {
  const reading = traps.read({ url: HOST + path, depth, status: 200, isPage: true, body: Buffer.from(text) });
  const links = fresh.map((each) => HOST + each);
  atOnce(traps.settled(reading, { digest: 0, links: () => links, fresh: links }));
}

/** A chain of pages, as deep as it is allowed; gives how deep that was. */
function chain(traps: Traps, at: (depth: number) => string, textAt: (depth: number) => string, most: number): number {
  for (let depth = 1; depth <= most; depth += 1) {
    const trap = traps.leased(HOST + at(depth), depth);
    if (trap !== null) traps.setAside(trap);
    if (trap !== null) return depth;
    page(traps, at(depth), depth, textAt(depth), [at(depth + 1)]);
  }
  return most;
}

const traps = (): Traps => createTraps(fingerprintOf, () => 2026);

test('createTraps: a chain that says nothing but its numbers ends, one that says anything does not', () => {
  assert.equal(
    chain(
      traps(),
      (n) => `/list?page=${n}`,
      (n) => `Page ${n} of many, next ${n + 1}`,
      2_000,
    ),
    354,
  );
  assert.equal(
    chain(
      traps(),
      (n) => `/list?page=${n}`,
      (n) => `Page ${n} post ${n * 7}`,
      2_000,
    ),
    2_000,
  );
});

test('createTraps: a calendar ends beyond the years that may have anything, and a year that has keeps those around it', () => {
  const month = (n: number): string => `/cal/${2026 + Math.floor(n / 12)}/${String((n % 12) + 1).padStart(2, '0')}`;
  const rules = traps();
  assert.equal(
    chain(rules, month, () => 'nothing here', 2_000),
    11 * 12,
  );
  assert.match(rules.news[0] ?? '', /a calendar that says nothing new before 2001 and after 2036$/);
  const busy = (n: number): string => (n < 120 ? `event ${n * 97}` : 'nothing here');
  assert.equal(chain(traps(), month, busy, 2_000) > 20 * 12, true);
});

test('createTraps: a root is asked for, and a trap is told once, where something was set aside for it', () => {
  const rules = traps();
  const often = '/a'.repeat(8);
  assert.equal(rules.leased(HOST + often, 0), null);
  const trap = `${HOST}: its path repeats /a`;
  for (const path of [often, `${often}/a`]) assert.equal(rules.leased(HOST + path, 5), trap);
  assert.deepEqual(rules.news, []);
  for (let time = 0; time < 2; time += 1) rules.setAside(trap);
  assert.deepEqual(rules.news, [`Set aside as a trap (--no-traps requests such pages too): ${trap}`]);
});

test('createTraps: it is told once that one template is more than half of a long queue', () => {
  const rules = traps();
  const urls = (path: string, many: number): string[] =>
    Array.from({ length: many }, (_, at) => `${HOST}/${path}/${at}`);
  atOnce(rules.settled(null, { digest: 0, links: () => [], fresh: urls('page', 999) }));
  assert.deepEqual(rules.news, []);
  for (const url of urls('page', 500)) rules.leased(url, 1);
  atOnce(rules.settled(null, { digest: 0, links: () => [], fresh: urls('other', 800) }));
  atOnce(rules.settled(null, { digest: 0, links: () => [], fresh: urls('page', 501) }));
  assert.deepEqual(rules.news, [`More than half of the queue is of one kind: ${HOST}/page/#`]);
  atOnce(rules.settled(null, { digest: 0, links: () => [], fresh: urls('page', 501) }));
  assert.equal(rules.news.length, 1);
});

/** Reads the pages below a path that repeats; gives how many were read before they were set aside. */
function repeating(at: (number: number) => string, textAt: (number: number) => string): number {
  const rules = traps();
  for (let number = 0; number < 1_000; number += 1) {
    if (rules.leased(HOST + at(number), 6) !== null) return number;
    page(rules, at(number), 6, textAt(number), []);
  }
  return 1_000;
}

test('createTraps: a path that repeats is real while its pages say anything new', () => {
  const paths = ['/src/src/src/src/', '/a/b/a/b/a/b/', '/src/main/src/test/src/main/test/src/'];
  for (const path of paths) {
    const at = (number: number): string => `${path}file${number}`;
    assert.equal(
      repeating(at, (number) => `a line ${number} of ${number * 7919}`),
      800,
      path,
    );
    assert.equal(repeating(at, (number) => `file ${number} which says nothing`) < 20, true, path);
  }
});

test('createTraps: a path that repeats twice as often is not requested', () => {
  for (const path of ['/a'.repeat(8), '/a/b'.repeat(6), '/a/b/c/a/c/b/b/a'.repeat(2)]) {
    assert.notEqual(traps().leased(HOST + path, 6), null, path);
  }
});

test('createTraps: dates that all stand at one depth are an archive; those that go deeper are a calendar', () => {
  const day = (n: number): string => `/${2020 + Math.floor(n / 336)}/${(Math.floor(n / 28) % 12) + 1}/${(n % 28) + 1}`;
  const trapOf = (depthOf: (n: number) => number): string | null => {
    const rules = traps();
    for (let n = 0; n < 600; n += 1) page(rules, day(n), depthOf(n), 'Issue', []);
    return rules.leased(HOST + day(601), depthOf(601));
  };
  assert.equal(
    trapOf(() => 3),
    null,
  );
  assert.equal(
    trapOf((n) => (n < 300 ? 2 : 4)),
    null,
  );
  assert.match(trapOf((n) => 2 + Math.floor(n / 100)) ?? '', /a calendar of which 272 pages say nothing new$/);
});

test('createTraps: lists whose leaves are not had yet are no trap, but more of them below one another are', () => {
  const hub = (n: number): string => `/hub/${'abcdefghij'[n % 10]}${n}/`;
  const trapOf = (depthOf: (n: number) => number, hasBegun: boolean): string | null => {
    const rules = createTraps(fingerprintOf, () => 2026, hasBegun);
    for (let n = 0; n < 800; n += 1)
      page(
        rules,
        hub(n),
        depthOf(n),
        'Hub',
        ['view', 'talk', 'past'].map((view) => hub(n) + view),
      );
    return rules.leased(`${HOST}/hub/a9/talk`, depthOf(800) + 1);
  };
  assert.equal(
    trapOf(() => 5, false),
    null,
  );
  assert.match(trapOf((n) => 1 + Math.floor(n / 100), false) ?? '', /say nothing new/);
  assert.match(trapOf(() => 5, true) ?? '', /say nothing new/, 'an earlier run may have had those above');
});
