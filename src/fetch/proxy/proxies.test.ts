import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createSecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { certificateMaker, NO_OPENSSL } from '../../../test/helpers/certificates.ts';
import { httpProxy, type ProxyManner, type ProxyServer, socks5Proxy } from '../../../test/helpers/proxy-server.ts';
import { ask, bodyText, fetcherFor, type RawServer, rawServer } from '../../../test/helpers/raw-server.ts';
import { proxyOf } from '../../url/proxy.ts';
import type { Fetcher, FetchOptions } from '../fetch.ts';
import type { ProxyRules } from './routes.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const home = mkdtempSync(join(tmpdir(), 'gossamer-proxies-'));
after(() => rmSync(home, { recursive: true }));
const made = NO_OPENSSL ? null : certificateMaker(home);
const skip = NO_OPENSSL;

function through(
  proxies: readonly string[],
  rules: Partial<ProxyRules> = {},
  options: Partial<FetchOptions> = {},
): Fetcher {
  return fetcherFor({
    insecure: true,
    lookup: (name) => Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' })),
    proxies: {
      ...{ proxies: proxies.map((each) => proxyOf(each)!), bypass: '', meantNames: [], insecure: false, ca: null },
      ...rules,
    },
    ...options,
  });
}

interface Kind {
  readonly name: string;
  readonly scheme: string;
  readonly open: (manner?: ProxyManner) => Promise<ProxyServer>;
}

const KINDS: readonly Kind[] = [
  { name: 'an HTTP proxy', scheme: 'http', open: httpProxy },
  {
    name: 'a proxy over TLS',
    scheme: 'https',
    open: (manner) => httpProxy({ ...manner, tls: made!.certificate('p.test') }),
  },
  { name: 'SOCKS5', scheme: 'socks5h', open: socks5Proxy },
];

function site(isSecure: boolean, answer: (head: string) => string = () => OK): Promise<RawServer> {
  return rawServer((_, head) => answer(head), '127.0.0.1', isSecure ? made!.certificate('a.test') : undefined);
}

for (const { name, scheme, open } of KINDS) {
  for (const isSecure of [false, true]) {
    const url = (server: RawServer): string => `http${isSecure ? 's' : ''}://a.test:${server.port}/x?y=1`;
    test(`fetch: ${isSecure ? 'https' : 'http'} through ${name}, with a password that nobody else sees`, {
      skip,
    }, async () => {
      await using target = await site(isSecure);
      await using proxy = await open({ password: 'me:s3cret' });
      await using fetcher = through([`${scheme}://me:s3cret@127.0.0.1:${proxy.port}`], { insecure: true });
      for (let time = 0; time < 2; time += 1) {
        const outcome = await ask(fetcher, url(target));
        assert.deepEqual([outcome.status, outcome.error, bodyText(outcome)], [200, null, 'hello']);
        assert.deepEqual([outcome.remoteAddress, outcome.proxy], ['', `${scheme}://127.0.0.1:${proxy.port}`]);
        assert.match(outcome.requestHead, /^GET \/x\?y=1 HTTP\/1\.1\r\nHost: a\.test:\d+\r\n/);
        assert.doesNotMatch(outcome.requestHead, /proxy/i);
      }
      assert.equal(proxy.connections, 1);
      for (const { head } of target.requests) assert.doesNotMatch(head, /proxy|s3cret|bWU6/i);
      assert.ok(proxy.requests[0]!.includes(`a.test:${target.port}`));
    });

    test(`fetch: ${isSecure ? 'https' : 'http'} through ${name} that wants another password`, { skip }, async () => {
      await using target = await site(isSecure);
      await using proxy = await open({ password: 'me:s3cret' });
      for (const [userinfo, words] of [
        ['', /wants a user name and a password/],
        ['me:wrong@', /refuses this user name and password/],
      ] as const) {
        await using fetcher = through([`${scheme}://${userinfo}127.0.0.1:${proxy.port}`], { insecure: true });
        const outcome = await ask(fetcher, url(target));
        assert.deepEqual([outcome.status, outcome.error, outcome.body.length], [0, 'proxy-auth', 0]);
        assert.match(outcome.detail, words);
        assert.doesNotMatch(outcome.detail, /wrong@/);
      }
      assert.equal(target.requests.length, 0);
    });
  }
}

