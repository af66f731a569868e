import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG, gateAt, HOST, LEASE, outcomeOf, signal } from '../../test/helpers/gate-bench.ts';
import type { Outcome } from '../base/contracts.ts';

/** A gate whose host takes 16 at a time by now, and what comes of its URLs. */
async function adaptedGate() {
  const bench = await gateAt({ ...CONFIG, robots: false, pace: { ...CONFIG.pace, hostConcurrency: 16, adapt: true } });
  const { gate, time } = bench;
  const limit = (): number => gate.figures()[0]!.limit!;
  const begin = (path: string) => {
    const lease = { ...LEASE, url: `${HOST}${path}` };
    const sentAt = time.now;
    gate.begin(lease);
    return async (status: number, error: Outcome['error'] = null): Promise<number> => {
      time.now += 1;
      return (await gate.end(lease, { ...outcomeOf(status, '', error), sentAt })).spent;
    };
  };
  /** As many good pages as may be in flight, each round. */
  const good = async (rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      time.now += 1;
      const ends = Array.from({ length: limit() }, (_, at) => begin(`/good${at}`));
      for (const end of ends) await end(200);
    }
  };
  /** One URL beside a good one. */
  const beside = async (path: string, status: number, error: Outcome['error'] = null): Promise<number> => {
    time.now += 1;
    const [end, other] = [begin(path), begin('/other')];
    await other(200);
    return end(status, error);
  };
  await begin('/')(200);
  await good(3);
  assert.equal(limit(), 16);
  return { ...bench, limit, begin, beside };
}

const BREAKS = [
  ['reset', 0],
  ['first-byte-timeout', 0],
  ['disconnect', 200],
] as const;

for (const [error, status] of BREAKS) {
  test(`gate: once two URLs break off by themselves, their host is no longer asked for less: ${error}`, async () => {
    const { limit, beside } = await adaptedGate();
    for (const path of ['/a', '/b', '/c']) assert.equal(await beside(path, status, error), 0);
    assert.equal(limit(), 2, 'nobody knows yet');
    assert.equal(await beside('/a', status, error), 2);
    assert.equal(limit(), 2);
    assert.equal(await beside('/b', status, error), 2);
    assert.equal(limit(), 16, 'it was not the host');
    assert.equal(await beside('/c', status, error), 2);
    for (let nth = 0; nth < 20; nth += 1) assert.equal(await beside(`/more${nth}`, status, error), 0);
    assert.equal(limit(), 16);
  });
}

test('gate: a URL that is well when it is asked again was broken off by its host, which is asked for less then', async () => {
  const { limit, beside } = await adaptedGate();
  for (let round = 0; round < 2; round += 1) for (const path of ['/a', '/b', '/c']) await beside(path, 0, 'reset');
  assert.equal(await beside('/d', 0, 'reset'), 0);
  assert.equal(limit(), 16);
  await beside('/d', 200);
  assert.equal(limit(), 8);
  await beside('/e', 0, 'reset');
  assert.equal(limit(), 4, 'they have to be found again');
});

test('gate: the limit is what it was as soon as all URLs that halved it turn out to be the cause', async () => {
  const { limit, beside } = await adaptedGate();
  await beside('/a', 0, 'reset');
  assert.equal(limit(), 8);
  assert.equal(await beside('/a', 0, 'reset'), 2);
  assert.equal(limit(), 16);
  for (const path of ['/b', '/c']) await beside(path, 0, 'reset');
  await beside('/b', 200);
  await beside('/c', 0, 'reset');
  assert.equal(limit(), 4, 'the host broke one of them off');
});

test('gate: where URLs break off by themselves, what broke off comes last, and less is waited for it', async () => {
  const { gate, itself, beside } = await adaptedGate();
  const usualOf = async (path: string): Promise<number | undefined> => {
    let usual: number | undefined;
    await itself.through({ ...LEASE, url: `${HOST}${path}` }, async (usualMs) => {
      usual = usualMs;
      return outcomeOf(0, '', 'reset');
    });
    return usual;
  };
  await beside('/a', 0, 'reset');
  assert.deepEqual([gate.room(HOST, 1).newFirst, await usualOf('/a')], [undefined, undefined]);
  for (let round = 0; round < 2; round += 1) for (const path of ['/b', '/c']) await beside(path, 0, 'reset');
  assert.deepEqual([gate.room(HOST, 1).newFirst, await usualOf('/new')], [true, undefined]);
  assert.equal(typeof (await usualOf('/a')), 'number');
});

test('gate: what a host that asks to wait has halved stays halved', async () => {
  const { gate, time, limit, beside } = await adaptedGate();
  for (const path of ['/a', '/b', '/c']) await beside(path, 0, 'reset');
  await beside('/busy', 429);
  time.now = gate.waitingFor(time.now)!.until;
  for (const path of ['/a', '/b', '/c']) assert.equal(await beside(path, 0, 'reset'), 2);
  assert.equal(limit(), 1);
});

test('gate: a host with such URLs that answers nothing any more is held all the same', async () => {
  const { gate, time, limit, begin, beside } = await adaptedGate();
  for (let round = 0; round < 2; round += 1) for (const path of ['/a', '/b', '/c']) await beside(path, 0, 'reset');
  assert.equal(limit(), 16);
  time.now += 10;
  const ends = Array.from({ length: 16 }, (_, at) => begin(`/away${at}`));
  for (const end of ends) assert.equal(await end(0, 'reset'), 0);
  assert.equal(gate.room(HOST, 1).take, 0);
  assert.equal(gate.waitingFor(time.now)?.why, 'reset');
  assert.equal(limit(), 8);
});

test('gate: a silent request that a later one overtook is a sign of strain, and does not hold its host', async () => {
  const { gate, time, limit, begin } = await adaptedGate();
  time.now += 1;
  const silent = begin('/silent');
  time.now += 1;
  await begin('/good')(200);
  assert.equal(await silent(0, 'first-byte-timeout'), 0);
  assert.equal(limit(), 8);
  assert.equal(gate.waitingFor(time.now), null);
});

test('gate: that robots.txt is answered tells too that it is not the host that breaks off', async () => {
  const { gate, time, limit, begin, beside } = await adaptedGate();
  for (let round = 0; round < 2; round += 1) for (const path of ['/a', '/b', '/c']) await beside(path, 0, 'reset');
  for (let nth = 0; nth < 24; nth += 1) {
    time.now += 10;
    await begin(`/silent${nth}`)(0, 'first-byte-timeout');
    const robots = async (): Promise<Outcome> => ({ ...outcomeOf(404), sentAt: time.now });
    if (nth % 4 === 3) await gate.runErrand({ host: HOST, hostId: 1 }, robots, signal);
  }
  assert.equal(limit(), 16);
});

test('gate: a URL that was the cause of a wait is the cause again, though nothing else was heard since', async () => {
  const { gate, time, begin } = await adaptedGate();
  const spent: number[] = [];
  for (let nth = 0; nth < 3; nth += 1) {
    spent.push(await begin('/busy')(429));
    time.now = gate.waitingFor(time.now)!.until;
    if (nth === 0) await begin('/other')(200);
  }
  assert.deepEqual(spent, [0, 1, 1]);
});
