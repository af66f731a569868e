// The response of a URL as one JSON document, in the words of an exported row.

import type { Outcome, ParsedPage, TlsFacts } from '../base/contracts.ts';
import type { ErrorCode, SkipReason } from '../base/errors.ts';
import { contentTypeOf } from '../base/headers.ts';
import { odditiesOf } from '../base/oddities.ts';
import { onDemand } from '../base/on-demand.ts';
import type { Answered } from './ask.ts';

const crypto = onDemand<typeof import('node:crypto')>('node:crypto');

/** One request of a chain of redirects. Times are in milliseconds. */
export interface Hop {
  readonly url: string;
  readonly status: number;
  /** Empty if there was no connection, or if a proxy made it. */
  readonly remoteAddress: string;
  /** `http/1.1` or `h2`; empty if nothing was sent. */
  readonly protocol: string;
  /** The proxy that the request went to, without its password; null if it went to the server itself. */
  readonly proxy: string | null;
  /** What was agreed on in the TLS handshake; null without one. */
  readonly tls: TlsFacts | null;
  readonly firstByteMs: number;
  readonly elapsedMs: number;
}

/** The fields describe the last request, except `url` and `redirects`. */
export interface FetchDocument extends Hop {
  readonly state: 'done' | 'failed' | 'skipped';
  readonly reason: SkipReason | null;
  readonly error: ErrorCode | null;
  /** What happened in words; empty if there is nothing to say. */
  readonly detail: string;
  /** Where the redirects ended. */
  readonly finalUrl: string;
  /** The requests before the last one. */
  readonly redirects: readonly Hop[];
  readonly truncated: Outcome['truncated'];
  /** ISO 8601. */
  readonly fetchedAt: string;
  /** Name and value, in the received order and case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The length of the body before its content coding is decoded. */
  readonly bytes: number;
  readonly decodedBytes: number;
  /** The digest of the body before its content coding is decoded; null if there was no response. */
  readonly sha256: string | null;
  /** The media type without parameters, in lower case. */
  readonly contentType: string;
  /** Empty if the body is not a page; so is the title. */
  readonly charset: string;
  readonly title: string;
  readonly links: number;
  /** The decoded body; only if it was asked for. */
  readonly bodyBase64?: string;
}

/** `found` is the parser's result for the last body. */
export function fetchDocument(answered: Answered, found: ParsedPage, withBody: boolean): FetchDocument {
  const { outcomes, last, error, reason } = answered;
  const type = contentTypeOf(last.headers);
  return {
    url: outcomes[0]!.url,
    finalUrl: last.url,
    state: reason !== null ? 'skipped' : error !== null ? 'failed' : 'done',
    reason,
    error,
    detail: [last.detail, found.remark ?? '', ...odditiesOf(last, found.charset)]
      .filter((remark) => remark !== '')
      .join('; '),
    status: last.status,
    redirects: outcomes.slice(0, -1).map(hopOf),
    remoteAddress: last.remoteAddress,
    protocol: last.protocol,
    proxy: last.proxy ?? null,
    tls: last.tls ?? null,
    firstByteMs: tenths(last.firstByteMs),
    elapsedMs: tenths(last.elapsedMs),
    truncated: last.truncated,
    fetchedAt: new Date(last.startedAt).toISOString(),
    headers: pairsOf(last.headers),
    bytes: last.rawBody.length,
    decodedBytes: last.body.length,
    sha256: last.status === 0 ? null : crypto().hash('sha256', last.rawBody),
    contentType: type.split(';', 1)[0]!.trim().toLowerCase(),
    charset: found.charset,
    title: found.title,
    links: found.links.length,
    ...(withBody && { bodyBase64: Buffer.from(last.body).toString('base64') }),
  };
}

function hopOf({ url, status, remoteAddress, protocol, proxy, tls, firstByteMs, elapsedMs }: Outcome): Hop {
  const times = { firstByteMs: tenths(firstByteMs), elapsedMs: tenths(elapsedMs) };
  return { url, status, remoteAddress, protocol, proxy: proxy ?? null, tls: tls ?? null, ...times };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function pairsOf(byTurns: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < byTurns.length; at += 2) pairs.push([byTurns[at]!, byTurns[at + 1]!]);
  return pairs;
}
