// Which files an export has already, and the folders that they need: by hashes, so that a million fit into memory, and
// without regard to case, which some systems do not tell apart.

import { randomInt } from 'node:crypto';
import { type HashSeed, hashText } from '../store/memory/hash.ts';
import { otherName } from './file-names.ts';

export interface TakenNames {
  /** The path of a new file, from the segments that it is to have, folders first. */
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
        // A file stands there already.
        while (files.has(hashOf(lower(next)))) next += '~';
        folders.add(hashOf(lower(next)));
        folder = `${next}/`;
      }
      let path = folder + name;
      for (let other = name; !isFree(lower(path)); path = folder + other) other = otherName(other, url);
      files.add(hashOf(lower(path)));
      return path;
    },
  };
}

/** As a system does that knows more of case than its letters: `ß` is `SS` there, and the sign of Kelvin a `k`. */
function lower(path: string): string {
  return path.toUpperCase().toLowerCase().normalize('NFC');
}

const SEED: HashSeed = [randomInt(2 ** 32), randomInt(2 ** 32)];
const words = new Int32Array(2);

/** 53 bits: of a million names two are alike once in twenty thousand exports. */
export function hashOf(text: string): number {
  hashText(text, SEED, words);
  return (words[0]! >>> 11) * 2 ** 32 + (words[1]! >>> 0);
}
