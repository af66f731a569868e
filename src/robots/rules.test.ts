import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/helpers/properties.ts';
import { parseRobots, rulesFor } from './rules.ts';

const rules = (text: string, agent = 'gossamer') => rulesFor(parseRobots(Buffer.from(text)), agent);
const allows = (text: string, path: string, agent = 'gossamer') => rules(text, agent).decide(`http://h${path}`).allowed;

test('rules: the longest match decides, and Allow wins a tie', () => {
  const text = 'User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nAllow: /same\nDisallow: /same\n';
  assert.deepEqual(
    ['/', '/a', '/a/b', '/a/b/c', '/same', '/A'].map((path) => allows(text, path)),
    [true, false, true, false, true, true],
  );
});

test('rules: * is any run, $ the end', () => {
  const text = 'User-agent: *\nDisallow: /*.gif$\nDisallow: /a*b*c\nDisallow: /x$\n';
  const table: Record<string, boolean> = {
    '/pic.gif': false,
    '/pic.gif?x': true,
    '/gif.gif.gif': false,
    '/a1b2c3': false,
    '/abc': false,
    '/acb': true,
    '/x': false,
    '/xy': true,
  };
  for (const [path, allowed] of Object.entries(table)) assert.equal(allows(text, path), allowed, path);
});

test('rules: our own group before *, groups of one agent merged, without regard to case', () => {
  const text =
    'user-agent: GOSSAMER/2.0\ndisallow: /a\n\nUser-Agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: Gossamer\nDisallow: /b\n';
  assert.deepEqual(
    ['/a', '/b', '/c'].map((path) => allows(text, path)),
    [false, false, true],
  );
  assert.equal(allows(text, '/c', 'somebody'), false);
});

test('rules: no group for us and none for * allows everything', () => {
  assert.equal(allows('User-agent: other\nDisallow: /', '/x'), true);
  assert.equal(allows('Disallow: /', '/x'), true);
  assert.equal(allows('', '/x'), true);
});

test('rules: an empty Disallow allows; robots.txt itself is always allowed', () => {
  assert.equal(allows('User-agent: *\nDisallow:', '/x'), true);
  assert.equal(allows('User-agent: *\nDisallow: /', '/robots.txt'), true);
});

test('rules: percent-encoding is compared in one form', () => {
  const text = 'User-agent: *\nDisallow: /caf%c3%a9\nDisallow: /ツ\nDisallow: /%7Ejoe\nDisallow: /a%2Fb\n';
  assert.deepEqual(
    ['/café', '/caf%C3%A9', '/%E3%83%84', '/~joe', '/a%2fb', '/a/b'].map((path) => allows(text, path)),
    [false, false, false, false, false, true],
  );
});

test('parseRobots: BOM, line ends, comments, spaces, and a page of HTML', () => {
  assert.equal(allows('\ufeffUser-agent: *\rDisallow : /a # private\r\n', '/a'), false);
  assert.equal(allows('<!DOCTYPE html>\nUser-agent: *\nDisallow: /', '/a'), false);
  assert.equal(allows('<!DOCTYPE html>\n<p>User-agent: * and\nDisallow: / are fields', '/a'), true);
});

test('parseRobots: Crawl-delay and sitemaps', () => {
  const file = rules('Sitemap: http://h/s.xml\nUser-agent: *\nCrawl-delay: 2.5\n');
  assert.deepEqual([file.crawlDelayMs, file.sitemaps], [2500, ['http://h/s.xml']]);
  assert.equal(rules('User-agent: *\nCrawl-delay: soon\n').crawlDelayMs, null);
});

test('decide: names the line', () => {
  const { decide } = rules('# hello\nUser-agent: *\nDisallow: /a\n');
  assert.deepEqual(decide('http://h/a/b'), { allowed: false, line: 3, text: 'Disallow: /a' });
  assert.deepEqual(decide('http://h/b'), { allowed: true, line: 0, text: '' });
});

