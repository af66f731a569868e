import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runSeed, seededRandom } from '../../../test/helpers/random.ts';
import { toSteady, WALL_ERROR_MS } from '../../base/clock.ts';
import type { RunFigures } from '../../base/contracts.ts';
import { allOf } from '../../base/paged.ts';
import type { Store } from '../store.ts';
import { openLedger, openStore } from './store.ts';

const NOW = 1_700_000_000_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ROOT = 'https://a.test/';
const HOST = 'https://a.test';
const IDENTITY = { roots: [ROOT], scope: 'host', include: [], exclude: [], depth: null, pageRequisites: false };
const home = mkdtempSync(join(tmpdir(), 'gossamer-times-'));
after(() => rmSync(home, { recursive: true }));

/** A machine whose wall clock a test can set. */
function machine() {
  const state = { steady: NOW, skewMs: 0, upMs: HOUR_MS };
  return {
    clock: { now: () => state.steady, wall: () => state.steady + state.skewMs, uptime: () => state.upMs },
    pass(ms: number): void {
      state.steady += ms;
      state.upMs += ms;
    },
    setBy(ms: number): void {
      state.skewMs += ms;
    },
    boot(): void {
      state.upMs = 60_000;
    },
  };
}

type Machine = ReturnType<typeof machine>;

let jobs = 0;
const newJob = (): string => {
  jobs += 1;
  return join(home, `${jobs}.db`);
};
const open = (location: string, { clock }: Machine): Promise<Store> =>
  openStore(location, { identity: IDENTITY, now: clock.wall(), clock });

function figuresAt({ clock }: Machine): RunFigures {
  const figures = {
    requests: 1,
    bytes: 1,
    inFlight: 0,
    peakInFlight: 1,
    elapsedMs: 0,
    agent: 'gossamer',
    waitingFor: null,
    loopLate: null,
    hosts: [],
  };
  return { ...figures, startedAt: clock.wall(), updatedAt: clock.wall(), endedAt: null, stoppedBy: null };
}

/**
 * A job with one URL that is due in ten seconds, on a host that is held for an hour and has a robots.txt for two hours.
 */
async function held(at: Machine): Promise<{ location: string; store: Store }> {
  const location = newJob();
  const store = await open(location, at);
  const { frontier } = store;
  await frontier.add([{ url: ROOT, key: ROOT, host: HOST, depth: 0, hops: 0, skip: null }]);
  const now = at.clock.now();
  const [lease] = await frontier.lease(1, now, () => ({ take: 1, notBefore: 0 }));
  const nothing = { reason: null, error: null, detail: '', response: null, links: [], redirect: null, place: null };
  const asked = { tries: 1, fetchedAt: at.clock.wall(), elapsedMs: 1, remoteAddress: '' };
  const robots = { fetchedAt: now, expiresAt: now + 2 * HOUR_MS, status: 404, body: new Uint8Array(0) };
  await frontier.settle({
    settlements: [{ ...nothing, ...asked, lease: lease!, state: 'queued', dueAt: now + 10_000 }],
    hosts: [{ host: HOST, heldUntil: now + HOUR_MS, robots }],
    run: figuresAt(at),
  });
  return { location, store };
}

/** Milliseconds from wall time now until each stored time, as another process reads it. */
async function stored(location: string, { clock }: Machine): Promise<number[]> {
  const ledger = openLedger(location);
  const [host] = await allOf(ledger.job.hosts());
  const times = [(await ledger.rows.find(ROOT))!.dueAt, host!.heldUntil, host!.robots!.expiresAt];
  await ledger.close();
  return times.map((at) => at! - clock.wall());
}

const LEFT = [10_000, HOUR_MS, 2 * HOUR_MS];

for (const setMs of [-DAY_MS, -HOUR_MS, HOUR_MS, DAY_MS]) {
  const way = `${Math.abs(setMs) / HOUR_MS} h ${setMs < 0 ? 'back' : 'forward'}`;

  test(`stored times: a clock that is set ${way} while the run goes on changes no wait`, async () => {
    const at = machine();
    const { location, store } = await held(at);
    assert.deepEqual(await stored(location, at), LEFT);
    at.pass(1_000);
    at.setBy(setMs);
    assert.equal(store.frontier.counts().nextAt, at.clock.now() + 9_000);
    await store.frontier.settle({ settlements: [], hosts: [], run: figuresAt(at) });
    assert.deepEqual(
      await stored(location, at),
      LEFT.map((ms) => ms - 1_000),
    );
    await store.frontier.settle({ settlements: [], hosts: [{ host: HOST, heldUntil: at.clock.now() + 7 }], run: null });
    assert.equal((await stored(location, at))[1], 7);
    await store.frontier.close();
  });

  test(`stored times: a clock that is set ${way} between two runs changes no wait`, async () => {
    const at = machine();
    const { location, store } = await held(at);
    await store.frontier.close();
    at.pass(3_000);
    at.setBy(setMs);
    const again = await open(location, at);
    // A clock that was set back shows no passed time.
    const passedMs = setMs < 0 ? 0 : 2_990;
    assert.deepEqual(
      await stored(location, at),
      LEFT.map((ms) => ms - passedMs),
    );
    assert.equal(again.frontier.counts().nextAt, at.clock.now() + 10_000 - passedMs);
    await again.frontier.close();
  });
}

