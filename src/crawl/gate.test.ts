import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG, gateAt, HOST, LEASE, outcomeOf, signal } from '../../test/helpers/gate-bench.ts';
import { WALL_ERROR_MS } from '../base/clock.ts';
import type { Fetch } from '../base/contracts.ts';

test('gate: a host is closed until its robots.txt is had, and opened then', async () => {
  const { gate, opened, answer } = await gateAt();
  assert.equal(gate.room(HOST, 1).take, 0);
  assert.equal(gate.room(HOST, 1).take, 0, 'asked once only');
  const errand = gate.errand();
  assert.deepEqual([errand, gate.errand()], [{ host: HOST, hostId: 1 }, null]);
  assert.ok(errand);
  const [note] = await gate.runErrand(errand, answer(200, 'User-agent: *\nDisallow: /private'), signal);
  assert.equal(note?.robots?.status, 200);
  assert.deepEqual(opened, [[1, 0]]);
  assert.equal(gate.room(HOST, 1).take, 4);
  assert.deepEqual(await gate.refusal(LEASE), { reason: 'robots', error: null });
  assert.equal(await gate.refusal({ ...LEASE, url: 'http://h/public' }), null);
});

test('gate: a host with a robots.txt of thousands of lines is asked for one URL at a time in a turn', async () => {
  const { gate, answer } = await gateAt();
  gate.room(HOST, 1);
  const lines = Array.from({ length: 5_000 }, (_, at) => `Disallow: /*${at}`).join('\n');
  await gate.runErrand({ host: HOST, hostId: 1 }, answer(200, `User-agent: *\n${lines}`), signal);
  for (let started = 0; started < 4; started += 1) {
    assert.equal(gate.room(HOST, 1).take, 1);
    gate.begin({ ...LEASE, url: `${HOST}/a` });
  }
  assert.equal(gate.room(HOST, 1).take, 0);
});

test('gate: a 4xx for robots.txt allows everything, a 5xx nothing for a minute, then five', async () => {
  const { gate, time, opened, answer } = await gateAt();
  gate.room(HOST, 1);
  await gate.runErrand({ host: HOST, hostId: 1 }, answer(503), signal);
  assert.deepEqual(opened.at(-1), [1, 70_000]);
  assert.deepEqual(gate.room(HOST, 1), { take: 0, notBefore: 70_000 });
  assert.deepEqual(gate.waitingFor(time.now), { host: HOST, until: 70_000, why: 'robots.txt: status 503' });
  time.now = 70_000;
  gate.room(HOST, 1);
  await gate.runErrand({ host: HOST, hostId: 1 }, answer(500), signal);
  assert.deepEqual(opened.at(-1), [1, 370_000]);
  time.now = 370_000;
  gate.room(HOST, 1);
  await gate.runErrand({ host: HOST, hostId: 1 }, answer(404), signal);
  assert.equal(gate.room(HOST, 1).take, 4);
  assert.equal(await gate.refusal(LEASE), null);
});

test('gate: a robots.txt that cannot be renewed is obeyed for another day, and then the host waits', async () => {
  const { gate, time, answer } = await gateAt();
  const ask = async (status: number): Promise<void> => {
    gate.room(HOST, 1);
    const errand = gate.errand();
    assert.ok(errand, `at ${time.now} it is asked for again`);
    await gate.runErrand(errand, answer(status, 'User-agent: *\nDisallow: /private'), signal);
  };
  await ask(200);
  const failingAt = time.now + 24 * 3_600_000;
  for (const afterMinutes of [0, 1, 6, 21, 81, 24 * 60 - 1]) {
    time.now = failingAt + afterMinutes * 60_000;
    await ask(503);
    assert.equal(gate.room(HOST, 1).take, 4, `after ${afterMinutes} minutes`);
    assert.deepEqual(await gate.refusal(LEASE), { reason: 'robots', error: null });
  }
  time.now = failingAt + 25 * 3_600_000;
  await ask(503);
  assert.equal(gate.room(HOST, 1).take, 0);
  assert.equal(gate.waitingFor(time.now)?.why, 'robots.txt: status 503');
});

