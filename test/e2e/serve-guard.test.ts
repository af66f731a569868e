// Who may ask the server of the page, and what a hostile page in the user's browser cannot do.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { JobsAnswer, SessionAnswer, StoryAnswer } from '../../src/serve/api.ts';
import { serve } from '../../src/serve/serve.ts';
import { crawledTo, jobFolders } from '../helpers/job-folders.ts';
import { rawRequest, serving } from '../helpers/served.ts';
import { serveSite } from '../helpers/site.ts';

const newFolder = jobFolders('serve-guard');

async function servedJob() {
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    if (path === '/moved') response.writeHead(302, { location: '/page' }).end();
    else if (path === '/page')
      response.end('<title>P</title><script src=/x.js></script><a href=/>home</a><a href="http://other.test/x">o</a>');
    else response.end('<title>H</title><a href=/page onclick="steal()">p</a><a href=/moved>m</a><img src=/i.png>');
  });
  const job = newFolder();
  await crawledTo(job, site.root);
  const asking = await serving([job]);
  const { jobs } = await asking.get<JobsAnswer>('/api/jobs');
  return { asking, root: site.root, base: `/api/jobs/${jobs[0]!.id}` };
}

test('serve: only who names this server and knows the token gets an answer', async () => {
  const { asking, base } = await servedJob();
  await using _ = asking;
  const { origin, token } = asking.served;
  const { host, port } = new URL(origin);
  const authorization = `Bearer ${token}`;
  const statusOf = async (headers: Readonly<Record<string, string>>, path = base, method = 'GET'): Promise<number> =>
    (await rawRequest(origin, path, headers, method, method === 'POST' ? '{}' : '')).status;

  assert.equal(await statusOf({ host, authorization }), 200);
  assert.equal(await statusOf({ host: `localhost:${port}`, authorization }), 200);
  // A name of the attacker that leads to 127.0.0.1, with and without the right port.
  for (const foreign of [
    `evil.test:${port}`,
    'evil.test',
    `127.0.0.1.evil.test:${port}`,
    '127.0.0.1',
    `127.0.0.1:${Number(port) + 1}`,
  ]) {
    assert.equal(await statusOf({ host: foreign, authorization }), 403, foreign);
    assert.equal(await statusOf({ host: foreign }, '/metrics'), 403, foreign);
  }
  for (const path of ['http://evil.test/api/jobs', '//evil.test/api/jobs', '*', `http://${host}/api/jobs`]) {
    assert.equal(await statusOf({ host, authorization }, path), 400, path);
  }
  // Another server on this machine may set a cookie of our name.
  const cookies = `gossamer-${port}=tossed; gossamer-${port}=${token}`;
  assert.equal(await statusOf({ host, cookie: cookies }), 200);
  assert.equal(await statusOf({ host, cookie: cookies, authorization: 'Bearer wrong' }), 401);
  assert.equal(await statusOf({ host, authorization: `bearer ${token}` }), 200, 'RFC 9110, section 11.1');
  assert.equal(await statusOf({ host }), 401);
  assert.equal(await statusOf({ host, authorization: 'Bearer wrong' }), 401);
  assert.equal(await statusOf({ host, cookie: `gossamer-${port}=wrong` }), 401);
  assert.equal(await statusOf({ host }, '/?token=wrong'), 401);
  assert.equal(await statusOf({ host }, '/metrics'), 200);
});

test('serve: the token becomes a cookie, and a change needs the token of the page too', async () => {
  const { asking, base } = await servedJob();
  await using _ = asking;
  const { origin, token } = asking.served;
  const { host } = new URL(origin);
  const first = await rawRequest(origin, `/?token=${token}`, { host });
  assert.deepEqual([first.status, first.headers['location']], [303, '/']);
  const [set] = first.headers['set-cookie'] as string[];
  assert.match(set!, /; HttpOnly; SameSite=Strict; Path=\//);
  const cookie = set!.split(';')[0]!;
  const session = await rawRequest(origin, '/api/session', { host, cookie });
  const { postToken } = JSON.parse(session.text) as SessionAnswer;
  assert.equal(session.headers['access-control-allow-origin'], undefined);
  assert.equal(session.headers['x-content-type-options'], 'nosniff');

  const json = { host, cookie, 'content-type': 'application/json' };
  const posted = async (headers: Readonly<Record<string, string>>, body = '{"pattern":"x"}'): Promise<number> =>
    (await rawRequest(origin, `${base}/exclusions/preview`, headers, 'POST', body)).status;
  const good = { ...json, 'x-gossamer-token': postToken, origin };
  assert.equal(await posted(good), 200);
  assert.equal(await posted({ ...json, origin }), 403, 'without the token');
  assert.equal(await posted({ ...good, 'x-gossamer-token': 'wrong' }), 403);
  for (const foreign of ['http://evil.test', 'null', origin.replace('http:', 'https:'), asking.served.viewOrigin]) {
    assert.equal(await posted({ ...good, origin: foreign }), 403, foreign);
  }
  assert.equal(await posted({ ...good, 'sec-fetch-site': 'cross-site' }), 403);
  assert.equal(await posted({ ...good, 'content-type': 'text/plain' }), 400, 'what a form can send');
  assert.equal(await posted(good, 'not json'), 400);
  assert.equal(await posted(good, '[1]'), 400);
  assert.equal(await posted(good, `{"pattern":"${'x'.repeat(100_000)}"}`), 400);
  for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    assert.equal((await rawRequest(origin, `${base}/pause`, good, method)).status, 405, method);
  }
  assert.equal((await rawRequest(origin, `${base}/pause`, { host, cookie })).status, 405, 'GET changes nothing');
});

