import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { joinUrl, prepareBase } from './join.ts';

const SEED = Number(process.env['GOSSAMER_SEED'] ?? 20_261);
const CASES = Number(process.env['GOSSAMER_CASES'] ?? 100_000);

/** What the standard's own parser gives. */
function expected(href: string, base: string): string | null {
  const url = URL.parse(href, base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  url.hash = '';
  return url.href;
}

const BASES = [
  'http://example.com/',
  'https://example.com:8443/a/b/c.html',
  'http://example.com/a/b/?q=/x/y',
  'http://user:pass@example.com/a/',
  'http://[::1]:80/dir/file',
  'http://127.0.0.1:8080/p/1/page.html',
  'https://example.com/a%20b/c;d=e/f',
  'http://example.com/only',
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
    'javascript:void(0)': null,
    'http://': null,
    'https://example.org': 'https://example.org/',
    'https://example.org/ä': 'https://example.org/%C3%A4',
  };
  for (const [href, joined] of Object.entries(table)) assert.equal(joinUrl(href, base), joined, href);
});

test(`joinUrl: equals the URL parser on ${CASES} cases, seed ${SEED}`, () => {
  const piece = fc.constantFrom(
    ...[
      'a',
      'B',
      '9',
      '.',
      '..',
      '/',
      '//',
      '\\',
      '?',
      '#',
      ':',
      '@',
      '%',
      '%2e',
      '%41',
      '&',
      '=',
      ';',
      '+',
      ',',
      "'",
      '"',
      '<',
      '>',
      '`',
    ],
    ...[
      '{',
      '|',
      '^',
      '[',
      ']',
      ' ',
      '\t',
      '\n',
      '\0',
      '\u00e4',
      '\ud800',
      'http:',
      'https://',
      'http://example.com',
      'example.org',
      'xn--a',
    ],
    ...[
      './',
      '../',
      '.html',
      '~',
      '!',
      '$',
      '(',
      '*',
      'HTTP://',
      'ftp://',
      'c:',
      '1.2',
      '0x7f',
      '://',
      'https://example.com:8443',
      ':80',
      'httpd/',
    ],
  );
  const href = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(href, fc.constantFrom(...BASES), (given, base) => {
      assert.equal(joinUrl(given, prepareBase(base)!), expected(given, base), JSON.stringify([given, base]));
    }),
    { numRuns: CASES, seed: SEED },
  );
});
