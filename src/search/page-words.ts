// What the index takes from a page: the words of its main content, as the Markdown export chooses it, and the texts of
// its links. Pure.

import { MARKDOWN_PAGE_BYTES_MAX } from '../base/limits.ts';
import { BLOCKS, type Node, pageTree } from '../parse/html/page-tree.ts';
import { joinUrl, prepareBase } from '../url/join.ts';
import { mainContent } from '../views/markdown/main-content.ts';
import { plainText } from '../views/markdown/text.ts';

export interface PageWords {
  readonly headings: string;
  /** The text without its headings. */
  readonly text: string;
  readonly anchors: readonly Anchor[];
}

/** The text of a link, and the absolute URL that it leads to. */
export interface Anchor {
  readonly url: string;
  readonly text: string;
}

const HEADINGS: ReadonlySet<string> = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const ANCHOR_LENGTH_MAX = 120;
/** Says nothing about the page that it leads to. */
const EMPTY_ANCHOR = /^(?:[^\p{L}\p{N}]*|[\d\s.]+)$/u;

/** Never throws, whatever the page contains. `url` is that of the page. */
export function pageWords(body: Uint8Array, contentType: string, url: string): PageWords {
  const { root, base } = pageTree(body.subarray(0, MARKDOWN_PAGE_BYTES_MAX), contentType);
  const text: string[] = [];
  const headings: string[] = [];
  const anchors: Anchor[] = [];
  const prepared = prepareBase(joinUrl(base ?? '', url) ?? url);
  /** The last text of each address: most links of a page are repeated as they are. */
  const known = new Map<string, string>();
  gather(mainContent(root).children, text, headings, (href, label) => {
    const written = label.length === 1 ? label[0]! : label.join('');
    if (prepared === null || known.get(href) === written) return;
    known.set(href, written);
    const named = plainText(written).trim().slice(0, ANCHOR_LENGTH_MAX);
    if (EMPTY_ANCHOR.test(named)) return;
    const joined = joinUrl(href, prepared);
    if (joined !== null && /^https?:/.test(joined)) anchors.push({ url: joined, text: named });
  });
  return { headings: wordsOf(headings), text: wordsOf(text), anchors };
}

/** The text for the index, which does not care about white space. A soft hyphen is in the middle of a word. */
function wordsOf(pieces: readonly string[]): string {
  const text = pieces.join('');
  return text.includes('\u00ad') ? text.replaceAll('\u00ad', '') : text;
}

/** All of the text in its order, for excerpts. */
export function pageText(body: Uint8Array, contentType: string): string {
  const pieces: string[] = [];
  const { root } = pageTree(body.subarray(0, MARKDOWN_PAGE_BYTES_MAX), contentType);
  gather(mainContent(root).children, pieces, pieces, () => {});
  return plainText(pieces.join('')).trim();
}

/** Puts the text into `text`, and that of headings into `headings`. `onLink` is called after the text of a link. */
function gather(
  nodes: readonly Node[],
  text: string[],
  headings: string[],
  onLink: (href: string, label: readonly string[]) => void,
): void {
  for (const node of nodes) {
    if (typeof node === 'string') {
      text.push(node);
      continue;
    }
    const { name, attributes, children } = node;
    const from = text.length;
    if (name === 'img' && attributes['alt'] !== undefined) text.push(` ${attributes['alt']} `);
    const isApart = BLOCKS.has(name) || name === 'br' || name === 'td' || name === 'th';
    if (isApart) text.push('\n');
    const isHeading = HEADINGS.has(name);
    if (children.length > 0) gather(children, isHeading ? headings : text, headings, onLink);
    if (isHeading) headings.push('\n');
    if (isApart) text.push('\n');
    const href = name === 'a' ? attributes['href'] : undefined;
    if (href !== undefined && !href.startsWith('#')) onLink(href, text.slice(from));
  }
}
