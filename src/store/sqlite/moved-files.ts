// Which files of the archive are kept outside of the job's folder.

import type { DatabaseSync } from 'node:sqlite';
import type { MovedFile } from '../../base/contracts.ts';
import { openForWriting, query } from './database.ts';

/** For each file what is known of it. */
export function createMovedReader(db: DatabaseSync): () => Promise<ReadonlyMap<string, MovedFile>> {
  const all = query(db, 'SELECT file, place, bytes, is_there, upload FROM moved_files');
  return async () =>
    new Map(
      all.all().map((cells) => {
        const [file, place, bytes, isThere, upload] = cells as [string, string, number, number, string];
        return [file, { file, place, bytes, isThere: isThere === 1, upload }] as const;
      }),
    );
}

/** Writes within the caller's transaction. */
export function createMovedWriter(db: DatabaseSync): (moved: MovedFile) => void {
  const write = db.prepare(
    'INSERT OR REPLACE INTO moved_files (file, place, bytes, is_there, upload) VALUES (?, ?, ?, ?, ?)',
  );
  return ({ file, place, bytes, isThere, upload }) => void write.run(file, place, bytes, isThere ? 1 : 0, upload);
}

/** Writes between two runs. The caller holds the job's lock. */
export function noteMovedInStore(location: string, moved: MovedFile): void {
  const db = openForWriting(location);
  try {
    db.exec('PRAGMA synchronous = FULL');
    createMovedWriter(db)(moved);
  } finally {
    db.close();
  }
}
