// Cookies of a job in PostgreSQL: what one worker of the job got lets in the others.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { startCrawl } from '../../src/job/assemble.ts';
import { resolveOptions } from '../../src/options/options.ts';
import { crawledTo, jobFolders } from '../helpers/job-folders.ts';
import { NO_POSTGRES, startPostgres } from '../helpers/postgres.ts';
import { type Site, serveSite } from '../helpers/site.ts';

const newJob = jobFolders('cookies-postgres');
const skip = NO_POSTGRES;
const database = skip === false ? await startPostgres() : null!;
after(() => database?.[Symbol.asyncDispose]());

test('postgres: a worker that comes later sends the cookies that another one got', { skip }, async () => {
  const asked: string[] = [];
  await using site = await serveSite((path, response, request) => {
    asked.push(`${path} ${request.headers.cookie ?? ''}`.trim());
    response.setHeader('content-type', 'text/html');
    if (path === '/') response.setHeader('set-cookie', ['sid=1; path=/', 'over=1; max-age=0']);
    response.end(path === '/' ? '<a href=/a>a</a><a href=/b>b</a>' : 'x');
  });
  const settings = { store: database.url, job: 'let-in', hostConcurrency: 1 };
  await crawledTo(newJob(), site.root, { ...settings, worker: 'one', limit: 1 });
  assert.deepEqual(asked, ['/']);
  await crawledTo(newJob(), site.root, { ...settings, worker: 'two', limit: 3 });
  assert.deepEqual(asked.slice(1).sort(), ['/a sid=1', '/b sid=1']);
});

/** Chains of pages for members. They go on until both workers were there; a little later the session is over. */
async function membersHost(session: { valid: string; readonly seen: Set<string> }): Promise<Site> {
  let last = Number.POSITIVE_INFINITY;
  return serveSite((path, response, { headers }) => {
    response.setHeader('content-type', 'text/html');
    if (headers.cookie !== `sid=${session.valid}`) return void response.writeHead(302, { location: '/login' }).end();
    const at = Number(path.slice(1));
    if (session.valid === '1' && at > 0) session.seen.add(`${headers['x-worker']} ${headers.host}`);
    const hosts = new Set([...session.seen].map((each) => each.split(' ')[1]));
    const workers = new Set([...session.seen].map((each) => each.split(' ')[0]));
    if (last === Number.POSITIVE_INFINITY && workers.size === 2 && hosts.size === 2) last = at + 8;
    if (at === last - 4) session.valid = '2';
    response.end(`<title>${at}</title>Log out ${at < last ? `<a href=/${at + 1}>on</a>` : ''}`);
  });
}

test('postgres: a login that two workers lost is renewed for one, and both go on', { skip }, async () => {
  const session = { valid: '1', seen: new Set<string>() };
  await using one = await membersHost(session);
  await using two = await membersHost(session);
  const names = ['one', 'two'] as const;
  const folders = { one: newJob(), two: newJob() };
  const login = (name: 'one' | 'two', sid: string): void =>
    writeFileSync(`${folders[name]}.txt`, `127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\t${sid}\n`);
  for (const name of names) login(name, '1');
  const held = new Set<string>();
  const lost = Promise.withResolvers<void>();
  const started = names.map((worker) =>
    startCrawl(
      resolveOptions({
        ...{ roots: [one.root, two.root], output: folders[worker], store: database.url, job: 'lost', worker },
        ...{ cookieFile: `${folders[worker]}.txt`, loggedIn: 'Log out', headers: ['X-Worker', worker] },
        ...{ sitemaps: false, traps: false, delayMs: 20, concurrency: 4 },
      }),
      {
        onDecision(event, fields) {
          if (event === 'held') held.add((fields as { host: string }).host);
          if (held.size === 2) lost.resolve();
        },
      },
    ),
  );
  const runs = await Promise.all(started);
  await lost.promise;
  login('two', '2');
  for (const { summary } of runs) {
    const { state, urls } = await summary;
    assert.deepEqual([state, urls.failed, urls.queued], ['finished', 0, 0]);
  }
});
