import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Address } from './address.ts';
import { trapInAddress } from './repeats.ts';

const TRAPS = [
  '/a/a/a/a',
  '/shop/a/a/a/a/x.html',
  '/a/b/a/b/a/b/',
  '/x/en/about/us/en/about/us/en/about/us',
  '/a/b/c/a/c/b/b/a',
  '/x//////y',
  '/page%252525',
  '/?u=%2525252F',
  '/?a=1&amp;amp;amp;b=2',
  '/?a=1&amp%3Bamp%3Bamp%3Bb=2',
  '/?tag=red&tag=red&tag=red',
];
const PAGES = [
  '/',
  '/a/a/a',
  '/a/b/a/b',
  '/api/java.base/java/util/concurrent/locks/package-summary.html',
  '/std/collections/hash_map/struct.HashMap.html',
  '/tiles/0/0/0/0/0.html',
  '/2011/11/11/11/11/',
  '/?next=%252Flogin%253Fa',
  '/?id=1&id=2&id=3&id=4',
  '/?q=%20%20%20%20',
  '/%D0%B0%D0%B0%D0%B0%D0%B0',
  '/web/https://example.com/a/b',
];

for (const path of TRAPS) {
  test(`trapInAddress tells what repeats in ${path}`, () => {
    assert.match(trapInAddress(new Address(`https://example.com${path}`)) ?? 'nothing', /repeats|again/);
  });
}
for (const path of PAGES) {
  test(`trapInAddress leaves ${path}`, () =>
    assert.equal(trapInAddress(new Address(`https://example.com${path}`)), null));
}
