// Whole crawls with a password: a site behind Digest, killed and resumed, each request at the pace of its host; and
// where logins and tokens go.

import assert from 'node:assert/strict';
import { createReadStream, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { WARCParser } from 'warcio';
import type { Request } from '../../src/base/contracts.ts';
import { allOf } from '../../src/base/paged.ts';
import { apacheDigest, NO_APACHE } from '../helpers/apache-digest.ts';
import { certificateMaker, NO_OPENSSL } from '../helpers/certificates.ts';
import { digestGate } from '../helpers/digest-server.ts';
import { gossamer, severally, startGossamer } from '../helpers/gossamer.ts';
import { crawledTo, jobFolders, reading } from '../helpers/job-folders.ts';
import { rawServer } from '../helpers/raw-server.ts';
import { serveSite } from '../helpers/site.ts';

const newJob = jobFolders('digest');
const PAGES = 30;
const paths = Array.from({ length: PAGES }, (_, at) => `/p${at}`);
const links = paths.map((path) => `<a href="${path}">x</a>`).join('');

async function rowsOf(job: string): Promise<string[]> {
  const rows = await reading(job, (ledger) => allOf(ledger.rows.all()));
  return rows.map(({ url, state, status, tries }) => `${new URL(url).pathname} ${state} ${status} ${tries}`).sort();
}

/** The text of each response of the archive with its URL, as warcio reads them. */
async function responsesOf(job: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const file of globSync('archive/*.warc.gz', { cwd: job }))
    for await (const record of new WARCParser(createReadStream(join(job, file)) as never)) {
      if (record.warcType !== 'response') continue;
      const { pathname } = new URL(record.warcTargetURI!);
      const isPage = pathname === '/' || paths.includes(pathname);
      assert.ok(!isPage || !found.has(pathname), `${pathname} is there once`);
      found.set(pathname, `${record.httpHeaders!.statusline} ${await record.contentText()}`);
    }
  return found;
}

function textsOf(job: string): string {
  const archive = globSync('archive/*.warc.gz', { cwd: job }).map((file) => gunzipSync(readFileSync(join(job, file))));
  const others = ['gossamer.db', 'logs/gossamer.jsonl'].map((file) => readFileSync(join(job, file)));
  return Buffer.concat([...archive, ...others]).toString('latin1');
}

const EXPECTED = ['/', ...paths].map((path) => `${path} done 200 1`).sort();

test('crawl: a site behind Digest is crawled whole, killed and resumed, and its archive has the pages alone', async () => {
  // A nonce is good for seven requests, and robots.txt is behind the same door.
  const gate = digestGate({ user: 'me', password: 'let-me-in', algorithm: 'SHA-256', uses: 7 });
  await using site = await serveSite(
    (path, response, request) => {
      if (!gate.admits(request, response)) return;
      response.setHeader('content-type', 'text/html');
      response.end(path === '/' ? `${links}<a href="/private">x</a>` : path);
    },
    (_, response, request) => (gate.admits(request, response) ? 'User-agent: *\nDisallow: /private\n' : undefined),
  );
  const job = newJob();
  const command = ['crawl', site.root, '-o', job, '--auth', 'me:let-me-in', '--digest', '--no-sitemaps', '-q'];
  const first = startGossamer(command);
  site.onRequest = (_, count) => {
    if (count > 20) first.child.kill('SIGKILL');
  };
  assert.equal((await first.finished).signal, 'SIGKILL');
  site.onRequest = () => {};
  const { code, stderr } = await gossamer(command);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await rowsOf(job), ['/private skipped null 0', ...EXPECTED].sort());
  assert.ok(site.log.every(({ path }) => path !== '/private'));
  const responses = await responsesOf(job);
  for (const path of paths) assert.equal(responses.get(path), `HTTP/1.1 200 OK ${path}`);
  assert.match(responses.get('/')!, /^HTTP\/1\.1 200 OK <a /);
  const texts = textsOf(job);
  assert.doesNotMatch(texts, /let-me-in|nonce="[^"]*", nc=/);
  assert.match(texts, /Authorization: \[redacted\]/);
  assert.equal((await gossamer(['verify', job])).code, 0);
});

test('crawl: Apache with mod_auth_digest is crawled whole, in two runs', { skip: NO_APACHE }, async () => {
  const files = new Map([['index.html', paths.map((path) => `<a href="${path}.html">x</a>`).join('')]]);
  for (const path of paths) files.set(`${path.slice(1)}.html`, path);
  await using apache = await apacheDigest(files, 'me', 'let-me-in');
  const job = newJob();
  const options = { auth: 'me:let-me-in', digest: true, hostConcurrency: 1 };
  const first = await crawledTo(job, apache.root, { ...options, limit: 10 });
  assert.equal(first.stoppedBy, 'limit');
  await crawledTo(job, apache.root, options);
  assert.deepEqual(
    (await rowsOf(job)).map((row) => row.replace('.html', '')),
    EXPECTED,
  );
  const refused = apache.log().filter((line) => line.startsWith('401'));
  // Each run learns the nonce once.
  assert.equal(refused.length, 2, refused.join());
});

test('crawl: the 401 of a handshake keeps the delay of its host, costs no try and counts once', async () => {
  const times: number[] = [];
  const gate = digestGate({ user: 'me', password: 'x' });
  await using site = await serveSite((path, response, request) => {
    if (gate.admits(request, response))
      response.setHeader('content-type', 'text/html').end(path === '/' ? links : path);
  });
  const job = newJob();
  const onRequest = (request: Request): Request => {
    times.push(performance.now());
    return request;
  };
  const options = { auth: 'me:x', digest: true, delayMs: 60, limit: 2, retries: 0, onRequest };
  const summary = await crawledTo(job, site.root, options);
  // With robots.txt, which is asked first.
  assert.deepEqual([summary.urls.done, summary.requests, times.length], [2, 4, 4]);
  for (const [at, time] of times.slice(1).entries()) assert.ok(time - times[at]! > 59, `${time - times[at]!} ms`);
  assert.deepEqual((await rowsOf(job)).slice(0, 2), ['/ done 200 1', '/p0 done 200 1']);
});

