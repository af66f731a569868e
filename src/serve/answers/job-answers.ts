// Answers the questions about one job, in the thread of that job. It owns the job's ledger, its table and what was
// reckoned of it.

import { systemClock } from '../../base/clock.ts';
import type { Contents } from '../../base/contents.ts';
import type { Ledger, Row } from '../../base/contracts.ts';
import { REPORT_AGE_MAX_MS, TABLE_AGE_MAX_MS } from '../../base/limits-of-serving.ts';
import { contentsOf, holdingsOf } from '../../job/open-contents.ts';
import { jobLocation } from '../../store/location.ts';
import { type Report, reportOf } from '../../views/report/report.ts';
import { ApiError } from '../failures.ts';
import type { QueryFields } from '../parameters.ts';
import { createAsker, type TableAsker } from '../table/ask.ts';
import { createUrlTable, type UrlTable } from '../table/fill.ts';
import { createIndexRenewal, type IndexRenewal } from './index-renewal.ts';

/** What the answers of a job share. */
export interface AskedJob {
  readonly id: string;
  readonly folder: string;
  /** Where archived pages are shown, up to the name of the page. */
  readonly viewBase: string;
  readonly ledger: Ledger;
  readonly contents: Contents;
  readonly table: UrlTable;
  readonly asker: TableAsker;
  readonly renewal: IndexRenewal;
  /** The report, at most so old that nobody is misled. */
  report(): Promise<Report>;
  /** The row with the id or the URL of the query. Throws ApiError. */
  rowIn(query: QueryFields): Promise<Row>;
  /** Waits for the first reading of the table if that is short; long ones go on behind the answer. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export interface JobToServe {
  readonly id: string;
  readonly folder: string;
  readonly store: string | null;
  readonly viewBase: string;
}

/** How many times longer than a reading of the table the rest after it is. */
const REST_RATIO = 9;
const REST_MAX_MS = 10_000;
/** How long an answer waits for the table. */
const PATIENCE_MS = 300;

export async function openJobToServe({ id, folder, store, viewBase }: JobToServe): Promise<AskedJob> {
  const stored = await jobLocation(folder, store).read();
  const table = createUrlTable(stored);
  const ledger = quickLedger(stored, table);
  const contents = contentsOf(holdingsOf(folder, ledger), ledger);
  const asker = createAsker(table);
  const renewal = createIndexRenewal({ folder, store, ledger });
  let reading: Promise<void> | null = null;
  let readAt = Number.NEGATIVE_INFINITY;
  let readMs = 0;
  let failure: unknown = null;
  let made: { readonly at: number; readonly version: number; readonly report: Promise<Report> } | null = null;

  const refresh = (): Promise<void> => {
    const begunAt = systemClock.now();
    reading ??= table
      .refresh()
      .then(
        () => {
          failure = null;
        },
        (error: unknown) => {
          failure = error;
        },
      )
      .finally(() => {
        readAt = systemClock.now();
        readMs = readAt - begunAt;
        reading = null;
      });
    return reading;
  };
  return {
    ...{ id, folder, viewBase, ledger, contents, table, asker, renewal },
    report() {
      const now = systemClock.now();
      const isCurrent = made !== null && (made.version === table.version || now - made.at < REPORT_AGE_MAX_MS);
      if (!isCurrent) {
        const report = reportOf(folder, ledger, systemClock.wall());
        made = { at: now, version: table.version, report };
        report.catch(() => {
          made = null;
        });
      }
      return made!.report;
    },
    async rowIn({ id: typed, url }) {
      if (typed !== undefined && /^\d{1,15}$/.test(typed)) {
        const [row] = await ledger.rows.of([Number(typed)]);
        if (row !== undefined) return row;
      }
      const row = url === undefined ? null : await ledger.rows.find(url);
      if (row !== null) return row;
      throw new ApiError(404, 'no-url', `${url ?? typed ?? 'Without id or url there'} was never seen in this job.`);
    },
    async ready() {
      // Following a queue of a million URLs takes a while, and must not take a processor for itself.
      if (systemClock.now() - readAt < Math.max(TABLE_AGE_MAX_MS, Math.min(readMs * REST_RATIO, REST_MAX_MS))) return;
      const patience = Promise.withResolvers<void>();
      const timer = systemClock.after(PATIENCE_MS, patience.resolve);
      await Promise.race([refresh(), patience.promise]);
      timer.cancel();
      if (failure !== null) throw failure;
    },
    async close() {
      renewal.stop();
      table.close();
      await stored.close();
    },
  };
}

/** The store of a job has no index of its URLs for other processes; the table has one. */
function quickLedger(ledger: Ledger, table: UrlTable): Ledger {
  const find = async (urlOrKey: string): Promise<Row | null> => {
    const cells = table.file.db.prepare('SELECT id FROM texts WHERE url = ?').get(urlOrKey);
    const [row] = cells === undefined ? [] : await ledger.rows.of([cells['id'] as number]);
    return row ?? (await ledger.rows.find(urlOrKey));
  };
  return { ...ledger, rows: { ...ledger.rows, find } };
}
