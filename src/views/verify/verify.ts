// Compares the store with the archive: every row with its record and every record with its row. It computes all digests
// again. It may run during a crawl that settles rows and writes records; it checks only what was settled when it began.

import type { Holdings } from '../../archive/holdings.ts';
import type { EarlierRecord, Ledger, Row, Sums } from '../../base/contracts.ts';
import { FAULTS_LISTED_MAX } from '../../base/limits.ts';
import { troubleOf } from '../../base/machine.ts';
import { readArchive } from './archive.ts';
import { type Kept, keptOf, type TellFault, wrongDigests } from './record.ts';
import { createRowless } from './rowless.ts';

/** The output of `verify --json`. */
export interface Verification {
  readonly files: number;
  readonly records: number;
  /** How many block and payload digests were computed again. */
  readonly digests: number;
  readonly rows: number;
  /**
   * How many rows point to a record. `unarchived` counts rows with a response and no record, because their run had no
   * archive.
   */
  readonly archived: number;
  readonly unarchived: number;
  /** How many rows have lost their record; `gossamer retry --lost` queues their URLs again. */
  readonly lost: number;
  /** Bytes after the last record with a row, from a run that is active or was killed. The next run cuts them off. */
  readonly unsettledBytes: number;
  readonly faultCount: number;
  /** The first hundred faults. */
  readonly faults: readonly Fault[];
}

export interface Fault {
  readonly what: string;
  readonly url: string | null;
  readonly file: string | null;
  readonly offset: number | null;
}

export async function verify(holdings: Holdings, ledger: Ledger): Promise<Verification> {
  const faults: Fault[] = [];
  let faultCount = 0;
  const fault: TellFault = (what, url, file, offset) => {
    faultCount += 1;
    if (faults.length < FAULTS_LISTED_MAX) faults.push({ what, url, file, offset });
  };
  // This must come first: everything that has its row at this moment is checked, and nothing later.
  const ends = await ledger.archived.ends();
  const { kept, judged, ...read } = await readArchive(holdings, await ledger.job.runs(), ends, fault);
  const counts = { ...read, rows: 0, archived: 0, unarchived: 0, lost: 0 };
  const rowless = await createRowless(ledger, kept);

  /** Whether the record that the row points to exists and belongs to the row. */
  const look = async (row: Row | EarlierRecord, missing: string): Promise<boolean> => {
    const { url } = row;
    const { file, offset } = row.archive!;
    const known = kept.get(`${file} ${offset}`);
    if (known !== undefined) known.hasRow = true;
    const record = known ?? (await lookAgain(holdings, row, fault));
    const wrong = record === null ? missing : disagreement(row, record);
    if (wrong !== null) fault(wrong, url, file, offset);
    return record !== null;
  };

  const judge = async (row: Row): Promise<void> => {
    counts.rows += 1;
    rowless.see(row);
    if (row.archive === null) {
      if (row.status !== null && row.status > 0) counts.unarchived += 1;
      return;
    }
    counts.archived += 1;
    if (!(await look(row, 'the row points to no record'))) counts.lost += 1;
  };
  const onUnsound = (id: number, why: string): void =>
    fault(why.startsWith('row ') ? why : `row ${id}: ${why}`, null, null, null);
  for await (const rows of ledger.rows.all({ onUnsound })) for (const row of rows) await judge(row);
  for await (const earlier of ledger.archived.earlier()) {
    for (const each of earlier) await look(each, 'an earlier record of the row is not there');
  }
  for (const [place, record] of kept) {
    const [file, offset] = place.split(' ') as [string, string];
    if (record.hasRow || !judged(file, Number(offset))) continue;
    const what = faultCount < FAULTS_LISTED_MAX ? await rowless.fault(record) : null;
    if (what !== null) fault(what, record.url, file, Number(offset));
  }
  for (const what of wrongTotals(await ledger.job.sums())) fault(what, null, null, null);
  return { ...counts, faultCount, faults };
}

/** Reads a record that was written after its file was read; null if it is not there. */
async function lookAgain(
  holdings: Holdings,
  { url, archive }: Row | EarlierRecord,
  fault: TellFault,
): Promise<Kept | null> {
  const { file, offset } = archive!;
  try {
    const record = await holdings.record(archive!);
    for (const wrong of await wrongDigests(record)) fault(wrong, url, file, offset);
    return keptOf(record);
  } catch (error) {
    if (troubleOf(error) !== null) throw error;
    return null;
  }
}

function wrongTotals({ urls, queued, rows, totals }: Sums): string[] {
  const wrong = (['done', 'failed', 'skipped'] as const)
    .filter((state) => rows[state] !== totals[state])
    .map(
      (state) => `${rows[state]} rows are ${state}, and the totals say ${totals[state]}; the next crawl counts again`,
    );
  const sum = queued + rows.done + rows.failed + rows.skipped;
  if (sum !== urls) wrong.push(`there are ${urls} URLs, and ${sum} are queued, done, failed or skipped`);
  return wrong;
}

function disagreement({ url, status, sha256, archive }: Row | EarlierRecord, record: Kept): string | null {
  if (record.length !== archive!.length)
    return `the record has ${record.length} bytes, its row says ${archive!.length}`;
  if (record.status !== status) return `the record has status ${record.status}, its row ${status}`;
  if (sha256 !== null && record.payload !== sha256) return 'the record and its row have different payloads';
  // The same URL may have been requested in another form: /%7Eu for /~u.
  return sameHost(record.url, url) ? null : `the record is of ${record.url}`;
}

function sameHost(one: string, other: string): boolean {
  return URL.parse(one)?.host === URL.parse(other)?.host;
}
