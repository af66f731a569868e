// A crawl of many pages writes its archive in a thread: one that lives, one that dies, and one that cannot be had.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Finished, gossamer } from '../helpers/gossamer.ts';
import { makeLinks, pagesAnswer, type Site, serveSite } from '../helpers/site.ts';

/** More than are archived on the event loop. */
const PAGES = 700;
const home = mkdtempSync(join(tmpdir(), 'gossamer-archive-thread-'));
after(() => rmSync(home, { recursive: true }));

/** Imported by the crawl's process: `code` runs in the thread before anything else. */
function inThread(name: string, code: string): NodeJS.ProcessEnv {
  const file = join(home, `${name}.mjs`);
  const imports =
    "import { appendFileSync } from 'node:fs';\nimport { isMainThread, MessagePort } from 'node:worker_threads';";
  writeFileSync(file, `${imports}\nif (!isMainThread) { ${code} }`);
  return { NODE_OPTIONS: `--import=${pathToFileURL(file).href}` };
}

function crawled(site: Site, job: string, env: NodeJS.ProcessEnv, ...more: readonly string[]): Promise<Finished> {
  return gossamer(['crawl', site.root, '--no-adapt', '--host-concurrency', '64', '-o', job, ...more], env);
}

async function assertWhole(job: string): Promise<void> {
  const verified = await gossamer(['verify', job]);
  assert.equal(verified.code, 0, verified.stdout);
}

test('crawl: the archive of many pages moves to a thread, and stays one file', async () => {
  await using site = await serveSite(pagesAnswer(makeLinks(1, PAGES, 8)));
  const job = join(home, 'lives');
  const mark = join(home, 'mark');
  const { code, stderr } = await crawled(
    site,
    job,
    inThread('lives', `appendFileSync(${JSON.stringify(mark)}, 'thread ');`),
  );
  assert.equal(code, 0, stderr);
  assert.ok(readdirSync(home).includes('mark'), 'there was a thread');
  assert.equal(readdirSync(join(job, 'archive')).length, 1);
  await assertWhole(job);
});

test('crawl: where the thread of the archive dies it ends with 3, and the same command goes on', async () => {
  await using site = await serveSite(pagesAnswer(makeLinks(2, PAGES, 8)));
  const job = join(home, 'dies');
  const dies = `const { postMessage } = MessagePort.prototype;
    let told = 0;
    MessagePort.prototype.postMessage = function (message) {
      told += message.kind === 'places' ? 1 : 0;
      if (message.kind === 'places' && told === 3) throw new Error('broken on purpose');
      postMessage.call(this, message);
    };`;
  const died = await crawled(site, job, inThread('dies', dies));
  assert.equal(died.code, 3, died.stderr);
  assert.match(died.stderr, /the thread that writes the archive ended \(broken on purpose\); run again to go on/);
  const { code, stdout, stderr } = await crawled(site, job, {});
  assert.equal(code, 0, stderr);
  assert.match(stdout, new RegExp(`^ +done +${PAGES}$`, 'm'));
  await assertWhole(job);
});

test('crawl: where no thread can be started the archive is written without one', async () => {
  await using site = await serveSite(pagesAnswer(makeLinks(3, PAGES, 8)));
  const job = join(home, 'never');
  const { code, stderr } = await crawled(site, job, inThread('never', 'process.exit(1);'));
  assert.equal(code, 0, stderr);
  await assertWhole(job);
});
