import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { type ReadTable, readTable } from '../../../test/helpers/read-parquet.ts';
import { jobOfTexts } from '../../../test/helpers/texts-job.ts';
import type { Ledger } from '../../base/contracts.ts';
import { allOf } from '../../base/paged.ts';
import { exportParquet } from './parquet.ts';
import { recordOf } from './record.ts';

const TEXTS = ['plain', '=cmd()', '', 'ü – 漢字 😀', '\u001b[2J\u0000', 'two\nlines', 'x'.repeat(300)];

async function written(ledger: Ledger): Promise<ReadTable> {
  const out = new PassThrough();
  const bytes = buffer(out);
  const { rows } = await exportParquet(ledger, out);
  assert.equal(out.writableEnded, false);
  out.end();
  const table = await readTable(await bytes);
  assert.equal(table.rows.length, rows);
  return table;
}

/** The cells of a row as the record has them. */
async function flat(ledger: Ledger): Promise<Record<string, unknown>[]> {
  return (await allOf(ledger.rows.all())).map((row) => {
    const { archive, text, unkept, detail, ...plain } = recordOf(row);
    const { file = null, offset = null, length = null } = archive ?? {};
    return {
      ...plain,
      ...{ archiveFile: file, archiveOffset: offset, archiveLength: length },
      description: text?.description ?? null,
      language: text?.language ?? null,
      canonical: text?.canonical ?? null,
      robots: text?.robots?.join(' ') ?? null,
      unkeptDropped: unkept?.dropped ?? null,
      unkeptTooLong: unkept?.tooLong ?? null,
      unkeptOtherScheme: unkept?.otherScheme ?? null,
      detail,
    };
  });
}

function comparable(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const cells = Object.entries(row).map(([name, value]) => {
    const at = name === 'fetchedAt' && value !== null ? new Date(Number(value)).toISOString() : value;
    return [name, typeof at === 'bigint' ? Number(at) : at];
  });
  return Object.fromEntries(cells);
}

test('exportParquet: another reader finds every value that jsonl has, with its type', async () => {
  const { ledger, frontier } = await jobOfTexts(TEXTS);
  const { rows, types } = await written(ledger);
  assert.deepEqual(rows.map(comparable), await flat(ledger));
  assert.deepEqual(
    ['url', 'status', 'bytes', 'archiveOffset', 'fetchedAt', 'title', 'depth'].map((name) => types[name]),
    ['Utf8, always', 'Int32', 'Int64', 'Int64', 'Timestamp<MILLISECOND, UTC>', 'Utf8', 'Int32, always'],
  );
  await frontier.close();
});

test('exportParquet: in groups of rows, as long a job as it may be, and no faster than the reader takes', async () => {
  const { ledger, frontier } = await jobOfTexts(TEXTS);
  const few = await allOf(ledger.rows.all());
  const many: Ledger = {
    ...ledger,
    rows: {
      ...ledger.rows,
      async *all() {
        for (let id = 0; id < 50_000; id += 1) yield [{ ...few[id % few.length]!, id, links: id }];
      },
    },
  };
  const { rows, groups } = await written(many);
  assert.equal(groups, 3);
  assert.ok(rows.every(({ links, title }, id) => links === id && title === few[id % few.length]!.title));
  const long: Ledger = {
    ...ledger,
    rows: {
      ...ledger.rows,
      async *all() {
        yield Array.from({ length: 20 }, (_, id) => ({ ...few[1]!, title: `${id}`.repeat(1_000_000) }));
      },
    },
  };
  assert.equal((await written(long)).groups, 2);
  await frontier.close();
});

test('exportParquet: a broken reader rejects', async () => {
  const { ledger, frontier } = await jobOfTexts([]);
  const broken = new Writable({ write: (_chunk, _encoding, callback) => callback(new Error('disk full')) });
  await assert.rejects(exportParquet(ledger, broken), /disk full/);
  await frontier.close();
});
