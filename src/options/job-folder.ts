// Where a job's folder is.

import type { CrawlOptions } from './crawl-options.ts';

/** The folder of the job: as given, or ./crawls/HOST for the first root, with _PORT if the root has a port. */
export function jobFolder(options: CrawlOptions): string {
  return options.output ?? usualFolder(options.roots);
}

/** The folder of a job with these roots, unless the user names another one. */
export function usualFolder(roots: readonly string[]): string {
  const { hostname, port } = new URL(roots[0]!);
  const host = hostname.replace(/^\[|\]$/g, '').replaceAll(':', '-');
  return `crawls/${host}${port === '' ? '' : `_${port}`}`;
}
