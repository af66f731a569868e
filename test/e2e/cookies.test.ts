// Cookies in whole crawls: they are sent back, they survive a kill, they are not in the archive, and a URL that wants
// one first is asked again because of it and for no other reason.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { allOf } from '../../src/base/paged.ts';
import { crawl } from '../../src/index.ts';
import { gossamer, startGossamer } from '../helpers/gossamer.ts';
import { crawledTo, jobFolders, reading } from '../helpers/job-folders.ts';
import { type Answer, serveSite } from '../helpers/site.ts';

const newJob = jobFolders('cookies');

function links(paths: readonly string[]): string {
  return paths.map((path) => `<a href="${path}">x</a>`).join('');
}

function moved(response: ServerResponse, to: string, cookies: readonly string[] = []): void {
  response.writeHead(302, { location: to, 'set-cookie': [...cookies] }).end();
}

/** Each request as its path and its cookies. */
function told(answer: Answer): { readonly asked: string[]; readonly answer: Answer } {
  const asked: string[] = [];
  return {
    asked,
    answer(path, response, request) {
      asked.push(`${path} ${request.headers.cookie ?? ''}`.trim());
      response.setHeader('content-type', 'text/html');
      answer(path, response, request);
    },
  };
}

async function rowsOf(job: string): Promise<[path: string, state: string, why: string | number | null][]> {
  const rows = await reading(job, (ledger) => allOf(ledger.rows.all()));
  return rows.map(({ url, state, error, status }) => [new URL(url).pathname, state, error ?? status]);
}

test('crawl: a URL that redirects to itself is asked again for a cookie that it sets, and for nothing else', async () => {
  const { asked, answer } = told((path, response, request) => {
    const cookie = request.headers.cookie ?? '';
    if (path === '/')
      response.end(links(['/page', '/always', '/count', '/checks', '/utm?utm_source=x', '/stale', '/plain']));
    else if (path === '/plain') moved(response, path);
    else if (path === '/always') moved(response, path, ['always=1; path=/always']);
    else if (path === '/count') moved(response, path, [`n=${asked.length}; path=/count`]);
    else if (path === '/stale' && !cookie.includes('fresh')) moved(response, path, ['fresh=1; path=/stale']);
    else if (path === '/page' && !cookie.includes('consent')) moved(response, path, ['consent=yes; path=/page']);
    else if (path === '/utm?utm_source=x') moved(response, '/utm', cookie.includes('utm') ? [] : ['utm=1; path=/utm']);
    else if (path === '/utm' && !cookie.includes('seen')) moved(response, '/utm?utm_source=x', ['seen=1; path=/utm']);
    else response.end('a page');
  });
  await using site = await serveSite(answer);
  const job = newJob();
  const summary = await crawledTo(job, site.root, { redirectsMax: 4 });
  const of = (path: string): string[] => asked.filter((each) => each.startsWith(path));
  assert.deepEqual(of('/page'), ['/page', '/page consent=yes']);
  assert.deepEqual(of('/always'), ['/always', '/always always=1']);
  assert.deepEqual(of('/plain'), ['/plain']);
  assert.deepEqual(of('/stale'), ['/stale', '/stale fresh=1']);
  assert.deepEqual(of('/utm'), [
    '/utm?utm_source=x',
    '/utm utm=1',
    '/utm?utm_source=x utm=1; seen=1',
    '/utm utm=1; seen=1',
  ]);
  // A new cookie each time is a reason each time, up to the limit of redirects in a row.
  assert.equal(of('/count').length, 5);
  const rows = await rowsOf(job);
  assert.equal(rows.length, 8);
  const why = Object.fromEntries(rows.map(([path, , reason]) => [path, reason]));
  assert.deepEqual(why, {
    ...{ '/': 200, '/page': 200, '/always': 'redirect-loop', '/count': 'redirect-limit' },
    ...{ '/checks': 200, '/utm': 200, '/stale': 200, '/plain': 'redirect-loop' },
  });
  assert.equal(summary.requests, asked.length + 1);
});