for (const setMs of [-HOUR_MS, HOUR_MS]) {
  test(`stored times: what was moved by ${setMs} ms is not moved again by a run that dies before its first sign of life`, async () => {
    const at = machine();
    const { location, store } = await held(at);
    at.setBy(setMs);
    await store.frontier.settle({ settlements: [], hosts: [], run: null });
    await store.frontier.close();
    assert.deepEqual(await stored(location, at), LEFT);
    for (let nth = 0; nth < 2; nth += 1) {
      await (await open(location, at)).frontier.close();
      assert.deepEqual(await stored(location, at), LEFT);
    }
    at.setBy(setMs);
    for (let nth = 0; nth < 2; nth += 1) {
      await (await open(location, at)).frontier.close();
      assert.deepEqual(await stored(location, at), LEFT);
    }
  });
}

test('stored times: a hold that was stored by a clock a year ahead is as long as it was', async () => {
  const at = machine();
  at.setBy(365 * DAY_MS);
  const { location, store } = await held(at);
  await store.frontier.close();
  at.setBy(-365 * DAY_MS);
  at.boot();
  const again = await open(location, at);
  assert.deepEqual(await stored(location, at), LEFT);
  await again.frontier.close();
});

test('stored times: after a start of the machine its clock is believed', async () => {
  const at = machine();
  const { location, store } = await held(at);
  await store.frontier.close();
  at.pass(HOUR_MS);
  at.boot();
  const again = await open(location, at);
  assert.deepEqual(
    (await stored(location, at)).map((ms) => ms <= 0),
    [true, true, false],
  );
  await again.frontier.close();
});

test('stored times: a URL that may be asked at any time has no time to move', async () => {
  const at = machine();
  const { location, store } = await held(at);
  const { frontier } = store;
  const [lease] = await frontier.lease(1, at.clock.now() + 10_000, () => ({ take: 1, notBefore: 0 }));
  const nothing = { reason: null, error: null, detail: '', response: null, links: [], redirect: null, place: null };
  const unspent = { tries: 0, dueAt: 0, fetchedAt: 1, elapsedMs: 1, remoteAddress: '' };
  await frontier.settle({
    settlements: [{ ...nothing, ...unspent, lease: lease!, state: 'queued' }],
    hosts: [{ host: HOST, heldUntil: 0 }],
    run: figuresAt(at),
  });
  await frontier.close();
  at.setBy(-DAY_MS);
  const again = await open(location, at);
  const [asked] = await again.frontier.lease(1, at.clock.now(), () => ({ take: 1, notBefore: 0 }));
  assert.equal(asked?.wasAsked, true);
  assert.equal((await allOf(again.ledger.job.hosts()))[0]?.heldUntil, null);
  await again.frontier.close();
});

test('times: a hold is no shorter over a restart, though the process is held up between two readings of the clocks', async () => {
  const random = seededRandom(runSeed('times'));
  for (let nth = 0; nth < 60; nth += 1) {
    const machine = { steady: NOW + random() * 100, skewMs: random() * 100, upMs: HOUR_MS + random() * 100 };
    const pass = (ms: number): void => {
      machine.steady += ms;
      machine.upMs += ms;
    };
    const read = (value: number): number => {
      if (random() < 0.2) pass(35);
      return value;
    };
    const clock = {
      now: () => read(machine.steady),
      // Systems give whole milliseconds, and the uptime in hundredths of a second.
      wall: () => read(Math.floor(machine.steady + machine.skewMs)),
      uptime: () => read(Math.floor(machine.upMs / 10) * 10),
    };
    const location = newJob();
    const first = await open(location, { clock } as Machine);
    await first.frontier.add([{ url: ROOT, key: ROOT, host: HOST, depth: 0, hops: 0, skip: null }]);
    pass(random() * 50);
    await first.frontier.settle({ settlements: [], hosts: [], run: figuresAt({ clock } as Machine) });
    pass(random() * 50);
    const until = machine.steady + 6_000;
    await first.frontier.settle({ settlements: [], hosts: [{ host: HOST, heldUntil: until, why: 'told' }], run: null });
    await first.frontier.close();
    pass(random() * 900);
    machine.skewMs += HOUR_MS + random();
    const second = await open(location, { clock } as Machine);
    const [row] = await allOf(second.ledger.job.hosts());
    const again = toSteady(clock, row!.heldUntil!) + WALL_ERROR_MS;
    assert.ok(again >= until, `held for ${until - again} ms less, nth ${nth}`);
    assert.ok(again <= until + 300, `held for ${again - until} ms more, nth ${nth}`);
    await second.frontier.close();
  }
});
