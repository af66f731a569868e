// The key by its meaning: URLs are made as structures, and written in many ways.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/helpers/properties.ts';
import { runSeed } from '../../test/helpers/random.ts';
import { plainKey, plainWrittenKey, urlKey, writtenKey } from './key.ts';

const SEED = runSeed('key');
const RUNS = 3_000;

/**
 * What a URL means: one character each of its path and query is an octet that stands for itself, or an escape of one
 * that cannot.
 */
interface Meaning {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  /** Null: the scheme's own. */
  readonly port: number | null;
  readonly segments: readonly (readonly string[])[];
  readonly query: readonly (readonly string[])[] | null;
}

/** How it is written: numbers that are used up one by one, whatever is to be chosen. */
type Spelling = readonly number[];

const UNRESERVED = [...'abzABZ059-._~'];
const RESERVED = [..."!$'()*+,;=:@"];
/** Octets that never stand for themselves, and reserved ones that mean something else as themselves. */
const ESCAPED = ['%20', '%2F', '%3F', '%23', '%25', '%C3%A4', '%00', '%3B', '%26', '%3D', '%40'];
const letters = fc.constantFrom(...UNRESERVED, ...RESERVED, ...ESCAPED);
const word = fc.array(letters, { maxLength: 6 });
const isDots = (segment: readonly string[]): boolean => /^\.{1,2}$/.test(segment.join(''));

const meaning: fc.Arbitrary<Meaning> = fc.record({
  scheme: fc.constantFrom('http' as const, 'https' as const),
  host: fc.constantFrom('h.org', 'www.h.org', 'xn--mnchen-3ya.de', '127.0.0.1', '[::1]'),
  port: fc.constantFrom(null, null, 8080, 81),
  segments: fc.array(
    word.filter((segment) => !isDots(segment)),
    { minLength: 1, maxLength: 4 },
  ),
  query: fc.option(fc.array(word, { minLength: 1, maxLength: 4 })),
});
const spelling: fc.Arbitrary<Spelling> = fc.array(fc.nat(1000), { minLength: 20, maxLength: 20 });

/** One of the ways to write it, all of which RFC 3986, section 6.2.2, or the URL standard call equivalent. */
function written({ scheme, host, port, segments, query }: Meaning, ways: Spelling): string {
  let at = 0;
  const way = (count: number): number => ways[at++ % ways.length]! % count;
  const anyCase = (text: string): string => (way(3) === 0 ? text.toUpperCase() : text);
  const octet = (char: string): string => {
    if (char.startsWith('%')) return way(2) === 0 ? char : char.toLowerCase();
    if (!UNRESERVED.includes(char) || way(4) > 0) return char;
    const code = char.charCodeAt(0).toString(16);
    return `%${way(2) === 0 ? code : code.toUpperCase()}`;
  };
  const text = (chars: readonly string[]): string => chars.map(octet).join('');
  const own = scheme === 'http' ? ':80' : ':443';
  const shownPort = port === null ? ['', own, ':'][way(3)]! : `:${port}`;
  const userinfo = ['', '', 'me@', 'me:pw@'][way(4)]!;
  const detours = ['', '', './', 'x/../', '%2e/', 'y/%2E%2e/'];
  const path = segments.map((segment) => `/${detours[way(detours.length)]}${text(segment)}`).join('');
  const noQuery = ['', '?'][way(2)]!;
  const shownQuery = query === null ? noQuery : `?${query.map(text).join('&')}`;
  const fragment = ['', '#', '#part', '#?a'][way(4)]!;
  return `${anyCase(scheme)}://${userinfo}${anyCase(host)}${shownPort}${path}${shownQuery}${fragment}`;
}

/** What keys must tell apart. */
function told({ scheme, host, port, segments, query }: Meaning): string {
  const isEmpty = query === null || query.map((each) => each.join('')).join('&') === '';
  return JSON.stringify([scheme, host, port, segments, isEmpty ? null : query?.map((each) => each.join('')).join('&')]);
}

test('plainKey: all ways to write a URL have one key, and the key is one of them', () => {
  const property = fc.property(meaning, spelling, spelling, (means, one, other) => {
    const key = plainKey(written(means, one));
    assert.equal(plainKey(written(means, other)), key);
    assert.equal(plainKey(key), key, 'a key is its own key');
    assert.equal(new URL(key).href, key, 'a key is a URL as the URL parser writes it');
  });
  fc.assert(property, { numRuns: RUNS, seed: SEED });
});

