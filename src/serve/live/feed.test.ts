import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import type { FailuresEvent, LiveState } from '../api/jobs.ts';
import { createFeed } from './feed.ts';

const STATE = { at: 1, urls: { done: 0, failed: 0 }, bytes: 0, hosts: [] } as unknown as LiveState;

test('createFeed: thousands of failures are one event, and a second reader changes nothing for the first', async () => {
  const all = Array.from({ length: 5_000 }, (_, at) => {
    return { at, url: `http://a.test/${at}`, error: 'reset', status: null, detail: null, isFinal: true };
  });
  const feed = createFeed({
    isOwn: true,
    live: async () => STATE,
    failuresAfter: async (place) => ({ failures: all.slice(place), place: all.length }),
  });
  const server = createServer((_request, response: ServerResponse) => void feed.add(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const read = async (until: string): Promise<[names: string[], events: string]> => {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    let text = '';
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text.includes(`event: ${until}`) && text.endsWith('\n\n')) break;
    }
    return [[...text.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name!), text];
  };
  const [names, events] = await read('failures');
  assert.deepEqual(names, ['history', 'live', 'failures']);
  const { failures } = JSON.parse(/^event: failures\ndata: (.*)$/m.exec(events)![1]!) as FailuresEvent;
  assert.deepEqual([failures.length, failures.at(-1)?.at], [100, all.length - 1]);
  assert.deepEqual((await read('live'))[0], ['history', 'live']);
  feed.close();
  server.closeAllConnections();
  server.close();
});

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
