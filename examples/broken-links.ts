// Prints each broken link with the pages that have it: `node examples/broken-links.ts https://example.com`.

import { crawl } from 'gossamer';

const [root = 'http://localhost:8080/'] = process.argv.slice(2);
const referrers = new Map<string, string[]>();
const broken: string[] = [];

for await (const page of crawl(root, { store: 'memory:' })) {
  if (page.status === 0 || page.status >= 400) broken.push(page.url);
  for (const { url } of page.links) referrers.set(url, [...(referrers.get(url) ?? []), page.url]);
}
for (const url of broken) console.log(`${url}\n  linked from ${referrers.get(url)?.join(' ') ?? 'nowhere'}`);
process.exitCode = broken.length === 0 ? 0 : 1;
