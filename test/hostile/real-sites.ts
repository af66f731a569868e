// Sites that only look like traps: all of their pages are real, and all must be had.

import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pick, type Random, seededRandom } from '../helpers/random.ts';
import type { Site } from './trap-walk.ts';

const ADJECTIVES = 'red blue small large plain soft light dark round tall'.split(' ');
const NOUNS = 'lamp chair table shelf rug mirror clock vase stool bench desk sofa'.split(' ');
const NAVIGATION = '<nav><a href="/">Home</a> <a href="/basket">Basket</a> <a href="/help">Help</a></nav>';
const FOOT =
  '<footer>Delivery in three days. All prices with tax. Contact us at any time, we are glad to help you.</footer>';

function page(title: string, body: string): string {
  return `<!doctype html><title>${title}</title>${NAVIGATION}<main><h1>${title}</h1>${body}</main>${FOOT}`;
}

const link = (href: string, text: string): string => `<a href="${href}">${text}</a>`;

export interface RealSite {
  readonly name: string;
  readonly site: Site;
  /** Paths that must be asked for; those that a walk without rules finds, where `isKnown` is false. */
  readonly paths: () => readonly string[];
  readonly isKnown: boolean;
}

/** Products under one template, which differ in name and price only; lists lead to them, and each to some others. */
export function shop(
  products: number,
  related: number,
  path = (product: number): string => `/product/${product}`,
): RealSite {
  const pages = Math.ceil(products / 24);
  const numbers = new Map(Array.from({ length: products }, (_, product) => [path(product), product]));
  const site: Site = (address) => {
    const { pathname, searchParams } = new URL(address, 'http://site.example');
    const product = numbers.get(address);
    if (product !== undefined) return productPage(product, products, related, path);
    if (address === '/') return page('Shop', link('/all?page=1', 'all'));
    if (pathname !== '/all') return page(pathname, '<p>Soon.</p>');
    const at = Number(searchParams.get('page'));
    const listed = Array.from({ length: 24 }, (_, each) => (at - 1) * 24 + each).filter((each) => each < products);
    const links = listed.map((each) => link(path(each), nameOf(each)));
    return page('All products', `${links.join(' ')} ${at < pages ? link(`/all?page=${at + 1}`, 'next') : ''}`);
  };
  return {
    name: `a shop of ${products} products, ${related} others on each`,
    site,
    paths: () => [...numbers.keys()],
    isKnown: true,
  };
}

/** The same without lists: each leads to those that come after it. */
export function shopInARow(products: number, others: number): RealSite {
  const site: Site = (address) => {
    const number = address === '/' ? 0 : Number(address.slice('/product/'.length));
    const random = seededRandom(number + 7);
    const next = Array.from({ length: others }, (_, at) => number + at + 1).filter((each) => each < products);
    const links = next.map((each) => link(`/product/${each}`, 'next'));
    return page(nameOf(number), `<p>${(random() * 100).toFixed(2)}</p>${links.join(' ')}`);
  };
  const paths = (): string[] => Array.from({ length: products - 1 }, (_, at) => `/product/${at + 1}`);
  return { name: `a shop of ${products} products, each with the next ${others}`, site, paths, isKnown: true };
}

function nameOf(product: number): string {
  const random = seededRandom(product);
  return `${pick(random, ADJECTIVES)} ${pick(random, ADJECTIVES)} ${pick(random, NOUNS)}`;
}

function productPage(product: number, products: number, related: number, path: (product: number) => string): string {
  const random = seededRandom(product + 7);
  const others = Array.from({ length: related }, () => Math.floor(random() * products));
  const links = others.map((other) => link(path(other), nameOf(other)));
  return page(
    nameOf(product),
    `<p>${5 + Math.floor(random() * 200)}.${random() < 0.5 ? '99' : '49'}</p>${links.join(' ')}`,
  );
}

/** Lists of threads one behind the other; `perPage` 0: one thread, whose posts go on from page to page. */
export function forum(pages: number, perPage: number): RealSite {
  const site: Site = (address) => {
    const { pathname, searchParams } = new URL(address, 'http://site.example');
    if (address === '/') return page('Forum', link('/forum?page=1', 'threads'));
    if (pathname.startsWith('/thread/')) return page(`Thread ${pathname.slice(8)}`, '<p>First post</p>');
    if (pathname !== '/forum') return page(pathname, '<p>Soon.</p>');
    const at = Number(searchParams.get('page'));
    const random = seededRandom(at);
    const threads = Array.from({ length: perPage }, (_, each) => link(`/thread/${at * perPage + each}`, 'Thread'));
    const posts = Array.from(
      { length: 10 },
      (_, each) => `<p>Post ${at * 10 + each}: ${nameOf(Math.floor(random() * 1e9))}</p>`,
    );
    const body = perPage > 0 ? threads.join(' ') : posts.join('');
    return page(`Page ${at}`, `${body} ${at < pages ? link(`/forum?page=${at + 1}`, 'next') : ''}`);
  };
  const paths = (): string[] => Array.from({ length: pages }, (_, at) => `/forum?page=${at + 1}`);
  return { name: `a forum of ${pages} pages, ${perPage} threads on each`, site, paths, isKnown: true };
}

