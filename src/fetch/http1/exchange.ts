// One request and what comes of it. The dispatcher owns it from its start until it is settled, which happens once.

import type { Outcome, Request } from '../../base/contracts.ts';
import type { ErrorCode, SkipReason } from '../../base/errors.ts';
import { blankOutcome } from '../blank-outcome.ts';
import type { BodyMemory } from '../body-memory.ts';
import type { Origin } from '../net/origins.ts';
import { ResponseReader } from './response-reader.ts';

export interface Exchange {
  readonly request: Request;
  readonly signal: AbortSignal;
  readonly origin: Origin;
  /** The request's bytes as latin1 text. */
  readonly head: string;
  /** When it began, in wall time. */
  readonly startedAt: number;
  /** The same in steady time. */
  readonly begunAt: number;
  readonly resolve: (outcome: Outcome) => void;
  /** When it was last written to a connection, in steady time; 0 until then. */
  sentAt: number;
  isSettled: boolean;
  /** It went out on a connection that was used before and may go out once more on a new one. */
  mayReplay: boolean;
  /** What is at work for it: a connection, or a race for one. */
  carrier: { close(): void } | null;
  /** Made with the first byte: who waits for that holds as little as can be. */
  reader: ResponseReader | null;
  firstByteMs: number;
  wireBytes: number;
  remoteAddress: string;
  /** Of its body, in memory. */
  heldBytes: number;
}

/** An exchange of which nothing has happened yet. */
export function createExchange(
  begin: Pick<Exchange, 'request' | 'signal' | 'origin' | 'head' | 'startedAt' | 'begunAt' | 'resolve'>,
): Exchange {
  const { request, signal, origin, head, startedAt, begunAt, resolve } = begin;
  return {
    request,
    signal,
    origin,
    head,
    startedAt,
    begunAt,
    resolve,
    sentAt: 0,
    isSettled: false,
    mayReplay: false,
    carrier: null,
    reader: null,
    firstByteMs: 0,
    wireBytes: 0,
    remoteAddress: '',
    heldBytes: 0,
  };
}

/** With the first byte of the response. */
export function beginReader(exchange: Exchange, memory: BodyMemory, usualBytesMax: number): ResponseReader {
  const { method, spool, bodyBytesMax = usualBytesMax } = exchange.request;
  exchange.reader = new ResponseReader(memory, method === 'HEAD', bodyBytesMax, spool);
  return exchange.reader;
}

/** The outcome of an exchange whose reader is done. */
export function responseOutcome(exchange: Exchange, reader: ResponseReader, now: number): Outcome {
  const body = reader.body;
  const sha256 = reader.sha256();
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
    ...(sha256 !== undefined && { sha256 }),
    ...(reader.truncated === 'length' && { isRawCut: true as const }),
    remoteAddress: exchange.remoteAddress,
    startedAt: exchange.startedAt,
    sentAt: exchange.sentAt || exchange.begunAt,
    firstByteMs: exchange.firstByteMs,
    elapsedMs: now - exchange.begunAt,
    wireBytes: exchange.wireBytes,
  };
}

/** The outcome of an exchange that gave no response. */
export function failedOutcome(
  exchange: Exchange,
  now: number,
  why: { readonly error?: ErrorCode; readonly refused?: SkipReason; readonly detail: string },
): Outcome {
  return {
    ...blankOutcome(exchange.request.url, exchange.startedAt),
    error: why.error ?? null,
    refused: why.refused ?? null,
    detail: why.detail,
    requestHead: exchange.sentAt > 0 ? exchange.head : '',
    remoteAddress: exchange.remoteAddress,
    sentAt: exchange.sentAt || exchange.begunAt,
    firstByteMs: exchange.firstByteMs,
    elapsedMs: now - exchange.begunAt,
    wireBytes: exchange.wireBytes,
  };
}
