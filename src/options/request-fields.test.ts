import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestFields, withheldFrom } from './request-fields.ts';

const NOTHING = { roots: ['http://a.test/'], headers: [], secretHeaders: [], auth: null };

test('requestFields: secrets are told apart in any letter case, every one of a name', () => {
  const headers = ['COOKIE', 'a=1', 'Accept', '*/*', 'cookie', 'b=2', 'x-API-key', '3', 'proxy-Authorization', '4'];
  const fields = requestFields({ ...NOTHING, headers, secretHeaders: ['X-Api-Key'] });
  assert.deepEqual(fields.headers, ['Accept', '*/*']);
  assert.deepEqual(fields.secrets.headers, [
    ...['COOKIE', 'a=1', 'cookie', 'b=2', 'x-API-key', '3', 'proxy-Authorization', '4'],
  ]);
  assert.deepEqual(requestFields({ ...NOTHING, headers: ['X-Api-Key', '3'] }).headers, ['X-Api-Key', '3']);
});

test('requestFields: credentials are a secret, and give way to an Authorization of the user', () => {
  const auth = 'user:pässword';
  assert.deepEqual(requestFields({ ...NOTHING, auth }).secrets.headers, [
    ...['Authorization', 'Basic dXNlcjpww6Rzc3dvcmQ='],
  ]);
  const headers = ['authorization', 'Bearer x'];
  assert.deepEqual(requestFields({ ...NOTHING, auth, headers }).secrets.headers, headers);
});

test('requestFields: secrets are for the origins of the roots, and of those from http to https on the default ports alone', () => {
  const originsOf = (...roots: string[]): string[] => [...requestFields({ ...NOTHING, roots }).secrets.origins].sort();
  assert.deepEqual(originsOf('http://a.test/x'), ['http://a.test', 'https://a.test']);
  assert.deepEqual(originsOf('https://a.test/x'), ['https://a.test']);
  assert.deepEqual(originsOf('http://a.test:81/', 'http://b.test:82/'), ['http://a.test:81', 'http://b.test:82']);
  assert.deepEqual(originsOf('http://[::1]/'), ['http://[::1]', 'https://[::1]']);
});

test('requestFields: where a root is https, no origin of http is told a secret', () => {
  const originsOf = (...roots: string[]): string[] => [...requestFields({ ...NOTHING, roots }).secrets.origins].sort();
  assert.deepEqual(originsOf('http://a.test:81/', 'https://b.test:444/'), ['https://b.test:444']);
  assert.deepEqual(originsOf('https://a.test/', 'http://a.test/'), ['https://a.test']);
  assert.deepEqual(originsOf('http://a.test/', 'https://b.test/'), ['https://a.test', 'https://b.test']);
});

test('withheldFrom: names each secret that does not go there, once', () => {
  const { secrets } = requestFields({ ...NOTHING, headers: ['Cookie', '1', 'Cookie', '2', 'X', '3'], auth: 'a:b' });
  assert.deepEqual(withheldFrom(secrets, 'http://a.test/x'), []);
  assert.deepEqual(withheldFrom(secrets, 'https://a.test/x'), []);
  assert.deepEqual(withheldFrom(secrets, 'https://www.a.test/x'), ['Cookie', 'Authorization']);
});
