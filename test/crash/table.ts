// What a run of the harness found, as a table: for the terminal, and for docs/reliability.md.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { AnyFault } from './faults.ts';
import type { Harm } from './invariants.ts';
import type { Result } from './trial.ts';

interface Line {
  trials: number;
  runs: number;
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
  /** Faults that acted with unsettled work. */
  counted: number;
  /** Trials with a complaint. */
  wrong: number;
}

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

const COLUMNS = [
  'fault',
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

export function newTable(seed: number): Table {
  return { seed, startedAt: new Date(), lines: new Map(), counted: 0, wrong: 0 };
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
export function tableLines({ seed, startedAt, lines }: Table): string[] {
  const all = newLine();
  for (const line of lines.values()) add(all, line);
  const rows = [...lines].sort(([one], [other]) => (one < other ? -1 : 1)).map(([group, line]) => cellsOf(group, line));
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Linux ${release()}, node ${process.versions.node}`;
  return [
    `${startedAt.toISOString().slice(0, 10)}, ${machine}, seed ${seed}: ${all.trials} trials with ${all.runs} runs under a fault.`,
    '',
    rowOf(COLUMNS),
    rowOf(COLUMNS.map((_, at) => (at === 0 ? '---' : '--:'))),
    ...[...rows, cellsOf('**all**', all)].map(rowOf),
  ];
}

/** Puts the table into the document. */
export function writeTable(table: Table, { begin, end }: TablePlace): void {
  const text = readFileSync(DOCUMENT, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${DOCUMENT} has no place for the table`);
  writeFileSync(DOCUMENT, `${before}${begin}\n\n${tableLines(table).join('\n')}\n\n${end}${after}`);
}

function newLine(): Line {
  const harms = {
    ...{ lost: 0, torn: 0, double: 0, 'false alarm': 0, 'exit code': 0, silent: 0 },
    ...{ pace: 0, 'two at once': 0, 'late commit': 0, view: 0 },
  };
  return { trials: 0, runs: 0, fired: 0, counted: 0, recoveries: 0, repeats: 0, repeatsMax: 0, harms };
}

function add(to: Line, from: Line): void {
  for (const name of ['trials', 'runs', 'fired', 'counted', 'recoveries', 'repeats', 'repeatsMax'] as const)
    to[name] += from[name];
  for (const [harm, times] of Object.entries(from.harms)) to.harms[harm as Harm] += times;
}

function cellsOf(group: string, { counted, fired, recoveries, harms, repeats, repeatsMax }: Line): string[] {
  const other = harms.silent + harms.view;
  const figures = [
    counted,
    fired,
    recoveries,
    harms.lost,
    harms.torn,
    harms.double,
    harms['false alarm'],
    harms['exit code'],
    harms.pace,
    harms['two at once'],
    harms['late commit'],
    other,
  ];
  return [group, ...figures.map(String), String(repeats), String(repeatsMax)];
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