/** Both have cookies that lead back: a wall of consent behind each page, and a root that redirects to itself first. */
function consentWall(): ReturnType<typeof told> {
  return told((path, response, request) => {
    const cookie = request.headers.cookie ?? '';
    if (path.startsWith('/consent?')) moved(response, path.slice('/consent?'.length), ['consent=yes; path=/']);
    else if (path === '/loop') moved(response, '/turn');
    else if (path === '/turn') moved(response, '/loop', [`turn=${Math.random()}; path=/`]);
    else if (path === '/' && !cookie.includes('seen')) moved(response, '/', ['seen=1; path=/']);
    else if (!cookie.includes('consent')) moved(response, `/consent?${path}`);
    else response.end(path === '/' ? links(['/one', '/loop', '/two']) : `<title>${path}</title>`);
  });
}

test('crawl: a chain that sets a cookie and comes back leads to the page, one row a URL, also after a kill', async () => {
  const first = consentWall();
  await using site = await serveSite(first.answer);
  const job = newJob();
  await crawledTo(job, site.root, {});
  const expected = [
    ...[
      ['/', 'done', 302],
      ['/consent', 'done', 200],
      ['/loop', 'done', 302],
    ],
    ...[
      ['/one', 'done', 200],
      ['/turn', 'done', 302],
      ['/two', 'done', 200],
    ],
  ];
  assert.deepEqual((await rowsOf(job)).sort(), expected);
  assert.deepEqual(first.asked.slice(0, 4), ['/', '/ seen=1', '/consent?/ seen=1', '/ seen=1; consent=yes']);
  // Killed between the cookie and the page behind it.
  const killed = consentWall();
  await using other = await serveSite(killed.answer);
  const again = newJob();
  const command = ['crawl', other.root, '-o', again, '--no-sitemaps', '-q', '--host-concurrency', '1', '--delay', '1'];
  const run = startGossamer(command);
  other.onRequest = (_, count) => {
    if (count === 4) run.child.kill('SIGKILL');
  };
  await run.finished;
  other.onRequest = () => {};
  const { code } = await gossamer(command);
  assert.equal(code, 0);
  assert.deepEqual((await rowsOf(again)).sort(), expected);
  assert.equal((await gossamer(['verify', again])).code, 0);
});

test('crawl: --no-cookies takes none, and a URL that wants one is a loop after one request', async () => {
  const { asked, answer } = told((path, response) => moved(response, path, ['a=1']));
  await using site = await serveSite(answer);
  await crawledTo(newJob(), site.root, { cookies: false });
  assert.deepEqual(asked, ['/']);
});

test('crawl: a request again for a cookie counts against the limit', async () => {
  const { asked, answer } = told((path, response, request) => {
    if (request.headers.cookie === undefined) moved(response, path, ['a=1']);
    else response.end(links(['/b', '/c']));
  });
  await using site = await serveSite(answer);
  await crawledTo(newJob(), site.root, { limit: 2 });
  assert.deepEqual(asked, ['/', '/ a=1']);
});

test('crawl: values are in no archive and no log, unless the user wants them there', async () => {
  await using site = await serveSite((path, response, request) => {
    response.writeHead(200, {
      'content-type': 'text/html',
      'set-cookie': ['sid=let-me-in-1; path=/', 'Set=let-me-in-2'],
    });
    response.end(path === '/' ? links(['/b']) : String(request.headers.cookie?.length));
  });
  const texts = async (job: string, settings: object): Promise<string> => {
    await crawledTo(job, site.root, { logLevel: 'debug', ...settings });
    const archive = join(job, 'archive');
    const records = readdirSync(archive).map((name) =>
      gunzipSync(readFileSync(join(archive, name))).toString('latin1'),
    );
    return records.join('') + readFileSync(join(job, 'logs', 'gossamer.jsonl'), 'utf8');
  };
  const job = newJob();
  const without = await texts(job, {});
  assert.equal(without.match(/let-me-in/g), null);
  assert.equal(without.match(/Cookie: \[redacted\]\r\n/gi)?.length, 2 * 2 + 1);
  assert.equal((await gossamer(['verify', job])).code, 0);
  assert.ok((await texts(newJob(), { archiveCredentials: true })).match(/let-me-in-1/g)!.length >= 3);
});

