// Whether a URL that asks to wait again is to blame, or its host.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG, gateAt, HOST, LEASE, outcomeOf, signal } from '../../test/helpers/gate-bench.ts';

/** A gate whose host has answered, and what a URL of it spends by an answer now. */
async function answeredGate() {
  const bench = await gateAt({ ...CONFIG, robots: false });
  const came = async (path: string, status: number): Promise<number> => {
    const lease = { ...LEASE, url: `${HOST}${path}` };
    bench.gate.begin(lease);
    return (await bench.gate.end(lease, { ...outcomeOf(status), sentAt: bench.time.now })).spent;
  };
  await came('/', 200);
  return { ...bench, came };
}

test('gate: a URL that asks to wait for ever spends its tries, where its host answers otherwise or alone', async () => {
  const { gate, time, came, answer } = await answeredGate();
  const next = async (): Promise<number> => {
    time.now = Math.max(time.now + 1, gate.waitingFor(time.now)?.until ?? 0);
    return came('/busy', 429);
  };
  assert.equal(await next(), 0, "the first wait is the host's");
  assert.equal(await next(), 0, 'nothing else was asked');
  time.now = gate.waitingFor(time.now)!.until;
  assert.equal(gate.room(HOST, 1).take, 0, 'its robots.txt finds out');
  await gate.runErrand(gate.errand() ?? assert.fail(), answer(404), signal);
  assert.equal(gate.room(HOST, 1).take, 4);
  time.now += 1;
  assert.equal(await came('/busy', 429), 2, 'this one, and the one before');
  time.now = gate.waitingFor(time.now)!.until;
  await came('/good', 200);
  assert.equal(await next(), 1);
});

test('gate: a host that asks to wait for everything, its robots.txt too, costs no URL a try', async () => {
  const { gate, time, came, answer } = await answeredGate();
  let robots = 0;
  for (let nth = 0; nth < 20; nth += 1) {
    time.now = Math.max(time.now + 1, gate.waitingFor(time.now)?.until ?? 0);
    if (gate.room(HOST, 1).take > 0) assert.equal(await came(`/${nth % 2}`, 429), 0);
    else {
      robots += 1;
      await gate.runErrand(gate.errand() ?? assert.fail(), answer(429), signal);
    }
  }
  assert.ok(robots > 0);
});
