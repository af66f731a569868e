import { pageMarkdown } from '../../src/views/markdown/page.ts';

/** A page as the export makes it, without its front matter. */
export function markdownOf(html: string | Buffer, contentType = 'text/html; charset=utf-8'): string {
  const url = 'https://a.test/docs/guide.html';
  return pageMarkdown({ url, contentType, body: Buffer.from(html), frontMatter: '' }).trimStart();
}
