// The reader of responses against llhttp. What that accepts is read the same; and a connection is used again only after
// a response that it accepts, whole and with the same end: where two readers see another end of a response, the rest of
// it is taken for the next one.

import { Dice } from './dice.ts';
import { type Case, type Difference, difference, type Target } from './fuzz.ts';
import { type Exchange, inOneCase, type Llhttp, readByLlhttp } from './llhttp.ts';
import { SOURCE } from './source.ts';
import { words } from './words.ts';

type Reader = typeof import('../../src/fetch/http1/response-reader.ts').ResponseReader;
type Memory = typeof import('../../src/fetch/body-memory.ts').BodyMemory;

interface Answer extends Exchange {
  readonly piece: number;
}

const BODY_BYTES_MAX = 64 * 1024;
/** A transfer coding that is not written as `chunked` alone. */
const OTHER_CODING = /^transfer-encoding[ \t]*:(?![ \t]*chunked[ \t]*\r?$)/im;
const TAB_BEHIND = /^transfer-encoding:[ \t]*chunked *\t[ \t]*\r?$/im;
/** Of another protocol so much is told as came with its first wrong byte. */
const COME = /(?<=begins with ).*/;
const STATUS_LINES = [
  ...['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK', 'HTTP/1.1 200 OK', 'HTTP/1.0 200 OK', 'http/1.1 200 ok', 'HTTP/1.1 200'],
  ...[
    'HTTP/1.1 204 No',
    'HTTP/1.1 304 Not',
    'HTTP/1.1 101 Up',
    'HTTP/1.1 404 ',
    'HTTP/1.1  200 OK',
    'HTTP/1.1 299 \xe4',
  ],
  ...['HTTP/2.0 200 OK', 'HTTP/1.2 200 OK', 'HTTP/1 200 OK', 'HTTP/1.1 99 X', 'HTTP/1.1 1000 X', 'ICY 200 OK'],
  ...['HTTP/0.9 200 OK', 'HTTP/1.1\t200 OK', 'HTTP/1.1 600 X', 'HTTP/1.1 200OK', 'HTTP/1.1 205 Reset'],
];
const INTERIMS = ['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early\r\nLink: a\r\n\r\n', '\r\n', '\n'];
const FRAMINGS = [
  ...['Content-Length: 5', 'Content-Length: 5', 'Content-Length: 0', 'content-length:3', 'Content-Length: 5, 5'],
  ...['Content-Length: +5', 'Content-Length: -1', 'Content-Length: 5 ', 'Content-Length : 5', 'Content-Length: 0x5'],
  ...['Content-Length:', 'Content-Length: 5,6', 'Content-Length: 99999999999999999999', 'Content-Length: 5x'],
  ...[
    'Content-Length: 4294967301',
    'Content-Length: 18446744073709551621',
    'Content-Length: 00005',
    'Content-Length: 5;',
  ],
  ...['Content_Length: 5', 'Content-Length\0: 5', 'Content-Length: \v5', 'Content-Length: 5\r'],
];
const CHUNKINGS = [
  ...['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked', 'transfer-encoding:CHUNKED'],
  ...['Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: chunked, gzip', 'Transfer-Encoding: identity'],
  ...['Transfer-Encoding: xchunked', 'Transfer-Encoding : chunked', 'Transfer-Encoding:\tchunked \t'],
  ...['Transfer-Encoding: chunked, chunked', 'Transfer-Encoding: chunked;a=b', 'Transfer-Encoding: "chunked"'],
  ...[
    'Transfer-Encoding:',
    'Transfer-Encoding: chunked,',
    'Transfer-Encoding: ,chunked',
    'Transfer-Encoding:\v chunked',
  ],
  ...[
    'Transfer-Encoding: identity, chunked',
    'Transfer-Encoding: chunked, identity',
    'Transfer-Encoding: gzip chunked',
  ],
];
const FIELDS = [
  ...[
    'A: b',
    'A:b',
    'A: \t b \t',
    'A:',
    'A : b',
    ' folded',
    '\tfolded',
    'no colon',
    ': empty',
    'A: \xe4\xff',
    'A: b:c',
  ],
  ...[
    'Connection: close',
    'Connection: keep-alive',
    'Connection: Close, x',
    'Connection: keep-alive, close',
    'Connection: x',
  ],
  ...[
    'Keep-Alive: timeout=5',
    'Keep-Alive: timeout=0',
    'Upgrade: h2c',
    'Connection: upgrade',
    'A: b\x01',
    'A(: b',
    'Ä: b',
  ],
  ...['Connection: closed', 'Connection: "close"', 'Connection:close ', 'A\t: b', 'A: b\x7f'],
];
const SIZES = words(
  '0 00 1 2 3 5 5 a A 05 000000000000000005 5;a 5;a=b 5;a="b;c" 5; 0;x x -1 +5 0x5 5g ffffffffffffffffff 1000000000000000a',
);
const INSERTS = ['\r', '\n', '\r\n', '\0', ' ', '\t', ':', ',', '0', '5', ';', '\x80', '\v', '\x7f', 'chunked'];

