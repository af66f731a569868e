// Converts a tree to Markdown (CommonMark, with GitHub's tables): headings, lists, tables, code, quotes. Links and
// images are absolute.

import { MARKDOWN_LEVELS_MAX } from '../../base/limits.ts';
import { BLOCKS, type Branch, type Node } from '../../parse/html/page-tree.ts';
import { codeText } from './code-lines.ts';
import { inlineText, type LinkBase } from './inline.ts';
import { tableOf } from './table.ts';
import { codeBlock, escapeLine, plainText } from './text.ts';

const CODE_LANGUAGE = /(?:^|\s)(?:(?:language|lang|highlight-source|highlight)-|brush:\s*|sourceCode\s+)([\w+#.-]+)/;
/** Links in a heading that lead to the heading itself. */
const ANCHOR =
  /(?:^|\s)(?:anchor|anchor(?:js)?-?link|(?:header|heading|hash|direct)-?(?:link|anchor)|perma-?link)(?=$|\s)/i;

const ITEMS: ReadonlySet<string> = new Set(['li', 'dd']);
/** Elements that a link must not surround. */
const LARGE: ReadonlySet<string> = new Set(['table', 'pre', 'ul', 'ol', 'dl']);
const LISTS: ReadonlySet<string> = new Set(['ul', 'ol', 'menu', 'dir']);
const LIST = /^(?:- |\d+\. )/;

/** Where a block stands. */
interface Around {
  /** The element that it is in, and where that stands; null at the top. */
  readonly branch: Branch | null;
  readonly outer: Around | null;
  /** The lists and quotes that it is in. */
  readonly levels: number;
}

const TOP: Around = { branch: null, outer: null, levels: 0 };

/** How many elements above a code block may name its language. */
const LANGUAGE_LEVELS = 4;

/** Ends with a line feed unless it is empty. */
export function toMarkdown(content: Branch, base: LinkBase): string {
  const blocks = blocksOf(content.name === '' ? content.children : [content], base, TOP);
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`;
}

/** `around` may name the language of code. */
function blocksOf(nodes: readonly Node[], base: LinkBase, around: Around): string[] {
  if (!nodes.some(isBlock)) return lineOf(nodes, base);
  const blocks: string[] = [];
  let run: Node[] = [];
  let items: Node[] = [];
  // One at a time, because the number of arguments of a call is limited.
  const add = (more: readonly string[]): void => {
    for (const block of more) blocks.push(block);
  };
  const end = (): void => {
    if (run.length > 0) add(lineOf(run, base));
    if (items.length > 0) add(listOf(items, base, around, () => '- '));
    run = [];
    items = [];
  };
  for (const node of nodes) {
    if (typeof node === 'string' && items.length > 0 && node.trim() === '') continue;
    // Items outside of a list, for example those of a definition list.
    const isItem = typeof node !== 'string' && ITEMS.has(node.name);
    const isInLine = typeof node === 'string' || !isBlock(node);
    if (isItem ? run.length > 0 : items.length > 0 || !isInLine) end();
    if (isItem) items.push(node);
    else if (isInLine) run.push(node);
    else add(blockOf(node, base, around));
  }
  end();
  return blocks;
}

/** The paragraph, or nothing if it is empty. */
function lineOf(nodes: readonly Node[], base: LinkBase): string[] {
  const text = paragraph(inlineText(nodes, base));
  return text === '' ? [] : [text];
}

function blockOf(branch: Branch, base: LinkBase, around: Around): string[] {
  const { name, children } = branch;
  const inner = (levels = around.levels): string[] => blocksOf(children, base, { branch, outer: around, levels });
  switch (name) {
    case 'h1':
    case 'h2':
    case 'h3':
    case 'h4':
    case 'h5':
    case 'h6': {
      const text = titleOf(children, base);
      return text === '' ? [] : [`${'#'.repeat(Number(name[1]))} ${text.replace(/(#+)$/, '\\$1')}`];
    }
    case 'pre':
    case 'listing':
    case 'xmp':
      return preformatted(branch, around);
    case 'blockquote':
      return around.levels < MARKDOWN_LEVELS_MAX ? quoted(inner(around.levels + 1)) : inner();
    case 'ul':
    case 'menu':
    case 'dir':
      return listOf(children, base, around, () => '- ');
    case 'ol':
      return listOf(children, base, around, numbersOf(branch));
    case 'dt':
    case 'summary':
    case 'legend':
      return bold(children, base, inner);
    case 'table':
      return tableOf(branch, base) ?? inner();
    case 'hr':
      return ['---'];
    default:
      return inner();
  }
}

function bold(children: readonly Node[], base: LinkBase, inner: () => string[]): string[] {
  if (children.some(isBlock)) return inner();
  const text = oneLine(children, base);
  return text === '' ? [] : [/[*`]/.test(text) ? escapeLine(text) : `**${text}**`];
}

function listOf(nodes: readonly Node[], base: LinkBase, around: Around, markerOf: (item: Node) => string): string[] {
  const items: { readonly marker: string; readonly blocks: string[] }[] = [];
  const within = { ...around, levels: around.levels + 1 };
  for (const node of nodes) {
    if (typeof node === 'string' && node.trim() === '') continue;
    const isItem = typeof node !== 'string' && ITEMS.has(node.name);
    const blocks = blocksOf(isItem ? node.children : [node], base, within);
    const last = items.at(-1);
    // A list directly in a list belongs to the item before it.
    if (last !== undefined && typeof node !== 'string' && LISTS.has(node.name)) {
      for (const block of blocks) last.blocks.push(block);
    } else {
      const marker = markerOf(node);
      if (blocks.length > 0) items.push({ marker: marker + boxOf(node), blocks });
    }
  }
  if (items.length === 0) return [];
  // A list of sections is for the layout, and so is a list with only another list in it.
  const all = items.flatMap(({ blocks }) => blocks);
  if (all.some((block) => block.startsWith('#')) || (all.length === 1 && LIST.test(all[0]!))) return all;
  const isTight = items.every(({ blocks }) => isSimple(blocks));
  const texts = items.map(({ marker, blocks }) => {
    const text = blocks.join(isSimple(blocks) ? '\n' : '\n\n');
    return marker + (around.levels < MARKDOWN_LEVELS_MAX ? indented(text, marker.indexOf(' ') + 1) : text);
  });
  return [texts.join(isTight ? '\n' : '\n\n')];
}

/** The item numbers as a browser counts them. */
function numbersOf({ attributes, children }: Branch): (item: Node) => string {
  const given = (value: string | undefined): number | null => (/^\d{1,8}$/.test(value ?? '') ? Number(value) : null);
  const step = attributes['reversed'] === undefined ? 1 : -1;
  const count = children.filter((child) => typeof child !== 'string' && ITEMS.has(child.name)).length;
  let next = given(attributes['start']) ?? (step > 0 ? 1 : count);
  return (item) => {
    const number = (typeof item === 'string' ? null : given(item.attributes['value'])) ?? next;
    next = Math.max(0, number + step);
    return `${number}. `;
  };
}

/** The checkbox of a task item, anywhere in its first paragraph. */
function boxOf(item: Node): string {
  for (let at: Node | undefined = item; at !== undefined && typeof at !== 'string'; ) {
    if (at.name === 'input') return at.attributes['checked'] === undefined ? '[ ] ' : '[x] ';
    at = at.children.find((child) => typeof child !== 'string' || child.trim() !== '');
  }
  return '';
}

/** A list directly below its item needs no blank line. */
function isSimple([, second, third]: readonly string[]): boolean {
  return second === undefined || (third === undefined && LIST.test(second));
}

function quoted(blocks: readonly string[]): string[] {
  if (blocks.length === 0) return [];
  return [
    blocks
      .join('\n\n')
      .split('\n')
      .map((line) => (line === '' ? '>' : `> ${line}`))
      .join('\n'),
  ];
}

function indented(text: string, columns: number): string {
  return text.replace(/\n(?=[^\n])/g, `\n${' '.repeat(columns)}`);
}

function preformatted(branch: Branch, around: Around): string[] {
  const text = codeText(branch);
  if (text.trim() === '') return [];
  const inside = branch.children.find((child): child is Branch => typeof child !== 'string' && child.name === 'code');
  let language = languageOf(branch) || (inside === undefined ? '' : languageOf(inside));
  let at: Around | null = around;
  for (let up = 0; up < LANGUAGE_LEVELS && language === '' && at !== null && at.branch !== null; up += 1) {
    language = languageOf(at.branch);
    at = at.outer;
  }
  return [codeBlock(text, language)];
}

/** The code language that an element names; empty if it names none. */
function languageOf({ name, attributes }: Branch): string {
  const said = attributes['data-lang'] ?? attributes['data-language'];
  if (said !== undefined) return said;
  const found = CODE_LANGUAGE.exec(attributes['class'] ?? '')?.[1];
  if (found !== undefined) return found === 'source' ? '' : found;
  return name === 'pre' || name === 'code' ? (attributes['lang'] ?? '') : '';
}

/** The text of a heading without links to itself. */
function titleOf(children: readonly Node[], base: LinkBase): string {
  const within: LinkBase = (href) => (href.startsWith('#') ? null : base(href));
  const isAnchor = (node: Node): boolean => {
    return typeof node !== 'string' && node.name === 'a' && ANCHOR.test(node.attributes['class'] ?? '');
  };
  const text = oneLine(
    children.filter((child) => !isAnchor(child)),
    within,
  );
  return text === '' ? oneLine(children, within) : text;
}

function oneLine(nodes: readonly Node[], base: LinkBase): string {
  return plainText(inlineText(nodes, base)).trim();
}

/** The lines of a paragraph end at each `br`. */
function paragraph(text: string): string {
  if (!text.includes('\n')) return escapeLine(text.trim());
  const lines = text.split('\n').map((line) => escapeLine(line.trim()));
  return lines
    .join('\n')
    .replace(/^\n+|\n+$/g, '')
    .replace(/\n{2,}/g, '\n')
    .replaceAll('\n', '\\\n');
}

/** Whether it stands alone: it is a block or contains one. */
function isBlock(branch: Node): boolean {
  if (typeof branch === 'string') return false;
  if (BLOCKS.has(branch)) return true;
  if (!branch.holdsBlock || branch.name === 'code') return false;
  // A link around a card is inline: it becomes a link with the card's text. An anchor without a target may lack its end
  // tag, and a link around a table is for the layout, so both are blocks.
  return branch.name !== 'a' || branch.attributes['href'] === undefined || branch.children.some(isLarge);
}

function isLarge(node: Node): boolean {
  return typeof node !== 'string' && (LARGE.has(node.name) || node.children.some(isLarge));
}
