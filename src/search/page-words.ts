// What the index takes from a page: the words of its main content, as the Markdown export chooses it, and the texts of
// its links. Pure.

import { MARKDOWN_PAGE_BYTES_MAX } from '../base/limits.ts';
import { BLOCKS, type Branch, type Node, pageTree } from '../parse/html/page-tree.ts';
import { joinUrl, prepareBase } from '../url/join.ts';
import { mainContent } from '../views/markdown/main-content.ts';
import { plainText } from '../views/markdown/text.ts';

export interface PageWords {
  readonly headings: string;
  /** The text without its headings. */
  readonly text: string;
  /** All of the text in its order, for excerpts. */
  whole(): string;
  readonly anchors: readonly Anchor[];
}

/** The text of a link, and the absolute URL that it leads to. */
export interface Anchor {
  readonly url: string;
  readonly text: string;
}

const HEADING = /^h[1-6]$/;
const ANCHOR_LENGTH_MAX = 120;
/** Says nothing about the page that it leads to. */
const EMPTY_ANCHOR = /^(?:[^\p{L}\p{N}]*|[\d\s.]+)$/u;

/** Never throws, whatever the page contains. `url` is that of the page. */
export function pageWords(body: Uint8Array, contentType: string, url: string): PageWords {
  const { root, base } = pageTree(body.subarray(0, MARKDOWN_PAGE_BYTES_MAX), contentType);
  const pieces: Piece[] = [];
  const anchors: Anchor[] = [];
  const prepared = prepareBase(joinUrl(base ?? '', url) ?? url);
  gather(mainContent(root).children, { isHeading: false }, pieces, (href, from) => {
    const joined = prepared === null ? null : joinUrl(href, prepared);
    const text = joined === null ? '' : textOf(pieces.slice(from)).slice(0, ANCHOR_LENGTH_MAX);
    if (joined !== null && /^https?:/.test(joined) && !EMPTY_ANCHOR.test(text)) anchors.push({ url: joined, text });
  });
  return {
    headings: textOf(pieces.filter(({ isHeading }) => isHeading)),
    text: textOf(pieces.filter(({ isHeading }) => !isHeading)),
    whole: () => textOf(pieces),
    anchors,
  };
}

interface Piece {
  readonly text: string;
  readonly isHeading: boolean;
}

/** `onLink` is called after the text of a link, with the number of pieces before it. */
function gather(
  nodes: readonly Node[],
  { isHeading }: { readonly isHeading: boolean },
  pieces: Piece[],
  onLink: (href: string, from: number) => void,
): void {
  for (const node of nodes) {
    if (typeof node === 'string') {
      pieces.push({ text: node, isHeading });
      continue;
    }
    const { name, attributes, children } = node;
    const from = pieces.length;
    const alternative = name === 'img' ? attributes['alt'] : undefined;
    if (alternative !== undefined) pieces.push({ text: ` ${alternative} `, isHeading });
    const isApart = BLOCKS.has(name) || name === 'br' || isCell(node);
    if (isApart) pieces.push({ text: '\n', isHeading });
    gather(children, { isHeading: isHeading || HEADING.test(name) }, pieces, onLink);
    if (isApart) pieces.push({ text: '\n', isHeading });
    const href = name === 'a' ? attributes['href'] : undefined;
    if (href !== undefined && !href.startsWith('#')) onLink(href, from);
  }
}

function isCell({ name }: Branch): boolean {
  return name === 'td' || name === 'th';
}

function textOf(pieces: readonly Piece[]): string {
  return plainText(pieces.map(({ text }) => text).join('')).trim();
}
