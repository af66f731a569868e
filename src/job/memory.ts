// The memory that bodies may take; and whether the machine's memory, or the part of it that the process may have, runs short.

import { totalmem } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { BodyBudget } from '../base/body-budget.ts';
import { BODIES_BYTES_A_TASK, BODIES_BYTES_MAX, MEMORY_SHARE_MAX } from '../base/limits.ts';
import type { CrawlOptions } from '../options/options.ts';

/** A page of an ordinary length is to have room, however many come at once. */
export function budgetFor({ concurrency }: CrawlOptions): BodyBudget {
  return new BodyBudget(Math.max(BODIES_BYTES_MAX, concurrency * BODIES_BYTES_A_TASK));
}

/** Left alone V8 lets garbage grow to several times what is in use; from now on to less than half of it, at the cost of looking more often. */
export function keepHeapLean(): void {
  setFlagsFromString('--heap-growing-percent=40');
}

/** `isTight` is of the last `look`. Where bodies have taken all that there is for them, the rest of the process is kept small too. */
export function watchMemory(budget: BodyBudget): { readonly isTight: boolean; look(): void } {
  const mostBytes = MEMORY_SHARE_MAX * memoryBytes();
  let isTight = false;
  let isLean = false;
  return {
    get isTight() {
      return isTight;
    },
    look() {
      if (budget.isSpent && !isLean) {
        isLean = true;
        keepHeapLean();
      }
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
