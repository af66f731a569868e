// What a run of the harness found, as a table: for the terminal, and for docs/reliability.md.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { AnyFault } from './faults.ts';
import type { Harm } from './invariants.ts';
import type { Result } from './trial.ts';

interface Line {
  trials: number;
  fired: number;
  counted: number;
  recoveries: number;
  repeats: number;
  repeatsMax: number;
  readonly harms: Record<Harm, number>;
}

export interface Table {
  readonly seed: number;
  readonly startedAt: Date;
  readonly lines: Map<string, Line>;
  /** Rows of earlier runs that stay, by fault. */
  readonly earlier: Rows;
  /** What is tried now is added to the rows that are there; otherwise it takes their place. */
  readonly isAdded: boolean;
  /** Faults that acted with unsettled work. */
  counted: number;
  /** Trials with a complaint. */
  wrong: number;
}

/** The cells of a row, by its first one. */
type Rows = ReadonlyMap<string, readonly string[]>;

const DOCUMENT = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
/** Where a table stands in the document. */
export interface TablePlace {
  readonly begin: string;
  readonly end: string;
}

export const ONE_TABLE: TablePlace = {
  begin: '<!-- table: made by npm run crash -- --long --write -->',
  end: '<!-- end of table -->',
};
export const MACHINES_TABLE: TablePlace = {
  begin: '<!-- table of machines: made by npm run crash -- machines --long --write -->',
  end: '<!-- end of table of machines -->',
};

/** The first columns are words, the others numbers. */
const WORDS = 3;
const ALL = '**all**';
const COLUMNS = [
  'fault',
  'date',
  'seeds',
  'trials',
  'counted',
  'acted',
  'recoveries',
  'lost',
  'torn',
  'double',
  'false alarms',
  'wrong exits',
  'pace',
  'two at once',
  'late',
  'other',
  'asked again',
  'at most',
];

/** `earlier` are rows that are there already. */
export function newTable(seed: number, earlier: Rows = new Map(), isAdded = false): Table {
  return { seed, startedAt: new Date(), lines: new Map(), earlier, isAdded, counted: 0, wrong: 0 };
}

export function addResult(table: Table, { group }: AnyFault, result: Result): void {
  const line = table.lines.get(group) ?? newLine();
  table.lines.set(group, line);
  add(line, { ...result, trials: 1, harms: newLine().harms });
  // A trial may complain of one fault a hundred times over.
  for (const harm of new Set(result.complaints.map(({ harm }) => harm))) line.harms[harm] += 1;
  table.counted += result.counted;
  if (result.complaints.length > 0) table.wrong += 1;
}

/** Lines of markdown. */
export function tableLines({ seed, startedAt, lines, earlier, isAdded }: Table): string[] {
  const rows = new Map(earlier);
  const date = startedAt.toISOString().slice(0, 10);
  for (const [fault, line] of lines) {
    const cells = [fault, date, String(seed), ...figuresOf(line).map(String)];
    const before = earlier.get(fault);
    rows.set(
      fault,
      isAdded && before !== undefined ? sumOf([fault, date, `${before[2]}, ${seed}`], [before, cells]) : cells,
    );
  }
  const sorted = [...rows.values()].sort(([one], [other]) => (one! < other! ? -1 : 1));
  return [
    `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Linux ${release()}, node ${process.versions.node}.`,
    '',
    rowOf(COLUMNS),
    rowOf(COLUMNS.map((_, at) => (at < WORDS ? '---' : '--:'))),
    ...[...sorted, sumOf([ALL, '', ''], sorted)].map(rowOf),
  ];
}

/** Puts the table into the document. */
export function writeTable(table: Table, place: TablePlace): void {
  const { before, after } = around(place);
  writeFileSync(DOCUMENT, `${before}${place.begin}\n\n${tableLines(table).join('\n')}\n\n${place.end}${after}`);
}

/** The rows that the document has of these faults. */
export function readTable(place: TablePlace, faults: readonly AnyFault[]): Rows {
  const groups = new Set(faults.map(({ group }) => group));
  const rows = around(place)
    .inside.split('\n')
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter((cells) => groups.has(cells[0] ?? '') && cells.length === COLUMNS.length);
  return new Map(rows.map((cells) => [cells[0]!, cells]));
}

function around({ begin, end }: TablePlace): { before: string; inside: string; after: string } {
  const [before, rest] = readFileSync(DOCUMENT, 'utf8').split(begin);
  const [inside, after] = rest?.split(end) ?? [];
  if (before === undefined || inside === undefined || after === undefined) {
    throw new Error(`${DOCUMENT} has no place for the table`);
  }
  return { before, inside, after };
}

function newLine(): Line {
  const harms = {
    ...{ lost: 0, torn: 0, double: 0, 'false alarm': 0, 'exit code': 0, silent: 0 },
    ...{ pace: 0, 'two at once': 0, 'late commit': 0, view: 0 },
  };
  return { trials: 0, fired: 0, counted: 0, recoveries: 0, repeats: 0, repeatsMax: 0, harms };
}

function add(to: Line, from: Line): void {
  for (const name of ['trials', 'fired', 'counted', 'recoveries', 'repeats', 'repeatsMax'] as const)
    to[name] += from[name];
  for (const [harm, times] of Object.entries(from.harms)) to.harms[harm as Harm] += times;
}

function figuresOf({ trials, counted, fired, recoveries, harms, repeats, repeatsMax }: Line): number[] {
  return [
    ...[trials, counted, fired, recoveries],
    ...[harms.lost, harms.torn, harms.double, harms['false alarm'], harms['exit code']],
    ...[harms.pace, harms['two at once'], harms['late commit'], harms.silent + harms.view],
    ...[repeats, repeatsMax],
  ];
}

function sumOf(words: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const sums = COLUMNS.slice(WORDS).map((_, at) => rows.reduce((sum, cells) => sum + Number(cells[WORDS + at]), 0));
  return [...words, ...sums.map(String)];
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
