// The run: case after case of a target, each made from the seed and its own number, until two readings of one differ.

import { type Random, seededRandom } from '../helpers/random.ts';
import { shrunk } from './shrink.ts';

export interface Case<How> {
  readonly input: string;
  readonly how: How;
}

/** Two programs that should read the same out of the same case. */
export interface Target<How> {
  readonly make: (random: Random) => Case<How>;
  /** Null where both agree. */
  readonly check: (made: Case<How>) => Difference | null | Promise<Difference | null>;
}

export interface Difference {
  readonly want: readonly string[];
  readonly got: readonly string[];
  /** Why this difference is allowed; null where it is not. */
  readonly because: string | null;
}

/** What two readings say, line by line, where it is not the same. */
export function difference(want: readonly string[], got: readonly string[]): Difference | null {
  const isSame = want.length === got.length && want.every((line, at) => line === got[at]);
  return isSame ? null : { want, got, because: null };
}

export interface Failure extends Difference {
  /** The number of the case in its run. */
  readonly at: number;
  readonly made: Case<unknown>;
}

export interface FuzzResult {
  /** How often each allowed difference came. */
  readonly allowed: ReadonlyMap<string, number>;
  /** The first difference that is not allowed. */
  readonly failure: Failure | null;
}

export interface FuzzOptions {
  readonly cases: number;
  readonly seed: number;
  /** Makes the failing case small. */
  readonly shrinks?: boolean;
}

export async function fuzz<How>(
  target: Target<How>,
  { cases, seed, shrinks = true }: FuzzOptions,
): Promise<FuzzResult> {
  const allowed = new Map<string, number>();
  for (let at = 0; at < cases; at += 1) {
    const made = target.make(seededRandom(caseSeed(seed, at)));
    const difference = await checked(target, made);
    if (difference === null) continue;
    const { because } = difference;
    if (because === null)
      return { allowed, failure: shrinks ? await smallest(target, made, at) : { ...difference, at, made } };
    allowed.set(because, (allowed.get(because) ?? 0) + 1);
  }
  return { allowed, failure: null };
}

/** No input may make a reader throw. */
async function checked<How>(target: Target<How>, made: Case<How>): Promise<Difference | null> {
  try {
    return await target.check(made);
  } catch (error) {
    return { want: ['no error'], got: [String(error)], because: null };
  }
}

/** What a person needs to see the failure again. */
export function told(failure: Failure, { seed }: FuzzOptions): string {
  const { at, made, want, got } = failure;
  const lines = (reading: readonly string[]): string => reading.map((line) => `\n    ${line}`).join('');
  return `case ${at} of seed ${seed}, ${JSON.stringify(made.how)}, shrunk:
  ${JSON.stringify(made.input)}
  should be read as${lines(want)}
  and is read as${lines(got)}`;
}

/** Neighbours in number are no neighbours in chance. */
function caseSeed(seed: number, at: number): number {
  return (Math.imul(seed, 0x85eb_ca6b) ^ Math.imul(at + 1, 0x9e37_79b1)) >>> 0;
}

async function smallest<How>(target: Target<How>, { input, how }: Case<How>, at: number): Promise<Failure> {
  const differenceOf = async (text: string): Promise<Difference | null> => {
    const difference = await checked(target, { input: text, how });
    return difference?.because === null ? difference : null;
  };
  const small = await shrunk(input, async (text) => (await differenceOf(text)) !== null);
  return { ...(await differenceOf(small))!, at, made: { input: small, how } };
}