export async function responseTarget(source = SOURCE): Promise<Target<Answer>> {
  const load = (path: string): Promise<unknown> => import(new URL(path, source).href);
  const { ResponseReader } = (await load('fetch/http1/response-reader.ts')) as { ResponseReader: Reader };
  const { BodyMemory } = (await load('fetch/body-memory.ts')) as { BodyMemory: Memory };
  const memory = new BodyMemory();
  return {
    make(random) {
      const dice = new Dice(random);
      const text = madeResponse(dice);
      const input = dice.chance(0.3) ? dice.damaged(text, INSERTS) : text;
      return { input, how: { isHead: dice.chance(0.1), isClosed: dice.chance(0.5), piece: 1 + dice.below(20) } };
    },
    check: (made) => differenceOf((isHead) => new ResponseReader(memory, isHead, BODY_BYTES_MAX), made),
  };
}

function madeResponse(dice: Dice): string {
  const lineEnd = (): string => (dice.chance(0.97) ? '\r\n' : dice.pick(['\n', '\r', '\r\r\n', ' \r\n', '\n\r']));
  const isChunked = dice.chance(0.5);
  const lines = [dice.pick(STATUS_LINES)];
  for (let count = dice.below(4); count > 0; count -= 1) lines.push(dice.pick(FIELDS));
  if (dice.chance(0.9)) lines.splice(1 + dice.below(lines.length), 0, dice.pick(isChunked ? CHUNKINGS : FRAMINGS));
  if (dice.chance(0.1))
    lines.splice(1 + dice.below(lines.length), 0, dice.pick(dice.chance(0.5) ? CHUNKINGS : FRAMINGS));
  const interims = dice.chance(0.15) ? dice.several(3, () => dice.pick(INTERIMS)) : '';
  const head = interims + lines.map((line) => line + lineEnd()).join('') + lineEnd();
  const body = isChunked ? madeChunks(dice, lineEnd) : dice.pick(['hello', 'hello', 'hello', 'hel', '', 'hello!']);
  return head + body + (dice.chance(0.1) ? dice.pick(['\r\n', 'HTTP/1.1 200 OK\r\n\r\n', 'x']) : '');
}

function madeChunks(dice: Dice, lineEnd: () => string): string {
  const chunk = (): string => {
    const size = dice.pick(SIZES);
    const length = dice.chance(0.9) ? Math.min(12, Number.parseInt(size, 16) || 0) : dice.below(8);
    return size + lineEnd() + 'hello world!'.slice(0, length) + lineEnd();
  };
  const trailer = dice.chance(0.2) ? dice.several(2, () => dice.pick(FIELDS) + lineEnd()) : '';
  return dice.several(3, chunk) + (dice.chance(0.9) ? `0${lineEnd()}${trailer}${lineEnd()}` : '');
}

function reasonFor(input: string, isKept: boolean): string | null {
  if (TAB_BEHIND.test(input)) return 'llhttp does not know a coding with a tab behind it';
  if (isKept || !OTHER_CODING.test(input)) return null;
  return 'a transfer coding that is written otherwise is read as it was meant, and nothing more is asked there';
}

interface Reading {
  /** Null where there is no whole response. */
  readonly response: readonly string[] | null;
  readonly isKept: boolean;
  readonly told: readonly string[];
}

function differenceOf(open: (isHead: boolean) => InstanceType<Reader>, made: Case<Answer>): Difference | null {
  const bytes = Buffer.from(made.input, 'latin1');
  const { piece, ...exchange } = made.how;
  const read = (length: number): Reading => readingOf(open(exchange.isHead), bytes, length, exchange.isClosed);
  const whole = read(Math.max(1, bytes.length));
  const inPieces = difference(whole.told, read(piece).told);
  if (inPieces !== null) return inPieces;
  const strict = readByLlhttp(bytes, exchange);
  const other = strict === null ? null : difference(linesOf(strict), whole.response ?? whole.told);
  if (other !== null) return { ...other, because: reasonFor(made.input, whole.isKept) };
  if (!whole.isKept || strict?.isKept === true) return null;
  return { want: ['not kept'], got: whole.told, because: reasonFor(made.input, true) };
}

function readingOf(reader: InstanceType<Reader>, bytes: Buffer, length: number, isClosed: boolean): Reading {
  for (let at = 0; at < bytes.length; at += length) {
    // As the buffer of a connection is: overwritten when the next piece comes.
    const piece = Buffer.from(bytes.subarray(at, at + length));
    reader.push(piece, 0, piece.length);
    piece.fill(0xff);
  }
  if (isClosed) reader.end();
  const { status, headers, error, truncated, isDone, detail } = reader;
  const lines = linesOf({ status, headers, body: Buffer.from(reader.body).toString('latin1') });
  const isKept = reader.isDone && reader.keepAliveMs > 0;
  return {
    response: isDone && error === null && truncated === null ? lines : null,
    isKept,
    told: [
      ...lines,
      `${isDone ? 'done' : 'goes on'}, ${isKept ? 'kept' : 'not kept'}`,
      `${error} ${truncated} ${detail.replace(COME, '')}`,
    ],
  };
}

function linesOf({ status, headers, body }: Pick<Llhttp, 'status' | 'headers' | 'body'>): string[] {
  return [`${status}`, ...headers.map((text) => JSON.stringify(text)), `body ${JSON.stringify(body)}`].map(inOneCase);
}
