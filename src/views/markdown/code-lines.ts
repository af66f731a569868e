// The text of code, line by line. Generators mark up the lines in many ways: with line feeds only, with one element a
// line, as rows of a table, or with line numbers beside them. Pure.

import { BLOCKS, type Branch, type Node } from '../../parse/html/page-tree.ts';

const NUMBER_NAME =
  /(?:^|[\s_-])(?:lineos|line-?no(?:s|number|numbers)?|line-?nums?|line-?numbers?|ln|lnt|lnum|gutter|blob-num)(?=$|[\s_-])/i;
const NUMBERS = /^[\s\d]*$/;
const LINE_NAME = /(?:^|[\s_-])(?:code)?line(?=$|[\s_-])/i;
const BLOCK_STYLE = /display\s*:\s*(?:block|flex|grid)/i;
/** Elements that may each be a line although no line feed separates them. */
const LINES: ReadonlySet<string> = new Set(['span', 'code', 'div', 'p', 'li', 'tr']);

interface Out {
  readonly parts: string[];
  /** The line ends before the next text. */
  isEnding: boolean;
}

/** The whole text of a code block. */
export function codeText(branch: Branch): string {
  const out: Out = { parts: [], isEnding: false };
  const around = innermost(branch);
  if (!isOfLines(around)) write(branch.children, out);
  else {
    for (const line of around.children as Branch[]) {
      const count = out.parts.length;
      out.isEnding = false;
      write(line.children, out);
      if (out.parts.length === count || !lastOf(out).endsWith('\n')) out.parts.push('\n');
    }
  }
  return out.parts.join('');
}

/** The text of code within a line, including its line feeds. */
export function inlineCode(nodes: readonly Node[]): string {
  const out: Out = { parts: [], isEnding: false };
  write(nodes, out);
  return out.parts.join('');
}

function write(nodes: readonly Node[], out: Out): void {
  for (const node of nodes) {
    if (typeof node === 'string') put(node, out);
    else if (node.name === 'br') put('\n', out);
    else if (BLOCKS.has(node)) writeBlock(node, out);
    else {
      // Marks superscript, because 2 to the 10 must not become 210.
      if (node.name === 'sup' && /[\p{L}\p{N})\]]/u.test(lastOf(out).at(-1) ?? '')) put('^', out);
      write(node.children, out);
    }
  }
}

function writeBlock(block: Branch, out: Out): void {
  const isCell = block.name === 'td' || block.name === 'th';
  if (out.parts.length > 0 && !lastOf(out).endsWith('\n')) {
    if (isCell) put(' ', out);
    else out.isEnding = true;
  }
  const count = out.parts.length;
  write(block.children, out);
  if (!isCell && out.parts.length > count) out.isEnding = true;
}

function put(text: string, out: Out): void {
  if (text === '') return;
  if (out.isEnding && !text.startsWith('\n') && !lastOf(out).endsWith('\n')) out.parts.push('\n');
  out.isEnding = false;
  out.parts.push(text);
}

function lastOf({ parts }: Out): string {
  return parts.at(-1) ?? '';
}

/** Descends through elements that hold only one element and no text. It stops at a span, which is a word or a line. */
function innermost(branch: Branch): Branch {
  let at = branch;
  for (;;) {
    const nodes = at.children.filter((child) => typeof child !== 'string' || child.trim() !== '');
    const only = nodes[0];
    if (nodes.length !== 1 || only === undefined || typeof only === 'string' || only.name === 'span') return at;
    at = only;
  }
}

/** Whether its children are lines although no other markup says so. */
function isOfLines({ children }: Branch): boolean {
  const first = children[0];
  if (children.length < 2 || typeof first === 'string' || first === undefined || !LINES.has(first.name)) return false;
  return children.every((child) => typeof child !== 'string' && child.name === first.name && isLine(child));
}

/** Words of code are adjacent elements too, but each has a class or a colour; a line has not. */
function isLine({ name, attributes }: Branch): boolean {
  const { class: names, style } = attributes;
  if (name !== 'span') return true;
  if (LINE_NAME.test(names ?? '') || BLOCK_STYLE.test(style ?? '')) return true;
  return names === undefined && style === undefined;
}

/**
 * Whether it holds only line numbers, with the code around or after it. A table column may have the same class, so the
 * class alone is not enough.
 */
export function isLineNumber(branch: Branch, next: Node | undefined, isInCode: boolean): boolean {
  if (!NUMBER_NAME.test(branch.attributes['class'] ?? '')) return false;
  const isCell = branch.name === 'td' && !hasCodeBlock(branch);
  const isBeside = isInCode || (!isCell && next !== undefined && hasCodeBlock(next));
  return isBeside && NUMBERS.test(inlineCode(branch.children));
}

function hasCodeBlock(node: Node): boolean {
  return typeof node !== 'string' && (node.name === 'pre' || node.children.some(hasCodeBlock));
}
