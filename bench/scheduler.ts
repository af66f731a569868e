// What it costs to find out whose turn it is: many hosts with a few URLs each, through the real frontier and the real
// gate. Counted is what comes before and after a page (lease, room, start, end), not the page and not its settlement.
// And no host may starve: the last one is asked for the first time when its fair turn comes. Run with
//   npm run bench -- scheduler [--rounds 3] [--hosts 10000] [--urls 10]

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { JobIdentity, Lease, NewUrl, Outcome, Settlement } from '../src/base/contracts.ts';
import { WHOLE_JOB } from '../src/base/job-share.ts';
import { HOSTS_IN_MEMORY_MAX } from '../src/base/limits.ts';
import { createGate, type Gate } from '../src/crawl/gate.ts';
import type { GateConfig } from '../src/crawl/host-state.ts';
import { openStore } from '../src/store/sqlite/store.ts';
import type { Store } from '../src/store/store.ts';
import { WORK } from './measure.ts';
import { printMachine, printTable, type Spread, showSpread, showVerdict, spreadOf } from './table.ts';

interface Round {
  readonly leaseUs: number;
  readonly gateUs: number;
  /** When the last host was asked for the first time, in leases, over the number of hosts. */
  readonly lastFirst: number;
}

/** Leases that are in flight at a time, as with the default concurrency. */
const IN_FLIGHT = 100;
const WANTED_US = 5;
const WANTED_LAST_FIRST = 2;
const NOW = 1_800_000_000_000;

const IDENTITY: JobIdentity = {
  ...{ roots: ['http://h0.example/'], scope: 'any', include: [], exclude: [] },
  ...{ depth: null, pageRequisites: false },
};
const GATE: GateConfig = {
  pace: { hostConcurrency: 16, delayMs: 0, adapt: true, patienceMs: 3_600_000, firstHoldMs: 1_000 },
  ...{ robots: false, robotsForbiddenDenies: false, agent: 'gossamer', resumed: false, hostLimit: null },
  hostsMost: HOSTS_IN_MEMORY_MAX,
};
const NOTHING = new Uint8Array(0);

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    hosts: { type: 'string', default: '10000' },
    urls: { type: 'string', default: '10' },
  },
});
const rounds = Number(values.rounds);
const hosts = Number(values.hosts);
const urlsEach = Number(values.urls);
const folder = mkdtempSync(join(WORK, 'scheduler-'));

printMachine();
try {
  const inMemory = async (): Promise<Store> => filled(await openStore(':memory:', { identity: IDENTITY, now: NOW }));
  const stores: readonly (readonly [name: string, open: (round: number) => Promise<Store>, delayMs?: number])[] = [
    ['in memory', inMemory],
    ['in memory, a second between two starts', inMemory, 1_000],
    ['in a file', async (round) => filled(await openStore(fileOf(round), { identity: IDENTITY, now: NOW }))],
    ['in a file, opened again', reopened],
  ];
  const results: [string, Round[]][] = [];
  for (const [name, open, delayMs = 0] of stores) {
    const made: Round[] = [];
    for (let round = 0; round < rounds; round += 1) made.push(await schedule(await open(round), delayMs));
    results.push([name, made]);
  }
  report(results);
} finally {
  rmSync(folder, { recursive: true });
}

/** Leases, starts, ends and settles every URL of the store, and closes it. */
async function schedule({ frontier, hosts: shelf }: Store, delayMs: number): Promise<Round> {
  let now = NOW;
  const config = { ...GATE, pace: { ...GATE.pace, delayMs } };
  const gate = createGate({
    ...{ config, shelf, share: WHOLE_JOB, wake: () => {}, open: frontier.hold },
    times: { now: () => now, turn: () => Promise.resolve(), wall: () => now },
    keep: (notes) => frontier.settle({ settlements: [], hosts: notes, run: null }),
  });
  const firsts = new Set<number>();
  let leased = 0;
  let lastFirst = 0;
  let leaseMs = 0;
  let gateMs = 0;
  for (;;) {
    now += 10;
    const asked = performance.now();
    const leases = await frontier.lease(IN_FLIGHT, now, gate.room);
    const given = performance.now();
    await pass(gate, leases, now);
    const passed = performance.now();
    leaseMs += given - asked;
    gateMs += passed - given;
    if (leases.length === 0 && gate.isBusy) await setImmediate();
    else if (leases.length === 0) {
      const { queued, nextAt } = frontier.counts();
      if (queued === 0) break;
      now = nextAt;
    }
    for (const { hostId } of leases) {
      leased += 1;
      if (!firsts.has(hostId)) lastFirst = leased;
      firsts.add(hostId);
    }
    await frontier.settle({ settlements: leases.map(settlementOf), hosts: [], run: null });
  }
  await frontier.close();
  if (leased !== hosts * urlsEach) throw new Error(`${leased} leases of ${hosts * urlsEach} URLs`);
  return { leaseUs: (leaseMs * 1000) / leased, gateUs: (gateMs * 1000) / leased, lastFirst: lastFirst / hosts };
}

