// How calls of `gossamer mcp` end: cancelled, by Ctrl-C, by a client that leaves; beside another client; and by what is
// no message.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Summary } from '../../src/base/contracts.ts';
import { removeTree } from '../../src/base/remove.ts';
import { gossamer, startGossamer } from '../helpers/gossamer.ts';
import { type McpClient, McpFailure, startMcp } from '../helpers/mcp-client.ts';
import { type Site, serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-mcp-'));
after(() => removeTree(folder));
const newHome = (): string => mkdtempSync(join(folder, 'home-'));

type Crawled = Pick<Summary, 'state' | 'stoppedBy' | 'urls'>;

/** A site whose pages wait until it is opened. */
async function slowSite(): Promise<Site & { readonly asked: Promise<void>; open(): void }> {
  let held: ServerResponse[] | null = [];
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const slow = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    if (path === '/') response.end('<a href=/1>x</a><a href=/2>x</a>');
    else if (held === null) response.end('x');
    else held.push(response);
    if (path !== '/') resolve();
  });
  const open = (): void => {
    for (const response of held ?? []) response.end('x');
    held = null;
  };
  return Object.assign(slow, { asked, open });
}

const FAST = { GOSSAMER_NO_SITEMAPS: '1' };

test('mcp: a call that is cancelled ends its crawl, and the job can go on', async () => {
  await using slow = await slowSite();
  await using server = await startMcp(['-o', newHome(), '--allow-private'], FAST);
  const told: number[] = [];
  const cancel = new AbortController();
  const call = server.call(
    'crawl',
    { roots: [slow.root] },
    {
      signal: cancel.signal,
      onprogress({ progress, total }) {
        told.push(progress);
        assert.equal(total, 100);
        cancel.abort('enough');
      },
    },
  );
  await assert.rejects(call, (error) => !(error instanceof McpFailure));
  assert.ok(told.length > 0);
  slow.open();
  let crawled: Crawled | null = null;
  // The cancelled crawl needs a moment to end.
  while (crawled === null) {
    const { job } = (await jobsOf(server))[0]!;
    crawled = await server.call<Crawled>('crawl', { job }).catch((error: McpFailure) => {
      assert.equal(error.code, 'busy');
      return null;
    });
  }
  assert.deepEqual([crawled.state, crawled.urls.done], ['finished', 3]);
});

async function jobsOf({ call }: McpClient) {
  return (await call<{ jobs: { job: string; state: string; isRunning: boolean }[] }>('status', {})).jobs;
}

test('mcp: two clients read a job while one crawls it, and only one may; Ctrl-C ends the crawl with an answer', async () => {
  await using slow = await slowSite();
  const home = newHome();
  const first = await startMcp(['-o', home, '--allow-private'], FAST);
  await using second = await startMcp(['-o', home, '--allow-private'], FAST);
  const crawl = first.call<Crawled>('crawl', { roots: [slow.root] });
  await slow.asked;
  assert.equal(await first.codeOf('crawl', { roots: [slow.root] }), 'busy');
  assert.equal(await second.codeOf('crawl', { roots: [slow.root] }), 'locked');
  for (const server of [first, second])
    assert.deepEqual(
      (await jobsOf(server)).map(({ isRunning }) => isRunning),
      [true],
    );
  const closed = new Promise<void>((resolve) => {
    first.client.onclose = resolve;
  });
  process.kill(first.pid, 'SIGINT');
  const { state, stoppedBy } = await crawl;
  assert.deepEqual([state, stoppedBy], ['unfinished', 'interrupt']);
  await closed;
  assert.deepEqual(
    (await jobsOf(second)).map(({ isRunning }) => isRunning),
    [false],
  );
  await first[Symbol.asyncDispose]();
});

test('mcp: a client that leaves amid a crawl leaves a job that goes on', async () => {
  await using slow = await slowSite();
  const home = newHome();
  const server = await startMcp(['-o', home, '--allow-private'], FAST);
  const call = server.call('crawl', { roots: [slow.root] });
  const failed = assert.rejects(call);
  await slow.asked;
  await server[Symbol.asyncDispose]();
  await failed;
  assert.equal(server.stderr(), '');
  const job = join(home, readdirSync(home)[0]!);
  const { state, urls } = JSON.parse((await gossamer(['status', job, '--json'])).stdout) as Summary;
  assert.deepEqual([state, urls.done, urls.queued, urls.leased], ['unfinished', 1, 2, 0]);
  slow.open();
  assert.equal((await gossamer(['crawl', slow.root, '-o', job, '-q'])).code, 0);
});

test('mcp: what is no message is told on stderr, and stdout has answers alone', async () => {
  const text = `this is no JSON\n{"jsonrpc":"2.0"}\n[]\n${lines(
    {
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '1999-01-01', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
    },
    { id: 2, method: 'no/such/method' },
  )}`;
  const { code, stdout, stderr } = await startGossamer(['mcp', '-o', newHome()], {}, text).finished;
  assert.equal(code, 0);
  for (const line of stdout.trimEnd().split('\n'))
    assert.equal((JSON.parse(line) as { jsonrpc: string }).jsonrpc, '2.0');
  assert.match(stderr, /^gossamer: /);
  for (const bad of [['--limit', 'x'], ['--time-limit', 'soon'], ['nowhere'], ['-o', '']]) {
    const run = await gossamer(['mcp', ...bad]);
    assert.deepEqual([run.code, run.stdout], [2, ''], bad.join(' '));
    assert.match(run.stderr, /^gossamer: .*\.\n$/);
  }
});

function lines(...messages: readonly object[]): string {
  return messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('');
}
