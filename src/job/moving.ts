// Moves the archive of a job to where --archive wants it.

import { resolve, sep } from 'node:path';
import type { Depot } from '../archive/depot/depot.ts';
import { placeOf } from '../archive/depot/open-depot.ts';
import { createMover, type Mover } from '../archive/mover.ts';
import type { Clock } from '../base/clock.ts';
import type { Archive } from '../base/contracts.ts';
import { UsageError } from '../base/errors.ts';
import { asMachineError } from '../base/machine.ts';
import type { Commits } from '../crawl/commits.ts';
import { type CrawlOptions, jobFolder } from '../options/options.ts';
import { makeWithParents } from '../store/folder.ts';
import { ownNames } from './archiving.ts';
import type { Job } from './job.ts';
import { depotAt } from './open-contents.ts';
import { OWN_FOLDERS } from './own-files.ts';

/**
 * The place that the options name, after a look at whether files can be put there; null if they name none. Throws
 * UsageError and MachineError.
 */
export async function wantedDepot(options: CrawlOptions): Promise<Depot | null> {
  if (options.archivePlace === null || !options.archive) return null;
  if (options.store === 'memory:') {
    throw new UsageError('--archive needs a stored job, and --store memory: keeps nothing.');
  }
  const place = placeOf(options.archivePlace);
  const own = OWN_FOLDERS.map((name) => resolve(jobFolder(options), name));
  if (own.some((folder) => place === folder || place.startsWith(folder + sep))) {
    throw new UsageError(`--archive: ${JSON.stringify(place)} is part of the job itself: give another folder.`);
  }
  const depot = depotAt(place);
  try {
    if (!place.startsWith('s3:')) makeWithParents(place);
  } catch {
    // The check tells what is wrong with it.
  }
  try {
    await depot.check();
  } catch (error) {
    throw asMachineError(error, 'the archive has no place');
  }
  return depot;
}

/** The archive as the heart sees it, and what moves its files. */
export interface MovingArchive {
  readonly archive: Archive;
  /** Null if the files stay in the job's folder. */
  readonly mover: Mover | null;
}

/**
 * `closed` names the files that the recovery of this run found without a writer. Those of other workers are theirs to
 * move; if one dies, the next worker that begins cuts off what is torn and moves the rest. `wake` is called when there
 * is room for more again.
 */
export async function movingArchive(
  depot: Depot | null,
  archive: Archive,
  options: CrawlOptions,
  job: Job,
  parts: {
    readonly closed: ReadonlySet<string>;
    readonly commits: Commits;
    readonly clock: Clock;
    readonly wake: () => void;
  },
): Promise<MovingArchive> {
  const { folder, store } = job;
  if (depot === null || folder === '') return { archive, mover: null };
  const { commits, clock, wake } = parts;
  const appends = new Set<Promise<unknown>>();
  const append: Archive['append'] = (...exchange) => {
    const appended = archive.append(...exchange);
    const end = (): void => void appends.delete(appended);
    appends.add(appended);
    appended.then(end, end);
    return appended;
  };
  const mover = createMover({
    ...{ folder, depot, clock, onRoom: wake },
    own: ownNames(job),
    earlier: parts.closed,
    moved: await store.ledger.archived.moved(),
    movedFiles: store.movedFiles,
    bytesMax: options.archiveSpoolBytes,
    patienceMs: options.archivePatienceMs,
    async settled() {
      await Promise.allSettled(appends);
      // What was appended is handed to the commits in the same turn of the event loop.
      await clock.turn();
      await commits.flush();
    },
  });
  return { archive: { ...archive, append }, mover };
}
