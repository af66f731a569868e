// What a page says, as parse5 reads it: the oracle of what an export to Markdown must hold, and the reader of what it
// does hold once it is rendered. Names of classes count only where the caller says them.

import { type DefaultTreeAdapterMap, defaultTreeAdapter, parse } from 'parse5';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

export interface Content {
  /** The words of each, with one space between. */
  readonly headings: readonly string[];
  readonly paragraphs: readonly string[];
  readonly rows: readonly string[];
  /** The text as it stands, but for empty lines and white space at the ends of lines. */
  readonly codeBlocks: readonly string[];
  /** All words in their order. */
  readonly words: readonly string[];
}

const set = (list: string): ReadonlySet<string> => new Set(list.split(' '));
/** Never text of the page: what only programs read, and what a reader types into or presses. */
const SILENT = set(
  'head script style noscript template svg iframe object audio video canvas button input select textarea dialog',
);
const AROUND = set('nav header footer');
/** Words end there. */
const APART = set(
  'address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html img legend li main menu nav ol option p pre section sub summary sup table tbody td tfoot th thead tr ul',
);

const RAISED = /^su[bp]$/;
const CELL = /^t[dh]$/;

export function contentOf(html: string, chrome: readonly string[] = []): Content {
  const document = parse(html, { scriptingEnabled: false });
  const main = mainOf(document);
  // Inside an article a header has its title, and a footer its notes.
  const around = main.tagName === 'body' ? AROUND : set('nav');
  const isSilent = (element: Element): boolean => {
    const classes = attribute(element, 'class')?.split(/\s+/) ?? [];
    return (
      SILENT.has(element.tagName) ||
      around.has(element.tagName) ||
      isHidden(element) ||
      chrome.some((name) => classes.includes(name))
    );
  };
  const lists = {
    headings: [] as string[],
    paragraphs: [] as string[],
    rows: [] as string[],
    codeBlocks: [] as string[],
  };
  const walk = (node: Node, isInCode: boolean, isInCell: boolean): string => {
    if (defaultTreeAdapter.isTextNode(node)) return node.value;
    if (!('childNodes' in node)) return '';
    const element = node as Element;
    if (element.tagName !== undefined && isSilent(element)) return '';
    const isCode = isInCode || element.tagName === 'pre';
    const isCell = isInCell || CELL.test(element.tagName);
    const text = element.childNodes.map((child) => walk(child, isCode, isCell)).join('');
    const words = (): string => wordsOf(text).join(' ');
    if (/^h[1-6]$/.test(element.tagName)) lists.headings.push(words());
    if (element.tagName === 'p') lists.paragraphs.push(words());
    if (element.tagName === 'tr') lists.rows.push(words());
    // A cell of a table holds code as it can.
    if (element.tagName === 'pre' && !isInCode && !isInCell) lists.codeBlocks.push(codeOf(text));
    const isApart = APART.has(element.tagName) && !(isInCode && RAISED.test(element.tagName));
    return isApart ? `\n${text}\n` : text;
  };
  return { words: wordsOf(walk(main, false, false)), ...lists };
}

/** Its lines, without empty ones and without white space at their ends. */
function codeOf(text: string): string {
  return text.replace(/\s+(?=\n)|\s+$/g, '').trimStart();
}

export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function mainOf(document: Node): Element {
  const all = elementsOf(document);
  const main = all.find((element) => element.tagName === 'main' || attribute(element, 'role') === 'main');
  const articles = all.filter(({ tagName }) => tagName === 'article');
  return main ?? (articles.length === 1 ? articles[0]! : all.find(({ tagName }) => tagName === 'body')!);
}

function elementsOf(node: Node): Element[] {
  if (!('childNodes' in node)) return [];
  const inside = node.childNodes.flatMap(elementsOf);
  return 'tagName' in node ? [node].concat(inside) : inside;
}

function isHidden(element: Element): boolean {
  if (attribute(element, 'hidden') !== undefined || attribute(element, 'aria-hidden') === 'true') return true;
  return /display\s*:\s*none/i.test(attribute(element, 'style') ?? '');
}

function attribute(element: Element, name: string): string | undefined {
  return element.attrs?.find((each) => each.name === name)?.value;
}
