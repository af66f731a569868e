// Hosts that leave the memory and come back: all that was promised to them still holds.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import {
  CONFIG,
  type GateBench,
  gateAt,
  HOST,
  LEASE,
  outcomeOf,
  shelfOf,
  signal,
} from '../../test/helpers/gate-bench.ts';
import type { HostRoom, Lease, Outcome } from '../base/contracts.ts';
import { ROBOTS_IN_MEMORY_BYTES_MAX } from '../base/limits.ts';
import { parseRobots, rulesFor } from '../robots/rules.ts';
import type { GateConfig } from './host-state.ts';
import { createHostStates } from './hosts.ts';
import { createRobotsReader } from './read-robots.ts';

const OTHER: Lease = { ...LEASE, id: 2, url: 'http://i/', host: 'http://i', hostId: 2 };
const FREE: GateConfig = { ...CONFIG, robots: false, hostsMost: 1 };
const MINUTE_MS = 60_000;

/** A gate that has room for a single host in memory, so that each host drops the other one. */
const smallGate = (config: Partial<GateConfig> = {}): Promise<GateBench> => gateAt({ ...FREE, ...config }, [], []);

/** Asks for room until the host is in memory. */
async function roomOf({ itself }: GateBench, host = HOST, id = 1): Promise<HostRoom> {
  for (let asked = 0; asked < 20; asked += 1) {
    const room = itself.room(host, id);
    const isLoading = room === null || (room.keepsTurn === true && itself.isBusy);
    if (!isLoading) return room;
    await turn();
  }
  return assert.fail(`${host} does not come into memory`);
}

/** One request of the host, and what is noted of it. */
async function send(bench: GateBench, outcome: Partial<Outcome>, lease = LEASE): Promise<number> {
  await roomOf(bench, lease.host, lease.hostId);
  const sentAt = bench.time.now;
  bench.gate.begin(lease);
  const { note, spent } = await bench.gate.end(lease, { ...outcomeOf(200), ...outcome, sentAt });
  if (note !== null) bench.note(note);
  return spent;
}

/** Has the other host loaded, for which this one must go. */
async function drop({ itself }: GateBench): Promise<void> {
  for (let asked = 0; itself.waitOf(OTHER.host) === null; asked += 1) {
    if (asked === 20) assert.fail('the other host does not come into memory');
    await turn();
  }
}

const refused = { ...outcomeOf(0, '', 'refused') };
const told = (seconds: number) => ({ ...outcomeOf(429), headers: ['retry-after', String(seconds)] });

test('hosts: the delay between two starts is kept by a host that was dropped in between', async () => {
  const bench = await smallGate({ pace: { ...CONFIG.pace, delayMs: 2_000.25 } });
  bench.time.now += 0.125;
  const startedAt = bench.time.now;
  await send(bench, {});
  await drop(bench);
  bench.time.now += 1_000;
  assert.deepEqual(await roomOf(bench), { take: 0, notBefore: startedAt + 2_000.25 });
  await drop(bench);
  bench.time.now = startedAt + 2_000.25;
  assert.equal((await roomOf(bench)).take, 1);
});

test('hosts: the rules, the Crawl-delay and the end of a robots.txt are kept', async () => {
  const bench = await smallGate({ robots: true });
  const { itself, gate, time, answer } = bench;
  const startedAt = time.now;
  await roomOf(bench);
  const text = answer(200, 'User-agent: *\nDisallow: /private\nCrawl-delay: 3\nSitemap: /map.xml');
  for (const note of await gate.runErrand(itself.errand()!, text, signal)) bench.note(note);
  await drop(bench);
  assert.equal((await roomOf(bench)).take, 1, 'a look at the next URL');
  await gate.refusal({ ...LEASE, url: `${HOST}/public` });
  assert.deepEqual(await roomOf(bench), { take: 0, notBefore: startedAt + 3_000 });
  assert.deepEqual(await gate.refusal(LEASE), { reason: 'robots', error: null });
  await drop(bench);
  assert.deepEqual(await itself.sitemapsOf(HOST, 1), ['/map.xml']);
  const expiresAt = startedAt + 24 * 60 * MINUTE_MS;
  for (const [now, take] of [
    [expiresAt - 1, 1],
    [expiresAt, 0],
  ] as const) {
    await drop(bench);
    time.now = now;
    assert.equal((await roomOf(bench)).take, take);
    assert.equal(itself.errand() === null, take === 1, 'it is asked for again once it is old');
  }
});

