// Rows whose record the archive no longer has: its file is gone or too short, the record cannot be read, or there never was one.

import { archiveNames } from '../../archive/recover.ts';
import type { Contents } from '../../base/contents.ts';
import type { ArchivePlace, Ledger } from '../../base/contracts.ts';

export interface Lost {
  /** Of the rows, in order. */
  readonly ids: readonly number[];
  /** Earlier records of rows, of answers before the user asked again. */
  readonly earlier: readonly ArchivePlace[];
  /** Where all these records were. */
  readonly files: ReadonlySet<string>;
}

/** Every record is read. `folder` is the job's; a job that keeps no archive has lost nothing. */
export async function lostRows(folder: string, ledger: Ledger, contents: Contents): Promise<Lost> {
  const lost: number[] = [];
  const files = new Set<string>();
  const isLost = async (place: ArchivePlace): Promise<boolean> => {
    const content = await contents.of({ archive: place });
    if (content !== null && !('damage' in content)) return false;
    files.add(place.file);
    return true;
  };
  const unplaced: number[] = [];
  let isKept = archiveNames(folder).length > 0;
  for (const row of ledger.rows()) {
    if (row.archive === null) {
      if (row.status !== null && row.status > 0) unplaced.push(row.id);
      continue;
    }
    isKept = true;
    if (await isLost(row.archive)) lost.push(row.id);
  }
  const earlier: ArchivePlace[] = [];
  for (const { archive } of ledger.earlierRecords()) if (await isLost(archive)) earlier.push(archive);
  return { ids: isKept ? [...lost, ...unplaced].sort((a, b) => a - b) : [], earlier, files };
}
