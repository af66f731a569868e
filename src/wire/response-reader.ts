// Reads one HTTP/1.1 response (RFC 9112) from bytes in whatever pieces they come. It is lenient where browsers are: bare line
// feeds, folded headers, a space before the colon, Content-Length beside chunked. After anything of that kind the connection is
// not used again, because the next response might not begin where we think.

import type { RawHeaders } from '../base/contracts.ts';
import {
  CHUNK_LINE_BYTES_MAX,
  INTERIM_RESPONSES_MAX,
  RESPONSE_HEAD_BYTES_MAX,
  RESPONSE_HEADERS_MAX,
  TRAILER_BYTES_MAX,
} from '../base/limits.ts';
import { BodyBuffer } from './body-buffer.ts';

export type ReaderState = 'reading' | 'done' | 'malformed' | 'head-too-large' | 'cut-short' | 'too-long';

type Stage = 'head' | 'fixed' | 'until-close' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailers' | 'over';

const NO_HEADERS: RawHeaders = [];
/** Heads are short: what is looked through at a time. */
const HEAD_SLICE_BYTES = 4096;

export class ResponseReader {
  status = 0;
  headers: RawHeaders = NO_HEADERS;
  head = '';
  /** The connection may carry another request. */
  isReusable = true;
  /** Seconds that the server's `Keep-Alive: timeout` gives an idle connection; 0 where it says nothing. */
  keepAliveSeconds = 0;
  readonly body: BodyBuffer;
  readonly #hasNoBody: boolean;
  #stage: Stage = 'head';
  #pending = '';
  #left = 0;
  #interim = 0;
  #trailerBytes = 0;

  constructor(method: 'GET' | 'HEAD', bodyBytesMax: number) {
    this.#hasNoBody = method === 'HEAD';
    this.body = new BodyBuffer(bodyBytesMax);
  }

  /** Takes the first `length` bytes of `bytes`, which may be overwritten afterwards. */
  feed(bytes: Buffer, length: number): ReaderState {
    let at = 0;
    while (at < length) {
      const stage = this.#stage;
      let next: number | ReaderState;
      if (stage === 'head') next = this.#readHead(bytes, at, length);
      else if (stage === 'fixed') next = this.#readFixed(bytes, at, length);
      else if (stage === 'until-close') next = this.#readUntilClose(bytes, at, length);
      else if (stage === 'over') next = this.#excess();
      else next = this.#readChunked(bytes, at, length);
      if (typeof next === 'string') return next;
      at = next;
    }
    return this.#stage === 'over' ? 'done' : 'reading';
  }

  /** The peer has closed the connection. */
  end(): ReaderState {
    this.isReusable = false;
    if (this.#stage === 'until-close' || this.#stage === 'over') return 'done';
    return this.#stage === 'head' && this.status === 0 && this.#pending === '' ? 'reading' : 'cut-short';
  }

  #readHead(bytes: Buffer, at: number, length: number): number | ReaderState {
    const before = this.#pending.length;
    const upTo = Math.min(length, at + HEAD_SLICE_BYTES);
    const text = this.#pending + bytes.toString('latin1', at, upTo);
    const start = leadingBlank(text);
    if (start > 0) this.isReusable = false;
    if (!beginsLikeHttp(text, start)) return 'malformed';
    const end = endOfHead(text, start, Math.max(0, before - 3));
    if (end < 0) {
      if (text.length > RESPONSE_HEAD_BYTES_MAX) return 'head-too-large';
      this.#pending = text;
      return upTo;
    }
    if (end - start > RESPONSE_HEAD_BYTES_MAX) return 'head-too-large';
    this.#pending = '';
    const problem = this.#parseHead(text.slice(start, end));
    if (problem !== null) return problem;
    return at + end - before;
  }

