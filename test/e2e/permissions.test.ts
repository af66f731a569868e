// Jobs and outputs that the user may not write, or that cannot be: one sentence and exit code 2, and what may be read
// is read.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Finished, gossamer, startGossamer } from '../helpers/gossamer.ts';
import { NOBODY } from '../helpers/nobody.ts';
import { type Answer, serveSite } from '../helpers/site.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-permissions-'));
chmodSync(home, 0o777);
after(() => rmSync(home, { recursive: true, force: true }));

const site: Answer = (path, response) => {
  response.setHeader('content-type', 'text/html');
  response.end(path === '/' ? '<a href=/1>x</a><a href=/2>x</a>' : `page ${path}`);
};

const asNobody = (args: readonly string[]): Promise<Finished> => startGossamer(args, {}, '', home, NOBODY).finished;

/** Exit code 2, and a sentence without a stack trace that names every part. */
function assertRefused({ code, stderr }: Finished, ...parts: readonly string[]): void {
  assert.equal(code, 2, stderr);
  assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  for (const part of parts) assert.ok(stderr.includes(part), `${part} in ${stderr}`);
}

test('read-only: who may only read a job reads it, and is refused a crawl, a removal and a retry', async () => {
  await using served = await serveSite(site);
  const job = join(home, 'readable');
  const crawl = ['crawl', served.root, '-o', job, '-q'];
  assert.equal((await asNobody(crawl)).code, 0);
  const out = join(home, 'out.jsonl');
  chmodSync(job, 0o555);
  for (const args of [
    ['status', job],
    ['report', job],
    ['verify', job],
    ['why', served.root, job],
    ['export', 'jsonl', job, '-o', out],
    ['export', 'wacz', job, '-o', join(home, 'out.wacz')],
  ]) {
    const { code, stderr } = await asNobody(args);
    assert.equal(code, 0, `${args}: ${stderr}`);
  }
  assertRefused(await asNobody(crawl), job, 'cannot be written by you');
  assertRefused(await asNobody([...crawl, '--fresh']), job);
  assertRefused(await asNobody(['remove', `${served.root}1`, job]), job);
  assertRefused(await asNobody(['retry', job, `${served.root}1`]), job);
  assert.deepEqual(readdirSync(job).sort(), ['archive', 'gossamer.db', 'indexes', 'lock', 'logs']);
});

test('read-only: what a killed crawl left is read too', async () => {
  const job = join(home, 'killed');
  const asked = Promise.withResolvers<void>();
  await using served = await serveSite((path, response, request) => {
    if (path === '/2') asked.resolve();
    else site(path, response, request);
  });
  const { child, finished } = startGossamer(['crawl', served.root, '-o', job, '-q', '-c', '1'], {}, '', home, NOBODY);
  await asked.promise;
  child.kill('SIGKILL');
  await finished;
  assert.ok(existsSync(join(job, 'gossamer.db-wal')));
  for (const file of readdirSync(job)) if (file.startsWith('gossamer.db')) chmodSync(join(job, file), 0o444);
  chmodSync(job, 0o555);
  const { code, stdout, stderr } = await asNobody(['status', job, '--json']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout).urls, { queued: 1, leased: 0, done: 2, failed: 0, skipped: 0 });
  assertRefused(await asNobody(['crawl', served.root, '-o', job, '-q']), job);
});

test('read-only: a store that the user may not write is told with its name', async () => {
  await using served = await serveSite(site);
  const job = join(home, 'store');
  const crawl = ['crawl', served.root, '-o', job, '-q'];
  assert.equal((await asNobody([...crawl, '--limit', '1'])).code, 16);
  chmodSync(join(job, 'gossamer.db'), 0o444);
  assertRefused(await asNobody(crawl), 'gossamer.db');
  chmodSync(join(job, 'gossamer.db'), 0o000);
  assertRefused(await asNobody(crawl), 'gossamer.db');
  assertRefused(await asNobody(['status', job]), 'gossamer.db');
});

test('the lock: of two crawls of one job the second is refused, also where the file may only be read', async () => {
  const job = join(home, 'locked');
  let go = (): void => {};
  const asked = Promise.withResolvers<void>();
  await using served = await serveSite((path, response, request) => {
    go = () => site(path, response, request);
    if (path === '/2') asked.resolve();
    else go();
  });
  const crawl = ['crawl', served.root, '-o', job, '-q', '-c', '1'];
  mkdirSync(job);
  chmodSync(job, 0o777);
  const first = startGossamer(crawl, {}, '', home, NOBODY);
  await asked.promise;
  chmodSync(join(job, 'lock'), 0o444);
  assertRefused(await asNobody(crawl), 'another process');
  go();
  assert.equal((await first.finished).code, 0);
  assert.equal(served.log.length, 3);
});

