import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG, type GateBench, gateAt, HOST, LEASE, outcomeOf, signal } from '../../test/helpers/gate-bench.ts';
import type { Fetch, Outcome } from '../base/contracts.ts';

/** A gate whose host has answered, and what came of URLs of it at that moment. */
async function answeredGate() {
  const bench = await gateAt({ ...CONFIG, robots: false });
  const { gate, time } = bench;
  const came = async (
    path: string,
    status: number,
    error: Outcome['error'] = null,
    sentAt = time.now,
  ): Promise<number> => {
    const lease = { ...LEASE, url: `${HOST}${path}` };
    gate.begin(lease);
    return (await gate.end(lease, { ...outcomeOf(status, '', error), sentAt })).spent;
  };
  await came('/', 200);
  return { ...bench, came };
}

for (const error of ['reset', 'first-byte-timeout', 'idle-timeout'] as const) {
  test(`gate: a URL that breaks off while others are answered spends its tries, the first one included: ${error}`, async () => {
    const { time, came } = await answeredGate();
    assert.equal(await came('/bad', 0, error), 0, 'nobody knows yet');
    const spent: number[] = [];
    for (let nth = 0; nth < 3; nth += 1) {
      time.now += 2_000;
      await came('/good', 200);
      time.now += 2_000;
      spent.push(await came('/bad', 0, error));
    }
    assert.deepEqual(spent, [2, 1, 1]);
  });

  test(`gate: while a host is away no URL of it spends a try, however often it is asked: ${error}`, async () => {
    const { gate, time, came } = await answeredGate();
    const early = time.now;
    for (let nth = 0; nth < 20; nth += 1) {
      time.now = Math.max(time.now + 1, gate.waitingFor(time.now)?.until ?? 0);
      assert.equal(await came(`/${nth % 3}`, 0, error), 0);
      // What was sent before it went away may be answered late.
      await came('/late', 200, null, early);
    }
  });
}

test('gate: a body that is cut spends a try where it is cut again', async () => {
  const { time, came } = await answeredGate();
  assert.equal(await came('/cut', 200, 'disconnect'), 0);
  time.now += 1_000;
  assert.equal(await came('/cut', 200, 'disconnect'), 2);
  assert.equal(await came('/other', 200, 'disconnect'), 0);
  assert.equal(await came('/other', 200), 1);
  assert.equal(await came('/other', 200, 'disconnect'), 0, 'it was well since');
});

test('gate: what is refused or has no name spends no try of its URL', async () => {
  for (const error of ['refused', 'dns-not-found', 'connect-timeout'] as const) {
    const { time, came } = await answeredGate();
    for (let nth = 0; nth < 9; nth += 1) {
      time.now += 2_000;
      await came('/good', 200);
      assert.equal(await came('/bad', 0, error), 0);
    }
  }
});

test('gate: whether a URL or its host breaks off is found out by robots.txt, before anything else is asked', async () => {
  const { gate, time, came, answer } = await answeredGate();
  await came('/bad', 0, 'reset');
  time.now += 1_000;
  assert.equal(gate.room(HOST, 1).take, 0);
  const errand = gate.errand();
  assert.ok(errand);
  await gate.runErrand(errand, answer(0, '', 'reset'), signal);
  assert.equal(gate.room(HOST, 1).take, 0);
  time.now = gate.waitingFor(time.now)?.until ?? 0;
  assert.equal(gate.room(HOST, 1).take, 1, 'a host may answer nothing but pages');
  assert.equal(await came('/bad', 0, 'reset'), 0);
  time.now = gate.waitingFor(time.now)?.until ?? 0;
  assert.equal(gate.room(HOST, 1).take, 0);
  await gate.runErrand(gate.errand() ?? assert.fail(), answer(404), signal);
  assert.equal(gate.room(HOST, 1).take, 4);
  assert.equal(await came('/bad', 0, 'reset'), 2);
});

test('gate: where others are on their way they tell, and no robots.txt is asked for', async () => {
  const { gate, time, came } = await answeredGate();
  gate.begin(LEASE);
  await came('/bad', 0, 'reset');
  time.now += 1_000;
  assert.deepEqual(gate.room(HOST, 1), { take: 0, notBefore: Number.POSITIVE_INFINITY });
  await gate.end(LEASE, { ...outcomeOf(200), sentAt: time.now });
  assert.equal(gate.room(HOST, 1).take, 4);
  assert.equal(gate.errand(), null);
});

