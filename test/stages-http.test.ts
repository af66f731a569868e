// The reader of the four stages: whatever the pieces in which a response comes, it is the same response, and no bytes
// make it do anything but answer or throw an Error.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linksOf, type Response, ResponseReader, redirectOf } from '../examples/stages/http.ts';
import { fc } from './helpers/properties.ts';
import { runSeed } from './helpers/random.ts';

const seed = runSeed('stages-http');

/** The response that a reader makes of these pieces, of which the server sends no more. */
function readAll(pieces: readonly Buffer[]): Response {
  const reader = new ResponseReader();
  for (const piece of pieces) {
    const response = reader.push(piece);
    if (response !== null) return response;
  }
  return reader.end();
}

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [0, ...places.map((place) => place % bytes.length).toSorted((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

const BODY = '<a href="/x">x</a>';
const RESPONSES: readonly (readonly [name: string, text: string, body: string, isKept: boolean])[] = [
  ['a length', `HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n${BODY}`, BODY, true],
  ['no body', 'HTTP/1.1 204 No Content\r\n\r\n', '', true],
  ['until the end', `HTTP/1.1 200 OK\r\n\r\n${BODY}`, BODY, false],
  ['closing', `HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 18\r\n\r\n${BODY}`, BODY, false],
  [
    'chunks',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n<a \r\nF;n=v\r\nhref="/x">x</a>\r\n0\r\n\r\n',
    BODY,
    true,
  ],
  [
    'announced',
    `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n${BODY}`,
    BODY,
    true,
  ],
];

for (const [name, text, body, isKept] of RESPONSES) {
  test(`ResponseReader: ${name}, in any pieces`, () => {
    const bytes = Buffer.from(text, 'latin1');
    const places = fc.array(fc.nat(), { maxLength: 12 });
    const property = fc.property(places, (cuts) => {
      const response = readAll(cutAt(bytes, cuts));
      assert.equal(response.body, body);
      assert.equal(response.isKept, isKept);
    });
    fc.assert(property, { seed, numRuns: 200 });
  });
}

const REFUSED: readonly (readonly [name: string, text: string, message: string])[] = [
  ['nothing', '', 'cut'],
  ['no HTTP', '220 mail.example.com ESMTP\r\n\r\n', 'malformed'],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-', 'cut'],
  ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', 'cut'],
  ['half of the chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', 'cut'],
  ['a chunk of no size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nlong\r\n', 'malformed'],
  ['a chunk of any size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n', 'too long'],
  ['a length of less than nothing', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', 'malformed'],
  ['a head without end', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(12_000)}`, 'too long'],
];

test('ResponseReader: what is no response is refused by name', () => {
  for (const [name, text, message] of REFUSED) {
    assert.throws(() => readAll([Buffer.from(text)]), { message }, name);
  }
});

test('ResponseReader: no bytes do harm', () => {
  const words = fc.constantFrom(
    'HTTP/1.1 200 OK\r\n',
    'Content-Length: ',
    'Transfer-Encoding: chunked',
    '\r\n',
    '\r\n\r\n',
    '5',
    ':',
  );
  const bytes = fc.array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 20 });
  const property = fc.property(bytes, (parts) => {
    try {
      readAll(parts.map((part) => Buffer.from(part)));
    } catch (error) {
      assert.match((error as Error).message, /^(cut|malformed|too long)$/);
    }
  });
  fc.assert(property, { seed, numRuns: 2000 });
});

test('ResponseReader: what nobody asked for ends the connection', () => {
  const reader = new ResponseReader();
  const response = reader.push(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1'));
  assert.deepEqual([response?.body, response?.isKept], ['ok', false]);
});

test('linksOf, redirectOf: absolute, without fragment, from pages and redirects only', () => {
  const url = 'http://127.0.0.1/docs/page?q';
  const body = `<a href="next">1</a> <a HREF='/top#part'>2</a> <a href=?r&amp;s>3</a> <a href="http://[bad">4</a>`;
  const page = { status: 200, headers: new Map([['content-type', 'text/html; charset=utf-8']]), body, isKept: true };
  assert.deepEqual(
    linksOf(url, page),
    ['docs/next', 'top', 'docs/page?r&s'].map((path) => `http://127.0.0.1/${path}`),
  );
  assert.deepEqual(linksOf(url, { ...page, status: 404 }), []);
  assert.deepEqual(linksOf(url, { ...page, headers: new Map([['content-type', 'text/plain']]) }), []);
  const moved = { ...page, status: 301, headers: new Map([['location', '../elsewhere#part']]) };
  assert.equal(redirectOf(url, moved), 'http://127.0.0.1/elsewhere');
  assert.equal(redirectOf(url, { ...moved, status: 201 }), null);
  assert.equal(redirectOf(url, { ...moved, headers: new Map() }), null);
});
