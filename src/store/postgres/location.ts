// A job whose store is in PostgreSQL. Its folder has the archive and the logs; the name of the folder is the name of
// the job in the database.

import { basename, resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { JobError } from '../../base/errors.ts';
import { NO_PATIENCE } from '../../base/room.ts';
import { makeFolder } from '../folder.ts';
import type { JobLocation } from '../job-location.ts';
import { openPostgresCopySource } from './copy-source.ts';
import { openPostgresCopyTarget } from './copy-target.ts';
import { migrate, removeSchema, versionOf } from './database.ts';
import { type Ask, createLine, type Line } from './line.ts';
import { assertNobody, join, type Membership } from './membership.ts';
import { writeMovedFile } from './moved-files.ts';
import { databasePlace, quotedName } from './place.ts';
import { takeDownInDatabase } from './removal.ts';
import { matchInDatabase, retryInDatabase } from './retry.ts';
import { hasPostgresJob, openPostgresLedger, openPostgresStore, settingsInDatabase } from './store.ts';
import { thisWorker } from './worker.ts';

/** About the longest name of a file in the folder. */
const LONGEST_NAME = `/archive/${'x'.repeat(200)}`;
/** How long nobody else works on a job that is being changed, without a sign of life. */
const ALONE_MS = 60_000;

/** Throws UsageError if `address` is not the URL of a PostgreSQL database. */
export function postgresLocation(folder: string, address: string, name: string | null = null): JobLocation {
  const place = databasePlace(address, name ?? basename(resolve(folder)));

  /** Asks on a connection of its own. */
  const asking = async <T>(what: string, work: (ask: Ask) => Promise<T>): Promise<T> => {
    const line = createLine(place);
    try {
      await line.open();
      return await NO_PATIENCE.whenThere(what, async () => work(await line.bound()));
    } finally {
      await line.close();
    }
  };
  return {
    storeName: `job in ${place.server}`,
    exists: () => hasPostgresJob(place),
    // Whoever opens the store joins those that work on the job.
    async claim(isAlone) {
      if (isAlone === undefined || !(await hasPostgresJob(place))) return NOTHING_CLAIMED;
      return this.lock();
    },
    async lock() {
      if (!(await hasPostgresJob(place))) throw new JobError('missing', `There is no ${place.shown}.`);
      const line = createLine(place);
      try {
        await line.open();
        await migrate(line, place);
        const self = { ...thisWorker(null), leaseMs: ALONE_MS, isAlone: true, startedAt: 0, settings: {} };
        const alone = await join(await line.bound(), place, self);
        return aloneUntilDisposed(line, alone);
      } catch (error) {
        await line.close();
        throw error;
      }
    },
    open: (options) => openPostgresStore(place, options, () => makeFolder(folder, LONGEST_NAME)),
    settings: () => settingsInDatabase(place),
    read: () => openPostgresLedger(place),
    copySource: (clock) => openPostgresCopySource(place, clock),
    copyTarget: (clock) => openPostgresCopyTarget(place, clock),
    remove: () =>
      asking('the job could not be deleted', async (ask) => {
        if ((await versionOf(ask, place)) !== null) await assertNobody(ask, place);
        await removeSchema(ask, place);
      }),
    changes: {
      movedFiles: {
        note: (moved) =>
          asking('the file could not be noted', (ask) => writeMovedFile(ask, quotedName(place.schema), moved)),
      },
      matching: (selection) => asking('the URLs could not be read', (ask) => matchInDatabase(ask, place, selection)),
      retry: (selection, at) =>
        asking('the URLs could not be queued again', (ask) => retryInDatabase(ask, place, selection, at)),
      takeDown: (id, moves, at) =>
        asking('the URL could not be removed', (ask) => takeDownInDatabase(ask, place, { id, moves, at })),
    },
  };
}

const NOTHING_CLAIMED: AsyncDisposable = { [Symbol.asyncDispose]: async () => {} };

function aloneUntilDisposed(line: Line, membership: Membership): AsyncDisposable {
  const signs = systemClock.every(ALONE_MS / 5, () => membership.renew(line.ask, NOTHING_TO_TELL).catch(() => {}));
  return {
    async [Symbol.asyncDispose]() {
      signs.cancel();
      await membership.leave(line.ask).catch(() => {});
      await line.close();
    },
  };
}

const NOTHING_TO_TELL = { hosts: 0, wants: 0, isIdle: true, pages: 0 };
