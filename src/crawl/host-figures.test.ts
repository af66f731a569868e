import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG, gateAt, LEASE, outcomeOf } from '../../test/helpers/gate-bench.ts';
import { HOST_FIGURES_MAX } from '../base/limits.ts';
import { createHostTellings } from './host-figures.ts';
import { newHost } from './host-state.ts';

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

test('gate: of many hosts the busiest are told, in order', () => {
  const config = { ...CONFIG, robots: false };
  const states = Array.from({ length: 1_000 }, (_, at) => {
    const state = newHost(config, `http://h${at}`, at + 1, 0);
    const heldUntil = at % 7 === 0 ? 2_000 : 0;
    return { ...state, requests: (at * 37) % 101, pace: { ...state.pace, inFlight: (at * 13) % 5, heldUntil } };
  });
  const told = createHostTellings(() => states).figures(1_000);
  const wanted = states
    .filter(({ requests }) => requests > 0)
    .sort((a, b) => b.pace.inFlight - a.pace.inFlight || b.pace.heldUntil - a.pace.heldUntil || b.requests - a.requests)
    .slice(0, HOST_FIGURES_MAX);
  assert.deepEqual(
    told.map(({ host }) => host),
    wanted.map(({ host }) => host),
  );
});
