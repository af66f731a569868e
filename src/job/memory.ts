// Whether the machine's memory, or the part of it that the process may have, runs short.

import { totalmem } from 'node:os';
import { MEMORY_SHARE_MAX } from '../base/limits.ts';

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
