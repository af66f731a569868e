// Builds records of WARC 1.1 (ISO 28500:2017) as bytes: named fields, a blank line, the block, two blank lines. Pure
// except for the record ids.

import type { Link, LinkKind, Outcome } from '../base/contracts.ts';
import { onDemand } from '../base/on-demand.ts';

const crypto = onDemand<typeof import('node:crypto')>('node:crypto');

const PROFILE = 'http://netpreserve.org/warc/1.1/revisit/identical-payload-digest';
/** The hop letters of Heritrix: followed links, embedded resources, redirects, and links that are only mentioned. */
const HOPS: Readonly<Record<LinkKind, string>> = {
  ...{ navigation: 'L', alternate: 'L', canonical: 'L', feed: 'L', sitemap: 'M', refresh: 'R', frame: 'E' },
  ...{ requisite: 'E', style: 'E', script: 'E', metadata: 'I' },
};
const PROTOCOL = /^http\/(\d+(?:\.\d+)?)[ \t]+(?=\d)/i;
const CRLF = '\r\n';
/** Longer than nearly every head. A longer head gets a buffer of its own. */
const HEAD_BYTES_MAX = 2_048;
const RECORD_END = Buffer.from(CRLF + CRLF);

/** Names and values in turn. A field with an empty value is left out. */
type Fields = readonly string[];

/** What the archive keeps of one exchange, without its body. */
export type RecordedExchange = Pick<
  Outcome,
  'url' | 'requestHead' | 'responseHead' | 'remoteAddress' | 'protocol' | 'startedAt'
> & {
  /** The length of the body, before its content coding is undone. */
  readonly bodyBytes: number;
  /** SHA-256 of that body, hexadecimal. */
  readonly payloadDigest: string;
  /** Why the body is incomplete; null if it is complete. */
  readonly cut: Outcome['truncated'];
};

/** The body as a record has it. */
export interface RecordedBody {
  /** Null if the body is too long for a record in memory. */
  readonly bytes: Uint8Array | null;
  /** SHA-256 of the response's block if the body is long; empty if the record is built in memory. */
  readonly blockDigest: string;
  /** The record that already holds the same payload; null if this record must hold it. */
  readonly original: Original | null;
}

/** A response record that other records may refer to. */
export interface Original {
  readonly id: string;
  readonly url: string;
  /** The date as the record has it. */
  readonly date: string;
}

export interface Records {
  readonly request: Buffer;
  readonly response: Buffer | LongRecord;
  /** The reference by which other records may name this response. */
  readonly written: Original;
}

/** Returns a buffer of this length; its content is arbitrary. */
export type Allocate = (bytes: number) => Buffer;

/** The bytes before and after a body that is too long for a record in memory. */
export interface LongRecord {
  readonly head: Buffer;
  readonly tail: Buffer;
  /** The length of the record, body included. */
  readonly bytes: number;
}

export function warcDate(at: number): string {
  return new Date(at).toISOString();
}

/** The first record of a file; `facts` are names and values for its warc-fields. */
export function warcinfoRecord(filename: string, at: number, facts: Fields): Buffer {
  const block = Buffer.from(fieldLines(facts));
  const fields = ['WARC-Filename', filename, 'Content-Type', 'application/warc-fields'];
  return recordOf({ type: 'warcinfo', id: recordId(), at, fields }, [block], Buffer.allocUnsafe);
}

/**
 * A request record and a response record that name each other. `redact` removes credentials from the request; the
 * response is written into `room`.
 */
export function exchangeRecords(
  exchange: RecordedExchange,
  { bytes, blockDigest, original }: RecordedBody,
  redact: (head: string) => string,
  room: Allocate = Buffer.allocUnsafe,
): Records {
  const { url, startedAt } = exchange;
  const requestId = recordId();
  const responseId = recordId();
  const common = ['WARC-Target-URI', url];
  const requestFields = [...common, 'WARC-Concurrent-To', responseId, 'WARC-Protocol', exchange.protocol];
  requestFields.push('Content-Type', 'application/http;msgtype=request');
  const head = Buffer.from(storedHead(exchange), 'latin1');
  const isRevisit = original !== null;
  const fields = [
    ...common,
    ...['WARC-Concurrent-To', requestId],
    ...['WARC-IP-Address', exchange.remoteAddress],
    ...['WARC-Protocol', exchange.protocol],
    ...['WARC-Payload-Digest', `sha256:${exchange.payloadDigest}`],
    ...(isRevisit ? revisitFields(original) : ['WARC-Truncated', exchange.cut ?? '']),
    ...['Content-Type', 'application/http;msgtype=response'],
  ];
  const record = { type: isRevisit ? 'revisit' : 'response', id: responseId, at: startedAt, fields };
  return {
    request: recordOf(
      { type: 'request', id: requestId, at: startedAt, fields: requestFields },
      [Buffer.from(redact(exchange.requestHead), 'latin1')],
      Buffer.allocUnsafe,
    ),
    response:
      isRevisit || bytes !== null
        ? recordOf(record, isRevisit || bytes === null ? [head] : [head, bytes], room)
        : longRecord(record, head, exchange.bodyBytes, blockDigest),
    written: { id: responseId, url, date: warcDate(startedAt) },
  };
}

/** The links of a page in the format of other crawlers: URL, letter for the kind of hop, element. */
export function outlinksRecord(
  { url, startedAt }: Pick<Outcome, 'url' | 'startedAt'>,
  links: readonly Link[],
  responseId: string,
): Buffer {
  const lines = links.flatMap(({ url: target, kind, element }) => ['outlink', `${target} ${HOPS[kind]} ${element}`]);
  const fields = ['WARC-Target-URI', url, 'WARC-Concurrent-To', responseId, 'Content-Type', 'application/warc-fields'];
  const block = Buffer.from(fieldLines(lines));
  return recordOf({ type: 'metadata', id: recordId(), at: startedAt, fields }, [block], Buffer.allocUnsafe);
}

