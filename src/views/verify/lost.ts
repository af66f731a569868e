// Rows whose record the archive no longer has: its file is gone or too short, the record cannot be read, or there never
// was one.

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
  for await (const rows of ledger.rows.all()) {
    for (const { id, archive, status } of rows) {
      if (archive !== null) {
        isKept = true;
        if (await isLost(archive)) lost.push(id);
      } else if (status !== null && status > 0) unplaced.push(id);
    }
  }
  const earlier: ArchivePlace[] = [];
  for await (const records of ledger.archived.earlier()) {
    for (const { archive } of records) if (await isLost(archive)) earlier.push(archive);
  }
  return { ids: isKept ? [...lost, ...unplaced].sort((a, b) => a - b) : [], earlier, files };
}
