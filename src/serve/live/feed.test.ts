import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { createFeed } from './feed.ts';

test('createFeed: nothing is written to a reader after its end, also if it reads nothing', async () => {
  const stalled = Promise.withResolvers<void>();
  const lookedAgain = Promise.withResolvers<void>();
  let looks = 0;
  const feed = createFeed({
    isOwn: true,
    async live() {
      looks += 1;
      await stalled.promise;
      if (looks > 2) lookedAgain.resolve();
      throw new Error('the folder of the job is gone');
    },
    failuresAfter: async (place) => ({ failures: [], place }),
  });
  const faults: Error[] = [];
  const server = createServer((_request, response: ServerResponse) => {
    response.on('error', (error) => faults.push(error));
    void feed.add(response);
    // More than a socket takes, so that the response is not over when it is ended.
    response.write('x'.repeat(32_000_000));
    stalled.resolve();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1');
  reader.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await lookedAgain.promise;
  feed.close();
  await new Promise(setImmediate);
  assert.deepEqual(faults, []);
  reader.destroy();
  server.closeAllConnections();
  server.close();
});
