// The bytes of one body as they come: one copy where the length is known, doubling where it is not, and never more than the cap.

const EXPECTED_MAX = 1024 * 1024;
const FIRST_BYTES = 16 * 1024;
const EMPTY = Buffer.alloc(0);

export class BodyBuffer {
  readonly #bytesMax: number;
  #bytes: Buffer = EMPTY;
  #length = 0;
  #expected = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get length(): number {
    return this.#length;
  }

  /** The length that the peer promises. It is believed up to a megabyte: memory follows bytes, not promises. */
  expect(length: number): void {
    this.#expected = Math.min(length, EXPECTED_MAX, this.#bytesMax);
  }

  /** False once the cap is reached; what fits is kept. */
  push(bytes: Buffer, start: number, end: number): boolean {
    const fits = Math.min(end, start + this.#bytesMax - this.#length);
    const needed = this.#length + fits - start;
    if (needed > this.#bytes.length) this.#grow(needed);
    bytes.copy(this.#bytes, this.#length, start, fits);
    this.#length = needed;
    return fits === end;
  }

  take(): Buffer {
    return this.#length === this.#bytes.length ? this.#bytes : this.#bytes.subarray(0, this.#length);
  }

  #grow(needed: number): void {
    const doubled =
      this.#bytes.length === 0 ? Math.max(this.#expected, Math.min(needed, FIRST_BYTES)) : this.#bytes.length * 2;
    const grown = Buffer.allocUnsafe(Math.min(Math.max(needed, doubled), Math.max(needed, this.#bytesMax)));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
