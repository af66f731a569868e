import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionOf, FilterError } from './filter.ts';

const faultOf = (typed: string): readonly [string, number | null] => {
  try {
    conditionOf(typed);
  } catch (error) {
    assert.ok(error instanceof FilterError, String(error));
    return [error.message, error.at];
  }
  throw new Error(`${typed} is understood`);
};

test('conditionOf: what was typed is a value and never SQL', () => {
  for (const typed of ["'; DROP TABLE facts; --", 'title:"a\' OR 1"', "host:x'y", 'path:/%_!', "type:x'"]) {
    const { sql, values } = conditionOf(typed);
    assert.doesNotMatch(sql, /DROP|OR 1|x'/, typed);
    assert.equal(sql.split('?').length - 1, values.length, typed);
  }
});

test('conditionOf: numbers have units, ranges, classes and lists', () => {
  assert.deepEqual(conditionOf('bytes:>1.5MB').values, [1_500_000]);
  assert.deepEqual(conditionOf('time:<=2s').values, [2_000]);
  assert.deepEqual(conditionOf('status:4xx').values, [400, 499]);
  assert.deepEqual(conditionOf('status:404,5xx').values, [404, 500, 599]);
  assert.deepEqual(conditionOf('depth:1..3').values, [1, 3]);
  assert.deepEqual(conditionOf('after:2026-01-31').values, [Date.UTC(2026, 0, 31)]);
});

test('conditionOf: a minus turns a part round, also for rows without a value', () => {
  assert.match(conditionOf('-status:404').sql, /^NOT ifnull\(f\.status = \?, 0\)$/);
  assert.match(conditionOf('-error:*').sql, /NOT ifnull\(f\.error IS NOT NULL, 0\)/);
});

test('conditionOf: an address is looked for as a text', () => {
  assert.deepEqual(conditionOf('https://example.com/a').values, ['%https://example.com/a%', '%https://example.com/a%']);
  assert.deepEqual(conditionOf('"two words"').values, ['%two words%', '%two words%']);
});

test('conditionOf: says which tables it reads', () => {
  assert.deepEqual([conditionOf('').hasFacts, conditionOf('').hasTexts], [false, false]);
  assert.deepEqual([conditionOf('status:1').hasFacts, conditionOf('status:1').hasTexts], [true, false]);
  assert.deepEqual([conditionOf('x path:/a').hasFacts, conditionOf('x path:/a').hasTexts], [false, true]);
});

test('conditionOf: what cannot be meant is refused with its place', () => {
  assert.match(faultOf('a nothing:1')[0], /^"nothing" is not a name: there are after, before, bytes/);
  assert.equal(faultOf('a nothing:1')[1], 2);
  assert.deepEqual(faultOf('a "b'), ['the quotation mark has no end', 2]);
  assert.deepEqual(faultOf('depth:deep'), ['"deep" is not a number', 0]);
  assert.match(faultOf('state:gone')[0], /is not a state; there are queued/);
  assert.match(faultOf('after:tomorrow')[0], /is not a date/);
  assert.match(faultOf('sha256:xyz')[0], /hexadecimal/);
  assert.match(faultOf('path:*')[0], /says nothing/);
  assert.match(faultOf('a '.repeat(100))[0], /too many parts/);
});
