import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Worker } from 'node:worker_threads';

const home = mkdtempSync(join(tmpdir(), 'gossamer-database-'));
after(() => rmSync(home, { recursive: true }));

/** Looks for the cause of a failure very often, and posts what it found beside the failure itself. */
const LOOK = `
  const { parentPort, workerData } = require('node:worker_threads');
  import(workerData.url).then(({ systemCause }) => {
    parentPort.postMessage('ready');
    parentPort.once('message', () => {
      const failure = Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 10 });
      const found = new Set();
      for (let look = 0; look < 1000; look += 1) {
        const cause = systemCause(workerData.location, failure);
        if (cause !== failure) found.add(String(cause));
      }
      parentPort.postMessage([...found]);
      parentPort.close();
    });
  });
`;

test('systemCause: two that look at the same time do not find each other', async () => {
  const location = join(home, 'gossamer.db');
  writeFileSync(location, '');
  const workerData = { location, url: new URL('./database.ts', import.meta.url).href };
  const workers = [1, 2].map(() => new Worker(LOOK, { eval: true, workerData }));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const found = workers.map((worker) => once(worker, 'message'));
  for (const worker of workers) worker.postMessage('look');
  assert.deepEqual((await Promise.all(found)).flat(2), []);
  assert.equal(existsSync(`${location}-room`), false);
});
