// The memory that bodies may take, and whether the memory of the machine or of this process runs short.

import { totalmem } from 'node:os';
import { BodyBudget } from '../base/body-budget.ts';
import { systemClock } from '../base/clock.ts';
import {
  BODIES_BYTES_A_TASK,
  BODIES_BYTES_MAX,
  LEAN_HEAP_RESIDENT_BYTES,
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

/** V8 collects garbage once the heap has grown by this many percent of what was in use after the last collection. */
const GROWTH_PERCENT = 100;
const LEAN_GROWTH_PERCENT = 40;
/**
 * From this concurrency on, the heap is kept small, and also if there are more hosts than fit into memory. Objects that
 * wait for a slow server, or for the next turn of their host, survive V8's young generation. Their garbage would take
 * more memory than the connections.
 */
const LEAN_HEAP_CONCURRENCY = 1_000;

/**
 * By default V8 lets garbage grow to several times the memory in use, which takes tens of megabytes of a short crawl.
 * V8 sets the next limit at the end of a collection, so this part must come before the first one.
 */
export function limitGarbage({ concurrency }: CrawlOptions): void {
  if (concurrency >= LEAN_HEAP_CONCURRENCY) keepHeapLean();
  else letGarbageDouble();
}

/** Limits garbage to as much as the memory in use. */
export function letGarbageDouble(): void {
  letHeapGrow(GROWTH_PERCENT);
}

/** Limits garbage to less than half of the memory in use. V8 collects it more often. */
export function keepHeapLean(): void {
  letHeapGrow(LEAN_GROWTH_PERCENT);
}

/** For what goes over all of a job by itself. V8 is told for all threads of the process, here as above. */
export function keepGarbageSmall(): void {
  keepHeapLean();
  keepYoungHeapSmall(YOUNG_HEAP_BYTES / 4);
}

function letHeapGrow(percent: number): void {
  v8().setFlagsFromString(`--heap-growing-percent=${percent}`);
}

/**
 * By default V8 lets its young generation grow to 64 MB when much is allocated, and never to less again. Here it stops
 * growing at twice `mostBytes` at the most: it may have doubled before its memory is used.
 */
function keepYoungHeapSmall(mostBytes: number): void {
  const isLarge = (): boolean =>
    v8()
      .getHeapSpaceStatistics()
      .some((space) => space.space_name === 'new_space' && space.space_size >= mostBytes);
  let looks = 0;
  const timer = systemClock.every(YOUNG_HEAP_LOOK_MS, () => {
    looks += 1;
    if (looks < YOUNG_HEAP_LOOKS_MAX && !isLarge()) return;
    timer.cancel();
    v8().setFlagsFromString('--semi-space-growth-factor=1');
  });
}

/** A larger young generation is collected less often. Without an archive there is memory to spare for it. */
function youngHeapBytes({ archive, concurrency }: CrawlOptions): number {
  return archive || concurrency >= LEAN_HEAP_CONCURRENCY ? YOUNG_HEAP_BYTES : 2 * YOUNG_HEAP_BYTES;
}

/**
 * `isTight` is the result of the last `look`. When bodies have used up their budget, or the process has grown large,
 * the rest of it is kept small too.
 */
export function watchMemory(budget: BodyBudget, options: CrawlOptions): { readonly isTight: boolean; look(): void } {
  const mostBytes = MEMORY_SHARE_MAX * memoryBytes();
  keepYoungHeapSmall(youngHeapBytes(options));
  let isTight = false;
  let isLean = false;
  let residentBytes = 0;
  return {
    get isTight() {
      return isTight;
    },
    look() {
      try {
        residentBytes = process.memoryUsage.rss();
      } catch {
        // The system tells it in a file. If there is no file handle left to read it, the last result stays.
      }
      isTight = residentBytes > mostBytes;
      if (isLean || !(budget.isSpent || residentBytes > LEAN_HEAP_RESIDENT_BYTES)) return;
      isLean = true;
      keepHeapLean();
    },
  };
}

function memoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
