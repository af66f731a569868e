import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG, gateAt, LEASE, outcomeOf } from '../../test/helpers/gate-bench.ts';

test('gate: the latency of a host is told whatever its limit is', async () => {
  for (const pace of [{ adapt: false }, { adapt: true }, { adapt: true, delayMs: 100 }]) {
    const { gate, time } = await gateAt({ ...CONFIG, robots: false, pace: { ...CONFIG.pace, ...pace } });
    for (const firstByteMs of [40, 20, 30]) {
      gate.begin(LEASE);
      await gate.end(LEASE, { ...outcomeOf(200), sentAt: time.now, firstByteMs });
      time.now += 1_000;
    }
    const [figures] = gate.figures();
    assert.ok(figures!.latencyMs! >= 20 && figures!.latencyMs! <= 40, JSON.stringify([pace, figures]));
  }
});

test('gate: the latency of a host that only refuses is that of its answers, and of a silent host it is unknown', async () => {
  const silent = { ...outcomeOf(0), error: 'reset' } as const;
  for (const [outcomes, latencyMs] of [
    [[outcomeOf(503), outcomeOf(503)], 30],
    [[outcomeOf(429)], 30],
    [[outcomeOf(429), silent], 30],
    [[silent], null],
    [[silent, outcomeOf(503)], 30],
  ] as const) {
    for (const pace of [{ adapt: false }, { adapt: true }, { adapt: true, delayMs: 100 }]) {
      const { gate, time } = await gateAt({ ...CONFIG, robots: false, pace: { ...CONFIG.pace, ...pace } });
      for (const outcome of outcomes) {
        gate.begin(LEASE);
        const firstByteMs = outcome.status > 0 ? 30 : 0;
        await gate.end(LEASE, { ...outcome, sentAt: time.now, firstByteMs });
        time.now += 100_000;
      }
      assert.equal(
        gate.figures()[0]?.latencyMs,
        latencyMs,
        JSON.stringify([outcomes.map(({ status }) => status), pace]),
      );
    }
  }
  const { gate, time } = await gateAt({ ...CONFIG, robots: false });
  for (const [status, firstByteMs] of [
    [200, 20],
    [200, 20],
    [503, 900],
  ] as const) {
    gate.begin(LEASE);
    await gate.end(LEASE, { ...outcomeOf(status), sentAt: time.now, firstByteMs });
    time.now += 1_000;
  }
  assert.equal(gate.figures()[0]?.latencyMs, 20, 'one refusal does not outweigh what was measured before');
});
