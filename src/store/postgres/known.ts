// The keys that this process knows to be stored, and how far their URLs are from a root, so that a link that is found
// again costs no round trip. It is bounded: there are two generations, and when the younger one is full the older one
// is forgotten. A key that is not here may be stored all the same; the database knows.

import { createDepths, type Depths } from '../memory/depths.ts';
import { createSeen, type Seen } from '../memory/seen.ts';

/** Each key takes some 16 bytes. */
const KEYS_KNOWN_MAX = 4_000_000;

export interface Known {
  /** The depth of the key's URL, at most DEEP; null if the key is not known here. */
  depthOf(high: number, low: number): number | null;
  set(high: number, low: number, depth: number): void;
  forget(): void;
}

interface Generation {
  readonly slots: Seen;
  readonly depths: Depths;
}

export function createKnown(keysMax = KEYS_KNOWN_MAX): Known {
  let young = newGeneration();
  let old = newGeneration();

  const find = (high: number, low: number): readonly [Generation, number] | null => {
    for (const generation of [young, old]) {
      const slot = generation.slots.find(high, low);
      if (slot !== 0) return [generation, slot];
    }
    return null;
  };
  return {
    depthOf(high, low) {
      const found = find(high, low);
      return found === null ? null : found[0].depths.of(found[1]);
    },
    set(high, low, depth) {
      const found = find(high, low);
      if (found !== null) {
        found[0].depths.set(found[1], depth);
        return;
      }
      if (young.slots.size >= keysMax / 2) {
        old = young;
        young = newGeneration();
      }
      const slot = young.slots.put(high, low, young.slots.size + 1);
      young.depths.set(slot, depth);
    },
    forget() {
      young = newGeneration();
      old = newGeneration();
    },
  };
}

function newGeneration(): Generation {
  return { slots: createSeen(), depths: createDepths() };
}
