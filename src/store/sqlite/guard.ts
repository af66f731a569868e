// Guards the database of a running crawl. A write waits while the disk is full. After a permanent failure every call
// fails with that failure, because memory may be ahead of the disk.

import type { DatabaseSync } from 'node:sqlite';
import { sqliteCode, systemName } from '../../base/machine.ts';
import type { Room } from '../../base/room.ts';
import { asStoreFailure, asUnreadable, NOT_WRITTEN, systemCause } from './database.ts';

export interface DatabaseGuard {
  reading<T>(work: () => T): T;
  /**
   * `work` is one transaction. If it fails it is rolled back and `onRollback` is called; when there is room it runs
   * again.
   */
  writing<T>(work: () => T, onRollback: () => void): Promise<T>;
  syncing(work: () => Promise<void>): Promise<void>;
}

export function createDatabaseGuard(db: DatabaseSync, location: string, room: Pick<Room, 'whenThere'>): DatabaseGuard {
  let failure: unknown = null;
  const fail = (error: unknown): never => {
    failure ??= asStoreFailure(location, error);
    rollBack(db);
    throw failure;
  };
  const assertSound = (): void => {
    if (failure !== null) throw failure;
  };
  return {
    reading(work) {
      assertSound();
      try {
        return work();
      } catch (error) {
        const isOfMachine = sqliteCode(error) !== null || systemName(error) !== null;
        // The database holds a value that gossamer never writes.
        return fail(isOfMachine ? error : asUnreadable(location, error));
      }
    },
    async writing(work, onRollback) {
      const once = () => {
        assertSound();
        try {
          return work();
        } catch (error) {
          rollBack(db);
          onRollback();
          throw systemCause(location, error);
        }
      };
      return room.whenThere(NOT_WRITTEN, once).catch(fail);
    },
    async syncing(work) {
      assertSound();
      await work().catch(fail);
    },
  };
}

function rollBack(db: DatabaseSync): void {
  try {
    if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
  } catch {
    // The file is gone; the first error is the one to report.
  }
}
