// Faults of the machine and of what stands on it: limits, a small disk, another process, stores of other versions, a
// folder that goes.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { amid, said, world } from './amid.ts';
import type { Fault } from './faults.ts';
import { olderStore } from './older-store.ts';
import type { Trial } from './trial.ts';

const MACHINE: readonly Fault[] = [
  world(
    'few-descriptors',
    'few descriptors',
    async (trial) => {
      const descriptors = 36 + trial.upTo(36);
      await trial.crawl(
        [0, 3],
        { descriptors },
        amid(trial, 10, () => {}),
      );
    },
    { wanted: { inFlight: 64 } },
  ),
  world('small-heap', 'a small heap', async (trial) => {
    await trial.crawl(['SIGABRT', 'SIGTRAP', 0], { heapMb: 6 + trial.upTo(6) }, async (run) => {
      const { signal } = await run.ended;
      if (signal !== null) trial.fired();
    });
  }),
  ...[200, 400, 800].map((kb) =>
    world(`small-disk ${kb} KB`, 'a small disk', (trial) => onSmallDisk(trial, kb), {
      needs: 'root',
      wanted: { archive: true },
    }),
  ),
];

/** The disk is full, and has room again for the next run. */
async function onSmallDisk(trial: Trial, kb: number): Promise<void> {
  const mount = (...options: string[]): void =>
    void execFileSync('mount', [...options, trial.job], { stdio: 'ignore' });
  mount('-t', 'tmpfs', '-o', `size=${kb}k`, 'tmpfs');
  trial.afterwards(() => void execFileSync('umount', [trial.job]));
  await trial.crawl([0, 3], {}, async (run) => {
    await Promise.race([said(run, 'room'), run.ended]);
    trial.fired();
  });
  mount('-o', 'remount,size=64m');
}

/** What its user does to a folder: what is gone is gone, and what is asked for again is not a fault. */
const FOLDERS: readonly Fault[] = [
  world('folder-removed', 'a folder that goes', (trial) =>
    folderGone(trial, () => rmSync(trial.job, { recursive: true })),
  ),
  world('folder-replaced', 'a folder that goes', (trial) =>
    folderGone(trial, () => {
      renameSync(trial.job, `${trial.job}-before`);
      mkdirSync(trial.job);
    }),
  ),
  world(
    'archive-cut-short',
    'an archive that is shorter than its rows',
    async (trial) => {
      await trial.crawl(
        ['SIGKILL', 0],
        {},
        amid(trial, 60, (run) => void run.child.kill('SIGKILL')),
      );
      const places = (trial.stored()?.rows ?? []).filter(({ file }) => file !== null);
      if (places.length === 0) return;
      const { file, offset, length } = places[trial.upTo(places.length) - 1]!;
      truncateSync(join(trial.job, file!), offset! + Math.floor(trial.random() * length!));
      trial.forget();
      const verified = await trial.beside(['verify', trial.job]);
      if (verified.code !== 1) trial.complain('silent', `verify of what is lost ended with ${verified.code}`);
      const retried = await trial.beside(['retry', trial.job, '--lost']);
      if (retried.code !== 0) trial.complain('exit code', `retry --lost ended with ${retried.code}: ${retried.stderr}`);
    },
    { wanted: { archive: true } },
  ),
];

async function folderGone(trial: Trial, go: () => void): Promise<void> {
  await trial.crawl([3, 0], {}, amid(trial, 30, go));
  trial.forget();
}

const STORES: readonly Fault[] = [
  world('two-processes', 'two processes on one job', async (trial) => {
    await trial.crawl(
      [0],
      {},
      amid(trial, 40, async () => {
        const second = await trial.beside(trial.args);
        if (second.code !== 2)
          trial.complain('exit code', `the second process ended with ${second.code}: ${second.stderr}`);
      }),
    );
  }),
  world('older-store', 'an older store is migrated', async (trial) => {
    await trial.crawl(
      ['SIGKILL', 0],
      {},
      amid(trial, 30, (run) => void run.child.kill('SIGKILL')),
    );
    if (trial.stored() !== null) olderStore(join(trial.job, 'gossamer.db'), trial.random);
  }),
  ...(['kill-before', 'kill-after', 'power-before', 'power-after', 'EIO', 'ENOSPC'] as const).map((action) =>
    world(
      `${action} migration`,
      'faults in a migration',
      async (trial) => {
        await trial.crawl(
          ['SIGKILL', 0],
          {},
          amid(trial, 30, (run) => void run.child.kill('SIGKILL')),
        );
        if (trial.stored() === null) return;
        olderStore(join(trial.job, 'gossamer.db'), trial.random);
        const call = trial.random() < 0.8 ? 'write' : 'sync';
        const rules = [{ action, call, pattern: '*/gossamer.db-wal', first: trial.upTo(6), times: 1 } as const];
        await trial.crawl(action.startsWith('E') ? [0, 3] : ['SIGKILL', 0], { rules });
      },
      { needs: 'library' },
    ),
  ),
  world('newer-store', 'a newer store is refused', async (trial) => {
    await trial.crawl(
      ['SIGKILL', 0],
      {},
      amid(trial, 30, (run) => void run.child.kill('SIGKILL')),
    );
    if (trial.stored() === null) return;
    const path = join(trial.job, 'gossamer.db');
    const version = changeVersion(path, (ours) => ours + 1);
    const before = digestOf(path);
    const refused = await trial.beside(trial.args);
    if (refused.code !== 2) trial.complain('exit code', `a newer store was not refused: ${refused.code}`);
    if (digestOf(path) !== before) trial.complain('lost', 'a newer store was changed');
    changeVersion(path, () => version);
  }),
];

function changeVersion(path: string, change: (version: number) => number): number {
  const db = new DatabaseSync(path);
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  db.exec(`PRAGMA user_version = ${change(version)}; PRAGMA wal_checkpoint(TRUNCATE)`);
  db.close();
  return version;
}

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

export const MACHINE_FAULTS: readonly Fault[] = [...MACHINE, ...FOLDERS, ...STORES];
