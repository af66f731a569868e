// Fills the table of a job from its ledger and keeps up with it. It owns what the table knows of the ledger.

import type { Ledger } from '../../base/contracts.ts';
import { ROWS_A_FILL_MAX } from '../../base/limits-of-serving.ts';
import { createTableFile, type TableFile } from './table-file.ts';

export interface UrlTable {
  /** The file to ask. It changes when the table is made again. */
  readonly file: TableFile;
  /** Changes with each change of the rows. */
  readonly version: number;
  /** How many rows are read, and how many there are. */
  readonly upTo: { readonly rows: number; readonly of: number; readonly isComplete: boolean };
  /** Reads what is new, in turns of the event loop. Calls at the same time share one reading. */
  refresh(): Promise<void>;
  close(): void;
}

export function createUrlTable(ledger: Ledger): UrlTable {
  let file = createTableFile();
  let rows = 0;
  let lastId = 0;
  let of = 0;
  let version = 0;
  let isIndexed = false;
  let isClosed = false;
  let refreshing: Promise<void> | null = null;
  /** The counts of a job that nobody works on, when the table had all of it. */
  let restingAs = '';

  const inTransaction = (work: () => void): void => {
    file.db.exec('BEGIN');
    work();
    file.db.exec('COMMIT');
    version += 1;
  };
  const append = async (): Promise<void> => {
    let waiting: Parameters<TableFile['put']>[0][] = [];
    const write = async (): Promise<void> => {
      const batch = waiting;
      waiting = [];
      inTransaction(() => batch.forEach(file.put));
      rows += batch.length;
      lastId = batch.at(-1)?.id ?? lastId;
      of = Math.max(of, rows);
      await new Promise(setImmediate);
    };
    for await (const page of ledger.rows.all({ afterId: lastId, onUnsound: () => {} })) {
      if (isClosed) return;
      waiting.push(...page);
      if (waiting.length >= ROWS_A_FILL_MAX) await write();
    }
    if (waiting.length > 0) await write();
    if (isIndexed || isClosed) return;
    file.index();
    isIndexed = true;
  };
  /** Rows leave the queue when they are settled, and come back when somebody asks for them again. */
  const follow = async (): Promise<void> => {
    const was = new Set(
      file.db
        .prepare('SELECT id FROM facts WHERE state < 2')
        .all()
        .map(({ id }) => id as number),
    );
    const changed: number[] = [];
    for await (const page of ledger.rows.queued()) {
      for (const id of page) if (!was.delete(id) && id <= lastId) changed.push(id);
    }
    changed.push(...was);
    for (let at = 0; at < changed.length && !isClosed; at += ROWS_A_FILL_MAX) {
      const found = await ledger.rows.of(changed.slice(at, at + ROWS_A_FILL_MAX));
      inTransaction(() => found.forEach(file.put));
      await new Promise(setImmediate);
    }
  };
  const isTrue = async (): Promise<boolean> => {
    const { done, failed, skipped } = await ledger.job.counts();
    const own = new Map(
      file.db
        .prepare('SELECT state, count(*) AS urls FROM facts GROUP BY state')
        .all()
        .map(({ state, urls }) => [state as number, urls as number]),
    );
    return [done, failed, skipped].every((urls, at) => (own.get(at + 2) ?? 0) === urls);
  };
  const startAnew = (): void => {
    file.close();
    file = createTableFile();
    rows = 0;
    lastId = 0;
    isIndexed = false;
    version += 1;
  };
  const refresh = async (): Promise<void> => {
    const counts = await ledger.job.counts();
    const { queued, leased, done, failed, skipped } = counts;
    if (restingAs === JSON.stringify(counts) && !(await ledger.isWorkedOn())) return;
    restingAs = '';
    of = queued + leased + done + failed + skipped;
    if (lastId > 0) await follow();
    await append();
    // While a crawl runs the totals are of another moment. Between runs they tell of a takedown or a retry.
    if (isClosed || (await ledger.isWorkedOn())) return;
    if (!(await isTrue())) {
      startAnew();
      await append();
    }
    restingAs = JSON.stringify(counts);
  };
  return {
    get file() {
      return file;
    },
    get version() {
      return version;
    },
    get upTo() {
      return { rows, of, isComplete: isIndexed && rows >= of };
    },
    refresh() {
      refreshing ??= refresh().finally(() => {
        refreshing = null;
      });
      return refreshing;
    },
    close() {
      isClosed = true;
      file.close();
    },
  };
}
