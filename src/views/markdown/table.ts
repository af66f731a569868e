// Tables in GitHub's Markdown: one line a row, text in the cells.

import type { Branch, Node } from '../../parse/html/page-tree.ts';
import { codeText } from './code-lines.ts';
import { inlineText, type LinkBase } from './inline.ts';
import { plainText } from './text.ts';

const PARTS: ReadonlySet<string> = new Set(['thead', 'tbody', 'tfoot']);
/** Elements that a cell in Markdown cannot hold. A table with one of them is for the layout. */
const LARGE: ReadonlySet<string> = new Set(['table', 'blockquote', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const COLUMNS_MAX = 200;
/** If the grid has more slots than this for each cell, most of the table would be empty. */
const SLOTS_A_CELL_MAX = 16;
const EMPTY_SLOTS_MAX = 1_000;
const ROWS_MAX = 65_534;

/** A cell, or null for a slot that another cell covers. */
type Row = readonly (Branch | null)[];

/** Null for a table that is only layout; its cells are then read one after the other. */
export function tableOf(table: Branch, base: LinkBase): string[] | null {
  const rows = groupsOf(table).flatMap(gridOf);
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const cells = rows.reduce((sum, row) => sum + row.filter((cell) => cell !== null).length, 0);
  const isSparse = width * rows.length > cells * SLOTS_A_CELL_MAX + EMPTY_SLOTS_MAX;
  if (width < 2 || width > COLUMNS_MAX || isSparse || table.children.some(isLarge)) return null;
  const lines = (hasHead(table) ? rows : [[], ...rows]).map((row) => lineOf(row, width, base));
  const caption = table.children.find(
    (child): child is Branch => typeof child !== 'string' && child.name === 'caption',
  );
  const title = caption === undefined ? '' : oneLine(caption.children, base);
  const text = [lines[0], `|${' --- |'.repeat(width)}`, ...lines.slice(1)].join('\n');
  return title === '' ? [text] : [title, text];
}

function lineOf(row: Row, width: number, base: LinkBase): string {
  const texts = row.map((cell) => (cell === null ? '' : oneLine(cell.children, base).replace(/\\*\|/g, escapedBar)));
  while (texts.length < width) texts.push('');
  return `| ${texts.join(' | ')} |`;
}

/** Doubles the backslashes before a bar. */
function escapedBar(found: string): string {
  return found.length % 2 === 1 ? `${found.slice(0, -1)}\\|` : `\\${found.slice(0, -1)}\\|`;
}

/**
 * The groups of rows, in the order in which they are shown: a foot may be written before the body (as HTML 4 wanted),
 * and stands below it. No cell reaches from one group into the next.
 */
function groupsOf(table: Branch): Branch[][] {
  const groups: Branch[][] = [];
  const foot: Branch[] = [];
  let loose: Branch[] = [];
  for (const child of table.children) {
    if (typeof child === 'string') continue;
    if (child.name === 'tr') loose.push(child);
    if (!PARTS.has(child.name)) continue;
    const rows = child.children.filter((each): each is Branch => typeof each !== 'string' && each.name === 'tr');
    groups.push(loose);
    loose = [];
    // The first foot alone goes to the end (CSS 2.2, section 17.2).
    if (child.name === 'tfoot' && foot.length === 0) foot.push(...rows);
    else groups.push(rows);
  }
  return [...groups, loose, foot];
}

/** The position of each cell (HTML standard, section 4.9.12). */
function gridOf(rows: readonly Branch[]): Row[] {
  /** For each column, how many of the following rows a cell reaches into. */
  let reached: readonly number[] = [];
  return rows.flatMap((row) => {
    const line: (Branch | null)[] = [];
    const below = reached.map((count) => Math.max(0, count - 1));
    let column = 0;
    for (const cell of row.children) {
      if (typeof cell === 'string' || (cell.name !== 'td' && cell.name !== 'th')) continue;
      while ((reached[column] ?? 0) > 0) column += 1;
      const end = Math.min(column + spanOf(cell, 'colspan'), COLUMNS_MAX + 1);
      while (line.length < column) line.push(null);
      if (column <= COLUMNS_MAX) line.push(cell);
      const rowspan = spanOf(cell, 'rowspan');
      for (let at = column; at < end && (rowspan > 1 || at < below.length); at += 1) {
        below[at] = Math.max(below[at] ?? 0, rowspan - 1);
      }
      column = end;
    }
    reached = below.slice(0, below.findLastIndex((count) => count > 0) + 1);
    return line.length > 0 ? [line] : [];
  });
}

/** The span of a cell. A `rowspan` of 0 reaches to the end of its group. */
function spanOf({ attributes }: Branch, direction: 'colspan' | 'rowspan'): number {
  const span = /^\s*\+?(\d{1,5})/.exec(attributes[direction] ?? '')?.[1];
  if (span === undefined) return 1;
  return Number(span) === 0 && direction === 'rowspan' ? ROWS_MAX : Math.max(1, Number(span));
}

function hasHead(table: Branch): boolean {
  const first = table.children.find((child): child is Branch => typeof child !== 'string' && isRows(child));
  if (first === undefined || first.name === 'thead') return first !== undefined;
  const row = first.name === 'tr' ? first : first.children.find((child) => typeof child !== 'string');
  return typeof row === 'object' && row.children.every((cell) => typeof cell === 'string' || cell.name === 'th');
}

/** Whether it contains a row. */
function isRows(node: Branch): boolean {
  if (node.name === 'tr') return node.children.some((child) => typeof child !== 'string');
  return PARTS.has(node.name) && node.children.some((child) => typeof child !== 'string' && isRows(child));
}

/** Code of several lines counts as large too. */
function isLarge(node: Node): boolean {
  if (typeof node === 'string') return false;
  if (node.name === 'pre') return codeText(node).trim().includes('\n');
  return LARGE.has(node.name) || node.children.some(isLarge);
}

function oneLine(nodes: readonly Node[], base: LinkBase): string {
  return plainText(inlineText(nodes, base)).trim();
}
