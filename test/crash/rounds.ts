// Which faults are tried, in which order, and with which seeds.

import { seededRandom } from '../helpers/random.ts';
import type { AnyFault } from './faults.ts';
import type { Table } from './table.ts';

export interface Wanted<F> {
  readonly fault: F;
  readonly seed: number;
}

/** Gives the next trial; null if there are no more. */
export type Trials<F> = (table: Table) => Wanted<F> | null;

/** Of some forty kinds. */
const SHORT_GROUPS = 24;
/** The long part is over when so many faults have counted. */
const LONG_FAULTS = 1_000;
/** A fault that does not count is given up after so many trials for each one that is wanted. */
const TRIALS_EACH_MAX = 3;

export function once<F>(faults: readonly F[], seed: number): Trials<F> {
  const left = faults.map((fault): Wanted<F> => ({ fault, seed }));
  return () => left.shift() ?? null;
}

/** Some kinds of faults, and of each kind one fault: the seed chooses both. */
export function shortTrials<F extends AnyFault>(faults: readonly F[], seed: number): Trials<F> {
  const random = seededRandom(seed);
  const short = faults.filter(({ isLong }) => isLong !== true);
  const groups = shuffled([...Map.groupBy(short, ({ group }) => group).values()], random);
  const left = groups.slice(0, SHORT_GROUPS).map((group, at): Wanted<F> => {
    return { fault: group[Math.floor(random() * group.length)]!, seed: seed + at + 1 };
  });
  return () => left.shift() ?? null;
}

/** Round after round of all faults: one at least, and until enough have counted. */
export function longTrials<F extends AnyFault>(faults: readonly F[], seed: number): Trials<F> {
  const random = seededRandom(seed);
  let round: F[] = [];
  let rounds = 0;
  let tried = 0;
  return (table) => {
    if (rounds > 0 && table.counted >= LONG_FAULTS && (rounds > 1 || round.length === 0)) return null;
    if (round.length === 0) {
      const all = faults.flatMap((fault) => Array.from({ length: fault.weight ?? 1 }, () => fault));
      round = shuffled(all, random);
      rounds += 1;
    }
    tried += 1;
    return { fault: round.shift()!, seed: seed + tried };
  };
}

/** Fault after fault, each until it was tried as often and has counted as often as it wants. */
export function untilEnough<F extends AnyFault>(faults: readonly F[], seed: number): Trials<F> {
  let tried = 0;
  let at = 0;
  let triedHere = 0;
  let countedBefore = 0;
  return (table) => {
    for (;;) {
      const fault = faults[at];
      if (fault === undefined) return null;
      const { atLeast = 1, trials = 1 } = fault;
      const isFew = table.counted - countedBefore < atLeast && triedHere < TRIALS_EACH_MAX * atLeast;
      if (isFew || triedHere < trials) {
        tried += 1;
        triedHere += 1;
        return { fault, seed: seed + tried };
      }
      at += 1;
      triedHere = 0;
      countedBefore = table.counted;
    }
  };
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((each) => ({ each, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ each }) => each);
}
