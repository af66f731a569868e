import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hostnameOf, hostOf, portOf, siteOf } from './host.ts';
import { urlKey } from './key.ts';
import { createScope, type ScopeRules } from './scope.ts';

const RULES: ScopeRules = {
  roots: ['http://example.com/docs/a.html'],
  scope: 'host',
  strict: false,
  include: [],
  exclude: [],
  depth: null,
};

test('urlKey: equivalent URLs have one key', () => {
  const table: Record<string, string[]> = {
    'http://example.com/~u': [
      'http://example.com/%7Eu',
      'http://example.com/%7eu',
      'HTTP://Example.COM:80/~u',
      'http://example.com/a/../~u',
    ],
    'http://example.com/': [
      'http://example.com',
      'http://example.com/?',
      'http://example.com/#x',
      'http://me:secret@example.com/',
    ],
    'http://example.com/%C3%A4%2F': ['http://example.com/ä%2f', 'http://example.com/%c3%a4%2F'],
    'https://example.com/?b=1&a=2': ['https://example.com:443/?b=1&a=2'],
    'http://example.com/@user': ['http://example.com/@user'],
  };
  for (const [key, urls] of Object.entries(table)) for (const url of urls) assert.equal(urlKey(url), key, url);
});

test('urlKey: what a server can tell apart stays apart', () => {
  const different = [
    'http://h/a',
    'http://h/A',
    'http://h/a/',
    'http://h/a?x',
    'http://h/a?x=',
    'https://h/a',
    'http://h:81/a',
    'http://h/a%2Fb',
    'http://h/a/b',
  ];
  assert.equal(new Set(different.map(urlKey)).size, different.length);
});

test('urlKey: a plain URL is the very same string, and a key is its own key', () => {
  const path = fc.stringMatching(/^[a-zA-Z0-9%._~/?=&@:-]{0,20}$/);
  fc.assert(
    fc.property(path, (given) => {
      const url = URL.parse(`http://example.com/${given}`);
      fc.pre(url !== null);
      const key = urlKey(url.href);
      assert.equal(urlKey(key), key);
    }),
    { numRuns: 20_000 },
  );
});

test('hostOf, hostnameOf, portOf, siteOf: the parts', () => {
  assert.equal(hostOf('https://me:pw@example.com:8443/a@b'), 'https://example.com:8443');
  assert.equal(hostOf('http://example.com/x'), 'http://example.com');
  assert.equal(hostnameOf('http://[::1]:80/'), '::1');
  assert.deepEqual([portOf('http://h/'), portOf('https://h/'), portOf('https://h:8/')], [80, 443, 8]);
  assert.equal(siteOf('https://a.b.example.co.uk/'), 'example.co.uk');
  assert.equal(siteOf('https://me.github.io/'), 'me.github.io');
  assert.equal(siteOf('http://127.0.0.1/'), '127.0.0.1');
});

test('scope: host, prefix, page, site, any, strict', () => {
  const table: [Partial<ScopeRules>, string, string | null][] = [
    [{}, 'https://www.example.com/x', null],
    [{}, 'http://example.com:8080/x', 'scope'],
    [{}, 'http://sub.example.com/', 'scope'],
    [{}, 'ftp://example.com/', 'scheme'],
    [{}, `http://example.com/${'x'.repeat(9000)}`, 'url-length'],
    [{ strict: true }, 'https://example.com/x', 'scope'],
    [{ strict: true }, 'http://example.com/x', null],
    [{ scope: 'prefix' }, 'http://example.com/docs/b/c', null],
    [{ scope: 'prefix' }, 'http://example.com/other', 'scope'],
    [{ scope: 'page' }, 'http://example.com/docs/a.html', null],
    [{ scope: 'page' }, 'http://example.com/docs/b.html', 'scope'],
    [{ scope: 'site' }, 'http://sub.example.com/', null],
    [{ scope: 'site' }, 'http://example.org/', 'scope'],
    [{ scope: 'any' }, 'http://example.org/', null],
    [{ exclude: ['/private/'] }, 'http://example.com/private/x', 'excluded'],
    [{ include: ['\\.html$'] }, 'http://example.com/x.pdf', 'excluded'],
    [{ include: ['\\.pdf$'] }, 'http://example.com/docs/a.html', null],
  ];
  for (const [rules, url, reason] of table)
    assert.equal(createScope({ ...RULES, ...rules }).admits(url, 1), reason, `${JSON.stringify(rules)} ${url}`);
});

test('scope: the registrable domain ends where the public suffix begins', () => {
  const scope = createScope({ ...RULES, scope: 'site', roots: ['http://shop.co.uk/'] });
  assert.equal(scope.admits('http://other.co.uk/', 1), 'scope');
});

test('scope: depth, and what joins', () => {
  const scope = createScope({ ...RULES, depth: 2 });
  assert.deepEqual([scope.admits('http://example.com/x', 2), scope.admits('http://example.com/x', 3)], [null, 'depth']);
  assert.equal(scope.admits('http://elsewhere.org/', 1), 'scope');
  scope.join('http://elsewhere.org/home');
  assert.equal(scope.admits('http://elsewhere.org/', 1), null);
});

test('scope: a pattern that is none names its option', () => {
  assert.throws(() => createScope({ ...RULES, include: ['('] }), /--include: "\("/);
});