test('gate: a host that answered in an earlier run is held, and one that never did is given up', async () => {
  for (const answered of [true, false]) {
    const known = [{ id: 1, host: HOST, answered, heldUntil: null, why: null, robots: null }];
    const { gate, time } = await gateAt({ ...CONFIG, robots: false, resumed: true }, known);
    for (let nth = 0; nth < 3; nth += 1) {
      time.now = Math.max(time.now + 1, gate.waitingFor(time.now)?.until ?? 0);
      gate.begin(LEASE);
      await gate.end(LEASE, { ...outcomeOf(0, '', 'refused'), sentAt: time.now });
    }
    assert.deepEqual(await gate.refusal(LEASE), answered ? null : { reason: null, error: 'refused' });
  }
});

test('gate: that a host has answered is noted once, for the runs to come', async () => {
  const { gate, time, answer } = await gateAt();
  const [first] = await gate.runErrand({ host: HOST, hostId: 1 }, answer(0, '', 'refused'), signal);
  assert.equal(first?.answered, undefined);
  time.now += 1_000;
  const [note] = await gate.runErrand({ host: HOST, hostId: 1 }, answer(404), signal);
  assert.equal(note?.answered, true);
  const { gate: other } = await gateAt({ ...CONFIG, robots: false });
  assert.equal((await other.end(LEASE, outcomeOf(404))).note?.answered, true);
  assert.equal((await other.end(LEASE, outcomeOf(404))).note, null);
});

test('gate: a robots.txt that leads to a host that is away says nothing of its own host', async () => {
  const { gate, opened } = await gateAt();
  const moved: Fetch = async ({ url }) =>
    url.startsWith(HOST)
      ? { ...outcomeOf(301), headers: ['location', 'http://gone/robots.txt'] }
      : outcomeOf(0, '', 'refused');
  for (let nth = 0; nth < 4; nth += 1) await gate.runErrand({ host: HOST, hostId: 1 }, moved, signal);
  assert.equal(await gate.refusal(LEASE), null);
  assert.deepEqual(gate.waitOf(HOST), { why: 'robots.txt: refused', isDelay: false });
  assert.ok(opened.length <= 4);
});

/**
 * What was asked and when, as the gate's errands have it, until it has no more within a minute; `rooms` are asked for
 * at each moment.
 */
async function errandsOf({ gate, time }: GateBench, rooms: readonly [string, number][], fetch: Fetch) {
  const asked: [at: number, url: string][] = [];
  for (let at = time.now; at <= time.now + 60_000 && asked.length < 20; ) {
    let next = Number.POSITIVE_INFINITY;
    for (const [host, id] of rooms) next = Math.min(next, gate.room(host, id).notBefore);
    const errands = [gate.errand(), gate.errand()].filter((errand) => errand !== null);
    for (const errand of errands) {
      const logged: Fetch = (request, abort) => {
        asked.push([time.now - 10_000, request.url]);
        return fetch(request, abort);
      };
      await gate.runErrand(errand, logged, signal);
    }
    if (errands.length > 0) continue;
    if (next > at + 60_000) break;
    at = time.now = next;
  }
  return asked;
}

function movedBy(table: Readonly<Record<string, string>>, time: { now: number }): Fetch {
  return async ({ url }) => {
    const to = table[url];
    const answer = to === undefined ? outcomeOf(404) : { ...outcomeOf(302), headers: ['Location', to] };
    return { ...answer, url, sentAt: time.now };
  };
}

test('gate: each request for a robots.txt that redirects keeps the delay of its host', async () => {
  const bench = await gateAt({ ...CONFIG, pace: { ...CONFIG.pace, delayMs: 2_000 } });
  const table = { 'http://h/robots.txt': '/robots.txt#here', 'http://h/a': '/b', 'http://h/b': '/a' };
  assert.deepEqual(await errandsOf(bench, [[HOST, 1]], movedBy(table, bench.time)), [[0, 'http://h/robots.txt']]);
  const ring = await gateAt({ ...CONFIG, pace: { ...CONFIG.pace, delayMs: 2_000 } });
  assert.deepEqual(await errandsOf(ring, [[HOST, 1]], movedBy({ ...table, 'http://h/robots.txt': '/a' }, ring.time)), [
    [0, 'http://h/robots.txt'],
    [2_000, 'http://h/a'],
    [4_000, 'http://h/b'],
  ]);
  assert.deepEqual([ring.time.now, ring.gate.room(HOST, 1).take], [16_000, 1], 'its pages are next');
  assert.equal(await ring.gate.refusal(LEASE), null);
});

test('gate: five redirects of a robots.txt are followed', async () => {
  const bench = await gateAt();
  const table = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`http://h/${n}`, `/${n + 1}`]));
  const asked = await errandsOf(bench, [[HOST, 1]], movedBy({ ...table, 'http://h/robots.txt': '/0' }, bench.time));
  assert.deepEqual(asked.map(([, url]) => url).slice(-2), ['http://h/3', 'http://h/4']);
  assert.equal(asked.length, 6);
});

