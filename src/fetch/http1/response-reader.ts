// From the bytes of a connection to one response (RFC 9112): a state machine that is fed with whatever pieces the network
// made and gives the same for any cut of them. It owns nothing but its state; whoever feeds it owns the connection.

import type { OpenSpool, Outcome, Spooled } from '../../base/contracts.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { INTERIM_RESPONSES_MAX, RESPONSE_HEAD_BYTES_MAX, TRAILER_BYTES_MAX } from '../../base/limits.ts';
import { NO_BYTES } from '../blank-outcome.ts';
import type { BodyMemory } from '../body-memory.ts';
import type { IncomingResponse } from '../incoming-response.ts';
import { type ChunkEnd, ChunkLines } from './chunk-lines.ts';
import { ResponseBody } from './response-body.ts';
import { parseHead, type ResponseHead, shown } from './response-head.ts';

type BodyState = 'length' | 'until-close' | 'chunk-line' | 'chunk-data' | 'chunk-end' | 'trailer';
type State = 'start' | 'head' | BodyState | 'done';

const CR = 13;
const LF = 10;
const PROTOCOL = 'HTTP/';

export class ResponseReader implements IncomingResponse {
  readonly #memory: BodyMemory;
  readonly #isHead: boolean;
  readonly #bodyBytesMax: number;
  readonly #openSpool: OpenSpool | null;
  #state: State = 'start';
  #text = '';
  /** Bytes in the line that is being read, and whether the last of them was CR. */
  #lineBytes = 0;
  #endsInCr = false;
  #interim = 0;
  #trailerBytes = 0;
  #head: ResponseHead | null = null;
  #body: ResponseBody | null = null;
  /** Bytes of the body, or of the chunk, still to come. */
  #left = 0;
  #chunkLines: ChunkLines | null = null;
  #isOdd = false;

  /** Exact text. */
  responseHead = '';
  error: ErrorCode | null = null;
  detail = '';
  truncated: Outcome['truncated'] = null;

  /** `isHead`: the answer to a HEAD has no body, whatever its headers say. */
  constructor(memory: BodyMemory, isHead: boolean, bodyBytesMax: number, openSpool: OpenSpool | null = null) {
    this.#memory = memory;
    this.#openSpool = openSpool;
    this.#isHead = isHead;
    this.#bodyBytesMax = bodyBytesMax;
  }

  get isDone(): boolean {
    return this.#state === 'done';
  }

  get status(): number {
    return this.#head === null ? 0 : this.#head.status;
  }

  get headers(): readonly string[] {
    return this.#head === null ? [] : this.#head.headers;
  }

  get body(): Uint8Array {
    return this.#body === null ? NO_BYTES : this.#body.bytes;
  }

  get heldBytes(): number {
    return this.#body === null ? 0 : this.#body.heldBytes;
  }

  sha256(): Uint8Array | undefined {
    return this.#body?.sha256();
  }

  spooled(): Spooled | null {
    return this.#body === null ? null : this.#body.spooled();
  }

  get hasBody(): boolean {
    return this.#body !== null && this.#body.length > 0;
  }

  /** What came did not even begin like HTTP. */
  get isOtherProtocol(): boolean {
    return this.error === 'http-malformed' && this.#text !== '' && !isProtocol(this.#text.slice(0, PROTOCOL.length));
  }

