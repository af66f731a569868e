import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/helpers/properties.ts';
import { createBases, joinUrl, prepareBase } from './join.ts';

const SEED = Number(process.env['GOSSAMER_SEED'] ?? 20_261);
const CASES = Number(process.env['GOSSAMER_CASES'] ?? 100_000);

/** What the standard's own parser gives, without fragment, name and password. */
function expected(href: string, base: string): string | null {
  const url = URL.parse(href, base);
  if (url === null || /^(javascript|mailto|data|tel):$/.test(url.protocol)) return null;
  Object.assign(url, { hash: '', username: '', password: '' });
  return url.href;
}

const BASES = [
  'http://example.com/',
  'https://example.com:8443/a/b/c.html',
  'http://example.com/a/b/?q=/x/y',
  'http://user:pass@example.com/a/',
  'http://[::1]:80/dir/file',
  'http://127.0.0.1:8080/p/1/page.html',
  'https://example.com/a%20b/c;d=e/f#frag',
  'http://example.com/only?',
  'http://example.com//a//b',
  'http://example.com/c:/d|/e',
  'ftp://example.com/a/b',
  'mailto:me',
  'foo://bar/baz',
];

test('joinUrl: tables', () => {
  const base = 'http://example.com/a/b/c.html?q#f';
  const table: Record<string, string | null> = {
    'd.html': 'http://example.com/a/b/d.html',
    './d.html': 'http://example.com/a/b/d.html',
    '../d.html': 'http://example.com/a/d.html',
    '../../../../d.html': 'http://example.com/d.html',
    '/d.html#x': 'http://example.com/d.html',
    '?x=1': 'http://example.com/a/b/c.html?x=1',
    '#top': 'http://example.com/a/b/c.html?q',
    '': 'http://example.com/a/b/c.html?q',
    '//other.org/x': 'http://other.org/x',
    'HTTP://EXAMPLE.com/X': 'http://example.com/X',
    '  d.html\n': 'http://example.com/a/b/d.html',
    'd e.html': 'http://example.com/a/b/d%20e.html',
    'mailto:a@b': null,
    'TEL:1': null,
    'java\tscript:x': null,
    'ftp://example.org/x#y': 'ftp://example.org/x',
    'urn:isbn:1': 'urn:isbn:1',
    'a:b': 'a:b',
    './a:b': 'http://example.com/a/b/a:b',
    '/a%2e%2E/%2e./b': 'http://example.com/b',
    'http://example.com': 'http://example.com/',
    'http://example.community/x': 'http://example.community/x',
    'http://a_b.org/x': 'http://a_b.org/x',
    'http://a b/': null,
    'http://a--b.org/x': 'http://a--b.org/x',
    'http://10/x': 'http://0.0.0.10/x',
    'javascript:void(0)': null,
    'http://': null,
    'https://example.org': 'https://example.org/',
    'https://example.org/ä': 'https://example.org/%C3%A4',
  };
  for (const [href, joined] of Object.entries(table)) assert.equal(joinUrl(href, base), joined, href);
});

test(`joinUrl: equals the URL parser on ${CASES} cases, seed ${SEED}`, () => {
  const plain = 'a B 9 . .. / // ? # : @ % %2e %41 & = ; + , ~ ! $ ( * ./ ../ .html c: 1.2 0x7f :// :80 %zz a.b -- _';
  const odd =
    '\\ \' " < > ` { | ^ [ ] \u00e4 \ud800 http: https:// HTTP:// ftp:// mailto: javascript: httpd/ xn--a user:pw@';
  const hosts =
    'http://example.com example.org https://example.com:8443 http://user:pass@example.com //h. http://h:443/ h.9/';
  const piece = fc.constantFrom(
    ...`${plain} ${odd} ${hosts}`.split(' '),
    ' ',
    '\t',
    '\n',
    '\r',
    '\0',
    '\x7f',
    '\u00a0',
  );
  const href = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(href, fc.constantFrom(...BASES), (given, base) => {
      assert.equal(joinUrl(given, prepareBase(base)!), expected(given, base), JSON.stringify([given, base]));
    }),
    { numRuns: CASES, seed: SEED },
  );
});

test('createBases: gives what prepareBase gives, whatever came before', () => {
  const hosts = [
    'http://a.test',
    'https://a.test',
    'http://a.test:8080',
    'http://u:p@a.test',
    'http://127.0.0.1:99',
    'mailto:x',
  ];
  const paths = [
    '',
    '/',
    '/a/b',
    '/a/b/',
    '/a/../b',
    '/a/./',
    '/a?b/c',
    '/a#b',
    '/%2e%2e/a',
    '/a b',
    '/\u00e4',
    '/a//b?c?d',
    '?q',
  ];
  const urls = hosts.flatMap((host) => paths.map((path) => host + path));
  const baseOf = createBases();
  for (const url of [...urls, ...urls.toReversed()]) assert.deepEqual(baseOf(url), prepareBase(url), url);
});
