// Questions to the table of a job's URLs: a part of it in some order, and how many rows there are.

import type { SQLInputValue } from 'node:sqlite';
import { COUNTS_REMEMBERED_MAX, ROWS_AN_ANSWER_MAX } from '../../base/limits-of-serving.ts';
import type { TableRow } from '../api/urls.ts';
import { COLUMNS, type TableColumn } from '../api/urls.ts';
import type { UrlTable } from './fill.ts';
import { conditionOf, type FilterCondition, FilterError } from './filter.ts';
import { STATE_WORDS } from './table-file.ts';

export interface PageQuestion {
  readonly q: string;
  readonly sort: TableColumn | null;
  readonly order: 'asc' | 'desc';
  readonly columns: readonly TableColumn[];
  readonly limit: number;
  readonly offset: number;
  /** `next` of the answer before; empty for the first part. */
  readonly after: string;
}

export interface RowsFound {
  readonly rows: readonly TableRow[];
  readonly next: string | null;
}

/** How a column is written in SQL. */
interface ColumnSql {
  readonly shown: string;
  /** Null where the row has no value. */
  readonly held: string;
  /** By what it is sorted. */
  readonly by: string;
  /** Where the words are whose numbers the rows have. They are sorted by the word. */
  readonly words: 'words' | 'hosts' | null;
  /** Whether a word leads to its rows. */
  readonly isIndexed?: boolean;
}

function own(column: string): ColumnSql {
  return { shown: column, held: column, by: column, words: null };
}

function word(column: string, words: 'words' | 'hosts' = 'words', isIndexed = true): ColumnSql {
  return { shown: `(SELECT word FROM ${words} WHERE id = ${column})`, held: column, by: 'w.word', words, isIndexed };
}

const SQL: Readonly<Record<TableColumn, ColumnSql>> = {
  url: own('t.url'),
  state: own('f.state'),
  status: own('f.status'),
  error: word('f.error'),
  reason: word('f.reason'),
  contentType: word('f.contentType'),
  bytes: own('f.bytes'),
  elapsedMs: own('f.elapsedMs'),
  fetchedAt: own('f.fetchedAt'),
  depth: own('f.depth'),
  links: own('f.links'),
  title: own('t.title'),
  referrer: own('o.referrer'),
  redirectTo: own('o.redirectTo'),
  host: word('f.host', 'hosts'),
  tries: own('f.tries'),
  truncated: word('f.truncated', 'words', false),
  charset: word('f.charset', 'words', false),
  sha256: own('o.sha256'),
};

export interface TableAsker {
  page(question: PageQuestion): RowsFound;
  count(q: string): number;
  /** A page and the count: if the page has all rows there are, nothing is counted. */
  both(question: PageQuestion): RowsFound & { readonly total: number };
}

export function createAsker(table: UrlTable): TableAsker {
  const count = createCounter(table);
  const asker: TableAsker = {
    count: (q) => count(conditionOf(q, table.file.hosts()), ''),
    both(question) {
      const found = asker.page(question);
      const isWhole = question.after === '' && question.offset === 0 && found.next === null;
      return { total: isWhole ? found.rows.length : asker.count(question.q), ...found };
    },
    page(question) {
      const condition = conditionOf(question.q, table.file.hosts());
      const { sort, columns, limit, after } = question;
      const wanted = sort === null ? columns : [...new Set([...columns, sort])];
      const isCommon = (): boolean => count(condition, '') * COMMON > table.upTo.rows && question.offset < WALK_MAX;
      const isWalked = condition.sql === '1' || sort === null || isCommon();
      const found = createFinder(table, condition, wanted, isWalked);
      const most = Math.min(limit, ROWS_AN_ANSWER_MAX);
      const cursor = after === '' ? null : cursorOf(after);
      if (sort === null) found.inOrder(question, cursor, most + 1);
      else found.sorted(sort, question, cursor, most + 1, () => count(condition, `AND ${SQL[sort].held} IS NOT NULL`));
      return answered(found.lines, most, columns);
    },
  };
  return asker;
}

