// One request on its way: what the transport knows about it until it is an outcome.

import type { Outcome, Request } from '../base/contracts.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { Connection } from './connection.ts';
import type { Origin } from './origin.ts';
import { ResponseReader } from './response-reader.ts';

const NO_BYTES = Buffer.alloc(0);

export class Exchange {
  readonly request: Request;
  readonly origin: Origin;
  readonly head: string;
  readonly resolve: (outcome: Outcome) => void;
  readonly startedAt: number;
  readonly startedMonotonic: number;
  readonly reader: ResponseReader;
  connection: Connection | null = null;
  remoteAddress = '';
  wireBytes = 0;
  firstByteMonotonic = 0;
  /** It has been sent again after a kept-alive connection turned out to be dead. */
  isReplay = false;
  isOver = false;

  constructor(
    request: Request,
    origin: Origin,
    head: string,
    bodyBytesMax: number,
    startedAt: number,
    startedMonotonic: number,
    resolve: (outcome: Outcome) => void,
  ) {
    this.request = request;
    this.origin = origin;
    this.head = head;
    this.resolve = resolve;
    this.startedAt = startedAt;
    this.startedMonotonic = startedMonotonic;
    this.reader = new ResponseReader(request.method, bodyBytesMax);
  }

  /** Ends the exchange once; later calls do nothing. */
  finish(now: number, error: ErrorCode | null, truncated: Outcome['truncated'], detail: string): void {
    if (this.isOver) return;
    this.isOver = true;
    const { reader } = this;
    const body = reader.status === 0 ? NO_BYTES : reader.body.take();
    this.resolve({
      url: this.request.url,
      status: reader.status,
      error,
      refused: null,
      detail,
      truncated: reader.status === 0 ? null : truncated,
      headers: reader.headers,
      requestHead: this.head,
      responseHead: reader.head,
      rawBody: body,
      body,
      remoteAddress: this.remoteAddress,
      startedAt: this.startedAt,
      firstByteMs: this.firstByteMonotonic === 0 ? 0 : this.firstByteMonotonic - this.startedMonotonic,
      elapsedMs: now - this.startedMonotonic,
      wireBytes: this.wireBytes,
    });
  }
}