/** Months of years, newest first, with posts; `posts` 0: months with nothing in them. */
export function blog(years: number, posts: number): RealSite {
  const months = Array.from(
    { length: years * 12 },
    (_, at) => `/${2026 - Math.floor(at / 12)}/${String(12 - (at % 12)).padStart(2, '0')}`,
  );
  const site: Site = (address) => {
    if (address === '/') return page('Blog', link(`${months[0]}/`, 'newest'));
    const at = months.indexOf(address.slice(0, 8));
    if (at < 0) return page(address, '<p>Soon.</p>');
    if (address.length > 9) return page(address.slice(9), '<p>Some words on the day.</p>');
    const links = Array.from({ length: posts }, (_, post) => link(`${months[at]}/post-${post}`, 'Post'));
    return page('Archive', `${links.join(' ')} ${at + 1 < months.length ? link(`${months[at + 1]}/`, 'older') : ''}`);
  };
  const paths = (): string[] =>
    months.flatMap((month) => [`${month}/`, ...Array.from({ length: posts }, (_, post) => `${month}/post-${post}`)]);
  return { name: `a blog of ${years} years, ${posts} posts a month`, site, paths, isKnown: true };
}

/** Pages that are numbered and say little, as makers of test sites write them: each leads to `children` others. */
export function numberedTree(pages: number, children: number): RealSite {
  const site: Site = (address) => {
    const number = address === '/' ? 0 : Number(address.slice(3));
    const links = Array.from({ length: children }, (_, child) => number * children + child + 1).filter(
      (child) => child < pages,
    );
    return page(`Page ${number}`, links.map((child) => link(`/p/${child}`, `${child}`)).join(' '));
  };
  const paths = (): string[] => Array.from({ length: pages - 1 }, (_, at) => `/p/${at + 1}`);
  return { name: `a tree of ${pages} numbered pages, ${children} below each`, site, paths, isKnown: true };
}

/** Pages that link to any others, as those of a wiki do. */
export function wiki(pages: number, links: number, seed: number): RealSite {
  const random = seededRandom(seed);
  const unique = new Set<string>();
  while (unique.size < pages) {
    const third = unique.size % 7 === 0 ? '' : `_${wordOf(random)}`;
    unique.add(`/wiki/${wordOf(random)}_${wordOf(random)}${third}`);
  }
  const names = [...unique];
  const numbers = new Map(names.map((name, at) => [name, at]));
  const site: Site = (address) => {
    const number = address === '/' ? 0 : numbers.get(address);
    if (number === undefined) return page(address, '<p>Soon.</p>');
    const here = seededRandom(seed + number);
    const others = [
      2 * number + 1,
      2 * number + 2,
      ...Array.from({ length: links }, () => Math.floor(here() * pages)),
    ].filter((each) => each < pages);
    const text = Array.from({ length: 40 }, () => wordOf(here)).join(' ');
    return page(
      names[number]!,
      `<p>${text}</p>${others.map((other) => link(names[other]!, names[other]!.slice(6))).join(' ')}`,
    );
  };
  return {
    name: `a wiki of ${pages} pages`,
    site,
    paths: () => [...numbers.keys()].filter((name) => numbers.get(name) !== 0),
    isKnown: true,
  };
}

function wordOf(random: Random): string {
  return `${pick(random, NOUNS).slice(0, 3)}${pick(random, ADJECTIVES)}${pick(random, NOUNS).slice(-2)}`;
}

/** A folder of HTML on this machine; null where it is not there. */
export function documentation(
  name: string,
  folder: string,
  entries: readonly string[] = ['index.html'],
): RealSite | null {
  if (!existsSync(folder)) return null;
  const site: Site = (address) => {
    const path = decodeURI(address.replace(/[?].*/, ''));
    if (path === '/') return page(name, entries.map((entry) => link(`/${entry}`, entry)).join(' '));
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    const isPage = file.endsWith('.html') && existsSync(file) && statSync(file).isFile();
    return isPage ? readFileSync(file) : null;
  };
  // What no link leads to is for the same walk without traps to say.
  return {
    name: `the documentation of ${name}, ${globSync('**/*.html', { cwd: folder }).length} files`,
    site,
    paths: () => [],
    isKnown: false,
  };
}
