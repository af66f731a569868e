// The files and folders that an export has already created. It stores hashes, so that a million names fit into memory.
// It ignores case, as some file systems do.

import { randomInt } from 'node:crypto';
import { type HashSeed, hashText } from '../store/memory/hash.ts';
import { otherName } from './file-names.ts';
import { folded } from './folded-names.ts';

export interface TakenNames {
  /** The path of a new file from its wanted segments, folders first. */
  take(segments: readonly string[], url: string): string;
}

export function createTakenNames(): TakenNames {
  const files = new Set<number>();
  const folders = new Set<number>();
  const isFree = (path: string): boolean => !files.has(hashOf(path)) && !folders.has(hashOf(path));
  return {
    take(segments: readonly string[], url: string): string {
      const name = segments.at(-1)!;
      let folder = '';
      for (const segment of segments.slice(0, -1)) {
        let next = `${folder}${segment}`;
        // A file of that name exists already.
        while (files.has(hashOf(folded(next)))) next += '~';
        folders.add(hashOf(folded(next)));
        folder = `${next}/`;
      }
      let path = folder + name;
      for (let other = name; !isFree(folded(path)); path = folder + other) other = otherName(other, url);
      files.add(hashOf(folded(path)));
      return path;
    },
  };
}

const SEED: HashSeed = [randomInt(2 ** 32), randomInt(2 ** 32)];
const words = new Int32Array(2);

/** A hash of 53 bits. With a million names two collide in one of twenty thousand exports. */
export function hashOf(text: string): number {
  hashText(text, SEED, words);
  return (words[0]! >>> 11) * 2 ** 32 + (words[1]! >>> 0);
}
