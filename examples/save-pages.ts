// Writes each page of a site into its own file: `node examples/save-pages.ts https://example.com FOLDER`.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crawl, type Page } from 'gossamer';

const [root = 'http://localhost:8080/', folder = 'pages'] = process.argv.slice(2);
let written = 0;

/** The crawl waits for this function, so a slow disk makes a slow crawl. An error that it throws ends the run. */
async function onPage({ status, contentType, charset, referrer, url, sha256, body, links }: Page): Promise<void> {
  if (status !== 200 || contentType !== 'text/html') return;
  await writeFile(join(folder, `${sha256}.html`), body);
  const next = links.filter(({ kind }) => kind === 'navigation').length;
  console.log(`${url}  ${charset}, ${next} links, from ${referrer ?? 'the root'}`);
  written += 1;
}

await mkdir(folder);
await crawl(new URL(root), { store: 'memory:', exclude: /\.(zip|iso)$/i, onPage }).summary;
console.log(`${written} pages in ${folder}`);
