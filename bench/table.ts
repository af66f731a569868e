// How results are printed: the machine, tables, and each figure as a median with its spread.

import { cpus, release, totalmem } from 'node:os';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** `median (min-max)`, with as many decimals as the median deserves. */
export function showSpread({ median, min, max }: Spread): string {
  const decimals = median >= 100 ? 0 : median >= 10 ? 1 : 2;
  const show = (value: number): string => value.toFixed(decimals);
  return `${show(median)} (${show(min)}-${show(max)})`;
}

/** The median beside the bound that it is held to. */
export function showVerdict(spread: Spread, bound: '<=' | '>=', value: number): string {
  const holds = bound === '<=' ? spread.median <= value : spread.median >= value;
  return `${showSpread(spread)}, wanted ${bound} ${value}: ${holds ? 'yes' : 'NO'}`;
}

/** A table as markdown, its columns aligned so that it reads well on a terminal too. */
export function printTable(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  console.log(tableText(columns, rows));
}

export function tableText(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const [head, ...body] = cells;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head!), rule, ...body.map(line)].join('\n');
}

export function printMachine(): void {
  console.log(`Machine: ${machineText()}`);
}

export function machineText(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? 'unknown';
  return `${processors.length} x ${model}, ${memory} GiB, Linux ${release()}, node ${process.versions.node}`;
}
