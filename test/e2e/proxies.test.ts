// Whole crawls through proxies as people run them, and what their user is told.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { WARCParser } from 'warcio';
import { crawl } from '../../src/index.ts';
import { certificateMaker, NO_OPENSSL } from '../helpers/certificates.ts';
import { startChromium } from '../helpers/chromium.ts';
import { gossamer, severally, startGossamer } from '../helpers/gossamer.ts';
import { http2Server } from '../helpers/http2-server.ts';
import { httpProxy } from '../helpers/proxy-server.ts';
import { type Answer, type RawServer, rawServer } from '../helpers/raw-server.ts';
import { microsocks, NO_MICROSOCKS, NO_SQUID, type RealProxy, squid } from '../helpers/real-proxies.ts';
import { replay } from '../helpers/replay.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-proxies-'));
after(() => rmSync(home, { recursive: true, force: true }));

const PAGES = 12;
const NO_CURL = spawnSync('curl', ['--version']).status === 0 ? false : 'there is no curl on this machine';

/** Each page leads to the next one. `onRequest` is told the number of each request. */
function chain(
  protocol: 'http' | 'https' | 'h2' = 'http',
  onRequest: (request: number) => void = () => {},
): Promise<RawServer> {
  const answer: Answer = (_, head, request) => {
    onRequest(request);
    const at = Number(/^GET \/p(\d+) /.exec(head)?.[1] ?? 0);
    const isThere = /^GET \/(?:p\d+)? /.test(head);
    const body = !isThere ? '' : at < PAGES ? `<a href=/p${at + 1}>on</a>` : 'the end';
    const status = isThere ? '200 OK' : '404 Not Found';
    return `HTTP/1.1 ${status}\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
  if (protocol === 'http') return rawServer(answer);
  const certificate = certificateMaker(home).certificate('localhost');
  return protocol === 'h2' ? http2Server(certificate, answer) : rawServer(answer, '127.0.0.1', certificate);
}

function archived(output: string): string {
  const files = readdirSync(join(output, 'archive')).filter((name) => name.endsWith('.gz'));
  return files.map((name) => gunzipSync(readFileSync(join(output, 'archive', name))).toString('latin1')).join('');
}

const REAL: readonly {
  readonly name: string;
  readonly skip: string | false;
  readonly scheme: string;
  readonly protocol: 'http' | 'https';
  readonly open: () => Promise<RealProxy>;
}[] = [
  { name: 'squid, http', skip: NO_SQUID, scheme: 'http', protocol: 'http', open: () => squid('me', 's3cret') },
  {
    ...{ name: 'squid with Digest, https', skip: NO_SQUID, scheme: 'http', protocol: 'https' },
    open: () => squid('me', 's3cret', 'digest'),
  },
];

for (const { name, skip, scheme, protocol, open } of REAL) {
  test(`crawl: a site is crawled whole through ${name}, stopped and resumed`, {
    skip: skip || NO_OPENSSL,
  }, async () => {
    await using site = await chain(protocol);
    await using proxy = await open();
    const output = join(home, name.replace(/\W+/g, '-'));
    const options = { output, insecure: true, delayMs: 0, proxy: `${scheme}://me:s3cret@127.0.0.1:${proxy.port}` };
    const root = `http${protocol === 'http' ? '' : 's'}://localhost:${site.port}/`;
    const first = await crawl(root, { ...options, limit: 4 }).summary;
    assert.deepEqual([first.urls.done, first.stoppedBy], [4, 'limit']);
    const summary = await crawl(root, options).summary;
    assert.deepEqual([summary.state, summary.urls.done, summary.urls.failed], ['finished', PAGES + 1, 0]);
    const bytes = archived(output);
    assert.match(bytes, /\r\n\r\nGET \/p7 HTTP\/1\.1\r\nHost: localhost:/);
    assert.doesNotMatch(bytes, /proxy-a|s3cret|bWU6|WARC-IP-Address/i);
    for (const { head } of site.requests) assert.doesNotMatch(head, /proxy-a|s3cret/i);
    assert.match(
      proxy.log(),
      protocol !== 'http' ? new RegExp(`localhost:${site.port}`) : /GET http:\/\/localhost:\d+\/p7 me /,
    );
  });
}

test('crawl: through a SOCKS5 proxy with a password over HTTP/2, killed and gone on with; warcio and wabac read it', {
  skip: NO_MICROSOCKS || NO_OPENSSL,
}, async (context) => {
  let kill = (): void => {};
  const site = await chain('h2', (request) => request === 6 && kill());
  await using proxy = await microsocks('me', 's3cret');
  const job = join(home, 'socks-h2');
  const words = ['crawl', `https://localhost:${site.port}/`, '-o', job, '--insecure', '-q'];
  const args = [...words, '--proxy', `socks5h://me:s3cret@127.0.0.1:${proxy.port}`];
  const first = startGossamer(args);
  kill = () => void first.child.kill('SIGKILL');
  assert.equal((await first.finished).signal, 'SIGKILL');
  kill = () => {};
  const { code, stderr } = await gossamer(args);
  assert.equal(code, 0, stderr);
  await site[Symbol.asyncDispose]();
  assert.match(proxy.log(), new RegExp(`localhost:${site.port}`));
  assert.doesNotMatch(archived(job), /proxy-a|s3cret|bWU6|WARC-IP-Address/i);
  const pages: string[] = [];
  for (const file of globSync('archive/*.warc.gz', { cwd: job })) {
    for await (const record of new WARCParser(createReadStream(join(job, file)) as never)) {
      const path = new URL(record.warcTargetURI ?? 'x:').pathname;
      if (record.warcType !== 'response' || !/^\/(?:p\d+)?$/.test(path)) continue;
      assert.deepEqual([record.warcHeader('WARC-Protocol'), record.httpHeaders?.statusCode], ['h2', 200], path);
      pages.push(path);
    }
  }
  assert.deepEqual(pages.toSorted(), ['/', ...Array.from({ length: PAGES }, (_, at) => `/p${at + 1}`)].toSorted());
  assert.equal((await gossamer(['verify', job, '-q'])).code, 0);
  const wacz = join(home, 'socks-h2.wacz');
  assert.equal((await gossamer(['export', 'wacz', job, '-o', wacz, '-q'])).code, 0);
  const browser = await startChromium();
  if (browser === null) return context.skip('there is no Chromium here');
  try {
    await using viewer = await replay(browser, wacz);
    const frame = await viewer.open(
      `https://localhost:${site.port}/p6`,
      new Date().toISOString().replace(/\D/g, '').slice(0, 14),
    );
    await frame.click('a');
    await frame.waitForURL('**/p7');
    assert.equal(await frame.evaluate('document.querySelector("a").pathname.slice(-3)'), '/p8');
  } finally {
    await browser.close();
  }
});

