import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lazily, onDemand } from './on-demand.ts';

test('lazily: the value is made once, at the first call, also if it is undefined', () => {
  let times = 0;
  const value = lazily(() => {
    times += 1;
    return undefined;
  });
  assert.equal(times, 0);
  assert.deepEqual([value(), value(), times], [undefined, undefined, 1]);
});

test('onDemand: loads modules of Node and packages of both formats', () => {
  assert.equal(onDemand<typeof import('node:zlib')>('node:zlib')().crc32('a'), 3904355907);
  assert.equal(onDemand<typeof import('re2js')>('re2js')().RE2JS.compile('a+').test('aa'), true);
  assert.throws(onDemand('no-such-package'), /Cannot find module/);
});
