import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../../test/helpers/properties.ts';
import {
  CHUNK_LINE_BYTES_MAX,
  INTERIM_RESPONSES_MAX,
  RESPONSE_HEAD_BYTES_MAX,
  TRAILER_BYTES_MAX,
} from '../../base/limits.ts';
import { BodyMemory } from '../body-memory.ts';
import { ResponseReader } from './response-reader.ts';

const BODY_MAX = 100;

interface Result {
  readonly status: number;
  readonly error: string | null;
  readonly truncated: string | null;
  readonly body: string;
  readonly isKept: boolean;
  readonly isDone: boolean;
  readonly headers: readonly string[];
  readonly head: string;
}

/** Feeds `text` in pieces that end at `cuts`, each overwritten afterwards as the shared buffer is. */
function read(
  text: string,
  cuts: readonly number[] = [],
  isClosed = false,
  isHead = false,
  stepsMax = 2 ** 30,
): Result {
  const reader = new ResponseReader(new BodyMemory(), isHead, BODY_MAX);
  const bytes = Buffer.from(text, 'latin1');
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    const piece = Buffer.from(bytes.subarray(from, to));
    for (let at = 0; at < piece.length; ) at = reader.push(piece, at, piece.length, stepsMax);
    piece.fill(0xff);
    from = to;
  }
  if (isClosed) reader.end();
  const { status, error, truncated, isDone, headers, responseHead: head } = reader;
  const body = Buffer.from(reader.body).toString('latin1');
  return { status, error, truncated, body, isKept: reader.keepAliveMs > 0, isDone, headers, head };
}

type Expected = Partial<Omit<Result, 'headers' | 'head'>>;
const good: Expected = { status: 200, error: null, truncated: null, body: 'hello', isKept: true, isDone: true };
const once: Expected = { ...good, isKept: false };
const H = 'HTTP/1.1 200 OK\r\n';
const C = `${H}Transfer-Encoding: chunked\r\n\r\n`;

