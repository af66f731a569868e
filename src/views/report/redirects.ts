// Follows redirects to redirects. Each hop is a row; this joins the hops. It holds only ids, in two maps, so a site
// that redirects everywhere is no problem. Each redirect is followed once, whatever chains a server may invent.

import type { RowReader } from '../../base/contracts.ts';
import { CHAIN_URLS_LISTED_MAX, CHAINS_LISTED_MAX } from '../../base/limits.ts';

export interface RedirectChains {
  /** How many URLs redirect. */
  readonly total: number;
  /**
   * How many chains have two hops or more. A chain begins at a redirect that no other redirect leads to, and ends at a
   * URL that does not redirect or where it comes back to itself.
   */
  readonly chainCount: number;
  /** The longest first; at most a thousand. */
  readonly chains: readonly RedirectChain[];
  /** How many loops there are. A redirect that only leads into a loop is a chain. */
  readonly loopCount: number;
  /** How many URLs are part of a loop. */
  readonly inLoops: number;
  /** The first thousand loops. Each ends with the URL that it begins with. */
  readonly loops: readonly RedirectChain[];
}

export interface RedirectChain {
  readonly hops: number;
  /** The URLs in order, with the fragments of the redirects; of more than twenty the first nineteen and the last. */
  readonly urls: readonly string[];
}

/** The id of a row and of the row that its redirect leads to. */
export type RedirectStep = readonly [from: number, to: number];

export interface Redirects {
  /** In order of id. */
  steps(): Iterable<RedirectStep>;
  /** The row at which the redirects of a row end; null if they lead into a loop. */
  endOf(id: number): number | null;
  /** Whether this row represents its loop: it is the first one that was reached. */
  isLoopHead(id: number): boolean;
  chains(rowsOf: RowReader['of']): Promise<RedirectChains>;
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
    async chains(rowsOf) {
      const starts = startsOf(next, hops);
      const longest = starts.toSorted((a, b) => hops.get(b)! - hops.get(a)! || a - b);
      const chainsFrom = async (ids: readonly number[]): Promise<RedirectChain[]> => {
        const chains: RedirectChain[] = [];
        for (const id of ids.slice(0, CHAINS_LISTED_MAX)) {
          const listed = listedIds(next, id, hops.get(id)!, Math.abs(ends.get(id)!));
          const rows = new Map((await rowsOf(listed)).map((row) => [row.id, row]));
          const urls = listed.map((to, at) => {
            const from = at === 0 ? 0 : listed[at - 1]!;
            return (rows.get(to)?.url ?? '') + ((next.get(from) === to && rows.get(from)?.redirectFragment) || '');
          });
          chains.push({ hops: hops.get(id)!, urls });
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
  /**
   * The row at which each redirect ends. In or before a loop it is the first row that comes again, as a negative
   * number.
   */
  readonly ends: ReadonlyMap<number, number>;
  /** The number of hops to that row. */
  readonly hops: ReadonlyMap<number, number>;
  /** One row of each loop: the first one that was reached. */
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
    // A row of the current path has no hops yet, so the path comes back to itself here.
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
