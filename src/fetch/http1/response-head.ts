// Parses the head of a response into fields (RFC 9112, sections 4 and 5). Real servers break the grammar and browsers
// accept it. It is accepted here too, but marked as `isOdd`: such a connection carries no further request.

import { wordsOf } from '../../base/headers.ts';
import { RESPONSE_HEADERS_MAX } from '../../base/limits.ts';
import { isCoding } from '../coding.ts';

export interface ResponseHead {
  status: number;
  /** Name, value, name, value, as received. */
  headers: string[];
  /** -1 if no readable length was sent. */
  contentLength: number;
  isChunked: boolean;
  /** The body has a transfer coding besides chunked. */
  isTransferCoded: boolean;
  /** The server keeps the connection open. */
  isKeptAlive: boolean;
  /** From `Keep-Alive: timeout`; Infinity if the server names none. */
  keepAliveMs: number;
  /** Something did not follow the grammar. */
  isOdd: boolean;
  /** What of it may matter to whoever reads the body, in words; empty if nothing does. */
  oddity: string;
}

/** Why a head is unusable; `isSize` if it is only too large. */
export interface HeadFault {
  readonly fault: string;
  readonly isSize: boolean;
}

const CR = 13;
const SPACE = 32;
const TAB = 9;
const CONTROLS = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)/;
const NAME = /^[\w!#$%&'*+\-.^`|~]+$/;
const STATUS_LINE = /^HTTP\/(\d+)(?:\.(\d+))?[ \t]+([1-9]\d\d)(?![^ \t\r\n])/i;
const STRICT_STATUS = /^HTTP\/\d\.\d \d{3}[ \r\n]/i;

/** The trailer of a body as the grammar has it (RFC 9112, section 7.1.2), its blank line included. */
export const TRAILER = /^(?:[\w!#$%&'*+\-.^`|~]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n$/;

/** Parses a complete head, with its blank line, as latin1 text. */
export function parseHead(text: string): ResponseHead | HeadFault {
  const line = STATUS_LINE.exec(text);
  if (line === null) return { fault: `the status line is ${shown(text)}`, isSize: false };
  const head: ResponseHead = {
    status: Number(line[3]),
    headers: [],
    contentLength: -1,
    isChunked: false,
    isTransferCoded: false,
    isKeptAlive: line[1] === '1' && line[2] !== undefined && line[2] !== '0',
    keepAliveMs: Number.POSITIVE_INFINITY,
    isOdd: !STRICT_STATUS.test(text),
    oddity: '',
  };
  if (CONTROLS.test(text)) note(head, 'its header has control characters');
  const fault = readFields(head, text) ?? readFraming(head);
  return fault === null ? head : fault;
}

function readFields(head: ResponseHead, text: string): HeadFault | null {
  const { headers } = head;
  let at = text.indexOf('\n') + 1;
  if (text.charCodeAt(at - 2) !== CR) head.isOdd = true;
  /** Lines that continue the last value. */
  const folded: string[] = [];
  let colon = 0;
  while (at < text.length) {
    const next = text.indexOf('\n', at) + 1;
    if (next === 0) break;
    let end = next - 1;
    if (text.charCodeAt(end - 1) === CR && end > at) end -= 1;
    else head.isOdd = true;
    if (end === at) break;
    // Found once and kept: lines without a colon must not each search the whole head.
    if (colon >= 0 && colon < at) colon = text.indexOf(':', at);
    const first = text.charCodeAt(at);
    if (first === SPACE || first === TAB) {
      // A folded line (RFC 9112, section 5.2) continues the value before it.
      head.isOdd = true;
      folded.push(trimmed(text, at, end));
    } else if (colon <= at || colon >= end) {
      head.isOdd = true;
    } else {
      if (headers.length >= 2 * RESPONSE_HEADERS_MAX) {
        return { fault: `more than ${RESPONSE_HEADERS_MAX} headers`, isSize: true };
      }
      const name = trimmed(text, at, colon);
      if (!NAME.test(name) || name.length !== colon - at) head.isOdd = true;
      unfold(headers, folded);
      headers.push(name, trimmed(text, colon + 1, end));
    }
    at = next;
  }
  unfold(headers, folded);
  return null;
}

/**
 * Appends the lines to the last value, all at once. One by one, each would make a copy, or a rope of tens of thousands
 * of strings.
 */
function unfold(headers: string[], folded: string[]): void {
  const value = headers.at(-1);
  if (folded.length === 0) return;
  if (value !== undefined) headers[headers.length - 1] = [value, ...folded].join(' ').trimStart();
  folded.length = 0;
}

function readFraming(head: ResponseHead): HeadFault | null {
  const { headers } = head;
  const codings: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at]!;
    // The lengths of the three names that matter; they rule out most names.
    if (name.length !== 10 && name.length !== 14 && name.length !== 17) continue;
    const value = headers[at + 1]!;
    switch (name.toLowerCase()) {
      case 'connection':
        readConnection(head, value);
        break;
      case 'keep-alive':
        readKeepAlive(head, value);
        break;
      case 'transfer-encoding':
        codings.push(...wordsOf(value));
        // Another reader may find a different end of the body if the length is written in another way.
        if (value.toLowerCase() !== 'chunked') head.isOdd = true;
        break;
      case 'content-length': {
        const fault = readContentLength(head, value);
        if (fault !== null) return fault;
      }
    }
  }
  if (codings.length > 0) readTransferCodings(head, codings);
  // A length that is too large to count says nothing about where the body ends.
  const isCountless = !Number.isSafeInteger(head.contentLength);
  if (isCountless || (head.isChunked && head.contentLength >= 0)) {
    // RFC 9112, section 6.3: chunked overrides the length. The message may be a smuggling attempt.
    head.oddity ||= head.isChunked
      ? 'it has a Content-Length and chunks: the chunks counted'
      : 'its Content-Length is too large to count';
    head.contentLength = -1;
    head.isOdd = true;
  }
  return null;
}

function note(head: ResponseHead, oddity: string): void {
  head.isOdd = true;
  if (head.oddity === '') head.oddity = oddity;
}

function readConnection(head: ResponseHead, value: string): void {
  const options = value.toLowerCase();
  if (/(^|[\s,])close($|[\s,])/.test(options)) {
    head.isKeptAlive = false;
    head.keepAliveMs = 0;
  } else if (options.includes('keep-alive')) {
    head.isKeptAlive = head.keepAliveMs > 0;
  }
}

function readKeepAlive(head: ResponseHead, value: string): void {
  const timeout = /(?:^|[\s,;])timeout\s*=\s*"?(\d{1,9})/i.exec(value);
  if (timeout !== null) head.keepAliveMs = Math.min(head.keepAliveMs, Number(timeout[1]) * 1000);
}

/** `codings` are those of all fields together; the last one was applied last (RFC 9112, section 6.1). */
function readTransferCodings(head: ResponseHead, codings: readonly string[]): void {
  // Only as the last coding does it tell where the body ends.
  head.isChunked = codings.at(-1) === 'chunked';
  head.isTransferCoded = codings.some((word) => word !== 'chunked');
  if (codings.length > 1) head.isOdd = true;
  const unknown = codings.find((word) => word !== 'chunked' && !isCoding(word));
  if (unknown !== undefined) note(head, `its Transfer-Encoding ${shown(unknown)} is no coding that is known`);
}

function readContentLength(head: ResponseHead, value: string): HeadFault | null {
  // A list of equal lengths counts as one length (RFC 9110, section 8.6).
  for (const part of value.includes(',') ? value.split(',') : [value]) {
    const digits = part.trim();
    if (!/^\d+$/.test(digits)) {
      note(head, `its Content-Length ${shown(value)} is no number`);
      continue;
    }
    const length = Number(digits);
    if (head.contentLength >= 0) {
      head.isOdd = true;
      if (head.contentLength !== length) {
        return { fault: `two lengths, ${head.contentLength} and ${length}`, isSize: false };
      }
    }
    head.contentLength = length;
  }
  return null;
}

function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** The beginning of a text, for messages. */
export function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60).split(/[\r\n]/, 1)[0]);
}
