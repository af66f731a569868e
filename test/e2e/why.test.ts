// What `why` and `status` say of what was not done, or not yet: each reason in a sentence, with what decided.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { UrlStory } from '../../src/views/report/url-story.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-why-'));
after(() => rmSync(folder, { recursive: true }));

test('why: each reason for not asking in a sentence, with the pattern, the limit or the line that decided', async () => {
  const pages: Readonly<Record<string, string>> = {
    '/': '<a href=/old/x>x</a><a href=/private/diary>x</a><a rel=nofollow href=/ad>x</a><a href=/logout>x</a><a href=//b.example/>x</a><a href=/1>x</a>',
    '/1': '<a href=/2>x</a>',
  };
  const robots = 'User-agent: *\nAllow: /\nDisallow: /private\n';
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(pages[path] ?? '');
  }, robots);
  const job = join(folder, 'reasons');
  const run = await gossamer(['crawl', site.root, '-o', job, '-d', '1', '--exclude', '/old/', '--exclude', 'x$', '-q']);
  assert.equal(run.code, 0);
  const why = async (path: string): Promise<string> => {
    const { stdout } = await gossamer(['why', new URL(path, site.root).href, job]);
    return stdout.replaceAll(site.root, 'ROOT/');
  };
  for (const [path, because] of [
    ['/old/x', '--exclude /old/'],
    ['/private/diary', 'robots.txt, line 3: Disallow: /private'],
    ['/ad', 'only nofollow links lead to it; --follow-nofollow follows them'],
    ['/logout', 'it looks like a logout'],
    ['http://b.example/', 'it is outside the scope of the job: host of ROOT/'],
    ['/2', 'it is 2 links from a root, and --depth is 1'],
  ] as const) {
    assert.ok((await why(path)).includes(`\n  because   ${because}\n`), `${path}: ${await why(path)}`);
  }
  const story = JSON.parse((await gossamer(['why', `${site.root}2`, job, '--json'])).stdout) as UrlStory;
  assert.deepEqual(story.host?.robots?.verdict, { allowed: true, line: 2, text: 'Allow: /' });
  assert.match(
    await why('/1'),
    /\n {2}found {5}1 link from a root, by way of\n {12}ROOT\/ {2}\(done 200, 20\d\d-\S+Z\)\n/,
  );
  assert.match(await why('/1'), /\n {12}line 2 allows it: Allow: \/\n/);
});

test('why, status: robots.txt is read for the agent of the crawl at that host', async () => {
  const robots = 'User-agent: *\nAllow: /\n\nUser-agent: somebot\nDisallow: /private\nCrawl-delay: 120\n';
  await using site = await serveSite((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<a href=/open>x</a>');
  }, robots);
  const job = join(folder, 'agent');
  const run = await gossamer([
    'crawl',
    site.root,
    `${site.root}private/diary`,
    '-o',
    job,
    '-A',
    'elsewhere/1.0',
    '--hosts',
    '{"127.0.0.1":{"userAgent":"SomeBot/1.0"}}',
    '--time-limit',
    '3s',
    '-q',
  ]);
  assert.equal(run.code, 15, run.stderr);
  const { stdout } = await gossamer(['why', site.root, job]);
  assert.match(stdout, /\n {12}no line applies to this URL\n/);
  const story = JSON.parse((await gossamer(['why', `${site.root}private/diary`, job, '--json'])).stdout) as UrlStory;
  assert.deepEqual(story.host?.robots?.verdict, { allowed: false, line: 5, text: 'Disallow: /private' });
  assert.match((await gossamer(['status', job])).stdout, /\n {2}slow {5}\S+ asks for 2 min 0 s between requests/);
});

test('why, status: a host that asked to wait is told with its time, and the budget of a host too', async () => {
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    if (path !== '/1') return void response.end('<a href=/1>x</a><a href=/2>x</a>');
    response.writeHead(429, { 'retry-after': '3600' });
    response.end();
  });
  const job = join(folder, 'held');
  const run = await gossamer(['crawl', site.root, '-o', job, '--host-patience', '10m', '-q']);
  assert.equal(run.code, 12, run.stderr);
  const held = (await gossamer(['why', `${site.root}1`, job])).stdout;
  assert.match(held, /\n {2}state {5}queued\n/);
  assert.doesNotMatch(held, /1970|\n {2}due/);
  assert.match(held, /\n {2}tries {5}20\S+Z {2}status 429\n/);
  const { code, stdout } = await gossamer(['status', job]);
  assert.equal(code, 0);
  assert.match(stdout, /^Unfinished: some hosts keep us waiting/);

  const limited = join(folder, 'budget');
  assert.equal((await gossamer(['crawl', `${site.root}2`, '-o', limited, '--host-limit', '1', '-q'])).code, 0);
  const skipped = (await gossamer(['why', `${site.root}1`, limited])).stdout;
  assert.match(skipped, /\n {2}because {3}its host has reached --host-limit\n/);
});

test('crawl, status: a long Crawl-delay is told, and what it means for the job', async () => {
  await using site = await serveSite((_, response) => response.end(), 'User-agent: *\nCrawl-delay: 120\n');
  const job = join(folder, 'slow');
  const run = await gossamer(['crawl', site.root, '-o', job, '--time-limit', '3s']);
  assert.equal(run.code, 15);
  const told = 'asks for 2 min 0 s between requests: what waits now (1 URL) takes up to 2 min 0 s.';
  assert.equal(run.stderr.split(told).length, 2, run.stderr);
  assert.ok((await gossamer(['status', job])).stdout.includes(told));
});
