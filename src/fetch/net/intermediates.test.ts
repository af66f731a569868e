import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { certificateMaker, NO_OPENSSL } from '../../../test/helpers/certificates.ts';
import { ask, bodyText, fetcherFor, rawServer } from '../../../test/helpers/raw-server.ts';
import type { FetchOptions } from '../fetch.ts';
import { USUAL_WAYS } from './ways.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const home = mkdtempSync(join(tmpdir(), 'gossamer-aia-'));
after(() => rmSync(home, { recursive: true }));
const skip = NO_OPENSSL;
const answerOf = (bytes: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\n\r\n${bytes}`;

/** Gives what it is told to give for each path; the chains are made once. */
const given = new Map<string, string>();
const repository = await rawServer((_, head) => {
  const bytes = given.get(head.split(' ')[1]!);
  return bytes === undefined ? 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n' : answerOf(bytes);
});
after(() => repository[Symbol.asyncDispose]());

/** A server's own certificate, and the root above the issuer that it does not send. */
function chain(name: string) {
  const { certificate, extended } = certificateMaker(home);
  const root = certificate(`${name}-root`);
  const middle = extended(`${name}-middle`, `${name}-root`, 'basicConstraints=CA:TRUE');
  const url = `${repository.url}${name}`;
  const names = `subjectAltName=DNS:a.test,DNS:b.test`;
  const own = extended(name, `${name}-middle`, names, `authorityInfoAccess=caIssuers;URI:${url}`);
  const der = (pem: Buffer): string => new X509Certificate(pem).raw.toString('latin1');
  return {
    own,
    url,
    ca: root.cert.toString(),
    middle: der(middle.cert),
    middlePem: middle.cert.toString(),
    root: der(root.cert),
  };
}

const good = NO_OPENSSL === false ? chain('good') : null!;
const bad = NO_OPENSSL === false ? chain('bad') : null!;
const lookup = async () => [{ address: '127.0.0.1', ttlMs: 60_000 }];
const fetcherOf = (options: Partial<FetchOptions>) =>
  fetcherFor({ lookup, tls: { ca: good.ca, client: null, least: null }, ...options });

test('fetch: a chain without its issuer has a code of its own, and nothing is fetched without --aia', {
  skip,
}, async () => {
  await using server = await rawServer(() => OK, '127.0.0.1', good.own);
  await using fetcher = fetcherOf({ tellsTls: true });
  const outcome = await ask(fetcher, `https://a.test:${server.port}/`);
  assert.deepEqual([outcome.status, outcome.error, outcome.requestHead], [0, 'tls-incomplete-chain', '']);
  assert.ok(outcome.detail.endsWith(`issued that of good; --aia fetches it from ${good.url}`), outcome.detail);
  assert.equal(repository.requests.length, 0);
  const { version, names, issuer, subject } = outcome.tls!;
  assert.deepEqual([version, names, issuer, subject], ['TLSv1.3', ['a.test', 'b.test'], 'good-middle', 'good']);
});

test('fetch: with --aia the issuer is fetched once, for every host that lacks it', { skip }, async () => {
  given.set('/good', good.middle);
  await using server = await rawServer(() => OK, '127.0.0.1', good.own);
  await using fetcher = fetcherOf({ aia: true });
  const before = repository.requests.length;
  const hosts = ['a.test', 'a.test', 'b.test', 'c.test'];
  const outcomes = await Promise.all(hosts.map((host) => ask(fetcher, `https://${host}:${server.port}/`)));
  assert.deepEqual(
    outcomes.slice(0, 3).map((each) => [each.status, bodyText(each)]),
    Array(3).fill([200, 'hello']),
  );
  assert.equal(outcomes[3]!.error, 'tls-wrong-host');
  assert.equal(repository.requests.length - before, 1);
});

test('fetch: with --aia the issuer is found in a file of several certificates', { skip }, async () => {
  await using server = await rawServer(() => OK, '127.0.0.1', good.own);
  for (const [bag, expected] of [
    [bagOf(bad.middlePem, good.middlePem), [200, null]],
    [bagOf(bad.middlePem), [0, 'tls-incomplete-chain']],
    [bagOf(good.middlePem).slice(0, -1), [0, 'tls-incomplete-chain']],
    ['\x30\x80\x06\x09', [0, 'tls-incomplete-chain']],
  ] as const) {
    given.set('/good', bag);
    await using fetcher = fetcherOf({ aia: true });
    const { status, error } = await ask(fetcher, `https://a.test:${server.port}/`);
    assert.deepEqual([status, error], expected);
  }
});

/** PKCS #7, as certificate authorities publish it. */
function bagOf(...certificates: readonly string[]): string {
  const file = join(home, 'bag.pem');
  writeFileSync(file, certificates.join(''));
  const words = ['crl2pkcs7', '-nocrl', '-certfile', file, '-outform', 'DER'];
  return spawnSync('openssl', words).stdout.toString('latin1');
}

test('fetch: what is fetched vouches for nothing', { skip }, async () => {
  await using server = await rawServer(() => OK, '127.0.0.1', bad.own);
  const cases: readonly (readonly [bytes: string | null, detail: RegExp])[] = [
    [bad.root, /: http:\S+ is that of an issuer that is not known here$/],
    [good.middle, /: http:\S+ is that of another issuer$/],
    ['no certificate', /: http:\S+ is no certificate$/],
    [null, /: http:\S+ gave status 404$/],
    ['x'.repeat(100_000), /: http:\S+ is no certificate$/],
    // It issued the server's certificate, and its own root is not known.
    [bad.middle, /UNABLE_TO_GET_ISSUER_CERT/],
  ];
  for (const [bytes, detail] of cases) {
    if (bytes === null) given.delete('/bad');
    else given.set('/bad', bytes);
    await using fetcher = fetcherOf({ aia: true });
    const outcome = await ask(fetcher, `https://a.test:${server.port}/`);
    assert.deepEqual([outcome.status, outcome.requestHead], [0, ''], String(detail));
    assert.match(outcome.error!, /^tls-(?:incomplete-chain|unknown-issuer)$/);
    assert.match(outcome.detail, detail);
  }
  assert.equal(server.requests.length, 0);
});

test('fetch: the guard keeps --aia from private addresses', { skip }, async () => {
  given.set('/good', good.middle);
  await using server = await rawServer(() => OK, '127.0.0.1', good.own);
  const typed = [{ hostname: 'a.test', port: server.port, addresses: ['127.0.0.1'] }];
  await using fetcher = fetcherOf({ aia: true, allowPrivate: false, ways: { ...USUAL_WAYS, typed } });
  const before = repository.requests.length;
  const outcome = await ask(fetcher, `https://a.test:${server.port}/`);
  assert.equal(outcome.error, 'tls-incomplete-chain');
  assert.match(outcome.detail, /: http:\S+ was not asked: its address is private, and only --allow-private allows it$/);
  assert.equal(repository.requests.length, before);
});
