import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pick, seededRandom } from '../../test/helpers/random.ts';
import { Address } from './address.ts';

const HOST = 'https://example.com';

const TEMPLATES = [
  ['/', '/', '/...'],
  ['/product/17', '/product/#', '/product/...'],
  ['/2009/03/some-post.html', '/#/#/some-post.html', '/#/...'],
  ['/s/5f2a9c1e0b3d/page', '/s/*/page', '/s/...'],
  ['/list?b=2&a=1', '/list?a&b', '/list?...'],
  ['/list?item2=x&item13=y', '/list?item#', '/list?...'],
  ['/x/1/2/3/4/5/6', '/x/#/#/#', '/x/...'],
  ['/cal/2031/nov', '/cal/#/@', '/cal/...'],
  ['/agenda/Novembre-2031', '/agenda/@-#', '/agenda/...'],
  ['/a/b/a', '/a/b/a', '/... (segments that repeat)'],
] as const;

for (const [path, template, area] of TEMPLATES) {
  test(`Address: template and area of ${path}`, () => {
    const { template: made, area: own } = new Address(HOST + path);
    assert.deepEqual([made, own], [HOST + template, HOST + area]);
  });
}

test('Address: keys are equal where templates and areas are, and only there', () => {
  const words = ['a', 'b', 'a', 'may', 'Nov-', 'page-', 'x*y', '17', '2009', '5f2a9c1e0b3d', 'k3j9x2ab7q', ''];
  const random = seededRandom(4_178);
  const word = (): string => pick(random, words);
  const templates = new Map<string, number>();
  const areas = new Map<string, number>();
  for (let times = 0; times < 20_000; times += 1) {
    const path = Array.from({ length: 1 + Math.floor(random() * 7) }, () => word() + word());
    const query = random() < 0.2 ? `?${word()}=${word()}&b=${word()}` : '';
    const address = new Address(`${HOST}${random() < 0.2 ? '.net' : ''}/${path.join('/')}${query}`);
    templates.set(address.template, templates.get(address.template) ?? address.templateKey);
    areas.set(address.area, areas.get(address.area) ?? address.areaKey);
    assert.equal(address.templateKey, templates.get(address.template), address.url);
    assert.equal(address.areaKey, areas.get(address.area), address.url);
  }
  assert.equal(new Set(templates.values()).size, templates.size);
  assert.equal(new Set(areas.values()).size, areas.size);
});

test('Address: of a long template the rest is a hash, so that two stay two', () => {
  const of = (end: string): string => new Address(`${HOST}/${'long-'.repeat(200)}${end}`).template;
  assert.ok(of('a').length < 300);
  assert.notEqual(of('a'), of('b'));
});

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
