// Which pages a job has whose scope is the folder of its root, where the root redirects.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { crawl } from '../../src/index.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { type Answer, type Site, serveSite } from '../helpers/site.ts';

const MOVED: Readonly<Record<string, string>> = {
  '/docs': '/docs/',
  '/old/': '/way/station',
  '/way/station': '/new/index.html',
  '/late': '/late/',
};
/** Pages that lead on by themselves, and how late. */
const REFRESHED: Readonly<Record<string, string>> = {
  '/moved/': '<meta http-equiv=refresh content="0;url=/way">',
  '/way': '<base href=/new/><meta http-equiv=Refresh content="5; URL=\'index.html\'">',
  '/slow/': '<meta http-equiv=refresh content="300;url=/new/"><a href=/way/station>x</a>',
  '/scripts/': '<noscript><meta http-equiv=refresh content="0;url=/new/"></noscript>',
  '/far/': '<meta http-equiv=refresh content="0;url=http://far.test/new/">',
};
const LINKS = ['/', '/docs', '/docs/a', '/docs/b/c', '/docsx', '/old/a', '/way/a', '/new/a', '/late/a', '/elsewhere'];

const answer: Answer = (path, response) => {
  const location = MOVED[path];
  if (location !== undefined) return void response.writeHead(301, { location }).end();
  response.setHeader('content-type', 'text/html');
  if (path === '/header/') response.setHeader('refresh', '0; url=/new/');
  response.write(REFRESHED[path] ?? '');
  response.end(
    [...LINKS, ...(path in REFRESHED ? [`${path}a`] : [])].map((href) => `<a href="${href}">x</a>`).join(''),
  );
};

/** A page of links to another name of the host, and pages there in a row. */
function answering(there: () => string): Answer {
  const next: Readonly<Record<string, string>> = { '/one': '/two', '/two': '/three' };
  return (path, response) => {
    const hrefs = path === '/links' ? ['/one', '/excluded'] : path in next ? [next[path]!] : [];
    response.setHeader('content-type', 'text/html');
    response.end(hrefs.map((href) => `<a href="${there()}${href}">x</a>`).join(''));
  };
}

async function asked(site: Site, ...roots: string[]): Promise<string[]> {
  const from = site.log.length;
  await crawl(
    roots.map((path) => site.root + path),
    { store: 'memory:', scope: 'prefix' },
  ).summary;
  return site.log
    .slice(from)
    .map(({ path }) => path)
    .sort();
}

test('crawl: a folder without its slash redirects to the folder, and that is the prefix', async () => {
  await using site = await serveSite(answer);
  assert.deepEqual(await asked(site, 'docs'), ['/docs', '/docs/', '/docs/a', '/docs/b/c']);
  assert.deepEqual(await asked(site, 'docs/'), ['/docs/', '/docs/a', '/docs/b/c']);
  assert.deepEqual(await asked(site, 'old/'), ['/new/a', '/new/index.html', '/old/', '/way/station']);
  assert.deepEqual(await asked(site, 'docs', 'late'), [
    '/docs',
    '/docs/',
    '/docs/a',
    '/docs/b/c',
    '/late',
    '/late/',
    '/late/a',
  ]);
  assert.equal((await asked(site, 'file.html')).length, LINKS.length + 2, 'the folder of a file is the whole host');
});

test('crawl: a root that leads on by itself and soon has moved like one that redirects', async () => {
  await using site = await serveSite(answer);
  assert.deepEqual(await asked(site, 'moved/'), ['/moved/', '/new/a', '/new/index.html', '/way']);
  assert.deepEqual(await asked(site, 'header/'), ['/header/', '/new/', '/new/a']);
  for (const path of ['slow/', 'scripts/', 'far/'])
    assert.deepEqual(await asked(site, path), [`/${path}`, `/${path}a`]);
});

test('crawl: a root redirects to what another root has linked to before, out of scope', async () => {
  await using site = await serveSite(answer);
  const { length } = site.log;
  const roots = ['slow/', 'old/'].map((path) => site.root + path);
  await crawl(roots, { store: 'memory:', scope: 'prefix', concurrency: 1 }).summary;
  const paths = site.log.slice(length).map(({ path }) => path);
  assert.ok(paths.indexOf('/slow/') < paths.indexOf('/old/') && paths.includes('/new/index.html'), paths.join(' '));
});

test('crawl: what was left out is had once another root has led there, also where the job goes on', async () => {
  await using site = await serveSite(answer);
  const options = { scope: 'prefix', concurrency: 1 } as const;
  const wanted = ['/new/', '/new/a', '/new/index.html', '/old/', '/old/a', '/slow/', '/slow/a', '/way/station'];
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-scope-'));
  try {
    for (const limit of [2, null]) {
      const roots = ['slow/', 'old/'].map((path) => site.root + path);
      await crawl(roots, { ...options, output: join(folder, 'job'), limit }).summary;
    }
    assert.deepEqual(site.log.map(({ path }) => path).sort(), wanted);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('crawl: a host comes into scope by the redirect of a root, with all that others had linked to', async () => {
  await using site = await serveSite(answering(() => `http://localhost:${new URL(site.root).port}`));
  await using other = await serveSite((_, response) => {
    // The page with the links has been read by then.
    const location = `http://localhost:${new URL(site.root).port}/home`;
    setImmediate(() => response.writeHead(302, { location }).end());
  });
  const roots = [`${site.root}links`, other.root];
  const { urls } = await crawl(roots, {
    ...{ store: 'memory:', allowPrivate: true, concurrency: 1, exclude: ['excluded'], depth: 2 },
  }).summary;
  assert.deepEqual(site.log.map(({ path }) => path).sort(), ['/home', '/links', '/one', '/two']);
  assert.deepEqual([urls.done, urls.skipped, urls.queued], [5, 2, 0]);
});

test('crawl: a root without its slash that redirects nowhere stands for itself and all below', async () => {
  await using site = await serveSite(answer);
  assert.deepEqual(await asked(site, 'docs/b'), ['/docs/b', '/docs/b/c']);
  assert.deepEqual(await asked(site, 'new'), ['/new', '/new/a']);
});

test('crawl: roots are asked whatever is excluded, and where they redirect to', async () => {
  await using site = await serveSite(answer);
  const options = { store: 'memory:', exclude: ['.*'], sitemaps: false } as const;
  await crawl([`${site.root}docs`], options).summary;
  assert.deepEqual(site.log.map(({ path }) => path).sort(), ['/docs', '/docs/']);
});

test('crawl: the prefix is the same where the job goes on', async () => {
  await using site = await serveSite(answer);
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-scope-'));
  try {
    const words = ['crawl', `${site.root}docs`, '--scope', 'prefix', '-o', join(folder, 'job'), '-q'];
    assert.equal((await gossamer([...words, '--limit', '2'])).code, 16);
    assert.equal((await gossamer(words)).code, 0);
    const refreshed = ['crawl', `${site.root}moved/`, '--scope', 'prefix', '-o', join(folder, 'refreshed'), '-q'];
    assert.equal((await gossamer([...refreshed, '--limit', '2'])).code, 16);
    assert.equal((await gossamer(refreshed)).code, 0);
    assert.deepEqual(
      site.log.map(({ path }) => path),
      [...['/docs', '/docs/', '/docs/a', '/docs/b/c'], ...['/moved/', '/way', '/new/index.html', '/new/a']],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
