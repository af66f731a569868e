import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { TASK_BYTES_MAX, TASKS_A_THREAD_MAX } from '../base/limits.ts';
import { createThreadPool } from './thread-pool.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-threads-'));
after(() => rmSync(home, { recursive: true }));
const file = join(home, 'thread.mjs');
writeFileSync(
  file,
  `import { parentPort } from 'node:worker_threads';
   parentPort.on('message', ({ what, bytes }) => {
     if (what === 'die') throw new Error('dead');
     parentPort.postMessage(what === 'fail' ? Object.assign(new Error('full'), { code: 'ENOSPC' }) : null);
   });`,
);
const SCRIPT = pathToFileURL(file);

interface Task {
  readonly what: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

function task(what: string): [Task, ArrayBuffer[]] {
  const bytes = Uint8Array.from([1, 2, 3]);
  return [{ what, bytes }, [bytes.buffer]];
}

test('createThreadPool: every task ends once, and no more of them wait than may', async () => {
  await using pool = createThreadPool<Task>(SCRIPT, 2);
  let open = 0;
  let most = 0;
  const ends: (Error | null)[] = [];
  for (let at = 0; at < 500; at += 1) {
    const [own, memory] = task('do');
    open += 1;
    most = Math.max(most, open);
    await pool.give(own, memory, (failure) => {
      open -= 1;
      ends.push(failure);
    });
    assert.equal(memory[0]!.byteLength, 0, 'the memory went over, and was not copied');
  }
  await pool.idle();
  assert.deepEqual([ends.length, open], [500, 0]);
  assert.ok(ends.every((end) => end === null));
  assert.ok(most <= 2 * TASKS_A_THREAD_MAX + 1, `${most} at once`);
});

test('createThreadPool: tasks with much memory are done one after the other', async () => {
  await using pool = createThreadPool<Task>(SCRIPT, 2);
  let heldBytes = 0;
  for (const length of [1, TASK_BYTES_MAX + 1, 1, TASK_BYTES_MAX / 2, TASK_BYTES_MAX / 2, 1, TASK_BYTES_MAX + 1, 1]) {
    const bytes = new Uint8Array(length);
    await pool.give({ what: 'do', bytes }, [bytes.buffer], () => {
      heldBytes -= length;
    });
    heldBytes += length;
    assert.ok(heldBytes <= Math.max(TASK_BYTES_MAX, length), `${heldBytes} with a task of ${length}`);
  }
  await pool.idle();
  assert.equal(heldBytes, 0);
});

test('createThreadPool: a task that fails says why, and a thread that dies is replaced', async () => {
  await using pool = createThreadPool<Task>(SCRIPT, 1);
  const ends: string[] = [];
  const give = (what: string): Promise<void> =>
    pool.give(...task(what), (failure) => void ends.push(`${what}: ${failure?.message ?? 'done'}`));
  await give('do');
  await give('fail');
  await pool.idle();
  await give('die');
  await pool.idle();
  await give('do');
  await pool.idle();
  assert.deepEqual(ends, ['do: done', 'fail: full', 'die: dead', 'do: done']);
});
