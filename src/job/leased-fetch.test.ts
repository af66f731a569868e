import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { fetcherFor } from '../../test/helpers/raw-server.ts';
import { WHOLE_JOB } from '../base/job-share.ts';
import { leasedFetch } from './leased-fetch.ts';

test('leasedFetch: a lease that lapsed while a connection was made sends no request', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    response.end('here');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://site.test:${(server.address() as AddressInfo).port}`;
  let lease = new AbortController();
  let isLapsed = false;
  const signal = (): AbortSignal => {
    if (isLapsed) lease.abort();
    return lease.signal;
  };
  // As after a stop of the process: nobody looks until the connection is there.
  const lookup = async () => {
    isLapsed = true;
    return [{ address: '127.0.0.1', ttlMs: 60_000 }];
  };
  await using fetcher = fetcherFor({ lookup });
  const fetch = leasedFetch(fetcher.receive, { ...WHOLE_JOB, signal });
  const ask = () => fetch({ url: `${url}/`, method: 'GET' }, new AbortController().signal);
  const { error } = await ask();
  assert.deepEqual([error, asked], ['aborted', []]);
  isLapsed = false;
  lease = new AbortController();
  assert.deepEqual([(await ask()).status, asked], [200, ['/']]);
  server.close();
});
