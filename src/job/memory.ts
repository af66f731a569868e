// The memory that bodies may take; and whether the machine's memory, or the part of it that the process may have, runs short.

import { totalmem } from 'node:os';
import { BodyBudget } from '../base/body-budget.ts';
import { BODIES_BYTES_A_TASK, BODIES_BYTES_MAX, MEMORY_SHARE_MAX } from '../base/limits.ts';
import type { CrawlOptions } from '../options/options.ts';

/** A page of an ordinary length is to have room, however many come at once. */
export function budgetFor({ concurrency }: CrawlOptions): BodyBudget {
  return new BodyBudget(Math.max(BODIES_BYTES_MAX, concurrency * BODIES_BYTES_A_TASK));
}

/** `isTight` is of the last `look`. */
export function watchMemory(): { readonly isTight: boolean; look(): void } {
  const mostBytes = MEMORY_SHARE_MAX * memoryBytes();
  let isTight = false;
  return {
    get isTight() {
      return isTight;
    },
    look() {
      try {
        isTight = process.memoryUsage.rss() > mostBytes;
      } catch {
        // The system tells it in a file, for which there may be no handle; then it is as it was.
      }
    },
  };
}

function memoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
