import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/helpers/properties.ts';
import { hostnameOf, hostOf, portOf, siteOf } from './host.ts';
import { urlKey } from './key.ts';
import { createScope, type Scope, type ScopeRules } from './scope.ts';

const SEED = Number(process.env['GOSSAMER_SEED'] ?? 20_262);

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

test('urlKey: what is no http URL, or none at all, is left as it is', () => {
  assert.equal(urlKey('ftp://h/%7e#x'), 'ftp://h/%7e');
  assert.equal(urlKey('no url'), 'no url');
});

test('urlKey: stray percent signs cannot become escapes', () => {
  assert.equal(urlKey('http://h/%%34%31'), 'http://h/%2541');
  assert.equal(urlKey('http://h/100%'), 'http://h/100%25');
});

/** The rules of the key once more, character by character. */
function slowKey(url: string): string {
  const { protocol, host, pathname, search } = new URL(url);
  const kept = /[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]/;
  let key = `${protocol}//${host}`;
  const text = pathname + search;
  for (let at = 0; at < text.length; at += 1) {
    const digits = /^%([0-9a-f]{2})/i.exec(text.slice(at))?.[1];
    const char = digits === undefined ? text[at]! : String.fromCharCode(Number.parseInt(digits, 16));
    if (digits !== undefined) at += 2;
    const stays = digits === undefined ? kept.test(char) : /[A-Za-z0-9\-._~]/.test(char);
    key += stays ? char : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return key;
}

test(`urlKey: plain or not, the same rules hold, and a key is its own key (seed ${SEED})`, () => {
  const pieces = "a Z 9 / . .. // ? # : @ % %7e %2F %2f %4a %C3%A9 %c3 %25 %zz & = ' | ^ [ ] { } < ` * $ ~ \\ é".split(
    ' ',
  );
  const hosts = [
    'http://h.org',
    'https://h.org:443',
    'http://h:80',
    'http://h:8080',
    'http://me:pw@H',
    'http://[::1]:81',
  ];
  const tail = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((found) => found.join(''));
  fc.assert(
    fc.property(fc.constantFrom(...hosts), tail, (host, path) => {
      const url = URL.parse(`${host}/${path}`)?.href;
      if (url === undefined) return;
      const key = urlKey(url);
      assert.equal(key, slowKey(url), url);
      assert.equal(urlKey(key), key, url);
    }),
    { numRuns: 50_000, seed: SEED },
  );
});

test('hostOf, hostnameOf, portOf, siteOf: the parts', () => {
  assert.equal(hostOf('https://me:pw@example.com:8443/a@b'), 'https://example.com:8443');
  assert.equal(hostOf('http://example.com/x'), 'http://example.com');
  assert.equal(hostnameOf('http://[::1]:80/'), '::1');
  assert.deepEqual([portOf('http://h/'), portOf('https://h/'), portOf('https://h:8/')], [80, 443, 8]);
  assert.equal(hostOf('urn:isbn:1'), 'urn:');
  assert.equal(hostOf('http://h'), 'http://h');
  assert.deepEqual(['http://me@h.org:81/x', 'https://H.org/@'.toLowerCase()].map(hostnameOf), ['h.org', 'h.org']);
  assert.equal(portOf('http://[::1]/'), 80);
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
    [{ roots: ['https://h.org:81/'] }, 'http://h.org:81/', 'scope'],
    [{ roots: ['https://www.h.org:81/'] }, 'https://h.org:81/', null],
    [{}, 'http://example.com.evil.org/', 'scope'],
    [{}, 'http://example.com@evil.org/', 'scope'],
    [{ strict: true }, 'https://example.com/x', 'scope'],
    [{ strict: true }, 'http://www.example.com/x', 'scope'],
    [{ scope: 'prefix' }, 'https://www.example.com/%64ocs/x', null],
    [{ scope: 'prefix' }, 'http://example.com/docs', 'scope'],
    [{ scope: 'prefix', strict: true }, 'https://example.com/docs/b', 'scope'],
    [{ scope: 'page' }, 'http://example.com/docs/%61.html', null],
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

test('scope: exclude beats include and roots; include spares roots; old patterns are taken', () => {
  const rules = { ...RULES, include: ['/docs/', '\\-'], exclude: ['a\\.html$'] };
  const scope = createScope(rules);
  assert.equal(scope.admits('http://example.com/docs/a.html', 0), 'excluded');
  assert.equal(scope.admits('http://example.com/docs/b', 0), null);
  assert.equal(scope.admits('http://example.com/x-y', 0), null);
});

test('scope: the registrable domain ends where the public suffix begins', () => {
  const scope = createScope({ ...RULES, scope: 'site', roots: ['http://shop.co.uk/'] });
  assert.equal(scope.admits('http://other.co.uk/', 1), 'scope');
});

test('scope: depth, and what joins', () => {
  const scope = createScope({ ...RULES, depth: 2 });
  assert.deepEqual([scope.admits('http://example.com/x', 2), scope.admits('http://example.com/x', 3)], [null, 'depth']);
  assert.equal(scope.admits('http://elsewhere.org/', 1), 'scope');
  scope.ended('http://elsewhere.org/home', 200);
  assert.equal(scope.admits('http://elsewhere.org/', 1), null);
  assert.equal(scope.admits('http://third.org/', 3), 'scope', 'depth is the last thing that is said');
});

test('scope: the prefix is where the redirects of a root end', () => {
  const inside = (scope: Scope, ...paths: string[]): string[] =>
    paths.filter((path) => scope.admits(`http://example.com${path}`, 1) === null);
  const prefix = (...roots: string[]): Scope => createScope({ ...RULES, scope: 'prefix', roots });
  const docs = prefix('http://example.com/docs');
  const paths = ['/', '/docs', '/docs/', '/docs/a', '/other', '/en/docs/a', '/en/b'];
  assert.deepEqual(inside(docs, ...paths), ['/docs/', '/docs/a'], 'as long as nothing is known');
  docs.moved('http://example.com/docs', 'http://example.com/docs/');
  docs.ended('http://example.com/docs/', 200);
  assert.deepEqual(inside(docs, ...paths), ['/docs/', '/docs/a']);
  const file = prefix('http://example.com/docs');
  file.ended('http://example.com/docs', 500);
  assert.deepEqual(inside(file, ...paths), ['/docs/', '/docs/a']);
  file.ended('http://example.com/docs', 200);
  assert.deepEqual(inside(file, ...paths, '/docs?a=1', '/docsx'), ['/docs', '/docs/', '/docs/a', '/docs?a=1']);
  for (const [root, expected] of [
    ['/v/1.2', ['/v/1.2', '/v/1.2/a']],
    ['/v/a.html', ['/v/1.2', '/v/1.2/a', '/v/b']],
    ['/v/', ['/v/1.2', '/v/1.2/a', '/v/b']],
  ] as const) {
    const scope = prefix(`http://example.com${root}`);
    scope.ended(`http://example.com${root}`, 200);
    assert.deepEqual(inside(scope, '/', '/v/1.2', '/v/1.2/a', '/v/b', '/w'), expected, root);
  }
  const secure = prefix('http://example.com/docs');
  secure.moved('http://example.com/docs', 'https://www.example.com/docs');
  secure.ended('https://www.example.com/docs', 200);
  assert.deepEqual(inside(secure, ...paths), ['/docs', '/docs/', '/docs/a']);
  const start = prefix('http://example.com/docs/');
  start.moved('http://example.com/docs/', 'http://example.com/docs/intro');
  start.ended('http://example.com/docs/intro', 200);
  assert.deepEqual(inside(start, ...paths), ['/docs/', '/docs/a'], 'a redirect may lead to any page of the folder');
  const chain = prefix('http://example.com/docs/');
  chain.moved('http://example.com/docs/', 'http://example.com/en/docs');
  chain.moved('http://example.com/en/docs', 'https://www.example.com/en/docs/index.html');
  chain.ended('https://www.example.com/en/docs/index.html', 200);
  assert.deepEqual(inside(chain, ...paths), ['/en/docs/a']);
  const two = prefix('http://example.com/docs', 'http://example.com/en/b', 'http://example.com/other/');
  two.ended('http://example.com/other/', 200);
  two.moved('http://example.com/docs', 'http://example.com/other/');
  two.moved('http://example.com/en/b', 'http://example.com/en/b/');
  two.ended('http://example.com/en/b/', 200);
  assert.deepEqual(inside(two, ...paths, '/other/x', '/en/b/x'), ['/other/x', '/en/b/x']);
  const circle = prefix('http://example.com/docs');
  circle.moved('http://example.com/docs', 'http://example.com/docs/');
  circle.moved('http://example.com/docs/', 'http://example.com/docs');
  assert.deepEqual(inside(circle, ...paths), ['/docs/', '/docs/a']);
});

test('scope: a host that only lay on the way of a root is not in the job', () => {
  const scope = createScope(RULES);
  scope.moved('http://example.com/docs/a.html', 'http://consent.org/ask');
  assert.equal(scope.admits('http://consent.org/x', 1), 'scope');
  scope.moved('http://consent.org/ask', 'http://example.net/');
  scope.ended('http://example.net/', 200);
  assert.deepEqual(
    ['http://consent.org/x', 'http://example.net/x', 'http://example.com/x'].map((url) => scope.admits(url, 1)),
    ['scope', null, null],
  );
});

test('createScope: no pattern and no URL can hold it up', () => {
  const hostile = `http://example.com/${'a'.repeat(8_000)}!`;
  for (const pattern of ['(a+)+$', '(.*a){20}b', '(a|aa)+$', '(a*)*b', '([a-z]+)*[0-9]', '(x+x+)+y']) {
    const scope = createScope({ ...RULES, exclude: [pattern] });
    scope.admits(hostile, 0);
    const before = performance.now();
    assert.equal(scope.admits(hostile, 0), null, pattern);
    const tookMs = performance.now() - before;
    assert.ok(tookMs < 500, `${pattern} took ${tookMs} ms`);
  }
});
