// What one request costs: CPU time of a GET of 10 KB on keep-alive, and memory of a connection that waits for its
// answer. `node bench/transport.ts [requests] [waiting]`; the server runs in a process of its own.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { systemClock } from '../src/base/clock.ts';
import type { Outcome } from '../src/base/contracts.ts';
import { createFetch, type Fetcher } from '../src/fetch/fetch.ts';

const BODY_BYTES = 10_240;
const IN_FLIGHT = 64;
const WARM_UP = 5_000;

if (process.argv[2] === 'serve') serve();
else await measure(Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? 5_000));

// Answers each read with one response, which is enough for a client that does not pipeline; /wait is never answered.
function serve(): void {
  const head = `HTTP/1.1 200 OK\r\nServer: raw\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Type: text/html; charset=utf-8\r\nETag: "5f"\r\nCache-Control: max-age=60\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`;
  const response = Buffer.from(head + 'x'.repeat(BODY_BYTES));
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      if (bytes.subarray(0, 9).toString() !== 'GET /wait') socket.write(response);
    });
  });
  server.listen(0, '127.0.0.1', 20_000, () => process.send?.((server.address() as { port: number }).port));
}

async function measure(requests: number, waiting: number): Promise<void> {
  const child = fork(import.meta.filename, ['serve']);
  const [port] = (await once(child, 'message')) as [number];
  const fetcher = createFetch(
    {
      userAgent: 'gossamer/bench',
      headers: [],
      secrets: { origins: new Set(), headers: [] },
      timeoutMs: 30_000,
      minRateBytesPerSecond: 100,
      responseMsMax: 3_600_000,
      bodyBytesMax: 64 * 1024 * 1024,
      insecure: false,
      allowPrivate: false,
      allowedHosts: ['127.0.0.1'],
      allowedAddresses: new Map(),
      allowedPorts: [],
    },
    systemClock,
  );
  const root = `http://127.0.0.1:${port}/`;
  // Memory first: what the requests leave behind would hide it.
  await measureMemory(fetcher, root, waiting);
  for (let round = 1; round <= 4; round += 1) await measureTime(fetcher, root, round === 1 ? WARM_UP : requests);
  await fetcher.close();
  child.kill();
}

async function measureTime(fetcher: Fetcher, root: string, requests: number): Promise<void> {
  const { signal } = new AbortController();
  let next = 0;
  async function work(): Promise<void> {
    while (next < requests) {
      next += 1;
      const outcome = await fetcher.fetch({ url: `${root}page/${next}`, method: 'GET' }, signal);
      if (outcome.status !== 200 || outcome.body.length !== BODY_BYTES) throw new Error(outcome.detail);
    }
  }
  const cpu = process.cpuUsage();
  const startedMs = systemClock.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  const { user, system } = process.cpuUsage(cpu);
  const rate = (requests * 1000) / (systemClock.now() - startedMs);
  const cost = ((user + system) / requests).toFixed(1);
  console.log(`${cost} us of CPU a request (${(user / requests).toFixed(1)} user), ${Math.round(rate)} requests/s`);
}

async function measureMemory(fetcher: Fetcher, root: string, waiting: number): Promise<void> {
  await measureTime(fetcher, root, 1000);
  const abort = new AbortController();
  const ask = (n: number): Promise<Outcome> => fetcher.fetch({ url: `${root}wait/${n}`, method: 'GET' }, abort.signal);
  const before = process.memoryUsage.rss();
  const pending = Array.from({ length: waiting }, (_, n) => ask(n));
  while (fetcher.connections.open < waiting) await pause(100);
  await pause(2_000);
  const bytes = (process.memoryUsage.rss() - before) / waiting;
  console.log(`${(bytes / 1024).toFixed(1)} KB of memory a waiting connection, ${fetcher.connections.open} of them`);
  abort.abort();
  await Promise.all(pending);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => systemClock.after(ms, resolve));
}
