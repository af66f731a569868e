// Whole crawls of simulated worlds, one after the other, each made from the seed and its own number: the first that breaks a rule,
// or does not end, is told with the number that repeats it.

import { brokenRules } from './rules.ts';
import { crawlWorld } from './whole-crawl.ts';
import { makeWorld, type World } from './world.ts';

export interface Simulated {
  readonly runs: number;
  readonly requests: number;
  /** Runs by how they were stopped; `end` where they came to their end. */
  readonly endings: ReadonlyMap<string, number>;
  readonly failure: { readonly seed: number; readonly broken: readonly string[] } | null;
}

/** `goesOn` is asked before each run, with how many there were. */
export async function simulate(seed: number, goesOn: (runs: number) => boolean): Promise<Simulated> {
  const endings = new Map<string, number>();
  let runs = 0;
  let requests = 0;
  for (; goesOn(runs); runs += 1) {
    const world = makeWorld(worldSeed(seed, runs));
    const run = await runOf(world);
    if (run.broken.length > 0) return { runs, requests, endings, failure: { seed: world.seed, broken: run.broken } };
    requests += run.requests;
    endings.set(run.ending, (endings.get(run.ending) ?? 0) + 1);
  }
  return { runs, requests, endings, failure: null };
}

export async function runOf(
  world: World,
): Promise<{ readonly broken: string[]; readonly requests: number; readonly ending: string }> {
  try {
    const result = await crawlWorld(world);
    const broken = brokenRules(world, result);
    await result.store.frontier.close();
    return { broken, requests: result.web.log.length, ending: result.stoppedBy ?? 'end' };
  } catch (error) {
    return { broken: [String(error)], requests: 0, ending: 'error' };
  }
}

/** Neighbours in number are no neighbours in chance. */
function worldSeed(seed: number, run: number): number {
  return run === 0 ? seed : (Math.imul(seed, 0x85eb_ca6b) ^ Math.imul(run, 0x9e37_79b1)) >>> 0;
}
