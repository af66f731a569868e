// Rows whose record the archive no longer has: its file is gone or too short, the record cannot be read, or there never was one.

import { archiveNames } from '../archive/recover.ts';
import type { Contents } from '../base/contents.ts';
import type { Ledger } from '../base/contracts.ts';

/** Ids of the rows, in order. Every record is read. `folder` is the job's; a job that keeps no archive has lost nothing. */
export async function lostRows(folder: string, ledger: Ledger, contents: Contents): Promise<number[]> {
  const lost: number[] = [];
  const unplaced: number[] = [];
  let isKept = archiveNames(folder).length > 0;
  for (const row of ledger.rows()) {
    if (row.archive === null) {
      if (row.status !== null && row.status > 0) unplaced.push(row.id);
      continue;
    }
    isKept = true;
    const content = await contents.of(row);
    if (content === null || 'damage' in content) lost.push(row.id);
  }
  return isKept ? [...lost, ...unplaced].sort((a, b) => a - b) : [];
}
