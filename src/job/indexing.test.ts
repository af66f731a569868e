import assert from 'node:assert/strict';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { gossamer } from '../../test/helpers/gossamer.ts';
import { serveSite } from '../../test/helpers/site.ts';
import { removeTree } from '../base/remove.ts';
import { giveOrders, obeyOrders } from './index-orders.ts';
import { startIndexer } from './indexing.ts';

/** A job of three pages without an index, and a crawl whose load the test sets. */
async function indexed(context: TestContext) {
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<title>${path}</title><p>Marmalade.</p><a href=/one>one</a> <a href=/two>two</a>`);
  });
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-indexing-'));
  context.after(() => removeTree(folder));
  assert.equal((await gossamer(['crawl', site.root, '-o', folder, '-q', '--no-adapt'])).code, 0);
  const load = { share: 1, look: (): void => assert.fail('nobody looks') };
  const clock = {
    every(_: number, look: () => void) {
      load.look = look;
      return { cancel() {} };
    },
  };
  const indexer = startIndexer({ index: true, store: null, job: null }, folder, clock, () => load.share)!;
  const lookAt = (share: number): void => {
    load.share = share;
    load.look();
  };
  return { indexer, lookAt, hasBegun: () => existsSync(join(folder, 'search.db')) };
}

test('startIndexer: nothing is indexed while the crawl is busy', async (context) => {
  const { indexer, lookAt, hasBegun } = await indexed(context);
  lookAt(0.9);
  lookAt(0.6);
  indexer.stop();
  await indexer.finish();
  assert.deepEqual([hasBegun(), indexer.ended], [false, { failure: 'it was stopped' }]);
});

test('startIndexer: it begins when the crawl has time, and what is left comes at the end', async (context) => {
  const { indexer, lookAt, hasBegun } = await indexed(context);
  lookAt(0.9);
  lookAt(0.1);
  while (!hasBegun()) await setImmediate();
  lookAt(0.9);
  await indexer.finish();
  assert.deepEqual(indexer.ended, { pages: 3 });
});

test('startIndexer: a crawl that never had time has its index at the end', async (context) => {
  const { indexer, lookAt } = await indexed(context);
  lookAt(0.9);
  await indexer.finish();
  assert.deepEqual(indexer.ended, { pages: 3 });
});

test('obeyOrders: a thread waits until there is time, or the crawl is over', async () => {
  const orders = giveOrders();
  const obeyed = obeyOrders(orders.memory);
  assert.deepEqual([obeyed.mustWait(), obeyed.isCrawling()], [true, true]);
  orders.spare(true);
  assert.equal(obeyed.mustWait(), false);
  orders.spare(false);
  assert.equal(obeyed.mustWait(), true);
  const source = `
    import('${import.meta.resolve('./index-orders.ts')}').then(({ obeyOrders }) => {
      const { parentPort, workerData } = require('node:worker_threads');
      const orders = obeyOrders(workerData);
      parentPort.postMessage('here');
      orders.wait();
      parentPort.postMessage(orders.isCrawling());
    })`;
  const worker = new Worker(source, { eval: true, workerData: orders.memory });
  const messages: unknown[] = [];
  const over = new Promise((resolve) => worker.on('exit', resolve));
  worker.on('message', (message) => {
    messages.push(message);
    if (message === 'here') orders.finish();
  });
  await over;
  assert.deepEqual(messages, ['here', false]);
  orders.stop();
  assert.deepEqual([obeyed.mustWait(), obeyed.isStopped()], [false, true]);
});
