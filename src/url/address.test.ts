import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressIn } from './address.ts';

const LIST = 'https://h.test/maps/list.xml';

const ADDRESSES: readonly (readonly [written: string, address: string | null])[] = [
  ['http://h.test/a', 'http://h.test/a'],
  ['\n  http://h.test/a\r\n\t', 'http://h.test/a'],
  ['\u00a0\ufeffhttp://h.test/a\u200b\u2060', 'http://h.test/a'],
  ['"http://h.test/a"', 'http://h.test/a'],
  ["'http://h.test/a'", 'http://h.test/a'],
  ['“ http://h.test/a ”', 'http://h.test/a'],
  ['"http://h.test/a', 'http://h.test/a'],
  ['<http://h.test/a>', 'http://h.test/a'],
  ['"<http://h.test/a>"', 'http://h.test/a'],
  ['(http://h.test/a)', 'http://h.test/a'],
  ['http://h.test/a_(b)', 'http://h.test/a_(b)'],
  ['<![CDATA[http://h.test/a]]>', 'http://h.test/a'],
  ['<![CDATA[ "http://h.test/a" ]]>', 'http://h.test/a'],
  ['http://h.test/tag/"a"', 'http://h.test/tag/"a"'],
  ['http://h.test/my file.pdf', 'http://h.test/my file.pdf'],
  ['/a?b=c d', '/a?b=c d'],
  ['//cdn.test/a', '//cdn.test/a'],
  ['//h.test:8080/a', '//h.test:8080/a'],
  ['/wiki/Help:Contents', '/wiki/Help:Contents'],
  ['/https://h.test/a', null],
  ['//http://h.test/a', null],
  ['Help:Contents', null],
  ['a/b.html', 'a/b.html'],
  ['a.html', 'a.html'],
  ['v1.0/a', 'v1.0/a'],
  ['?page=2', null],
  ['http://h.test/a\n  /b', null],
  ['http://h.test/a http://h.test/b', null],
  ['http://https://h.test/a', null],
  ['https://http//h.test/a', null],
  ['http://h.test/{{ slug }}', null],
  [`http://h.test/$\{slug}`, null],
  ['<a href="http://h.test/a">a</a>', null],
  ['Page: http://h.test/a', null],
  ['see http://h.test/a', null],
  ['https:/h.test/a', null],
  ['http//h.test/a', null],
  ['://h.test/a', null],
  ['mailto:a@h.test', null],
  ['h.test/a', null],
  ['h.test', null],
  ['www.other.test/a', null],
  ['other.test/a', null],
  ['http://h.test/a,http://h.test/b', null],
  ['http://h.test/a?u=b,http://h.test/b', 'http://h.test/a?u=b,http://h.test/b'],
  ['http://h.test/\ufffd', null],
  ['http:///a', null],
  ['null', null],
  ['undefined/a', null],
  ['https://undefined/a', null],
  ['N/A', null],
  ['nullable/a', 'nullable/a'],
  ['a b', null],
  ['""', null],
  ['"', null],
  ['', null],
];
for (const [written, address] of ADDRESSES) {
  test(`addressIn: ${JSON.stringify(written)}`, () => assert.equal(addressIn(written, LIST), address));
}

test('addressIn: pairs without end cost no more than their length', { timeout: 5_000 }, () => {
  assert.notEqual(addressIn(`${'('.repeat(200_000)}${')'.repeat(200_000)}`, LIST), '');
  assert.equal(addressIn(`x${' \u200b'.repeat(200_000)}y`, LIST), null);
});
