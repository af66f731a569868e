// URLs by tables that do not come from our code: the reference resolution examples of RFC 3986 (section 5.4, as the URL
// Standard has them), what the URL Standard says of hosts, schemes, ports and odd characters, and where registrable
// domains begin. Each join is also asked of the URL parser itself, and what it gives has the key in the index of an
// archive by which readers look for it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getSurt } from 'warcio';
import { surtOf } from '../../src/archive/cdxj.ts';
import { hostOf, siteOf } from '../../src/url/host.ts';
import { joinUrl } from '../../src/url/join.ts';
import { urlKey } from '../../src/url/key.ts';
import { createScope, type ScopeRules } from '../../src/url/scope.ts';

type Table = Readonly<Record<string, string | null>>;

function assertJoins(base: string, table: Table): void {
  for (const [href, expected] of Object.entries(table)) {
    assert.equal(joinUrl(href, base), expected, `${href} on ${base}`);
    if (expected === null) continue;
    const standard = new URL(href, base);
    standard.hash = '';
    // Names and passwords belong to whoever wrote them down.
    standard.username = '';
    standard.password = '';
    assert.equal(standard.href, expected, `${href} on ${base}, by the URL parser`);
    assert.equal(surtOf(expected), getSurt(expected), `${expected} in the index, by warcio`);
  }
}

test('join: the normal examples of RFC 3986, section 5.4.1', () => {
  assertJoins('http://a/b/c/d;p?q', {
    'g:h': 'g:h',
    g: 'http://a/b/c/g',
    './g': 'http://a/b/c/g',
    'g/': 'http://a/b/c/g/',
    '/g': 'http://a/g',
    '//g': 'http://g/',
    '?y': 'http://a/b/c/d;p?y',
    'g?y': 'http://a/b/c/g?y',
    '#s': 'http://a/b/c/d;p?q',
    'g#s': 'http://a/b/c/g',
    'g?y#s': 'http://a/b/c/g?y',
    ';x': 'http://a/b/c/;x',
    'g;x': 'http://a/b/c/g;x',
    'g;x?y#s': 'http://a/b/c/g;x?y',
    '': 'http://a/b/c/d;p?q',
    '.': 'http://a/b/c/',
    './': 'http://a/b/c/',
    '..': 'http://a/b/',
    '../': 'http://a/b/',
    '../g': 'http://a/b/g',
    '../..': 'http://a/',
    '../../': 'http://a/',
    '../../g': 'http://a/g',
  });
});

test('join: the abnormal examples of RFC 3986, section 5.4.2', () => {
  assertJoins('http://a/b/c/d;p?q', {
    '../../../g': 'http://a/g',
    '../../../../g': 'http://a/g',
    '/./g': 'http://a/g',
    '/../g': 'http://a/g',
    'g.': 'http://a/b/c/g.',
    '.g': 'http://a/b/c/.g',
    'g..': 'http://a/b/c/g..',
    '..g': 'http://a/b/c/..g',
    './../g': 'http://a/b/g',
    './g/.': 'http://a/b/c/g/',
    'g/./h': 'http://a/b/c/g/h',
    'g/../h': 'http://a/b/c/h',
    'g;x=1/./y': 'http://a/b/c/g;x=1/y',
    'g;x=1/../y': 'http://a/b/c/y',
    'g?y/./x': 'http://a/b/c/g?y/./x',
    'g?y/../x': 'http://a/b/c/g?y/../x',
    'g#s/../x': 'http://a/b/c/g',
    // What the RFC leaves to those who want to be lenient, the URL Standard joins.
    'http:g': 'http://a/b/c/g',
  });
});

