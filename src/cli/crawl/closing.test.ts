import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Summary } from '../../base/contracts.ts';
import { ERROR_CODES } from '../../base/errors.ts';
import { rootLines, silentLines, summaryLines } from './closing.ts';

function summaryOf(failed: number, job = 'crawls/a.test'): Summary {
  const urls = { queued: 0, leased: 0, done: 1, failed, skipped: 0 };
  const figures = { requests: 1, bytes: 1, elapsedMs: 1, peakInFlight: 1, loopLate: null, waitingFor: null, hosts: [] };
  return { job, state: 'finished', stoppedBy: null, urls, ...figures };
}

const last = (summary: Summary, kinds: readonly (readonly [string, number])[], lines = 2): readonly string[] =>
  summaryLines(summary, kinds).slice(-lines);

test('summaryLines: what failed for a reason that may pass is told with the command that asks again', () => {
  const kinds = [
    ['refused', 535],
    ['tls-certificate', 3],
    ['first-byte-timeout', 2],
  ] as const;
  assert.deepEqual(last(summaryOf(540), kinds), [
    '537 URLs failed for a reason that may be temporary. To retry them:',
    '  gossamer retry crawls/a.test --error refused,first-byte-timeout',
  ]);
  assert.deepEqual(last(summaryOf(1, 'my job'), [['reset', 1]]), [
    '1 URL failed for a reason that may be temporary. To retry it:',
    "  gossamer retry 'my job' --error reset",
  ]);
});

test('summaryLines: what will not pass, and what did not fail, is told to nobody', () => {
  assert.match(last(summaryOf(3), [['tls-certificate', 3]]).at(-1)!, /^ {2}job /);
  assert.match(last(summaryOf(0), []).at(-1)!, /^ {2}job /);
  assert.doesNotMatch(last(summaryOf(1, ''), [['reset', 1]]).join(), /retry/, 'a job in memory cannot be asked again');
});

test('summaryLines: of a job too large to count it is told how to find out', () => {
  assert.match(last(summaryOf(9), []).at(-1)!, /retry crawls\/a\.test --error all/);
});

test('summaryLines: many kinds of failures fit the usual width', () => {
  const kinds = ERROR_CODES.map((code) => [code, 1_234] as const);
  for (const line of summaryLines(summaryOf(99), kinds)) {
    if (!line.includes('gossamer retry')) assert.ok(line.length <= 80, line);
  }
});

test('summaryLines: a limit of the job is told with how to go on, another with the same command', () => {
  const stopped = (stoppedBy: Summary['stoppedBy']): readonly string[] =>
    summaryLines({ ...summaryOf(0), state: 'unfinished', stoppedBy }, []);
  for (const [stoppedBy, option] of [
    ['limit', '--limit'],
    ['size', '--size-limit'],
  ] as const) {
    const lines = stopped(stoppedBy);
    for (const line of lines) assert.ok(line.length <= 80, line);
    assert.match(lines[0]!, /^Unfinished: the .*limit.* is reached\.$/);
    assert.deepEqual(lines.slice(-2), [
      `${option} counts for all runs of the job: the same command would end at once.`,
      `To continue, give a higher ${option}, or leave it out.`,
    ]);
  }
  for (const stoppedBy of ['time', 'interrupt', 'held', 'disk'] as const) {
    assert.match(stopped(stoppedBy)[0]!, /^.{1,50}\. Run the same command to continue\.$/);
    assert.doesNotMatch(stopped(stoppedBy).join(), /whole life/);
  }
});

test('rootLines: a root that robots.txt forbids is told with the rule, the limit or the status that forbids it', () => {
  const [root, untold] = ['http://a.test/', []];
  const said = (line: number, text: string): string =>
    rootLines({ forbidden: [{ root, url: root, line, text }], untold })[0]!;
  assert.match(said(3, 'Disallow: /'), /forbids http:\/\/a\.test\/: line 3, "Disallow: \/"\.$/);
  assert.match(said(0, 'too many rules to match in time'), /: too many rules to match in time\.$/);
  assert.match(said(0, ''), /: its robots\.txt has an error status/);
});

test('silentLines: why a root gave no response', () => {
  const root = 'http://a.test/';
  const detail = 'its robots.txt: its body is no text and cannot be unpacked';
  assert.deepEqual(
    silentLines([
      { root, url: root, error: 'decode', detail },
      { root, url: 'http://b.test/', error: 'refused', detail: '' },
    ]),
    [
      `http://a.test/: decode (${detail})`,
      'http://a.test/, which redirects to http://b.test/: refused (nothing listens on that port)',
    ],
  );
});
