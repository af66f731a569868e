import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newPace, type Pace } from '../politeness/pace.ts';
import { begun, type Flights, over, roomBesideStuck } from './stuck.ts';

const CONFIG = { hostConcurrency: 4, delayMs: 0, adapt: true, patienceMs: 3_600_000, firstHoldMs: 1000 };
const NOW = 10_000;
const LATER = Number.POSITIVE_INFINITY;

/** The room where these requests are in flight, of a host whose limit is `most`. */
function room(sentMsAgo: readonly number[], heardMsAgo: number, more: Partial<Pace> = {}, most = 1) {
  const fresh = newPace(CONFIG, 0, false);
  const pace = { ...fresh, limit: { ...fresh.limit, most }, inFlight: sentMsAgo.length, ...more };
  const state: Flights = { flights: null, heardAt: NOW - heardMsAgo };
  for (const ms of sentMsAgo) begun(state, NOW - ms, false);
  return roomBesideStuck(state, pace, NOW);
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
  const first = begun(state, 1, false);
  const second = begun(state, 2, false);
  over(state, first);
  assert.deepEqual(state.flights, [second]);
  // It ended already.
  over(state, first);
  assert.deepEqual(state.flights, [second]);
  over(state, second);
  assert.equal(state.flights, null);
});

test('over: the requests that stay are not copied, however many they are', () => {
  const state: Flights = { flights: null, heardAt: 0 };
  const flights = Array.from({ length: 1000 }, (_, at) => begun(state, at, false));
  const list = state.flights;
  for (const flight of flights.filter(({ at }) => at % 3 !== 0)) over(state, flight);
  assert.equal(state.flights, list);
  assert.deepEqual(
    state.flights?.map(({ at }) => at).sort((a, b) => a - b),
    Array.from({ length: 334 }, (_, index) => 3 * index),
  );
  for (const flight of flights) over(state, flight);
  assert.equal(state.flights, null);
});

test('over: a request that began before its host was forgotten takes no other with it', () => {
  const state: Flights = { flights: null, heardAt: 0 };
  const old = begun(state, 1, false);
  state.flights = null;
  const fresh = begun(state, 2, false);
  over(state, old);
  assert.deepEqual(state.flights, [fresh]);
});
