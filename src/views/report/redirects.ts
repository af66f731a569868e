// Redirects that lead to redirects: each hop is a row of its own, here they are put together. Only ids are held, two
// maps of them, so that a site that redirects everywhere is no trouble; each redirect is walked over once, whatever
// chains a server may have made up.

import type { LinkReader } from '../../base/contracts.ts';
import { CHAIN_URLS_LISTED_MAX, CHAINS_LISTED_MAX } from '../../base/limits.ts';

export interface RedirectChains {
  /** URLs that redirect. */
  readonly total: number;
  /**
   * Chains of two hops or more: each begins where no redirect leads, and ends where none goes on or where it comes back
   * to itself.
   */
  readonly chainCount: number;
  /** The longest first; of very many the first thousand. */
  readonly chains: readonly RedirectChain[];
  /** Circles, each once; what only leads into one is a chain. */
  readonly loopCount: number;
  /** URLs that are part of one. */
  readonly inLoops: number;
  /** The first thousand; each ends with the URL that it begins with. */
  readonly loops: readonly RedirectChain[];
}

export interface RedirectChain {
  readonly hops: number;
  /** The URLs in order; of more than twenty the first nineteen and the last. */
  readonly urls: readonly string[];
}

/** The id of a row and of the row that its redirect leads to. */
export type RedirectStep = readonly [from: number, to: number];

export interface Redirects {
  /** In order of id. */
  steps(): Iterable<RedirectStep>;
  /** Where the redirects of a row end; null where they go round in a circle. */
  endOf(id: number): number | null;
  /** It stands for its circle: the first that was come to. */
  isLoopHead(id: number): boolean;
  chains(urls: LinkReader['urls']): Promise<RedirectChains>;
}

export function redirectsOf(steps: Iterable<RedirectStep>): Redirects {
  const next = new Map<number, number>(steps);
  const { ends, hops, loops } = followed(next);
  const heads = new Set(loops);
  return {
    steps: () => next,
    endOf(id) {
      const end = ends.get(id) ?? id;
      return end < 0 ? null : end;
    },
    isLoopHead: (id) => heads.has(id),
    async chains(urls) {
      const starts = startsOf(next, hops);
      const longest = starts.toSorted((a, b) => hops.get(b)! - hops.get(a)! || a - b);
      const chainsFrom = async (ids: readonly number[]): Promise<RedirectChain[]> => {
        const chains: RedirectChain[] = [];
        for (const id of ids.slice(0, CHAINS_LISTED_MAX)) {
          const listed = listedIds(next, id, hops.get(id)!, Math.abs(ends.get(id)!));
          chains.push({ hops: hops.get(id)!, urls: await urls(listed) });
        }
        return chains;
      };
      return {
        total: next.size,
        chainCount: starts.length,
        chains: await chainsFrom(longest),
        loopCount: loops.length,
        inLoops: loops.reduce((sum, id) => sum + hops.get(id)!, 0),
        loops: await chainsFrom(loops),
      };
    },
  };
}

interface Followed {
  /** Where each redirect ends. In or before a circle it is the first row that comes again, as a negative number. */
  readonly ends: ReadonlyMap<number, number>;
  /** How far it is to there. */
  readonly hops: ReadonlyMap<number, number>;
  /** A row of each circle: the first that was come to. */
  readonly loops: readonly number[];
}

function followed(next: ReadonlyMap<number, number>): Followed {
  const ends = new Map<number, number>();
  const hops = new Map<number, number>();
  const loops: number[] = [];
  for (const from of next.keys()) {
    const path: number[] = [];
    let at = from;
    for (let to = next.get(at); to !== undefined && !ends.has(at); to = next.get(at)) {
      path.push(at);
      ends.set(at, -at);
      at = to;
    }
    // A row of this very path has no hops yet: here it comes back to itself.
    if (ends.has(at) && !hops.has(at)) {
      loops.push(at);
      const circle = path.splice(path.indexOf(at));
      for (const id of circle) hops.set(id, circle.length);
    }
    const end = ends.get(at) ?? at;
    let count = hops.get(at) ?? 0;
    for (const id of path.reverse()) {
      count += 1;
      ends.set(id, end);
      hops.set(id, count);
    }
  }
  return { ends, hops, loops };
}

function startsOf(next: ReadonlyMap<number, number>, hops: Followed['hops']): number[] {
  const targets = new Set(next.values());
  return [...next.keys()].filter((id) => hops.get(id)! > 1 && !targets.has(id));
}

function listedIds(next: ReadonlyMap<number, number>, start: number, hops: number, end: number): number[] {
  const ids = [start];
  while (ids.length < Math.min(hops, CHAIN_URLS_LISTED_MAX - 1)) ids.push(next.get(ids.at(-1)!)!);
  return [...ids, end];
}