test('serve: an archived page is in a sandbox on another origin, its links stay inside', async () => {
  const { asking, base, root } = await servedJob();
  await using _ = asking;
  const { origin, viewOrigin } = asking.served;
  assert.notEqual(new URL(origin).port, new URL(viewOrigin).port);
  const story = await asking.get<StoryAnswer>(`${base}/url?url=${encodeURIComponent(root)}`);
  const { host } = new URL(viewOrigin);
  const show = (url: string, headers: Readonly<Record<string, string>> = { host }) =>
    rawRequest(viewOrigin, url.replace(viewOrigin, ''), headers);
  const page = await show(story.viewUrl!);
  assert.equal(page.status, 200);
  const policy = String(page.headers['content-security-policy']);
  assert.match(policy, /^sandbox; default-src /);
  assert.match(policy, /script-src 'none'/);
  assert.ok(policy.includes(`frame-ancestors http://127.0.0.1:${new URL(viewOrigin).port}`));
  assert.equal(page.headers['x-content-type-options'], 'nosniff');
  assert.match(page.text, /captured \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
  const links = [...page.text.matchAll(/(?:href|src)="?([^"\s>]+)/g)].map(([, link]) => link!);
  assert.equal(links.length, 3);
  for (const link of links) assert.match(link, /^[\w-]+$/, 'relative, in one folder');

  const folder = story.viewUrl!.replace(/[^/]+$/, '');
  const [toPage, toMoved, toImage] = links as [string, string, string];
  assert.match((await show(folder + toPage)).text, /<title>P<\/title>/);
  const moved = await show(folder + toMoved);
  assert.deepEqual([moved.status, moved.headers['location']], [302, toPage]);
  const missing = await show(folder + toImage);
  assert.equal(missing.status, 404);
  assert.match(missing.text, /Not archived/);
  assert.match(
    (await show(folder.replace('/v/', '/s/') + toPage)).headers['content-security-policy'] as string,
    /^sandbox allow-scripts; /,
  );

  assert.equal((await show(story.viewUrl!, { host: `evil.test:${new URL(viewOrigin).port}` })).status, 403);
  assert.equal((await show(story.viewUrl!.replace(/\/[\w-]{32}\//, '/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/'))).status, 404);
  assert.equal((await show(`${folder}../../api/jobs`)).status, 404);
  assert.equal((await show(folder + Buffer.from('javascript:alert(1)').toString('base64url'))).status, 404);
  const hostile = Buffer.from('http://x.test/<script>alert(1)</script>').toString('base64url');
  assert.ok(!(await show(folder + hostile)).text.includes('<script>'));
});

test('serve: on the last port the archived pages get another one', async () => {
  const places = { jobs: [], parents: [newFolder()], store: null };
  const asked = { places, own: null, address: 'LOCALHOST', onBusy: () => {} };
  await using served = await serve({ ...asked, port: 65_535 }).catch(() => serve({ ...asked, port: 0 }));
  assert.notEqual(served.origin, served.viewOrigin);
  assert.match(served.origin, /^http:\/\/127\.0\.0\.1:/);
});

test('serve: a port that is taken is told, and the next one is tried', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const busy: number[] = [];
  const places = { jobs: [], parents: [newFolder()], store: null };
  await using served = await serve({
    places,
    own: null,
    address: '127.0.0.1',
    port,
    onBusy: (each) => busy.push(each),
  });
  assert.equal(busy[0], port);
  assert.notEqual(new URL(served.origin).port, String(port));
  taken.close();
});
