// Moves the complete files of an archive out of the job's folder while a crawl goes on, one after another. If their
// place is away, files wait in the folder, and it tries again; the crawl goes on until they fill the room they have. It
// owns what is known of each file.

import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { MovedFile, MovedFiles } from '../base/contracts.ts';
import { MOVE_PAUSE_MS, MOVE_PAUSE_MS_MAX } from '../base/limits.ts';
import { ArchiveAway, asMachineError } from '../base/machine.ts';
import type { Lack } from '../base/room.ts';
import type { Depot } from './depot/depot.ts';
import { hasIndex } from './indexes.ts';
import { moveFile } from './move.ts';
import { archiveNames } from './recover.ts';
import { ARCHIVE_FOLDER } from './warc-files.ts';

export interface Mover {
  /** Looks for complete files, and begins to move them if it is not at that already. */
  look(): void;
  /** The files fill the room that they may have in the folder. */
  readonly isFull: boolean;
  /** The crawl waits for the place, or would have to. Null if it does not. */
  lack(): Lack | null;
  /** Why files cannot be moved now, a sentence; null if they can. */
  readonly trouble: string | null;
  /** The files fill their room and the patience with their place is over, or moving them failed for good. */
  readonly isHopeless: boolean;
  /**
   * Moves what is left, if no record can come any more. It takes at most `ms`, if that is not null, and then leaves
   * files behind. Rejects with MachineError when the patience is over.
   */
  finish(ms: number | null): Promise<void>;
}

export interface MoverParts {
  /** The job's folder. */
  readonly folder: string;
  readonly depot: Depot;
  /** What the names of this process's own files begin with; others may write into the same folder. */
  readonly own: string;
  /** Files that nobody writes to any more, complete with or without an index. */
  readonly earlier: ReadonlySet<string>;
  /** What the store says of each file. */
  readonly moved: ReadonlyMap<string, MovedFile>;
  readonly movedFiles: MovedFiles;
  readonly clock: Clock;
  /** How many bytes may wait in the folder. */
  readonly bytesMax: number;
  /** How long the place may be away while somebody waits for it. */
  readonly patienceMs: number;
  /** Resolves when all that was archived until now is committed; rejects if that fails. */
  readonly settled: () => Promise<void>;
  /** Called when the files do not fill their room any more. */
  readonly onRoom: () => void;
}

const NOT_MOVED = 'the archive could not be moved out of the job';

export function createMover(parts: MoverParts): Mover {
  const { folder, depot, clock, patienceMs } = parts;
  const { earlier, own } = parts;
  const names = (): string[] =>
    archiveNames(folder)
      .filter((name) => name.startsWith(own) || earlier.has(name))
      .map((name) => `${ARCHIVE_FOLDER}/${name}`);
  const stop = new AbortController();
  const known = new Map(parts.moved);
  const movedFiles: MovedFiles = {
    async note(moved) {
      await parts.movedFiles.note(moved);
      known.set(moved.file, moved);
    },
  };
  let moving: Promise<void> | null = null;
  let isFull = false;
  /** Since when the place is away, and how often it was tried since. */
  let away: { readonly since: number; tries: number; readonly error: ArchiveAway } | null = null;
  let nextAt = 0;
  let waitsSince: number | null = null;
  let failure: unknown = null;

  const isEarlier = (file: string): boolean => earlier.has(basename(file));
  const complete = (): string[] => names().filter((file) => isEarlier(file) || hasIndex(folder, file));
  const measure = (): void => {
    const sizes = names().map((file) => statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0);
    const wasFull = isFull;
    isFull = sizes.reduce((sum, size) => sum + size, 0) >= parts.bytesMax;
    waitsSince = isFull ? (waitsSince ?? clock.now()) : null;
    if (wasFull && !isFull) parts.onRoom();
  };
  /** Moves the files one by one; ends early if the place is away. */
  const moveAll = async (files: readonly string[]): Promise<void> => {
    try {
      for (const file of files) {
        await moveFile(folder, file, known.get(file), depot, movedFiles, stop.signal).catch((error) => {
          // Another process on this job has moved it meanwhile.
          if (names().includes(file)) throw error;
        });
        away = null;
        measure();
      }
    } catch (error) {
      if (stop.signal.aborted) return;
      if (!(error instanceof ArchiveAway)) throw error;
      away = { since: away?.since ?? clock.now(), tries: (away?.tries ?? 0) + 1, error };
      nextAt = clock.now() + Math.min(MOVE_PAUSE_MS_MAX, MOVE_PAUSE_MS * 2 ** (away.tries - 1));
    }
  };
  /** The settlements of a crawl that fails are lost with it; then its files are for the next run to judge. */
  const settledFiles = async (): Promise<string[]> => {
    const files = complete();
    if (!files.every(isEarlier)) await parts.settled();
    return files;
  };
  const begin = (): void => {
    moving = settledFiles()
      .then(moveAll)
      .catch((error) => {
        failure ??= error;
      })
      .finally(() => {
        moving = null;
      });
  };
  const isOverdue = (): boolean =>
    away !== null && waitsSince !== null && clock.now() - Math.max(waitsSince, away.since) >= patienceMs;
  const failed = (): unknown => asMachineError(failure ?? away!.error, NOT_MOVED);

  return {
    look() {
      measure();
      if (moving === null && failure === null && clock.now() >= nextAt && complete().length > 0) begin();
    },
    get isFull() {
      return isFull;
    },
    lack() {
      if (waitsSince === null || away === null) return null;
      const until = Math.max(waitsSince, away.since) + patienceMs;
      return { host: 'the place of the archive', until, why: away.error.message };
    },
    get trouble() {
      return away?.error.message ?? null;
    },
    get isHopeless() {
      return failure !== null || isOverdue();
    },
    async finish(ms) {
      const timer = ms === null ? null : clock.after(ms, () => stop.abort());
      waitsSince = clock.now();
      nextAt = 0;
      try {
        for (;;) {
          await moving;
          if (failure !== null) throw failed();
          if (stop.signal.aborted || complete().length === 0) return;
          if (isOverdue()) throw failed();
          if (clock.now() < nextAt) await pauseUntil(clock, nextAt, stop.signal);
          begin();
        }
      } finally {
        timer?.cancel();
        stop.abort();
      }
    },
  };
}

function pauseUntil(clock: Clock, at: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.after(at - clock.now(), end);
    signal.addEventListener('abort', end);
  });
}
