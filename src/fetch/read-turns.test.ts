// What comes in pieces of a byte is read in turns, and nothing of it is lost.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { certificateMaker, NO_OPENSSL } from '../../test/helpers/certificates.ts';
import { ask, bodyText, fetcherFor, rawServer } from '../../test/helpers/raw-server.ts';
import { HEAD_AT_ONCE_BYTES, READ_STEPS_CROWDED_MAX, READ_STEPS_MAX } from '../base/limits-of-connections.ts';
import { BodyMemory } from './body-memory.ts';
import { ResponseReader } from './http1/response-reader.ts';
import { ReadTurns } from './read-turns.ts';

const H = 'HTTP/1.1 200 OK\r\n';
const BODY_BYTES_MAX = 100;
const C = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const BYTES = 200_000;
const SMALL = `${C}${'1\r\nx\r\n'.repeat(BYTES)}`;
const LAST = '0\r\n\r\n';

/** A clock whose turns are told one by one, and whose time passes only when it is told. */
function byHand() {
  const turns: (() => void)[] = [];
  const clock = {
    nowMs: 0,
    now: () => clock.nowMs,
    turn: () => new Promise<void>((resolve) => void turns.push(resolve)),
    /** The rest of a turn comes before the promise is settled. */
    async next() {
      turns.shift()!();
      await null;
      await null;
    },
  };
  return clock;
}

test('ReadTurns: who waits reads on in the next turn, behind the others', async () => {
  const clock = byHand();
  const turns = new ReadTurns(clock);
  const told: string[] = [];
  const reader = (name: string, times: number, ms: number) => ({
    readOn(): boolean {
      told.push(name);
      clock.nowMs += ms;
      times -= 1;
      return times > 0;
    },
  });
  assert.equal(turns.stepsMax, READ_STEPS_MAX);
  turns.wait(reader('a', 3, 2));
  turns.wait(reader('b', 2, 2));
  assert.equal(turns.stepsMax, READ_STEPS_CROWDED_MAX);
  assert.deepEqual(told, []);
  await clock.next();
  assert.deepEqual(told, ['a', 'b', 'a']);
  await clock.next();
  assert.deepEqual(told, ['a', 'b', 'a', 'b', 'a']);
  assert.equal(turns.stepsMax, READ_STEPS_MAX);
});

test('ResponseReader: takes no more than so many pieces, and goes on behind them', () => {
  const reader = new ResponseReader(new BodyMemory(), false, BYTES);
  const bytes = Buffer.from(`${C}${'1\r\nx\r\n'.repeat(9)}`);
  const piece = 3;
  assert.equal(reader.push(bytes, 0, bytes.length, 1 + 2 * piece), C.length + 2 * 6);
  assert.equal(Buffer.from(reader.body).toString(), 'xx');
  assert.equal(reader.push(bytes, C.length + 2 * 6, bytes.length), bytes.length);
  assert.equal(reader.body.length, 9);
});

test('ResponseReader: a long line between chunks is many pieces', () => {
  const reader = new ResponseReader(new BodyMemory(), false, BYTES);
  const bytes = Buffer.from(`${C}1;${'x'.repeat(2_000)}\r\n`);
  assert.ok(reader.push(bytes, 0, bytes.length, 8) < C.length + 8 * 40);
});

test('fetch: a body in chunks of a byte is whole, and its connection is used again', async () => {
  await using server = await rawServer(() => `${SMALL}${LAST}`);
  await using fetcher = fetcherFor();
  for (const _ of [1, 2]) {
    const { body, error } = await ask(fetcher, server.url);
    assert.deepEqual([body.length, error], [BYTES, null]);
  }
  assert.equal(server.connections, 1);
});

test('fetch: what waits when the server closes or resets is read', async () => {
  await using server = await rawServer((socket, head) => {
    if (head.startsWith('GET /reset')) socket.write(SMALL, () => setImmediate(() => socket.resetAndDestroy()));
    else socket.end(SMALL);
    return null;
  });
  await using fetcher = fetcherFor();
  const closed = await ask(fetcher, server.url);
  assert.deepEqual([bodyText(closed).length, closed.truncated], [BYTES, 'disconnect']);
  const reset = await ask(fetcher, `${server.url}reset`);
  assert.equal(reset.truncated, 'disconnect');
});

test('fetch: many at once, aborted ones among them, come to their end', async () => {
  await using server = await rawServer(() => `${SMALL}${LAST}`);
  await using fetcher = fetcherFor();
  const abort = new AbortController();
  const all = Array.from({ length: 12 }, (_, at) =>
    fetcher.fetch({ url: server.url, method: 'GET' }, at % 3 === 0 ? abort.signal : new AbortController().signal),
  );
  const second = await all[1]!;
  abort.abort();
  assert.equal(second.body.length, BYTES);
  for (const [at, each] of (await Promise.all(all)).entries())
    if (at % 3 !== 0) assert.deepEqual([each.body.length, each.error], [BYTES, null]);
});

test('fetch: over TLS too', { skip: NO_OPENSSL }, async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'gossamer-turns-'));
  t.after(() => rmSync(home, { recursive: true }));
  const made = certificateMaker(home).certificate('localhost');
  await using server = await rawServer(() => `${SMALL}${LAST}`, '127.0.0.1', made);
  await using fetcher = fetcherFor({ insecure: true });
  for (const _ of [1, 2]) assert.equal((await ask(fetcher, server.url)).body.length, BYTES);
  assert.equal(server.connections, 1);
});

test('a long head: its last byte waits for a turn of its own, wherever the bytes are cut', () => {
  const head = `${H}X: ${'x'.repeat(HEAD_AT_ONCE_BYTES)}\r\nContent-Length: 5\r\n\r\n`;
  const bytes = Buffer.from(`${head}hello`);
  for (const cut of [0, 1, H.length, head.length - 2, head.length - 1, head.length, bytes.length]) {
    const reader = new ResponseReader(new BodyMemory(), false, BODY_BYTES_MAX);
    let at = reader.push(bytes, 0, cut, 1_000);
    at = at < cut ? at : reader.push(bytes, cut, bytes.length, 1_000);
    assert.deepEqual([at, reader.status], [head.length - 1, 0]);
    assert.equal(reader.push(bytes, at, bytes.length, 1_000), bytes.length);
    assert.deepEqual([reader.status, reader.isDone, Buffer.from(reader.body).toString()], [200, true, 'hello']);
  }
  const hurried = new ResponseReader(new BodyMemory(), false, BODY_BYTES_MAX);
  assert.equal(hurried.push(bytes, 0, bytes.length), bytes.length, 'the connection was lost: all that came is read');
  assert.equal(hurried.status, 200);
});
