// Writes sitemaps by host, because a sitemap may list only pages of its own host (sitemaps.org, "Sitemap file
// location"). It owns what is not written yet and the state of each host's file, and keeps nothing else of a host.

import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXPORT_PENDING_LENGTH_MAX, SITEMAP_BYTES_MAX, SITEMAP_ENTRIES_MAX } from '../../base/limits.ts';
import { hostOf } from '../../url/host.ts';
import type { SitemapEntry } from './entry.ts';

export interface SitemapFiles {
  /** Call it only after the call before has resolved. */
  add(entry: SitemapEntry): Promise<void>;
  end(): Promise<void>;
}

export interface SitemapLimits {
  readonly entries: number;
  readonly bytes: number;
}

interface HostFiles {
  /** scheme://host[:port] */
  readonly host: string;
  readonly folder: string;
  /** The number of the file that is being written, from 1. */
  number: number;
  entries: number;
  bytes: number;
  /** The text that waits for that file. */
  pending: string;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"';
const HEAD = `${DECLARATION}<urlset ${NAMESPACE}>\n`;
const END = '</urlset>\n';
const ALLOWED: SitemapLimits = { entries: SITEMAP_ENTRIES_MAX, bytes: SITEMAP_BYTES_MAX };
const NAME_LENGTH_MAX = 200;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * Writes `sitemap.xml` of the first host into `folder`, and of each other host into a folder of its own. If a host has
 * more than a file may hold, its files are `sitemap-1.xml` and so on, and `sitemap.xml` is their index.
 */
export function createSitemapFiles(folder: string, limits: SitemapLimits = ALLOWED): SitemapFiles {
  const hosts = new Map<string, HostFiles>();
  const names = new Set<string>();
  let pending = 0;

  const filesOf = async (host: string): Promise<HostFiles> => {
    const known = hosts.get(host);
    if (known !== undefined) return known;
    const own = hosts.size === 0 ? folder : join(folder, uniqueName(host, names));
    if (own !== folder) await mkdir(own);
    const files = { host, folder: own, number: 1, entries: 0, bytes: 0, pending: '' };
    hosts.set(host, files);
    return files;
  };

  const flush = async (): Promise<void> => {
    for (const files of hosts.values()) await write(files);
    pending = 0;
  };

  return {
    async add(entry) {
      const text = entryText(entry);
      const bytes = Buffer.byteLength(text);
      const files = await filesOf(hostOf(entry.url));
      if (files.entries >= limits.entries || files.bytes + bytes + END.length > limits.bytes) await close(files);
      if (files.entries === 0) begin(files);
      files.pending += text;
      files.entries += 1;
      files.bytes += bytes;
      pending += text.length;
      if (pending >= EXPORT_PENDING_LENGTH_MAX) await flush();
    },
    async end() {
      for (const files of hosts.values()) await finish(files);
      if (hosts.size === 0) await writeFile(join(folder, 'sitemap.xml'), HEAD + END);
    },
  };
}

function begin(files: HostFiles): void {
  files.pending += HEAD;
  files.bytes = HEAD.length;
}

async function write(files: HostFiles): Promise<void> {
  if (files.pending === '') return;
  await appendFile(join(files.folder, nameOf(files.number)), files.pending);
  files.pending = '';
}

/** Ends the file; the next entry begins another one. */
async function close(files: HostFiles): Promise<void> {
  files.pending += END;
  await write(files);
  files.number += 1;
  files.entries = 0;
}

async function finish(files: HostFiles): Promise<void> {
  const { host, folder, number } = files;
  await close(files);
  if (number === 1) return rename(join(folder, nameOf(1)), join(folder, 'sitemap.xml'));
  const numbers = Array.from({ length: number }, (_, index) => index + 1);
  const children = numbers.map((each) => `<sitemap><loc>${escapeXml(`${host}/${nameOf(each)}`)}</loc></sitemap>\n`);
  const index = `${DECLARATION}<sitemapindex ${NAMESPACE}>\n${children.join('')}</sitemapindex>\n`;
  await writeFile(join(folder, 'sitemap.xml'), index);
}

function nameOf(number: number): string {
  return `sitemap-${number}.xml`;
}

function entryText({ url, lastmod }: SitemapEntry): string {
  const changed = lastmod === null ? '' : `<lastmod>${escapeXml(lastmod)}</lastmod>`;
  return `<url><loc>${escapeXml(url)}</loc>${changed}</url>\n`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ESCAPES[char]!);
}

/** A unique folder name from scheme and host: `https_example.com_8443`. */
function uniqueName(host: string, names: Set<string>): string {
  const plain = host
    .replace('://', '_')
    .replace(/[^a-z0-9.-]/g, '_')
    .slice(0, NAME_LENGTH_MAX)
    // Windows drops dots at the end of a name.
    .replace(/\.+$/, (end) => '_'.repeat(end.length));
  let name = plain;
  for (let copy = 2; names.has(name); copy += 1) name = `${plain}-${copy}`;
  names.add(name);
  return name;
}
