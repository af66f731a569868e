// Addresses of archived pages on their own origin. The name of a page is its URL in base64url, so all pages of a job
// are in one folder and a link from one to another is a relative one.

import type { Row } from '../../base/contracts.ts';

/** `base` is the folder of the job on the origin of archived pages, with a slash at its end. */
export function viewUrlOf(base: string, { url, archive }: Pick<Row, 'url' | 'archive'>): string | null {
  return archive === null ? null : base + viewName(url);
}

export function viewName(url: string): string {
  return Buffer.from(url).toString('base64url');
}

/** The URL that a name stands for; null if it is no such name. */
export function viewedUrl(name: string): string | null {
  if (!/^[\w-]+$/.test(name)) return null;
  const url = Buffer.from(name, 'base64url').toString();
  return /^https?:\/\//.test(url) && viewName(url) === name ? url : null;
}
