// One page as a file for language models: first what the job knows of it (YAML), then its content as Markdown. Pure.

import type { Row } from '../../base/contracts.ts';
import { MARKDOWN_PAGE_BYTES_MAX } from '../../base/limits.ts';
import { hrefEncoder } from '../../parse/charset.ts';
import { pageTree } from '../../parse/html/page-tree.ts';
import { joinUrl, prepareBase } from '../../url/join.ts';
import { isoTime } from '../tables/record.ts';
import type { LinkBase } from './inline.ts';
import { mainContent } from './main-content.ts';
import { plainText } from './text.ts';
import { toMarkdown } from './to-markdown.ts';

/** What a thread needs to convert a page. */
export interface PageTask {
  /** The path of the file. Its folders may not exist yet. */
  readonly file: string;
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly frontMatter: string;
  /** Whether `body` is only the beginning. */
  readonly isCut?: boolean;
}

/**
 * Never throws, whatever the page contains. What is beyond the limits of a page is not read, and the front matter says
 * so.
 */
export function pageMarkdown({ url, contentType, body, frontMatter, isCut = false }: Omit<PageTask, 'file'>): string {
  const tree = pageTree(body.subarray(0, MARKDOWN_PAGE_BYTES_MAX), contentType);
  const isAll = tree.isWhole && !isCut && body.length <= MARKDOWN_PAGE_BYTES_MAX;
  const head = isAll ? frontMatter : truncated(frontMatter);
  const link = linksFrom(joinUrl(tree.base ?? '', url) ?? url, tree.charset);
  const markdown = toMarkdown(mainContent(tree.root), link);
  return markdown === '' ? head : `${head}\n${markdown}`;
}

/** Says that the rest of the page is missing. It may say so already: the archive may have only the beginning. */
function truncated(frontMatter: string): string {
  return frontMatter.includes('\ntruncated: ')
    ? frontMatter
    : frontMatter.replace(/---\n$/, 'truncated: "length"\n---\n');
}

/** The fields that have a value, as strings that are valid JSON and YAML. */
export function frontMatterOf(row: Row): string {
  const { url, title, text, status, sha256, fetchedAt, truncated } = row;
  const fields = {
    url,
    title,
    language: text?.language ?? null,
    description: text?.description ?? null,
    fetched: isoTime(fetchedAt),
    status,
    sha256,
    truncated,
  };
  const lines = Object.entries(fields).flatMap(([name, value]) => {
    if (value === null || value === '') return [];
    return [`${name}: ${typeof value === 'number' ? value : JSON.stringify(plainText(value))}`];
  });
  return `---\n${lines.join('\n')}\n---\n`;
}

function linksFrom(url: string, charset: string): LinkBase {
  const base = prepareBase(url);
  const encode = hrefEncoder(charset);
  if (base === null) return () => null;
  return (href) => {
    const hash = href.indexOf('#');
    const joined = joinUrl(encode === null ? href : encode(href), base);
    return joined === null || hash < 0 ? joined : joined + href.slice(hash).trimEnd();
  };
}
