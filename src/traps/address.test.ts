import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Address, isToken } from './address.ts';

const HOST = 'https://example.com';

const TEMPLATES = [
  ['/', '/', '/...'],
  ['/product/17', '/product/#', '/product/...'],
  ['/2009/03/some-post.html', '/#/#/some-post.html', '/#/...'],
  ['/s/5f2a9c1e0b3d/page', '/s/*/page', '/s/...'],
  ['/list?b=2&a=1', '/list?a&b', '/list?...'],
  ['/list?item2=x&item13=y', '/list?item#', '/list?...'],
  ['/x/1/2/3/4/5/6', '/x/#/#/#', '/x/...'],
  ['/a/b/a', '/a/b/a', '/... (segments that repeat)'],
] as const;

for (const [path, template, area] of TEMPLATES) {
  test(`Address: template and area of ${path}`, () => {
    const { template: made, area: own } = new Address(HOST + path);
    assert.deepEqual([made, own], [HOST + template, HOST + area]);
  });
}

test('Address: of a long template the rest is a hash, so that two stay two', () => {
  const of = (end: string): string => new Address(`${HOST}/${'long-'.repeat(200)}${end}`).template;
  assert.ok(of('a').length < 300);
  assert.notEqual(of('a'), of('b'));
});

for (const token of [
  '5f2a9c1e0b3d',
  'k3j9x2ab7q',
  'sid-8f3kd92jx1',
  '(S(4m2k9fj3l5))',
  '0f8fad5b-d9cb-469f-a165-70867728950e',
]) {
  test(`isToken: ${token}`, () => assert.ok(isToken(token)));
}
for (const name of [
  'windows2000server',
  'some-long-name-of-a-post',
  '1234567890',
  'page-17',
  'html',
  'java.util.concurrent',
  'deadbeef',
]) {
  test(`isToken: ${name} is a name`, () => assert.ok(!isToken(name)));
}

const YEARS = [
  ['/2031/05/', 2031],
  ['/events/2031-5', 2031],
  ['/cal?date=2031-05-17', 2031],
  ['/cal?year=2031&month=5', 2031],
  ['/cal?y=12031', 12031],
  ['/product/198608', null],
  ['/product/1986', null],
  ['/2031/', null],
  ['/2031/17/x', null],
  ['/port/8080/1', null],
] as const;
for (const [path, year] of YEARS)
  test(`Address: the year of ${path}`, () => assert.equal(new Address(HOST + path).year, year));
