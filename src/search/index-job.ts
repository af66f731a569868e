// Fills the index of a job from its archive. It goes over all rows in the order in which they were found, adds pages
// that are new or changed, and removes pages that are gone. What was added stays if it is interrupted.

import { systemClock } from '../base/clock.ts';
import type { Contents } from '../base/contents.ts';
import type { Ledger, Row } from '../base/contracts.ts';
import { createPauses } from '../base/pauses.ts';
import { keyOfJob } from '../url/key.ts';
import { type Damages, noDamages, noteDamage } from '../views/documents.ts';
import { isTextual, kindOfText } from '../views/textual.ts';
import type { IndexFiller } from './index-store.ts';
import { openWriter } from './open-index.ts';
import { createTermReader } from './page-terms.ts';
import { type SearchSignals, searchSignals } from './signals.ts';
import { numberOf } from './sqlite-writer.ts';

export interface IndexingSummary {
  /** Pages in the index now. */
  readonly pages: number;
  readonly added: number;
  readonly removed: number;
  /** Pages that ask to be left out of searches. */
  readonly barred: number;
  readonly damages: Damages;
}

/** What a pass over the rows did. */
export type Pass = { -readonly [name in keyof Omit<IndexingSummary, 'pages'>]: IndexingSummary[name] };

/**
 * `onPage` is called with the number of rows that were looked at, and whether an index of another version is made
 * again. When `signal` is aborted, it ends early. Rejects with MachineError if the disk is full.
 */
export async function indexJob(
  folder: string,
  ledger: Ledger,
  contents: Contents,
  onPage: (rows: number, isRenewed: boolean) => void = () => {},
  signal: AbortSignal | null = null,
): Promise<IndexingSummary> {
  await using indexing = await openIndexing(folder, ledger, contents);
  const pass = await indexing.pass((rows) => {
    onPage(rows, indexing.isRenewed);
    return signal?.aborted !== true;
  });
  return { ...pass, pages: await indexing.end() };
}

/** An index that is being filled. */
export interface Indexing extends AsyncDisposable {
  /** There was an index of another version, which was thrown away. */
  readonly isRenewed: boolean;
  /**
   * Takes in what is new in the job, and removes what is gone. `onRow` is called with the number of rows that were
   * looked at, and returns whether to go on.
   */
  pass(onRow: (rows: number) => boolean, others?: Others): Promise<Pass>;
  /** Makes the index compact, and returns how many pages it has. */
  end(): Promise<number>;
}

/** Those who need the processor more. */
export interface Others {
  mustWait(): boolean;
  /** Blocks the thread while it should wait. */
  wait(): void;
}

export async function openIndexing(folder: string, ledger: Ledger, contents: Contents): Promise<Indexing> {
  const filler = await openWriter(folder, ledger, keyOfJob(await ledger.job.identity()));
  const read = createTermReader();
  return {
    isRenewed: filler.isRenewed,
    async pass(onRow, others) {
      const done = await passOver(ledger, contents, { filler, read, others }, onRow);
      await filler.commit();
      return done;
    },
    async end() {
      await filler.end();
      return filler.pages();
    },
    [Symbol.asyncDispose]: () => filler[Symbol.asyncDispose](),
  };
}

interface PassParts {
  readonly filler: IndexFiller;
  readonly read: ReturnType<typeof createTermReader>;
  readonly others: Others | undefined;
}

/** `onRow` returns whether to go on. */
async function passOver(
  ledger: Ledger,
  contents: Contents,
  { filler, read, others }: PassParts,
  onRow: (rows: number) => boolean,
): Promise<Pass> {
  const signals = await searchSignals(ledger);
  const pass: Pass = { added: 0, removed: 0, barred: 0, damages: noDamages() };
  const pause = createPauses(systemClock);
  let [rows, last] = [0, 0];
  const remove = async (id: number): Promise<void> => {
    await filler.remove(id);
    pass.removed += 1;
  };

  const takeIn = async (row: Row, mark: number): Promise<void> => {
    const content = await contents.of(row);
    if (content === null) return;
    if ('damage' in content) noteDamage(pass.damages, content, row);
    else if (signals.isBarredBy(row, content.headers)) pass.barred += 1;
    else {
      const kind = kindOfText(row, content.body);
      if ((kind === 'html' || kind === 'xhtml') && (await filler.add(read(row, kind, content), mark))) pass.added += 1;
    }
  };
  for await (const page of ledger.rows.all({ onUnsound: () => {} })) {
    const to = page.at(-1)?.id ?? last;
    const marks = new Map(await filler.marks(last, to));
    for (const row of page) {
      await pause();
      const mark = markOf(row, signals);
      const before = marks.get(row.id);
      marks.delete(row.id);
      if (mark === 'barred') pass.barred += 1;
      if (mark !== before && before !== undefined) await remove(row.id);
      if (mark !== before && typeof mark === 'number') await takeIn(row, mark);
      rows += 1;
      if (!onRow(rows)) return pass;
      if (others?.mustWait() === true) {
        await filler.commit();
        others.wait();
      }
    }
    for (const id of marks.keys()) await remove(id);
    last = to;
  }
  for (const id of (await filler.marks(last, Number.MAX_SAFE_INTEGER)).keys()) await remove(id);
  return pass;
}

/** Undefined if the row has no page to find. */
function markOf(row: Row, signals: SearchSignals): number | 'barred' | undefined {
  if (!isTextual(row) || row.archive === null) return undefined;
  return signals.isBarred(row) ? 'barred' : numberOf(`${row.archive.file} ${row.archive.offset}`);
}
