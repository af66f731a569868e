// Whole crawls through proxies as people run them, and what their user is told.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { crawl } from '../../src/index.ts';
import { certificateMaker, NO_OPENSSL } from '../helpers/certificates.ts';
import { gossamer, severally } from '../helpers/gossamer.ts';
import { http2Server } from '../helpers/http2-server.ts';
import { httpProxy } from '../helpers/proxy-server.ts';
import { type Answer, type RawServer, rawServer } from '../helpers/raw-server.ts';
import { microsocks, NO_MICROSOCKS, NO_SQUID, type RealProxy, squid } from '../helpers/real-proxies.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-proxies-'));
after(() => rmSync(home, { recursive: true, force: true }));

const PAGES = 12;

/** Each page leads to the next one. */
function chain(protocol: 'http' | 'https' | 'h2' = 'http'): Promise<RawServer> {
  const answer: Answer = (_, head) => {
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
  readonly protocol: 'http' | 'https' | 'h2';
  readonly open: () => Promise<RealProxy>;
}[] = [
  { name: 'squid, http', skip: NO_SQUID, scheme: 'http', protocol: 'http', open: () => squid('me', 's3cret') },
  { name: 'squid, https', skip: NO_SQUID, scheme: 'http', protocol: 'https', open: () => squid('me', 's3cret') },
  {
    name: 'microsocks, HTTP/2',
    skip: NO_MICROSOCKS,
    scheme: 'socks5h',
    protocol: 'h2',
    open: () => microsocks('me', 's3cret'),
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
    assert.equal(/WARC-Protocol: h2/.test(bytes), protocol === 'h2');
    assert.match(bytes, /\r\n\r\nGET \/p7 HTTP\/1\.1\r\nHost: localhost:/);
    assert.doesNotMatch(bytes, /proxy-a|s3cret|bWU6|WARC-IP-Address/i);
    for (const { head } of site.requests) assert.doesNotMatch(head, /proxy-a|s3cret/i);
    assert.match(
      proxy.log(),
      protocol !== 'http' ? new RegExp(`localhost:${site.port}`) : /GET http:\/\/localhost:\d+\/p7 me /,
    );
  });
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