test('crawl: a user’s own Cookie is sent before those of servers, and alone where both have one name', async () => {
  const { asked, answer } = told((path, response) => {
    response.setHeader('set-cookie', ['sid=server', 'more=1']);
    response.end(path === '/' ? links(['/b']) : 'x');
  });
  await using site = await serveSite(answer);
  await crawledTo(newJob(), site.root, { headers: ['Cookie', 'sid=mine; lang=en'] });
  assert.deepEqual(asked, ['/ sid=mine; lang=en', '/b sid=mine; lang=en; more=1']);
});

test('crawl: killed and begun again, a job is still let in', async () => {
  const pages = Array.from({ length: 40 }, (_, at) => `/p${at}`);
  const { asked, answer } = told((path, response, request) => {
    if (request.headers.cookie !== 'sid=1')
      return moved(response, '/', path === '/' ? ['sid=1; path=/; HttpOnly'] : []);
    response.end(path === '/' ? links(pages) : 'x');
  });
  await using site = await serveSite(answer);
  const job = newJob();
  const command = ['crawl', site.root, '-o', job, '--host-concurrency', '1', '--no-sitemaps', '-q'];
  const first = startGossamer(command);
  site.onRequest = (_, count) => {
    if (count > 10) first.child.kill('SIGKILL');
  };
  await first.finished;
  site.onRequest = () => {};
  const before = asked.length;
  assert.equal((await gossamer(command)).code, 0);
  assert.ok(asked.slice(before).length > 20);
  for (const each of asked.slice(before)) assert.match(each, / sid=1$/);
  assert.ok((await rowsOf(job)).every(([, , status]) => status === 200));
});

test('crawl --cookies, --save-cookies: cookies come from a file and go to one, in both formats', async () => {
  const { asked, answer } = told((_, response) => {
    response.setHeader('set-cookie', ['got=server; HttpOnly; Max-Age=1000', 'sid=renewed']);
    response.end('x');
  });
  await using site = await serveSite(answer);
  const file = `${newJob()}.txt`;
  writeFileSync(
    file,
    '# a comment\n127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\tmine\n#HttpOnly_127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tb\t\n',
  );
  const saved = `${newJob()}.txt`;
  const job = newJob();
  await crawledTo(job, site.root, { cookieFile: file, saveCookies: saved });
  assert.deepEqual(asked, ['/ sid=mine; b=']);
  assert.match(
    readFileSync(saved, 'utf8'),
    /^# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t\/\tFALSE\t0\tsid\trenewed\n/,
  );
  assert.match(readFileSync(saved, 'utf8'), /\n#HttpOnly_127.0.0.1\tFALSE\t\/\tFALSE\t\d{10}\tgot\tserver\n$/);
  assert.equal(statSync(saved).mode & 0o777, 0o600);
  const state = `${newJob()}.json`;
  assert.equal((await gossamer(['fetch', site.root, '--cookies', saved, '--save-cookies', state, '-q'])).code, 0);
  assert.equal(asked.at(-1), '/ sid=renewed; b=; got=server');
  await crawledTo(newJob(), site.root, { cookieFile: state });
  assert.equal(asked.at(-1), '/ sid=renewed; b=; got=server');
  // The same file again is older than what the server has set since.
  await crawl(site.root, { output: job, sitemaps: false, cookieFile: file, fresh: false, saveCookies: saved }).summary;
  assert.match(readFileSync(saved, 'utf8'), /sid\trenewed/);
});

test('crawl --cookies: a file that is none is told with its line, before anything is made', async () => {
  const file = `${newJob()}.txt`;
  writeFileSync(file, '# cookies\n<p>none</p>\n');
  const job = newJob();
  const { code, stderr } = await gossamer(['crawl', 'http://127.0.0.1:9/', '-o', job, '--cookies', file]);
  const sentence = `gossamer: ${file}, line 2: it has not the seven fields of cookies.txt with tabs between them.\n`;
  assert.deepEqual([code, stderr], [2, sentence]);
  assert.equal(existsSync(job), false);
});
