import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { NO_OPENSSL } from '../../test/helpers/certificates.ts';
import { ask, type Peer, until } from '../../test/helpers/raw-server.ts';
import { overTls, TRANSPORTS } from '../../test/helpers/transports.ts';
import { BodyBudget } from '../base/body-budget.ts';
import { READ_BUFFER_BYTES } from '../base/limits.ts';

const KB = 1024;
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n';
const PIECE = Buffer.alloc(64 * KB, 'x');

class Watched extends BodyBudget {
  peakBytes = 0;

  override take(bytes: number): void {
    super.take(bytes);
    this.peakBytes = Math.max(this.peakBytes, this.bytes);
  }
}

/** Sends as much as is taken. */
function pour(socket: Peer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(PIECE));
  };
  socket.on('drain', more);
  socket.write(HEAD);
  more();
}

const home = mkdtempSync(join(tmpdir(), 'gossamer-inflow-'));
after(() => rmSync(home, { recursive: true }));
const ALL = NO_OPENSSL ? TRANSPORTS : [...TRANSPORTS, overTls(home)];

for (const { name: transport, serve, fetcherFor } of ALL) {
  test(`Inflow over ${transport}: endless bodies take no more together than there is for all, and one that goes on`, async () => {
    await using server = await serve((socket) => {
      pour(socket);
      return null;
    });
    const budget = new Watched(512 * KB);
    const bodyBytesMax = 2048 * KB;
    await using fetcher = fetcherFor({ budget, bodyBytesMax });
    const outcomes = await Promise.all(Array.from({ length: 16 }, (_, at) => ask(fetcher, `${server.url}${at}`)));
    for (const { truncated, rawBody, isRawCut } of outcomes) {
      assert.deepEqual([truncated, rawBody.length, isRawCut], ['length', bodyBytesMax, true]);
    }
    assert.ok(budget.peakBytes <= budget.bytesMax + bodyBytesMax + 16 * READ_BUFFER_BYTES, `${budget.peakBytes} bytes`);
    assert.equal(budget.bytes, 0);
  });

  test(`Inflow over ${transport}: small bodies come while large ones wait`, async () => {
    await using server = await serve((socket, head) => {
      if (head.startsWith('GET /small')) return `HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsmall`;
      socket.write(HEAD);
      for (let at = 0; at < 8; at += 1) socket.write(PIECE);
      return null;
    });
    const budget = new BodyBudget(512 * KB);
    await using fetcher = fetcherFor({ budget, bodyBytesMax: 4096 * KB });
    const abort = new AbortController();
    const large = [1, 2, 3].map((at) => fetcher.fetch({ url: `${server.url}${at}`, method: 'GET' }, abort.signal));
    await until(() => budget.isSpent);
    for (let at = 0; at < 3; at += 1) assert.equal((await ask(fetcher, `${server.url}small${at}`)).body.length, 5);
    abort.abort();
    for (const outcome of await Promise.all(large)) assert.equal(outcome.error, 'aborted');
    assert.equal(budget.bytes, 0);
  });

  test(`Inflow over ${transport}: what waits goes on when others give back what they hold`, async () => {
    await using server = await serve((socket) => {
      for (const piece of [HEAD, PIECE, PIECE]) socket.write(piece);
      socket.end();
      return null;
    });
    const budget = new BodyBudget(KB);
    await using fetcher = fetcherFor({ budget });
    // More than half is held by what has come already: not even one goes on.
    budget.take(KB);
    const asked = [1, 2, 3].map((at) => ask(fetcher, `${server.url}${at}`));
    await until(() => budget.bytes > 2 * KB);
    budget.give(KB);
    for (const { status, truncated, body } of await Promise.all(asked)) {
      assert.deepEqual([status, truncated, body.length], [200, null, 2 * PIECE.length]);
    }
  });

  test(`Inflow over ${transport}: where no end comes, the largest body is cut, and says why`, async () => {
    let sent = 0;
    await using server = await serve((socket) => {
      socket.write(HEAD);
      // One is larger than the others; none ever ends, and none is silent.
      for (let at = 0; at < (sent === 0 ? 8 : 2); at += 1) socket.write(PIECE);
      sent += 1;
      const drip = (): void => {
        if (socket.destroyed) return;
        socket.write('x');
        setImmediate(drip);
      };
      drip();
      return null;
    });
    const budget = new BodyBudget(256 * KB);
    await using fetcher = fetcherFor({ budget, timeoutMs: 2_000, bodyBytesMax: 4096 * KB });
    const abort = new AbortController();
    const asked = [1, 2, 3, 4].map((at) => fetcher.fetch({ url: `${server.url}${at}`, method: 'GET' }, abort.signal));
    const first = await Promise.race(asked);
    assert.deepEqual([first.status, first.error, first.truncated, first.isRawCut], [200, null, 'length', true]);
    assert.match(first.detail, /^the body was cut at \d+ bytes: there was no memory for more$/);
    assert.equal(first.rawBody.length >= 128 * KB, true);
    abort.abort();
    await Promise.all(asked);
  });

  test(`Inflow over ${transport}: long heads count as bodies do, and one without end is cut`, async () => {
    await using server = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(100 * KB)}`);
      return null;
    });
    const budget = new BodyBudget(256 * KB);
    await using fetcher = fetcherFor({ budget, timeoutMs: 2_000 });
    const abort = new AbortController();
    const asked = [1, 2, 3, 4].map((at) => fetcher.fetch({ url: `${server.url}${at}`, method: 'GET' }, abort.signal));
    await until(() => budget.bytes > 256 * KB);
    const first = await Promise.race(asked);
    assert.deepEqual([first.status, first.truncated], [0, null]);
    assert.ok(first.error !== null, first.detail);
    abort.abort();
    await Promise.all(asked);
    assert.equal(budget.bytes, 0);
  });
}