test('fetch: a tunnel carries long bodies, and a slow reader holds it back', { skip }, async () => {
  const text = 'x'.repeat(700_000);
  await using target = await site(true, () => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
  await using proxy = await socks5Proxy();
  await using fetcher = through([`socks5h://127.0.0.1:${proxy.port}`]);
  const all = await Promise.all([1, 2, 3].map(() => ask(fetcher, `https://a.test:${target.port}/`)));
  for (const outcome of all) assert.equal(outcome.body.length, text.length);
});

test('fetch: the certificate of the target is checked through a tunnel, and that of the proxy by its own rules', {
  skip,
}, async () => {
  await using target = await site(true);
  const issued = made!.certificate('p.test');
  await using proxy = await httpProxy({ tls: issued });
  const address = `https://p.test:${proxy.port}`;
  const lookup = () => Promise.resolve([{ address: '127.0.0.1', ttlMs: 60_000 }]);
  const errorOf = async (rules: Partial<ProxyRules>, insecure: boolean): Promise<string | null> => {
    await using fetcher = through([address], rules, { insecure, lookup });
    return (await ask(fetcher, `https://a.test:${target.port}/`)).error;
  };
  assert.equal(await errorOf({ insecure: true }, false), 'tls-self-signed');
  assert.equal(await errorOf({}, true), 'proxy-failed');
  assert.equal(await errorOf({ insecure: true }, true), null);
  assert.equal(await errorOf({ ca: issued.cert.toString() }, true), null);
});

test('fetch: what a proxy refuses, and what it cannot reach, has a code of its own', { skip }, async () => {
  const errorOf = async (proxy: ProxyServer, scheme: string, url: string): Promise<string | null> => {
    await using fetcher = through([`${scheme}://127.0.0.1:${proxy.port}`]);
    return (await ask(fetcher, url)).error;
  };
  const refusals: readonly (readonly [string, string | null])[] = [
    ['HTTP/1.1 403 Forbidden\r\n\r\n', 'proxy-refused'],
    ['HTTP/1.1 503 No\r\nX-Squid-Error: ERR_DNS_FAIL 0\r\n\r\n', 'dns-not-found'],
    ['HTTP/1.1 503 No\r\nX-Squid-Error: ERR_CONNECT_FAIL 111\r\n\r\n', 'refused'],
    ['HTTP/1.1 502 Bad Gateway\r\n\r\n', 'unreachable'],
    ['SSH-2.0-x\r\n\r\n', 'proxy-failed'],
    [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`, 'proxy-failed'],
    ['HTTP/1.1 200 OK\r\n\r\nmore than was asked', 'proxy-failed'],
  ];
  for (const [refusal, error] of refusals) {
    await using proxy = await httpProxy({ refusal });
    assert.equal(await errorOf(proxy, 'http', 'https://a.test/'), error, refusal.slice(0, 60));
  }
  for (const [refusal, error] of [
    [1, 'unreachable'],
    [2, 'proxy-refused'],
    [5, 'refused'],
    [99, 'proxy-failed'],
  ] as const) {
    await using proxy = await socks5Proxy({ refusal });
    assert.equal(await errorOf(proxy, 'socks5h', 'http://a.test/'), error);
  }
  await using squid = await httpProxy({
    refusal: 'HTTP/1.1 403 Forbidden\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\nContent-Length: 0\r\n\r\n',
  });
  assert.equal(await errorOf(squid, 'http', 'http://a.test/'), 'proxy-refused');
  await using target = await httpProxy({ refusal: 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n' });
  assert.equal(await errorOf(target, 'http', 'http://a.test/'), null);
  await using silent = await rawServer((socket) => {
    socket.destroy();
    return null;
  });
  await using closing = through([`http://127.0.0.1:${silent.port}`]);
  assert.equal((await ask(closing, 'https://a.test/')).error, 'proxy-failed');
  await using nobody = through(['http://127.0.0.1:1']);
  const outcome = await ask(nobody, 'http://a.test/');
  assert.deepEqual([outcome.error, /127\.0\.0\.1:1: refused/.test(outcome.detail)], ['proxy-failed', true]);
});

test('fetch: a proxy that fails rests, and its hosts go through another one', async () => {
  await using target = await site(false);
  await using well = await httpProxy();
  await using locked = await httpProxy({ password: 'a:b' });
  await using fetcher = through([
    'http://127.0.0.1:1',
    `http://127.0.0.1:${well.port}`,
    `http://127.0.0.1:${locked.port}`,
  ]);
  for (let round = 0; round < 2; round += 1) {
    for (let host = 0; host < 12; host += 1) {
      assert.equal((await ask(fetcher, `http://h${host}.test:${target.port}/`)).status, 200);
    }
  }
  assert.equal(target.requests.length, 24);
  assert.equal(locked.requests.length, 1);
});

test('fetch: one host has one proxy, and the hosts are spread over all', async () => {
  await using target = await site(false);
  await using one = await httpProxy();
  await using two = await socks5Proxy();
  await using fetcher = through([`http://127.0.0.1:${one.port}`, `socks5h://127.0.0.1:${two.port}`]);
  const seen = new Map<string, Set<string>>();
  for (let at = 0; at < 60; at += 1) {
    const host = `h${at % 20}.test`;
    const { proxy } = await ask(fetcher, `http://${host}:${target.port}/`);
    seen.set(host, (seen.get(host) ?? new Set()).add(proxy!));
  }
  assert.ok([...seen.values()].every(({ size }) => size === 1));
  assert.equal(new Set([...seen.values()].flatMap((each) => [...each])).size, 2);
});

test('fetch: NO_PROXY and the scheme of a proxy decide which hosts go through it', async () => {
  await using target = await site(false);
  await using proxy = await httpProxy();
  await using fetcher = through([`http=http://127.0.0.1:${proxy.port}`, 'http://127.0.0.1:1'], {
    bypass: '127.0.0.0/8',
  });
  const direct = await ask(fetcher, target.url);
  assert.deepEqual([direct.status, direct.proxy, direct.remoteAddress], [200, undefined, '127.0.0.1']);
  assert.equal((await ask(fetcher, `http://a.test:${target.port}/`)).status, 200);
  assert.equal(proxy.requests.length, 1);
  assert.equal((await ask(fetcher, 'https://a.test/')).error, 'proxy-failed');
});

test('guard: through a proxy literals, ports and private names are refused, and socks5 checks what names lead to', {
  skip,
}, async () => {
  await using target = await site(false);
  await using proxy = await socks5Proxy();
  const rules = { allowPrivate: false, allowedPorts: [target.port] };
  const lookup = (): Promise<{ address: string; ttlMs: number }[]> =>
    Promise.resolve([{ address: '127.0.0.1', ttlMs: 1 }]);
  await using resolving = through([`socks5h://127.0.0.1:${proxy.port}`], {}, rules);
  for (const host of [
    '127.0.0.1',
    '[::1]',
    '10.0.0.1',
    'localhost',
    'x.localhost',
    'metadata.google.internal',
    'nas.local',
  ]) {
    assert.equal((await ask(resolving, `http://${host}:${target.port}/`)).refused, 'address', host);
  }
  assert.equal((await ask(resolving, 'http://a.test:22/')).refused, 'port');
  assert.equal(proxy.requests.length, 0);
  assert.equal((await ask(resolving, `http://a.test:${target.port}/`)).status, 200);
  await using here = through([`socks5://127.0.0.1:${proxy.port}`], {}, { ...rules, lookup });
  assert.equal((await ask(here, `http://a.test:${target.port}/`)).refused, 'address');
  assert.equal(proxy.requests.length, 1);
  await using meant = through([`socks5h://127.0.0.1:${proxy.port}`], { meantNames: ['nas.local'] }, rules);
  assert.equal((await ask(meant, `http://nas.local:${target.port}/`)).status, 200);
  await using allowed = through([`socks5://127.0.0.1:${proxy.port}`], {}, { ...rules, allowPrivate: true, lookup });
  assert.equal((await ask(allowed, `http://a.test:${target.port}/`)).status, 200);
  assert.equal(proxy.requests.at(-1), `127.0.0.1:${target.port}`);
});

test('fetch: a Proxy-Authorization of the user does not reach the target of a tunnel', { skip }, async () => {
  await using target = await site(true);
  await using proxy = await httpProxy();
  await using fetcher = through(
    [`http://127.0.0.1:${proxy.port}`],
    {},
    { headers: ['Proxy-Authorization', 'Basic eA=='] },
  );
  assert.equal((await ask(fetcher, `https://a.test:${target.port}/`)).status, 200);
  assert.doesNotMatch(target.requests[0]!.head, /proxy/i);
});

test('fetch: HTTP/2 is spoken through every kind of proxy', { skip }, async () => {
  await using target = await http2Site(made!.certificate('a.test'));
  for (const { scheme, open } of KINDS) {
    await using proxy = await open({ password: 'me:s3cret' });
    const address = `${scheme}://me:s3cret@127.0.0.1:${proxy.port}`;
    await using fetcher = through([address], { insecure: true }, { http2: true });
    const paths = Array.from({ length: 30 }, (_, at) => `https://a.test:${target.port}/${at}`);
    for (const outcome of await Promise.all(paths.map((url) => ask(fetcher, url)))) {
      assert.deepEqual([outcome.status, outcome.protocol, outcome.body.length], [200, 'h2', 100_000]);
    }
    assert.equal(proxy.connections, 1);
  }
});

async function http2Site(certificate: { key: Buffer; cert: Buffer }): Promise<AsyncDisposable & { port: number }> {
  const server = createSecureServer(certificate, (_, response) => response.end('x'.repeat(100_000)));
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
