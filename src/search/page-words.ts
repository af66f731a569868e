// What the index takes from a page: the words of its main content, as the Markdown export chooses it, and the texts of
// its links. Pure.

import { MARKDOWN_PAGE_BYTES_MAX } from '../base/limits.ts';
import { hrefEncoder } from '../parse/charset.ts';
import { elements } from '../parse/html/element-names.ts';
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

const HEADINGS = elements('h1 h2 h3 h4 h5 h6');
const APART = elements('br td th');
const ANCHOR_LENGTH_MAX = 120;
/** Says nothing about the page that it leads to. */
const EMPTY_ANCHOR = /^(?:[^\p{L}\p{N}]*|[\d\s.]+)$/u;

/** Whether a link was not met before: in the pages of a folder, as it is written there. */
export type IsNewLink = (folder: string, href: string, text: string) => boolean;

const LINKS_REMEMBERED_MAX = 200_000;

/** Most links of a page are those of the pages before it. It remembers the last text of each. */
export function createLinkMemory(): IsNewLink {
  const folders = new Map<string, Map<string, string>>();
  let count = 0;
  return (folder, href, text) => {
    let known = folders.get(folder);
    if (known?.get(href) === text) return false;
    // These lead to the page itself, whatever its name.
    if (href === '' || href.startsWith('?')) return true;
    if (count >= LINKS_REMEMBERED_MAX) {
      folders.clear();
      known = undefined;
      count = 0;
    }
    if (known === undefined) {
      known = new Map();
      folders.set(folder, known);
    }
    known.set(href, text);
    count += 1;
    return true;
  };
}

/** Never throws, whatever the page contains. `url` is that of the page. Links that are not new are left out. */
export function pageWords(body: Uint8Array, contentType: string, url: string, isNew: IsNewLink): PageWords {
  const { root, base, charset } = pageTree(body.subarray(0, MARKDOWN_PAGE_BYTES_MAX), contentType);
  const text: string[] = [];
  const headings: string[] = [];
  const anchors: Anchor[] = [];
  const prepared = prepareBase(joinUrl(base ?? '', url) ?? url);
  const encode = hrefEncoder(charset);
  const folder = prepared?.fronts[0] ?? '';
  gather(mainContent(root).children, text, headings, (href, pieces, from) => {
    const written = pieces.length === from + 1 ? pieces[from]! : pieces.slice(from).join('');
    if (prepared === null || !isNew(folder, href, written)) return;
    const named = plainText(written).trim().slice(0, ANCHOR_LENGTH_MAX);
    if (EMPTY_ANCHOR.test(named)) return;
    const joined = joinUrl(encode === null ? href : encode(href), prepared);
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

/**
 * Puts the text into `text`, and that of headings into `headings`. `onLink` is called after the text of a link, which
 * is at the end of `pieces`.
 */
function gather(
  nodes: readonly Node[],
  text: string[],
  headings: string[],
  onLink: (href: string, pieces: readonly string[], from: number) => void,
): void {
  for (const node of nodes) {
    if (typeof node === 'string') {
      text.push(node);
      continue;
    }
    const { name, attributes, children } = node;
    const from = text.length;
    if (name === 'img' && attributes['alt'] !== undefined) text.push(` ${attributes['alt']} `);
    const isApart = BLOCKS.has(node) || APART.has(node);
    if (isApart) text.push('\n');
    const isHeading = HEADINGS.has(node);
    if (children.length > 0) gather(children, isHeading ? headings : text, headings, onLink);
    if (isHeading) headings.push('\n');
    if (isApart) text.push('\n');
    const href = name === 'a' ? attributes['href'] : undefined;
    if (href !== undefined && !href.startsWith('#')) onLink(href, text, from);
  }
}
