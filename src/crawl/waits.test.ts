// Whether a URL that asks to wait again is to blame, or its host.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG, gateAt, HOST, LEASE, outcomeOf, signal } from '../../test/helpers/gate-bench.ts';

/** A gate whose host has answered, and what a URL of it spends by an answer now. */
function answeredGate() {
  const bench = gateAt({ ...CONFIG, robots: false });
  const came = (path: string, status: number): number => {
    const lease = { ...LEASE, url: `${HOST}${path}` };
    bench.gate.started(lease);
    return bench.gate.ended(lease, { ...outcomeOf(status), sentAt: bench.time.now }).spent;
  };
  came('/', 200);
  return { ...bench, came };
}

test('gate: a URL that asks to wait for ever spends its tries, where its host answers otherwise or alone', async () => {
  const { gate, time, came, answer } = answeredGate();
  const next = (): number => {
    time.now = Math.max(time.now + 1, gate.waitingFor(time.now)?.until ?? 0);
    return came('/busy', 429);
  };
  assert.equal(next(), 0, "the first wait is the host's");
  assert.equal(next(), 0, 'nothing else was asked');
  time.now = gate.waitingFor(time.now)!.until;
  assert.equal(gate.room(HOST, 1).take, 0, 'its robots.txt finds out');
  await gate.runErrand(gate.errand() ?? assert.fail(), answer(404), signal);
  assert.equal(gate.room(HOST, 1).take, 4);
  time.now += 1;
  assert.equal(came('/busy', 429), 2, 'this one, and the one before');
  time.now = gate.waitingFor(time.now)!.until;
  came('/good', 200);
  assert.equal(next(), 1);
});

test('gate: a host that asks to wait for everything, its robots.txt too, costs no URL a try', async () => {
  const { gate, time, came, answer } = answeredGate();
  let robots = 0;
  for (let nth = 0; nth < 20; nth += 1) {
    time.now = Math.max(time.now + 1, gate.waitingFor(time.now)?.until ?? 0);
    if (gate.room(HOST, 1).take > 0) assert.equal(came(`/${nth % 2}`, 429), 0);
    else {
      robots += 1;
      await gate.runErrand(gate.errand() ?? assert.fail(), answer(429), signal);
    }
  }
  assert.ok(robots > 0);
});
