// A site of several hosts, made from a seed: each has pages of its own (pages.ts), and on each there are pages that
// only pages of other hosts lead to. A crawl that loses one link between two hosts misses what lies behind it.

import { type Random, seededRandom } from '../helpers/random.ts';
import { makePages, type Page, type Pages } from './pages.ts';

/** The pages of each host, by its root without a slash at the end. */
export type Web = ReadonlyMap<string, Pages>;

/** How many chains of such pages there are; each leads through all hosts in turn. */
const CHAINS = 3;

export function hostAddress(host: number): string {
  return `127.0.0.${host + 1}`;
}

export function makeWeb(seed: number, hosts: number, pagesEach: number, port: number): Web {
  const roots = Array.from({ length: hosts }, (_, host) => `http://${hostAddress(host)}:${port}`);
  const all = roots.map((_, host) => makePages(seed + host, pagesEach));
  const pages = all.map((each) => new Map(each.all));
  if (hosts > 1) {
    const random = seededRandom(seed);
    for (let chain = 0; chain < CHAINS; chain += 1) addChain(random, chain, roots, pages);
  }
  return new Map(roots.map((root, host) => [root, { ...all[host]!, all: pages[host]! }]));
}

/** Every third host has the robots.txt of the one before it: its own redirects there. Null if it has its own. */
export function lenderOf(root: string, web: Web): string | null {
  const roots = [...web.keys()];
  const host = roots.indexOf(root);
  return host % 3 === 1 ? roots[host - 1]! : null;
}

/** A page of the first host leads to the first link of the chain, and each of them to the next one on another host. */
function addChain(random: Random, chain: number, roots: readonly string[], pages: Map<string, Page>[]): void {
  const order = roots
    .map((_, host) => ({ host, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ host }) => host);
  const path = `/far/${chain}`;
  for (const [at, host] of order.entries()) {
    const next = order[at + 1];
    const link = next === undefined ? '' : anchorOf(`${roots[next]}${path}`);
    const body = Buffer.from(`<!doctype html><title>Far ${chain} of ${host}</title>${anchorOf('/')}${link}`);
    pages[host]!.set(path, { status: 200, type: 'text/html', headers: {}, body, foundBy: 'link' });
  }
  const first = pages[order.at(-1)!]!;
  const start = first.get('/')!;
  const body = Buffer.concat([start.body, Buffer.from(anchorOf(`${roots[order[0]!]}${path}`))]);
  first.set('/', { ...start, body });
}

function anchorOf(link: string): string {
  return `<p><a href="${link}">${link}</a>`;
}
