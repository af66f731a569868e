// Reads the lines between the chunks of a body (RFC 9112, section 7.1), byte by byte.

import { CHUNK_LINE_BYTES_MAX } from '../../base/limits.ts';

/** `more`: the line continues. */
export type ChunkEnd = 'more' | 'end' | 'bad';

const CR = 13;
const LF = 10;
const SEMICOLON = 0x3b;
/** More digits than the size of any body has, and few enough for an exact number. */
const CHUNK_DIGITS_MAX = 12;

export class ChunkLines {
  #size = 0;
  #digits = 0;
  #lineBytes = 0;
  /** The digits have ended: an extension follows, or blanks before the end of the line. */
  #isPastDigits = false;
  #endsInCr = false;
  /** The semicolon has come. */
  #isExtension = false;

  /** The size of the chunk whose line has just ended. */
  bytes = 0;
  /**
   * A line ended without CR or held more than digits. Other readers may find the end of such a line at another place.
   */
  isOdd = false;
  /** A line has something behind its digits that is no extension (RFC 9112, section 7.1.1). */
  hasBadExtension = false;

  /** Takes one byte of a size line. */
  size(byte: number): ChunkEnd {
    if (byte === LF) return this.#sizeEnded();
    this.#lineBytes += 1;
    if (this.#lineBytes > CHUNK_LINE_BYTES_MAX) return 'bad';
    if (this.#isPastDigits) {
      if (this.#endsInCr) this.isOdd = true;
      this.#endsInCr = byte === CR;
      this.#extend(byte);
      return 'more';
    }
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      // Leading zeros do not count as digits.
      if (this.#size > 0) this.#digits += 1;
      else this.#digits = Math.max(this.#digits, 1);
      return this.#digits > CHUNK_DIGITS_MAX ? 'bad' : 'more';
    }
    if (this.#digits === 0) return 'bad';
    // `;` begins an extension. Blanks before it or before the end of the line are tolerated (RFC 9112, section 7.1.1).
    this.#isPastDigits = true;
    if (byte !== CR) this.isOdd = true;
    this.#endsInCr = byte === CR;
    this.#isExtension = byte === SEMICOLON;
    return byte === CR || byte === SEMICOLON || isBlank(byte) ? 'more' : 'bad';
  }

  #extend(byte: number): void {
    if (byte === SEMICOLON) this.#isExtension = true;
    else if (byte !== CR && !isBlank(byte) && (!this.#isExtension || byte < 0x20 || byte === 0x7f)) {
      this.hasBadExtension = true;
    }
  }

  /** Takes one byte of the line end after a chunk's data. */
  afterData(byte: number): ChunkEnd {
    if (byte === CR && !this.#endsInCr) {
      this.#endsInCr = true;
      return 'more';
    }
    if (byte !== LF) return 'bad';
    if (!this.#endsInCr) this.isOdd = true;
    this.#endsInCr = false;
    return 'end';
  }

  #sizeEnded(): ChunkEnd {
    if (this.#digits === 0) return 'bad';
    if (!this.#endsInCr) this.isOdd = true;
    this.bytes = this.#size;
    this.#size = 0;
    this.#digits = 0;
    this.#lineBytes = 0;
    this.#isPastDigits = false;
    this.#endsInCr = false;
    return 'end';
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
