import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RESPONSE_HEADERS_MAX } from '../../base/limits.ts';
import { parseHead, type ResponseHead } from './response-head.ts';

function head(lines: string, status = 'HTTP/1.1 200 OK'): ResponseHead {
  const parsed = parseHead(`${status}\r\n${lines}\r\n`);
  assert.ok(!('fault' in parsed), JSON.stringify(parsed));
  return parsed;
}

function fault(lines: string, status = 'HTTP/1.1 200 OK'): string {
  const parsed = parseHead(`${status}\r\n${lines}\r\n`);
  assert.ok('fault' in parsed, JSON.stringify(parsed));
  return parsed.fault;
}

test('parseHead: keeps order, case and repetition', () => {
  const { headers, isOdd } = head('B: 1\r\na:2\r\nb:  3 \t\r\nB: 1\r\nEmpty:\r\n__proto__: x\r\n');
  assert.deepEqual(headers, ['B', '1', 'a', '2', 'b', '3', 'B', '1', 'Empty', '', '__proto__', 'x']);
  assert.equal(isOdd, false);
});

const STATUS_LINES: readonly (readonly [string, number | null])[] = [
  ['HTTP/1.1 200 OK', 200],
  ['HTTP/1.1 200', 200],
  ['HTTP/1.1 200 ', 200],
  ['HTTP/1.1  404  Not Found', 404],
  ['HTTP/1.0 999 Odd', 999],
  ['HTTP/2.0 200 OK', 200],
  ['HTTP/1.2 200 OK', 200],
  ['HTTP/2 200', 200],
  ['HTTP/11.12 200', 200],
  ['hTTp/1.1 200 OK', 200],
  ['http/1.0\t200 OK', 200],
  ['HTTP/1. 200 OK', null],
  ['HTTP/1.1 20 OK', null],
  ['HTTP/1.1 2000 OK', null],
  ['HTTP/1.1 099 OK', null],
  ['HTTP/1.1 200OK', null],
  ['HTTP/1.1', null],
  ['HTTP/x.y 200 OK', null],
];
for (const [line, status] of STATUS_LINES) {
  test(`parseHead: the status of '${line}' is ${status}`, () => {
    if (status === null) assert.match(fault('', line), /^the status line is "HTTP/);
    else assert.equal(head('', line).status, status);
  });
}

const ODD: readonly (readonly [string, string, readonly string[]])[] = [
  ['a folded line', 'A: x\r\n  y\r\n\tz\r\nB: 1\r\n', ['A', 'x y z', 'B', '1']],
  ['a folded line before any', ' x: y\r\nB: 1\r\n', ['B', '1']],
  ['a bare line feed', 'A: 1\nB: 2\r\n', ['A', '1', 'B', '2']],
  ['a bare carriage return', 'A: 1\rB: 2\r\n', ['A', '1\rB: 2']],
  ['a control character', 'A: \x01\x7f\r\n', ['A', '\x01\x7f']],
  ['a NUL', 'A: x\0y\r\n', ['A', 'x\0y']],
  ['a blank before the colon', 'A : 1\r\n', ['A', '1']],
  ['a line without a colon', 'nonsense\r\nA: 1\r\nmore', ['A', '1']],
  ['a line without a name', ': x\r\nA: 1\r\n', ['A', '1']],
  ['a name that is no token', '\xc4: x\r\nA(: 1\r\n', ['\xc4', 'x', 'A(', '1']],
];
for (const [name, lines, expected] of ODD) {
  test(`parseHead: takes ${name} and remembers that it was odd`, () => {
    const parsed = head(lines);
    assert.deepEqual(parsed.headers, expected);
    assert.equal(parsed.isOdd, true);
  });
}

for (const line of ['HTTP/1.1  200 OK', 'HTTP/1.1\t200 OK', 'HTTP/1 200 OK', 'HTTP/1.10 200 OK']) {
  test(`parseHead: takes ${JSON.stringify(line)} and remembers that it was odd`, () => {
    assert.equal(head('', line).isOdd, true);
  });
}

const FRAMING: readonly (readonly [string, number, boolean, boolean])[] = [
  ['Content-Length: 5\r\n', 5, false, false],
  ['content-LENGTH: 0\r\n', 0, false, false],
  ['Content-Length: 5\r\nContent-Length: 5\r\n', 5, false, true],
  ['Content-Length: 5, 5\r\n', 5, false, true],
  ['Content-Length: five\r\n', -1, false, true],
  ['Content-Length: -1\r\n', -1, false, true],
  ['Content-Length:\r\n', -1, false, true],
  ['Transfer-Encoding: chunked\r\n', -1, true, false],
  ['Transfer-Encoding: CHUNKED\r\n', -1, true, false],
  ['Transfer-Encoding: gzip, chunked\r\n', -1, true, true],
  ['Transfer-Encoding: gzip\r\n', -1, false, true],
  ['Transfer-Encoding: identity\r\nContent-Length: 5\r\n', 5, false, true],
  ['Transfer-Encoding: xchunked\r\n', -1, false, true],
  ['Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n', -1, true, true],
  ['Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n', -1, false, true],
  ['Transfer-Encoding: Identity, "chunked";x=1,\r\n', -1, true, true],
  ['Transfer-Encoding: "chunked"\r\n', -1, true, true],
  ['Transfer-Encoding: chunked;\r\n', -1, true, true],
  ['Transfer-Encoding: gzip\r\nContent-Length: 5\r\n', 5, false, true],
  [`Content-Length: ${2n ** 53n}\r\n`, -1, false, true],
  [`Content-Length: ${'9'.repeat(400)}\r\n`, -1, false, true],
  [`Content-Length: ${2n ** 53n - 1n}\r\n`, Number.MAX_SAFE_INTEGER, false, false],
  [`Content-Length: ${'0'.repeat(400)}5\r\n`, 5, false, false],
  ['Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', -1, true, true],
];
for (const [lines, length, isChunked, isOdd] of FRAMING) {
  test(`parseHead: frames ${JSON.stringify(lines.slice(0, 80))}`, () => {
    const parsed = head(lines);
    assert.deepEqual([parsed.contentLength, parsed.isChunked, parsed.isOdd], [length, isChunked, isOdd]);
  });
}

test('parseHead: two different lengths are a fault', () => {
  assert.equal(fault('Content-Length: 5\r\nContent-Length: 6\r\n'), 'two lengths, 5 and 6');
  assert.equal(fault('Content-Length: 5, 6\r\n'), 'two lengths, 5 and 6');
});

const KEPT: readonly (readonly [string, string, boolean, number])[] = [
  ['HTTP/1.1 200 OK', '', true, Number.POSITIVE_INFINITY],
  ['HTTP/1.0 200 OK', '', false, Number.POSITIVE_INFINITY],
  ['HTTP/1.1 200 OK', 'Connection: close\r\n', false, 0],
  ['HTTP/1.1 200 OK', 'Connection: Upgrade, Close\r\n', false, 0],
  ['HTTP/1.1 200 OK', 'Connection: x-close\r\n', true, Number.POSITIVE_INFINITY],
  ['HTTP/1.0 200 OK', 'Connection: Keep-Alive\r\n', true, Number.POSITIVE_INFINITY],
  ['HTTP/1.1 200 OK', 'Keep-Alive: timeout=5, max=100\r\n', true, 5000],
  ['HTTP/1.1 200 OK', 'Keep-Alive: max=5,timeout = 7\r\n', true, 7000],
];
for (const [status, lines, isKept, ms] of KEPT) {
  test(`parseHead: ${status} with ${JSON.stringify(lines)} is ${isKept ? '' : 'not '}kept alive`, () => {
    const parsed = head(lines, status);
    assert.deepEqual([parsed.isKeptAlive, parsed.keepAliveMs], [isKept, ms]);
  });
}

test('parseHead: takes as many headers as the limit and no more', () => {
  assert.equal(head('A: 1\r\n'.repeat(RESPONSE_HEADERS_MAX)).headers.length, 2 * RESPONSE_HEADERS_MAX);
  const parsed = parseHead(`HTTP/1.1 200 OK\r\n${'A: 1\r\n'.repeat(RESPONSE_HEADERS_MAX + 1)}\r\n`);
  assert.ok('fault' in parsed && parsed.isSize);
});

test('parseHead: lines without colons cost no more than their length', { timeout: 5_000 }, () => {
  assert.deepEqual(head('x\r\n'.repeat(80_000)).headers, []);
});
