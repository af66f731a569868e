// One request and what comes of it. The dispatcher owns it from its start until it is settled, which happens once.

import type { Outcome, Request } from '../base/contracts.ts';
import type { ErrorCode, SkipReason } from '../base/errors.ts';
import { blankOutcome } from './blank-outcome.ts';
import type { BodyMemory } from './body-memory.ts';
import type { Origin } from './origins.ts';
import { ResponseReader } from './response-reader.ts';

export interface Exchange {
  readonly request: Request;
  readonly signal: AbortSignal;
  readonly origin: Origin;
  /** The request's bytes as latin1 text. */
  readonly head: string;
  /** Wall milliseconds. */
  readonly startedAt: number;
  /** Monotonic milliseconds. */
  readonly startedMs: number;
  readonly resolve: (outcome: Outcome) => void;
  isSettled: boolean;
  isSent: boolean;
  /** It went out on a connection that was used before and may go out once more on a new one. */
  mayReplay: boolean;
  /** What is at work for it: a connection, or a race for one. */
  carrier: { close(): void } | null;
  /** Made with the first byte: who waits for that holds as little as can be. */
  reader: ResponseReader | null;
  firstByteMs: number;
  wireBytes: number;
  remoteAddress: string;
}

/** An exchange of which nothing has happened yet. */
export function createExchange(
  begin: Pick<Exchange, 'request' | 'signal' | 'origin' | 'head' | 'startedAt' | 'startedMs' | 'resolve'>,
): Exchange {
  const { request, signal, origin, head, startedAt, startedMs, resolve } = begin;
  return {
    request,
    signal,
    origin,
    head,
    startedAt,
    startedMs,
    resolve,
    isSettled: false,
    isSent: false,
    mayReplay: false,
    carrier: null,
    reader: null,
    firstByteMs: 0,
    wireBytes: 0,
    remoteAddress: '',
  };
}

/** With the first byte of the response. */
export function beginReader(exchange: Exchange, memory: BodyMemory, bodyBytesMax: number): ResponseReader {
  const { method, spool, bodyBytesMin = 0 } = exchange.request;
  exchange.reader = new ResponseReader(memory, method === 'HEAD', Math.max(bodyBytesMax, bodyBytesMin), spool);
  return exchange.reader;
}

/** The outcome of an exchange whose reader is done. */
export function responseOutcome(exchange: Exchange, reader: ResponseReader, nowMs: number): Outcome {
  const body = reader.body;
  return {
    url: exchange.request.url,
    status: reader.status,
    error: reader.error,
    refused: null,
    detail: reader.detail,
    truncated: reader.truncated,
    headers: reader.headers,
    requestHead: exchange.head,
    responseHead: reader.responseHead,
    rawBody: body,
    body,
    spooled: reader.spooled(),
    remoteAddress: exchange.remoteAddress,
    startedAt: exchange.startedAt,
    firstByteMs: exchange.firstByteMs,
    elapsedMs: nowMs - exchange.startedMs,
    wireBytes: exchange.wireBytes,
  };
}

/** The outcome of an exchange that gave no response. */
export function failedOutcome(
  exchange: Exchange,
  nowMs: number,
  why: { readonly error?: ErrorCode; readonly refused?: SkipReason; readonly detail: string },
): Outcome {
  return {
    ...blankOutcome(exchange.request.url, exchange.startedAt),
    error: why.error ?? null,
    refused: why.refused ?? null,
    detail: why.detail,
    requestHead: exchange.isSent ? exchange.head : '',
    remoteAddress: exchange.remoteAddress,
    firstByteMs: exchange.firstByteMs,
    elapsedMs: nowMs - exchange.startedMs,
    wireBytes: exchange.wireBytes,
  };
}
