// Makes commits durable without blocking the event loop. SQLite writes a transaction to its log and returns. A libuv
// thread then syncs the log, and only after that the transaction counts as settled. (SQLite's own way,
// synchronous=FULL, syncs inside COMMIT. That takes an ordinary disk 5 to 30 ms, during which ten thousand connections
// would wait.)

import { statSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MachineError } from '../../base/errors.ts';
import { CAN_SYNC_FOLDERS } from '../../base/platform.ts';
import type { Room } from '../../base/room.ts';
import { IN_MEMORY, NOT_WRITTEN } from './database.ts';

export interface Durable {
  /** Resolves when all commits are on disk. Rejects if the database is not there any more. */
  sync(): Promise<void>;
  /** Whether the database still exists under its name. */
  isThere(): boolean;
  close(): Promise<void>;
}

interface Log {
  readonly file: FileHandle;
  readonly inode: number;
}

/** `room` waits while there are no file handles. */
export function createDurable(location: string, room: Pick<Room, 'whenThere'>): Durable {
  if (location === IN_MEMORY) return { sync: async () => {}, isThere: () => true, close: async () => {} };
  const { ino } = statSync(location);
  let log: Promise<Log> | null = null;
  return {
    async sync() {
      log ??= room.whenThere(NOT_WRITTEN, () => openLog(location));
      const { file, inode } = await log;
      const [found] = await Promise.all([stat(`${location}-wal`).catch(() => null), file.datasync()]);
      // A deleted file still accepts bytes, but they are lost when it is closed.
      if (found?.ino === inode) return;
      throw new MachineError('disk', `${location} was deleted or replaced while the job was at work; run again`);
    },
    isThere: () => statSync(location, { throwIfNoEntry: false })?.ino === ino,
    async close() {
      const opened = await log?.catch(() => null);
      log = null;
      await opened?.file.close();
    },
  };
}

/** The first commit creates the log. It stays the same file until the last connection is closed. */
async function openLog(location: string): Promise<Log> {
  // Opened for writing too, because Windows syncs no other file.
  const file = await open(`${location}-wal`, 'r+');
  try {
    // A new file is durable only when its folder entry is.
    if (CAN_SYNC_FOLDERS) {
      const folder = await open(dirname(location), 'r');
      await folder.sync().finally(() => folder.close());
    }
    const { ino } = await file.stat();
    return { file, inode: ino };
  } catch (error) {
    await file.close();
    throw error;
  }
}
