// The demo with several workers: processes of this program that crawl several hosts as one job.

import { once } from 'node:events';
import type { WorkerFigures } from '../../base/contracts.ts';
import { showCountOf } from '../../base/figures.ts';
import { onDemand } from '../../base/on-demand.ts';
import { withLedger } from '../job.ts';
import { type Manner, printLines, type Shell, tell } from '../shell.ts';
import { demoDatabase } from './demo-database.ts';
import { serveDemoSite } from './demo-site.ts';

const processes = onDemand<typeof import('node:child_process')>('node:child_process');

/** Each worker should have some. */
const HOSTS_A_WORKER = 3;
const DELAY_MS = 50;
const LOOK_MS = 500;
/** A terminal has 80 columns. */
const WORKERS_A_LINE = 2;

/** Resolves to the highest exit code of the workers. */
export async function demoWithWorkers(
  count: number,
  folder: string,
  shell: Shell,
  { quiet, json }: Manner,
): Promise<number> {
  await using database = await demoDatabase(shell.environment);
  const sites = await Promise.all(Array.from({ length: HOSTS_A_WORKER * count }, () => serveDemoSite(shell.clock)));
  const isTold = quiet !== true && json !== true;
  try {
    const roots = sites.map(({ root }) => root);
    if (isTold) {
      tell(shell.err, `${showCountOf(count, 'worker')} for ${roots.length} small sites, the first at ${roots[0]}`);
      tell(shell.err, `The job is in PostgreSQL, its archive in ${folder}`);
    }
    const job = ['-o', folder, '--store', database.url, '--delay', String(DELAY_MS)];
    const workers = Array.from({ length: count }, (_, at) => {
      const words = ['crawl', ...roots, ...job, '--worker', `worker-${at + 1}`, '--quiet'];
      return processes().spawn(process.execPath, [process.argv[1]!, ...words], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
    });
    const told = shell.clock.every(LOOK_MS, () => void tellOf(folder, database.url, isTold ? shell : null));
    const codes = await Promise.all(workers.map(async (worker) => (await once(worker, 'exit'))[0] as number | null));
    told.cancel();
    const figures = await withLedger(folder, database.url, ({ job }) => job.workers());
    if (isTold) await printLines(shell, [...figures.map(lineOf), 'All of them ended by themselves, as one job.']);
    return Math.max(...codes.map((code) => code ?? 1));
  } finally {
    await Promise.all(sites.map((site) => site.close()));
  }
}

async function tellOf(folder: string, store: string, shell: Shell | null): Promise<void> {
  if (shell === null) return;
  // The job is still being made.
  const workers = await withLedger(folder, store, ({ job }) => job.workers()).catch(() => []);
  const atWork = workers.filter(({ isAtWork }) => isAtWork);
  for (let at = 0; at < atWork.length; at += WORKERS_A_LINE) {
    tell(
      shell.err,
      atWork
        .slice(at, at + WORKERS_A_LINE)
        .map(lineOf)
        .join('; '),
    );
  }
}

function lineOf({ name, hosts, pages, isAtWork }: WorkerFigures): string {
  const has = isAtWork ? `${showCountOf(hosts, 'host')}, ` : '';
  return `${name}: ${has}${showCountOf(pages, 'page')}`;
}
