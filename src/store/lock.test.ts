import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { NOBODY, NOT_ROOT } from '../../test/helpers/nobody.ts';
import { lockJob } from './lock.ts';

const started: ChildProcess[] = [];
after(() => {
  for (const child of started) child.kill();
});
const LOCK = new URL('./lock.ts', import.meta.url).href;

function newFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-lock-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a process that tries to lock the folder, prints the result and stays until its input ends. */
async function lockElsewhere(
  folder: string,
  as: { readonly uid?: number; readonly gid?: number } = {},
): Promise<{ child: ChildProcess; answer: string }> {
  const script = `
    import { lockJob } from ${JSON.stringify(LOCK)};
    try { globalThis.lock = lockJob(process.argv[1]); console.log('held'); }
    catch (error) { console.log(error.code); }
    process.stdin.resume();`;
  const args = ['--input-type=module-typescript', '--eval', script, folder];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], ...as });
  started.push(child);
  const [answer] = await once(child.stdout!, 'data');
  return { child, answer: String(answer).trim() };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

test('lockJob: another process is refused while the lock is held, and not after', async (context) => {
  const folder = newFolder(context);
  const lock = lockJob(folder);
  const refused = await lockElsewhere(folder);
  assert.equal(refused.answer, 'locked');
  await end(refused.child, 'SIGTERM');
  lock[Symbol.dispose]();
  lock[Symbol.dispose]();
  const allowed = await lockElsewhere(folder);
  assert.equal(allowed.answer, 'held');
  await end(allowed.child, 'SIGTERM');
  assert.deepEqual(readdirSync(folder), ['lock']);
});

test('lockJob: a process that is killed leaves no lock behind', async (context) => {
  const folder = newFolder(context);
  const { child, answer } = await lockElsewhere(folder);
  assert.equal(answer, 'held');
  assert.throws(() => lockJob(folder), { name: 'JobError', code: 'locked', message: /another process/ });
  await end(child, 'SIGKILL');
  lockJob(folder)[Symbol.dispose]();
});

test('lockJob: the same process is refused too', (context) => {
  const folder = newFolder(context);
  const lock = lockJob(folder);
  assert.throws(() => lockJob(folder), { code: 'locked' });
  // The refused attempt must not release the first lock: closing any descriptor of a file drops its POSIX locks.
  assert.throws(() => lockJob(folder), { code: 'locked' });
  lock[Symbol.dispose]();
});

test('lockJob: a folder that is not there, or a lock that is no such file', (context) => {
  const folder = newFolder(context);
  assert.throws(() => lockJob(join(folder, 'none')), { code: 'missing' });
  writeFileSync(join(folder, 'lock'), 'something else entirely'.repeat(100));
  assert.throws(() => lockJob(folder), { code: 'unreadable' });
});

test('lockJob: holds where its file may only be read, by the user who owns it', async (context) => {
  const folder = newFolder(context);
  chmodSync(folder, 0o777);
  const first = await lockElsewhere(folder, NOBODY);
  assert.equal(first.answer, 'held');
  chmodSync(join(folder, 'lock'), 0o444);
  const second = await lockElsewhere(folder, NOBODY);
  assert.equal(second.answer, 'locked');
  await end(first.child, 'SIGTERM');
  const third = await lockElsewhere(folder, NOBODY);
  assert.equal(third.answer, 'held');
  assert.equal((await lockElsewhere(folder, NOBODY)).answer, 'locked');
});

test('lockJob: is refused where neither the file nor the folder may be changed', {
  skip: NOT_ROOT,
}, async (context) => {
  const folder = newFolder(context);
  writeFileSync(join(folder, 'lock'), '', { mode: 0o444 });
  for (const mode of [0o777, 0o555]) {
    chmodSync(folder, mode);
    assert.equal((await lockElsewhere(folder, NOBODY)).answer, 'unreadable');
  }
  rmSync(join(folder, 'lock'));
  assert.equal((await lockElsewhere(folder, NOBODY)).answer, 'unreadable');
});
