// What comes instead of a robots.txt and what waiting does not mend.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG, gateAt, HOST, LEASE, outcomeOf, signal } from '../../test/helpers/gate-bench.ts';

for (const error of ['http-malformed', 'min-rate', 'max-time', 'decode'] as const) {
  test(`gate: a host whose robots.txt ends in ${error} is given up at once: waiting does not mend it`, async () => {
    const { gate } = await gateAt();
    await gate.runErrand(
      { host: HOST, hostId: 1 },
      async () => ({ ...outcomeOf(200, '', error), detail: 'x' }),
      signal,
    );
    assert.deepEqual(await gate.refusal(LEASE), { reason: null, error, detail: 'its robots.txt: x' });
  });
}

test('gate: a robots.txt in a coding that is not known is an error of decoding, and one that broke off is asked for again', async () => {
  const { gate } = await gateAt();
  const coded = { ...outcomeOf(200), isCoded: true as const, detail: 'x' };
  await gate.runErrand({ host: HOST, hostId: 1 }, async () => coded, signal);
  assert.deepEqual(await gate.refusal(LEASE), { reason: null, error: 'decode', detail: 'its robots.txt: x' });
  const other = await gateAt();
  await other.gate.runErrand({ host: HOST, hostId: 1 }, other.answer(200, 'x', 'disconnect'), signal);
  assert.equal(other.gate.waitingFor(other.time.now)?.why, 'robots.txt: disconnect');
});

test('gate: status 501 and 505 of a robots.txt forbid everything, also after a restart', async () => {
  for (const status of [501, 505]) {
    const { gate, answer } = await gateAt();
    const [note] = await gate.runErrand({ host: HOST, hostId: 1 }, answer(status, 'Allow: /'), signal);
    assert.deepEqual(await gate.refusal(LEASE), { reason: 'robots', error: null });
    const robots = note?.robots ?? null;
    const known = { id: 1, host: HOST, answered: true, heldUntil: null, why: null, robots };
    const { gate: again } = await gateAt({ ...CONFIG, resumed: true }, [known]);
    assert.deepEqual(await again.refusal(LEASE), { reason: 'robots', error: null });
  }
});
