// A response that comes over HTTP/2, in the words of HTTP/1.1: its head is a status line with the fields as they came,
// because that is what archives hold.

import type { OpenSpool, Outcome, Spooled } from '../../base/contracts.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { headerOf } from '../../base/headers.ts';
import { RESPONSE_HEAD_BYTES_MAX, RESPONSE_HEADERS_MAX } from '../../base/limits.ts';
import { NO_BYTES } from '../blank-outcome.ts';
import type { BodyMemory } from '../body-memory.ts';
import { ResponseBody } from '../http1/response-body.ts';
import type { IncomingResponse } from '../incoming-response.ts';
import { reasonPhrase } from './reason-phrase.ts';

export interface BodyRules {
  readonly memory: BodyMemory;
  readonly bytesMax: number;
  /** The answer to a HEAD has no body, whatever its fields say. */
  readonly isHead: boolean;
  readonly spool: OpenSpool | null;
}

export class Http2Response implements IncomingResponse {
  readonly #rules: BodyRules;
  #body: ResponseBody | null = null;
  /** What its Content-Length says; -1 if that says nothing. */
  #promised = -1;
  status = 0;
  headers: string[] = [];
  responseHead = '';
  error: ErrorCode | null = null;
  detail = '';
  readonly oddity = '';
  truncated: Outcome['truncated'] = null;

  constructor(rules: BodyRules) {
    this.#rules = rules;
  }

  get hasBody(): boolean {
    return this.#body !== null && this.#body.length > 0;
  }

  get body(): Uint8Array {
    return this.#body === null ? NO_BYTES : this.#body.bytes;
  }

  get heldBytes(): number {
    return this.responseHead.length + (this.#body === null ? 0 : this.#body.heldBytes);
  }

  /** The stream is over: the body was cut if less came than was promised or, without a promise, no end. */
  ended(hasEnd: boolean): void {
    if (this.#body === null || (this.#promised < 0 ? hasEnd : this.#body.length === this.#promised)) return;
    this.cut('disconnect', 'disconnect', 'the stream was ended within the body');
  }

  sha256(): Uint8Array | undefined {
    return this.#body?.sha256();
  }

  spooled(): Spooled | null {
    return this.#body === null ? null : this.#body.spooled();
  }

  /** Takes the fields of the final response, pseudo fields included. Returns whether they are not too many. */
  begin(status: number, fields: readonly string[]): boolean {
    let head = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`;
    for (let at = 0; at < fields.length; at += 2) {
      const name = fields[at]!;
      if (name.startsWith(':')) continue;
      this.headers.push(name, fields[at + 1]!);
      head += `${name}: ${fields[at + 1]}\r\n`;
    }
    head += '\r\n';
    if (this.headers.length > 2 * RESPONSE_HEADERS_MAX)
      return this.#refuse(`more than ${RESPONSE_HEADERS_MAX} headers`);
    if (head.length > RESPONSE_HEAD_BYTES_MAX) {
      return this.#refuse(`the head of the response is longer than ${RESPONSE_HEAD_BYTES_MAX} bytes`);
    }
    this.status = status;
    this.responseHead = head;
    const { memory, bytesMax, isHead, spool } = this.#rules;
    if (isHead || status === 204 || status === 304) return true;
    const length = headerOf(this.headers, 'content-length') ?? '';
    if (/^\d{1,15}$/.test(length)) this.#promised = Number(length);
    const head1 = { contentLength: this.#promised, headers: this.headers, isTransferCoded: false };
    this.#body = new ResponseBody(memory, bytesMax, head1, spool);
    return true;
  }

  /** Takes bytes of the body. Returns whether there was room for them. */
  take(bytes: Buffer): boolean {
    if (this.#body === null || this.#body.append(bytes, 0, bytes.length)) return true;
    this.cut('length', null, `the body was cut at ${this.#rules.bytesMax} bytes`);
    return false;
  }

  cut(truncated: Outcome['truncated'], error: ErrorCode | null, detail: string): void {
    this.truncated = this.status === 0 ? null : truncated;
    this.error = error;
    this.detail = detail;
  }

  #refuse(fault: string): false {
    this.headers = [];
    this.cut(null, 'http-header-size', `no HTTP response: ${fault}`);
    return false;
  }
}
