import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Summary } from '../base/contracts.ts';
import { summaryLines } from './closing.ts';

function summaryOf(failed: number, job = 'crawls/a.test'): Summary {
  const urls = { queued: 0, leased: 0, done: 1, failed, skipped: 0 };
  const figures = { requests: 1, bytes: 1, elapsedMs: 1, peakInFlight: 1, waitingFor: null, hosts: [] };
  return { job, state: 'finished', stoppedBy: null, urls, ...figures };
}

const last = (summary: Summary, kinds: readonly (readonly [string, number])[]): string =>
  summaryLines(summary, kinds).at(-1)!;

test('summaryLines: what failed for a reason that may pass is told with the command that asks again', () => {
  assert.equal(
    last(summaryOf(540), [
      ['refused', 535],
      ['tls-certificate', 3],
      ['first-byte-timeout', 2],
    ]),
    '537 URLs failed for a reason that may pass: gossamer retry crawls/a.test --error refused,first-byte-timeout asks for them again.',
  );
  assert.match(
    last(summaryOf(1, 'my job'), [['reset', 1]]),
    /^1 URL failed .*retry 'my job' --error reset asks for it/,
  );
});

test('summaryLines: what will not pass, and what did not fail, is told to nobody', () => {
  assert.match(last(summaryOf(3), [['tls-certificate', 3]]), /^ {2}job /);
  assert.match(last(summaryOf(0), []), /^ {2}job /);
  assert.doesNotMatch(last(summaryOf(1, ''), [['reset', 1]]), /retry/, 'a job in memory cannot be asked again');
});

test('summaryLines: of a job too large to count it is told how to find out', () => {
  assert.match(last(summaryOf(9), []), /retry crawls\/a\.test --error all/);
});
