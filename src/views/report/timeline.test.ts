import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TIMELINE_COLUMNS_MAX } from '../../base/limits.ts';
import { createTimeline } from './timeline.ts';

const run = (startedAt: number, endedAt: number | null, updatedAt = endedAt ?? startedAt) => ({
  ...{ startedAt, endedAt, updatedAt },
});

test('createTimeline: counts by column, and the time between two runs is left out', () => {
  const timeline = createTimeline([run(900_000, null, 901_000), run(0, 1_000)]);
  for (const at of [0, 100, 300, 999, 500_000, 900_100, 900_999, 2_000_000])
    timeline.add({ fetchedAt: at }, at > 900_000);
  timeline.add({ fetchedAt: null }, true);
  assert.deepEqual(timeline.timeline, {
    ...{ from: 0, to: 901_000, columnMs: 250 },
    urls: [2, 1, 0, 1, 2, 0, 0, 2],
    broken: [0, 0, 0, 0, 1, 0, 0, 2],
    begins: [4],
  });
});

test('createTimeline: runs that overlap are one stretch, and a long crawl has no more columns than a short one', () => {
  const timeline = createTimeline([run(0, 3_600_000), run(1_000, 7_200_000)]);
  for (let at = 0; at < 7_200_000; at += 1_000) timeline.add({ fetchedAt: at }, false);
  const { urls, begins, columnMs } = timeline.timeline!;
  assert.equal(urls.length, TIMELINE_COLUMNS_MAX);
  assert.equal(columnMs, 30_000);
  assert.deepEqual([...new Set(urls)], [30]);
  assert.deepEqual(begins, []);
});

test('createTimeline: nothing for a job without requests, and one column for a run of no length', () => {
  assert.equal(createTimeline([]).timeline, null);
  assert.equal(createTimeline([run(0, 1_000)]).timeline, null);
  const moment = createTimeline([run(5, 5)]);
  moment.add({ fetchedAt: 5 }, false);
  assert.deepEqual(moment.timeline?.urls, [1]);
});
