// A small seeded generator (mulberry32): a failing run can be repeated with the seed that it printed.

import { crc32 } from 'node:zlib';

export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function chance(random: Random, share: number): boolean {
  return random() < share;
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

/**
 * The seed of this run, which is always printed; `GOSSAMER_SEED` sets it. Under the test runner it is the same each
 * time, because that run decides what lands. The long commands (fuzz, crash, simulate) use another one each time.
 */
export function runSeed(name: string): number {
  const given = process.env['GOSSAMER_SEED'];
  const isTest = process.env['NODE_TEST_CONTEXT'] !== undefined;
  const seed = given === undefined ? (isTest ? crc32(name) : (process.pid * 2654435761) >>> 0) : Number(given);
  console.log(`${name}: seed ${seed} (GOSSAMER_SEED=${seed} repeats it)`);
  return seed;
}
