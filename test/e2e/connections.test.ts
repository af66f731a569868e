// Where the connections of a crawl go to and come from, as the user of the command line wants it.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { FetchDocument } from '../../src/cli/fetch-document.ts';
import { crawl } from '../../src/index.ts';
import { gossamer, severally } from '../helpers/gossamer.ts';
import { serveSite } from '../helpers/site.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-connections-'));
after(() => rmSync(home, { recursive: true }));

test('crawl --resolve: a name that DNS does not have is crawled, and its private address is meant', async () => {
  await using site = await serveSite((path, response) => {
    response.setHeader('Content-Type', 'text/html').end(path === '/' ? '<a href=/on>on</a>' : 'the end');
  });
  const { port } = new URL(site.root);
  const resolve = `shop.test:${port}:127.0.0.1`;
  const settings = { store: 'memory:', output: join(home, 'resolve'), referer: 'https://from.test/', resolve };
  const summary = await crawl(`http://shop.test:${port}/`, settings).summary;
  assert.deepEqual([summary.state, summary.urls.done, summary.urls.failed], ['finished', 2, 0]);
});

test('fetch: a Unix socket, a referer, and what cannot be used', async () => {
  const path = join(home, 'own.sock');
  const server = createServer(({ headers }, response) => response.end(`${headers.host} ${headers.referer}`));
  after(() => server.close());
  server.listen(path);
  await once(server, 'listening');
  const fetch = ['fetch', 'http://own.test/'];
  const {
    stdout,
    stderr: said,
    code,
  } = await gossamer([...fetch, '--unix-socket', path, '-e', 'https://from.test/?a=1', '--json'], {
    HTTP_PROXY: 'http://127.0.0.1:1',
  });
  assert.equal(code, 0, said);
  const document = JSON.parse(stdout) as FetchDocument;
  assert.deepEqual([document.status, document.remoteAddress, document.proxy], [200, '', null]);
  assert.equal(document.bytes, 'own.test https://from.test/?a=1'.length);
  const { stderr } = await severally([
    [...fetch, '--unix-socket', join(home, 'none')],
    [...fetch, '--unix-socket', home],
    [...fetch, '--interface', '192.0.2.1'],
    [...fetch, '--interface', 'nothing0'],
    [...fetch, '--interface', '127.0.0.1', '-6'],
    [...fetch, '-4', '--ipv6'],
    [...fetch, '--resolve', 'own.test:80:localhost'],
    [...fetch, '--referer', 'from.test'],
  ]);
  const told = stderr.split(/^= .* (\d+)\n/m);
  assert.deepEqual(
    told.filter((_, at) => at % 2 === 1),
    Array(8).fill('2'),
  );
  const words = told.filter((_, at) => at % 2 === 0);
  for (const [at, wanted] of [
    /--unix-socket: .*none is not there\./,
    /--unix-socket: .* is not a socket\./,
    /--interface: this machine cannot connect from 192\.0\.2\.1: .*EADDRNOTAVAIL/,
    /--interface: this machine has no address or interface nothing0\./,
    /--interface: 127\.0\.0\.1 has no IPv6 address, and -6 wants one\./,
    /ipv4 and ipv6 exclude each other/,
    /--resolve: "own\.test:80:localhost" is not a host, a port and an IP address/,
    /--referer: "from\.test" is not the http or https URL of a page/,
  ].entries())
    assert.match(words[at]!, wanted);
});

test('crawl: hosts of the options file have a pace, fields, a login and a name of their own', async () => {
  const seen: { readonly path: string; readonly host: string; readonly headers: IncomingHttpHeaders }[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    const host = headers.host!.replace(/:\d+$/, '');
    seen.push({ path: url, host, headers });
    const robots = 'User-agent: special\nDisallow: /on\n';
    const links = `<a href=/on>on</a><a href=http://b.test:${port}/>b</a><a href=http://c.b.test:${port}/>c</a>`;
    response.statusCode = url === '/robots.txt' ? 200 : url.includes('sitemap') ? 404 : 200;
    response.setHeader('Content-Type', url === '/robots.txt' ? 'text/plain' : 'text/html');
    response.end(url === '/robots.txt' ? robots : url === '/' ? links : 'x');
  });
  after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const config = {
    resolve: [`*:${port}:127.0.0.1`],
    scope: 'any',
    hosts: {
      'a.test': { auth: 'me:s3cret', headers: { 'X-For': 'a' }, concurrency: 1 },
      '*.b.test': { userAgent: 'special/1', rateLimit: '1MB', delayMs: 1 },
    },
  };
  const here = mkdtempSync(join(home, 'config-'));
  writeFileSync(join(here, 'gossamer.config.json'), JSON.stringify(config));
  const run = await gossamer(['crawl', `http://a.test:${port}/`, '--store', 'memory:', '--json'], {}, '', here);
  assert.equal(run.code, 0, run.stderr);
  const of = (host: string, path: string) => seen.find((each) => each.host === host && each.path === path)?.headers;
  assert.equal(of('a.test', '/on')?.authorization, `Basic ${Buffer.from('me:s3cret').toString('base64')}`);
  assert.deepEqual([of('a.test', '/')?.['x-for'], of('b.test', '/')?.['x-for']], ['a', undefined]);
  assert.equal(of('b.test', '/on')?.authorization, undefined);
  assert.deepEqual([of('c.b.test', '/robots.txt')?.['user-agent'], of('c.b.test', '/on')], ['special/1', undefined]);
  assert.match(of('b.test', '/on')?.['user-agent'] ?? '', /^gossamer\//);
  const wrong = await gossamer(['crawl', 'http://a.test/', '--hosts', '{"a.test": {"delay": 1}}'], {}, '', here);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /hosts: a\.test: delay is not a setting of a host: did you mean delayMs\?\n$/);
});