test('crawl: a password that is refused is told once, on the row and on the terminal, and not sent again', async () => {
  const came: (string | undefined)[] = [];
  await using site = await serveSite((path, response, request) => {
    if (path === '/') return void response.setHeader('content-type', 'text/html').end(links);
    came.push(request.headers.authorization);
    response.writeHead(401, { 'www-authenticate': 'Digest realm="r", nonce="n", qop="auth"' }).end('no');
  });
  const job = newJob();
  const words = ['crawl', site.root, '-o', job, '--auth', 'me:let-me-in', '--digest', '--host-concurrency', '1'];
  const whys = [0, 1].map((at) => ['why', `${site.root}p${at}`, job]);
  const { stdout, stderr } = await severally([[...words, '--no-sitemaps'], ...whys]);
  assert.deepEqual(stderr.match(/^= .*$/gm), ['= crawl 0', '= why 0', '= why 0']);
  const what = 'the server refuses the user or the password (Digest, realm "r")';
  assert.equal(stderr.split(`${site.root.slice(0, -1)}: ${what}. It is not sent there again in this run.`).length, 2);
  assert.equal(came.filter(Boolean).length, 1);
  assert.equal(came.length, PAGES + 1);
  assert.match(stdout, /p0\n.*\n +detail +no password was sent: the server refused it before\n/);
  assert.match(stdout, /tries +\S+ {2}status 401\n +\S+ {2}status 401, \d+ ms/);
  assert.ok(stdout.includes(`detail    ${what}\n`), stdout);
  assert.equal(textsOf(job).match(/"event":"login-refused"/g)?.length, 1);
});

test('crawl: logins and tokens go to their own origin, over no redirect and not from https to http', {
  skip: NO_OPENSSL,
}, async () => {
  const answer = (html: string) => (_: unknown, head: string) => {
    const path = head.split(' ')[1]!;
    const [, to] = /^\/to\?(.*)$/.exec(path) ?? [];
    if (to !== undefined) return `HTTP/1.1 302 Found\r\nLocation: ${to}\r\nContent-Length: 0\r\n\r\n`;
    const body = path === '/' ? html : '';
    return `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
  const home = newJob();
  mkdirSync(home);
  const certificate = certificateMaker(home).certificate('127.0.0.1');
  await using plain = await rawServer(answer(''));
  await using api = await rawServer(answer(''), '127.0.0.1', certificate);
  const html = [`${api.url}x`, `${plain.url}y`, `/to?${api.url}z`, `/to?${plain.url}z`, `${api.url}to?${plain.url}w`];
  await using own = await rawServer(
    answer(html.map((url) => `<a href="${url}">x</a>`).join('')),
    '127.0.0.1',
    certificate,
  );
  const headers = [`${api.url.slice(0, -1)}=Authorization`, 'Bearer of-api', `${api.url}=X-Key`, 'key-of-api'];
  await crawledTo(newJob(), own.url, { auth: ['me:own'], headers, scope: 'any', insecure: true, robots: false });
  const sentTo = ({ requests }: typeof own): string[] => [
    ...new Set(requests.map(({ head }) => head.match(/^(?:Authorization|X-Key|Referer): .*(?=\r)/gim)?.join() ?? '')),
  ];
  assert.deepEqual(sentTo(own), [`Authorization: Basic ${Buffer.from('me:own').toString('base64')}`]);
  assert.deepEqual(sentTo(api), ['Authorization: Bearer of-api,X-Key: key-of-api']);
  assert.deepEqual(sentTo(plain), ['']);
  assert.ok(plain.requests.length >= 3 && api.requests.length >= 3);
});

test('crawl, fetch --netrc: the login of the machine; a file that is none or that others can read is told', async () => {
  const came: string[] = [];
  await using site = await serveSite((_, response, request) => {
    came.push(request.headers.authorization ?? '');
    response.end('x');
  });
  const home = newJob();
  mkdirSync(home);
  const file = join(home, '.netrc');
  writeFileSync(file, 'machine 127.0.0.1\n  login me\n  password "let me in"\n', { mode: 0o644 });
  const basic = `Basic ${Buffer.from('me:let me in').toString('base64')}`;
  const bad = join(home, 'bad');
  writeFileSync(bad, 'machine 127.0.0.1 login');
  const words = ['crawl', site.root, '--store', 'memory:', '--no-sitemaps'];
  const commands = [
    ['fetch', site.root, '--netrc', '-q'],
    [...words, '--netrc-file', file],
    [...words, '--netrc-file', bad],
    ['fetch', site.root, '--netrc-file', join(home, 'nobody')],
  ];
  const { stderr } = await severally(commands, { HOME: home });
  assert.deepEqual(stderr.match(/^= .*$/gm), ['= fetch 0', '= crawl 0', '= crawl 2', '= fetch 2']);
  assert.ok(stderr.includes(`${file} can be read by others on this machine: chmod 600 ${file}\n`), stderr);
  assert.ok(stderr.includes(`gossamer: --netrc: ${bad}, line 1: nothing follows "login".\n`), stderr);
  assert.match(stderr, /gossamer: --netrc: .*nobody cannot be read: /);
  await crawledTo(newJob(), site.root, { netrcFile: file, auth: 'you:x' });
  assert.deepEqual(came, [basic, basic, `Basic ${Buffer.from('you:x').toString('base64')}`]);
});
