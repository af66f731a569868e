import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRobots, rulesFor } from './rules.ts';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const little = (text: string): Buffer => Buffer.from(text, 'utf16le');
const big = (text: string): Uint8Array => little(text).swap16();

const FILES: readonly (readonly [name: string, file: Uint8Array, line: number])[] = [
  ['a comment of HTML before it', latin1('<!-- ours: http://h/ -->\nUser-agent: *\nDisallow: /a'), 3],
  ['a comment before the first line', latin1('<!-- ours -->User-agent: *\nDisallow: /a'), 2],
  ['a long comment of HTML around it', latin1('<!-- User-agent: *\nDisallow: /a -->'), 2],
  ['a rule in a comment of HTML', latin1('<!-- x -->\nUser-agent: *\n<!-- Disallow: /a -->'), 0],
  ['tags around it', latin1('\n<pre>User-agent: *<br>\nDisallow: /a</pre>'), 3],
  ['a break of HTML at the end of each line', latin1('User-agent: *<br>\r\nDisallow: /a<BR /> \nAllow: /b<br/>'), 2],
  ['a rule with markup in its midst', latin1('User-agent: *\nDisallow: /a<br>b'), 0],
  ['two marks of UTF-8', latin1('\xef\xbb\xbf\xef\xbb\xbfUser-agent: *\nDisallow: /a'), 2],
  ['a declaration of XML before it', latin1('<?xml version="1.0"?>\nUser-agent: *\nDisallow: /a'), 3],
  ['a tag that is no page', latin1('<html-robots>\nUser-agent: *\nDisallow: /a'), 3],
  ['a lone bracket before it', latin1('<\nUser-agent: *\nDisallow: /a'), 3],
  ['UTF-16, little end first', little('\ufeff# кот\r\nUser-agent: *\r\nDisallow: /a\r\n'), 3],
  ['UTF-16, big end first', big('\ufeffUser-agent: *\nDisallow: /a'), 2],
  ['UTF-16 without a mark', little('User-agent: *\nDisallow: /a'), 2],
  ['UTF-16, big end first, without a mark', big('User-agent: *\nDisallow: /a'), 2],
  ['UTF-16 with half a character at its end', little('\ufeffUser-agent: *\nDisallow: /a\nx').subarray(0, -1), 2],
  ['NULs that pad it', latin1(`User-agent: *\nDisallow: /a${'\0'.repeat(100)}`), 2],
  ['a byte of Latin-1', latin1('# \xe9\nUser-agent: *\nDisallow: /a # \xe9'), 3],
  ['a page', latin1('<html>\nUser-agent: *\nDisallow: /a'), 0],
  ['a page with attributes', latin1('<HTML lang=en>\nUser-agent: *\nDisallow: /a'), 0],
  ['a page behind a mark', latin1('\xef\xbb\xbf\n <!doctype html>\nUser-agent: *\nDisallow: /a'), 0],
  ['a page in UTF-16', little('\ufeff<!DOCTYPE html>\nUser-agent: *\nDisallow: /a'), 0],
];
for (const [name, file, line] of FILES) {
  test(`robotsLines: ${name}`, () => {
    const decision = rulesFor(parseRobots(file), 'gossamer').decide('http://h/a');
    assert.deepEqual([decision.line, decision.allowed], [line, line === 0]);
  });
}

test('robotsLines: a path in UTF-16 is the path in UTF-8', () => {
  const file = parseRobots(little('\ufeffUser-agent: *\nDisallow: /кот\nSitemap: http://h/ö'));
  const read = rulesFor(file, 'gossamer');
  assert.deepEqual(
    ['/%D0%BA%D0%BE%D1%82', '/x'].map((path) => read.decide(`http://h${path}`).allowed),
    [false, true],
  );
  assert.deepEqual([read.decide('http://h/кот').text, read.sitemaps], ['Disallow: /кот', ['http://h/ö']]);
});

test('parseRobots: a sitemap in Latin-1 is asked for as it stands', () => {
  const file = parseRobots(latin1('Sitemap: http://h/caf\xe9.xml\nSitemap: /\xc3\xb6.xml'));
  assert.deepEqual(file.sitemaps, ['http://h/caf%E9.xml', '/ö.xml']);
});

test('robotsLines: brackets without end cost no more than their length', { timeout: 5_000 }, () => {
  assert.equal(parseRobots(latin1(`<!--${'<a'.repeat(200_000)}`)).groups.length, 0);
  assert.equal(parseRobots(latin1(`<${'<!--'.repeat(100_000)}`)).groups.length, 0);
});