test('crawl: a host has a delay and a limit of its own, and others those of the crawl', async () => {
  const open = new Map<string, number>();
  const most = new Map<string, number>();
  await using site = await serveSite((path, response, { headers: { host = '' } }) => {
    const name = host.replace(/:\d+$/, '');
    open.set(name, (open.get(name) ?? 0) + 1);
    most.set(name, Math.max(most.get(name) ?? 0, open.get(name)!));
    response.on('finish', () => open.set(name, open.get(name)! - 1));
    response.setHeader('Content-Type', 'text/html');
    const hosts = [...[1, 2, 3].map((n) => `slow.test:${port}/${n}`), ...pages('one'), ...pages('many')];
    const links = path === '/' ? hosts.map((each) => `<a href="http://${each}">x</a>`).join('') : 'x';
    // The answers of one turn are open at once.
    setTimeout(() => response.end(links), 5);
  });
  const { port } = new URL(site.root);
  const pages = (name: string): string[] => Array.from({ length: 8 }, (_, n) => `${name}.test:${port}/${n}`);
  const slowAt: number[] = [];
  const run = crawl(site.root, {
    ...{ store: 'memory:', scope: 'any', robots: false, sitemaps: false, adapt: false, hostConcurrency: 8 },
    resolve: [`*:${port}:127.0.0.1`],
    hosts: { 'slow.test': { delayMs: 150 }, 'one.test': { concurrency: 1 } },
    onPage: ({ url, fetchedAt }) => void (url.includes('slow.test') && slowAt.push(fetchedAt)),
  });
  assert.equal((await run.summary).urls.done, 20);
  slowAt.sort((a, b) => a - b);
  const gapsMs = slowAt.slice(1).map((at, before) => at - slowAt[before]!);
  assert.ok(gapsMs.length === 2 && gapsMs.every((ms) => ms >= 149), gapsMs.join());
  assert.deepEqual([most.get('slow.test'), most.get('one.test')], [1, 1]);
  assert.ok(most.get('many.test')! > 1, `${most.get('many.test')}`);
});

test('sign: the fields of a request and the document of the key, and what is no key', async () => {
  const file = join(home, 'bot.pem');
  writeFileSync(file, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const sign = ['sign', '--sign-key', file];
  const { stdout, stderr } = await severally([
    [...sign, '--directory'],
    [...sign, 'shop.test', '--sign-agent', 'https://bot.test'],
    ['sign', 'shop.test'],
    sign,
    ['sign', '--directory', '--sign-key', join(home, 'none')],
    ['fetch', 'shop.test', '--sign-agent', 'https://bot.test'],
    ['fetch', 'shop.test', '--sign-key', join(home, 'own.sock')],
  ]);
  assert.match(
    stdout,
    /"keys": \[\n\s+\{\n\s+"crv": "Ed25519",\n\s+"kty": "OKP",\n\s+"x": "[\w-]{43}",\n\s+"kid": "[\w-]{43}"/,
  );
  assert.match(
    stdout,
    /\nSignature-Agent: sig1="https:\/\/bot\.test"\nSignature-Input: sig1=\("@authority" .*\nSignature: sig1=:/,
  );
  assert.deepEqual(
    [...stderr.matchAll(/^= .* (\d+)$/gm)].map(([, code]) => code),
    ['0', '0', '2', '2', '2', '2', '2'],
  );
  for (const words of [
    /No key is given/,
    /Give a URL, or --directory/,
    /--sign-key: .*none cannot be read/,
    /--sign-agent is given without --sign-key/,
  ])
    assert.match(stderr, words);
});
