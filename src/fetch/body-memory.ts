// Memory for bodies, used again and again. A crawl takes in hundreds of megabytes and keeps none of them: fresh memory for each
// body would be a page fault every 4 KiB and a collection of garbage every few hundred pages. It owns the blocks that nobody uses.

import { BODY_BLOCK_BYTES, BODY_BLOCKS_KEPT_BYTES_MAX } from '../base/limits.ts';

export class BodyMemory {
  readonly #free = BODY_BLOCK_BYTES.map((): Buffer[] => []);

  /** At least so many bytes, of any content, which belong to nobody else. */
  take(bytes: number): Buffer {
    const size = BODY_BLOCK_BYTES.findIndex((blockBytes) => blockBytes >= bytes);
    if (size < 0) return Buffer.allocUnsafeSlow(bytes);
    return this.#free[size]!.pop() ?? Buffer.allocUnsafeSlow(BODY_BLOCK_BYTES[size]!);
  }

  /** Takes back what `take` gave, by its memory. Whoever gives it has forgotten every view of it. */
  give(memory: ArrayBufferLike): void {
    const size = BODY_BLOCK_BYTES.indexOf(memory.byteLength);
    if (size < 0) return;
    const free = this.#free[size]!;
    if (free.length * memory.byteLength < BODY_BLOCKS_KEPT_BYTES_MAX) free.push(Buffer.from(memory));
  }
}
