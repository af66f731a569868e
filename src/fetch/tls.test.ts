import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createServer, getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { certificateMaker, NO_OPENSSL } from '../../test/helpers/certificates.ts';
import { ask, bodyText, fetcherFor, rawServer, until } from '../../test/helpers/raw-server.ts';
import type { Fetcher, FetchOptions } from './fetch.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const skip = NO_OPENSSL;
const home = mkdtempSync(join(tmpdir(), 'gossamer-tls-'));
after(() => rmSync(home, { recursive: true }));

const { certificate, issued, extended } = certificateMaker(home);

interface TlsServer extends AsyncDisposable {
  readonly port: number;
  readonly seen: {
    readonly isReused: boolean;
    readonly name: string | false | null;
    readonly protocol: string | false | null;
  }[];
}

async function tlsServer(made: { key: Buffer; cert: Buffer }, response = OK): Promise<TlsServer> {
  const seen: TlsServer['seen'] = [];
  const sockets = new Set<TLSSocket>();
  const server = createServer({ ...made, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    sockets.add(socket);
    const { servername } = socket as TLSSocket & { servername?: string | false };
    seen.push({ isReused: socket.isSessionReused(), name: servername ?? null, protocol: socket.alpnProtocol });
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write(response, 'latin1'));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function fetcherOf(options: Partial<FetchOptions> = {}): Fetcher {
  return fetcherFor({ lookup: () => Promise.resolve([{ address: '127.0.0.1', ttlMs: 60_000 }]), ...options });
}

test('fetch: a certificate that nobody vouches for is refused, and why is told', { skip }, async () => {
  await using server = await tlsServer(certificate('a.test'));
  await using fetcher = fetcherOf();
  const outcome = await ask(fetcher, `https://a.test:${server.port}/`);
  assert.deepEqual([outcome.status, outcome.error, outcome.requestHead], [0, 'tls-self-signed', '']);
  assert.match(outcome.detail, /^DEPTH_ZERO_SELF_SIGNED_CERT /);
  assert.equal(fetcher.connections.open, 0);
});

test('fetch: each thing that may be wrong with a certificate has its code', { skip }, async () => {
  const issuer = certificate('issuer.test');
  const made = {
    'tls-expired': issued('a.test', -2, -1),
    'tls-not-yet-valid': issued('a.test', 1, 2),
    'tls-wrong-host': issued('b.test', -1, 1),
    none: issued('a.test', -1, 1),
  };
  const known = getCACertificates('default');
  const codeOf = async (pair: { key: Buffer; cert: Buffer }): Promise<string> => {
    await using server = await tlsServer(pair);
    await using fetcher = fetcherOf();
    return (await ask(fetcher, `https://a.test:${server.port}/`)).error ?? 'none';
  };
  assert.equal(await codeOf(made.none), 'tls-unknown-issuer');
  const chain = Buffer.concat([made.none.cert, issuer.cert]);
  assert.equal(await codeOf({ ...made.none, cert: chain }), 'tls-unknown-issuer');
  setDefaultCACertificates([...known, issuer.cert.toString()]);
  try {
    for (const [expected, pair] of Object.entries(made)) assert.equal(await codeOf(pair), expected);
  } finally {
    setDefaultCACertificates(known);
  }
});

test('fetch: a certificate that breaks a rule has its code too, and the rule is told', { skip }, async () => {
  const issuer = certificate('rules.test');
  const within = extended(
    'within.test',
    'rules.test',
    'basicConstraints=CA:TRUE',
    'nameConstraints=permitted;DNS:b.test',
  );
  const san = 'subjectAltName=DNS:a.test';
  const leaf = extended('leaf.test', 'within.test', san);
  const cases: readonly (readonly [{ key: Buffer; cert: Buffer }, RegExp])[] = [
    [{ ...leaf, cert: Buffer.concat([leaf.cert, within.cert]) }, /^UNSPECIFIED .+: permitted subtree violation$/],
    [extended('odd.test', 'rules.test', san, '1.2.3.4=critical,ASN1:UTF8String:x'), /: unhandled critical extension$/],
    [
      extended('use.test', 'rules.test', san, 'extendedKeyUsage=clientAuth'),
      /^INVALID_PURPOSE .+: unsuitable .+purpose$/,
    ],
  ];
  for (const [pair, rule] of cases) {
    await using server = await tlsServer(pair);
    await using fetcher = fetcherOf({ tls: { ca: issuer.cert.toString(), client: null, least: null } });
    const { error, detail, requestHead } = await ask(fetcher, `https://a.test:${server.port}/`);
    assert.deepEqual([error, requestHead], ['tls-certificate', '']);
    assert.match(detail, rule);
  }
});

test('fetch: a server that wants a certificate from us says so in each protocol', { skip }, async () => {
  for (const protocol of ['h2', 'http/1.1']) {
    const wanting = { ...certificate('a.test'), requestCert: true, ALPNProtocols: [protocol] };
    await using server = await rawServer(() => null, '127.0.0.1', { ...wanting, minVersion: 'TLSv1.3' });
    await using fetcher = fetcherOf({ insecure: true, http2: true });
    const { error, detail } = await ask(fetcher, `https://a.test:${server.port}/`);
    assert.deepEqual([protocol, error], [protocol, 'tls-protocol']);
    assert.match(detail, /CERTIFICATE_REQUIRED the server wants a certificate from us: --cert and --key/);
  }
});

test('fetch: with insecure any certificate will do', { skip }, async () => {
  await using server = await tlsServer(certificate('other.test', '-days', '1'));
  await using fetcher = fetcherOf({ insecure: true });
  const outcome = await ask(fetcher, `https://a.test:${server.port}/`);
  assert.deepEqual([outcome.status, outcome.error, bodyText(outcome)], [200, null, 'hello']);
  assert.equal(outcome.remoteAddress, '127.0.0.1');
  await ask(fetcher, `https://a.test:${server.port}/`);
  assert.equal(fetcher.connections.reused, 1);
  assert.deepEqual(server.seen, [{ isReused: false, name: 'a.test', protocol: 'http/1.1' }]);
});

test('fetch: a second connection resumes the session of the first', { skip }, async () => {
  await using server = await tlsServer(certificate('a.test'), OK.replace('Content', 'Connection: close\r\nContent'));
  await using fetcher = fetcherOf({ insecure: true });
  for (let n = 0; n < 3; n += 1) assert.equal((await ask(fetcher, `https://a.test:${server.port}/`)).status, 200);
  assert.deepEqual(
    server.seen.map(({ isReused }) => isReused),
    [false, true, true],
  );
});

test('fetch: a second connection of HTTP/2 resumes the session of the first too', { skip }, async () => {
  const resumed: boolean[] = [];
  const server = createSecureServer(certificate('a.test'), (_, response) => response.end('hello'));
  server.on('secureConnection', (socket: TLSSocket) => resumed.push(socket.isSessionReused()));
  server.on('session', (session) => session.on('stream', (stream) => stream.on('close', () => session.close())));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  {
    await using fetcher = fetcherOf({ insecure: true, http2: true, tellsTls: true });
    const { port } = server.address() as AddressInfo;
    for (let n = 0; n < 3; n += 1) {
      const { status, protocol, tls } = await ask(fetcher, `https://a.test:${port}/`);
      assert.deepEqual([status, protocol, tls?.isResumed], [200, 'h2', n > 0]);
      await until(() => fetcher.connections.open === 0);
    }
  }
  assert.deepEqual(resumed, [false, true, true]);
  server.close();
});

test('fetch: a session with a server of another name is not kept, and its name is judged each time', {
  skip,
}, async () => {
  const made = certificate('b.test');
  await using server = await tlsServer(made, OK.replace('Content', 'Connection: close\r\nContent'));
  await using fetcher = fetcherOf({ tls: { ca: made.cert.toString(), client: null, least: null } });
  assert.equal((await ask(fetcher, `https://b.test:${server.port}/`)).status, 200);
  for (let n = 0; n < 2; n += 1) {
    const { error, detail, requestHead } = await ask(fetcher, `https://a.test:${server.port}/`);
    assert.deepEqual([error, requestHead], ['tls-wrong-host', '']);
    assert.match(detail, /^ERR_TLS_CERT_ALTNAME_INVALID .*b\.test/);
  }
});

test('fetch: an address is not named in the hello', { skip }, async () => {
  await using server = await tlsServer(certificate('a.test'));
  await using fetcher = fetcherOf({ insecure: true });
  assert.equal((await ask(fetcher, `https://127.0.0.1:${server.port}/`)).status, 200);
  assert.ok(!server.seen[0]!.name);
});

test('fetch: large bodies come whole over TLS, side by side', { skip }, async () => {
  const text = 'x'.repeat(300_000);
  await using server = await tlsServer(
    certificate('a.test'),
    `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  );
  await using fetcher = fetcherOf({ insecure: true });
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => ask(fetcher, `https://a.test:${server.port}/`)));
  for (const outcome of outcomes) assert.ok(bodyText(outcome) === text);
});

test('fetch: a server that does not speak TLS', async () => {
  await using server = await rawServer(() => null);
  for (const socket of server.sockets) socket.write(OK);
  await using fetcher = fetcherOf();
  const pending = ask(fetcher, `https://a.test:${server.port}/`);
  while (server.sockets.size === 0) await new Promise((resolve) => setImmediate(resolve));
  for (const socket of server.sockets) socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
  const outcome = await pending;
  assert.deepEqual([outcome.status, outcome.error], [0, 'tls-protocol']);
});

test('fetch: a server that closes within the handshake', async () => {
  await using server = await rawServer(() => null);
  await using fetcher = fetcherOf();
  const pending = ask(fetcher, `https://a.test:${server.port}/`);
  while (server.sockets.size === 0) await new Promise((resolve) => setImmediate(resolve));
  for (const socket of server.sockets) socket.end();
  assert.equal((await pending).error, 'reset');
});
