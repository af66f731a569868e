// gossamer login: the form of a page, as a person fills it in, and a crawl behind it.

import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { UsageError } from '../../src/base/errors.ts';
import { type AskField, logIn } from '../../src/job/login.ts';
import { resolveOptions } from '../../src/options/options.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { crawledTo, jobFolders } from '../helpers/job-folders.ts';
import { type Site, serveSite } from '../helpers/site.ts';

const newJob = jobFolders('login');

const FORM = `<form action="/search"><input name=q></form>
  <form method=post action="do?step=1"><input type=hidden name=token value="a&amp;b"><input name=user>
  <input type=password name=password><input type=checkbox name=keep checked><input type=checkbox name=not>
  <button name=go value=in>Log in</button><button name=help>Help</button></form>`;

/** A site whose pages are for those that have logged in; `sent` has what the form was sent with. */
async function membersOnly(sent: string[]): Promise<Site> {
  const bodyOf = async (request: IncomingMessage): Promise<string> => Buffer.concat(await request.toArray()).toString();
  return await serveSite(async (path, response, request) => {
    response.setHeader('content-type', 'text/html');
    if (path === '/login') {
      response.setHeader('set-cookie', 'visit=7; path=/');
      response.end(FORM);
    } else if (path === '/do?step=1') {
      const body = await bodyOf(request);
      sent.push(`${request.method} ${body} ${request.headers.cookie}`);
      const isRight = new URLSearchParams(body).get('password') === 'p ä&w';
      if (!isRight) response.end(FORM);
      else response.writeHead(303, { location: '/members', 'set-cookie': 'sid=in; path=/; HttpOnly' }).end();
    } else if (request.headers.cookie?.includes('sid=in') !== true)
      response.writeHead(302, { location: '/login' }).end();
    else response.end(path === '/members' ? '<a href=/one>1</a><a href=/two>2</a><a href=/logout>out</a>' : 'a page');
  });
}

test('gossamer login: sends the form with all that is in it, keeps the cookies, and a crawl is let in', async () => {
  const sent: string[] = [];
  await using site = await membersOnly(sent);
  const file = `${newJob()}.txt`;
  const password = `${file}.password`;
  writeFileSync(password, 'p ä&w\n');
  const given = ['--form', 'user=me', '--form', `password=@${password}`, '--save', file];
  const { code, stderr } = await gossamer(['login', `${site.root}login`, ...given]);
  assert.deepEqual(
    [code, stderr],
    [0, `Let in at ${site.root}members. The cookies are in ${file}: give them with --cookies ${file}\n`],
  );
  assert.deepEqual(sent, ['POST token=a%26b&user=me&password=p+%C3%A4%26w&keep=on&go=in visit=7']);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const before = site.log.length;
  const summary = await crawledTo(newJob(), `${site.root}members`, { cookieFile: file });
  assert.deepEqual([summary.urls.done, summary.urls.skipped], [3, 1]);
  assert.deepEqual(
    site.log
      .slice(before)
      .map(({ path }) => path)
      .sort(),
    ['/members', '/one', '/two'],
  );
});

test('logIn: a form that is sent as multipart/form-data', async () => {
  const fields: unknown[] = [];
  await using site = await serveSite(async (_, response, request) => {
    response.setHeader('content-type', 'text/html');
    if (request.method !== 'POST')
      return void response.end(
        "<form method=post enctype=multipart/form-data><input name='a\"b'><input type=password name=pw></form>",
      );
    const { 'content-type': type = '' } = request.headers;
    const body = Buffer.concat(await request.toArray());
    fields.push(...(await new Response(body, { headers: { 'content-type': type } }).formData()));
    response.setHeader('set-cookie', 'sid=1').end('in');
  });
  const options = resolveOptions({ roots: site.root, saveCookies: `${newJob()}.txt` });
  const given = new Map([
    ['a"b', 'ä\n'],
    ['pw', '--x'],
  ]);
  assert.equal((await logIn(options, given, async () => '')).failure, null);
  assert.deepEqual(fields, [
    ['a"b', 'ä\r\n'],
    ['pw', '--x'],
  ]);
});

test('gossamer login: a wrong password, a missing field, a page without a form, and a strange one save nothing', async () => {
  const sent: string[] = [];
  await using site = await membersOnly(sent);
  await using other = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    const action = path === '/away' ? 'http://elsewhere.test/in' : 'javascript:x';
    response.end(path === '/none' ? '<form><input name=q></form>' : FORM.replace('do?step=1', action));
  });
  const file = `${newJob()}.txt`;
  const cases: readonly (readonly [url: string, given: Readonly<Record<string, string>>, told: RegExp])[] = [
    [`${site.root}login`, { user: 'me', password: 'no' }, /step=1 asks for a password again: nothing was saved\.$/],
    [`${site.root}login`, { user: 'me' }, /^UsageError: password is missing$/],
    [`${other.root}none`, {}, /has no form that asks for a password\. Log in with a browser/],
    [`${other.root}away`, { user: 'a', password: 'b' }, /another site, http:\/\/elsewhere\.test\/in: nothing was sent/],
    [`${other.root}js`, { user: 'a', password: 'b' }, /leads to no URL/],
    ['http://127.0.0.1:9/', {}, /did not answer/],
  ];
  for (const [url, given, told] of cases) {
    const options = resolveOptions({ roots: url, saveCookies: file, allowedPorts: [9] });
    const ask: AskField = async ({ name }) => {
      throw new UsageError(`${name} is missing`);
    };
    const { failure } = await logIn(options, new Map(Object.entries(given)), ask).catch((error) => ({
      failure: String(error),
    }));
    assert.match(failure ?? '', told);
  }
  assert.equal(sent.length, 1);
  const { code, stderr } = await gossamer(['login', `${site.root}login`, '--save', file, '--form', 'user=me']);
  assert.equal(code, 2);
  assert.match(stderr, /asks for password, and there is no terminal: give it with --form password=/);
  assert.equal(existsSync(file), false);
  const away = await gossamer(['login', `${site.root}login`, '--save', `${file}/none/none`]);
  assert.deepEqual([away.code, away.stderr.includes('--save: ')], [2, true]);
});
