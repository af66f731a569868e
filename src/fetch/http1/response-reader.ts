// Turns the bytes of a connection into one response (RFC 9112): a state machine that takes pieces of any size and gives
// the same result for every split. It owns only its state; the caller owns the connection.

import type { OpenSpool, Outcome, Spooled } from '../../base/contracts.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { TRAILER_BYTES_MAX } from '../../base/limits.ts';
import { CHUNK_LINE_STEP_BYTES } from '../../base/limits-of-connections.ts';
import { NO_BYTES } from '../blank-outcome.ts';
import type { BodyMemory } from '../body-memory.ts';
import type { IncomingResponse } from '../incoming-response.ts';
import { type ChunkEnd, ChunkLines } from './chunk-lines.ts';
import { BlankLine, HeadReader } from './head-reader.ts';
import { ResponseBody } from './response-body.ts';
import { type ResponseHead, TRAILER } from './response-head.ts';

type BodyState = 'length' | 'until-close' | 'chunk-line' | 'chunk-data' | 'chunk-end' | 'trailer';
type State = 'head' | BodyState | 'done';

export class ResponseReader implements IncomingResponse {
  readonly #memory: BodyMemory;
  readonly #isHead: boolean;
  readonly #bodyBytesMax: number;
  readonly #openSpool: OpenSpool | null;
  #state: State = 'head';
  readonly #headReader = new HeadReader();
  #trailerEnd: BlankLine | null = null;
  #trailer = '';
  #head: ResponseHead | null = null;
  #body: ResponseBody | null = null;
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  #chunkLines: ChunkLines | null = null;
  #isOdd = false;

  /** The exact text. */
  responseHead = '';
  error: ErrorCode | null = null;
  detail = '';
  oddity = '';
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
    return this.#headReader.text.length + (this.#body === null ? 0 : this.#body.heldBytes);
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

  /** The bytes did not even begin like HTTP. */
  get isOtherProtocol(): boolean {
    return this.#headReader.isOtherProtocol;
  }

  /** How long the connection may wait for another request; 0 if it must be closed. */
  get keepAliveMs(): number {
    if (this.#head === null || this.#isOdd || this.error !== null || this.truncated !== null) return 0;
    return this.#head.isKeptAlive ? this.#head.keepAliveMs : 0;
  }

  /**
   * Takes bytes `start` to `end` of `buffer`, which may be overwritten afterwards, but at most `stepsMax` pieces of
   * them, or those before the last one of a long head. Returns how far it came; what is behind must be pushed next.
   */
  push(buffer: Buffer, start: number, end: number, stepsMax = Number.POSITIVE_INFINITY): number {
    let at = start;
    for (let steps = 0; at < end && this.#state !== 'done'; steps += 1) {
      if (steps >= stepsMax || (steps > 0 && this.#headReader.isLongDue && stepsMax < Infinity)) return at;
      at = this.#step(buffer, at, end);
    }
    if (at < end) this.#readExcess(buffer, at, end);
    return end;
  }

  /** More bytes than the response came without a request, so nothing after them can be trusted. */
  #readExcess(buffer: Buffer, start: number, end: number): void {
    this.#isOdd = true;
    // Old servers end a body with a line of its own.
    const isLineEnd = end - start <= 2 && (buffer[start] === 13 || buffer[start] === 10) && buffer[end - 1] === 10;
    if (this.error === null && this.truncated === null && !isLineEnd) this.#note('more bytes came behind its end');
  }

  #note(oddity: string): void {
    this.#isOdd = true;
    if (this.oddity === '') this.oddity = oddity;
  }

  /** The peer has closed: nothing more will come. */
  end(): void {
    if (this.#state === 'done') return;
    const state = this.#state;
    this.#state = 'done';
    this.#isOdd = true;
    if (state === 'trailer') this.#note('the connection was closed within its trailer');
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

  #readHead(buffer: Buffer, start: number, end: number): number {
    const reader = this.#headReader;
    const at = reader.push(buffer, start, end);
    if (reader.isOdd) this.#isOdd = true;
    if (reader.fault !== null) {
      this.#state = 'done';
      this.error = reader.fault.code;
      this.detail = reader.fault.detail;
    } else if (reader.head !== null) {
      this.#head = reader.head;
      this.responseHead = reader.text;
      this.oddity = reader.head.oddity;
      this.#beginBody(reader.head);
    }
    return at;
  }

  /** Decides how the body ends: RFC 9112, section 6.3. */
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

  /** Reads a body of known length, or a chunk. */
  #readCounted(buffer: Buffer, start: number, end: number): number {
    const at = this.#take(buffer, start, Math.min(end, start + this.#left));
    this.#left -= at - start;
    if (this.#left === 0 && !this.isDone) this.#state = this.#state === 'length' ? 'done' : 'chunk-end';
    return at;
  }

  #readChunkLine(buffer: Buffer, start: number, end: number): number {
    const lines = this.#chunkLines!;
    const most = Math.min(end, start + CHUNK_LINE_STEP_BYTES);
    let at = start;
    let result: ChunkEnd = 'more';
    while (at < most && result === 'more') {
      result = this.#state === 'chunk-end' ? lines.afterData(buffer[at]!) : lines.size(buffer[at]!);
      at += 1;
    }
    if (result === 'more') return at;
    if (lines.isOdd) this.#isOdd = true;
    if (lines.hasBadExtension) this.#note('a chunk has an extension that is malformed');
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

  /** Skips trailers. The body is complete by now, so a trailer without end costs only the connection. */
  #readTrailer(buffer: Buffer, start: number, end: number): number {
    this.#trailerEnd ??= new BlankLine();
    const at = this.#trailerEnd.pass(buffer, start, end);
    this.#trailer += buffer.toString('latin1', start, at);
    if (!this.#trailerEnd.isPassed && this.#trailer.length <= TRAILER_BYTES_MAX) return at;
    // Another reader may find a different end if it does not follow the grammar.
    if (this.#trailer.length > TRAILER_BYTES_MAX) {
      this.#note(`its trailer has more than ${TRAILER_BYTES_MAX} bytes and was not read to its end`);
    } else if (!TRAILER.test(this.#trailer)) this.#note('its trailer is malformed');
    this.#state = 'done';
    return at;
  }
}
