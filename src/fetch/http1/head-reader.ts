// The head of the final response, out of the bytes of a connection (RFC 9112, sections 2.2 and 4): blank lines before
// it are read over, and so are interim responses.

import { INTERIM_RESPONSES_MAX, RESPONSE_HEAD_BYTES_MAX } from '../../base/limits.ts';
import type { Failure } from '../failure.ts';
import { parseHead, type ResponseHead, shown } from './response-head.ts';

const CR = 13;
const LF = 10;
const PROTOCOL = 'HTTP/';

/** Looks for the end of a head or of a trailer, whatever the pieces in which that comes. */
export class BlankLine {
  /** Bytes in the line that is being read, and whether the last of them was CR. */
  #lineBytes: number;
  #endsInCr = false;
  isPassed = false;

  /** `lineBytes`: those of the first line that have been read already. */
  constructor(lineBytes = 0) {
    this.#lineBytes = lineBytes;
  }

  /** Where the bytes after the first blank line begin; `end` where it has not come. */
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
  /** Of the head that is being read; null before it has begun. */
  #end: BlankLine | null = null;

  /** Exact text of the head, once that is complete. */
  text = '';
  head: ResponseHead | null = null;
  fault: Failure | null = null;
  /** Something was not as the grammar has it. */
  isOdd = false;
  /** What came did not even begin like HTTP. */
  isOtherProtocol = false;

  /** Takes bytes until there is a head or a fault, and says where it stopped. */
  push(buffer: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.head === null && this.fault === null) {
      at = this.#end === null ? this.#begin(buffer, at, end) : this.#goOn(this.#end, buffer, at, end);
    }
    return at;
  }

  /**
   * Is this HTTP at all? It must be asked before a line's end: a banner of another protocol may wait for us without
   * one.
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
    // Servers write it in any letter case.
    if (!PROTOCOL.startsWith(this.text.toUpperCase())) {
      this.isOtherProtocol = true;
      this.#fail('http-malformed', `it begins with ${shown(this.text)}`);
    } else if (this.text.length === PROTOCOL.length) this.#end = new BlankLine(PROTOCOL.length);
    return at;
  }

  #goOn(blankLine: BlankLine, buffer: Buffer, start: number, end: number): number {
    const at = blankLine.pass(buffer, start, end);
    const room = RESPONSE_HEAD_BYTES_MAX - this.text.length;
    if (at - start > room) {
      this.#fail('http-header-size', `the head of the response is longer than ${RESPONSE_HEAD_BYTES_MAX} bytes`);
      return start + room;
    }
    this.text += buffer.toString('latin1', start, at);
    if (blankLine.isPassed) this.#ended();
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
