// The sites that are crawled: one that is made here from a seed, one that Debian packs, and one of a single page.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { type Random, seededRandom } from '../test/helpers/random.ts';
import { WORK } from './measure.ts';

const PAGE_BYTES = 10 * 1024;
const LINKS = 30;
/** Of its links, those that lead to pages which no earlier page links to: so every page is reached. */
const CHILDREN = 10;
const SEED = 20;
/** As servers compress beforehand; the best quality takes minutes for this site. */
const BROTLI_OF_SERVERS = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
const WORDS =
  'archive bright canal distant early field garden harbour island journey kitchen letter morning narrow orchard paper quiet river silver thread under village window yellow & café “quoted” 1848'.split(
    ' ',
  );

/** Makes the site unless it is there already, and returns its folder. */
export function syntheticSite(pages: number): string {
  const folder = join(WORK, `site-${pages}-${SEED}`);
  const mark = join(folder, '.made');
  if (existsSync(mark)) return folder;
  rmSync(folder, { recursive: true, force: true });
  const random = seededRandom(SEED);
  const sentences = Array.from({ length: 2000 }, () => sentence(random));
  for (let page = 0; page < pages; page += 1) {
    const file = join(folder, page === 0 ? 'index.html' : pathOf(page));
    if (page < 2 || page % 10 === 0) mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, pageOf(page, linksOf(page, pages, random), sentences, random));
  }
  writeFileSync(join(folder, 'robots.txt'), 'User-agent: *\nDisallow: /private/\n');
  writeFileSync(join(folder, 'style.css'), '.text { line-height: 1.5 }\n');
  writeFileSync(mark, '');
  return folder;
}

export function onePageSite(): string {
  const folder = join(WORK, 'one-page');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>One page</title><p>And no more.</p>\n');
  return folder;
}

/** The html folder of Debian's openjdk-17-doc; null where the package is not installed. */
export function openjdkSite(): string | null {
  // The list of its files has more than the megabyte that is taken by default.
  const { status, stdout } = spawnSync('dpkg', ['-L', 'openjdk-17-doc'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const index = status === 0 ? stdout.split('\n').find((file) => file.endsWith('/api/index.html')) : undefined;
  return index !== undefined && existsSync(index) ? dirname(index) : null;
}

/**
 * The same site, where each text has its gzip or brotli beside it, as servers keep them; null where it is not
 * installed.
 */
export function codedOpenjdkSite(coding: 'gzip' | 'brotli' = 'gzip'): string | null {
  const site = openjdkSite();
  if (site === null) return null;
  const folder = join(WORK, coding === 'gzip' ? 'openjdk-coded' : 'openjdk-brotli');
  const mark = join(folder, '.made');
  if (existsSync(mark)) return folder;
  rmSync(folder, { recursive: true, force: true });
  for (const entry of readdirSync(site, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const copy = join(folder, relative(site, path));
    mkdirSync(dirname(copy), { recursive: true });
    symlinkSync(path, copy);
    if (!/\.(html|css|js)$/.test(entry.name)) continue;
    if (coding === 'gzip') writeFileSync(`${copy}.gz`, gzipSync(readFileSync(path)));
    else writeFileSync(`${copy}.br`, brotliCompressSync(readFileSync(path), BROTLI_OF_SERVERS));
  }
  writeFileSync(mark, '');
  return folder;
}

function pathOf(page: number): string {
  return page === 0 ? '/' : `/p/${Math.floor(page / 10)}/page-${String(page).padStart(6, '0')}.html`;
}

function linksOf(page: number, pages: number, random: Random): number[] {
  const first = page * CHILDREN + 1;
  const children = Array.from({ length: CHILDREN }, (_, index) => first + index).filter((child) => child < pages);
  while (children.length < LINKS) children.push(Math.floor(random() * pages));
  return children;
}

function pageOf(page: number, links: readonly number[], sentences: readonly string[], random: Random): string {
  const some = (): string => sentences[Math.floor(random() * sentences.length)]!;
  const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Page ${page}: ${some().slice(0, 40)}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body class="page">
<!-- A page of a site that a program made. -->
<h1>Page ${page}</h1>
`;
  const foot = '</body>\n</html>\n';
  const room = (PAGE_BYTES - head.length - foot.length) / links.length;
  const paragraphs = links.map((link, index) => paragraph(page, link, index, room, some));
  return `${head}${paragraphs.join('')}${foot}`;
}

function paragraph(page: number, link: number, index: number, room: number, some: () => string): string {
  // Half of the links are relative, as a site that people wrote has both.
  const href = index % 2 === 0 || page === 0 || link === 0 ? pathOf(link) : `..${pathOf(link).slice('/p'.length)}`;
  const open = `<p class="text" id="p${index}">`;
  const anchor = `<a href="${href}" class="link" title="Page ${link}">page ${link}</a>`;
  let text = '';
  while (open.length + anchor.length + text.length + 100 < room) text += `${some()} `;
  return `${open}${text}${anchor}, ${some()}</p>\n`;
}

function sentence(random: Random): string {
  const words = Array.from({ length: 8 }, () => WORDS[Math.floor(random() * WORDS.length)]!.replace('&', '&amp;'));
  return `${words.join(' ')}.`;
}
