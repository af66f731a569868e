// What llhttp, the parser that Node itself uses, reads out of the bytes of a connection in its strict mode,
// of any version of HTTP.

import { createRequire } from 'node:module';

export interface Llhttp {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
  /** The connection may be used again. After a HEAD it is not known. */
  readonly isKept: boolean;
}

type OnHeadersComplete = (
  major: number,
  minor: number,
  headers: string[] | undefined,
  method: undefined,
  url: undefined,
  status: number,
  phrase: string,
  isUpgrade: boolean,
  isKept: boolean,
) => number;

interface HttpParser {
  initialize(type: number, resource: object, headBytesMax: number, leniency: number): void;
  execute(bytes: Buffer): number | Error;
  finish(): undefined | Error;
  [event: number]: unknown;
}

interface HttpParserClass {
  new (): HttpParser;
  readonly RESPONSE: number;
  readonly kLenientVersion: number;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}

const { HTTPParser } = createRequire(import.meta.url)('_http_common') as { HTTPParser: HttpParserClass };
const HEAD_BYTES_MAX = 1024 * 1024;
const NO_BODY = 1;

/** Servers write the name of the protocol in any letter case, and llhttp knows one. Bodies may have it too. */
export function inOneCase(text: string): string {
  return text.replace(/http(?=\/)/gi, 'HTTP');
}

export interface Exchange {
  readonly isHead: boolean;
  /** The peer closes behind the bytes. */
  readonly isClosed: boolean;
}

/** The first response that is not an interim one, `inOneCase`; null where it comes not whole or malformed. */
export function readByLlhttp(bytes: Buffer, { isHead, isClosed }: Exchange): Llhttp | null {
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.RESPONSE, {}, HEAD_BYTES_MAX, HTTPParser.kLenientVersion);
  let early: string[] = [];
  let head: Omit<Llhttp, 'body'> | null = null;
  let body = '';
  let isDone = false;
  parser[HTTPParser.kOnHeaders] = (headers: string[]) => {
    if (head === null) early.push(...headers);
  };
  const onHeadersComplete: OnHeadersComplete = (_, __, headers = early, ___, ____, status, _____, ______, isKept) => {
    if (!isDone && (status >= 200 || status === 101)) head = { status, headers, isKept: isKept || isHead };
    early = [];
    return isHead && status >= 200 ? NO_BODY : 0;
  };
  parser[HTTPParser.kOnHeadersComplete] = onHeadersComplete;
  parser[HTTPParser.kOnBody] = (piece: Buffer) => {
    if (!isDone) body += piece.toString('latin1');
  };
  parser[HTTPParser.kOnMessageComplete] = () => {
    isDone ||= head !== null;
  };
  const result = parser.execute(Buffer.from(inOneCase(bytes.toString('latin1')), 'latin1'));
  if (isClosed && !isDone && !(result instanceof Error)) parser.finish();
  return isDone && head !== null ? { ...(head as Omit<Llhttp, 'body'>), body } : null;
}