test('parseRobots: a huge file is cut at a line and its first 500 KiB hold', () => {
  const filler = 'Disallow: /filler/with/some/length\n'.repeat(20_000);
  const text = `User-agent: *\nDisallow: /first\n${filler}Disallow: /last\n`;
  assert.deepEqual([allows(text, '/first'), allows(text, '/last')], [false, true]);
});

test('parseRobots and decide: never throw, and agree with a regular expression', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.webUrl(), (bytes, url) => {
      rulesFor(parseRobots(bytes), 'gossamer').decide(url);
    }),
  );
  const part = fc.constantFrom('a', 'b', '/', '*', '.');
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 7 }),
      fc.boolean(),
      fc.stringMatching(/^[ab/.]{0,10}$/),
      (parts, isAnchored, rest) => {
        const pattern = `/${parts.join('')}${isAnchored ? '$' : ''}`;
        const source = pattern.replace(/[.]/g, '\\.').replaceAll('*', '.*');
        const expected = !new RegExp(`^${source}`).test(`/${rest}`);
        assert.equal(allows(`User-agent: *\nDisallow: ${pattern}`, `/${rest}`), expected, `${pattern} /${rest}`);
      },
    ),
    { numRuns: 5000 },
  );
});

test('rules: the example of RFC 9309, section 5.1', () => {
  const text = [
    'User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n',
    'User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n',
    'User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n',
    'User-Agent: quxbot\n',
  ].join('\n');
  const table: readonly [agent: string, path: string, allowed: boolean][] = [
    ['anybot', '/a.gif', false],
    ['anybot', '/a.gif?b', true],
    ['anybot', '/example/x', false],
    ['anybot', '/publications/x', true],
    ['anybot', '/', true],
    ['FooBot', '/', false],
    ['FooBot', '/example/page.html', true],
    ['FooBot', '/example/allowed.gif', true],
    ['FooBot', '/example/other', false],
    ['barbot', '/example/page.html', false],
    ['bazbot', '/example/page.html', false],
    ['bazbot', '/example/x', true],
    ['quxbot', '/example/page.html', true],
  ];
  for (const [agent, path, allowed] of table) assert.equal(allows(text, path, agent), allowed, `${agent} ${path}`);
});

test('rules: the longest match of RFC 9309, section 5.2', () => {
  const text = 'User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n';
  assert.equal(allows(text, '/example/page/disallowed.gif', 'foobot'), false);
  assert.equal(allows(text, '/example/page/other.gif', 'foobot'), true);
});

test('rules: the encodings of RFC 9309, section 2.2.2, and the special characters of section 2.2.3', () => {
  const table: readonly [pattern: string, path: string, matches: boolean][] = [
    ['/foo/bar?baz=quz', '/foo/bar?baz=quz', true],
    ['/foo/bar?baz=https://foo.bar', '/foo/bar?baz=https://foo.bar', true],
    ['/foo/bar?baz=https%3A%2F%2Ffoo.bar', '/foo/bar?baz=https://foo.bar', false],
    ['/foo/bar/\u30c4', '/foo/bar/%E3%83%84', true],
    ['/foo/bar/%E3%83%84', '/foo/bar/\u30c4', true],
    ['/foo/bar/%e3%83%84', '/foo/bar/%E3%83%84', true],
    ['/foo/bar/%62%61%7A', '/foo/bar/baz', true],
    ['/foo/bar/baz', '/foo/bar/%62%61%7A', true],
    ['/path/file-with-a-%2A.html', '/path/file-with-a-*.html', true],
    ['/path/file-with-a-%2A.html', '/path/file-with-a-b.html', false],
    ['/path/foo-%24', '/path/foo-$', true],
    ['/path/foo-%24', '/path/foo-', false],
    ['/a$b', '/a$bc', true],
    ['/a$b', '/a', false],
    ["/it's", '/it%27s', true],
    ['/a|b', '/a%7cb', true],
    ['/100%', '/100%25', true],
    ['/a b', '/a%20b', true],
    ['/*%', '/caf\u00e9', true],
    ['/*%', '/caf', false],
    ['/a%*b', '/a%20b', true],
    ['/a%e', '/a%E2%82%AC', true],
    ['/a%2', '/a%30', false],
    ['/100%$', '/100%25', true],
    ['/a%$', '/a%20', false],
    ['/%zz', '/%25zz', true],
  ];
  for (const [pattern, path, matches] of table) {
    assert.equal(allows(`User-agent: *\nDisallow: ${pattern}`, path), !matches, `${pattern} ${path}`);
  }
});

