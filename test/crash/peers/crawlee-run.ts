// node crawlee-run.ts FOLDER-OF-CRAWLEE ROOT A crawler as Crawlee's documentation shows it, with its default storage in
// the working folder. With CRAWLEE_PURGE_ON_START=0 the same command goes on with what is there (crawlee.dev, "Request
// storage", "Cleaning up the storages").

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { sha256 } from './site.ts';

/** What is used of it. */
interface Crawlee {
  readonly CheerioCrawler: new (options: {
    readonly minConcurrency: number;
    readonly maxConcurrency: number;
    requestHandler(context: Context): Promise<void>;
  }) => { run(roots: readonly string[]): Promise<unknown> };
}

interface Context {
  readonly request: { readonly loadedUrl: string };
  readonly body: string | Buffer;
  enqueueLinks(): Promise<unknown>;
  pushData(data: object): Promise<void>;
}

const [folder = '', root = ''] = process.argv.slice(2);
const { CheerioCrawler } = createRequire(join(folder, 'package.json'))('crawlee') as Crawlee;
const crawler = new CheerioCrawler({
  minConcurrency: 16,
  maxConcurrency: 16,
  async requestHandler({ request, body, enqueueLinks, pushData }) {
    await pushData({ url: request.loadedUrl, sha256: sha256(body) });
    await enqueueLinks();
  },
});
await crawler.run([root]);
