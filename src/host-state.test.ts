import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG, gateAt, HOST, LEASE, outcomeOf, signal } from '../test/helpers/gate-bench.ts';
import type { Fetch, Outcome } from './base/contracts.ts';

/** A gate whose host has answered, and what came of URLs of it at that moment. */
function answeredGate() {
  const bench = gateAt({ ...CONFIG, robots: false });
  const { gate, time } = bench;
  const came = (path: string, status: number, error: Outcome['error'] = null, sentAt = time.now): number => {
    const lease = { ...LEASE, url: `${HOST}${path}` };
    gate.started(lease);
    return gate.ended(lease, { ...outcomeOf(status, '', error), sentAt }).spent;
  };
  came('/', 200);
  return { ...bench, came };
}

for (const error of ['reset', 'first-byte-timeout', 'idle-timeout'] as const) {
  test(`gate: a URL that breaks off while others are answered spends its tries, the first one included: ${error}`, () => {
    const { time, came } = answeredGate();
    assert.equal(came('/bad', 0, error), 0, 'nobody knows yet');
    const spent: number[] = [];
    for (let nth = 0; nth < 3; nth += 1) {
      time.now += 2_000;
      came('/good', 200);
      time.now += 2_000;
      spent.push(came('/bad', 0, error));
    }
    assert.deepEqual(spent, [2, 1, 1]);
  });

  test(`gate: while a host is away no URL of it spends a try, however often it is asked: ${error}`, () => {
    const { gate, time, came } = answeredGate();
    const early = time.now;
    for (let nth = 0; nth < 20; nth += 1) {
      time.now = Math.max(time.now + 1, gate.waitingFor(time.now)?.until ?? 0);
      assert.equal(came(`/${nth % 3}`, 0, error), 0);
      // What was sent before it went away may be answered late.
      came('/late', 200, null, early);
    }
  });
}

test('gate: a body that is cut spends a try where it is cut again', () => {
  const { time, came } = answeredGate();
  assert.equal(came('/cut', 200, 'disconnect'), 0);
  time.now += 1_000;
  assert.equal(came('/cut', 200, 'disconnect'), 2);
  assert.equal(came('/other', 200, 'disconnect'), 0);
  assert.equal(came('/other', 200), 1);
  assert.equal(came('/other', 200, 'disconnect'), 0, 'it was well since');
});

test('gate: what is refused or has no name spends no try of its URL', () => {
  for (const error of ['refused', 'dns-not-found', 'connect-timeout'] as const) {
    const { time, came } = answeredGate();
    for (let nth = 0; nth < 9; nth += 1) {
      time.now += 2_000;
      came('/good', 200);
      assert.equal(came('/bad', 0, error), 0);
    }
  }
});

test('gate: whether a URL or its host breaks off is found out by robots.txt, before anything else is asked', async () => {
  const { gate, time, came, answer } = answeredGate();
  came('/bad', 0, 'reset');
  time.now += 1_000;
  assert.equal(gate.room(HOST, 1).take, 0);
  const errand = gate.errand();
  assert.ok(errand);
  await gate.runErrand(errand, answer(0, '', 'reset'), signal);
  assert.equal(gate.room(HOST, 1).take, 0);
  time.now = gate.waitingFor(time.now)?.until ?? 0;
  assert.equal(gate.room(HOST, 1).take, 1, 'a host may answer nothing but pages');
  assert.equal(came('/bad', 0, 'reset'), 0);
  time.now = gate.waitingFor(time.now)?.until ?? 0;
  assert.equal(gate.room(HOST, 1).take, 0);
  await gate.runErrand(gate.errand() ?? assert.fail(), answer(404), signal);
  assert.equal(gate.room(HOST, 1).take, 4);
  assert.equal(came('/bad', 0, 'reset'), 2);
});

test('gate: where others are on their way they tell, and no robots.txt is asked for', () => {
  const { gate, time, came } = answeredGate();
  gate.started(LEASE);
  came('/bad', 0, 'reset');
  time.now += 1_000;
  assert.deepEqual(gate.room(HOST, 1), { take: 0, notBefore: Number.POSITIVE_INFINITY });
  gate.ended(LEASE, { ...outcomeOf(200), sentAt: time.now });
  assert.equal(gate.room(HOST, 1).take, 4);
  assert.equal(gate.errand(), null);
});

test('gate: a host that answered in an earlier run is held, and one that never did is given up', () => {
  for (const answered of [true, false]) {
    const known = [{ id: 1, host: HOST, answered, heldUntil: null, why: null, robots: null }];
    const { gate, time } = gateAt({ ...CONFIG, robots: false, resumed: true }, known);
    for (let nth = 0; nth < 3; nth += 1) {
      time.now = Math.max(time.now + 1, gate.waitingFor(time.now)?.until ?? 0);
      gate.started(LEASE);
      gate.ended(LEASE, { ...outcomeOf(0, '', 'refused'), sentAt: time.now });
    }
    assert.deepEqual(gate.verdict(LEASE), answered ? null : { reason: null, error: 'refused' });
  }
});

test('gate: that a host has answered is noted once, for the runs to come', async () => {
  const { gate, time, answer } = gateAt();
  const first = await gate.runErrand({ host: HOST, hostId: 1 }, answer(0, '', 'refused'), signal);
  assert.equal(first.answered, undefined);
  time.now += 1_000;
  const note = await gate.runErrand({ host: HOST, hostId: 1 }, answer(404), signal);
  assert.equal(note.answered, true);
  const other = gateAt({ ...CONFIG, robots: false }).gate;
  assert.equal(other.ended(LEASE, outcomeOf(404)).note?.answered, true);
  assert.equal(other.ended(LEASE, outcomeOf(404)).note, null);
});

test('gate: a robots.txt that leads to a host that is away says nothing of its own host', async () => {
  const { gate, opened } = gateAt();
  const moved: Fetch = async ({ url }) =>
    url.startsWith(HOST)
      ? { ...outcomeOf(301), headers: ['location', 'http://gone/robots.txt'] }
      : outcomeOf(0, '', 'refused');
  for (let nth = 0; nth < 3; nth += 1) await gate.runErrand({ host: HOST, hostId: 1 }, moved, signal);
  assert.equal(gate.verdict(LEASE), null);
  assert.equal(gate.waitingFor(0)?.why, 'robots.txt: refused');
  assert.ok(opened.length <= 3);
});

test('gate: a robots.txt that no waiting will bring fails the URLs of its host, with its code', async () => {
  const { gate, answer } = gateAt();
  await gate.runErrand({ host: HOST, hostId: 1 }, answer(0, '', 'tls-certificate'), signal);
  assert.deepEqual(gate.verdict(LEASE), { reason: null, error: 'tls-certificate' });
});