test('join: hosts as the URL Standard reads them', () => {
  assertJoins('http://base.example/dir/page', {
    'http://EXAMPLE.org': 'http://example.org/',
    'http://ex%61mple.org/': 'http://example.org/',
    'http://faß.example/': 'http://xn--fa-hia.example/',
    'http://日本語.jp/': 'http://xn--wgv71a119e.jp/',
    'http://example。org/': 'http://example.org/',
    'http://example.org./': 'http://example.org./',
    'http://127.1/': 'http://127.0.0.1/',
    'http://0x7f.0.0.1/': 'http://127.0.0.1/',
    'http://017700000001/': 'http://127.0.0.1/',
    'http://2130706433/': 'http://127.0.0.1/',
    'http://1.2.3.4.5/': null,
    'http://256.256.256.256/': null,
    'http://[2001:DB8:0:0:0:0:0:1]/': 'http://[2001:db8::1]/',
    'http://[::ffff:1.2.3.4]/': 'http://[::ffff:102:304]/',
    'http://[::1': null,
    'http://[g::1]/': null,
    'http://a%00b/': null,
    'http://a<b/': null,
    'http://a%b/': null,
    'http://user@/x': null,
    'http://u:p@h.example:80/': 'http://h.example/',
    'http://u@v@h.example/': 'http://h.example/',
    'http:///three.example/': 'http://three.example/',
    'http:\\\\back.example\\x': 'http://back.example/x',
    'https:other': 'https://other/',
  });
});

test('join: ports, schemes and characters as the URL Standard reads them', () => {
  assertJoins('http://base.example/dir/page?q#f', {
    'http://h.example:00080/': 'http://h.example/',
    'https://h.example:443/': 'https://h.example/',
    'https://h.example:80/': 'https://h.example:80/',
    'http://h.example:/': 'http://h.example/',
    'http://h.example:65535/': 'http://h.example:65535/',
    'http://h.example:65536/': null,
    'http://h.example:8a/': null,
    '\thttp:\n//h.example\r/x\ty ': 'http://h.example/xy',
    '\u0000 next': 'http://base.example/dir/next',
    'a b': 'http://base.example/dir/a%20b',
    'a"<>`b': 'http://base.example/dir/a%22%3C%3E%60b',
    '?"<>\'`{}': 'http://base.example/dir/page?%22%3C%3E%27`{}',
    '{x}|^': 'http://base.example/dir/%7Bx%7D|%5E',
    '%zz%4': 'http://base.example/dir/%zz%4',
    'ä/ö?ü': 'http://base.example/dir/%C3%A4/%C3%B6?%C3%BC',
    '\ud800': 'http://base.example/dir/%EF%BF%BD',
    '%2e%2E/up': 'http://base.example/up',
    '.%2E/up': 'http://base.example/up',
    'a\\b\\..\\c': 'http://base.example/dir/a/c',
    '//': null,
    '/\\host.example/x': 'http://host.example/x',
    'javascript:alert(1)': null,
    'JavaScript:alert(1)': null,
    'data:text/html,x': null,
    'mailto:x@y.example': null,
    'tel:123': null,
    '1http://x': 'http://base.example/dir/1http://x',
  });
});

test('key: one form for what is one page, and no more than that', () => {
  const same: Readonly<Record<string, readonly string[]>> = {
    'http://h.example/': ['http://h.example', 'http://h.example:80', 'http://H.EXAMPLE/?', 'http://u:p@h.example/#x'],
    'http://h.example/a/c': ['http://h.example/a/./b/../c', 'http://h.example/a/%2e/c', 'http://h.example/%61/c'],
    'http://xn--fa-hia.example/': ['http://faß.example/', 'http://XN--FA-HIA.example/'],
    'http://127.0.0.1/': ['http://127.1/', 'http://0x7f000001/'],
    'http://[2001:db8::1]/': ['http://[2001:0db8:0:0::1]:80/'],
    'http://h.example/%E2%82%AC': ['http://h.example/€', 'http://h.example/%e2%82%ac'],
    'http://h.example/?q=a%20b': ['http://h.example/?q=a b'],
  };
  for (const [key, urls] of Object.entries(same)) {
    for (const url of [key, ...urls]) assert.equal(urlKey(new URL(url).href), key, url);
  }
  const different = [
    ['http://h.example/', 'https://h.example/'],
    ['http://h.example/', 'http://www.h.example/'],
    ['http://h.example/', 'http://h.example./'],
    ['http://h.example/a', 'http://h.example/a/'],
    ['http://h.example/a', 'http://h.example/A'],
    ['http://h.example/a//b', 'http://h.example/a/b'],
    ['http://h.example/?a=1&b=2', 'http://h.example/?b=2&a=1'],
    ['http://h.example/?a=1&a=2', 'http://h.example/?a=2&a=1'],
    ['http://h.example/?q=a+b', 'http://h.example/?q=a%20b'],
    ['http://h.example/a%2Fb', 'http://h.example/a/b'],
    ['http://h.example/index.html', 'http://h.example/'],
    ['http://h.example/?x', 'http://h.example/?x='],
  ] as const;
  for (const [one, other] of different) assert.notEqual(urlKey(one), urlKey(other), `${one} ${other}`);
});