test('plainKey: URLs that mean something else have other keys', () => {
  // Neighbours: the same but for one part.
  const property = fc.property(meaning, meaning, fc.nat(4), spelling, spelling, (means, from, part, one, other) => {
    const name = (['scheme', 'host', 'port', 'segments', 'query'] as const)[part]!;
    const changed = { ...means, [name]: from[name] };
    assert.equal(plainKey(written(means, one)) === plainKey(written(changed, other)), told(means) === told(changed));
  });
  fc.assert(property, { numRuns: RUNS, seed: SEED });
});

const MARKS = ['utm_source=x', 'UTM_x', 'fbclid=', 'PHPSESSID=1a2b3c', 'sid=0123456789abcdef0', 'utm%5Fx=1', 'gclid'];
const PATH_MARKS = ['', ';jsessionid=1a2b', ';PHPSESSID=0a1b2c3d', ';jsessionid=a1b2;jsessionid=b1a2'];

test('urlKey: marks and sessions change nothing, wherever they stand', () => {
  const places = fc.array(fc.tuple(fc.nat(8), fc.constantFrom(...MARKS)), { maxLength: 4 });
  const property = fc.property(meaning, places, fc.array(fc.constantFrom(...PATH_MARKS)), (means, marks, pathMarks) => {
    const bare = written(means, [2]);
    const query = (means.query ?? []).map((field) => field.join(''));
    for (const [at, mark] of marks) query.splice(Math.min(at, query.length), 0, mark);
    const segments = means.segments.map((segment, at) => [...segment, pathMarks[at] ?? '']);
    const path = written({ ...means, segments, query: null }, [2]).replace(/[?#].*/, '');
    const marked = query.length === 0 ? path : `${path}?${query.join('&')}`;
    assert.equal(urlKey(marked), urlKey(bare), `${marked} and ${bare}`);
  });
  fc.assert(property, { numRuns: RUNS, seed: SEED });
});

test('urlKey: a key is its own key, whatever is left once the marks are gone', () => {
  const pieces = ['/', '/', '.', '..', '%2e', 'a', '?', '&', '=', '%', '%3b', '#', ...MARKS, ...PATH_MARKS];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 12 });
  const property = fc.property(text, (found) => {
    const key = urlKey(`http://h/${found.join('')}`);
    assert.equal(urlKey(key), key);
    assert.equal(new URL(key).href, key);
  });
  fc.assert(property, { numRuns: RUNS, seed: SEED });
});

const WRITTEN = ['/a|b', '/a^b', '/a?q={b}', '/a?q=`', '/a?q=\\', '/?a=|&b=[1]', '/a?', '/%7e', '/'].map(
  (path) => `http://h.test${path}`,
);

test('writtenKey: is urlKey where the URL parser leaves signs as they are', () => {
  for (const url of WRITTEN) assert.equal(writtenKey(new URL(url).href), urlKey(url), url);
  assert.equal(writtenKey('http://h.test/a|b'), 'http://h.test/a%7Cb');
});

test('plainKey: a host that is a number is an address', () => {
  const hosts = [
    '0',
    '1',
    '127.1',
    '0x7f.1',
    '127.0.0.1',
    '1.2.3.4',
    '010.0.0.1',
    '255.255.255.255',
    '1.2.3.4.',
    '127.0.0.0x1',
  ];
  for (const host of [...hosts, 'a.1b', '1.a', '1-1', 'a1', '4.a.test', '1.2.3.4.test']) {
    const url = `http://${host}/a`;
    assert.equal(plainKey(url), new URL(url).href, host);
  }
});

test('writtenKey, plainWrittenKey: the same keys for what the URL parser wrote', () => {
  const property = fc.property(meaning, spelling, fc.constantFrom('', ...MARKS), (means, ways, mark) => {
    const { href, hash } = new URL(written({ ...means, query: [...(means.query ?? []), [mark]] }, ways));
    const url = href.slice(0, href.length - hash.length).replace(/#$/, '');
    assert.equal(writtenKey(url), urlKey(url));
    assert.equal(plainWrittenKey(url), plainKey(url));
  });
  fc.assert(property, { numRuns: RUNS, seed: SEED });
});
