// What the pages of traps are made of, and the real pages beside them.

import { pick, type Random, seededRandom } from '../helpers/random.ts';

export const REAL_PAGES = 60;
export const WORDS =
  'amber basil cedar delta ember fable grove haven ivory jasper kelp lilac maple north ocean pearl quartz river stone thyme umber violet willow yarrow zephyr'.split(
    ' ',
  );
export const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** A path without its query, in segments. */
export interface Place {
  readonly path: string;
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** Of the path. */
  readonly random: Random;
}

export type Trap = (place: Place, tools: Tools) => string | null;

export interface Tools {
  /** Not of the path: new at each call. */
  readonly token: (length: number) => string;
}

export function realPath(number: number): string {
  return number === 0 ? '/' : `/real/page-${number}.html`;
}

export function numberOf({ path }: Place): number | null {
  if (path === '/') return 0;
  const digits = /^\/real\/page-(\d+)\.html$/.exec(path)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Links of a page to the next ones, and to what `as` makes of them. */
export function realPage(number: number, more: string, seed: number, as = (path: string): string => path): string {
  const random = seededRandom(seed + number);
  const children = [2 * number + 1, 2 * number + 2].filter((child) => child < REAL_PAGES);
  const links = children
    .map((child) => `<a href="${as(realPath(child))}">${pick(random, WORDS)} ${child}</a>`)
    .join(' ');
  return `<title>Page ${number}</title><h1>${sentence(random, 3)}</h1><p>${sentence(random, 40)} ${random()}</p>${links} ${more}`;
}

export function sentence(random: Random, words: number): string {
  return Array.from({ length: words }, () => pick(random, WORDS)).join(' ');
}

export const link = (href: string, text = href): string => `<a href="${href}">${text}</a>`;
export const plainPage = (title: string, ...links: string[]): string =>
  `<title>${title}</title><nav><a href="/">Home</a></nav><h1>${title}</h1><p>There is nothing here.</p>${links.join(' ')}`;

export function monthAt(month: number): { year: number; name: string; at: string } {
  const year = Math.floor(month / 12);
  const number = (((month % 12) + 12) % 12) + 1;
  return { year, name: MONTHS[number - 1]!, at: `${year}/${String(number).padStart(2, '0')}` };
}

export function grid(): string {
  return Array.from({ length: 30 }, (_, day) => `<td>${day + 1}</td>`).join('');
}

export const FACETS = ['colour', 'size', 'brand', 'kind', 'price', 'sort'];

export interface TrapKind {
  /** What leads into it. */
  readonly entry: string;
  readonly trap: Trap;
  /** The real page that a path stands for. */
  readonly real?: (path: string) => string;
}

export const withoutQuery = (path: string): string => path.replace(/\?.*/, '');
