// A machine that fails in the midst of a crawl: exit code 3, one sentence, and the same command goes on.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Summary } from '../../src/base/contracts.ts';
import { type Finished, gossamer, startGossamer } from '../helpers/gossamer.ts';
import { type Answer, type Site, serveSite } from '../helpers/site.ts';
import { mountSmallDisk, NO_SMALL_DISK } from '../helpers/small-disk.ts';
import { smallLimits } from '../helpers/small-limits.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-machine-'));
after(() => rmSync(folder, { recursive: true }));

const PAGES = 40;
const pages: Answer = (path, response) => {
  response.setHeader('content-type', 'text/html');
  const links = Array.from({ length: PAGES }, (_, page) => `<a href="/${page}">x</a>`).join('');
  response.end(path === '/' ? links : `page ${path} ${'text '.repeat(100)}`);
};

function assertFailed({ code, stderr }: Finished, what: RegExp): void {
  assert.equal(code, 3, stderr);
  assert.match(stderr, what);
  assert.doesNotMatch(stderr, /^ +at /m);
  const sentences = stderr.split('\n').filter((line) => line.startsWith('gossamer: '));
  assert.equal(sentences.length, 1, stderr);
}

/** Crawls and does `what` when some pages were had. */
async function disturbed(site: Site, crawl: readonly string[], what: () => void): Promise<Finished> {
  const { finished } = startGossamer(crawl);
  const before = site.log.length;
  let isDone = false;
  site.onRequest = (_, count) => {
    if (isDone || count < before + PAGES / 2) return;
    isDone = true;
    what();
  };
  const run = await finished;
  assert.ok(isDone);
  site.onRequest = () => {};
  return run;
}

test('crawl: a job whose folder is deleted, renamed or replaced while it runs ends with exit code 3', async () => {
  const ways: Record<string, (job: string) => void> = {
    deleted: (job) => rmSync(job, { recursive: true }),
    renamed: (job) => renameSync(job, `${job}.away`),
    replaced(job) {
      renameSync(job, `${job}.away`);
      cpSync(`${job}.away`, job, { recursive: true });
    },
    'its archive deleted': (job) => rmSync(join(job, 'archive'), { recursive: true }),
    'its store deleted': (job) => rmSync(join(job, 'gossamer.db-wal')),
  };
  for (const [name, way] of Object.entries(ways)) {
    await using site = await serveSite(pages);
    const job = join(folder, name.replaceAll(' ', '-'));
    const crawl = ['crawl', site.root, '-o', job, '-c', '2', '--json'];
    const run = await disturbed(site, crawl, () => way(job));
    assertFailed(run, /deleted or replaced|ENOENT/);
    const { stoppedBy, state } = JSON.parse(run.stdout) as Summary;
    assert.deepEqual([stoppedBy, state], ['disk', 'unfinished'], name);
    // Nothing is left behind where the folder was, and what stands there now is not touched.
    if (name === 'deleted' || name === 'renamed') assert.equal(existsSync(job), false, readdirSync(folder).join());
    if (name === 'replaced') {
      assert.ok(existsSync(join(job, 'gossamer.db-wal')));
      assert.equal((await gossamer(crawl)).code, 0);
      assert.equal((await gossamer(['verify', job])).code, 0);
    }
  }
});

test('crawl: whatever of the job is on a full disk, and nobody makes room, the run ends with exit code 3 and goes on later', async (context) => {
  const fills = async (part: string, env: NodeJS.ProcessEnv = {}): Promise<void> => {
    await using site = await serveSite(pages);
    const job = join(folder, `full-${part}`);
    using disk = mountSmallDisk(join(job, part), '4k');
    if (disk === null) return context.skip(NO_SMALL_DISK);
    writeFileSync(join(job, part, 'filler'), 'x'.repeat(4096));
    const crawl = ['crawl', site.root, '-o', job, '-c', '2'];
    const { child, finished } = startGossamer(crawl, env);
    const said = Promise.withResolvers<void>();
    child.stderr!.on('data', (text: Buffer) => text.includes('waits for room on the disk') && said.resolve());
    if (part !== 'logs') {
      await Promise.race([said.promise, finished]);
      // Nothing more is begun; what waits has a time of grace.
      child.kill('SIGINT');
    }
    const run = await finished;
    if (part === 'logs') {
      assert.equal(run.code, 0, run.stderr);
      assert.match(run.stderr, /^The log could not be written and lacks lines: the disk is full\.$/m);
    } else {
      assertFailed(run, /could not be written.*: the disk is full; make room and run again/);
      if (part === 'archive')
        assert.match(run.stderr, /^Unfinished: interrupted\. Run the same command to continue\.$/m);
    }
    rmSync(join(job, part, 'filler'));
    disk.remount('size=10m');
    const again = await gossamer(crawl);
    assert.equal(again.code, 0, again.stderr);
    const verified = await gossamer(['verify', job]);
    assert.equal(verified.code, 0, verified.stdout);
  };
  // The indexes are written at the end, when no more is begun anyway: they have all of the patience.
  const impatient = smallLimits({ ROOM_PATIENCE_MS: '400', ROOM_PAUSE_MS: '40' });
  const hasty = smallLimits({ STOP_GRACE_MS: '500' });
  await Promise.all([fills('archive', hasty), fills('indexes', impatient), fills('logs')]);
});

test('crawl: a disk that is full or fails at the start is no reason to throw the job away', async (context) => {
  await using site = await serveSite(pages);
  const home = join(folder, 'start');
  const job = join(home, 'job');
  using disk = mountSmallDisk(home, '1m');
  if (disk === null) return context.skip(NO_SMALL_DISK);
  const crawl = ['crawl', site.root, '-o', job, '-c', '2'];
  const fill = (): void => execFileSync('sh', ['-c', `cat /dev/zero > ${home}/filler 2>/dev/null || true`]) as never;
  fill();
  const run = await gossamer(crawl);
  assertFailed(run, /the disk is full; make room and run again/);
  assert.doesNotMatch(run.stderr, /--fresh/);
  rmSync(join(home, 'filler'));
  assert.equal((await gossamer([...crawl, '--limit', '3'])).code, 16);
  disk.remount('ro');
  assertFailed(await gossamer(crawl), /the disk is read-only; run again/);
  for (const command of ['status', 'report', 'verify']) assert.equal((await gossamer([command, job])).code, 0, command);
  disk.remount('rw,size=10m');
  assert.equal((await gossamer(crawl)).code, 0);
  assert.equal(site.log.length, PAGES + 1);
});
