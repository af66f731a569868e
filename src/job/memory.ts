// The memory that bodies may take, and whether the memory of the machine or of this process runs short.

import { totalmem } from 'node:os';
import { BodyBudget } from '../base/body-budget.ts';
import { BODIES_BYTES_A_TASK, BODIES_BYTES_MAX, MEMORY_SHARE_MAX } from '../base/limits.ts';
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
 * By default V8 lets its young generation grow to 64 MB when much is allocated, and never to less again. By the time a
 * crawl begins it has about 10 MB, which is as quick.
 */
function keepYoungHeapSmall(): void {
  v8().setFlagsFromString('--semi-space-growth-factor=1');
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
