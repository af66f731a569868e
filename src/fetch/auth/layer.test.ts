import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { type DigestGate, type DigestWishes, digestGate } from '../../../test/helpers/digest-server.ts';
import { ask, fetcherFor } from '../../../test/helpers/raw-server.ts';
import { type Site, serveSite } from '../../../test/helpers/site.ts';
import type { Outcome } from '../../base/contracts.ts';
import type { Fetcher } from '../fetch.ts';
import type { LoginRules } from './layer.ts';

const NO_CURL = spawnSync('curl', ['--version']).error === undefined ? false : 'there is no curl on this machine';
const ME = { user: 'me', password: 's: "3cret' };

interface Asking extends AsyncDisposable {
  readonly gate: DigestGate;
  readonly fetcher: Fetcher;
  readonly site: Site;
  readonly told: string[];
  /** The statuses of requests one after the other, as `gossamer fetch` makes them. */
  of(...paths: string[]): Promise<number[]>;
  /** One request as a crawl makes it. */
  once(path: string): Promise<Outcome>;
}

async function asking(wishes: Partial<DigestWishes>, rules: Partial<LoginRules> = {}, login = ME): Promise<Asking> {
  const gate = digestGate({ ...ME, ...wishes });
  const site = await serveSite((_, response, request) => {
    if (gate.admits(request, response)) response.end('in');
  });
  const told: string[] = [];
  const logins = new Map([[site.root.slice(0, -1), login]]);
  const onRefused = (_: string, what: string): void => void told.push(what);
  const fetcher = fetcherFor({ login: { logins, digestAlone: true, onRefused, ...rules } });
  return {
    ...{ gate, fetcher, site, told },
    async of(...paths) {
      const statuses: number[] = [];
      for (const path of paths) statuses.push((await ask(fetcher, `${site.root}${path}`)).status);
      return statuses;
    },
    once: (path) => fetcher.receive({ url: `${site.root}${path}`, method: 'GET' }, new AbortController().signal),
    async [Symbol.asyncDispose]() {
      await fetcher.close();
      await site[Symbol.asyncDispose]();
    },
  };
}

const KINDS: readonly Partial<DigestWishes>[] = [
  {},
  { algorithm: 'MD5' },
  { algorithm: 'MD5-sess' },
  { algorithm: 'SHA-256', qop: 'auth-int,auth' },
  { algorithm: 'SHA-256-sess' },
  { qop: null },
  { realm: 'a "quoted", \\ place' },
];

test('loginLayer: every kind of Digest costs one 401 for an origin, and each request has the next number', async () => {
  const more: Partial<DigestWishes>[] = [{ algorithm: 'SHA-512-256' }, { algorithm: 'SHA-512-256-sess' }];
  for (const wishes of [...KINDS, ...more, { more: 'userhash=true' }]) {
    await using asked = await asking(wishes);
    const statuses = await asked.of('a', 'b?x=1&y="2"', '', 'a');
    assert.deepEqual(statuses, [200, 200, 200, 200], JSON.stringify(wishes));
    assert.equal(asked.gate.refused, 1);
  }
});

test('loginLayer: a user and a password beyond ASCII', async () => {
  const login = { user: 'jäs 木', password: 'ø:π' };
  for (const more of ['', 'charset=UTF-8', 'charset=UTF-8, userhash=true']) {
    await using asked = await asking({ ...login, more }, {}, login);
    assert.deepEqual(await asked.of('a', 'b'), [200, 200], more);
  }
});

test('curl --digest is let in by the same gate', { skip: NO_CURL }, async () => {
  const run = promisify(execFile);
  await Promise.all(
    KINDS.map(async (wishes) => {
      await using asked = await asking(wishes);
      const words = ['-s', '-o', '/dev/null', '-w', '%{http_code}', '--digest', '-u', `${ME.user}:${ME.password}`];
      assert.equal((await run('curl', [...words, `${asked.site.root}a?b=c`])).stdout, '200', JSON.stringify(wishes));
    }),
  );
});