  /** How long the connection may wait for another request; 0 where it must be closed. */
  get keepAliveMs(): number {
    if (this.#head === null || this.#isOdd || this.error !== null || this.truncated !== null) return 0;
    return this.#head.isKeptAlive ? this.#head.keepAliveMs : 0;
  }

  /** Takes bytes `start` to `end` of `buffer`, which may be overwritten afterwards. */
  push(buffer: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end && this.#state !== 'done') at = this.#step(buffer, at, end);
    // More than the response: nobody asked for it, so nothing after it can be trusted.
    if (at < end) this.#isOdd = true;
  }

  /** The peer has closed: nothing more will come. */
  end(): void {
    if (this.#state === 'done') return;
    const state = this.#state;
    this.#state = 'done';
    this.#isOdd = true;
    if (state === 'until-close' || state === 'trailer') return;
    if (this.#head === null) {
      this.error = 'reset';
      this.detail = 'the connection was closed within the head of the response';
      return;
    }
    this.cut('disconnect', 'disconnect', 'the connection was closed within the body');
  }

  cut(truncated: Outcome['truncated'], error: ErrorCode | null, detail: string): void {
    this.#state = 'done';
    this.truncated = this.#head === null ? null : truncated;
    this.error = error;
    this.detail = detail;
  }

  #step(buffer: Buffer, at: number, end: number): number {
    switch (this.#state) {
      case 'start':
        return this.#start(buffer, at, end);
      case 'head':
        return this.#readHead(buffer, at, end);
      case 'length':
      case 'chunk-data':
        return this.#readCounted(buffer, at, end);
      case 'until-close':
        return this.#take(buffer, at, end);
      case 'chunk-line':
      case 'chunk-end':
        return this.#readChunkLine(buffer, at, end);
      case 'trailer':
        return this.#readTrailer(buffer, at, end);
      default:
        return end;
    }
  }

  /** Is this HTTP at all? It must be asked before a line's end: a banner of another protocol may wait for us without one. */
  #start(buffer: Buffer, start: number, end: number): number {
    const byte = buffer[start]!;
    if (this.#text === '' && (byte === CR || byte === LF)) {
      this.#isOdd = true;
      this.#lineBytes += 1;
      if (this.#lineBytes > RESPONSE_HEAD_BYTES_MAX) this.#malformed('http-header-size', 'nothing but blank lines');
      return start + 1;
    }
    const at = Math.min(end, start + PROTOCOL.length - this.#text.length);
    this.#text += buffer.toString('latin1', start, at);
    if (!isProtocol(this.#text)) this.#malformed('http-malformed', `it begins with ${shown(this.#text)}`);
    else if (this.#text.length === PROTOCOL.length) {
      this.#state = 'head';
      this.#lineBytes = PROTOCOL.length;
    }
    return at;
  }

  #readHead(buffer: Buffer, start: number, end: number): number {
    const { at, isComplete } = this.#toBlankLine(buffer, start, end);
    const room = RESPONSE_HEAD_BYTES_MAX - this.#text.length;
    if (at - start > room) {
      this.#malformed('http-header-size', `the head of the response is longer than ${RESPONSE_HEAD_BYTES_MAX} bytes`);
      return start + room;
    }
    this.#text += buffer.toString('latin1', start, at);
    if (isComplete) this.#headEnded();
    return at;
  }

  /** Moves on to after the first blank line, or to the end. */
  #toBlankLine(buffer: Buffer, start: number, end: number): { at: number; isComplete: boolean } {
    let lineBytes = this.#lineBytes;
    let endsInCr = this.#endsInCr;
    for (let at = start; at < end; at += 1) {
      const byte = buffer[at];
      if (byte === LF) {
        if (lineBytes === 0 || (lineBytes === 1 && endsInCr)) {
          this.#lineBytes = 0;
          this.#endsInCr = false;
          return { at: at + 1, isComplete: true };
        }
        lineBytes = 0;
      } else {
        lineBytes += 1;
        endsInCr = byte === CR;
      }
    }
    this.#lineBytes = lineBytes;
    this.#endsInCr = endsInCr;
    return { at: end, isComplete: false };
  }

  #headEnded(): void {
    const text = this.#text;
    this.#text = '';
    const head = parseHead(text);
    if ('fault' in head) {
      this.#malformed(head.isSize ? 'http-header-size' : 'http-malformed', head.fault);
      return;
    }
    if (head.isOdd) this.#isOdd = true;
    if (head.status < 200 && head.status !== 101) {
      this.#interim += 1;
      this.#state = 'start';
      if (this.#interim > INTERIM_RESPONSES_MAX) this.#malformed('http-malformed', 'interim responses without end');
      return;
    }
    this.#head = head;
    this.responseHead = text;
    this.#beginBody(head);
  }

  /** How the body ends: RFC 9112, section 6.3. */
  #beginBody(head: ResponseHead): void {
    const { status } = head;
    if (this.#isHead || status === 204 || status === 304 || status === 101) {
      if (status === 101) this.#isOdd = true;
      this.#state = 'done';
      return;
    }
    this.#body = new ResponseBody(this.#memory, this.#bodyBytesMax, head, this.#openSpool);
    if (head.isChunked) {
      this.#chunkLines = new ChunkLines();
      this.#state = 'chunk-line';
    } else if (head.contentLength >= 0) {
      this.#left = head.contentLength;
      this.#state = this.#left === 0 ? 'done' : 'length';
    } else {
      this.#isOdd = true;
      this.#state = 'until-close';
    }
  }

  #take(buffer: Buffer, start: number, end: number): number {
    if (!this.#body!.append(buffer, start, end)) {
      this.cut('length', null, `the body was cut at ${this.#bodyBytesMax} bytes`);
    }
    return end;
  }

  /** A body whose length is known, or a chunk. */
  #readCounted(buffer: Buffer, start: number, end: number): number {
    const at = this.#take(buffer, start, Math.min(end, start + this.#left));
    this.#left -= at - start;
    if (this.#left === 0 && !this.isDone) this.#state = this.#state === 'length' ? 'done' : 'chunk-end';
    return at;
  }

  #readChunkLine(buffer: Buffer, start: number, end: number): number {
    const lines = this.#chunkLines!;
    let at = start;
    let result: ChunkEnd = 'more';
    while (at < end && result === 'more') {
      result = this.#state === 'chunk-end' ? lines.afterData(buffer[at]!) : lines.size(buffer[at]!);
      at += 1;
    }
    if (result === 'more') return at;
    if (lines.isOdd) this.#isOdd = true;
    if (result === 'bad') {
      this.cut('disconnect', 'http-malformed', 'the chunks of the body are malformed');
    } else if (this.#state === 'chunk-end') {
      this.#state = 'chunk-line';
    } else {
      this.#left = lines.bytes;
      this.#state = this.#left === 0 ? 'trailer' : 'chunk-data';
    }
    return at;
  }

  /** Trailers are read over. The body is complete by now, so one without end costs the connection and nothing more. */
  #readTrailer(buffer: Buffer, start: number, end: number): number {
    const { at, isComplete } = this.#toBlankLine(buffer, start, end);
    this.#trailerBytes += at - start;
    if (this.#trailerBytes > TRAILER_BYTES_MAX) this.#isOdd = true;
    if (isComplete || this.#trailerBytes > TRAILER_BYTES_MAX) this.#state = 'done';
    return at;
  }

  #malformed(error: ErrorCode, detail: string): void {
    this.#state = 'done';
    this.error = error;
    this.detail = `no HTTP response: ${detail}`;
  }
}

/** Whether text is the protocol's name or begins it; servers write it in any letter case. */
function isProtocol(text: string): boolean {
  return PROTOCOL.startsWith(text.toUpperCase());
}
