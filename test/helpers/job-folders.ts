// Folders for the jobs of a test, and the content of their stores.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Ledger, Summary } from '../../src/base/contracts.ts';
import { type CrawlSettings, crawl } from '../../src/index.ts';
import { jobLocation } from '../../src/store/location.ts';

/** Returns a new folder at each call; all of them are removed after the tests of the file. */
export function jobFolders(name: string): () => string {
  const folder = mkdtempSync(join(tmpdir(), `gossamer-${name}-`));
  after(() => rmSync(folder, { recursive: true }));
  let jobs = 0;
  return () => {
    jobs += 1;
    return join(folder, String(jobs));
  };
}

/** Crawls without the guessed sitemaps. */
export async function crawledTo(output: string, root: string, settings: CrawlSettings = {}): Promise<Summary> {
  return await crawl(root, { output, sitemaps: false, ...settings }).summary;
}

/** `store`: the address of a database; null if the job's rows are in its folder. */
export async function reading<T>(
  job: string,
  read: (ledger: Ledger) => Promise<T>,
  store: string | null = null,
): Promise<T> {
  const ledger = await jobLocation(job, store).read();
  try {
    return await read(ledger);
  } finally {
    await ledger.close();
  }
}
