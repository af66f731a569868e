import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readChallenges } from './challenges.ts';
import { beginDigest, digestField, readDigest } from './digest.ts';

/** The answer to one challenge, as a map of its parameters. */
function answer(field: string, [user, password]: readonly [string, string], cnonce: string, uri: string) {
  const challenge = readDigest(readChallenges([field])[0]!);
  assert.ok(typeof challenge !== 'string', String(challenge));
  return readChallenges([digestField(beginDigest(challenge, { user, password }, cnonce), { user }, 'GET', uri)])[0]!
    .parameters;
}

const MUFASA = ['Mufasa', 'Circle of Life'] as const;
const OF_RFC_7616 =
  'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const CNONCE = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';

test('digestField: the examples of RFC 2617 and RFC 7616', () => {
  const old = 'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"';
  const first = answer(old, ['Mufasa', 'Circle Of Life'], '0a4f113b', '/dir/index.html');
  assert.equal(first.get('response'), '6629fae49393a05397450978507c4ef1');
  const md5 = answer(`Digest ${OF_RFC_7616}, algorithm=MD5`, MUFASA, CNONCE, '/dir/index.html');
  assert.equal(md5.get('response'), '8ca523f5e9506fed4657c9700eebdbec');
  assert.deepEqual([md5.get('nc'), md5.get('qop'), md5.get('algorithm')], ['00000001', 'auth', 'MD5']);
  const sha = answer(`Digest ${OF_RFC_7616}, algorithm=SHA-256`, MUFASA, CNONCE, '/dir/index.html');
  assert.equal(sha.get('response'), '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1');
  assert.equal(sha.get('opaque'), 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS');
});

test('digestField: SHA-512-256, a hidden user and UTF-8, as erratum 4897 of RFC 7616 has them', () => {
  const field =
    'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true';
  const said = answer(
    field,
    ['Jäsøn Doe', 'Secret, or not?'],
    'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
    '/doe.json',
  );
  assert.equal(said.get('username'), '793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b');
  assert.equal(said.get('response'), '3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5');
  assert.equal(said.get('userhash'), 'true');
});

test('digestField: a session keeps its secret, counts each use, and an old server gets no qop', () => {
  const challenge = readDigest(readChallenges(['Digest realm="r", nonce="n", qop=auth, algorithm=md5-SESS'])[0]!);
  assert.ok(typeof challenge !== 'string' && challenge.isSession);
  const session = beginDigest(challenge, { user: 'u', password: 'p' }, 'c');
  const before = session.secret;
  assert.match(
    digestField(session, { user: 'u' }, 'GET', '/'),
    /algorithm=md5-SESS, nonce="n", nc=00000001, cnonce="c"/,
  );
  session.nonce = 'next';
  assert.match(digestField(session, { user: 'u' }, 'GET', '/'), /nonce="next", nc=00000002/);
  assert.equal(session.secret, before);
  const said = answer('Digest realm="r", nonce="n"', ['a "b\\', 'p'], 'c', '/x?y="z"');
  assert.deepEqual([said.get('qop'), said.get('nc'), said.get('cnonce')], [undefined, undefined, undefined]);
  assert.deepEqual([said.get('username'), said.get('uri')], ['a "b\\', '/x?y="z"']);
});

test('digestField: a user beyond ASCII has the form that the server can read', () => {
  const plain = 'Digest realm="r", nonce="n", qop="auth"';
  assert.equal(answer(plain, ['jäs', 'p'], 'c', '/').get('username'), Buffer.from('jäs').toString('latin1'));
  const coded = answer(`${plain}, charset=utf-8`, ["jäs' (x)", 'p'], 'c', '/');
  assert.equal(coded.get('username*'), "UTF-8''j%C3%A4s%27%20%28x%29");
  assert.equal(coded.has('username'), false);
});

test('readDigest: what cannot be answered is said', () => {
  const troubleOf = (field: string): unknown => readDigest(readChallenges([field])[0]!);
  assert.match(
    String(troubleOf('Digest realm="r", nonce="n", algorithm=SHA-1')),
    /the algorithm "SHA-1", which is not/,
  );
  assert.match(String(troubleOf('Digest realm="r", nonce="n", algorithm=__proto__')), /the algorithm "__proto__"/);
  assert.match(String(troubleOf('Digest realm="r", nonce="n", qop="auth-int"')), /qop="auth-int" alone/);
  assert.match(String(troubleOf('Digest realm="r"')), /without a realm or a nonce/);
});

test('readChallenges: several in one field and in many, tokens, quotes, and what is no challenge', () => {
  const read = (...fields: string[]): unknown =>
    readChallenges(fields).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
  assert.deepEqual(read('Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"'), [
    ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
    ['basic', { realm: 'simple' }],
  ]);
  assert.deepEqual(read('Negotiate', 'NTLM TlRMTVNTUAAB==, Basic realm = "a, b=c" , charset="UTF-8"'), [
    ...[
      ['negotiate', {}],
      ['ntlm', {}],
    ],
    ['basic', { realm: 'a, b=c', charset: 'UTF-8' }],
  ]);
  assert.deepEqual(read(', ,DIGEST Realm=bare,nonce="x",realm=second,,'), [['digest', { realm: 'bare', nonce: 'x' }]]);
  assert.deepEqual(read('Basic', '', '"', '=,=', 'Digest realm="never ends'), [
    ...[
      ['basic', {}],
      ['digest', { realm: 'never ends' }],
    ],
  ]);
  const begun = process.cpuUsage().user;
  read(`Digest ${'a="\\'.repeat(20_000)}`, `${'x '.repeat(50_000)}`, `Basic ${'='.repeat(100_000)}`);
  assert.ok(process.cpuUsage().user - begun < 2_000_000);
});