/** Counts are remembered until the table changes. */
function createCounter(table: UrlTable): (condition: FilterCondition, more: string) => number {
  let counted = new Map<string, number>();
  let countedAt = -1;
  return (condition, more) => {
    if (countedAt !== table.version || counted.size > COUNTS_REMEMBERED_MAX) counted = new Map();
    countedAt = table.version;
    const key = `${condition.sql} ${more} ${condition.values.join('\n')}`;
    const known = counted.get(key);
    if (known !== undefined) return known;
    const sql = `SELECT count(*) AS urls FROM ${sourceOf(condition, more)} WHERE ${condition.sql} ${more}`;
    const urls = table.file.db.prepare(sql).get(...condition.values)!['urls'] as number;
    counted.set(key, urls);
    return urls;
  };
}

interface Line {
  readonly cells: Record<string, unknown>;
  readonly cursor: Cursor;
}

/** If one row in so many matches, the first ones are soon found by following the order. */
const COMMON = 20;
/** So many rows may be passed over on the way. */
const WALK_MAX = 10_000;

/**
 * Collects rows that match. The ids are found first, in the narrow table where that is enough, and then their texts are
 * read. A plus keeps SQLite from following the index of a column through a million scattered rows: if few of them
 * match, one scan of the narrow table is faster.
 */
function createFinder(table: UrlTable, condition: FilterCondition, columns: readonly TableColumn[], isWalked: boolean) {
  const lines: Line[] = [];
  const plus = isWalked ? '' : '+';
  const shown = columns.map((column) => `, ${SQL[column].shown} AS ${column}`).join('');
  /** `sort` is null for the order in which the URLs were found. */
  const add = (
    more: string,
    values: readonly SQLInputValue[],
    [sort, order]: readonly [sort: TableColumn | null, order: string],
    [most, offset]: readonly [most: number, offset: number],
  ): void => {
    const by = sort === null ? '' : SQL[sort].by;
    const inOrder = (value: string): string => `${sort === null ? '' : `${value} ${order}, `}f.id ${order}`;
    const source = sourceOf(condition, `${more} ${by}`, sort === null ? null : SQL[sort], isWalked);
    const idsOf = `SELECT f.id AS id FROM ${source} WHERE ${condition.sql} ${more} ORDER BY ${inOrder(plus + by)} LIMIT ? OFFSET ?`;
    const ids = source === 'texts t' ? idsOf.replaceAll('f.id', 't.id') : idsOf;
    const sql = `SELECT f.id AS id, t.url AS url${shown} FROM (${ids}) p CROSS JOIN facts f ON f.id = p.id
      CROSS JOIN texts t ON t.id = p.id LEFT JOIN others o ON o.id = p.id
      ORDER BY ${inOrder(sort === null ? '' : SQL[sort].shown)}`;
    for (const cells of table.file.db.prepare(sql).all(...condition.values, ...values, most, offset)) {
      const id = cells['id'] as number;
      const value = sort === null ? null : (cells[sort] as string | number);
      lines.push({ cells, cursor: { isNull: sort === null, value, id } });
    }
  };
  return {
    lines,
    /** In the order in which the URLs were found. */
    inOrder({ order, offset }: PageQuestion, cursor: Cursor | null, most: number): void {
      if (cursor === null) add('', [], [null, order], [most, offset]);
      else add(`AND f.id ${signOf(order)} ?`, [cursor.id], [null, order], [most, 0]);
    },
    /** Rows without a value come last, whatever the order: so both parts follow an index. */
    sorted(
      sort: TableColumn,
      { order, offset }: PageQuestion,
      cursor: Cursor | null,
      most: number,
      countValues: () => number,
    ): void {
      const { by, held } = SQL[sort];
      const left = (): number => most - lines.length;
      if (cursor === null) add(`AND ${plus}${held} IS NOT NULL`, [], [sort, order], [most, offset]);
      else if (!cursor.isNull) {
        // First the rest of the rows with the same value.
        const [same, beyond] = [`AND ${plus}${by} = ? AND f.id`, `AND ${plus}${by}`];
        add(`${same} ${signOf(order)} ?`, [cursor.value, cursor.id], [sort, order], [most, 0]);
        if (left() > 0) add(`${beyond} ${signOf(order)} ?`, [cursor.value], [sort, order], [left(), 0]);
      }
      if (left() <= 0) return;
      const isBeyond = cursor === null && offset > 0 && lines.length === 0;
      const skipped = isBeyond ? Math.max(0, offset - countValues()) : 0;
      const afterId = cursor?.isNull === true ? 'AND f.id > ?' : '';
      const values = cursor?.isNull === true ? [cursor.id] : [];
      add(`AND ${held} IS NULL ${afterId}`, values, [null, 'asc'], [left(), skipped]);
    },
  };
}