test('gate: a robots.txt that is forbidden allows everything, or nothing where that is asked for', async () => {
  for (const robotsForbiddenDenies of [false, true]) {
    const { gate, answer } = await gateAt({ ...CONFIG, robotsForbiddenDenies });
    gate.room(HOST, 1);
    await gate.runErrand({ host: HOST, hostId: 1 }, answer(403), signal);
    assert.deepEqual(await gate.refusal(LEASE), robotsForbiddenDenies ? { reason: 'robots', error: null } : null);
  }
});

test('gate: a host that never answers is given up with the code that names why', async () => {
  const { gate, time, answer } = await gateAt();
  for (const at of [10_000, 11_000, 15_000]) {
    time.now = at;
    gate.room(HOST, 1);
    await gate.runErrand({ host: HOST, hostId: 1 }, answer(0, '', 'first-byte-timeout'), signal);
  }
  const detail = 'its robots.txt: first-byte-timeout';
  assert.deepEqual(await gate.refusal(LEASE), { reason: null, error: 'first-byte-timeout', detail });
  assert.ok(gate.room(HOST, 1).take > 0, 'its URLs are let through to be failed');
});

test('gate: a full host is parked, and opened when a request ends', async () => {
  const { gate, opened } = await gateAt({ ...CONFIG, robots: false });
  for (let i = 0; i < 4; i += 1) gate.begin(LEASE);
  assert.deepEqual(gate.room(HOST, 1), { take: 0, notBefore: Number.POSITIVE_INFINITY });
  await gate.end(LEASE, outcomeOf(200));
  assert.equal(opened.length, 1);
  assert.equal(gate.room(HOST, 1).take, 1);
});

test('gate: what the store knows of a host holds after a restart: robots.txt, its delay, and a hold', async () => {
  const body = Buffer.from('User-agent: *\nDisallow: /private\nCrawl-delay: 2');
  const robots = { fetchedAt: 0, expiresAt: 1_000_000, status: 200, body };
  const known = [
    { id: 1, host: HOST, answered: false, heldUntil: null, why: null, robots },
    { id: 2, host: 'http://i', answered: false, heldUntil: 20_000, why: 'status 429', robots },
  ];
  const { gate } = await gateAt({ ...CONFIG, resumed: true }, known);
  // A look at the next URL, which may be requested after the delay.
  await gate.refusal({ ...LEASE, url: `${HOST}/public` });
  assert.deepEqual(gate.room(HOST, 1), { take: 0, notBefore: 12_000 });
  assert.deepEqual(gate.room('http://i', 2), { take: 0, notBefore: 20_000 + WALL_ERROR_MS });
  assert.deepEqual(await gate.refusal(LEASE), { reason: 'robots', error: null });
});

test('gate: a host that was asked as often as it may be, in this run and in others, has its URLs skipped', async () => {
  const known = [{ id: 1, host: HOST, answered: true, heldUntil: null, why: null, robots: null }];
  const { gate } = await gateAt({ ...CONFIG, robots: false, hostLimit: { most: 3, asked: new Map([[1, 1]]) } }, known);
  for (let asked = 1; asked < 3; asked += 1) {
    await gate.end(LEASE, outcomeOf(200));
  }
  assert.deepEqual(await gate.refusal(LEASE), { reason: 'budget', error: null });
  assert.equal(await gate.refusal({ ...LEASE, wasAsked: true }), null, 'a URL that was asked already is asked again');
  assert.equal(await gate.refusal({ ...LEASE, isSitemap: true }), null);
  assert.equal(await gate.refusal({ ...LEASE, host: 'http://i', hostId: 2 }), null);
});

test('gate: a script that always asks to wait does not hold its healthy host', async () => {
  const { gate, time } = await gateAt({ ...CONFIG, robots: false });
  const wait = { ...outcomeOf(503), headers: ['retry-after', '60'] };
  const first = await gate.end(LEASE, wait);
  assert.deepEqual([first.spent, first.note?.heldUntil], [0, 70_000]);
  time.now = 70_000;
  await gate.end(LEASE, outcomeOf(200));
  time.now = 71_000;
  const last = await gate.end(LEASE, wait);
  assert.deepEqual([last.spent, last.note], [1, null]);
  assert.ok(gate.room(HOST, 1).take > 0);
  assert.equal(
    (await gate.end({ ...LEASE, url: 'http://h/other' }, wait)).spent,
    0,
    'another URL asks for the first time',
  );
});

