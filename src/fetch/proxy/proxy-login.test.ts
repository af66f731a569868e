import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import { type DigestGate, type DigestWishes, digestGate } from '../../../test/helpers/digest-server.ts';
import { ask, fetcherFor } from '../../../test/helpers/raw-server.ts';
import { proxyOf } from '../../url/proxy.ts';
import type { Fetcher } from '../fetch.ts';

const ME = { user: 'me', password: 's: "3cret' };

interface DigestProxy extends AsyncDisposable {
  readonly gate: DigestGate;
  readonly port: number;
}

/** It answers plain requests itself; what is at the end of a tunnel does not speak TLS. */
async function digestProxy(wishes: Partial<DigestWishes> = {}): Promise<DigestProxy> {
  const gate = digestGate({ ...ME, isProxy: true, ...wishes });
  const server = createServer((request, response) => {
    if (gate.admits(request, response)) response.end('in');
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, socket: Socket) => {
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    if (!gate.admits(request, response)) return;
    response.detachSocket(socket);
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('this is not TLS'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ...{ gate, port: (server.address() as AddressInfo).port },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function through({ port }: { readonly port: number }, userinfo = 'me:s%3A%20%223cret@', digestAlone = true): Fetcher {
  const proxies = [proxyOf(`http://${userinfo}127.0.0.1:${port}`)!];
  return fetcherFor({ proxies: { proxies, bypass: '', meantNames: [], digestAlone, insecure: false, ca: null } });
}

for (const wishes of [{ algorithm: 'SHA-256', namesNext: true }, { algorithm: 'MD5-sess' }, { qop: null }])
  test(`fetch: a proxy that asks for Digest (${JSON.stringify(wishes)}) gets it, once it has asked`, async () => {
    await using proxy = await digestProxy(wishes);
    await using fetcher = through(proxy);
    for (const path of ['', 'a?b=c', 'd']) {
      const outcome = await ask(fetcher, `http://a.test/${path}`);
      assert.deepEqual([outcome.status, outcome.error, outcome.isChallenge], [200, null, undefined]);
      assert.doesNotMatch(outcome.requestHead, /proxy/i);
    }
    assert.equal(proxy.gate.refused, 1);
    assert.match(proxy.gate.came[0]!, /^Digest username="me", .*uri="http:\/\/a\.test\/", /);
    assert.equal(proxy.gate.came.length, 3);
  });

test('fetch: tunnels through a proxy with Digest, many at a time, where each nonce is good for two', async () => {
  await using proxy = await digestProxy({ uses: 2 });
  await using fetcher = through(proxy, undefined, false);
  const outcomes = await Promise.all(Array.from({ length: 8 }, (_, at) => ask(fetcher, `https://h${at}.test/`)));
  for (const { error, detail } of outcomes) assert.equal(error, 'tls-protocol', detail);
  assert.ok(proxy.gate.came.some((field) => field.startsWith('Basic ')));
  assert.ok(proxy.gate.came.some((field) => /uri="h\d\.test:443"/.test(field)));
});

test('fetch: a proxy refuses the password of Digest, wants one, or speaks another scheme', async () => {
  await using proxy = await digestProxy();
  await using other = await digestProxy({ algorithm: 'SHA-1', others: ['Negotiate', 'Basic realm="b"'] });
  for (const [at, userinfo, words, requests] of [
    [proxy, 'me:wrong@', /refuses this user name and password \(407\)/, 2],
    [proxy, '', /wants a user name and a password \(407\)/, 1],
    [other, 'me:x@', /asks for Digest with the algorithm "SHA-1", .*negotiate, Basic, which --proxy-digest does/, 1],
  ] as const) {
    await using fetcher = through(at, userinfo);
    const before = at.gate.refused;
    const { status, error, detail } = await ask(fetcher, 'http://a.test/');
    assert.deepEqual([status, error, at.gate.refused - before], [0, 'proxy-auth', requests]);
    assert.match(detail, words);
    assert.doesNotMatch(detail, /wrong/);
  }
  assert.ok(![...proxy.gate.came, ...other.gate.came].some((field) => /^Basic/i.test(field)));
});

test('fetch: a proxy that was started anew and does not know its nonces is answered again', async () => {
  const wishes: Partial<DigestWishes>[] = [{}, { realm: 'another' }];
  const gates = wishes.map((each) => digestGate({ ...ME, isProxy: true, ...each }));
  let begun = 0;
  const server = createServer((request, response) => {
    if (gates[begun]!.admits(request, response)) response.end('in');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await using fetcher = through({ port: (server.address() as AddressInfo).port });
  assert.equal((await ask(fetcher, 'http://a.test/1')).status, 200);
  begun = 1;
  assert.equal((await ask(fetcher, 'http://a.test/2')).status, 200);
  assert.deepEqual(
    gates.map(({ refused }) => refused),
    [1, 1],
  );
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});
