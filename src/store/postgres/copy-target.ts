// Writes the copy of a job.

import { NO_PATIENCE } from '../../base/room.ts';
import { STATES } from '../codes.ts';
import type { CopyTarget } from '../copy/contract.ts';
import { markText } from '../copy/mark.ts';
import type { CopiedRow, JobHead, Part } from '../copy/parts.ts';
import { sumsBy } from '../copy/sums.ts';
import { withTimes } from '../copy/times.ts';
import { ASKED_DUE_AT } from '../memory/backlog.ts';
import type { StoreClock } from '../store.ts';
import { type Columns, createBatch, insertOf } from './batch.ts';
import { columnsOf, sumWordsOf } from './copy-columns.ts';
import { aheadOf } from './copy-source.ts';
import { assertMayCreate, migrate, removeSchema, versionOf } from './database.ts';
import { readJobRow, writeJobRow } from './job-row.ts';
import { type Ask, createLine, type Line } from './line.ts';
import { type DatabasePlace, quotedName } from './place.ts';

/** Throws JobError, UsageError and MachineError. */
export async function openPostgresCopyTarget(place: DatabasePlace, clock: StoreClock): Promise<CopyTarget> {
  const line = createLine(place);
  const schema = quotedName(place.schema);
  const { shown } = place;
  const patient = <T>(work: (ask: Ask) => Promise<T>): Promise<T> =>
    NO_PATIENCE.whenThere(`${shown} could not be written`, async () => work(await line.bound()));
  try {
    await line.open();
    const there = (await versionOf(line.ask, place)) === null ? null : await readJobRow(line.ask, schema);
    const columns = new Map<Part, Columns>();
    let aheadMs = 0;
    return {
      shown,
      there,
      clear: () => patient((ask) => removeSchema(ask, place)),
      begin: ({ head }, mark) => patient((ask) => begin(ask, line, place, head, markText(mark))),
      write: (part, rows, mark) =>
        patient(async (ask) => {
          aheadMs ||= await aheadOf(ask, clock);
          if (!columns.has(part)) columns.set(part, await columnsOf(ask, schema, part));
          const stored = rows.map((row) => withTimes(part, row, aheadMs));
          const move = `UPDATE ${schema}.job SET move = $1`;
          await together(ask, [...insertsOf(schema, part, columns.get(part)!, stored), [move, [markText(mark)]]]);
        }),
      sums: () => patient((ask) => sumsBy(sumWordsOf(schema), async (sql) => (await ask(sql)).rows[0]!)),
      arrive: () =>
        patient((ask) =>
          together(
            ask,
            arrivingSql(schema).map((sql) => [sql, []]),
          ),
        ),
      close: line.close,
    };
  } catch (error) {
    await line.close();
    throw error;
  }
}

async function begin(ask: Ask, line: Line, place: DatabasePlace, head: JobHead, mark: string): Promise<void> {
  const schema = quotedName(place.schema);
  if ((await versionOf(ask, place)) === null) await assertMayCreate(ask, place);
  await migrate(line, place);
  if ((await readJobRow(ask, schema)) !== null) return;
  await writeJobRow(ask, schema, place, head, mark);
}

type Statement = readonly [sql: string, values: readonly unknown[]];

/** One transaction. */
async function together(ask: Ask, statements: readonly Statement[]): Promise<void> {
  const all: readonly Statement[] = [['BEGIN', []], ...statements, ['COMMIT', []]];
  const answers = await Promise.allSettled(all.map(([sql, values]) => ask(sql, values)));
  const failed = answers.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
  if (failed !== undefined) throw failed.reason;
}

function insertsOf(schema: string, part: Part, columns: Columns, rows: readonly CopiedRow[]): Statement[] {
  // Columns that the source does not have keep what they have by default.
  const there = Object.fromEntries(Object.entries(columns).filter(([name]) => name in rows[0]!));
  const insert = (table: string, types: Columns): Statement => {
    const batch = createBatch(types);
    for (const row of rows) batch.add(...Object.entries(types).map(([name, type]) => sent(type, row[name])));
    return [insertOf(`${schema}.${table}`, types), batch.values];
  };
  const names = part === 'hosts' ? [insert('host_names', { name: 'text', id: 'bigint' })] : [];
  return [...names, insert(part, there)];
}

/** An array in a row is sent as text. */
function sent(type: string, value: unknown): unknown {
  if (Array.isArray(value)) return `{${value.map((each) => each ?? 'NULL').join(',')}}`;
  return type === 'bytea' && value instanceof Uint8Array ? Buffer.from(value) : value;
}

/** The totals stand in the row of no worker. Each worker to come has a number that no run has. */
function arrivingSql(schema: string): string[] {
  const next = (table: string): string => `(SELECT coalesce(max(id), 0) + 1 FROM ${schema}.${table})`;
  const settled = (state: 'done' | 'failed' | 'skipped'): string =>
    `(SELECT count(*) FROM ${schema}.visits WHERE state = ${STATES.code(state)})`;
  const skips = `(SELECT count(*) FROM ${schema}.urls WHERE skip IS NOT NULL)`;
  return [
    `UPDATE ${schema}.job SET next_id = ${next('urls')}, next_host = ${next('hosts')}, next_sitemap = ${next('sitemaps')},
       epoch = greatest(epoch, (SELECT max(epoch) FROM ${schema}.runs)), move = NULL`,
    `UPDATE ${schema}.tallies SET done = ${settled('done')}, failed = ${settled('failed')},
       skipped = ${settled('skipped')} + ${skips}, queued = (SELECT count(*) FROM ${schema}.queue),
       sitemaps = (SELECT count(*) FROM ${schema}.sitemaps WHERE verdict IS NULL),
       asked = (SELECT count(*) FROM ${schema}.visits WHERE fetched_at IS NOT NULL)
         + (SELECT count(*) FROM ${schema}.queue WHERE due_at >= ${ASKED_DUE_AT}) WHERE epoch = 0`,
    `UPDATE ${schema}.hosts SET open_at = 0 WHERE id IN (SELECT host FROM ${schema}.queue)
       OR id IN (SELECT host FROM ${schema}.sitemaps WHERE verdict IS NULL)`,
  ];
}
