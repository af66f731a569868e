// Reads the head of the final response from the bytes of a connection (RFC 9112, sections 2.2 and 4). It skips blank
// lines before the head, and interim responses.

import { INTERIM_RESPONSES_MAX, RESPONSE_HEAD_BYTES_MAX } from '../../base/limits.ts';
import { HEAD_AT_ONCE_BYTES } from '../../base/limits-of-connections.ts';
import type { Failure } from '../failure.ts';
import { parseHead, type ResponseHead, shown } from './response-head.ts';

const CR = 13;
const LF = 10;
const PROTOCOL = 'HTTP/';

/** Finds the end of a head or of a trailer, however its bytes are split. */
export class BlankLine {
  /** The number of bytes in the current line, and whether the last of them was CR. */
  #lineBytes: number;
  #endsInCr = false;
  isPassed = false;

  /** `lineBytes`: the bytes of the first line that were read already. */
  constructor(lineBytes = 0) {
    this.#lineBytes = lineBytes;
  }

  /** Where the bytes after the first blank line begin; `end` if it has not come yet. */
  pass(buffer: Buffer, start: number, end: number): number {
    let lineBytes = this.#lineBytes;
    let endsInCr = this.#endsInCr;
    for (let at = start; at < end; at += 1) {
      const byte = buffer[at];
      if (byte === LF) {
        if (lineBytes === 0 || (lineBytes === 1 && endsInCr)) {
          this.isPassed = true;
          return at + 1;
        }
        lineBytes = 0;
      } else {
        lineBytes += 1;
        endsInCr = byte === CR;
      }
    }
    this.#lineBytes = lineBytes;
    this.#endsInCr = endsInCr;
    return end;
  }
}

export class HeadReader {
  #blankBytes = 0;
  #interim = 0;
  /** The end of the current head; null before the head has begun. */
  #end: BlankLine | null = null;

  /** The exact text of the head, once it is complete. */
  text = '';
  head: ResponseHead | null = null;
  fault: Failure | null = null;
  /** Only the last byte of a long head is missing. With it the head is parsed, which may take milliseconds. */
  isLongDue = false;
  /** Something did not follow the grammar. */
  isOdd = false;
  /** The bytes did not even begin like HTTP. */
  isOtherProtocol = false;

  /**
   * Takes bytes until there is a head or a fault, and returns where it stopped. That is once also before the last byte
   * of a long head (`isLongDue`).
   */
  push(buffer: Buffer, start: number, end: number): number {
    let at = start;
    this.isLongDue = false;
    while (at < end && this.head === null && this.fault === null && !this.isLongDue) {
      at = this.#end === null ? this.#begin(buffer, at, end) : this.#goOn(this.#end, buffer, at, end);
    }
    return at;
  }

  /**
   * Tests whether this is HTTP at all. It cannot wait for the end of a line: another protocol may send a banner without
   * one and then wait for us.
   */
  #begin(buffer: Buffer, start: number, end: number): number {
    const byte = buffer[start]!;
    if (this.text === '' && (byte === CR || byte === LF)) {
      this.isOdd = true;
      this.#blankBytes += 1;
      if (this.#blankBytes > RESPONSE_HEAD_BYTES_MAX) this.#fail('http-header-size', 'nothing but blank lines');
      return start + 1;
    }
    const at = Math.min(end, start + PROTOCOL.length - this.text.length);
    this.text += buffer.toString('latin1', start, at);
    // Servers write it in any case.
    if (!PROTOCOL.startsWith(this.text.toUpperCase())) {
      this.isOtherProtocol = true;
      this.#fail('http-malformed', `it begins with ${shown(this.text)}`);
    } else if (this.text.length === PROTOCOL.length) this.#end = new BlankLine(PROTOCOL.length);
    return at;
  }

  #goOn(blankLine: BlankLine, buffer: Buffer, start: number, end: number): number {
    const isLast = blankLine.isPassed;
    let at = isLast ? start + 1 : blankLine.pass(buffer, start, end);
    const room = RESPONSE_HEAD_BYTES_MAX - this.text.length;
    if (at - start > room) {
      this.#fail('http-header-size', `the head of the response is longer than ${RESPONSE_HEAD_BYTES_MAX} bytes`);
      return start + room;
    }
    this.isLongDue = blankLine.isPassed && !isLast && this.text.length + at - start > HEAD_AT_ONCE_BYTES;
    if (this.isLongDue) at -= 1;
    this.text += buffer.toString('latin1', start, at);
    if (blankLine.isPassed && !this.isLongDue) this.#ended();
    return at;
  }

  #ended(): void {
    const head = parseHead(this.text);
    if ('fault' in head) {
      this.#fail(head.isSize ? 'http-header-size' : 'http-malformed', head.fault);
      return;
    }
    if (head.isOdd) this.isOdd = true;
    if (head.status >= 200 || head.status === 101) {
      this.head = head;
      return;
    }
    this.text = '';
    this.#blankBytes = 0;
    this.#end = null;
    this.#interim += 1;
    if (this.#interim > INTERIM_RESPONSES_MAX) this.#fail('http-malformed', 'interim responses without end');
  }

  #fail(code: Failure['code'], detail: string): void {
    this.fault = { code, detail: `no HTTP response: ${detail}` };
  }
}
