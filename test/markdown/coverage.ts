// How much of the content of pages is in their export to Markdown: each is exported, rendered, and read again by
// another reader than the one that made it.

import { readFileSync } from 'node:fs';
import MarkdownIt from 'markdown-it';
import { MARKDOWN_PAGE_BYTES_MAX } from '../../src/base/limits.ts';
import { pageMarkdown } from '../../src/views/markdown/page.ts';
import { type Content, contentOf } from './content.ts';

export const KINDS = ['headings', 'paragraphs', 'codeBlocks', 'rows', 'words'] as const;
export type Kind = (typeof KINDS)[number];

export interface Coverage {
  pages: number;
  /** Of each kind, how many the pages have and how many of them the exports have. */
  readonly wanted: Record<Kind, number>;
  readonly had: Record<Kind, number>;
  /** Words of exports that are not in the content of their page. */
  strange: number;
  /** Pages of which something is missing, worst first once all are measured. */
  readonly lacking: { readonly file: string; readonly missing: readonly string[]; readonly words: number }[];
}

const renderer = new MarkdownIt('default', { html: true });

export function noCoverage(): Coverage {
  const none = (): Record<Kind, number> => ({ headings: 0, paragraphs: 0, codeBlocks: 0, rows: 0, words: 0 });
  return { pages: 0, wanted: none(), had: none(), strange: 0, lacking: [] };
}

/** Adds a page to what is known. */
export function cover(coverage: Coverage, file: string, chrome: readonly string[]): void {
  const body = readFileSync(file).subarray(0, MARKDOWN_PAGE_BYTES_MAX);
  const page = { url: 'https://docs.test/a/page.html', contentType: 'text/html; charset=utf-8', body, frontMatter: '' };
  const wanted = contentOf(body.toString(), chrome);
  const had = contentOf(renderer.render(pageMarkdown(page)));
  const missing = KINDS.flatMap((kind) => {
    const lost = missingOf(kind, wanted, had);
    coverage.wanted[kind] += wanted[kind].length;
    coverage.had[kind] += wanted[kind].length - lost.length;
    return lost.map((text) => `${kind}: ${text}`);
  });
  coverage.pages += 1;
  coverage.strange += without(had.words, wanted.words).length;
  if (missing.length > 0) coverage.lacking.push({ file, missing, words: wanted.words.length });
}

/** A paragraph or a row is there where its words are, one after the other; the rest are there as what they are. */
function missingOf(kind: Kind, wanted: Content, had: Content): readonly string[] {
  if (kind !== 'paragraphs' && kind !== 'rows') return without(wanted[kind], had[kind]);
  const text = ` ${had.words.join(' ')} `;
  return wanted[kind].filter((words) => !text.includes(` ${words} `) && words !== '');
}

/** What is left of a list when each of the others has taken one that is equal. */
function without(list: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const other of others) counts.set(other, (counts.get(other) ?? 0) + 1);
  return list.filter((each) => {
    const count = counts.get(each) ?? 0;
    if (count > 0) counts.set(each, count - 1);
    return count === 0;
  });
}