test('rules: octets that are no UTF-8 match their escapes', () => {
  const file = Buffer.concat([Buffer.from('User-agent: *\nDisallow: /caf'), Buffer.from([0xe9])]);
  assert.equal(rulesFor(parseRobots(file), 'gossamer').decide('http://h/caf%e9').allowed, false);
});

test('rules: only Allow and Disallow end a row of agents', () => {
  for (const between of ['', 'Sitemap: http://h/s.xml', 'Nonsense: 1', 'nonsense', '# comment', 'Crawl-delay: 5']) {
    const text = `User-agent: a\n${between}\n\nUser-agent: *\nDisallow: /\n`;
    assert.deepEqual([allows(text, '/x', 'a'), allows(text, '/x', 'b')], [false, false], between);
  }
  const text = 'User-agent: a\nCrawl-delay: 5\nUser-agent: *\nDisallow: /\n';
  assert.deepEqual([rules(text, 'a').crawlDelayMs, rules(text, 'b').crawlDelayMs], [5000, null]);
});

test('rules: common misspellings mean what they look like', () => {
  assert.equal(allows('user agent : gossamer\ndissallow : /x', '/x'), false);
  assert.equal(allows('User-agent *\nDisallow /x', '/x'), false);
  assert.equal(allows('User-agent: *\nDisallow /x y', '/x'), true);
  assert.equal(allows('User-agent: * all of you\nDisallow: /x', '/x'), false);
  assert.equal(allows('User-agent: gossamers\nDisallow: /x', '/x'), true);
});

test('rules: a path needs no more than a host before it', () => {
  const { decide } = rules('User-agent: *\nDisallow: /$\nDisallow: /?q');
  assert.deepEqual(
    ['http://h', 'http://h/', 'http://h#x', 'http://h?q=1', 'http://h/x'].map((url) => decide(url).allowed),
    [false, false, false, false, true],
  );
});

test('rules: stars cost no more than they match', () => {
  const text = `User-agent: *\nDisallow: /${'*a'.repeat(2000)}b\n`.repeat(100);
  assert.equal(allows(text, `/${'a'.repeat(8000)}`), true);
});

test('rules: what a line may look like, and its number', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
  const table: readonly (readonly [name: string, file: Uint8Array, line: number])[] = [
    ['LF', bytes('# one\nUser-agent: *\n\nDisallow: /a\n'), 4],
    ['CR LF', bytes('# one\r\nUser-agent: *\r\n\r\nDisallow: /a\r\n'), 4],
    ['CR alone', bytes('# one\rUser-agent: *\r\rDisallow: /a'), 4],
    ['ends of all kinds', bytes('# one\r\nUser-agent: *\r\nDisallow: /b\rDisallow: /c\n\nDisallow: /a'), 6],
    ['a byte order mark', bytes('\xef\xbb\xbfUser-agent: *\nDisallow: /a'), 2],
    ['half a byte order mark', bytes('\xef\xbbUser-agent: *\nDisallow: /a'), 2],
    ['tabs and spaces', bytes('\t User-agent\t:\t*\t\n \tDisallow \t:/a \t# why'), 2],
    ['no space at all', bytes('user-agent:*\ndisallow:/a#why'), 2],
    ['a broken byte order mark hides its line', bytes('\xef\x11\xbfUser-agent: *\nDisallow: /a'), 0],
    [
      'a mark in the middle, as between two files that were joined',
      bytes('User-agent: *\n\xef\xbb\xbfDisallow: /a'),
      2,
    ],
  ];
  for (const [name, file, line] of table) {
    const decision = rulesFor(parseRobots(file), 'gossamer').decide('http://h/a');
    assert.deepEqual([decision.line, decision.allowed], [line, line === 0], name);
  }
});

