// The site that is crawled: made from a seed, so that what must be found is known before anybody asks. Of each kind of
// thing that is written in a way of its own it has some: links, redirects, missing pages, equal payloads, long bodies,
// coded bodies, requisites.

import { gzipSync } from 'node:zlib';
import { type Random, seededRandom } from '../helpers/random.ts';

export interface Page {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As it is sent. */
  readonly body: Buffer;
  /** Where a crawl learns of it. */
  readonly foundBy: 'link' | 'requisite' | 'sitemap';
}

export interface Pages {
  /** By path. */
  readonly all: ReadonlyMap<string, Page>;
  readonly robots: string;
  /** Paths that robots.txt forbids; pages link to them. */
  readonly forbidden: readonly string[];
}

/** Of each kind; html pages are as many as asked for. */
const FEW = { gone: 4, moved: 5, equal: 6, long: 4, coded: 4, images: 6, listed: 5, forbidden: 3 };
const OTHER_HOST = 'http://elsewhere.invalid/';
/** Longer than what a crawl with small limits (crawl-process.ts) holds in memory. */
const LONG_BYTES = 40_000;

export function makePages(seed: number, count: number): Pages {
  const random = seededRandom(seed);
  const all = new Map<string, Page>();
  const put = (path: string, page: Partial<Page>): void => {
    all.set(path, { status: 200, type: 'text/html', headers: {}, body: Buffer.alloc(0), foundBy: 'link', ...page });
  };
  const range = (length: number): number[] => Array.from({ length }, (_, at) => at);
  const html = range(count).map((page) => (page === 0 ? '/' : `/p/${page}.html`));
  const forbidden = range(FEW.forbidden).map((at) => `/private/${at}`);

  const equal = Buffer.from(`<title>the same</title>${noise(random, 3_000).toString('hex')}`);
  for (const at of range(FEW.equal)) put(`/equal/${at}`, { body: equal });
  for (const at of range(FEW.gone)) put(`/gone/${at}`, { status: 404, body: Buffer.from(`nothing at ${at}`) });
  for (const at of range(FEW.long)) {
    const body = noise(random, LONG_BYTES + Math.floor(random() * LONG_BYTES));
    put(`/long/${at}.bin`, { type: 'application/octet-stream', body });
  }
  for (const at of range(FEW.coded)) {
    const text = `<title>coded ${at}</title>${'word '.repeat(50 + Math.floor(random() * 2_000))}`;
    put(`/coded/${at}`, { headers: { 'content-encoding': 'gzip' }, body: gzipSync(text) });
  }
  for (const at of range(FEW.images)) {
    put(`/image/${at}.png`, { type: 'image/png', body: noise(random, 200 + at * 900), foundBy: 'requisite' });
  }
  for (const at of range(FEW.listed)) {
    put(`/listed/${at}`, { body: Buffer.from(`<title>listed ${at}</title>`), foundBy: 'sitemap' });
  }
  for (const at of range(FEW.moved)) {
    const location = html[1 + Math.floor(random() * (count - 1))]!;
    put(`/moved/${at}`, { status: 302, headers: { location }, body: Buffer.from('moved') });
  }

  const links = html.map((): string[] => []);
  // A tree reaches every page; all else is linked from anywhere.
  for (const page of range(count).slice(1))
    links[Math.floor(random() * Math.min(page, 8 + page / 2))]!.push(html[page]!);
  const others = [...all].filter(([, { foundBy }]) => foundBy === 'link').map(([path]) => path);
  for (const path of [...others, ...forbidden]) links[Math.floor(random() * count)]!.push(path);
  links.forEach((own, page) => {
    for (let more = 0; more < 4; more += 1) own.push(html[Math.floor(random() * count)]!);
    if (page % 16 === 0) own.push(`${OTHER_HOST}${page}`);
    put(html[page]!, { body: htmlBody(random, page, own) });
  });
  return { all, robots: `User-agent: *\nDisallow: /private/\nSitemap: ROOT/sitemap.xml\n`, forbidden };
}

export function sitemapOf({ all }: Pages, root: string): string {
  const listed = [...all].filter(([, { foundBy }]) => foundBy === 'sitemap');
  const entries = listed.map(([path]) => `<url><loc>${root}${path}</loc></url>`).join('');
  return `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries}</urlset>`;
}

function htmlBody(random: Random, page: number, links: readonly string[]): Buffer {
  const anchors = links.map((link) => `<p><a href="${link}">${link}</a>`).join('\n');
  const image = `<img src="/image/${page % FEW.images}.png">`;
  const filling = noise(random, 100 + Math.floor(random() * 3_000)).toString('base64');
  return Buffer.from(`<!doctype html><title>Page ${page}</title>${image}${anchors}<p>${filling}`);
}

function noise(random: Random, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE(Math.floor(random() * 2 ** 32), at);
  return bytes;
}
