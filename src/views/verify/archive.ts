// Reads the whole archive for verify: which records are readable, and which were settled when the reading began.

import { earlierJobs } from '../../archive/earlier-jobs.ts';
import type { Holdings } from '../../archive/holdings.ts';
import { hasIndex, indexFault, indexPlace } from '../../archive/indexes.ts';
import { peacefulStamps, stampIn, strangeNames } from '../../archive/recover.ts';
import { ARCHIVE_FOLDER } from '../../archive/warc-files.ts';
import type { Damage, WarcRecord } from '../../archive/warc-reader.ts';
import { systemClock } from '../../base/clock.ts';
import type { RunFigures } from '../../base/contracts.ts';
import { createPauses } from '../../base/pauses.ts';
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
  holdings: Holdings,
  runs: readonly RunFigures[],
  ends: ReadonlyMap<string, number>,
  fault: TellFault,
): Promise<ArchiveRead> {
  const peaceful = peacefulStamps(runs);
  const kept = new Map<string, Kept>();
  const whole = new Set<string>();
  const payloads = createPayloads();
  const counts = { files: 0, records: 0, digests: 0, unsettledBytes: 0 };
  const pause = createPauses(systemClock);
  const judged = (file: string, offset: number): boolean => whole.has(file) || offset < (ends.get(file) ?? 0);

  for (const name of strangeNames(holdings.folder)) {
    fault('it is not a regular file', null, `${ARCHIVE_FOLDER}/${name}`, 0);
  }
  for (const file of await holdings.files()) {
    counts.files += 1;
    if (await isSettled(holdings, file, peaceful)) whole.add(file);
    else counts.unsettledBytes += await beyond(holdings, file, ends.get(file) ?? 0);
    const wrongIndex = await indexFault(holdings.folder, file, systemClock.turn);
    if (wrongIndex !== null) fault(wrongIndex, null, indexPlace(file), 0);
    for await (const found of recordsOf(holdings, file)) {
      await pause();
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
      if (!isAnswer(found)) continue;
      payloads.see(file, found, judged(file, found.offset));
      kept.set(`${file} ${found.offset}`, keptOf(found));
    }
  }
  if (earlierJobs(holdings.folder).length === 0) payloads.tell(fault);
  return { ...counts, kept, judged };
}

/** Finds revisits whose payload no record has: they refer to themselves, in a circle, or to what is not there. */
function createPayloads() {
  const whole = new Set<string>();
  const revisits: (Pick<WarcRecord, 'offset'> & { readonly file: string; readonly url: string; digest: string })[] = [];
  return {
    see(file: string, { fields, offset }: WarcRecord, isJudged: boolean): void {
      const digest = fields.get('warc-payload-digest') ?? '';
      if (fields.get('warc-type') === 'response') whole.add(digest);
      else if (isJudged) revisits.push({ file, offset, url: fields.get('warc-target-uri') ?? '', digest });
    },
    tell(fault: TellFault): void {
      for (const { file, offset, url, digest } of revisits)
        if (!whole.has(digest)) fault('no record has the payload that it refers to', url, file, offset);
    },
  };
}

/**
 * Everything that a normally ended run wrote is settled, including records without a row; and so is all of a file that
 * leaves the job's folder.
 */
async function isSettled(holdings: Holdings, file: string, peaceful: ReadonlySet<string>): Promise<boolean> {
  if (await holdings.isMoved(file)) return true;
  return peaceful.has(stampIn(file)) && hasIndex(holdings.folder, file);
}

async function beyond(holdings: Holdings, file: string, end: number): Promise<number> {
  const size = await holdings.sizeOf(file).catch((error) => {
    if (!isGone(error)) throw error;
    return 0;
  });
  return Math.max(0, size - end);
}

/** Yields nothing if the file is gone: a crawl that starts now removes records without a row. */
async function* recordsOf(holdings: Holdings, file: string): AsyncGenerator<WarcRecord | Damage> {
  try {
    yield* holdings.records(file);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
