import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { test } from 'node:test';
import { ask, fetcherFor, rawServer } from '../../../test/helpers/raw-server.ts';
import { type Component, directoryOf, inputOf, signatureBase, signatureFields, signed, signingKeyOf } from './sign.ts';

/** The key of RFC 9421, appendix B.1.4. */
const PEM = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
`;
const key = signingKeyOf(PEM)!;

test('signed: the case of RFC 9421, appendix B.2.6', () => {
  const components: readonly Component[] = [
    ['"date"', 'Tue, 20 Apr 2021 02:07:55 GMT'],
    ['"@method"', 'POST'],
    ['"@path"', '/foo'],
    ['"@authority"', 'example.com'],
    ['"content-type"', 'application/json'],
    ['"content-length"', '18'],
  ];
  const parameters = ';created=1618884473;keyid="test-key-ed25519"';
  assert.equal(
    inputOf(components, parameters),
    '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
  );
  assert.equal(
    signed(key, signatureBase(components, parameters)),
    'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
  );
});

test('signed: the case of the draft on Web Bot Auth, with its name of the key', () => {
  const nonce = 'n9p433xm+NJ3ph3upfBIGmsuwHw387YV7Q/F+6BSpGCVjYCqQw6rznNA8PVVLySrAWsv0hQtFioQb6E1YsauiA==';
  const components: readonly Component[] = [
    ['"@authority"', 'example.com'],
    ['"signature-agent";key="agent2"', '"https://signature-agent.test"'],
  ];
  const parameters = `;created=1735689600;keyid="${key.id}";alg="ed25519";expires=4889289600;nonce="${nonce}";tag="web-bot-auth"`;
  assert.equal(key.id, 'poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U');
  assert.equal(
    signed(key, signatureBase(components, parameters)),
    'RdNFx5Bj6au3YgAMQL/RzmUlZE8QZLIaXGRpw985hWnwPfMxT228NMk6ehRS1PSl4e8PhbNZACSanGdhEwYCCg==',
  );
});

test('signingKeyOf: PEM and JWK are the same key, and other keys are none', () => {
  assert.equal(signingKeyOf(JSON.stringify(key.own.export({ format: 'jwk' })))?.id, key.id);
  assert.deepEqual(directoryOf(key), {
    keys: [{ crv: 'Ed25519', kty: 'OKP', x: key.jwk.x, kid: key.id, use: 'sig' }],
  });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const open = createPublicKey(key.own).export({ type: 'spki', format: 'pem' });
  for (const text of ['', 'x', '{', '{}', String(other), String(open), JSON.stringify(key.jwk)])
    assert.equal(signingKeyOf(text), null, text);
});

test('fetch: each request is signed for its own authority, and says so in what is archived', async () => {
  await using server = await rawServer(() => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  await using fetcher = fetcherFor({
    sign: (authority, wallMs) => signatureFields({ key, agent: 'https://bot.test' }, authority, wallMs),
  });
  const outcomes = [await ask(fetcher, server.url), await ask(fetcher, `${server.url}on`)];
  const fieldsOf = (head: string) =>
    new Map([...head.matchAll(/^([^:\s]+): (.*)\r$/gm)].map(([, name, value]) => [name!, value!]));
  const signatures = server.requests.map(({ head }, at) => {
    assert.equal(outcomes[at]!.requestHead, head);
    const fields = fieldsOf(head);
    assert.equal(fields.get('Signature-Agent'), 'sig1="https://bot.test"');
    const [, components, parameters] = /^sig1=(\([^)]*\))(.*)$/.exec(fields.get('Signature-Input')!)!;
    assert.equal(components, '("@authority" "signature-agent";key="sig1")');
    const [, created, id, expires] =
      /^;created=(\d+);keyid="([^"]+)";alg="ed25519";expires=(\d+);nonce="[^"]{88}";tag="web-bot-auth"$/.exec(
        parameters!,
      )!;
    assert.deepEqual([id, Number(expires) - Number(created)], [key.id, 300]);
    const base = [
      `"@authority": 127.0.0.1:${server.port}`,
      '"signature-agent";key="sig1": "https://bot.test"',
      `"@signature-params": ${components}${parameters}`,
    ].join('\n');
    const [, signature] = /^sig1=:(.*):$/.exec(fields.get('Signature')!)!;
    assert.ok(verify(null, Buffer.from(base), createPublicKey(key.own), Buffer.from(signature!, 'base64')));
    return signature;
  });
  assert.equal(new Set(signatures).size, 2);
});

test('signatureFields: without an agent the authority alone is signed', () => {
  const fields = signatureFields({ key, agent: null }, 'A.test', 1_000_000, 'n');
  assert.deepEqual(fields.slice(0, 2), [
    'Signature-Input',
    `sig1=("@authority");created=1000;keyid="${key.id}";alg="ed25519";expires=1300;nonce="n";tag="web-bot-auth"`,
  ]);
  assert.equal(fields[2], 'Signature');
});
