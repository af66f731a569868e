// Cookies of a job in PostgreSQL: a later worker of the job is let in by what an earlier one got.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { crawledTo, jobFolders } from '../helpers/job-folders.ts';
import { NO_POSTGRES, startPostgres } from '../helpers/postgres.ts';
import { serveSite } from '../helpers/site.ts';

const newJob = jobFolders('cookies-postgres');

test('postgres: a worker that comes later sends the cookies that another one got', { skip: NO_POSTGRES }, async () => {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());
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
