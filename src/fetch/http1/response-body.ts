// The bytes of a body while they come. Memory is taken only for bytes that came, never for bytes that were promised. If
// a long body may go to a file, the whole body goes there.

import type { Hash } from 'node:crypto';
import type { OpenSpool, RawHeaders, Spool, Spooled } from '../../base/contracts.ts';
import { contentTypeOf, headerOf } from '../../base/headers.ts';
import { BODY_IN_MEMORY_BYTES_MAX, BODY_TRUSTED_BYTES_MAX } from '../../base/limits.ts';
import { onDemand } from '../../base/on-demand.ts';
import { NO_BYTES } from '../blank-outcome.ts';
import type { BodyMemory } from '../body-memory.ts';
import type { ResponseHead } from './response-head.ts';

const crypto = onDemand<typeof import('node:crypto')>('node:crypto');
const NOTHING = Buffer.alloc(0);
/** A body may come in chunks of a byte: to digest each of them takes ten times as long as to read it. */
const DIGESTED_AT_ONCE_BYTES = 64 * 1024;

export class ResponseBody {
  readonly #memory: BodyMemory;
  readonly #bytesMax: number;
  readonly #expected: number;
  readonly #headers: RawHeaders;
  readonly #openSpool: OpenSpool | null;
  #bytes: Buffer = NOTHING;
  #length = 0;
  #spool: Spool | null = null;
  #wasAsked = false;
  #hash: Hash | null = null;
  #digested = 0;

  /** `openSpool` is called once, when the body has grown long. */
  constructor(
    memory: BodyMemory,
    bytesMax: number,
    head: Pick<ResponseHead, 'contentLength' | 'headers' | 'isTransferCoded'>,
    openSpool: OpenSpool | null = null,
  ) {
    this.#memory = memory;
    this.#bytesMax = bytesMax;
    this.#expected = head.contentLength;
    this.#headers = head.headers;
    // A body with a transfer coding does not go to a file: its digest would be that of the coded bytes.
    this.#openSpool = head.isTransferCoded ? null : openSpool;
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes so far, if they are in memory. It is a view, so take it when no more will come. */
  get bytes(): Uint8Array {
    if (this.#spool !== null) return NO_BYTES;
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset, this.#length);
  }

  get heldBytes(): number {
    return this.#spool === null ? this.#length : 0;
  }

  /** The digest of a long body, which would block the event loop at its end. Call it once, when no more will come. */
  sha256(): Uint8Array | undefined {
    if (this.#hash === null) return undefined;
    this.#digest(0);
    return this.#hash.digest();
  }

  /** The file of a body that is not in memory. Call it once, when no more will come. */
  spooled(): Spooled | null {
    return this.#spool === null ? null : this.#spool.end();
  }

  /** Copies what fits below the limit. Returns whether everything did. */
  append(source: Buffer, start: number, end: number): boolean {
    const taken = Math.min(end - start, this.#bytesMax - this.#length);
    if (taken <= 0) return taken === end - start;
    if (!this.#wasAsked && this.#length + taken > BODY_IN_MEMORY_BYTES_MAX) this.#tryToSpool();
    if (this.#spool !== null) this.#spool.write(source.subarray(start, start + taken));
    else {
      if (this.#length + taken > this.#bytes.length) this.#grow(this.#length + taken);
      source.copy(this.#bytes, this.#length, start, start + taken);
    }
    this.#length += taken;
    if (this.#spool === null && this.#length > BODY_IN_MEMORY_BYTES_MAX) this.#digest(DIGESTED_AT_ONCE_BYTES);
    return taken === end - start;
  }

  /** Digests what is not yet digested, if it is at least so much. */
  #digest(bytesMin: number): void {
    if (this.#length - this.#digested < bytesMin) return;
    this.#hash ??= crypto().createHash('sha256');
    this.#hash.update(this.#bytes.subarray(this.#digested, this.#length));
    this.#digested = this.#length;
  }

  #tryToSpool(): void {
    this.#wasAsked = true;
    const beginning = this.bytes;
    const isCoded = headerOf(this.#headers, 'content-encoding') !== undefined;
    const type = contentTypeOf(this.#headers);
    // The bytes inside a coding are not seen here, and a coded body begins like an archive file.
    const spool = this.#openSpool?.(type, isCoded ? NO_BYTES : beginning) ?? null;
    if (spool === null) return;
    spool.write(beginning);
    this.#spool = spool;
    this.#memory.give(this.#bytes.buffer);
    this.#bytes = NOTHING;
  }

  #grow(needed: number): void {
    const promised = Math.min(this.#expected, this.#bytesMax);
    let capacity = Math.max(needed, this.#length * 2);
    if (promised >= needed) capacity = promised <= BODY_TRUSTED_BYTES_MAX ? promised : Math.min(capacity, promised);
    this.#bytes = this.#memory.grown(this.#bytes, this.#length, Math.min(capacity, this.#bytesMax), this.#bytesMax);
  }
}
