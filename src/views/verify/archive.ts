// Reads the whole archive for verify: which records are readable, and which were settled when the reading began.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { hasIndex } from '../../archive/indexes.ts';
import { archiveNames, peacefulStamps, stampIn, strangeNames } from '../../archive/recover.ts';
import { ARCHIVE_FOLDER } from '../../archive/warc-files.ts';
import { type Damage, readWarc, type WarcRecord } from '../../archive/warc-reader.ts';
import type { RunFigures } from '../../base/contracts.ts';
import { DIGESTS, isAnswer, type Kept, keptOf, type TellFault, wrongDigests } from './record.ts';

export interface ArchiveRead {
  readonly files: number;
  readonly records: number;
  readonly digests: number;
  readonly unsettledBytes: number;
  /** Responses and revisits by file and offset. */
  readonly kept: ReadonlyMap<string, Kept>;
  /** Whether the record there was settled, so that it must be complete and have its row. */
  judged(file: string, offset: number): boolean;
}

/** `ends` gives for each file where the last record with a row ended. */
export async function readArchive(
  folder: string,
  runs: readonly RunFigures[],
  ends: ReadonlyMap<string, number>,
  fault: TellFault,
): Promise<ArchiveRead> {
  const peaceful = peacefulStamps(runs);
  const kept = new Map<string, Kept>();
  const whole = new Set<string>();
  const counts = { files: 0, records: 0, digests: 0, unsettledBytes: 0 };
  const judged = (file: string, offset: number): boolean => whole.has(file) || offset < (ends.get(file) ?? 0);

  for (const name of strangeNames(folder)) fault('it is not a regular file', null, `${ARCHIVE_FOLDER}/${name}`, 0);
  for (const name of archiveNames(folder)) {
    const file = `${ARCHIVE_FOLDER}/${name}`;
    counts.files += 1;
    // Everything that a normally ended run wrote is settled, including records without a row.
    if (peaceful.has(stampIn(name)) && hasIndex(folder, file)) whole.add(file);
    else counts.unsettledBytes += beyond(join(folder, file), ends.get(file) ?? 0);
    for await (const found of recordsOf(join(folder, file))) {
      if ('damage' in found) {
        // The torn end of a killed run, or a record that is being written.
        if (!judged(file, found.offset)) break;
        fault(found.damage, null, file, found.offset);
        continue;
      }
      counts.records += 1;
      const url = found.fields.get('warc-target-uri') ?? null;
      for (const wrong of await wrongDigests(found)) fault(wrong, url, file, found.offset);
      counts.digests += DIGESTS.filter((digest) => found.fields.has(digest)).length;
      if (isAnswer(found)) kept.set(`${file} ${found.offset}`, keptOf(found));
    }
  }
  return { ...counts, kept, judged };
}

function beyond(path: string, end: number): number {
  return Math.max(0, (statSync(path, { throwIfNoEntry: false })?.size ?? 0) - end);
}

/** Yields nothing if the file is gone: a crawl that starts now removes records without a row. */
async function* recordsOf(path: string): AsyncGenerator<WarcRecord | Damage> {
  try {
    yield* readWarc(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
