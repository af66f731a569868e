// What the store costs: time a page, disk a URL, memory a URL, and how long it takes to open. Run with
//   node bench/store.ts [folder]
// The folder (the system's temporary one by default) decides what an fsync costs.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { HostRoom, NewUrl } from '../src/base/contracts.ts';
import { createSeen } from '../src/store/memory/seen.ts';
import { openStore } from '../src/store/sqlite/store.ts';
import type { Store } from '../src/store/store.ts';
import { identityOf, pageUrl, settledPage } from './settled.ts';

const HOST = 'https://www.example.com';
const IDENTITY = identityOf(`${HOST}/`);
const LINKS = 30;
const GROUP = 32;
const FREE = (): HostRoom => ({ take: Number.POSITIVE_INFINITY, notBefore: 0 });
const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'gossamer-bench-'));
const location = join(folder, 'gossamer.db');

try {
  await benchSettle();
  benchSeen();
  await benchOpen();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function urlOf(page: number): NewUrl {
  return pageUrl(HOST, page);
}

function report(name: string, value: number, unit: string): void {
  console.log(`${name.padEnd(58)} ${value.toFixed(value < 100 ? 2 : 0).padStart(10)} ${unit}`);
}

function percentile(times: number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) * share)]!;
}

function databaseBytes(path: string): number {
  const db = new DatabaseSync(path, { readOnly: true });
  const { bytes } = db.prepare('SELECT sum(pgsize) AS bytes FROM dbstat').get() as { bytes: number };
  db.close();
  return bytes;
}

async function settlePages(
  store: Store,
  pages: number,
): Promise<{ leaseMs: number; groups: number[]; walBytes: number }> {
  const { frontier } = store;
  const groups: number[] = [];
  let leaseMs = 0;
  let known = (await store.ledger.job.counts()).done + 1000;
  let walBytes = 0;
  for (let done = 0; done < pages; done += GROUP) {
    const leaseStart = performance.now();
    const leases = await frontier.lease(GROUP, 1, FREE);
    if (leases.length !== GROUP) throw new Error('the bench ran out of URLs');
    leaseMs += performance.now() - leaseStart;
    const settlements = leases.map((lease) => {
      // Navigation links that every page has, neighbours, and one that is new.
      const links = Array.from({ length: LINKS - 1 }, (_, index) =>
        urlOf(index < 15 ? index : (lease.id * 7 + index * 31) % known),
      );
      links.push(urlOf(known));
      known += 1;
      return settledPage(lease, links);
    });
    const start = performance.now();
    await frontier.settle({ settlements, hosts: [], run: null });
    groups.push(performance.now() - start);
    if (location !== ':memory:' && groups.length % 50 === 0) {
      walBytes = Math.max(walBytes, statSync(`${location}-wal`, { throwIfNoEntry: false })?.size ?? 0);
    }
  }
  return { leaseMs, groups, walBytes };
}

async function benchSettle(): Promise<void> {
  const pages = 64_000;
  for (const where of [':memory:', location]) {
    const store = await openStore(where, { identity: IDENTITY, now: 1 });
    await store.frontier.add(Array.from({ length: 1000 }, (_, page) => urlOf(page)));
    await settlePages(store, 6_400);
    const cpu = process.cpuUsage();
    const { leaseMs, groups, walBytes } = await settlePages(store, pages);
    const used = process.cpuUsage(cpu);
    const name = where === ':memory:' ? 'in memory' : 'in a file';
    const total = groups.reduce((sum, ms) => sum + ms, 0);
    report(
      `settle, ${name}, ${LINKS} links of which 1 is new, groups of ${GROUP}`,
      (total * 1000) / pages,
      'us a page',
    );
    report(`lease, ${name}`, (leaseMs * 1000) / pages, 'us a page');
    if (where !== ':memory:') {
      report(
        'processor, user and system, the making of links included',
        (used.user + used.system) / pages,
        'us a page',
      );
      report('a group: median', percentile(groups, 0.5), 'ms');
      report('a group: 99 % within', percentile(groups, 0.99), 'ms');
      report('a group: longest (a checkpoint)', Math.max(...groups), 'ms');
      report('log of the database at most', walBytes / 2 ** 20, 'MiB');
    }
    await store.frontier.close();
  }
  const done = databaseBytes(location) / (pages + 6_400);
  report(`disk of a done row, ${LINKS} links`, done, 'bytes');
}

function benchSeen(): void {
  const total = 2_000_000;
  const seen = createSeen();
  let longest = 0;
  let sum = 0;
  for (let id = 1; id <= total; id += 1) {
    const start = performance.now();
    seen.put(Math.imul(id, 0x9e3779b1), Math.imul(id ^ (id >>> 15), 0x85ebca6b), id);
    longest = Math.max(longest, performance.now() - start);
    sum += seen.bytes / id;
  }
  report('memory of a URL seen, averaged over growth to 2 million', sum / total, 'bytes');
  report('longest stall while growing', longest, 'ms');
}

async function benchOpen(): Promise<void> {
  rmSync(location, { force: true });
  const total = 1_000_000;
  const first = await openStore(location, { identity: IDENTITY, now: 1 });
  const start = performance.now();
  for (let page = 0; page < total; page += 10_000) {
    await first.frontier.add(Array.from({ length: 10_000 }, (_, index) => urlOf(page + index)));
  }
  report('add, in groups of 10,000', ((performance.now() - start) * 1000) / total, 'us a URL');
  await first.frontier.close();
  report('disk of a queued URL of 67 characters', databaseBytes(location) / total, 'bytes');
  const opening = performance.now();
  const store = await openStore(location, { identity: IDENTITY, now: 1 });
  await store.frontier.lease(1, 1, FREE);
  report('from opening a million queued URLs to the first lease', (performance.now() - opening) / 1000, 's');
  await store.frontier.close();
}