test('rules: the end of a character is no white space', () => {
  assert.equal(allows('User-agent: *\nDisallow: /caf\u00e0', '/caf\u00e8'), true);
  assert.equal(allows('User-agent: *\nDisallow: /caf\u00e0', '/caf\u00e0'), false);
  assert.equal(rules('User-agent: *\nDisallow: /\u00e0').decide('http://h/%C3%A0').text, 'Disallow: /\u00e0');
});

test('rules: a row of spaces is read in one go', () => {
  assert.equal(allows(`User-agent: *\nDisallow: /a${' '.repeat(400_000)}b`, '/a'), true);
});

test('rules: what cannot be matched in time forbids, and says so', () => {
  const text = Array.from({ length: 1_000 }, (_, at) => `Allow: *${'a'.repeat(at + 1)}*b`).join('\n');
  const { allowed, line, text: said } = rules(`User-agent: *\n${text}`).decide(`http://h/${'a'.repeat(8_000)}`);
  assert.deepEqual([allowed, line, said], [false, 0, 'too many rules to match in time']);
});

test('rules: which agents a product token is', () => {
  const table: readonly (readonly [written: string, agent: string, isNamed: boolean])[] = [
    ['FooBot', 'foobot', true],
    ['foobot', 'FooBot/2.1', true],
    ['FooBot/2.1', 'FooBot', true],
    ['FooBot (see http://foo)', 'FooBot', true],
    ['FooBot*', 'FooBot', true],
    ['Foo Bar', 'Foo', true],
    ['Foo Bar', 'Foo Bar', false],
    ['MJ12bot', 'MJ12bot', true],
    ['archive.org_bot', 'archive.org_bot', true],
    ['FooBot-News', 'FooBot', false],
    ['Foo', 'FooBot', false],
    ['', 'FooBot', false],
    ['*', 'FooBot', true],
    ['* all', 'FooBot', true],
    ['*;', 'FooBot', true],
    ['*, others', 'FooBot', true],
    ['**', 'FooBot', true],
    ['(*)', 'FooBot', true],
    ['<*>', 'FooBot', true],
    ['**Bot', 'FooBot', false],
    ['*-Bot', 'FooBot', false],
    ['*Bot', 'FooBot', false],
  ];
  for (const [written, agent, isNamed] of table) {
    assert.equal(allows(`User-agent: ${written}\nDisallow: /\n`, '/x', agent), !isNamed, `${written} for ${agent}`);
  }
});

test('rules: groups of one agent are one, wherever they stand, and their first Crawl-delay holds', () => {
  const text = [
    'User-agent: a\nDisallow: /1\nCrawl-delay: 1',
    'User-agent: *\nDisallow: /other\nCrawl-delay: 9',
    'User-agent: b\nUser-agent: A\nDisallow: /2\nAllow: /1/open\nCrawl-delay: 3.5',
  ].join('\n\n');
  const a = rules(text, 'a');
  const lines = ['/1', '/2', '/1/open', '/other'].map((path) => a.decide(`http://h${path}`).line);
  assert.deepEqual([lines, a.crawlDelayMs], [[2, 11, 12, 0], 1000]);
  assert.equal(rules(text, 'c').crawlDelayMs, 9000);
});

test('parseRobots: half a rule at the cut is none', () => {
  const head = 'User-agent: *\nAllow: /\n';
  const limit = 512 * 1024;
  const cut = 'Disallow: /private/only';
  for (const end of ['\n', '\r']) {
    const text = `${head}#${'x'.repeat(limit - head.length - 2 - 'Disallow: /'.length)}${end}${cut}\n`;
    assert.equal(allows(text, '/public'), true);
    assert.equal(allows(text.slice(0, limit), '/public'), true, 'cut already');
  }
});