  #parseHead(head: string): ReaderState | null {
    const lines = head.includes('\n ') || head.includes('\n\t') ? this.#unfolded(head) : head;
    const firstEnd = lines.indexOf('\n');
    const status = statusOf(lines.slice(0, firstEnd));
    if (status === 0) return 'malformed';
    if (status < 200) {
      this.#interim += 1;
      return this.#interim > INTERIM_RESPONSES_MAX || status === 101 ? 'malformed' : null;
    }
    this.status = status;
    this.head = head;
    const framing = this.#parseHeaders(
      lines,
      firstEnd + 1,
      lines.charCodeAt(7) === 0x31 && lines.charCodeAt(5) === 0x31,
    );
    if (typeof framing === 'string') return framing;
    this.#frameBody(framing);
    return null;
  }

  #unfolded(head: string): string {
    this.isReusable = false;
    return head.replace(/\r?\n[ \t]+/g, ' ');
  }

  #parseHeaders(text: string, from: number, isHttp11: boolean): Framing | ReaderState {
    const headers: string[] = [];
    const framing: Framing = { isChunked: false, contentLength: -1 };
    let keepsAlive = isHttp11;
    for (let at = from; at < text.length; ) {
      const feed = text.indexOf('\n', at);
      const isCrLf = feed > at && text.charCodeAt(feed - 1) === 0x0d;
      const end = isCrLf ? feed - 1 : feed;
      if (!isCrLf && feed >= at) this.isReusable = false;
      const colon = text.indexOf(':', at);
      if (end > at && colon > at && colon < end) {
        let name = text.slice(at, colon);
        if (name.charCodeAt(name.length - 1) <= 0x20) {
          this.isReusable = false;
          name = name.trimEnd();
        }
        const value = text.slice(colon + 1, end).trim();
        if (headers.length >= 2 * RESPONSE_HEADERS_MAX) return 'head-too-large';
        headers.push(name, value);
        const token = framingName(name);
        if (token === 'content-length') {
          if (!this.#takeLength(framing, value)) return 'malformed';
        } else if (token === 'transfer-encoding') {
          if (/(?:^|,)\s*chunked\s*$/i.test(value)) framing.isChunked = true;
        } else if (token === 'connection') {
          if (/\bclose\b/i.test(value)) this.isReusable = false;
          else if (/\bkeep-alive\b/i.test(value)) keepsAlive = true;
        } else if (token === 'keep-alive') {
          this.keepAliveSeconds = Number(/timeout=(\d{1,6})/i.exec(value)?.[1] ?? 0);
        }
      } else if (end > at) {
        this.isReusable = false;
      }
      at = feed + 1;
    }
    if (!keepsAlive) this.isReusable = false;
    this.headers = headers;
    return framing;
  }

  // RFC 9112, section 6.3: repeated equal values are one; different ones are an attack or a broken server.
  #takeLength(framing: Framing, value: string): boolean {
    for (const part of value.includes(',') ? value.split(',') : [value]) {
      const digits = part.trim();
      if (!/^\d{1,15}$/.test(digits)) return false;
      const length = Number(digits);
      if (framing.contentLength >= 0) {
        this.isReusable = false;
        if (framing.contentLength !== length) return false;
      }
      framing.contentLength = length;
    }
    return true;
  }

  #frameBody({ isChunked, contentLength }: Framing): void {
    if (this.#hasNoBody || this.status === 204 || this.status === 304) {
      this.#stage = 'over';
    } else if (isChunked) {
      // Chunked wins over Content-Length (RFC 9112, section 6.1), and then nothing about this connection is sure.
      if (contentLength >= 0) this.isReusable = false;
      this.#stage = 'chunk-size';
    } else if (contentLength >= 0) {
      this.#left = contentLength;
      this.body.expect(contentLength);
      this.#stage = contentLength === 0 ? 'over' : 'fixed';
    } else {
      this.isReusable = false;
      this.#stage = 'until-close';
    }
  }

  #readFixed(bytes: Buffer, at: number, length: number): number | ReaderState {
    const end = Math.min(length, at + this.#left);
    if (!this.body.push(bytes, at, end)) return 'too-long';
    this.#left -= end - at;
    if (this.#left === 0) this.#stage = 'over';
    return end;
  }

  #readUntilClose(bytes: Buffer, at: number, length: number): number | ReaderState {
    return this.body.push(bytes, at, length) ? length : 'too-long';
  }

  // Longer than it said: the excess is dropped, and the connection with it.
  #excess(): ReaderState {
    this.isReusable = false;
    return 'done';
  }

  #readChunked(bytes: Buffer, at: number, length: number): number | ReaderState {
    switch (this.#stage) {
      case 'chunk-data': {
        const end = Math.min(length, at + this.#left);
        if (!this.body.push(bytes, at, end)) return 'too-long';
        this.#left -= end - at;
        if (this.#left === 0) this.#stage = 'chunk-end';
        return end;
      }
      default:
        return this.#readLine(bytes, at, length);
    }
  }

  /** The lines between chunks: a size, the end of a chunk, a trailer. */
  #readLine(bytes: Buffer, at: number, length: number): number | ReaderState {
    const feed = bytes.indexOf(0x0a, at);
    const isWhole = feed >= 0 && feed < length;
    const line = this.#pending + bytes.toString('latin1', at, isWhole ? feed : length);
    if (line.length > CHUNK_LINE_BYTES_MAX) return 'cut-short';
    if (!isWhole) {
      this.#pending = line;
      return length;
    }
    this.#pending = '';
    return this.#takeLine(line.endsWith('\r') ? line.slice(0, -1) : line) ? feed + 1 : 'cut-short';
  }

  #takeLine(line: string): boolean {
    if (this.#stage === 'chunk-end') {
      this.#stage = 'chunk-size';
      return line === '';
    }
    if (this.#stage === 'trailers') {
      this.#trailerBytes += line.length + 2;
      if (line === '') this.#stage = 'over';
      return this.#trailerBytes <= TRAILER_BYTES_MAX;
    }
    const size = /^\s*([0-9a-f]{1,13})\s*(?:;.*)?$/i.exec(line);
    if (size === null) return false;
    this.#left = Number.parseInt(size[1]!, 16);
    this.#stage = this.#left === 0 ? 'trailers' : 'chunk-data';
    return true;
  }
}

interface Framing {
  isChunked: boolean;
  contentLength: number;
}

function leadingBlank(text: string): number {
  let at = 0;
  while (at < text.length && (text.charCodeAt(at) === 0x0d || text.charCodeAt(at) === 0x0a)) at += 1;
  return at;
}

function beginsLikeHttp(text: string, start: number): boolean {
  const begin = text.slice(start, start + 5).toUpperCase();
  return 'HTTP/'.startsWith(begin);
}

/** Where the body begins: after an empty line, ended by CR LF or by a bare LF. */
function endOfHead(text: string, start: number, from: number): number {
  const strict = text.indexOf('\r\n\r\n', Math.max(start, from));
  const bare = text.indexOf('\n\n', Math.max(start, from));
  if (bare >= 0 && (strict < 0 || bare < strict)) return bare + 2;
  const mixed = strict < 0 ? text.indexOf('\n\r\n', Math.max(start, from)) : -1;
  if (mixed >= 0) return mixed + 3;
  return strict < 0 ? -1 : strict + 4;
}

function statusOf(line: string): number {
  const match = /^HTTP\/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t\r]|$)/i.exec(line);
  return match === null ? 0 : Number(match[1]);
}

/** The lower-case name where the header says how the message is framed; empty for all others. */
function framingName(name: string): string {
  const { length } = name;
  return length === 14 || length === 17 || length === 10 ? name.toLowerCase() : '';
}