test('gate: answers of one moment that ask to wait and name no time are one wait, and the next moment waits twice as long', async () => {
  const { gate, time } = await gateAt();
  for (const status of [429, 503]) {
    const told = { ...outcomeOf(status), headers: status === 503 ? ['Retry-After', 'soon'] : [] };
    for (const [moment, waitMs] of [30_000, 60_000, 120_000].entries()) {
      const leases = [1, 2, 3, 4].map((id) => ({ ...LEASE, id, url: `${HOST}/${status}/${moment}/${id}` }));
      for (const lease of leases) gate.begin(lease);
      const sentAt = time.now;
      time.now += 5;
      for (const lease of leases) await gate.end(lease, { ...told, sentAt });
      assert.equal(gate.room(HOST, 1).notBefore, time.now + waitMs, `${status}, moment ${moment}`);
      time.now += waitMs;
    }
    gate.begin(LEASE);
    await gate.end(LEASE, { ...outcomeOf(200), sentAt: time.now });
  }
});

for (const refusal of [outcomeOf(429), outcomeOf(0, '', 'refused')]) {
  test(`gate: a robots.txt that redirects to what is ${refusal.error ?? 429} is waited for no longer than we are patient`, async () => {
    const { gate, time } = await gateAt();
    const moved = { ...outcomeOf(301), headers: ['location', '/robots'] };
    const asked: string[] = [];
    const end = time.now + 2 * CONFIG.pace.patienceMs;
    while (time.now < end) {
      const { notBefore } = gate.room(HOST, 1);
      const errand = gate.errand();
      if (errand === null && notBefore === Number.POSITIVE_INFINITY) break;
      if (errand === null) time.now = notBefore;
      else {
        const sentAt = time.now;
        const fetch: Fetch = async ({ url }) => {
          asked.push(url.slice(HOST.length));
          return { ...(url.endsWith('.txt') ? moved : refusal), sentAt };
        };
        await gate.runErrand(errand, fetch, signal);
        time.now += 1;
      }
    }
    assert.ok(time.now < end, `it is left for another run: ${asked.length} requests`);
    assert.deepEqual(
      asked.slice(0, 4),
      ['/robots.txt', '/robots', '/robots', '/robots'],
      'what asked to wait is asked again',
    );
  });
}

test('gate: an answer of 5xx is no success, and robots.txt is one', async () => {
  const { gate, time, answer } = await gateAt({ ...CONFIG, robots: false });
  const wait = { ...outcomeOf(503), headers: ['retry-after', '60'] };
  await gate.end(LEASE, wait);
  time.now = 70_000;
  await gate.end({ ...LEASE, url: 'http://h/broken' }, outcomeOf(500));
  assert.equal((await gate.end(LEASE, wait)).spent, 0);
  time.now = 140_000;
  await gate.runErrand({ host: HOST, hostId: 1 }, answer(200), signal);
  time.now = 141_000;
  assert.equal((await gate.end(LEASE, wait)).spent, 2, 'the one before too');
});

test('gate: where our own machine fails all hosts wait, one request probes, and none is blamed', async () => {
  const { gate, time } = await gateAt({ ...CONFIG, robots: false });
  assert.equal((await gate.end(LEASE, outcomeOf(0, '', 'machine'))).spent, 0);
  assert.deepEqual(gate.room(HOST, 1), { take: 0, notBefore: 11_000 });
  assert.deepEqual(gate.room('http://i', 2), { take: 0, notBefore: 11_000 });
  assert.equal(gate.waitingFor(time.now)?.host, 'this machine');
  time.now = 11_000;
  assert.equal(gate.room(HOST, 1).take, 1);
  assert.deepEqual(gate.room('http://i', 2), { take: 0, notBefore: 12_000 });
  await gate.end(LEASE, outcomeOf(200));
  assert.equal(gate.room('http://i', 2).take, 4);
  assert.equal(gate.waitingFor(time.now), null);
});

