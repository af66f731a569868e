// Memory for bodies, used again and again. A crawl receives hundreds of megabytes and keeps none of them. Fresh memory
// for each body would cost a page fault every 4 KiB and a garbage collection every few hundred pages. This part owns
// the free blocks.

import { BODY_BLOCK_BYTES, BODY_BLOCKS_KEPT_BYTES_MAX, BODY_RESERVED_BYTES } from '../base/limits.ts';

const LONGEST_BLOCK_BYTES = BODY_BLOCK_BYTES.at(-1)!;

export class BodyMemory {
  readonly #free = BODY_BLOCK_BYTES.map((): Buffer[] => []);

  /** At least this many bytes with undefined content, owned by the caller. */
  take(bytes: number): Buffer {
    const size = BODY_BLOCK_BYTES.findIndex((blockBytes) => blockBytes >= bytes);
    if (size < 0) return Buffer.allocUnsafeSlow(bytes);
    return this.#free[size]!.pop() ?? Buffer.allocUnsafeSlow(BODY_BLOCK_BYTES[size]!);
  }

  /**
   * The first `length` bytes of `bytes` with more room behind them. The result replaces `bytes`, and the caller will
   * want at most `bytesMax`. A long body grows in place: repeated copies would leave holes in the memory of the process
   * that the system does not get back.
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

  /** Takes back the memory that `take` gave. The caller must have dropped every view of it. */
  give(memory: ArrayBufferLike): void {
    const size = BODY_BLOCK_BYTES.indexOf(memory.byteLength);
    // Memory that is too long to keep goes back to the system now. As garbage it would wait for the collector.
    if (memory.byteLength > LONGEST_BLOCK_BYTES && memory instanceof ArrayBuffer) memory.transfer(0);
    if (size < 0) return;
    const free = this.#free[size]!;
    if (free.length * memory.byteLength < BODY_BLOCKS_KEPT_BYTES_MAX) free.push(Buffer.from(memory));
  }
}
