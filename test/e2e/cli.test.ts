// The command line as people meet it: a process, its streams and its exit code.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Summary } from '../../src/base/contracts.ts';
import type { UrlRecord } from '../../src/views/tables/record.ts';
import { makeLinks, pagesAnswer, type Site, serveSite } from '../helpers/site.ts';

const ENTRY = fileURLToPath(new URL('../helpers/run-cli.ts', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'gossamer-cli-'));
after(() => rmSync(home, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once stderr holds the text. */
  said(text: string): Promise<void>;
}

function start(
  args: readonly string[],
  more: { readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): Started {
  const child = spawn(process.execPath, [ENTRY, ...args], { cwd: home, env: { ...process.env, ...more.env } });
  let stdout = '';
  let stderr = '';
  child.stdin.end(more.input ?? '');
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return {
    child,
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr })),
    async said(text) {
      while (!stderr.includes(text)) await once(child.stderr, 'data');
    },
  };
}

function run(...args: string[]): Promise<Ended> {
  return start(args).ended;
}

/** Exit code 2 and one sentence that names every part. */
async function refused(args: readonly string[], parts: readonly string[], env?: NodeJS.ProcessEnv): Promise<void> {
  const { code, stdout, stderr } = await start(args, env === undefined ? {} : { env }).ended;
  assert.equal(code, 2, stderr);
  assert.equal(stdout, '');
  assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  for (const part of parts) assert.ok(stderr.includes(part), `"${stderr}" names ${part}`);
}

const PAGES = 30;
const serveTree = (): Promise<Site> => serveSite(pagesAnswer(makeLinks(1, PAGES, 4)));

test('main: wrong usage is exit 2 and one sentence that names what is wrong', async () => {
  await Promise.all([
    refused(['crawl', 'ftp://example.com/'], ['ftp://example.com/']),
    refused(['crawl', 'not a url'], ['not a url']),
    refused(['crawl'], ['root']),
    refused(['crawl', 'localhost:1', '--colour'], ['--colour']),
    refused(['crawl', 'localhost:1', '--concurrency', 'many'], ['--concurrency', 'many']),
    refused(['crawl', 'localhost:1', '--max-tries', '0'], ['--max-tries', '0']),
    refused(['crawl', 'localhost:1', '--timeout'], ['--timeout']),
    refused(['crawl', '-i', 'missing.txt'], ['--input-file', 'missing.txt']),
  ]);
  await Promise.all([
    refused(['crawl', 'localhost:1'], ['GOSSAMER_LIMIT', '0'], { GOSSAMER_LIMIT: '0' }),
    refused(['frobnicate'], ['frobnicate']),
    refused(['export', 'xml', 'nowhere'], ['xml', 'jsonl']),
    refused(['status', 'nowhere'], ['nowhere']),
    refused(['status'], ['crawls']),
  ]);
});

test('main: --version and --help of every command', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  assert.equal((await run('--version')).stdout.trim(), manifest.version);
  const commands = [
    'crawl',
    'status',
    'why',
    'report',
    'export',
    'verify',
    'remove',
    'completion',
    'demo',
    'fetch',
    'links',
    'key',
    'robots',
  ];
  const helps = await Promise.all(commands.map((command) => run(command, '--help')));
  for (const { code, stdout, stderr } of [...helps, await run('--help')]) {
    assert.equal(code, 0);
    assert.equal(stderr, '');
    assert.match(stdout, /Examples:\n/);
  }
});

test('demo: crawls its own site and ends with exit 0', async () => {
  const { code, stdout, stderr } = await run('demo', '-o', 'demo');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Finished\.$/m);
  assert.match(stdout, /gossamer why http:\/\/127\.0\.0\.1:\d+\/missing demo/);
  const root = /(http:\/\/127\.0\.0\.1:\d+\/)missing/.exec(stdout)?.[1];
  const why = async (path: string): Promise<UrlRecord> =>
    JSON.parse((await run('why', `${root}${path}`, 'demo', '--json')).stdout);
  assert.equal((await why('missing')).status, 404);
  assert.equal((await why('private/diary')).reason, 'robots');
  assert.equal((await why('old-address')).redirectTo, `${root}about`);
  assert.equal((await why('slow/two')).state, 'done');
  assert.match((await run('why', `${root}slow/two`, 'demo')).stdout, /state +done, status 200/);
  const never = await run('why', `${root}never`, 'demo');
  assert.equal(never.code, 1);
  assert.match(never.stderr, /never seen/);
});