/** The address of a name (RFC 4501 defines its URI, RFC 4027 its media type). */
export function dnsRecord(name: string, address: string, at: number): Buffer {
  const type = address.includes(':') ? 'AAAA' : 'A';
  const block = Buffer.from(`${warcDate(at).replace(/\D/g, '').slice(0, 14)}\n${name}.\tIN\t${type}\t${address}\n`);
  const fields = ['WARC-Target-URI', `dns:${name}`, 'WARC-IP-Address', address, 'Content-Type', 'text/dns'];
  return recordOf({ type: 'resource', id: recordId(), at, fields }, [block], Buffer.allocUnsafe);
}

/** Whether the host of a URL is a name and not an IP address. */
export function isName(hostname: string): boolean {
  return !hostname.startsWith('[') && !/^[\d.]+$/.test(hostname);
}

/** In one piece, because many are remembered: a text that was put together keeps its pieces. */
function recordId(): string {
  return Buffer.from(`<urn:uuid:${crypto().randomUUID()}>`, 'latin1').toString('latin1');
}

function revisitFields({ id, url, date }: Original): Fields {
  return [
    ...['WARC-Profile', PROFILE],
    ...['WARC-Refers-To', id, 'WARC-Refers-To-Target-URI', url, 'WARC-Refers-To-Date', date],
  ];
}

interface Kind {
  readonly type: string;
  readonly id: string;
  /** Wall milliseconds. */
  readonly at: number;
  readonly fields: Fields;
}

/** Builds the whole record in one buffer from `room`. The head comes first, but it needs the digest of the block. */
function recordOf(kind: Kind, block: readonly Uint8Array[], room: Allocate): Buffer {
  const length = block.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = room(HEAD_BYTES_MAX + length + RECORD_END.length);
  let end = HEAD_BYTES_MAX;
  for (const piece of block) {
    bytes.set(piece, end);
    end += piece.length;
  }
  bytes.set(RECORD_END, end);
  const whole = bytes.subarray(HEAD_BYTES_MAX, end);
  const head = recordHead(kind, crypto().hash('sha256', whole, 'hex'), length);
  const rest = bytes.subarray(HEAD_BYTES_MAX, end + RECORD_END.length);
  if (head.length > HEAD_BYTES_MAX) return Buffer.concat([head, rest]);
  const from = HEAD_BYTES_MAX - head.length;
  bytes.set(head, from);
  return bytes.subarray(from, end + RECORD_END.length);
}

function longRecord(kind: Kind, head: Buffer, bodyBytes: number, blockDigest: string): LongRecord {
  const heads = Buffer.concat([recordHead(kind, blockDigest, head.length + bodyBytes), head]);
  return { head: heads, tail: RECORD_END, bytes: heads.length + bodyBytes + RECORD_END.length };
}

function recordHead({ type, id, at, fields }: Kind, digest: string, length: number): Buffer {
  const own = ['WARC-Type', type, 'WARC-Record-ID', id, 'WARC-Date', warcDate(at)];
  const ends = ['WARC-Block-Digest', `sha256:${digest}`, 'Content-Length', String(length)];
  return Buffer.from(`WARC/1.1${CRLF}${fieldLines([...own, ...fields, ...ends])}${CRLF}`);
}

function fieldLines(fields: Fields): string {
  let lines = '';
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at + 1] !== '') lines += `${fields[at]}: ${fields[at + 1]}${CRLF}`;
  }
  return lines;
}

/**
 * The head of a response as it is stored. The body is stored without its transfer coding, so the fields that framed it
 * get other names, as in other crawlers, and Content-Length is set to the stored length. A status line with another
 * version or letter case becomes HTTP/1.1, because readers stop at an unknown one.
 */
export function storedHead(exchange: Pick<RecordedExchange, 'responseHead' | 'bodyBytes'>): string {
  const responseHead = exchange.responseHead.replace(
    PROTOCOL,
    (_, version) => `HTTP/${version === '1.0' ? version : '1.1'} `,
  );
  if (!/^transfer-encoding[ \t]*:/im.test(responseHead)) return responseHead;
  const renamed = responseHead.replace(/^(transfer-encoding|content-length)(?=[ \t]*:)/gim, 'X-Orig-$1');
  const end = renamed.search(/\r?\n\r?\n/);
  const head = end < 0 ? renamed : renamed.slice(0, end);
  return `${head}${CRLF}Content-Length: ${exchange.bodyBytes}${CRLF}${CRLF}`;
}

/** A field of a head. Its value goes on in the lines below that begin with white space. */
const FIELD = /^([^\s:]+)([ \t]*:[ \t]*)[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*/gm;
const COOKIE_FIELDS: ReadonlySet<string> = new Set(['set-cookie', 'set-cookie2']);

/** The head without its secret values; the field names stay. `secret` holds names in lower case. */
export function withoutSecrets(head: string, secret: ReadonlySet<string>): string {
  return head.replace(FIELD, (field, name: string, colon: string) =>
    secret.has(name.toLowerCase()) ? `${name}${colon}[redacted]` : field,
  );
}

/** The head of a response without the cookies that it sets. */
export function withoutCookies(responseHead: string): string {
  return /^set-cookie/im.test(responseHead) ? withoutSecrets(responseHead, COOKIE_FIELDS) : responseHead;
}