function signOf(order: PageQuestion['order']): string {
  return order === 'desc' ? '<' : '>';
}

interface Cursor {
  /** The rows with a value have all been given. */
  readonly isNull: boolean;
  readonly value: string | number | null;
  readonly id: number;
}

function cursorOf(after: string): Cursor {
  try {
    const [isNull, value, id] = JSON.parse(Buffer.from(after, 'base64url').toString()) as unknown[];
    const isValue = value === null || typeof value === 'string' || typeof value === 'number';
    if (typeof isNull === 'boolean' && isValue && Number.isSafeInteger(id)) return { isNull, value, id: id as number };
  } catch {
    // Told below.
  }
  throw new FilterError('after: this is not the `next` of an answer');
}

function answered(found: readonly Line[], most: number, columns: readonly TableColumn[]): RowsFound {
  const given = found.slice(0, most);
  const last = found.length > most ? given.at(-1)!.cursor : null;
  const next =
    last === null ? null : Buffer.from(JSON.stringify([last.isNull, last.value, last.id])).toString('base64url');
  return { rows: given.map(({ cells }) => rowOfCells(cells, columns)), next };
}

function rowOfCells(cells: Record<string, unknown>, columns: readonly TableColumn[]): TableRow {
  const row: Record<string, unknown> = { id: cells['id'], url: cells['url'] };
  for (const column of columns) {
    row[column] = column === 'state' ? STATE_WORDS[cells[column] as number] : cells[column];
  }
  return row as unknown as TableRow;
}

/**
 * Texts are far longer than facts: a question for facts alone reads no text, and one for texts alone no fact. In the
 * order of words, the words lead to the rows.
 */
function sourceOf(
  { hasFacts, hasTexts }: FilterCondition,
  more: string,
  sort: ColumnSql | null = null,
  isWalked = false,
): string {
  const has = (table: string): boolean => more.replaceAll('f.id', '').includes(`${table}.`);
  const others = has('o') ? ' LEFT JOIN others o ON o.id = f.id' : '';
  const texts = hasTexts || has('t') ? ' CROSS JOIN texts t ON t.id = f.id' : '';
  if (sort !== null && sort.words !== null) {
    const { words, held, isIndexed } = sort;
    const tables = isWalked && isIndexed ? `${words} w CROSS JOIN facts f` : `facts f CROSS JOIN ${words} w`;
    return `${tables} ON w.id = ${held}${texts}${others}`;
  }
  if (texts === '') return `facts f${others}`;
  if (!hasFacts && !has('f') && !has('o')) return 'texts t';
  return `facts f JOIN texts t ON t.id = f.id${others}`;
}

/** Names of columns, as a person types them. Throws FilterError. */
export function columnsOf(typed: string): readonly TableColumn[] {
  const names = typed.split(',').filter(Boolean);
  const wrong = names.find((name) => !COLUMNS.includes(name as TableColumn));
  if (wrong !== undefined)
    throw new FilterError(`columns: ${JSON.stringify(wrong)} is not one of ${COLUMNS.join(', ')}`);
  return names as TableColumn[];
}
