// Files of the archive that rows point to and that are nowhere, by the worker that wrote them: each worker has a folder
// of its own if the machines share none, and a machine may be gone.

import type { Holdings } from '../archive/holdings.ts';
import { isArchiveName, stampIn, stampOf } from '../archive/recover.ts';
import type { Ledger } from '../base/contracts.ts';

export interface MissingFiles {
  readonly worker: string;
  readonly machine: string;
  readonly files: readonly string[];
}

/** Nothing is told of files that no known worker wrote. */
export async function missingFiles(
  { files }: Pick<Holdings, 'files'>,
  { archived, job }: Pick<Ledger, 'archived' | 'job'>,
): Promise<readonly MissingFiles[]> {
  const workers = await job.workers();
  if (workers.length === 0) return [];
  const there = new Set(await files());
  const missing = [...(await archived.ends()).keys()].filter((file) => !there.has(file) && isArchiveName(file));
  const byStamp = Map.groupBy(missing, stampIn);
  return workers.flatMap(({ name, machine, startedAt }) => {
    const own = (byStamp.get(stampOf(startedAt)) ?? []).filter((file) => file.includes(`-${name}-`));
    return own.length === 0 ? [] : [{ worker: name, machine, files: own }];
  });
}