test('site: where registrable domains begin, private ones included', () => {
  const table: Table = {
    'http://example.com/': 'example.com',
    'http://a.b.example.com:8080/': 'example.com',
    'http://example.co.uk/': 'example.co.uk',
    'http://a.example.co.uk/': 'example.co.uk',
    'http://co.uk/': 'co.uk',
    'http://me.github.io/': 'me.github.io',
    'http://x.me.github.io/': 'me.github.io',
    'http://a.blogspot.com/': 'a.blogspot.com',
    'http://www.city.kawasaki.jp/': 'city.kawasaki.jp',
    'http://a.b.c.kawasaki.jp/': 'b.c.kawasaki.jp',
    'http://shop.xn--fa-hia.de/': 'xn--fa-hia.de',
    'http://食狮.公司.cn/': 'xn--85x722f.xn--55qx5d.cn',
    'http://www.example.unknown-tld/': 'example.unknown-tld',
    'http://localhost/': 'localhost',
    'http://192.0.2.7/': '192.0.2.7',
    'http://[2001:db8::1]:81/': '2001:db8::1',
  };
  for (const [url, site] of Object.entries(table)) assert.equal(siteOf(new URL(url).href), site, url);
});

test('scope: presets over ports, www, dots, addresses and names in other scripts', () => {
  const rules = (more: Partial<ScopeRules>): ScopeRules => {
    return { roots: [], scope: 'host', strict: false, include: [], exclude: [], depth: null, ...more };
  };
  const table: readonly [
    root: string,
    scope: ScopeRules['scope'],
    inside: readonly string[],
    outside: readonly string[],
  ][] = [
    [
      'https://www.example.com/',
      'host',
      ['http://example.com/x', 'https://www.example.com:443/', 'http://WWW.example.com:80/'],
      [
        'https://example.com:8443/',
        'https://www.www.example.com/',
        'https://blog.example.com/',
        'https://example.com.org/',
      ],
    ],
    ['http://192.0.2.7:81/', 'host', ['http://192.0.2.7:81/x'], ['http://192.0.2.7/', 'http://192.0.2.8:81/']],
    ['http://[2001:db8::1]/', 'host', ['http://[2001:DB8:0::1]/x'], ['http://[2001:db8::2]/']],
    ['http://faß.example/', 'host', ['http://xn--fa-hia.example/'], ['http://fass.example/']],
    [
      'https://a.me.github.io/',
      'site',
      ['https://b.me.github.io/', 'http://me.github.io:81/'],
      ['https://you.github.io/'],
    ],
    ['http://192.0.2.7/', 'site', ['http://192.0.2.7:82/'], ['http://2.7/', 'http://193.0.2.7/']],
    [
      'http://h.example/docs/intro.html?x=/y/',
      'prefix',
      ['http://h.example/docs/', 'http://www.h.example/docs/a/b', 'http://h.example/docs/../docs/c'],
      ['http://h.example/docs', 'http://h.example/documents/', 'http://h.example/docs/../x', 'http://h.example/'],
    ],
    ['http://h.example/a?b#c', 'page', ['http://h.example/a?b', 'http://h.example/%61?b'], ['http://h.example/a']],
  ];
  for (const [root, scope, inside, outside] of table) {
    const judge = createScope(rules({ roots: [new URL(root).href], scope }));
    const verdict = (url: string): string | null => judge.admits(new URL(url).href, 1);
    for (const url of inside) assert.equal(verdict(url), null, `${scope} of ${root}: ${url}`);
    for (const url of outside) assert.equal(verdict(url), 'scope', `${scope} of ${root}: ${url}`);
  }
  assert.equal(hostOf('http://u:p@h.example:81/'), 'http://h.example:81');
});
