// Whole lives of jobs in simulated worlds, one after the other, each made from the seed and its own number: the first
// that breaks a rule, does not end, or has not what it should have, is told with the number that repeats it.

import { type CrawlResult, crawlWorld } from './job-life.ts';
import { differences, setBroken } from './oracle.ts';
import { brokenRules } from './rules.ts';
import { makeWorld, undisturbed, type World } from './world.ts';

export interface Simulated {
  readonly worlds: number;
  /** Runs of jobs, and those of them that were killed. */
  readonly runs: number;
  readonly kills: number;
  readonly requests: number;
  /** Worlds by how their last run was stopped; `end` where it came to its end. */
  readonly endings: ReadonlyMap<string, number>;
  readonly failure: Failure | null;
}

export interface Failure {
  readonly seed: number;
  readonly broken: readonly string[];
}

/** The worlds `first`, `first + by`, and so on; `goesOn` is asked before each, with its number. */
export async function simulate(
  seed: number,
  goesOn: (world: number) => boolean,
  first = 0,
  by = 1,
): Promise<Simulated> {
  const endings = new Map<string, number>();
  const count = { worlds: 0, runs: 0, kills: 0, requests: 0 };
  for (let at = first; goesOn(at); at += by) {
    const world = makeWorld(worldSeed(seed, at));
    const { broken, results } = await tryWorld(world);
    if (broken.length > 0) return { ...count, endings, failure: { seed: world.seed, broken } };
    count.worlds += 1;
    for (const { runs, web } of results) {
      count.runs += runs.length;
      count.kills += runs.filter(({ end }) => end === 'killed').length;
      count.requests += web.log.length;
    }
    const ending = results[0]!.stoppedBy ?? 'end';
    endings.set(ending, (endings.get(ending) ?? 0) + 1);
  }
  return { ...count, endings, failure: null };
}

/**
 * Where the fate of each URL is known beforehand the same web is crawled once more, in peace and with other latencies.
 */
async function tryWorld(
  world: World,
): Promise<{ readonly broken: readonly string[]; readonly results: readonly CrawlResult[] }> {
  const results: CrawlResult[] = [];
  try {
    for (const each of world.isExact ? [world, undisturbed(world)] : [world]) {
      const result = await crawlWorld(each);
      results.push(result);
      const broken = [...brokenRules(each, result), ...setBroken(each, result)];
      if (broken.length > 0) return { broken, results };
    }
    const [one, other] = results;
    return { broken: other === undefined ? [] : differences(world, one!, other), results };
  } catch (error) {
    return { broken: [String(error)], results };
  }
}

/** Neighbours in number are no neighbours in chance. */
function worldSeed(seed: number, world: number): number {
  return world === 0 ? seed : (Math.imul(seed, 0x85eb_ca6b) ^ Math.imul(world, 0x9e37_79b1)) >>> 0;
}
