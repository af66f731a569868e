import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costs, isSteep, type Reader } from '../../test/hostile/doubling.ts';
import { type MachineLogin, requestFields, withheldFrom } from './request-fields.ts';

const NOTHING = { roots: ['http://a.test/'], headers: [], secretHeaders: [], auth: [] };

test('requestFields: secrets are told apart in any letter case, every one of a name', () => {
  const headers = ['COOKIE', 'a=1', 'Accept', '*/*', 'cookie', 'b=2', 'x-API-key', '3', 'proxy-Authorization', '4'];
  const fields = requestFields({ ...NOTHING, headers, secretHeaders: ['X-Api-Key'] });
  assert.deepEqual(fields.headers, ['Accept', '*/*']);
  assert.deepEqual(fields.secrets.headers, [
    ...['COOKIE', 'a=1', 'cookie', 'b=2', 'x-API-key', '3', 'proxy-Authorization', '4'],
  ]);
  assert.deepEqual(requestFields({ ...NOTHING, headers: ['X-Api-Key', '3'] }).headers, ['X-Api-Key', '3']);
});

const loginsOf = (wishes: Partial<Parameters<typeof requestFields>[0]>, machines: readonly MachineLogin[] = []) =>
  Object.fromEntries(
    [...requestFields({ ...NOTHING, ...wishes }, machines).logins].map(([origin, { user, password }]) => [
      origin,
      `${user}:${password}`,
    ]),
  );

test('requestFields: a login is for the origins of the roots or for its own, and gives way to an Authorization', () => {
  const auth = ['me:a:b', 'https://API.test=you:c=d', 'http://[::1]:81=six:'];
  const own = { 'https://api.test': 'you:c=d', 'http://[::1]:81': 'six:' };
  assert.deepEqual(loginsOf({ auth }), { 'http://a.test': 'me:a:b', 'https://a.test': 'me:a:b', ...own });
  assert.deepEqual(loginsOf({ auth, headers: ['authorization', 'Bearer x'] }), own);
  const headers = ['https://api.test=AUTHORIZATION', 'Bearer x'];
  assert.deepEqual(Object.keys(loginsOf({ auth, headers })), ['http://a.test', 'https://a.test', 'http://[::1]:81']);
  assert.deepEqual(loginsOf({ auth: ['me:x', 'http://a.test=own:y'] }), {
    'http://a.test': 'own:y',
    'https://a.test': 'me:x',
  });
});

test('requestFields: the logins of a file are for its machines, default for the roots alone, and --auth wins', () => {
  const machines = [
    { machine: 'a.test', user: 'a', password: '1' },
    { machine: 'a.test', user: 'late', password: '2' },
    { machine: 'b.test', user: 'b', password: '3' },
    { machine: null, user: 'any', password: '4' },
  ];
  const roots = ['http://a.test:81/', 'http://c.test/'];
  assert.deepEqual(loginsOf({ roots }, machines), {
    ...{ 'http://a.test:81': 'a:1', 'https://a.test': 'a:1', 'https://b.test': 'b:3' },
    ...{ 'http://c.test': 'any:4', 'https://c.test': 'any:4' },
  });
  assert.deepEqual(loginsOf({ roots: ['https://c.test/', 'http://a.test/'] }, machines), {
    ...{ 'https://a.test': 'a:1', 'https://b.test': 'b:3', 'https://c.test': 'any:4' },
  });
  assert.equal(loginsOf({ roots, auth: ['me:5'] }, machines)['http://a.test:81'], 'me:5');
});

test('requestFields: a field for one origin is for that one alone, whatever its name', () => {
  const headers = ['https://api.test=Authorization', 'Bearer x', 'HTTP://Api.test:80/=X-Key', '1', 'X-Key', '2'];
  const { headers: open, secrets } = requestFields({ ...NOTHING, headers });
  assert.deepEqual(open, ['X-Key', '2']);
  assert.deepEqual(Object.fromEntries(secrets.own), {
    'https://api.test': ['Authorization', 'Bearer x'],
    'http://api.test': ['X-Key', '1'],
  });
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

test('withheldFrom: names each secret of the roots that does not go there, once', () => {
  const headers = ['Cookie', '1', 'Cookie', '2', 'X', '3'];
  const given = requestFields({ ...NOTHING, headers, auth: ['a:b', 'https://own.test=c:d'] });
  assert.deepEqual(withheldFrom(given, 'http://a.test/x'), []);
  assert.deepEqual(withheldFrom(given, 'https://a.test/x'), []);
  assert.deepEqual(withheldFrom(given, 'https://www.a.test/x'), ['Cookie', 'Authorization']);
  assert.deepEqual(withheldFrom(given, 'https://own.test/x'), ['Cookie']);
});

test('requestFields: very many roots, and logins of very many machines, cost no more each than few', async () => {
  const many = (size: number, host: string): string[] => Array.from({ length: size }, (_, at) => `${host}${at}.test/`);
  const rootsOf = (host: string): Reader<readonly string[]> => ({
    name: host,
    make: (size) => many(size, host),
    read: (roots) => requestFields({ ...NOTHING, roots }),
    size: 4_000,
  });
  const ofMachines: Reader<readonly MachineLogin[]> = {
    name: 'machines',
    make: (size) => many(size, 'm').map((machine) => ({ machine, user: 'a', password: 'b' })),
    read: (machines) => requestFields({ ...NOTHING, roots: many(machines.length, 'http://h') }, machines),
    size: 1_000,
  };
  for (const measured of [await costs(rootsOf('http://h')), await costs(rootsOf('https://h')), await costs(ofMachines)])
    assert.equal(isSteep(measured), false, String(measured));
});
