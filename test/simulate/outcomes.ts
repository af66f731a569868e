// What a server of the simulation says, as the outcome that the real transport would make of it.

import type { Outcome } from '../../src/base/contracts.ts';
import type { ErrorCode } from '../../src/base/errors.ts';

export interface Reply {
  /** 0 where there is no response. */
  readonly status: number;
  readonly error?: ErrorCode;
  /** Name and value by turns. */
  readonly headers?: readonly string[];
  readonly body?: string;
  /** What came over the network, where that is not the length of the body. */
  readonly wireBytes?: number;
}

const NO_BYTES = new Uint8Array(0);

/** `startedAt` and `now` in steady time. */
export function outcomeOf(url: string, reply: Reply, startedAt: number, now: number): Outcome {
  const body = reply.body === undefined ? NO_BYTES : Buffer.from(reply.body);
  const isAnswered = reply.status > 0;
  return {
    url,
    status: reply.status,
    error: reply.error ?? null,
    refused: null,
    detail: reply.error ?? '',
    truncated: null,
    headers: reply.headers ?? [],
    requestHead: '',
    responseHead: '',
    rawBody: body,
    body,
    spooled: null,
    remoteAddress: isAnswered ? '192.0.2.1' : '',
    protocol: isAnswered ? 'http/1.1' : '',
    startedAt,
    sentAt: startedAt,
    firstByteMs: isAnswered ? now - startedAt : 0,
    elapsedMs: now - startedAt,
    wireBytes: reply.wireBytes ?? body.length,
  };
}
