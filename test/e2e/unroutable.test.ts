// Addresses to which no way leads, wherever a site names them: they cost their own hosts only, and the crawl of the
// site goes on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inOwnNetwork, NO_OWN_NETWORK } from '../helpers/own-network.ts';

const INDEX = JSON.stringify(new URL('../../src/index.ts', import.meta.url).href);
const PAGES = ['/', '/0', '/1', '/2', '/3', '/4'];
const LINKS = PAGES.map((path) => `<a href=${path}>x</a>`).join('');
const ELSEWHERE =
  '<a href=http://1.2.3.4/>x</a> <a href=/moved>x</a> <a href=http://some.example/>x</a> <img src=http://1.2.3.5/i.png> <link rel=stylesheet href=http://[2606:4700::1]/s.css>';
const ROBOTS = 'User-agent: *\nAllow: /\nSitemap: http://1.2.3.6/sitemap.xml\n';
const skip = NO_OWN_NETWORK;
/** Kinds of routes that lead nowhere: connect fails with EACCES, EINVAL and EHOSTUNREACH. */
const CLOSED = { prohibit: '1.2.7', blackhole: '1.2.8', unreachable: '1.2.9' } as const;
const CLOSED_URLS = Object.values(CLOSED).flatMap((net) => [`http://${net}.1/`, `http://${net}.2/i.png`]);
const CLOSED_LINKS = CLOSED_URLS.map((url) =>
  url.endsWith('.png') ? `<img src=${url}>` : `<a href=${url}>x</a>`,
).join(' ');

interface Had {
  readonly state: string;
  /** Of 127.0.0.1, in the order of the alphabet. */
  readonly paths: readonly string[];
  /** By URL without a response: the error. */
  readonly failed: Readonly<Record<string, string>>;
}

/** Crawls 127.0.0.1 and such other hosts in a network without a way out, and stops after that many pages. */
function crawled(others: readonly string[], pagesMost: number): Had {
  return inOwnNetwork(`
    import { execFileSync } from 'node:child_process';
    import { once } from 'node:events';
    import { writeFileSync } from 'node:fs';
    import { createServer } from 'node:http';
    import { crawl } from ${INDEX};
    writeFileSync(home + '/resolv.conf', 'nameserver ${CLOSED.prohibit}.53\\nnameserver 1.2.3.53\\n');
    execFileSync('mount', ['--bind', home + '/resolv.conf', '/etc/resolv.conf']);
    for (const [kind, net] of ${JSON.stringify(Object.entries(CLOSED))}) execFileSync('ip', ['route', 'add', kind, net + '.0/24']);
    const server = createServer(({ url, headers }, response) => {
      const location = headers.host.startsWith('127.0.0.2') ? 'http://1.2.3.4' + url : 'http://1.2.3.4/';
      if (url === '/moved' || (url === '/robots.txt' && location.endsWith(url))) {
        response.writeHead(302, { location }).end();
      } else if (url === '/robots.txt') response.end(${JSON.stringify(ROBOTS)});
      else response.setHeader('content-type', 'text/html').end(${JSON.stringify(LINKS + ELSEWHERE + CLOSED_LINKS)});
    });
    server.listen(0, '0.0.0.0');
    await once(server, 'listening');
    const roots = ['127.0.0.1', ...${JSON.stringify(others)}].map((host) => 'http://' + host + ':' + server.address().port + '/');
    const run = crawl(roots, { store: 'memory:', scope: 'any', pageRequisites: true });
    const paths = [];
    const failed = {};
    for await (const { url, status, error } of run) {
      if (status === 0) failed[url] = error;
      else paths.push(new URL(url).pathname);
      if (paths.length === ${pagesMost}) break;
    }
    const { state } = await run.summary;
    console.log(JSON.stringify({ state, paths: paths.sort(), failed }));
    server.close();
  `);
}

test('crawl: links, redirects, images and sitemaps without a way fail, and everything else is had', { skip }, () => {
  const { state, paths, failed } = crawled([], Number.POSITIVE_INFINITY);
  assert.deepEqual([state, paths], ['finished', [...PAGES, '/moved']]);
  assert.deepEqual(failed, {
    'http://1.2.3.4/': 'unreachable',
    'http://1.2.3.5/i.png': 'unreachable',
    // No way leads to the servers of names.
    'http://some.example/': 'dns-failure',
    'http://[2606:4700::1]/s.css': 'unreachable',
    ...Object.fromEntries(CLOSED_URLS.map((url) => [url, 'unreachable'])),
  });
});

test('crawl: a host whose robots.txt leads where no way leads fails alone, and at once', { skip }, () => {
  const { state, paths, failed } = crawled(['127.0.0.2'], Number.POSITIVE_INFINITY);
  assert.deepEqual([state, paths], ['finished', [...PAGES, '/moved']]);
  const lost = Object.keys(failed).filter((url) => url.startsWith('http://127.0.0.2:'));
  assert.deepEqual(
    lost.map((url) => failed[url]),
    ['unreachable'],
  );
});
