// Rows whose record is not in the archive: its file is missing or too short, the record is unreadable, or it never
// existed.

import type { Holdings } from '../../archive/holdings.ts';
import type { Contents } from '../../base/contents.ts';
import type { ArchivePlace, Ledger } from '../../base/contracts.ts';

export interface Lost {
  /** The ids of the rows, in order. */
  readonly ids: readonly number[];
  /** Earlier records of rows, from before a retry. */
  readonly earlier: readonly ArchivePlace[];
  /** The files that contained these records. */
  readonly files: ReadonlySet<string>;
}

/** Reads every record. A job without an archive has lost nothing. */
export async function lostRows(holdings: Holdings, ledger: Ledger, contents: Contents): Promise<Lost> {
  const lost: number[] = [];
  const files = new Set<string>();
  const isLost = async (place: ArchivePlace): Promise<boolean> => {
    const content = await contents.of({ archive: place });
    if (content !== null && (!('damage' in content) || content.isTooLong === true)) return false;
    files.add(place.file);
    return true;
  };
  const unplaced: number[] = [];
  let isKept = (await holdings.files()).length > 0;
  // Rows with what no crawl writes are named by verify.
  for await (const rows of ledger.rows.all({ onUnsound: () => {} })) {
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