test('fetch: a proxy gets from us what it gets from curl', { skip: NO_CURL || NO_OPENSSL }, async () => {
  await using plain = await chain();
  await using secure = await chain('https');
  await using proxy = await httpProxy({ password: 'me:s3:cr@t' });
  const address = `http://me:s3%3Acr%40t@127.0.0.1:${proxy.port}`;
  for (const url of [`http://localhost:${plain.port}/p12?a=b%20c`, `https://localhost:${secure.port}/p12`]) {
    const curl = spawn('curl', ['-sk', '--noproxy', '', '--proxy', address, url], { stdio: 'ignore' });
    assert.deepEqual(await once(curl, 'close'), [0, null]);
    const { code, stderr } = await gossamer(['fetch', url, '--insecure', '--noproxy', '', '--proxy', address]);
    assert.equal(code, 0, stderr);
    const said = proxy.requests
      .slice(-2)
      .map((head) => [head.split('\r\n')[0], ...['host', 'proxy-authorization'].map((name) => fieldOf(head, name))]);
    assert.deepEqual(said[1], said[0]);
  }
  for (const { head } of [...plain.requests, ...secure.requests]) assert.doesNotMatch(head, /proxy-authorization/i);
});

function fieldOf(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)\r$`, 'im').exec(head)?.[1];
}

test('crawl, fetch: a proxy that lets nobody in, or is not there, is told in one sentence', async () => {
  await using site = await chain();
  await using proxy = await httpProxy({ password: 'me:s3cret' });
  const words = ['--proxy', `http://me:wr0ng@127.0.0.1:${proxy.port}`];
  const { stderr } = await severally([
    ['fetch', site.url, ...words],
    ['fetch', site.url, '--proxy', 'http://127.0.0.1:1', '--timeout', '5s'],
    ['fetch', site.url, '--proxy', 'ftp://x'],
    ['fetch', site.url, '--proxy-file', join(home, 'none.txt')],
  ]);
  const [refused = '', gone = '', unknown = '', unread = ''] = stderr.split(/^= .*\n/m);
  assert.match(refused, /^gossamer: proxy-auth: .*refuses this user name and password \(407\)\)\.\n$/);
  assert.match(gone, /^gossamer: proxy-failed: .*the proxy http:\/\/127\.0\.0\.1:1: refused /);
  assert.match(unknown, /--proxy: "ftp:\/\/x" is not the address of a proxy, written like/);
  assert.match(unread, /--proxy-file: .*none\.txt cannot be read: there is no such file\./);
  assert.deepEqual(
    [...stderr.matchAll(/^= .* (\d+)$/gm)].map(([, code]) => code),
    ['1', '1', '2', '2'],
  );
  assert.doesNotMatch(stderr, /wr0ng/);
  assert.equal(site.requests.length, 0);
});

test('gossamer: the variables of proxies count unless --proxy is given, and NO_PROXY always does', async () => {
  await using site = await chain();
  await using proxy = await httpProxy();
  const url = `http://127.0.0.1:${site.port}/p12`;
  const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, ALL_PROXY: 'http://127.0.0.1:1' };
  const through = async (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<string | null> => {
    const { stdout } = await gossamer(['fetch', url, '--json', ...args], { ...env, ...more });
    return (JSON.parse(stdout) as { proxy: string | null }).proxy;
  };
  const label = env.HTTP_PROXY;
  const [all, none, other, listed] = await Promise.all([
    through([]),
    through(['--proxy', '']),
    through([], { NO_PROXY: 'localhost,127.0.0.1' }),
    through(['--noproxy', ''], { no_proxy: '*' }),
  ]);
  assert.deepEqual([all, none, other, listed], [label, null, null, label]);
});

test('crawl: the proxies of a file are used by host, and one that fails is replaced', async () => {
  await using site = await chain();
  await using proxy = await httpProxy();
  const file = join(home, 'proxies.txt');
  writeFileSync(file, `# two\nhttp://127.0.0.1:1\n\nhttp://127.0.0.1:${proxy.port} # this one works\n`);
  const { code, stderr } = await gossamer([
    'crawl',
    site.url,
    '--store',
    'memory:',
    '--proxy-file',
    file,
    '--no-sitemaps',
  ]);
  assert.deepEqual([code, site.requests.length], [0, PAGES + 2]);
  assert.match(stderr, /^Requests go through the proxies in .*proxies\.txt\. It resolves the names, so /m);
});