test('hosts: a wait that the host asked for is kept to its end, and is told meanwhile', async () => {
  const bench = await smallGate();
  const { itself, time } = bench;
  await send(bench, told(90));
  const until = time.now + 90_000;
  await drop(bench);
  assert.deepEqual(itself.waitingFor(time.now), { host: HOST, until, why: 'status 429' });
  assert.equal(itself.waitingFor(until), null);
  assert.equal(itself.waitOf(HOST), null, 'it is loaded for that');
  assert.deepEqual(await roomOf(bench), { take: 0, notBefore: until });
  assert.deepEqual(itself.waitOf(HOST), { why: 'status 429', isDelay: false });
  await drop(bench);
  time.now = until;
  assert.equal((await roomOf(bench)).take, 4);
});

test('hosts: waits that name no time go on doubling', async () => {
  const bench = await smallGate();
  for (const waitMs of [30_000, 60_000, 120_000]) {
    await send(bench, outcomeOf(429), { ...LEASE, url: `${HOST}/${waitMs}` });
    await drop(bench);
    assert.equal((await roomOf(bench)).notBefore, bench.time.now + waitMs);
    bench.time.now += waitMs;
  }
});

test('hosts: the limit that was found is kept, with all that it was found by', async () => {
  const pace = { ...CONFIG.pace, adapt: true, hostConcurrency: 16 };
  const dropped = await smallGate({ pace });
  const kept = await smallGate({ pace });
  for (let nth = 0; nth < 60; nth += 1) {
    const took: number[] = [];
    for (const bench of [dropped, kept]) {
      const { take, notBefore } = await roomOf(bench);
      took.push(take);
      if (take === 0) bench.time.now = notBefore;
      const leases = Array.from({ length: take }, (_, each) => ({ ...LEASE, url: `${HOST}/${nth}/${each}` }));
      for (const lease of leases) bench.gate.begin(lease);
      const sentAt = bench.time.now;
      bench.time.now += 40;
      const outcome = nth % 13 === 12 ? outcomeOf(503) : outcomeOf(200);
      for (const lease of leases) await bench.gate.end(lease, { ...outcome, sentAt, firstByteMs: 30 + (nth % 7) });
      if (bench === dropped) await drop(bench);
    }
    assert.equal(took[0], took[1], `round ${nth}`);
  }
  const ofHost = (bench: GateBench) => bench.itself.figures().find(({ host }) => host === HOST);
  await roomOf(dropped);
  assert.deepEqual(ofHost(dropped), ofHost(kept));
});

test('hosts: a host that never answers is given up after three failures, wherever it was between them', async () => {
  const bench = await smallGate();
  for (const waitMs of [1_000, 4_000]) {
    await send(bench, refused);
    await drop(bench);
    assert.equal((await roomOf(bench)).notBefore, bench.time.now + waitMs);
    bench.time.now += waitMs;
  }
  await send(bench, refused);
  await drop(bench);
  assert.deepEqual(await bench.gate.refusal(LEASE), { reason: null, error: 'refused' });
});

test('hosts: one that has answered is held instead, longer each time, and is left when our patience ends', async () => {
  const bench = await smallGate();
  await send(bench, {});
  let heldMs = 0;
  for (const waitMs of [1, 2, 4, 8, 30, 60, 120, 240, 480, 960].map((seconds) => seconds * 1_000)) {
    await drop(bench);
    await send(bench, refused);
    assert.equal((await roomOf(bench)).notBefore, bench.time.now + waitMs);
    bench.time.now += waitMs;
    heldMs += waitMs;
  }
  await drop(bench);
  await send(bench, refused);
  bench.time.now += CONFIG.pace.patienceMs - heldMs;
  await send(bench, refused);
  await drop(bench);
  assert.equal((await roomOf(bench)).notBefore, Number.POSITIVE_INFINITY);
});

test('hosts: tries that a URL owes are not forgotten', async () => {
  for (const outcome of [outcomeOf(0, '', 'reset'), outcomeOf(429)]) {
    const bench = await smallGate();
    const { gate, time } = bench;
    const spent: number[] = [];
    for (let nth = 0; nth < 3; nth += 1) {
      spent.push((await gate.end(LEASE, { ...outcome, sentAt: time.now })).spent);
      await drop(bench);
      time.now += 10 * MINUTE_MS;
      await gate.end({ ...LEASE, url: `${HOST}/good` }, { ...outcomeOf(200), sentAt: time.now });
      await drop(bench);
      time.now += MINUTE_MS;
    }
    assert.deepEqual(spent, outcome.status === 0 ? [0, 2, 1] : [0, 1, 1]);
  }
});

test('hosts: the budget of a host counts what was requested before it was dropped', async () => {
  const bench = await smallGate({ hostLimit: { most: 2, asked: new Map() } });
  for (let nth = 0; nth < 2; nth += 1) {
    await send(bench, {});
    await drop(bench);
  }
  assert.deepEqual(await bench.gate.refusal(LEASE), { reason: 'budget', error: null });
});