test('gate: a robots.txt that is on another host keeps the pace of that host, and waits for its room', async () => {
  const bench = await gateAt({ ...CONFIG, pace: { ...CONFIG.pace, delayMs: 2_000 } });
  const rooms: [string, number][] = [
    ['http://h', 1],
    ['http://i', 2],
  ];
  const table = { 'http://h/robots.txt': 'http://i/robots.txt' };
  assert.deepEqual(await errandsOf(bench, rooms, movedBy(table, bench.time)), [
    [0, 'http://h/robots.txt'],
    [0, 'http://i/robots.txt'],
    [2_000, 'http://i/robots.txt'],
  ]);
  // Full without a delay: it is told when something ends there.
  const { gate, opened, time } = await gateAt({ ...CONFIG, pace: { ...CONFIG.pace, hostConcurrency: 1 } });
  gate.room('http://i', 2);
  await gate.runErrand(gate.errand()!, movedBy(table, time), signal);
  gate.begin({ ...LEASE, host: 'http://i', hostId: 2 });
  gate.room(HOST, 1);
  await gate.runErrand(gate.errand()!, movedBy(table, time), signal);
  assert.deepEqual(gate.room(HOST, 1), { take: 0, notBefore: Number.POSITIVE_INFINITY });
  assert.equal(gate.errand(), null);
  opened.length = 0;
  await gate.end({ ...LEASE, host: 'http://i', hostId: 2 }, outcomeOf(200));
  assert.deepEqual(opened[0], [1, 0]);
  gate.room(HOST, 1);
  assert.deepEqual(gate.errand(), { host: HOST, hostId: 1 });
  assert.equal(gate.room('http://i', 2).take, 0, 'its room is taken');
});

test('gate: what is noted of a robots.txt that was asked for and not had', async () => {
  for (const [status, error] of [
    [503, null],
    [0, 'refused'],
  ] as const) {
    const { gate, answer } = await gateAt();
    const [note] = await gate.runErrand({ host: HOST, hostId: 1 }, answer(status, '', error), signal);
    assert.deepEqual(note?.robots, { fetchedAt: 10_000, expiresAt: 0, status, body: null });
  }
});

test('gate: figures are of hosts that were asked for something, those that are held before those that are not', async () => {
  const known = ['a', 'b', 'c'].map((name, at) => {
    const held = name === 'b' ? { heldUntil: 20_000, why: 'status 429' } : { heldUntil: null, why: null };
    return { id: at + 2, host: `http://${name}`, answered: name === 'a', ...held, robots: null };
  });
  const { gate } = await gateAt({ ...CONFIG, robots: false, resumed: true }, known);
  gate.room(HOST, 1);
  gate.room('http://linked', 9);
  gate.begin(LEASE);
  assert.deepEqual(
    gate.figures().map(({ host, inFlight, why }) => [host, inFlight, why]),
    [
      [HOST, 1, null],
      ['http://b', 0, 'status 429'],
      ['http://a', 0, null],
    ],
  );
});

test('gate: that a hold is over is noted', async () => {
  const { gate, time } = await gateAt({ ...CONFIG, robots: false });
  await gate.end(LEASE, outcomeOf(200));
  const held = await gate.end(LEASE, { ...outcomeOf(429), headers: ['retry-after', '60'] });
  assert.equal(held.note?.heldUntil, 70_000);
  time.now = 70_000;
  const { note } = await gate.end(LEASE, { ...outcomeOf(200), sentAt: time.now });
  assert.deepEqual([note?.heldUntil, note?.why], [0, '']);
  assert.equal((await gate.end(LEASE, outcomeOf(200))).note, null);
});

test('gate: a robots.txt that no waiting will bring fails the URLs of its host, with its code', async () => {
  const { gate, answer } = await gateAt();
  await gate.runErrand({ host: HOST, hostId: 1 }, answer(0, '', 'tls-expired'), signal);
  const detail = 'its robots.txt: tls-expired';
  assert.deepEqual(await gate.refusal(LEASE), { reason: null, error: 'tls-expired', detail });
});

test('gate: a robots.txt that answers with 503 for ever ends the patience with its host', async () => {
  const { gate, time, answer } = await gateAt();
  const begunAt = time.now;
  const asked: number[] = [];
  for (let nth = 0; nth < 20; nth += 1) {
    const { notBefore } = gate.room(HOST, 1);
    const errand = gate.errand();
    if (errand !== null) {
      asked.push((time.now - begunAt) / 60_000);
      await gate.runErrand(errand, answer(503), signal);
    } else if (notBefore === Number.POSITIVE_INFINITY) break;
    else time.now = notBefore;
  }
  assert.deepEqual(asked, [0, 1, 6, 21, 60]);
  assert.deepEqual(gate.waitingFor(time.now), {
    host: HOST,
    until: Number.POSITIVE_INFINITY,
    why: 'robots.txt: status 503',
  });
});
