// Makes the outcome of an exchange that has ended.

import type { Outcome } from '../base/contracts.ts';
import type { ErrorCode, SkipReason } from '../base/errors.ts';
import { blankOutcome } from './blank-outcome.ts';
import type { Exchange } from './exchange.ts';
import type { IncomingResponse } from './incoming-response.ts';

/** The outcome of an exchange with a response, to which nothing more will come. */
export function responseOutcome(exchange: Exchange, response: IncomingResponse, now: number): Outcome {
  const body = response.body;
  const sha256 = response.sha256();
  const outcome: { -readonly [Field in keyof Outcome]: Outcome[Field] } = {
    url: exchange.request.url,
    status: response.status,
    error: response.error,
    refused: null,
    detail: response.detail,
    truncated: response.truncated,
    headers: response.headers,
    requestHead: exchange.requestHead,
    responseHead: response.responseHead,
    rawBody: body,
    body,
    spooled: response.spooled(),
    remoteAddress: remoteAddressOf(exchange),
    protocol: exchange.protocol,
    startedAt: exchange.startedAt,
    sentAt: exchange.sentAt || exchange.begunAt,
    firstByteMs: exchange.firstByteMs,
    elapsedMs: now - exchange.begunAt,
    wireBytes: exchange.wireBytes,
  };
  if (sha256 !== undefined) outcome.sha256 = sha256;
  if (response.oddity !== '') outcome.oddity = response.oddity;
  if (response.truncated === 'length') outcome.isRawCut = true;
  if (exchange.tls !== null) outcome.tls = exchange.tls;
  if (exchange.origin.route !== null) outcome.proxy = exchange.origin.route.label;
  return outcome;
}

/** The address of a proxy says nothing about the origin. */
function remoteAddressOf({ origin, remoteAddress }: Exchange): string {
  return origin.route === null ? remoteAddress : '';
}

/** The outcome of an exchange without a response. */
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
    requestHead: exchange.requestHead,
    remoteAddress: remoteAddressOf(exchange),
    ...(exchange.tls !== null && { tls: exchange.tls }),
    ...(exchange.origin.route !== null && { proxy: exchange.origin.route.label }),
    protocol: exchange.protocol,
    sentAt: exchange.sentAt || exchange.begunAt,
    firstByteMs: exchange.firstByteMs,
    elapsedMs: now - exchange.begunAt,
    wireBytes: exchange.wireBytes,
  };
}
