// What the four stages have in common and what has nothing to do with waiting: the bytes of HTTP/1.1 and the links of a
// page. Bytes go in and answers come out; nothing here touches a socket.

/** The most redirects in a row; browsers and curl have similar limits. */
export const REDIRECTS_MAX = 10;
/** A server that sends nothing for this long is given up. */
export const SILENCE_MS_MAX = 30_000;
const HEAD_BYTES_MAX = 64 * 1024;
const BODY_BYTES_MAX = 64 * 1024 * 1024;

export interface Response {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** The connection can be used again. */
  readonly isKept: boolean;
}

export function requestFor({ host, pathname, search }: URL): string {
  return `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: gossamer-stages\r\n\r\n`;
}

/** Reads one response from the pieces in which it comes (RFC 9112); throws if it is not a response. */
export class ResponseReader {
  #unread: Buffer = Buffer.alloc(0);
  #head: Pick<Response, 'status' | 'headers'> | null = null;
  readonly #parts: Buffer[] = [];
  #size = 0;

  /** Returns the response once it is whole. */
  push(bytes: Buffer): Response | null {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    while (this.#head === null) {
      const end = this.#unread.indexOf('\r\n\r\n');
      if (end < 0 && this.#unread.length > HEAD_BYTES_MAX) throw new Error('too long');
      if (end < 0) return null;
      const head = headOf(this.#unread.toString('latin1', 0, end));
      this.#unread = this.#unread.subarray(end + 4);
      // A 1xx response only announces the real one.
      if (head.status >= 200) this.#head = head;
    }
    const { status, headers } = this.#head;
    if (isChunked(headers)) return this.#takeChunks() ? this.#response() : null;
    const isEmpty = status === 204 || status === 304;
    const length = isEmpty ? 0 : Number(headers.get('content-length') ?? Number.POSITIVE_INFINITY);
    if (!(length >= 0)) throw new Error('malformed');
    this.#take(Math.min(this.#unread.length, length - this.#size));
    return this.#size === length ? this.#response() : null;
  }

  /** The response that ends with its connection. */
  end(): Response {
    const headers = this.#head?.headers;
    if (headers === undefined || headers.has('content-length') || isChunked(headers)) throw new Error('cut');
    return { ...this.#response(), isKept: false };
  }

  #takeChunks(): boolean {
    for (;;) {
      const end = this.#unread.indexOf('\r\n');
      if (end < 0) return false;
      const size = Number.parseInt(this.#unread.toString('latin1', 0, end), 16);
      if (!(size >= 0)) throw new Error('malformed');
      if (size > BODY_BYTES_MAX) throw new Error('too long');
      if (this.#unread.length < end + 2 + size + 2) return false;
      this.#unread = this.#unread.subarray(end + 2);
      this.#take(size);
      this.#unread = this.#unread.subarray(2);
      if (size === 0) return true;
    }
  }

  #take(count: number): void {
    this.#parts.push(this.#unread.subarray(0, count));
    this.#unread = this.#unread.subarray(count);
    this.#size += count;
    if (this.#size > BODY_BYTES_MAX) throw new Error('too long');
  }

  #response(): Response {
    const { status, headers } = this.#head!;
    // Bytes without a request would be taken for the next answer.
    const isKept = headers.get('connection')?.toLowerCase() !== 'close' && this.#unread.length === 0;
    return { status, headers, body: Buffer.concat(this.#parts).toString(), isKept };
  }
}

function headOf(text: string): Pick<Response, 'status' | 'headers'> {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1];
  if (status === undefined) throw new Error('malformed');
  const fields = lines.map((line) => /^([^:]*):\s*(.*?)\s*$/.exec(line)).filter((field) => field !== null);
  return { status: Number(status), headers: new Map(fields.map(([, name, value]) => [name!.toLowerCase(), value!])) };
}

function isChunked(headers: ReadonlyMap<string, string>): boolean {
  return /\bchunked$/i.test(headers.get('transfer-encoding') ?? '');
}

export function isPage({ status, headers }: Response): boolean {
  return status === 200 && /^text\/html\b/i.test(headers.get('content-type') ?? '');
}

/** The target of a redirect; null if it is not one. */
export function redirectOf(url: string, { status, headers }: Response): string | null {
  const location = headers.get('location');
  return status >= 300 && status < 400 && location !== undefined ? absolute(location, url) : null;
}

/** The links of a page by a simple pattern; the real crawler reads tags (`src/parse/html/html.ts`). */
export function linksOf(url: string, response: Response): string[] {
  if (!isPage(response)) return [];
  const found = response.body.matchAll(/\bhref\s*=\s*["']?([^\s"'<>]+)/gi);
  return [...found].map(([, link]) => absolute(link!.replaceAll('&amp;', '&'), url)).filter((link) => link !== null);
}

function absolute(link: string, base: string): string | null {
  const url = URL.parse(link, base);
  if (url === null) return null;
  url.hash = '';
  return url.href;
}
