// Reads a job for a copy of it, page by page. The job is read-only until it leaves.

import { JobError } from '../../base/errors.ts';
import { NO_PATIENCE } from '../../base/room.ts';
import type { CopySource } from '../copy/contract.ts';
import { markText } from '../copy/mark.ts';
import { type CopiedRow, KEY_COLUMNS, type Key, type Part, ROWS_COPIED_MAX } from '../copy/parts.ts';
import { momentSql, pageSql, sumsBy } from '../copy/sums.ts';
import { withTimes } from '../copy/times.ts';
import type { StoreClock } from '../store.ts';
import { changing } from './changes.ts';
import { columnsOf, sumWordsOf } from './copy-columns.ts';
import { versionOf } from './database.ts';
import { readJobRow } from './job-row.ts';
import { type Ask, createLine } from './line.ts';
import { type DatabasePlace, quotedName } from './place.ts';
import { createDatabaseTimes } from './times.ts';

/** Throws JobError, UsageError and MachineError. */
export async function openPostgresCopySource(place: DatabasePlace, clock: StoreClock): Promise<CopySource> {
  const line = createLine(place);
  const ask: Ask = (sql, values) =>
    NO_PATIENCE.whenThere(`${place.shown} could not be read`, () => line.ask(sql, values));
  const schema = quotedName(place.schema);
  try {
    await line.open();
    const row = (await versionOf(ask, place)) === null ? null : await readJobRow(ask, schema);
    if (row === null) throw new JobError('missing', `There is no ${place.shown.replace(/^the /, '')}.`);
    const { mark, ...head } = row;
    const words = sumWordsOf(schema);
    return {
      ...{ shown: place.shown, head, mark },
      page: await createPageReader(ask, schema, clock),
      async ids(after) {
        const sql = `SELECT id FROM ${schema}.urls WHERE id > $1 ORDER BY id LIMIT ${ROWS_COPIED_MAX}`;
        return (await ask(sql, [after])).rows.map(([id]) => id as number);
      },
      sums: () => sumsBy(words, async (sql) => (await ask(sql)).rows[0]!),
      moment: async () => String((await ask(momentSql(words))).rows[0]),
      // A new epoch voids what a process may still be writing that has lost its lock.
      async leave(to) {
        const bound = await line.bound();
        const mark = [markText({ state: 'left', to })];
        await changing(bound, place, true, () => bound(`UPDATE ${schema}.job SET move = $1`, mark));
      },
      close: line.close,
    };
  } catch (error) {
    await line.close();
    throw error;
  }
}

async function createPageReader(ask: Ask, schema: string, clock: StoreClock): Promise<CopySource['page']> {
  const aheadMs = await aheadOf(ask, clock);
  const readers = new Map<Part, (after: Key) => Promise<readonly CopiedRow[]>>();
  const readerOf = async (part: Part): Promise<(after: Key) => Promise<readonly CopiedRow[]>> => {
    const columns = Object.keys(await columnsOf(ask, schema, part));
    const more = MORE[part]?.(schema) ?? NOTHING_MORE;
    const names = [...columns, ...more.names];
    const select = `SELECT ${[...columns.map(columnSql), ...more.expressions].join(', ')} FROM ${fromSql(schema, part)} ${more.joins}`;
    const sql = pageSql(
      part,
      select,
      KEY_COLUMNS[part].map((_, at) => `$${at + 1}`),
      ROWS_COPIED_MAX,
    );
    return async (after) => {
      const { rows } = await ask(sql, after);
      return rows.map((cells) => {
        const row = Object.fromEntries(names.map((name, at) => [name, numbered(name, cells[at])]));
        return withTimes(part, row, -aheadMs);
      });
    };
  };
  return async (part, after) => {
    const reader = readers.get(part) ?? (await readerOf(part));
    readers.set(part, reader);
    return reader(after);
  };
}

/** By how much the clock of the database is ahead of this machine's. */
export async function aheadOf(ask: Ask, clock: StoreClock): Promise<number> {
  const times = createDatabaseTimes({ now: clock.wall, wall: clock.wall });
  await times.measure(ask);
  return times.toStored(1) - 1;
}

/** The driver gives the integers of a list as texts. */
function numbered(column: string, value: unknown): unknown {
  const isList = Array.isArray(value) && column !== 'link_keys';
  return isList ? value.map((each) => (each === null ? null : Number(each))) : value;
}

/** A hash does not fit into a number. */
function columnSql(column: string): string {
  return column === 'key_hash' || column === 'redirect_key' ? `t.${column}::text` : `t.${column}`;
}

function fromSql(schema: string, part: Part): string {
  return part === 'runs' ? `(SELECT epoch AS number, r.* FROM ${schema}.runs r) t` : `${schema}.${part} t`;
}

interface More {
  readonly names: readonly string[];
  readonly expressions: readonly string[];
  readonly joins: string;
}

const NOTHING_MORE: More = { names: [], expressions: [], joins: '' };

const redirected = (schema: string): More => ({
  names: ['redirect'],
  expressions: ['target.id'],
  joins: `LEFT JOIN ${schema}.urls target
    ON target.key_hash = t.redirect_key AND target.host = coalesce(t.redirect_host, t.host)`,
});

/** The ids of URLs that a row refers to. */
const MORE: Partial<Record<Part, (schema: string) => More>> = {
  runs: () => ({ names: ['number'], expressions: ['t.number'], joins: '' }),
  attempts: redirected,
  visits(schema) {
    const { names, expressions, joins } = redirected(schema);
    const links = `(SELECT array_agg(u.id ORDER BY l.at) FROM unnest(t.link_hosts, t.link_keys) WITH ORDINALITY AS l(host, key, at)
      JOIN ${schema}.urls u ON u.key_hash = l.key AND u.host = coalesce(l.host, t.host))`;
    return { names: [...names, 'links'], expressions: [...expressions, links], joins };
  },
};
