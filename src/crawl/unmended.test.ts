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

test('gate: status 501, 505 and what is no status of HTTP of a robots.txt forbid everything, also after a restart', async () => {
  for (const status of [501, 505, 600, 700, 999]) {
    const { gate, answer } = await gateAt();
    const [note] = await gate.runErrand({ host: HOST, hostId: 1 }, answer(status, 'Allow: /'), signal);
    assert.deepEqual(await gate.refusal(LEASE), { reason: 'robots', error: null });
    const robots = note?.robots ?? null;
    const known = { id: 1, host: HOST, answered: true, heldUntil: null, why: null, robots };
    const { gate: again } = await gateAt({ ...CONFIG, resumed: true }, [known]);
    assert.deepEqual(await again.refusal(LEASE), { reason: 'robots', error: null });
  }
});

test('gate: a robots.txt whose coding is damaged is an error of decoding', async () => {
  const { gate } = await gateAt();
  const damaged = { ...outcomeOf(200, 'Allow: /'), isDamaged: true as const, detail: 'x' };
  await gate.runErrand({ host: HOST, hostId: 1 }, async () => damaged, signal);
  assert.deepEqual(await gate.refusal(LEASE), { reason: null, error: 'decode', detail: 'its robots.txt: x' });
});

for (const fields of [
  ['Content-Length', '-5'],
  ['content-length', 'many'],
  ['Transfer-Encoding', 'foo'],
  ['transfer-encoding', 'chunked, foo'],
]) {
  test(`gate: a robots.txt with ${fields.join(': ')} that never ends is malformed`, async () => {
    const { gate } = await gateAt();
    const endless = { ...outcomeOf(200, 'x', 'idle-timeout'), headers: fields, detail: 'x' };
    await gate.runErrand({ host: HOST, hostId: 1 }, async () => endless, signal);
    assert.deepEqual(await gate.refusal(LEASE), { reason: null, error: 'http-malformed', detail: 'its robots.txt: x' });
  });
}

for (const [status, fields] of [
  [304, []],
  [206, []],
  [206, ['content-range', 'bytes 0-13/500']],
] as const) {
  test(`gate: a host whose robots.txt is ${status} ${fields.join(' ')} three times, although all was asked for, is given up`, async () => {
    const { gate, time } = await gateAt();
    const waits: (number | undefined)[] = [];
    for (let times = 0; times < 3; times += 1) {
      const less = { ...outcomeOf(status, 'Allow: /'), headers: fields };
      await gate.runErrand({ host: HOST, hostId: 1 }, async () => less, signal);
      const waiting = gate.waitingFor(time.now);
      waits.push(waiting === null ? undefined : waiting.until - time.now);
      time.now = waiting?.until ?? time.now;
    }
    assert.deepEqual(waits, [5_000, 15_000, undefined]);
    const detail = `its robots.txt: status ${status}, although all of it was asked for`;
    assert.deepEqual(await gate.refusal(LEASE), { reason: null, error: 'http-malformed', detail });
  });
}

test('gate: a host that is given up before it said anything tells why', async () => {
  const { gate } = await gateAt();
  const failed = { ...outcomeOf(0, '', 'tls-expired'), detail: 'it ended yesterday' };
  await gate.runErrand({ host: HOST, hostId: 1 }, async () => failed, signal);
  const detail = 'its robots.txt: it ended yesterday';
  assert.deepEqual(await gate.refusal(LEASE), { reason: null, error: 'tls-expired', detail });
});

test('gate: the answer that gives a host up tells why, and no later one does', async () => {
  const late = { ...outcomeOf(200), detail: 'two Locations that differ' };
  for (const detail of ['', 'the third']) {
    const { gate, time } = await gateAt({ ...CONFIG, robots: false });
    gate.begin({ ...LEASE, url: `${HOST}/slow` });
    for (const at of [10_000, 11_000, 15_000]) {
      time.now = at;
      await gate.end(LEASE, { ...outcomeOf(0, '', 'refused'), sentAt: at, detail: at === 15_000 ? detail : 'earlier' });
    }
    await gate.end({ ...LEASE, url: `${HOST}/slow` }, late);
    const refusal = { reason: null, error: 'refused', ...(detail !== '' && { detail }) };
    assert.deepEqual(await gate.refusal(LEASE), refusal);
  }
});

for (const error of ['disconnect', 'idle-timeout', 'reset'] as const) {
  test(`gate: a host whose robots.txt ends in ${error} three times is given up, within a minute`, async () => {
    const { gate, time, answer } = await gateAt();
    const waits: (number | undefined)[] = [];
    for (let times = 0; times < 3; times += 1) {
      await gate.runErrand({ host: HOST, hostId: 1 }, answer(200, 'x', error), signal);
      const waiting = gate.waitingFor(time.now);
      waits.push(waiting === null ? undefined : waiting.until - time.now);
      time.now = waiting?.until ?? time.now;
    }
    assert.deepEqual(waits, [5_000, 15_000, undefined]);
    assert.equal((await gate.refusal(LEASE))?.error, error);
  });
}
