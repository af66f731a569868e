// The memory that bodies may take, and whether the memory of the machine or of this process runs short.

import { totalmem } from 'node:os';
import { BodyBudget } from '../base/body-budget.ts';
import { systemClock } from '../base/clock.ts';
import {
  BODIES_BYTES_A_TASK,
  BODIES_BYTES_MAX,
  MEMORY_SHARE_MAX,
  YOUNG_HEAP_BYTES,
  YOUNG_HEAP_LOOK_MS,
  YOUNG_HEAP_LOOKS_MAX,
} from '../base/limits.ts';
import { onDemand } from '../base/on-demand.ts';
import type { CrawlOptions } from '../options/options.ts';

const v8 = onDemand<typeof import('node:v8')>('node:v8');

/** Has room for a page of ordinary length on each connection, even if all arrive at once. */
export function budgetFor({ concurrency }: CrawlOptions): BodyBudget {
  return new BodyBudget(Math.max(BODIES_BYTES_MAX, concurrency * BODIES_BYTES_A_TASK));
}

/**
 * By default V8 lets garbage grow to several times the memory in use. This limits it to less than half of that memory,
 * and V8 collects garbage more often.
 */
export function keepHeapLean(): void {
  v8().setFlagsFromString('--heap-growing-percent=40');
}

/**
 * By default V8 lets its young generation grow to 64 MB when much is allocated, and never to less again. Here it stops
 * growing near `YOUNG_HEAP_BYTES`. On the OpenJDK documentation a crawl takes 190 MB then, and 2 to 3 % more of the
 * processor than with 218 to 244 MB and no bound. With a young generation of 1 MB it took 11 % more.
 */
function keepYoungHeapSmall(): void {
  const isLarge = (): boolean =>
    v8()
      .getHeapSpaceStatistics()
      .some((space) => space.space_name === 'new_space' && space.space_size >= YOUNG_HEAP_BYTES);
  let looks = 0;
  const timer = systemClock.every(YOUNG_HEAP_LOOK_MS, () => {
    looks += 1;
    if (looks < YOUNG_HEAP_LOOKS_MAX && !isLarge()) return;
    timer.cancel();
    v8().setFlagsFromString('--semi-space-growth-factor=1');
  });
}

/**
 * `isTight` is the result of the last `look`. When bodies have used up their budget, the rest of the process is kept
 * small too.
 */
export function watchMemory(budget: BodyBudget): { readonly isTight: boolean; look(): void } {
  const mostBytes = MEMORY_SHARE_MAX * memoryBytes();
  keepYoungHeapSmall();
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
        // The system tells it in a file. If there is no file handle left to read it, the last result stays.
      }
    },
  };
}

function memoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