/** What the heart asks of the gate for each page. */
async function pass(gate: Gate, leases: readonly Lease[], now: number): Promise<void> {
  await Promise.all(leases.map((lease) => gate.through(lease, async () => outcomeOf(lease, now))));
}

function fileOf(round: number): string {
  return join(folder, `${round}-${performance.now()}.db`);
}

async function reopened(round: number): Promise<Store> {
  const location = fileOf(round);
  const { frontier } = await filled(await openStore(location, { identity: IDENTITY, now: NOW }));
  await frontier.close();
  return openStore(location, { identity: IDENTITY, now: NOW });
}

async function filled(store: Store): Promise<Store> {
  for (let page = 0; page < urlsEach; page += 1) {
    await store.frontier.add(Array.from({ length: hosts }, (_, host) => urlOf(host, page)));
  }
  return store;
}

function urlOf(number: number, page: number): NewUrl {
  const host = `https://www.host-${number}.example`;
  const url = `${host}/articles/page-${page}.html`;
  return { url, key: url, host, depth: 1, hops: 0, skip: null };
}

function outcomeOf({ url }: Lease, now: number): Outcome {
  return {
    ...{ url, status: 200, error: null, refused: null, detail: '', truncated: null, headers: [] },
    ...{
      requestHead: '',
      responseHead: '',
      rawBody: NOTHING,
      body: NOTHING,
      spooled: null,
      remoteAddress: '192.0.2.1',
      protocol: 'http/1.1',
    },
    ...{ startedAt: now, sentAt: now, firstByteMs: 40, elapsedMs: 50, wireBytes: 1000 },
  };
}

function settlementOf(lease: Lease): Settlement {
  return {
    ...{ lease, state: 'done', reason: null, error: null, response: null, tries: 1, dueAt: 0, links: [] },
    detail: '',
    ...{ redirect: null, fetchedAt: NOW, elapsedMs: 50, remoteAddress: '192.0.2.1', place: null },
  };
}

function report(results: readonly [string, Round[]][]): void {
  console.log(
    `\n${hosts} hosts with ${urlsEach} URLs each, ${IN_FLIGHT} at a time, ${rounds} rounds, median (min-max)\n`,
  );
  const spread = (made: readonly Round[], figure: (round: Round) => number): Spread => spreadOf(made.map(figure));
  printTable(
    ['store', 'lease and room us', 'verdict, start and end us', 'together us', 'last first / fair'],
    results.map(([name, made]) => [
      name,
      showSpread(spread(made, ({ leaseUs }) => leaseUs)),
      showSpread(spread(made, ({ gateUs }) => gateUs)),
      showSpread(spread(made, ({ leaseUs, gateUs }) => leaseUs + gateUs)),
      showSpread(spread(made, ({ lastFirst }) => lastFirst)),
    ]),
  );
  console.log('');
  for (const [name, made] of results) {
    const together = spread(made, ({ leaseUs, gateUs }) => leaseUs + gateUs);
    console.log(`us of scheduling a page, ${name}: ${showVerdict(together, '<=', WANTED_US)}`);
    const last = spread(made, ({ lastFirst }) => lastFirst);
    console.log(`last first turn over its fair time, ${name}: ${showVerdict(last, '<=', WANTED_LAST_FIRST)}`);
  }
}