test('crawl -o: what cannot be a folder is refused with a sentence', async () => {
  await using served = await serveSite(site);
  writeFileSync(join(home, 'file'), '');
  symlinkSync('loop', join(home, 'loop'));
  symlinkSync('nothing', join(home, 'dangling'));
  mkdirSync(join(home, 'closed'), { mode: 0o555 });
  const long = 'x'.repeat(300);
  const deep = join(home, ...Array<string>(40).fill('a-long-name-of-a-folder'));
  const table: [output: string, why: string][] = [
    ['/proc/foo', '"/proc" takes no new files or folders'],
    ['/proc', '"/proc" takes no new files or folders'],
    ['/proc/foo/bar', '"/proc" takes no new files or folders'],
    [long, 'a name in it is longer than this system allows'],
    [deep, 'bytes'],
    ['file', 'it is a file, not a folder'],
    ['file/job', `"${join(home, 'file')}" is a file, not a folder`],
    ['file/a/b', `"${join(home, 'file')}" is a file, not a folder`],
    ['/dev/null', 'it is not a folder'],
    ['loop', 'its symbolic links lead in a circle'],
    ['dangling', 'it is a symbolic link that leads nowhere'],
    ['closed/job', `you may not write in "${join(home, 'closed')}"`],
    ['closed/a/b', `you may not write in "${join(home, 'closed')}"`],
  ];
  for (const [output, why] of table) {
    const run = await asNobody(['crawl', served.root, '-q', '-o', output]);
    assertRefused(run, '-o', JSON.stringify(output).slice(1, 100), why);
    assert.doesNotMatch(run.stderr, /E[A-Z]{4,}/);
  }
  assert.equal(served.log.length, 0);
  // As long as a name may be, and the files of its archive have names too.
  const longest = 'y'.repeat(255);
  assert.equal((await asNobody(['crawl', served.root, '-q', '-o', longest])).code, 0);
  assert.equal((await asNobody(['verify', longest])).code, 0);
});

test('crawl: an archive whose store is gone is not thrown away', async () => {
  await using served = await serveSite(site);
  const job = join(home, 'orphans');
  const crawl = ['crawl', served.root, '-o', job, '-q'];
  assert.equal((await gossamer(crawl)).code, 0);
  const before = readdirSync(join(job, 'archive'));
  rmSync(join(job, 'gossamer.db'));
  for (let time = 0; time < 2; time += 1) assertRefused(await gossamer(crawl), 'archive', '--fresh');
  assert.deepEqual(readdirSync(join(job, 'archive')), before);
  assert.equal((await gossamer([...crawl, '--fresh'])).code, 0);
});

test('export -o: what cannot be written is refused with a sentence, and a full disk is the machine', async () => {
  await using served = await serveSite(site);
  const job = join(home, 'exports');
  assert.equal((await asNobody(['crawl', served.root, '-q', '-o', job])).code, 0);
  mkdirSync(join(home, 'shut'), { mode: 0o555 });
  mkdirSync(join(home, 'taken'));
  await using socket = createServer().listen(join(home, 'socket'));
  await once(socket, 'listening');
  chmodSync(join(home, 'socket'), 0o777);
  const long = 'x'.repeat(300);
  // All files are made in one way, and all folders in another.
  const either = ['jsonl', 'mirror'];
  const every = [...either, 'csv', 'parquet', 'wacz', 'markdown', 'sitemap'];
  writeFileSync(join(home, 'file'), '');
  const aFile = `"${join(home, 'file')}" is a file, not a folder`;
  const ofTheJob = 'is part of the job in';
  const table: [output: string, why: string, formats: readonly string[]][] = [
    ['/proc/foo', '"/proc" takes no new files or folders', either],
    ['/proc/foo/bar', '"/proc', either],
    [long, 'a name in it is longer than this system allows', either],
    ['shut/a', `you may not write in "${join(home, 'shut')}"`, either],
    ['file/a', aFile, either],
    ['file/a/b', aFile, either],
    ['file', 'is a file, but this export is a folder', ['mirror']],
    ['exports/gossamer.db', ofTheJob, every],
    ['exports/gossamer.db/a', ofTheJob, either],
    ['nowhere/a/b', `there is no folder "${join(home, 'nowhere/a')}"`, ['jsonl']],
    ['taken/', 'is a folder, but this export is a file', ['jsonl']],
    ['', 'is not the name of a file or a folder', ['jsonl']],
    ['socket', 'it is a socket, or a device that is not there', ['jsonl']],
  ];
  for (const [output, why, formats] of table) {
    for (const format of formats) {
      const run = await asNobody(['export', format, job, '-o', output]);
      assertRefused(run, '-o', JSON.stringify(output).slice(1, 100), why);
      assert.doesNotMatch(run.stderr, /E[A-Z]{4,}/);
    }
  }
  // As long as a name may be.
  for (const [format, letter] of [
    ['jsonl', 'j'],
    ['mirror', 'm'],
  ]) {
    const { code, stderr } = await asNobody(['export', format!, job, '-o', letter!.repeat(255)]);
    assert.equal(code, 0, stderr);
  }
  assert.deepEqual(
    readdirSync(home).filter((name) => name.includes('.part')),
    [],
  );
});

test('outputs: a reader or a disk that takes nothing is told, and no stack trace', {
  skip: process.platform !== 'linux',
}, async () => {
  await using served = await serveSite(site);
  const job = join(home, 'full');
  assert.equal((await gossamer(['crawl', served.root, '-q', '-o', job])).code, 0);
  for (const args of [
    ['export', 'jsonl', job],
    ['export', 'wacz', job],
    ['report', job],
    ['status', job, '--json'],
    ['verify', job],
    ['remove', `${served.root}1`, job],
  ]) {
    const run = new URL('../helpers/run-cli.ts', import.meta.url).pathname;
    const child = spawn('sh', ['-c', '"$@" > /dev/full', 'sh', process.execPath, run, ...args], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const [code] = await once(child, 'close');
    assert.deepEqual([code, stderr.trimEnd().split('\n').length], [3, 1], `${args}: ${stderr}`);
    assert.match(stderr, /the disk is full/);
  }
});
