// Crawls a site and prints one line per page: `node examples/every-page.ts https://example.com`.

import { crawl } from 'gossamer';

const [root = 'http://localhost:8080/'] = process.argv.slice(2);
const run = crawl(root, { store: 'memory:', concurrency: 100 });
for await (const page of run) console.log(page.status, page.url, page.links.length);
const summary = await run.summary;
console.log(`${summary.state}: ${summary.urls.done} pages in ${summary.elapsedMs} ms`);
