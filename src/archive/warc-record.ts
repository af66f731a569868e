// Records of WARC 1.1 (ISO 28500:2017) as bytes: named fields, a blank line, the block, two blank lines. Pure but for the ids.

import { hash, randomUUID } from 'node:crypto';
import type { Outcome } from '../base/contracts.ts';

const PROFILE = 'http://netpreserve.org/warc/1.1/revisit/identical-payload-digest';
const CRLF = '\r\n';

/** Names and values by turns; an empty value leaves its field out. */
type Fields = readonly string[];

/** What is kept of one exchange. */
export interface Exchange {
  readonly outcome: Outcome;
  /** SHA-256 of the payload, the body before the content coding: hexadecimal. */
  readonly payloadDigest: string;
  /** Why the body is not whole; null where it is. */
  readonly cut: Outcome['truncated'];
  /** The record that has the same payload already; null where this one must have it. */
  readonly original: Original | null;
}

/** A response record that others may refer to. */
export interface Original {
  readonly id: string;
  readonly url: string;
  /** As written in the record. */
  readonly date: string;
}

export interface Records {
  readonly request: Buffer;
  readonly response: Buffer;
  /** The response as others may refer to it. */
  readonly written: Original;
}

export function warcDate(at: number): string {
  return new Date(at).toISOString();
}

/** The record that a file begins with; `facts` are names and values of its warc-fields. */
export function warcinfoRecord(filename: string, at: number, facts: Fields): Buffer {
  const block = Buffer.from(fieldLines(facts));
  const fields = ['WARC-Filename', filename, 'Content-Type', 'application/warc-fields'];
  return recordOf('warcinfo', recordId(), at, fields, [block]);
}

/** Request and response, which name each other. `redact` takes credentials out of the request. */
export function exchangeRecords(exchange: Exchange, redact: (head: string) => string): Records {
  const { outcome, original, cut, payloadDigest } = exchange;
  const requestId = recordId();
  const responseId = recordId();
  const common = ['WARC-Target-URI', outcome.url];
  const requestFields = [...common, 'WARC-Concurrent-To', responseId, 'WARC-Protocol', 'http/1.1'];
  requestFields.push('Content-Type', 'application/http;msgtype=request');
  const head = Buffer.from(storedHead(outcome), 'latin1');
  const isRevisit = original !== null;
  const fields = [
    ...common,
    ...['WARC-Concurrent-To', requestId],
    ...['WARC-IP-Address', outcome.remoteAddress],
    ...['WARC-Protocol', 'http/1.1'],
    ...['WARC-Payload-Digest', `sha256:${payloadDigest}`],
    ...(isRevisit ? revisitFields(original) : ['WARC-Truncated', cut ?? '']),
    ...['Content-Type', 'application/http;msgtype=response'],
  ];
  const block = isRevisit ? [head] : [head, outcome.rawBody];
  return {
    request: recordOf('request', requestId, outcome.startedAt, requestFields, [
      Buffer.from(redact(outcome.requestHead), 'latin1'),
    ]),
    response: recordOf(isRevisit ? 'revisit' : 'response', responseId, outcome.startedAt, fields, block),
    written: { id: responseId, url: outcome.url, date: warcDate(outcome.startedAt) },
  };
}

function recordId(): string {
  return `<urn:uuid:${randomUUID()}>`;
}

function revisitFields({ id, url, date }: Original): Fields {
  return [
    ...['WARC-Profile', PROFILE],
    ...['WARC-Refers-To', id, 'WARC-Refers-To-Target-URI', url, 'WARC-Refers-To-Date', date],
  ];
}

function recordOf(type: string, id: string, at: number, fields: Fields, block: readonly Uint8Array[]): Buffer {
  const length = block.reduce((sum, piece) => sum + piece.length, 0);
  const whole = block.length === 1 ? block[0]! : Buffer.concat(block, length);
  const own = ['WARC-Type', type, 'WARC-Record-ID', id, 'WARC-Date', warcDate(at)];
  const digest = ['WARC-Block-Digest', `sha256:${hash('sha256', whole, 'hex')}`];
  const head = `WARC/1.1${CRLF}${fieldLines([...own, ...fields, ...digest, 'Content-Length', String(length)])}${CRLF}`;
  return Buffer.concat([Buffer.from(head), whole, Buffer.from(CRLF + CRLF)]);
}

function fieldLines(fields: Fields): string {
  let lines = '';
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at + 1] !== '') lines += `${fields[at]}: ${fields[at + 1]}${CRLF}`;
  }
  return lines;
}

/**
 * The head of a response as it is kept. The body stands behind it without its transfer coding, so the fields that framed it on the wire have
 * other names, as other crawlers do it, and there is a Content-Length that is right.
 */
export function storedHead({ responseHead, rawBody }: Pick<Outcome, 'responseHead' | 'rawBody'>): string {
  if (!/^transfer-encoding[ \t]*:/im.test(responseHead)) return responseHead;
  const renamed = responseHead.replace(/^(transfer-encoding|content-length)(?=[ \t]*:)/gim, 'X-Orig-$1');
  const end = renamed.search(/\r?\n\r?\n/);
  const head = end < 0 ? renamed : renamed.slice(0, end);
  return `${head}${CRLF}Content-Length: ${rawBody.length}${CRLF}${CRLF}`;
}

/** The request without what only its user may know; the names stay. */
export function withoutCredentials(requestHead: string): string {
  return requestHead.replace(/^((?:proxy-)?authorization|cookie)([ \t]*:[ \t]*)[^\r\n]*/gim, '$1$2[redacted]');
}
