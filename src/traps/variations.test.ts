import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Address } from './address.ts';
import { isNumberedFolder, partsOf, variationOf } from './variations.ts';

const at = (path: string): Address => new Address(`https://example.com${path}`);

const VARIATIONS = [
  ['/tiles/3/10/10', '/tiles/3/11/10', 1],
  ['/tiles/3/10/10', '/tiles/4/10/10', 0],
  ['/map?lat=50.10&lng=8.60', '/map?lat=50.20&lng=8.60', 1],
  ['/thumb/100x200', '/thumb/110x200', 0],
  ['/f/amber,red', '/f/amber,blue,red', 'more'],
  ['/tag/amber+red', '/tag/amber+red+blue', 'more'],
  ['/search?q=amber', '/search?q=amber%20red', 'more'],
  ['/shop/colour/red/size/xl', '/shop/size/xl/colour/blue', 1],
  ['/l?a=1&b=2', '/l?b=2&a=1', 'more'],
  ['/l?a=1&b=2', '/l?a=1', 'less'],
  ['/shop/acme/blue-lamp', '/shop/other/red-chair', null],
  ['/index.php?title=A&action=history', '/index.php?title=A&oldid=7', null],
] as const;
for (const [from, to, variation] of VARIATIONS) {
  test(`variationOf: ${from} and ${to}`, () =>
    assert.equal(variationOf(partsOf(at(from))!, partsOf(at(to))!), variation));
}

test('partsOf: an address with very many parts has none', () => {
  assert.equal(partsOf(at(`/f/${'a,'.repeat(100)}`)), null);
});

test('isNumberedFolder: a path that grows by numbers alone', () => {
  assert.ok(isNumberedFolder(at('/tree/1'), at('/tree/1/2')));
  assert.ok(!isNumberedFolder(at('/tree/1'), at('/tree/1/b')));
  assert.ok(!isNumberedFolder(at('/f?a=1'), at('/f?a=1&b=2')));
});
