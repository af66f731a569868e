import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Made, madeJob } from '../../../test/helpers/made-job.ts';
import type { TableColumn, TableRow } from '../api/urls.ts';
import { createAsker, type TableAsker } from './ask.ts';
import { createUrlTable, type UrlTable } from './fill.ts';

const HOSTS = ['m', 'z', 'b', 'q', 'a'].map((name) => `http://${name}.test`);
const ERRORS = ['reset', 'dns-failure', 'max-time', 'decode'] as const;
let table: UrlTable;
let asker: TableAsker;

before(async () => {
  const links = HOSTS.flatMap((host) => Array.from({ length: 4 }, (_, at) => `${host}/${at}`));
  const site: Record<string, Made> = { '/': { links: [...links, ...ERRORS.map((error) => `/${error}`)] } };
  for (const error of ERRORS) site[`/${error}`] = { error };
  const { ledger } = await madeJob(site);
  table = createUrlTable(ledger);
  await table.refresh();
  asker = createAsker(table);
});
after(() => table?.close());

function rowsBy(sort: TableColumn, order: 'asc' | 'desc', q: string, more: object = {}): readonly TableRow[] {
  const question = { q, sort, order, columns: [sort], limit: 1_000, offset: 0, after: '', ...more } as const;
  const { rows, next } = asker.page(question);
  return next === null ? rows : [...rows, ...rowsBy(sort, order, q, { ...more, offset: 0, after: next })];
}

test('createAsker: words are sorted as words, whether their index is walked or few rows match', () => {
  for (const sort of ['host', 'error', 'charset'] as const) {
    for (const order of ['asc', 'desc'] as const) {
      // The second filter has one row in a hundred, so the rows are scanned.
      for (const q of ['', 'url:http://q.test/1', 'state:failed', 'path:/2']) {
        const rows = rowsBy(sort, order, q);
        const words = rows.map((row) => row[sort] ?? null);
        const known = words.filter((each) => each !== null);
        assert.deepEqual(
          known,
          order === 'asc' ? known.toSorted() : known.toSorted().reverse(),
          `${sort} ${order} ${q}`,
        );
        assert.deepEqual(
          words.slice(known.length),
          Array(words.length - known.length).fill(null),
          'rows without it last',
        );
        assert.equal(rows.length, asker.count(q));
        assert.deepEqual(rowsBy(sort, order, q, { limit: 3 }), rows, `${sort} ${order} ${q}, by key`);
        const beyond = asker.page({ q, sort, order, columns: [sort], limit: 5, offset: 3, after: '' });
        assert.deepEqual(beyond.rows, rows.slice(3, 8), `${sort} ${order} ${q}, by place`);
      }
    }
  }
});

test('createAsker: a path is looked for on every host, and a beginning is no part', () => {
  const all = asker.count('');
  assert.deepEqual(['path:/2', 'path:2', '-path:/2', 'url:http://q.test/'].map(asker.count), [5, 5, all - 5, 4]);
  assert.deepEqual(['path:/reset', 'path:/rese', 'path:/eset', 'url:q.test'].map(asker.count), [1, 1, 0, 0]);
});
