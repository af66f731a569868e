// Tables as GitHub's Markdown has them: a line a row, text in the cells.

import type { Branch, Node } from '../parse/page-tree.ts';
import { inlineText, type LinkBase } from './markdown-inline.ts';
import { plainText } from './markdown-text.ts';

const PARTS: ReadonlySet<string> = new Set(['thead', 'tbody', 'tfoot']);
/** What no cell of such a table can hold: it is there for the layout then. */
const LARGE: ReadonlySet<string> = new Set(['table', 'pre', 'blockquote', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const COLUMNS_MAX = 200;

/** Null where it is none but in name: its cells are to be read one after the other. */
export function tableOf(table: Branch, base: LinkBase): string[] | null {
  const rows = rowsOf(table);
  const width = Math.max(0, ...rows.map(widthOf));
  if (width < 2 || width > COLUMNS_MAX || table.children.some(isLarge)) return null;
  const first = rows[0]!;
  const hasHead = cellsOf(first).every(({ name }) => name === 'th') || isIn(table, 'thead', first);
  const lines = (hasHead ? rows : [null, ...rows]).map((row) => lineOf(row, width, base));
  const caption = table.children.find(
    (child): child is Branch => typeof child !== 'string' && child.name === 'caption',
  );
  const title = caption === undefined ? '' : oneLine(caption.children, base);
  const text = [lines[0], `|${' --- |'.repeat(width)}`, ...lines.slice(1)].join('\n');
  return title === '' ? [text] : [title, text];
}

/** Null is an empty row. */
function lineOf(row: Branch | null, width: number, base: LinkBase): string {
  const cells = row === null ? [] : cellsOf(row);
  const texts = cells.flatMap((cell) => [
    oneLine(cell.children, base).replaceAll('|', '\\|'),
    ...Array.from({ length: spanOf(cell) - 1 }, () => ''),
  ]);
  while (texts.length < width) texts.push('');
  return `| ${texts.join(' | ')} |`;
}

function rowsOf(table: Branch): Branch[] {
  return table.children.flatMap((child) => {
    if (typeof child === 'string') return [];
    if (child.name === 'tr') return cellsOf(child).length > 0 ? [child] : [];
    return PARTS.has(child.name) ? rowsOf(child) : [];
  });
}

function cellsOf(row: Branch): Branch[] {
  return row.children.filter(
    (child) => typeof child !== 'string' && (child.name === 'td' || child.name === 'th'),
  ) as Branch[];
}

function widthOf(row: Branch): number {
  return cellsOf(row).reduce((width, cell) => width + spanOf(cell), 0);
}

function spanOf({ attributes }: Branch): number {
  const span = /^\d{1,3}$/.test(attributes['colspan'] ?? '') ? Number(attributes['colspan']) : 1;
  return Math.min(Math.max(span, 1), COLUMNS_MAX);
}

function isLarge(node: Node): boolean {
  return typeof node !== 'string' && (LARGE.has(node.name) || node.children.some(isLarge));
}

function isIn(table: Branch, part: string, row: Branch): boolean {
  return table.children.some(
    (child) => typeof child !== 'string' && child.name === part && child.children.includes(row),
  );
}

function oneLine(nodes: readonly Node[], base: LinkBase): string {
  return plainText(inlineText(nodes, base)).trim();
}