test('gate: where our own machine fails beyond patience, what is left is for another run', async () => {
  const { gate, time } = await gateAt({ ...CONFIG, robots: false });
  await gate.end(LEASE, outcomeOf(0, '', 'machine'));
  time.now += 3_600_000;
  assert.equal(gate.room(HOST, 1).take, 1);
  time.now += 1;
  assert.deepEqual(gate.room(HOST, 1), { take: 0, notBefore: Number.POSITIVE_INFINITY });
  assert.equal(gate.waitingFor(time.now)?.until, Number.POSITIVE_INFINITY);
});

test('gate: a silent host that never answered shows that the network is there', async () => {
  const { gate } = await gateAt({ ...CONFIG, robots: false });
  const other = { ...LEASE, host: 'http://i', hostId: 2 };
  for (const lease of [LEASE, other]) await gate.end(lease, outcomeOf(200));
  for (const lease of [LEASE, other]) await gate.end(lease, outcomeOf(0, '', 'unreachable'));
  assert.equal(gate.room('http://j', 3).take, 0);
  await gate.end(LEASE, outcomeOf(0, '', 'first-byte-timeout'));
  assert.equal(gate.room('http://j', 3).take, 0, 'a connection from before says nothing');
  await gate.end({ ...LEASE, host: 'http://j', hostId: 3 }, outcomeOf(0, '', 'first-byte-timeout'));
  assert.ok(gate.room('http://k', 4).take > 1);
});

test('gate: so does any host whose connection is younger than the fault', async () => {
  const { gate, time } = await gateAt({ ...CONFIG, robots: false });
  const other = { ...LEASE, host: 'http://i', hostId: 2 };
  for (const lease of [LEASE, other]) await gate.end(lease, outcomeOf(200));
  for (const lease of [LEASE, other]) await gate.end(lease, outcomeOf(0, '', 'unreachable'));
  const sentAt = time.now + 16_000;
  time.now += 46_000;
  assert.equal((await gate.end(LEASE, { ...outcomeOf(0, '', 'first-byte-timeout'), sentAt })).spent, 0);
  assert.notEqual(gate.waitingFor(time.now)?.host, 'this machine');
});

test('gate: two hosts that answered and cannot be reached any more are one network that is gone', async () => {
  const { gate, time } = await gateAt({ ...CONFIG, robots: false });
  const other = { ...LEASE, host: 'http://i', hostId: 2 };
  for (const lease of [LEASE, other]) await gate.end(lease, outcomeOf(200));
  await gate.end(LEASE, outcomeOf(0, '', 'unreachable'));
  assert.equal((await gate.end(other, outcomeOf(0, '', 'connect-timeout'))).spent, 0);
  assert.equal(gate.room('http://j', 3).take, 0);
  assert.match(gate.waitingFor(time.now)?.why ?? '', /no host can be reached/);
});

for (const [error, requests] of [
  ['unreachable', 2],
  ['dns-not-found', 2],
  ['refused', 6],
] as const) {
  test(`gate: a robots.txt that redirects to a host that is ${error} fails its host, and holds it no longer than that one`, async () => {
    const { gate, time } = await gateAt();
    const moved = { ...outcomeOf(301), headers: ['location', 'http://elsewhere/robots.txt'] };
    const end = time.now + CONFIG.pace.patienceMs;
    let asked = 0;
    while (time.now < end) {
      const { take, notBefore } = gate.room(HOST, 1);
      // Given up: its URLs are let through to be failed.
      if (take > 0) break;
      const errand = gate.errand();
      if (errand === null) time.now = notBefore;
      else {
        const sentAt = time.now;
        asked += 1;
        const fetch: Fetch = async ({ url }) => ({
          ...(url.startsWith(HOST) ? moved : outcomeOf(0, '', error)),
          sentAt,
        });
        await gate.runErrand(errand, fetch, signal);
        time.now += 1;
      }
    }
    const detail = `its robots.txt redirects to http://elsewhere/robots.txt: ${error}`;
    assert.deepEqual([await gate.refusal(LEASE), asked], [{ reason: null, error, detail }, requests]);
  });
}
