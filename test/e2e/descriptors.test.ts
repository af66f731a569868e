// Too few descriptors: fewer requests are in flight, the user is told once, and nothing fails for it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Finished, gossamer, gossamerWithFew, startGossamer } from '../helpers/gossamer.ts';
import { hasLimits } from '../helpers/no-descriptors.ts';
import { type Answer, serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-descriptors-'));
after(() => rmSync(folder, { recursive: true }));

const HOSTS = 20;
const PAGES = 8;
const ALL = 1 + HOSTS * PAGES;
const EAGER = ['-c', '1000', '--host-concurrency', '1000', '--no-adapt', '--no-robots', '--no-sitemaps'];

/** A root that links to pages of many hosts, which are all this server. Each of them keeps its connections open. */
const manyHosts: Answer = (path, response, request) => {
  response.setHeader('content-type', 'text/html');
  const port = request.socket.localPort;
  const link = (_: unknown, n: number) => `<a href=http://h${n % HOSTS}.localhost:${port}/${n}>x</a>`;
  const links = path === '/' ? Array.from({ length: HOSTS * PAGES }, link).join('') : '';
  response.end(`${links}<p>${path}</p>`);
};

async function assertWhole({ code, stdout, stderr }: Finished, job: string, pages: number): Promise<void> {
  assert.equal(code, 0, stderr + stdout);
  assert.ok(stdout.includes(`\n  done     ${pages}\n  failed   0\n`), stdout);
  assert.doesNotMatch(stderr, /\n {4}at /);
  const verified = await gossamer(['verify', job]);
  assert.equal(verified.code, 0, verified.stdout);
}

for (const [limit, most] of [
  [40, 10],
  [64, 30],
  [100, 60],
] as const) {
  test(`crawl: ${limit} descriptors are enough for it, and it says what that means`, { skip: !hasLimits }, async () => {
    await using site = await serveSite(manyHosts);
    const job = join(folder, `few-${limit}`);
    const crawl = ['crawl', site.root, '-o', job, '--scope', 'any', '--allow-private', ...EAGER];
    const run = await gossamerWithFew(limit, crawl);
    await assertWhole(run, job, ALL);
    const [told = '', ...more] = run.stderr.split('\n').filter((line) => line.includes('ulimit -n'));
    assert.deepEqual(more, []);
    assert.match(told, new RegExp(`not 1,000: this process may have ${limit} files open \\(ulimit -n\\)\\.`));
    const inFlight = Number(told.split(' ')[2]);
    assert.ok(inFlight > 1 && inFlight <= most, told);
    assert.ok(Math.max(...site.log.map(({ open }) => open)) <= inFlight);
    assert.equal(site.log.length, ALL, 'nothing was asked twice');
  });
}

test('crawl: with descriptors for nothing it says so, and makes no job', { skip: !hasLimits }, async () => {
  await using site = await serveSite(manyHosts);
  const job = join(folder, 'none');
  const { code, stdout, stderr } = await gossamerWithFew(28, ['crawl', site.root, '-o', job]);
  assert.deepEqual([code, stdout], [3, ''], stderr);
  assert.match(
    stderr,
    /^gossamer: this process may have 28 files open and has \d+: .*ulimit -n 4096\) and run again\n$/,
  );
  assert.ok(!existsSync(job));
});

test('crawl: what the system takes back while it runs is noticed, and no URL loses a try', async (context) => {
  const child = Promise.withResolvers<number>();
  let isTaken = false;
  await using site = await serveSite((path, response, request) => {
    if (path !== '/' || isTaken) return manyHosts(path, response, request);
    void child.promise.then((pid) => {
      isTaken = true;
      execFileSync('prlimit', ['--pid', String(pid), '--nofile=48:48']);
      manyHosts(path, response, request);
    });
  });
  try {
    execFileSync('prlimit', ['--version']);
  } catch {
    return context.skip('there is no prlimit');
  }
  const job = join(folder, 'taken');
  const run = startGossamer(['crawl', site.root, '-o', job, '--scope', 'any', '--allow-private', ...EAGER]);
  child.resolve(run.child.pid!);
  const finished = await run.finished;
  await assertWhole(finished, job, ALL);
  assert.equal(finished.stderr.match(/^At most \d+ requests? at a time, not 1,000: /gm)?.length, 1, finished.stderr);
  const { stdout } = await gossamer(['export', 'jsonl', job]);
  assert.doesNotMatch(stdout, /"tries":(?!1,)/);
});

test('crawl: long bodies, which need a file each, share what there is', { skip: !hasLimits }, async () => {
  const body = Buffer.alloc(1_200_000, 'long ');
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', path === '/' ? 'text/html' : 'video/mp4');
    response.end(path === '/' ? Array.from({ length: 40 }, (_, n) => `<a href=/${n}>x</a>`).join('') : body);
  });
  const job = join(folder, 'long');
  await assertWhole(await gossamerWithFew(56, ['crawl', site.root, '-o', job, ...EAGER]), job, 41);
});

test('export markdown: where no thread can be started, or no file be opened, it says so in a sentence', {
  skip: !hasLimits,
}, async () => {
  await using site = await serveSite(manyHosts);
  const job = join(folder, 'pages');
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q'])).code, 0);
  let refused = 0;
  for (const limit of [25, 26, 28]) {
    const { code, stderr } = await gossamerWithFew(limit, [
      'export',
      'markdown',
      job,
      '-q',
      '-o',
      join(folder, `md-${limit}`),
    ]);
    // How many a thread takes is the system's to say.
    if (code !== 0) {
      refused += 1;
      assert.equal(code, 3, stderr);
      assert.match(stderr, /^gossamer: [^\n]*files open[^\n]*run again[^\n]*\n$/);
    }
  }
  assert.ok(refused > 0);
});
