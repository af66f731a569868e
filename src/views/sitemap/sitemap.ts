// The view for search engines: the pages that they should know, as sitemaps (sitemaps.org).

import { systemClock } from '../../base/clock.ts';
import type { Contents } from '../../base/contents.ts';
import type { JobIdentity, Ledger, Row } from '../../base/contracts.ts';
import { createPauses } from '../../base/pauses.ts';
import { keyOfJob } from '../../url/key.ts';
import { createScope } from '../../url/scope.ts';
import { type Damages, noDamages, noteDamage } from '../documents.ts';
import { nothingUnwritten, soundRows, type Unwritten } from '../unwritten.ts';
import { isListed, sitemapEntry } from './entry.ts';
import { createSitemapFiles } from './files.ts';

export interface SitemapSummary {
  readonly pages: number;
  readonly damages: Damages;
  readonly unwritten: Unwritten;
}

/**
 * Writes sitemaps into an empty folder. They list all pages and PDFs in scope that were answered well, do not ask for
 * `noindex` and are canonical to themselves. The date of a change comes from the site's own sitemap, otherwise from the
 * Last-Modified header.
 */
export async function exportSitemap(ledger: Ledger, contents: Contents, folder: string): Promise<SitemapSummary> {
  const damages = noDamages();
  const unwritten = nothingUnwritten();
  const files = createSitemapFiles(folder);
  const identity = await ledger.job.identity();
  const isInside = scopeTest(identity);
  const keyOf = keyOfJob(identity);
  const pause = createPauses(systemClock);
  let pages = 0;
  for await (const rows of soundRows(ledger, unwritten)) {
    const listed = rows.filter((row) => isInside(row) && isListed(row, keyOf));
    const mentions = await ledger.rows.mentions(listed.map(({ id }) => id));
    for (const [at, row] of listed.entries()) {
      await pause();
      const found = await contents.of(row);
      const isDamaged = found !== null && 'damage' in found;
      if (isDamaged) noteDamage(damages, found, row);
      const entry = sitemapEntry(row, isDamaged ? null : found, mentions[at]!);
      if (entry === null) continue;
      await files.add(entry);
      pages += 1;
    }
  }
  await files.end();
  return { pages, damages, unwritten };
}

/**
 * A test of whether a row is in scope; call it for each row in order. Every requested URL is in scope, unless page
 * requisites were requested too.
 */
function scopeTest(identity: JobIdentity): (row: Row) => boolean {
  if (!identity.pageRequisites) return () => true;
  const [which, strict] = identity.scope.split(' ');
  const kind = which as Parameters<typeof createScope>[0]['scope'];
  const scope = createScope({ ...identity, scope: kind, strict: strict === 'strict' });
  return (row) => {
    // A root, or the target of its redirects.
    if (row.depth === 0 && row.redirectTo !== null) scope.moved(row.url, row.redirectTo);
    else if (row.depth === 0) scope.ended(row.url, row.status);
    return scope.admits(row.url, row.depth) === null;
  };
}