test('loginLayer: an old nonce costs one request more, a named next one costs nothing', async () => {
  await using old = await asking({ uses: 2 });
  assert.deepEqual(await old.of('a', 'b', 'c', 'd', 'e'), [200, 200, 200, 200, 200]);
  assert.equal(old.gate.refused, 3);
  assert.deepEqual(old.told, []);
  await using next = await asking({ uses: 1, namesNext: true, algorithm: 'SHA-256' });
  assert.deepEqual(await next.of('a', 'b', 'c', 'd', 'e'), [200, 200, 200, 200, 200]);
  assert.equal(next.gate.refused, 1);
});

test('loginLayer: where each nonce is good once, many requests at a time all get through', async () => {
  await using asked = await asking({ uses: 1 });
  const paths = Array.from({ length: 12 }, (_, at) => `p${at}`);
  const outcomes = await Promise.all(paths.map((path) => ask(asked.fetcher, `${asked.site.root}${path}`)));
  assert.deepEqual(new Set(outcomes.map(({ status }) => status)), new Set([200]));
  const again = await Promise.all(paths.map((path) => ask(asked.fetcher, `${asked.site.root}${path}`)));
  assert.deepEqual(new Set(again.map(({ status }) => status)), new Set([200]));
});

test('loginLayer: a response that asks is marked, and no request is made that nobody wanted', async () => {
  await using asked = await asking({});
  const first = await asked.once('a');
  assert.deepEqual([first.status, first.isChallenge, first.error], [401, true, null]);
  assert.equal(first.detail, 'the server asks who it is: asked again with Digest');
  assert.equal(asked.site.log.length, 1);
  const second = await asked.once('a');
  assert.deepEqual([second.status, second.isChallenge, asked.site.log.length], [200, undefined, 2]);
});

test('loginLayer: a wrong password is sent once, told once, and each row says why', async () => {
  for (const wishes of [{}, { others: ['Basic realm="a place"'] }]) {
    await using asked = await asking(
      wishes,
      { digestAlone: wishes.others === undefined },
      { user: 'me', password: 'no' },
    );
    const refused = await ask(asked.fetcher, `${asked.site.root}a`);
    const scheme = wishes.others === undefined ? 'Digest' : 'Basic';
    const what = `the server refuses the user or the password (${scheme}, realm "a place")`;
    assert.deepEqual([refused.status, refused.isChallenge, refused.detail], [401, undefined, what]);
    const later = await ask(asked.fetcher, `${asked.site.root}b`);
    assert.equal(later.detail, 'no password was sent: the server refused it before');
    assert.deepEqual(await asked.of('c', 'a'), [401, 401]);
    assert.equal(asked.gate.came.length, 1);
    assert.deepEqual(asked.told, [what]);
  }
});

test('loginLayer: Basic goes at once, Digest takes its place, and with --digest Basic is never sent', async () => {
  await using basic = await asking({}, { digestAlone: false });
  assert.deepEqual(await basic.of('a', 'b'), [200, 200]);
  assert.deepEqual(
    basic.gate.came.map((field) => field.split(' ')[0]),
    ['Basic', 'Digest', 'Digest'],
  );
  await using both = await asking({
    others: ['Negotiate, Basic realm="x"', 'Digest realm="x", nonce="n", algorithm=SHA-1'],
  });
  assert.deepEqual(await both.of('a', 'b'), [200, 200]);
  assert.ok(both.gate.came.every((field) => field.startsWith('Digest ')));
});

test('loginLayer: what cannot be answered is told on the row, and nothing is sent', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['Digest realm="r", nonce="n", qop="auth-int"', /asks for Digest with qop="auth-int" alone/],
    ['Digest realm="r", nonce="n", algorithm=X', /asks for Digest with the algorithm "X", which is not known here$/],
    ['Negotiate, Basic realm="r"', /asks for negotiate, Basic, which --digest does not send$/],
    ['', /asks for nothing that it names$/],
  ];
  for (const [field, told] of cases) {
    await using site = await serveSite(
      (_, response) => void response.writeHead(401, { 'www-authenticate': field }).end(),
    );
    const logins = new Map([[site.root.slice(0, -1), ME]]);
    await using fetcher = fetcherFor({ login: { logins, digestAlone: true } });
    const { status, detail } = await ask(fetcher, site.root);
    assert.equal(status, 401);
    assert.match(detail, told);
    assert.equal(site.log.length, 1);
  }
});

