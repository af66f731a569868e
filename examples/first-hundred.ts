// Leaves the crawl after a hundred pages. Run it again with the same folder to continue: `node
// examples/first-hundred.ts URL FOLDER`.

import { crawl } from 'gossamer';

const [root = 'http://localhost:8080/', folder = 'crawls/first-hundred'] = process.argv.slice(2);
let pages = 0;
const run = crawl(root, { output: folder, concurrency: 20 });
for await (const page of run) {
  console.log(page.url, page.title);
  pages += 1;
  if (pages === 100) break;
}
const { urls } = await run.summary;
console.log(`${urls.done} done, ${urls.queued} left for the next time`);
