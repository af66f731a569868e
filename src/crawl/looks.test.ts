// URLs that robots.txt forbids do not wait for the delay of their host: nothing is requested for them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG, gateAt, HOST, LEASE, outcomeOf, signal } from '../../test/helpers/gate-bench.ts';

const ROBOTS = 'User-agent: *\nDisallow: /private\nCrawl-delay: 60';
const PUBLIC = { ...LEASE, url: `${HOST}/public` };
const PRIVATE = { ...LEASE, url: `${HOST}/private` };
const FORBIDDEN = { reason: 'robots', error: null };
const FOR_NOW = { reason: null, error: null, isForNow: true };
const LOOK = { take: 1, notBefore: 0 };

/** A gate that has just asked for this robots.txt. */
async function afterRobots(robots: string, config = CONFIG) {
  const bench = await gateAt(config);
  bench.gate.room(HOST, 1);
  await bench.gate.runErrand({ host: HOST, hostId: 1 }, bench.answer(200, robots), signal);
  const refusal = async (lease: typeof LEASE) =>
    (await bench.itself.through(lease, async () => ({ ...outcomeOf(200), sentAt: bench.time.now }))).refusal;
  return { ...bench, refusal };
}

test('gate: during the delay of a host its forbidden URLs are skipped, and the first other one waits', async () => {
  const { gate, time, refusal } = await afterRobots(ROBOTS);
  const dueAt = time.now + 60_000;
  for (let at = 0; at < 3; at += 1) {
    assert.deepEqual(gate.room(HOST, 1), LOOK);
    assert.deepEqual(await refusal(PRIVATE), FORBIDDEN);
  }
  assert.deepEqual(gate.room(HOST, 1), LOOK);
  assert.deepEqual(await refusal(PUBLIC), FOR_NOW);
  assert.deepEqual(gate.room(HOST, 1), { take: 0, notBefore: dueAt }, 'it is looked at once');
  time.now = dueAt;
  assert.deepEqual(gate.room(HOST, 1), { take: 1, notBefore: Number.POSITIVE_INFINITY });
  assert.equal(await refusal(PUBLIC), null);
  time.now += 10;
  assert.deepEqual(gate.room(HOST, 1), LOOK, 'after a request the next URL is looked at');
  assert.deepEqual(await refusal(PUBLIC), FOR_NOW);
  assert.deepEqual(gate.room(HOST, 1), { take: 0, notBefore: dueAt + 60_000 });
});

test('gate: with --delay a forbidden URL does not wait either', async () => {
  const config = { ...CONFIG, pace: { ...CONFIG.pace, delayMs: 5_000 } };
  const { gate, refusal } = await afterRobots('User-agent: *\nDisallow: /private', config);
  assert.deepEqual(gate.room(HOST, 1), LOOK);
  assert.deepEqual(await refusal(PRIVATE), FORBIDDEN);
});

test('gate: there is no look where nothing is forbidden, in a short delay, in a hold, or beside a request', async () => {
  for (const robots of ['User-agent: *\nAllow: /\nCrawl-delay: 60', 'User-agent: *\nDisallow: /x\nCrawl-delay: 0.3']) {
    const { gate } = await afterRobots(robots);
    assert.equal(gate.room(HOST, 1).take, 0, robots);
  }
  const { gate, time } = await afterRobots(ROBOTS);
  time.now += 60_000;
  gate.begin(PUBLIC);
  assert.equal(gate.room(HOST, 1).take, 0, 'beside a request');
  await gate.end(PUBLIC, { ...outcomeOf(429), headers: ['retry-after', '600'], sentAt: time.now });
  assert.deepEqual(gate.room(HOST, 1), { take: 0, notBefore: time.now + 600_000 });
});