test('hosts: one with a request in flight stays, and the next one waits for its place', async () => {
  const bench = await smallGate();
  const { itself, gate } = bench;
  await roomOf(bench);
  gate.begin(LEASE);
  for (let nth = 0; nth < 5; nth += 1) {
    assert.equal(itself.room(OTHER.host, 2), null);
    await turn();
  }
  const { woken } = bench;
  await gate.end(LEASE, outcomeOf(200));
  assert.equal(itself.room(OTHER.host, 2), null, 'the first one is stored first');
  await turn();
  assert.ok(bench.woken > woken);
  assert.equal((await roomOf(bench, OTHER.host, 2)).take, 4);
});

test('hosts: one whose robots.txt is on another host waits for that one to come', async () => {
  const bench = await smallGate({ robots: true, hostsMost: 2 });
  const { itself, gate, answer } = bench;
  await roomOf(bench);
  const moved = { ...outcomeOf(301), headers: ['location', 'http://elsewhere/robots.txt'] };
  await gate.runErrand(itself.errand()!, async () => moved, signal);
  assert.equal((await roomOf(bench)).take, 0);
  await gate.runErrand(itself.errand()!, answer(200, 'User-agent: *\nDisallow: /private'), signal);
  assert.deepEqual(await gate.refusal(LEASE), { reason: 'robots', error: null });
});

test('hosts: the figures have the busiest hosts, in memory or not, and no more than a hundred', async () => {
  const bench = await smallGate();
  for (let host = 1; host <= 150; host += 1) {
    const lease = { ...LEASE, host: `http://h${host}`, hostId: host };
    for (let nth = 0; nth <= host % 5; nth += 1) await send(bench, {}, lease);
  }
  const figures = bench.itself.figures();
  assert.equal(figures.length, 100);
  const most = figures.slice(0, 30).map(({ host }) => Number(host.slice('http://h'.length)) % 5);
  assert.deepEqual(new Set(most), new Set([4]));
});

/** The hosts alone, with those that the gate would add. */
function hostsWith(hostsMost: number, bodies: ReadonlyMap<string, Uint8Array> = new Map()) {
  const known = [...bodies].map(([host, body], at) => {
    const robots = { fetchedAt: 0, expiresAt: 1e6, status: 200, body };
    return { id: at + 1, host, answered: true, heldUntil: null, why: null, robots };
  });
  const { shelf, keep } = shelfOf(known);
  const nothing = (): void => {};
  const times = { now: () => 10_000, wall: () => 10_000, turn };
  const config = { ...CONFIG, hostsMost };
  return createHostStates({
    ...{ config, reader: createRobotsReader(config), times, begunAt: 10_000, shelf, keep },
    ...{ opened: nothing, wake: nothing, onLoaded: nothing, onDropped: nothing, onCrowded: nothing },
  });
}

test('hosts: of any number of hosts no more than the bound are in memory', async () => {
  const hosts = hostsWith(64);
  let most = 0;
  for (let id = 1; id <= 5_000; ) {
    if (hosts.want(`http://h${id}`, id, id)) id += 1;
    else await turn();
    most = Math.max(most, [...hosts.all()].length + hosts.loading);
  }
  assert.equal(most, 64);
});

test('hosts: long rules count by the memory that they take once they are compiled', async () => {
  const body = Buffer.from(
    `User-agent: *\n${Array.from({ length: 2_000 }, (_, at) => `Disallow: /a${at}*b\n`).join('')}`,
  );
  const most = rulesFor(parseRobots(body), 'gossamer').bytes;
  assert.ok(most > 30 * body.length);
  const names = Array.from({ length: 100 }, (_, at) => `http://long${at}`);
  const hosts = hostsWith(1_000, new Map(names.map((name) => [name, body])));
  for (let at = 0; at < names.length; ) {
    if (hosts.want(names[at]!, at + 1, at + 1)) at += 1;
    await turn();
    const bytes = [...hosts.all()].reduce((sum, { robotsBytes }) => sum + robotsBytes, 0);
    assert.ok(bytes <= ROBOTS_IN_MEMORY_BYTES_MAX + 2 * most, `${bytes} bytes`);
  }
  // Rules that come for a host in memory make others leave.
  while (hosts.isBusy) await turn();
  const before = [...hosts.all()].length;
  hosts.grew(ROBOTS_IN_MEMORY_BYTES_MAX);
  while (hosts.isBusy) await turn();
  const after = [...hosts.all()].length;
  assert.ok(after < before, `${before} hosts, then ${after}`);
});