const OPEN: readonly (readonly [string, string, Expected])[] = [
  ['a length', `${H}Content-Length: 5\r\n\r\nhello`, good],
  ['a length of 0', `${H}Content-Length: 0\r\n\r\n`, { ...good, body: '' }],
  ['a name in another letter case', 'hTTp/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', good],
  ['another version', 'HTTP/1.2 200 OK\r\nContent-Length: 5\r\n\r\nhello', good],
  ['chunks', `${C}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`, good],
  ['chunk extensions', `${C}2;a=b\r\nhe\r\n3 ; "x;y"\r\nllo\r\n0;z\r\n\r\n`, once],
  ['a chunk extension without a name', `${C}5;\r\nhello\r\n0\r\n\r\n`, once],
  ['a blank behind the size of a chunk', `${C}5\r\nhello\r\n0 \r\n\r\n`, once],
  ['two carriage returns behind the size of a chunk', `${C}5\r\r\nhello\r\n0\r\n\r\n`, once],
  ['a bare line feed behind the last chunk', `${C}5\r\nhello\r\n0\r\n\n`, once],
  ['a bare line feed in a trailer', `${C}5\r\nhello\r\n0\r\nX: 1\n\r\n`, once],
  ['a trailer that is no field', `${C}5\r\nhello\r\n0\r\n0\r\n\r\n`, once],
  ['a trailer whose name ends in a blank', `${C}5\r\nhello\r\n0\r\nX : 1\r\n\r\n`, once],
  ['a coding in quotes', `${H}Transfer-Encoding: "chunked"\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, once],
  ['a coding with a semicolon', `${H}Transfer-Encoding: chunked;\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, once],
  ['trailers', `${C}5\r\nhello\r\n0\r\nX: 1\r\nY: 2\r\n\r\n`, good],
  [
    'sizes with zeros and capitals',
    `${C}00000000000000000A\r\nhellohello\r\n000\r\n\r\n`,
    { ...good, body: 'hellohello' },
  ],
  ['chunks with bare line feeds', `${C}5\nhello\n0\n\n`, once],
  ['chunks and a length', `${H}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, once],
  ['a body longer than its length', `${H}Content-Length: 5\r\n\r\nhello world`, once],
  [
    'interim responses',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n${H}Content-Length: 5\r\n\r\nhello`,
    good,
  ],
  ['blank lines before it', `\r\n\n\r\n${H}Content-Length: 5\r\n\r\nhello`, once],
  ['bare line feeds in the head', 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello', once],
  ['a 204', 'HTTP/1.1 204 No Content\r\n\r\n', { ...good, status: 204, body: '' }],
  ['a 304 with a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', { ...good, status: 304, body: '' }],
  [
    'a 304 with a body',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello',
    { ...once, status: 304, body: '' },
  ],
  ['two equal lengths', `${H}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`, once],
  [
    'a body over the limit',
    `${H}Content-Length: 300\r\n\r\n${'x'.repeat(300)}`,
    { ...once, body: 'x'.repeat(BODY_MAX), truncated: 'length' },
  ],
  [
    'a body as long as the limit',
    `${H}Content-Length: 100\r\n\r\n${'x'.repeat(100)}`,
    { ...good, body: 'x'.repeat(100) },
  ],
  [
    'chunks over the limit',
    `${C}12c\r\n${'x'.repeat(300)}`,
    { ...once, body: 'x'.repeat(BODY_MAX), truncated: 'length' },
  ],
  [
    'an endless body over the limit',
    `${H}\r\n${'x'.repeat(300)}`,
    { ...once, body: 'x'.repeat(BODY_MAX), truncated: 'length' },
  ],
  [
    'conflicting lengths',
    `${H}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
    { status: 0, error: 'http-malformed', isDone: true, body: '' },
  ],
  [
    'a bad chunk size',
    `${C}2\r\nhe\r\nxyz\r\n`,
    { ...once, body: 'he', error: 'http-malformed', truncated: 'disconnect' },
  ],
  [
    'an empty chunk size',
    `${C}2\r\nhe\r\n\r\n`,
    { ...once, body: 'he', error: 'http-malformed', truncated: 'disconnect' },
  ],
  [
    'a chunk size beyond all numbers',
    `${C}${'f'.repeat(30)}\r\n`,
    { ...once, body: '', error: 'http-malformed', truncated: 'disconnect' },
  ],
  ['a negative chunk size', `${C}-5\r\n`, { ...once, body: '', error: 'http-malformed', truncated: 'disconnect' }],
  [
    'a chunk longer than its size',
    `${C}2\r\nhello`,
    { ...once, body: 'he', error: 'http-malformed', truncated: 'disconnect' },
  ],
  ['a chunk line without end', `${C}5;${'x'.repeat(CHUNK_LINE_BYTES_MAX)}`, { error: 'http-malformed', isDone: true }],
  ['trailers without end', `${C}5\r\nhello\r\n0\r\n${'X: 1\r\n'.repeat(TRAILER_BYTES_MAX)}`, once],
  ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', { status: 0, error: 'http-malformed', isDone: true }],
  ['another protocol, its first byte alone', 'S', { status: 0, error: 'http-malformed', isDone: true }],
  ['HTTP/0.9', '<html>', { status: 0, error: 'http-malformed', isDone: true }],
  [
    'interim responses without end',
    'HTTP/1.1 100 C\r\n\r\n'.repeat(INTERIM_RESPONSES_MAX + 1),
    { status: 0, error: 'http-malformed', isDone: true },
  ],
  [
    'a head too long',
    `${H}X: ${'x'.repeat(RESPONSE_HEAD_BYTES_MAX)}`,
    { status: 0, error: 'http-header-size', isDone: true },
  ],
  ['too many headers', `${H}${'a:b\r\n'.repeat(1001)}\r\n`, { status: 0, error: 'http-header-size', isDone: true }],
  [
    'blank lines without end',
    '\r\n'.repeat(RESPONSE_HEAD_BYTES_MAX),
    { status: 0, error: 'http-header-size', isDone: true },
  ],
  ['an unfinished head', 'HTTP/1.1 200 OK\r\nContent-', { status: 0, isDone: false }],
  ['an unfinished body', `${H}Content-Length: 5\r\n\r\nhel`, { status: 200, isDone: false, body: 'hel' }],
];

const CLOSED: readonly (readonly [string, string, Expected])[] = [
  ['until it is closed', `${H}\r\nhello`, once],
  ['with nothing until it is closed', `${H}\r\n`, { ...once, body: '' }],
  ['with an unreadable length', `${H}Content-Length: five\r\n\r\nhello`, once],
  ['with a length that nobody can count to', `${H}Content-Length: ${'9'.repeat(20)}\r\n\r\nhello`, once],
  [
    'shorter than its length',
    `${H}Content-Length: 9\r\n\r\nhello`,
    { ...once, error: 'disconnect', truncated: 'disconnect' },
  ],
  ['without the last chunk', `${C}5\r\nhello\r\n`, { ...once, error: 'disconnect', truncated: 'disconnect' }],
  ['within a chunk', `${C}9\r\nhello`, { ...once, error: 'disconnect', truncated: 'disconnect' }],
  ['within the trailer', `${C}5\r\nhello\r\n0\r\nX: `, once],
  ['within the head', 'HTTP/1.1 200 OK\r\nContent-', { status: 0, error: 'reset', isDone: true, truncated: null }],
];

function check(result: Result, expected: Expected): void {
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(
      result[name as keyof Result],
      value,
      `${name} of ${JSON.stringify({ ...result, head: '' }).slice(0, 300)}`,
    );
  }
}

for (const [name, text, expected] of OPEN) {
  test(`ResponseReader: reads ${name}`, () => check(read(text), expected));
}
for (const [name, text, expected] of CLOSED) {
  test(`ResponseReader: reads a body ${name}`, () => check(read(text, [], true), expected));
}

test('ResponseReader: the answer to a HEAD ends with its head', () => {
  check(read(`${H}Content-Length: 5\r\n\r\n`, [], false, true), { ...good, body: '' });
  check(read(`${C}`, [], false, true), { ...good, body: '' });
});

test('ResponseReader: keeps the head of the final response exactly', () => {
  const final = 'HTTP/1.1 200 \xe9\r\nA : 1\r\n  folded\nContent-Length: 5\r\n\r\n';
  assert.equal(read(`HTTP/1.1 100 C\r\n\r\n${final}hello`).head, final);
});

test('ResponseReader: gives the same in pieces of any number', () => {
  for (const [text, isClosed] of short)
    for (const stepsMax of [1, 2, 7])
      assert.deepEqual(read(text, [], isClosed, false, stepsMax), read(text, [], isClosed), JSON.stringify(text));
});

test('ResponseReader: a huge Content-Length takes no memory', () => {
  const reader = new ResponseReader(new BodyMemory(), false, 2 ** 40);
  const before = process.memoryUsage().arrayBuffers;
  const bytes = Buffer.from(`${H}Content-Length: 999999999999\r\n\r\nhello`);
  reader.push(bytes, 0, bytes.length);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1024 * 1024);
});

const texts = [...OPEN.map(([, text]) => [text, false] as const), ...CLOSED.map(([, text]) => [text, true] as const)];
const short = texts.filter(([text]) => text.length < 2000);

test('ResponseReader: gives the same for any cut of the bytes', () => {
  fc.assert(
    fc.property(
      fc
        .constantFrom(...short)
        .chain(([text, isClosed]) =>
          fc.tuple(
            fc.constant(text),
            fc.constant(isClosed),
            fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 12 }),
          ),
        ),
      ([text, isClosed, cuts]) => {
        assert.deepEqual(
          read(
            text,
            cuts.sort((a, b) => a - b),
            isClosed,
          ),
          read(text, [], isClosed),
        );
      },
    ),
    { numRuns: 2000 },
  );
});

test('ResponseReader: gives the same byte by byte', () => {
  for (const [text, isClosed] of short) {
    const cuts = Array.from({ length: text.length }, (_, at) => at);
    assert.deepEqual(read(text, cuts, isClosed), read(text, [], isClosed));
  }
});

test('ResponseReader: never throws and holds no more than its limit, whatever comes', () => {
  const piece = fc.constantFrom(
    'HTTP/1.1 ',
    '200',
    ' OK',
    '\r\n',
    '\n',
    '\r',
    'Content-Length: 5',
    ': ',
    'chunked',
    '0',
    'a',
    '\0',
    'Transfer-Encoding: chunked',
    'x'.repeat(60),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.boolean(), (pieces, isClosed) => {
      const text = pieces.join('');
      for (const whole of [text, `${H}${text}`, `${C}${text}`]) {
        const result = read(whole, [], isClosed);
        assert.ok(result.body.length <= BODY_MAX);
        assert.ok(!isClosed || result.isDone);
      }
    }),
    { numRuns: 1000 },
  );
});
