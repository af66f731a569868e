// A server that wants a certificate from its clients: who gets ours, and what is told of one that cannot be used.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { certificateMaker, NO_OPENSSL } from '../helpers/certificates.ts';
import { severally } from '../helpers/gossamer.ts';
import { type Peer, rawServer } from '../helpers/raw-server.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-client-'));
after(() => rmSync(home, { recursive: true, force: true }));
const skip = NO_OPENSSL;

function nameOf(socket: Peer): string {
  return String((socket as unknown as TLSSocket).getPeerCertificate().subject?.CN ?? 'nobody');
}

test('fetch: a client certificate goes to the origin of the root alone, and --ca makes its issuer known', {
  skip,
}, async () => {
  const { certificate } = certificateMaker(home);
  certificate('me');
  certificate('other');
  const pair = certificate('localhost');
  const tls = { ...pair, requestCert: true, rejectUnauthorized: false };
  const said = (name: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`;
  await using elsewhere = await rawServer((socket) => said(nameOf(socket)), '127.0.0.1', tls);
  await using own = await rawServer(
    (socket, head) =>
      head.startsWith('GET /away')
        ? `HTTP/1.1 302 Found\r\nLocation: https://localhost:${elsewhere.port}/\r\nContent-Length: 0\r\n\r\n`
        : said(nameOf(socket)),
    '127.0.0.1',
    tls,
  );
  const file = (name: string): string => join(home, name);
  const root = `https://localhost:${own.port}/`;
  const ca = ['--ca', file('localhost.pem')];
  const mine = ['--cert', file('me.pem'), '--key', file('me.key')];
  const words = ['pkcs8', '-topk8', '-in', file('me.key'), '-out', file('locked.key'), '-passout', 'pass:s3 cret'];
  assert.equal(spawnSync('openssl', words).status, 0);
  const locked = ['--cert', file('me.pem'), '--key', file('locked.key')];
  const { stdout, stderr } = await severally([
    ['fetch', root, '--body', '-q', ...ca, ...mine],
    ['fetch', `${root}away`, '--body', '-q', '--allow-private', ...ca, ...mine],
    ['fetch', root, '--body', '-q', ...ca],
    ['fetch', root, ...mine],
    ['fetch', root, '--cert', file('me.pem')],
    ['fetch', root, '--key', file('me.key')],
    ['fetch', root, '--cert', file('me.pem'), '--key', file('other.key')],
    ['fetch', root, '--ca', file('me.key')],
    ['fetch', root, '--ca', file('none')],
    ['fetch', root, '--body', '-q', ...ca, ...locked, '--pass', 's3 cret'],
    ['fetch', root, ...locked],
    ['fetch', root, ...locked, '--pass', 'wr0ng'],
    ['fetch', root, '--pass', 'wr0ng'],
  ]);
  assert.match(stdout, /^menobodynobody/);
  assert.match(stdout, /me$/);
  assert.doesNotMatch(stderr, /wr0ng|s3 cret/);
  const codes = [...stderr.matchAll(/^= .* (\d+)$/gm)].map(([, code]) => Number(code));
  assert.deepEqual(codes, [0, 0, 0, 1, 2, 2, 2, 2, 2, 0, 2, 2, 2], stderr);
  assert.match(stderr, /tls-self-signed/);
  assert.match(stderr, /--cert is given without --key/);
  assert.match(stderr, /--key is given without --cert/);
  assert.match(stderr, /--cert, --key: they cannot be used together/);
  assert.match(stderr, /--ca: the file has no certificate/);
  assert.match(stderr, /--ca: .*none cannot be read: there is no such file\.\n/);
});

test('fetch: --min-tls 1.3 does not speak with a server of 1.2', { skip }, async () => {
  const pair = certificateMaker(home).certificate('old.test');
  await using old = await rawServer(() => 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', '127.0.0.1', {
    ...pair,
    maxVersion: 'TLSv1.2',
  });
  const { stderr } = await severally([
    ['fetch', old.url, '--insecure'],
    ['fetch', old.url, '--insecure', '--min-tls', '1.3'],
    ['fetch', old.url, '--insecure', '--min-tls', '1.1'],
  ]);
  assert.deepEqual(
    [...stderr.matchAll(/^= .* (\d+)$/gm)].map(([, code]) => Number(code)),
    [0, 1, 2],
    stderr,
  );
  assert.match(stderr, /tls-protocol/);
});
