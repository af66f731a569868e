// Memory for bodies, used again and again. A crawl takes in hundreds of megabytes and keeps none of them: fresh memory for each
// body would be a page fault every 4 KiB and a collection of garbage every few hundred pages. It owns the blocks that nobody uses.

import { BODY_BLOCK_BYTES, BODY_BLOCKS_KEPT_BYTES_MAX, BODY_RESERVED_BYTES } from '../base/limits.ts';

const LONGEST_BLOCK_BYTES = BODY_BLOCK_BYTES.at(-1)!;

export class BodyMemory {
  readonly #free = BODY_BLOCK_BYTES.map((): Buffer[] => []);

  /** At least so many bytes, of any content, which belong to nobody else. */
  take(bytes: number): Buffer {
    const size = BODY_BLOCK_BYTES.findIndex((blockBytes) => blockBytes >= bytes);
    if (size < 0) return Buffer.allocUnsafeSlow(bytes);
    return this.#free[size]!.pop() ?? Buffer.allocUnsafeSlow(BODY_BLOCK_BYTES[size]!);
  }

  /**
   * The first `length` bytes of `bytes` with more room behind them, which belong to the caller in their place; it will want `bytesMax` at the most. What is long
   * grows where it is: copied again and again it would leave holes in the memory of the process, which the system does not get back.
   */
  grown(bytes: Buffer, length: number, wanted: number, bytesMax: number): Buffer {
    const { buffer } = bytes;
    if (buffer instanceof ArrayBuffer && buffer.resizable && wanted <= buffer.maxByteLength) {
      buffer.resize(wanted);
      return Buffer.from(buffer, 0, wanted);
    }
    const maxByteLength = Math.min(bytesMax, Math.max(BODY_RESERVED_BYTES, 2 * wanted));
    const isLong = wanted > LONGEST_BLOCK_BYTES;
    const grown = isLong ? Buffer.from(new ArrayBuffer(wanted, { maxByteLength })) : this.take(wanted);
    bytes.copy(grown, 0, 0, length);
    if (length > 0) this.give(buffer);
    return grown;
  }

  /** Takes back what `take` gave, by its memory. Whoever gives it has forgotten every view of it. */
  give(memory: ArrayBufferLike): void {
    const size = BODY_BLOCK_BYTES.indexOf(memory.byteLength);
    // What is too long to be kept is given to the system now: as garbage it would wait for its collection.
    if (memory.byteLength > LONGEST_BLOCK_BYTES && memory instanceof ArrayBuffer) memory.transfer(0);
    if (size < 0) return;
    const free = this.#free[size]!;
    if (free.length * memory.byteLength < BODY_BLOCKS_KEPT_BYTES_MAX) free.push(Buffer.from(memory));
  }
}
