import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CASES, CASES_AT, FROM, TO } from '../../../test/cookies/cases.ts';
import { type Cookie, GONE_AT } from '../../base/cookies.ts';
import { COOKIES_MAX, COOKIES_OF_SITE_MAX } from '../../base/limits-of-cookies.ts';
import { createCookieJar } from './jar.ts';

const ROOT = 'https://a.example/';

function jarAt(at = CASES_AT) {
  const time = { now: at };
  const told: Cookie[] = [];
  const jar = createCookieJar(
    () => time.now,
    (cookie) => told.push(cookie),
  );
  return { jar, time, told };
}

test(`CookieJar: the ${CASES.length} cases of the conformance`, () => {
  const wrong: string[] = [];
  for (const { name, set, sent, from = FROM, to = TO } of CASES) {
    const { jar } = jarAt();
    jar.take(from, set);
    const field = jar.fieldFor(to);
    if (field !== sent) wrong.push(`${name}: ${JSON.stringify(field)} and not ${JSON.stringify(sent)}`);
  }
  assert.deepEqual(wrong, []);
});

test('CookieJar: a cookie is sent until it expires by the clock, and for 400 days at most', () => {
  const { jar, time } = jarAt();
  jar.take(ROOT, ['a=1; max-age=60', 'b=2; max-age=999999999', 'c=3']);
  assert.equal(jar.fieldFor(ROOT), 'a=1; b=2; c=3');
  time.now += 60_000;
  assert.equal(jar.fieldFor(ROOT), 'b=2; c=3');
  time.now += 400 * 24 * 3_600_000;
  assert.equal(jar.fieldFor(ROOT), 'c=3');
  assert.deepEqual(
    jar.all().map(({ name }) => name),
    ['c'],
  );
});

test('CookieJar: what was set over http does not touch what goes over https alone', () => {
  const { jar } = jarAt();
  const plain = 'http://a.example/';
  jar.take(ROOT, ['sid=safe; Secure', 'deep=safe; Secure; Path=/x']);
  jar.take(plain, ['sid=evil', 'deep=evil', 'deep=evil; Path=/x/y', 'deep=evil; Domain=a.example; Path=/x']);
  assert.equal(jar.fieldFor(`${ROOT}x/y`), 'deep=safe; sid=safe; deep=evil');
  assert.equal(jar.fieldFor(plain), 'deep=evil');
});

test('CookieJar: tells each change once, and nothing where nothing changes', () => {
  const { jar, time, told } = jarAt();
  jar.take(ROOT, ['a=1']);
  jar.take(ROOT, ['a=1']);
  assert.equal(told.length, 1);
  time.now += 5;
  jar.take(ROOT, ['a=1; max-age=100']);
  jar.take(ROOT, ['a=2; max-age=100']);
  assert.deepEqual(
    told.map(({ value, changedAt, createdAt }) => [value, changedAt - CASES_AT, createdAt - CASES_AT]),
    [
      ['1', 0, 0],
      ['1', 0, 0],
      ['2', 5, 0],
    ],
  );
  jar.take(ROOT, ['a=; max-age=0', 'unknown=; max-age=0']);
  assert.equal(told.length, 4);
  assert.equal(told.at(-1)!.expiresAt, GONE_AT);
  assert.ok(jar.isEmpty);
});

test('CookieJar.changedAt: looks at the cookies that go there, and at those that were taken away', () => {
  const { jar, time } = jarAt();
  assert.equal(jar.changedAt(ROOT), 0);
  jar.take(ROOT, ['a=1; path=/x', 'b=1']);
  time.now += 10;
  jar.take(ROOT, ['a=2; path=/x', 'b=1']);
  assert.equal(jar.changedAt(`${ROOT}x`), CASES_AT + 10);
  assert.equal(jar.changedAt(`${ROOT}y`), CASES_AT);
  assert.equal(jar.changedAt('https://other.example/'), 0);
  time.now += 10;
  jar.take(ROOT, ['b=; max-age=0']);
  assert.equal(jar.changedAt(`${ROOT}y`), CASES_AT + 20);
});

test('CookieJar: has bounds by site, in all, by response and by request', () => {
  const { jar, told } = jarAt();
  const many = (count: number, of: string): string[] => Array.from({ length: count }, (_, n) => `${of}${n}=x`);
  jar.take(ROOT, many(60, 'one'));
  assert.equal(jar.all().length, 50);
  for (let at = 0; at < 10; at += 1) {
    jar.take(ROOT, many(50, `n${at}-`));
    // The first one is used again and again, so it stays.
    jar.fieldFor(ROOT);
  }
  assert.equal(jar.all().length, COOKIES_OF_SITE_MAX);
  assert.equal(jar.fieldFor(ROOT).split('; ').length, 150);
  assert.ok(told.some(({ expiresAt }) => expiresAt === GONE_AT));
  for (let site = 0; site < 200; site += 1) jar.take(`https://site${site}.example/`, many(50, 'a'));
  assert.equal(jar.all().length, COOKIES_MAX);
  assert.equal(jar.fieldFor('https://site199.example/').split('; ').length, 50);
  assert.equal(jar.fieldFor(ROOT), '');
  jar.take(
    'https://long.example/',
    ['a', 'b', 'c'].map((name) => `${name}=${'x'.repeat(4_000)}`),
  );
  assert.equal(jar.fieldFor('https://long.example/').length, 2 * 4_002 + 2);
});

test('CookieJar.add: of two the one that changed later stays; replace leaves what changed since', () => {
  const { jar, time } = jarAt();
  jar.take(ROOT, ['a=server', 'b=server']);
  const [a, b] = jar.all();
  const added: string[] = [];
  jar.add(
    [
      { ...a!, value: 'old', changedAt: CASES_AT - 1 },
      { ...b!, value: 'new', changedAt: CASES_AT + 1 },
    ],
    (cookie) => added.push(cookie.value),
  );
  jar.add([{ ...a!, name: 'over', expiresAt: CASES_AT - 1 }]);
  assert.deepEqual([jar.fieldFor(ROOT), added], ['a=server; b=new', ['new']]);
  const mark = jar.mark();
  time.now += 1;
  jar.take(ROOT, ['c=mine']);
  jar.replace(
    'a.example',
    [
      { ...a!, value: 'theirs' },
      { ...a!, name: 'c', value: 'theirs' },
    ],
    mark,
  );
  assert.equal(jar.fieldFor(ROOT), 'a=theirs; c=mine');
});
