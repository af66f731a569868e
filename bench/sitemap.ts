// Reading a sitemap as large as the protocol allows, 50 MB with 50,000 entries, plain and packed: time, the longest
// slice, and how much more memory there is at the worst moment than with the file alone. Run with
//   npm run bench -- sitemap

import { gzipSync } from 'node:zlib';
import { SITEMAP_BYTES_MAX, SITEMAP_ENTRIES_MAX } from '../src/base/limits.ts';
import { createSitemapReader } from '../src/parse/lists/lists.ts';
import { joinUrl, prepareBase } from '../src/url/join.ts';
import { printMachine, printTable, showVerdict, spreadOf } from './table.ts';

const ROUNDS = 5;
const URL = 'https://example.org/sitemap.xml';
const readSitemap = createSitemapReader((base) => {
  const prepared = prepareBase(base);
  return prepared === null ? null : (href) => joinUrl(href, prepared);
});

const plain = makeSitemap();
const files = { plain, packed: gzipSync(plain) };
printMachine();
const rows: string[][] = [];
for (const [name, bytes] of Object.entries(files)) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measureRead(bytes));
  rows.push([
    `${name}, ${(bytes.length / 2 ** 20).toFixed(1)} MB`,
    showVerdict(spreadOf(rounds.map(({ seconds }) => seconds)), '<=', 2),
    showVerdict(spreadOf(rounds.map(({ longestMs }) => longestMs)), '<=', 10),
    showVerdict(spreadOf(rounds.map(({ moreMb }) => moreMb)), '<=', 64),
  ]);
}
printTable(['file', 's', 'longest slice, ms', 'more memory, MB'], rows);

async function measureRead(bytes: Uint8Array): Promise<{ seconds: number; longestMs: number; moreMb: number }> {
  const before = process.memoryUsage.rss();
  const started = performance.now();
  let from = started;
  let longestMs = 0;
  let rssMax = 0;
  let entries = 0;
  for await (const { listed } of readSitemap(bytes, { url: URL, contentType: 'application/xml' })) {
    longestMs = Math.max(longestMs, performance.now() - from);
    entries += listed.filter(({ facts }) => facts !== null).length;
    rssMax = Math.max(rssMax, process.memoryUsage.rss());
    await new Promise((resolve) => setImmediate(resolve));
    from = performance.now();
  }
  if (entries !== SITEMAP_ENTRIES_MAX) throw new Error(`${entries} entries`);
  const seconds = (performance.now() - started) / 1000;
  return { seconds, longestMs, moreMb: Math.max(0, rssMax - before) / 2 ** 20 };
}

/** Entries with translations, which fill a kilobyte each. */
function makeSitemap(): Buffer {
  const head =
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n';
  const foot = '</urlset>\n';
  const room = Math.floor((SITEMAP_BYTES_MAX - head.length - foot.length) / SITEMAP_ENTRIES_MAX);
  const languages = ['de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'ja'];
  const entries = Array.from({ length: SITEMAP_ENTRIES_MAX }, (_, n) => {
    const loc = `<url><loc>https://example.org/catalogue/section-${n % 97}/article-${n}?view=full&amp;page=1</loc>`;
    const facts = '<lastmod>2024-05-01T12:00:00+00:00</lastmod><changefreq>daily</changefreq><priority>0.8</priority>';
    const links = languages.map(
      (language) =>
        `<xhtml:link rel="alternate" hreflang="${language}" href="https://example.org/${language}/article-${n}"/>`,
    );
    return `${loc}${facts}${links.join('')}</url>`.padEnd(room - 1).concat('\n');
  });
  return Buffer.from(head + entries.join('') + foot);
}
