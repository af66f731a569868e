// Redirects that lead to redirects: each hop is a row of its own, here they are put together.

import { CHAINS_LISTED_MAX, REFERRERS_SHOWN_MAX } from '../base/limits.ts';

export interface RedirectChains {
  /** URLs that redirect. */
  readonly total: number;
  /** Chains of two hops or more, the longest first; each begins where no redirect leads, and ends where none goes on. */
  readonly chains: readonly (readonly string[])[];
  /** Chains that come back to themselves, each once. */
  readonly loops: readonly (readonly string[])[];
}

export interface RedirectStep {
  readonly url: string;
  readonly id: number;
  readonly to: string;
}

export function createRedirects() {
  const steps = new Map<string, RedirectStep>();

  /** From a URL to where its redirects end, or come back to. */
  const walk = (from: string): string[] => {
    const path = [from];
    const met = new Set(path);
    for (let step = steps.get(from); step !== undefined; step = steps.get(step.to)) {
      path.push(step.to);
      if (met.has(step.to) || path.length > REFERRERS_SHOWN_MAX) break;
      met.add(step.to);
    }
    return path;
  };

  return {
    add(url: string, id: number, to: string): void {
      steps.set(url, { url, id, to });
    },
    all: (): Iterable<RedirectStep> => steps.values(),
    /** Where the redirects of a URL end; null where they go round in a circle. */
    endOf(url: string): string | null {
      const end = walk(url).at(-1)!;
      return steps.has(end) ? null : end;
    },
    chains(): RedirectChains {
      const targets = new Set([...steps.values()].map(({ to }) => to));
      const starts = [...steps.keys()].filter((url) => !targets.has(url));
      const chains = starts.map(walk).filter(({ length }) => length > 2);
      const listed = chains.sort((a, b) => b.length - a.length).slice(0, CHAINS_LISTED_MAX);
      return { total: steps.size, chains: listed, loops: loopsOf(steps, walk) };
    },
  };
}

function loopsOf(steps: ReadonlyMap<string, RedirectStep>, walk: (from: string) => string[]): string[][] {
  const loops: string[][] = [];
  const known = new Set<string>();
  for (const url of steps.keys()) {
    if (known.has(url)) continue;
    const path = walk(url);
    for (const each of path) known.add(each);
    const back = path.indexOf(path.at(-1)!);
    if (back < path.length - 1 && loops.length < CHAINS_LISTED_MAX) loops.push(path.slice(back));
  }
  return loops;
}
