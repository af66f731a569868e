// Hosts of which no waiting brings a robots.txt: a link to one does not keep a crawl.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { crawl } from '../../src/index.ts';
import { serveSite } from '../helpers/site.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-unmended-'));
after(() => rmSync(home, { recursive: true }));
const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'there is no openssl to make certificates with';

type Listening = { readonly port: number } & AsyncDisposable;

/** A TLS server that signed its certificate itself. */
async function selfSigned(): Promise<Listening> {
  const [keyout, out] = [join(home, 'key.pem'), join(home, 'cert.pem')];
  const words = ['-nodes', '-newkey', 'rsa:2048', '-keyout', keyout, '-out', out, '-subj', '/CN=127.0.0.1'];
  assert.equal(spawnSync('openssl', ['req', '-x509', ...words]).status, 0);
  return listening(createTlsServer({ key: readFileSync(keyout), cert: readFileSync(out) }));
}

/** A server that answers with this text, whatever it is asked. */
function saying(text: string): Promise<Listening> {
  return listening(
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(text));
    }),
  );
}

async function listening(server: Server): Promise<Listening> {
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

test('crawl: links to hosts that speak no HTTP, no TLS or with a false certificate fail at once', {
  skip,
}, async () => {
  await using signed = await selfSigned();
  await using plain = await saying('SSH-2.0-OpenSSH_9.9\r\n');
  await using loud = await saying(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(1024 * 1024)}\r\n\r\n`);
  const elsewhere = {
    [`https://127.0.0.1:${signed.port}/a`]: 'tls-self-signed',
    [`https://127.0.0.1:${plain.port}/a`]: 'tls-protocol',
    [`http://127.0.0.1:${plain.port}/a`]: 'http-malformed',
    [`http://127.0.0.1:${loud.port}/a`]: 'http-header-size',
  };
  await using site = await serveSite((_path, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(
      Object.keys(elsewhere)
        .map((url) => `<a href=${url}>x</a>`)
        .join(''),
    );
  });
  const failed: Record<string, string | null> = {};
  const run = crawl(site.root, { store: 'memory:', scope: 'any', sitemaps: false, allowPrivate: true });
  for await (const { url, error } of run) if (error !== null) failed[url] = error;
  assert.equal((await run.summary).state, 'finished');
  assert.deepEqual(failed, elsewhere);
});

const UNREADABLE: readonly (readonly [what: string, fields: string, body: string, error: string])[] = [
  ['in a coding that we lack', 'Content-Encoding: compress', 'x', 'decode'],
  ['in three codings', 'Content-Encoding: gzip, gzip, gzip', 'x', 'decode'],
  ['in chunks that are malformed', 'Transfer-Encoding: chunked', 'x\r\n', 'http-malformed'],
];
for (const [what, fields, body, error] of UNREADABLE) {
  test(`crawl: a host whose robots.txt is ${what} fails at once, with the error`, async () => {
    await using host = await saying(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${body}`);
    const run = crawl(`http://127.0.0.1:${host.port}/`, { store: 'memory:', sitemaps: false });
    const failed: (string | null)[] = [];
    for await (const page of run) failed.push(page.error);
    assert.deepEqual([failed, (await run.summary).state], [[error], 'finished']);
  });
}
