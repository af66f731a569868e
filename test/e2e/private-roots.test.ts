// Whether the name of a root may lead into the network of whoever crawls.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOwnNetwork, NO_OWN_NETWORK } from '../helpers/own-network.ts';

const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/**
 * A crawl of one page, then the rest when the hosts file says otherwise: of each request the address that it came to.
 */
function crawledTwice(
  before: string,
  after: string,
  firstOptions: object = {},
): { first: string[]; second: string[]; skips: object } {
  return inOwnNetwork(`
    import { execFileSync } from 'node:child_process';
    import { once } from 'node:events';
    import { writeFileSync } from 'node:fs';
    import { createServer } from 'node:http';
    import { crawl } from ${url('../../src/index.ts')};
    for (const address of ['93.184.216.34/32', '169.254.169.254/32']) {
      execFileSync('ip', ['address', 'add', address, 'dev', 'lo']);
    }
    const asked = [];
    const server = createServer((request, response) => {
      if (request.url !== '/robots.txt') asked.push(request.socket.localAddress + request.url);
      response.setHeader('content-type', 'text/html');
      response.end('<a href=/a>a</a><a href=/b>b</a>');
    });
    server.listen(0, '0.0.0.0');
    await once(server, 'listening');
    const root = 'http://shop.test:' + server.address().port + '/';
    const options = { output: home + '/job', hostConcurrency: 1, robots: false, sitemaps: false };
    writeFileSync(hostsFile, ${JSON.stringify(`${before} shop.test\n`)});
    await crawl(root, { ...options, limit: 1, ...${JSON.stringify(firstOptions)} }).summary;
    const first = asked.splice(0);
    writeFileSync(hostsFile, ${JSON.stringify(`${after} shop.test\n`)});
    const skips = {};
    await crawl(root, { ...options, onSkip: ({ reason }) => (skips[reason] = (skips[reason] ?? 0) + 1) }).summary;
    console.log(JSON.stringify({ first, second: asked, skips }));
    server.close();
  `);
}

const skip = NO_OWN_NETWORK;

test('crawl: a root whose name is private is crawled, also when the job goes on', { skip }, () => {
  const { first, second, skips } = crawledTwice('127.0.0.1', '127.0.0.1');
  assert.deepEqual([first, second, skips], [['127.0.0.1/'], ['127.0.0.1/a', '127.0.0.1/b'], {}]);
});

for (const [before, after] of [
  ['127.0.0.1', '127.0.0.2'],
  ['93.184.216.34', '127.0.0.2'],
] as const) {
  test(`crawl: a root that was at ${before} leads to nothing at ${after} when the job goes on`, { skip }, () => {
    const { first, second, skips } = crawledTwice(before, after);
    assert.deepEqual([first, second, skips], [[`${before}/`], [], { address: 2 }]);
  });
}

test('crawl: what a run with --allow-private was allowed is not allowed to the next one without it', { skip }, () => {
  const { first, second, skips } = crawledTwice('127.0.0.1', '169.254.169.254', { allowPrivate: true });
  assert.deepEqual([first, second, skips], [['127.0.0.1/'], [], { address: 2 }]);
});

test('crawl: a run without --allow-private goes on at the address that the root had when the job began', {
  skip,
}, () => {
  const { first, second, skips } = crawledTwice('127.0.0.1', '127.0.0.1', { allowPrivate: true });
  assert.deepEqual([first, second, skips], [['127.0.0.1/'], ['127.0.0.1/a', '127.0.0.1/b'], {}]);
});