test('crawl: prints a summary, then status and export tell the same', async () => {
  await using site = await serveTree();
  const crawled = await run('crawl', site.root, '-o', 'tree', '--json');
  assert.equal(crawled.code, 0, crawled.stderr);
  const summary = JSON.parse(crawled.stdout) as Summary;
  assert.equal(summary.state, 'finished');
  assert.equal(summary.urls.done, PAGES);

  const status = JSON.parse((await run('status', 'tree', '--json')).stdout) as Summary;
  assert.deepEqual({ ...status, elapsedMs: 0, hosts: [] }, { ...summary, elapsedMs: 0, hosts: [] });

  const exported = await run('export', 'jsonl', 'tree', '-o', 'tree.jsonl', '-q');
  assert.equal(exported.code, 0, exported.stderr);
  const rows = readFileSync(join(home, 'tree.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as UrlRecord);
  assert.equal(rows.length, PAGES);
  assert.deepEqual(
    Object.keys(rows[0]!),
    'url key state reason error status truncated depth referrer redirectTo redirectFragment tries contentType charset bytes sha256 title links fetchedAt elapsedMs remoteAddress protocol archive text unkept detail'.split(
      ' ',
    ),
  );
  assert.equal(rows[0]?.referrer, null);
  assert.deepEqual(
    readdirSync(home).filter((name) => name.endsWith('.part')),
    [],
  );
  const linked = await run('export', 'jsonl', 'tree', '--links');
  const first = JSON.parse(linked.stdout.split('\n')[0]!) as { links: string[] };
  assert.equal(first.links.length, rows[0]?.links);

  const again = await run('crawl', site.root, '-o', 'tree');
  assert.equal(again.code, 0);
  assert.match(again.stdout, /already finished/);
  const other = await run('crawl', site.root, '-o', 'tree', '--depth', '1');
  assert.equal(other.code, 2, other.stdout);
});

test('crawl: roots come from stdin too, and -q says nothing', async () => {
  await using site = await serveTree();
  const input = `# comment\n\n${site.root} # the root\n`;
  const { code, stdout, stderr } = await start(['crawl', '-i', '-', '-o', 'from-stdin', '-q'], { input }).ended;
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' });
  assert.equal(site.log.length, PAGES);
});

test('crawl: the job stands in ./crawls/HOST_PORT and is found without being named', async () => {
  await using site = await serveTree();
  const { host } = new URL(site.root);
  const { code, stderr } = await run('crawl', host, '-q');
  assert.equal(code, 0, stderr);
  assert.ok(existsSync(join(home, 'crawls', host.replace(':', '_'), 'gossamer.db')));
  assert.match((await run('status')).stdout, /^Finished\./);
  assert.equal((await run('crawl', site.root, '-o', 'crawls/second', '-q')).code, 0);
  const several = await run('status');
  assert.equal(several.code, 2);
  assert.match(several.stderr, /crawls\/second/);
  rmSync(join(home, 'crawls'), { recursive: true });
});

test('crawl: where no root gives a response it is exit 1', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  const { code, stdout } = await run('crawl', `127.0.0.1:${port}`, '-o', 'refused');
  assert.equal(code, 1);
  assert.match(stdout, /1 refused/);
  assert.match(stdout, /No root gave any response\./);
  const quiet = await run('crawl', `127.0.0.1:${port}`, '-o', 'refused', '-q');
  assert.deepEqual([quiet.code, quiet.stdout], [1, '']);
  assert.match(quiet.stderr, /^No root gave any response\.\nhttp:\/\/127\.0\.0\.1:\d+\/: refused \(/);
});

test('crawl: Ctrl-C ends it with exit 11, a second process is refused meanwhile, and the same command finishes it', async () => {
  const links = makeLinks(2, 40, 3);
  const answer = pagesAnswer(links);
  const held: (() => void)[] = [];
  let isHolding = true;
  await using site = await serveSite((path, response, request) => {
    const give = (): void => answer(path, response, request);
    if (isHolding && site.log.length > 10) held.push(give);
    else give();
  });
  const isHeld = new Promise<void>((resolve) => {
    site.onRequest = (_, count) => count > 10 && resolve();
  });
  const first = start(['crawl', site.root, '-o', 'interrupted', '--json']);
  await isHeld;

  const second = await run('crawl', site.root, '-o', 'interrupted');
  assert.equal(second.code, 2, second.stdout);
  const beside = await run('status', 'interrupted', '--json');
  assert.equal((JSON.parse(beside.stdout) as Summary).state, 'unfinished');

  first.child.kill('SIGINT');
  isHolding = false;
  for (const give of held.splice(0)) give();
  const stopped = await first.ended;
  assert.equal(stopped.code, 11, stopped.stderr);
  const summary = JSON.parse(stopped.stdout) as Summary;
  assert.equal(summary.stoppedBy, 'interrupt');
  assert.ok(summary.urls.queued > 0);
  assert.equal(summary.urls.leased, 0);

  const resumed = await run('crawl', site.root, '-o', 'interrupted', '--json');
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal((JSON.parse(resumed.stdout) as Summary).urls.done, links.length);
  assert.equal(new Set(site.log.map(({ path }) => path)).size, links.length);
});

test('crawl: the second Ctrl-C ends it at once with exit 13', async () => {
  await using site = await serveSite(() => {});
  const isAsked = new Promise<void>((resolve) => {
    site.onRequest = () => resolve();
  });
  const { child, ended, said } = start(['crawl', site.root, '-o', 'at-once']);
  await isAsked;
  child.kill('SIGINT');
  await said('Stopping');
  child.kill('SIGINT');
  assert.equal((await ended).code, 13);
});

test('crawl: a limit of URLs is exit 16', async () => {
  await using site = await serveTree();
  const { code, stdout } = await run('crawl', site.root, '-o', 'limited', '--limit', '5');
  assert.equal(code, 16);
  assert.match(stdout, /the URL limit is reached/);
  assert.equal(site.log.length, 5);
});
