// The bytes of a body while they come. Memory is taken for bytes that came, never for bytes that were promised.

import { BODY_TRUSTED_BYTES_MAX } from '../base/limits.ts';
import type { BodyMemory } from './body-memory.ts';

const NOTHING = Buffer.alloc(0);

export class ResponseBody {
  readonly #memory: BodyMemory;
  readonly #bytesMax: number;
  readonly #expected: number;
  #bytes: Buffer = NOTHING;
  #length = 0;

  /** `expected` is the Content-Length; -1 where there is none. */
  constructor(memory: BodyMemory, bytesMax: number, expected: number) {
    this.#memory = memory;
    this.#bytesMax = bytesMax;
    this.#expected = expected;
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes so far; a view, so take it when no more will come. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset, this.#length);
  }

  /** Copies what fits below the limit; says whether all did. */
  append(source: Buffer, start: number, end: number): boolean {
    const taken = Math.min(end - start, this.#bytesMax - this.#length);
    if (taken > 0) {
      if (this.#length + taken > this.#bytes.length) this.#grow(this.#length + taken);
      source.copy(this.#bytes, this.#length, start, start + taken);
      this.#length += taken;
    }
    return taken === end - start;
  }

  #grow(needed: number): void {
    const promised = Math.min(this.#expected, this.#bytesMax);
    let capacity = Math.max(needed, this.#length * 2);
    if (promised >= needed) capacity = promised <= BODY_TRUSTED_BYTES_MAX ? promised : Math.min(capacity, promised);
    const grown = this.#memory.take(Math.min(capacity, this.#bytesMax));
    this.#bytes.copy(grown, 0, 0, this.#length);
    if (this.#length > 0) this.#memory.give(this.#bytes.buffer);
    this.#bytes = grown;
  }
}
