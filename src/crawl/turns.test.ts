import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import type { Lease } from '../base/contracts.ts';
import { WHOLE_JOB } from '../base/job-share.ts';
import { LEASES_A_TURN_MAX } from '../base/limits.ts';
import type { CrawlParts } from './parts.ts';
import { createTurns } from './turns.ts';

const CONCURRENCY = 4 * LEASES_A_TURN_MAX;
const settled = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

/** Always more to lease than is wanted; turns of the event loop are given by hand. */
function bench() {
  const loopTurns: (() => void)[] = [];
  let given = 0;
  const parts = {
    frontier: {
      lease: async (most: number) => Array.from({ length: most }, () => ({ wasAsked: false }) as Lease),
      counts: () => ({ queued: 1_000, nextAt: 0 }),
    },
    share: WHOLE_JOB,
    commits: { waiting: 0 },
    gate: { errand: () => null, isBusy: false },
    sitemaps: { next: () => null, reading: 0, unread: 0, nextAt: Number.POSITIVE_INFINITY },
    clock: { ...systemClock, turn: () => new Promise<void>((resolve) => loopTurns.push(resolve)) },
  } as unknown as CrawlParts;
  const limit = Number.MAX_SAFE_INTEGER;
  const rules = { concurrency: CONCURRENCY, retries: 0, limit, jobLimit: limit };
  const turns = createTurns(
    parts,
    rules,
    () => false,
    (error) => assert.fail(String(error)),
  );
  for (let at = 0; at < CONCURRENCY; at += 1) turns.next().then((turn) => (given += turn === null ? 0 : 1));
  return { turns, loopTurns, given: () => given };
}

test('turns: after so many leases the event loop has its turn first, whatever wakes', async () => {
  const { turns, loopTurns, given } = bench();
  for (let round = 1; round <= 4; round += 1) {
    await settled();
    for (let waking = 0; waking < 3; waking += 1) {
      turns.wake();
      await settled();
    }
    assert.equal(given(), round * LEASES_A_TURN_MAX);
    loopTurns.shift()!();
  }
  await settled();
  assert.equal(loopTurns.length, 0, 'nobody waits any more');
});

test('turns: a stop reaches those that wait while the event loop has its turn', async () => {
  const { turns, given } = bench();
  await settled();
  turns.stop('limit');
  assert.equal(await turns.next(), null);
  assert.equal(given(), LEASES_A_TURN_MAX);
});
