import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newPace, type Pace } from '../politeness/pace.ts';
import { begun, type Flight, type Flights, over, roomBesideStuck } from './stuck.ts';

const CONFIG = { hostConcurrency: 4, delayMs: 0, adapt: true, patienceMs: 3_600_000, firstHoldMs: 1000 };
const NOW = 10_000;
const LATER = Number.POSITIVE_INFINITY;

/** The room where these requests are in flight, of a host whose limit is `most`. */
function room(sentMsAgo: readonly number[], heardMsAgo: number, more: Partial<Pace> = {}, most = 1) {
  const fresh = newPace(CONFIG, 0, false);
  const pace = { ...fresh, limit: { ...fresh.limit, most }, inFlight: sentMsAgo.length, ...more };
  const flights = sentMsAgo.map((ms): Flight => ({ at: NOW - ms, isSuspect: false }));
  return roomBesideStuck({ flights, heardAt: NOW - heardMsAgo }, pace, NOW);
}

test('roomBesideStuck: what was overtaken long ago leaves its room to others', () => {
  assert.deepEqual(room([1000], 500), { take: 1, notBefore: LATER });
  assert.deepEqual(room([1000, 900], 500), { take: 1, notBefore: LATER });
  assert.deepEqual(room([1000, 900, 10], 500), { take: 0, notBefore: NOW + 240 });
});

test('roomBesideStuck: never more in flight than the user allows', () => {
  assert.deepEqual(room([1000, 900, 800], 500), { take: 1, notBefore: LATER });
  assert.deepEqual(room([1000, 900, 800, 700], 500), { take: 0, notBefore: LATER });
  assert.deepEqual(room([1000, 900, 800], 500, {}, 3), { take: 1, notBefore: LATER });
});

test('roomBesideStuck: where nothing was answered since, robots.txt is asked for, once all have waited long', () => {
  assert.equal(room([1000], 2000), 'ask');
  assert.deepEqual(room([1000, 100], 2000, {}, 2), { take: 0, notBefore: NOW + 150 });
  assert.deepEqual(room([1000, 900, 800, 700], 2000), { take: 0, notBefore: LATER });
});

test('roomBesideStuck: a slow host is waited for longer, and one that fails or has a delay gets nothing more', () => {
  const { limit } = newPace(CONFIG, 0, false);
  const slow = { limit: { ...limit, most: 1, latencyMs: 2_000 } };
  assert.deepEqual(room([1000], 500, slow), { take: 0, notBefore: NOW + 7_000 });
  assert.equal(room([1000], 500, { failures: 1 }), null);
  assert.equal(room([1000], 500, { config: { ...CONFIG, delayMs: 100 } }), null);
  assert.equal(room([1000], 500, {}, 4), null);
});

test('over: a host without a request in flight keeps no list of them', () => {
  const state: Flights = { flights: null, heardAt: 0 };
  const [first, second] = [1, 2].map((at): Flight => ({ at, isSuspect: false })) as [Flight, Flight];
  begun(state, first);
  begun(state, second);
  over(state, first);
  assert.deepEqual(state.flights, [second]);
  // It ended already.
  over(state, first);
  assert.deepEqual(state.flights, [second]);
  over(state, second);
  assert.equal(state.flights, null);
});
