import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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
  assert.equal(allows('<!DOCTYPE html>\nUser-agent: *\nDisallow: /', '/a'), true);
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
