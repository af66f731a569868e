// Whether N workers do N times as much, where each of them waits for the answers of many slow hosts.

import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HostsSeen } from '../test/helpers/many-hosts.ts';
import type { TestDatabase } from '../test/helpers/postgres.ts';
import { collect } from './measure.ts';
import { gossamerCommand } from './peers.ts';
import { printTable, showSpread, showVerdict, spreadOf } from './table.ts';

const HOSTS = 200;
const PAGES = 40;
const LATENCY_MS = 500;
/** Requests in flight of one worker. */
const CONCURRENCY = 25;
const WANTED = 0.9;

export async function benchLatency(
  database: TestDatabase,
  folder: string,
  workers: readonly number[],
  rounds: number,
): Promise<void> {
  const what = `${HOSTS} hosts with ${PAGES} pages each that take ${LATENCY_MS} ms`;
  console.log(`\n${what}, ${CONCURRENCY} requests in flight a worker, ${rounds} rounds\n`);
  const rates = new Map<number, number[]>(workers.map((count) => [count, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [count, runs] of rates) runs.push(await rateOf(database, join(folder, `${count}-${round}`), count));
  }
  const alone = rates.get(workers[0]!)!;
  const ratios = (count: number): number[] =>
    rates.get(count)!.map((rate, round) => (rate * workers[0]!) / (count * alone[round]!));
  printTable(
    ['workers', 'pages/s', 'over workers x one'],
    workers.map((count) => [count, showSpread(spreadOf(rates.get(count)!)), showSpread(spreadOf(ratios(count)))]),
  );
  for (const count of workers.slice(1)) {
    console.log(`${count} workers over ${count} x one: ${showVerdict(spreadOf(ratios(count)), '>=', WANTED)}`);
  }
}

/** Pages a second as the server counts them, from a tenth of the pages to nine tenths. */
async function rateOf(database: TestDatabase, folder: string, count: number): Promise<number> {
  const server = fork(join(import.meta.dirname, 'host-server.ts'), [HOSTS, PAGES, 0, LATENCY_MS].map(String));
  try {
    const [{ root }] = (await once(server, 'message')) as [{ root: string }];
    await Promise.all(Array.from({ length: count }, (_, worker) => crawl(root, folder, worker, database)));
    server.send('seen');
    const [{ seen }] = (await once(server, 'message')) as [{ seen: HostsSeen }];
    if (seen.pages !== HOSTS * PAGES || seen.repeats > 0)
      throw new Error(`${seen.pages} pages of ${HOSTS * PAGES}, ${seen.repeats} again`);
    return (0.8 * HOSTS * PAGES * 1_000) / (seen.marksMs[89]! - seen.marksMs[9]!);
  } finally {
    server.disconnect();
  }
}

async function crawl(root: string, folder: string, worker: number, database: TestDatabase): Promise<void> {
  const job = join(folder, String(worker), `latency-${folder.split('/').at(-1)}`);
  mkdirSync(job, { recursive: true });
  const [node, ...args] = gossamerCommand(
    ...['crawl', root, '-o', job, '--store', database.url, '--scope', 'any', '--allow-private', '--no-sitemaps'],
    ...['-c', String(CONCURRENCY), '--no-adapt', '--host-concurrency', '4', '-q'],
  );
  const child = spawn(node!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const { stderr } = await collect(child);
  if (child.exitCode !== 0) throw new Error(`gossamer ended with ${child.exitCode}:\n${stderr}`);
}