test('loginLayer: a server that calls every nonce stale is asked three times for one URL, and then refuses', async () => {
  const came: string[] = [];
  await using site = await serveSite((_, response, request) => {
    came.push(request.headers.authorization ?? '');
    response
      .writeHead(401, { 'www-authenticate': `Digest realm="r", nonce="n${came.length}", stale=true, qop=auth` })
      .end();
  });
  await using fetcher = fetcherFor({ login: { logins: new Map([[site.root.slice(0, -1), ME]]), digestAlone: true } });
  assert.equal((await ask(fetcher, site.root)).status, 401);
  assert.deepEqual([came.length, (await ask(fetcher, site.root)).status, came.length], [3, 401, 4]);
  assert.equal(came.at(-1), '');
});

test('loginLayer: two realms of one origin, of which one refuses the password, and the domain of a third', async () => {
  const one = digestGate({ ...ME, realm: 'one' });
  const two = digestGate({ ...ME, password: 'other', realm: 'two' });
  const three = digestGate({ ...ME, realm: 'three', more: 'domain="/c/ /d/ http://elsewhere.test/"' });
  const open: string[] = [];
  await using site = await serveSite((path, response, request) => {
    const gate = /^\/[cd]\//.test(path) ? three : path.startsWith('/b/') ? two : path.startsWith('/a/') ? one : null;
    if (gate === null) open.push(request.headers.authorization ?? '');
    if (gate === null || gate.admits(request, response)) response.end('in');
  });
  await using fetcher = fetcherFor({ login: { logins: new Map([[site.root.slice(0, -1), ME]]), digestAlone: true } });
  const statusOf = async (path: string): Promise<number> => (await ask(fetcher, `${site.root}${path}`)).status;
  for (const path of ['c/1', 'c/2', 'd/3', 'a/1', 'a/2', 'c/4']) assert.equal(await statusOf(path), 200, path);
  assert.deepEqual([three.refused, one.refused], [1, 1]);
  for (const path of ['b/1', 'b/2', 'b/3']) assert.equal(await statusOf(path), 401, path);
  assert.equal(two.came.length, 1);
  assert.equal(await statusOf('a/3'), 200);
  await statusOf('other');
  assert.deepEqual(open, ['']);
});

test('loginLayer: Basic that was let through elsewhere is doubted once, and a realm that takes it keeps it', async () => {
  const came: string[] = [];
  await using site = await serveSite((path, response, request) => {
    const field = request.headers.authorization ?? '';
    came.push(`${path} ${field === '' ? '-' : 'Basic'}`);
    const isForOthers = path.startsWith('/admin/');
    if (path === '/' || (field !== '' && !isForOthers)) response.end('in');
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="all"' }).end();
  });
  const logins = new Map([[site.root.slice(0, -1), ME]]);
  await using fetcher = fetcherFor({ login: { logins, digestAlone: false } });
  const statusOf = async (path: string): Promise<number> => (await ask(fetcher, `${site.root}${path}`)).status;
  assert.deepEqual([await statusOf(''), await statusOf('admin/x')], [200, 401]);
  assert.deepEqual([await statusOf('in/1'), await statusOf('in/2'), await statusOf('admin/y')], [200, 200, 401]);
  assert.deepEqual(came, [
    ...['/ Basic', '/admin/x Basic', '/in/1 -', '/in/1 Basic', '/in/2 Basic', '/admin/y -', '/admin/y Basic'],
  ]);
});

test('loginLayer: of many requests at a time one tries the password; the others wait for what comes of it', async () => {
  for (const password of [ME.password, 'wrong']) {
    await using asked = await asking({}, {}, { ...ME, password });
    await asked.once('first');
    const paths = Array.from({ length: 10 }, (_, at) => `p${at}`);
    const wave = await Promise.all(paths.map((path) => asked.once(path)));
    assert.equal(asked.gate.came.length, 1);
    const waited = wave.slice(1);
    const isRight = password === ME.password;
    assert.deepEqual([wave[0]!.status, wave[0]!.isChallenge], isRight ? [200, undefined] : [401, undefined]);
    for (const { status } of waited) assert.equal(status, 401);
    const later = await Promise.all(['first', ...paths].map((path) => ask(asked.fetcher, `${asked.site.root}${path}`)));
    for (const { status } of later) assert.equal(status, isRight ? 200 : 401);
    assert.equal(asked.gate.came.length, isRight ? 12 : 1);
    assert.equal(asked.told.length, isRight ? 0 : 1);
  }
});
