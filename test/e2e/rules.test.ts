// The rules of good manners that take a whole crawl to see: what is skipped and why, budgets, limits, and how a run
// ends.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type CrawlSettings, crawl } from '../../src/index.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { rawServer } from '../helpers/raw-server.ts';
import { type Answer, serveSite } from '../helpers/site.ts';

function html(response: ServerResponse, body: string): void {
  response.setHeader('content-type', 'text/html');
  response.end(body);
}

/** Pages by path, of anchors to other paths. */
function pages(links: Readonly<Record<string, readonly string[]>>): Answer {
  return (path, response) => html(response, (links[path] ?? []).map((href) => `<a href="${href}">x</a>`).join(''));
}

async function crawled(root: string, settings: CrawlSettings = {}) {
  const skipped: Record<string, string> = {};
  const done: string[] = [];
  const run = crawl(root, {
    store: 'memory:',
    onSkip: ({ url, reason }) => {
      skipped[new URL(url).pathname] = reason;
    },
    onPage: ({ url }) => void done.push(new URL(url).pathname),
    ...settings,
  });
  const summary = await run.summary;
  return { skipped, done: done.sort(), summary };
}

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-rules-'));
  await run(folder).finally(() => rmSync(folder, { recursive: true }));
}

test('crawl: links that would end a session are skipped, a root is not', async () => {
  await using site = await serveSite(pages({ '/': ['/logout', '/account/sign-out.php', '/logout-help'] }));
  const { skipped, done } = await crawled(site.root);
  assert.deepEqual(done, ['/', '/logout-help']);
  assert.deepEqual(skipped, { '/logout': 'logout', '/account/sign-out.php': 'logout' });
  assert.deepEqual((await crawled(`${site.root}logout`)).done, ['/logout']);
});

test('crawl: what may be a page about logging out is one, unless credentials were given', async () => {
  const links = ['/wiki/Logout', '/docs/logout/', '/Log%20Out', '/%D0%B2%D1%8B%D1%85%D0%BE%D0%B4'];
  await using site = await serveSite(pages({ '/': links }));
  const { skipped, done } = await crawled(site.root);
  assert.deepEqual(done, ['/', '/docs/logout/', '/wiki/Logout']);
  assert.deepEqual(skipped, { [links[2]!]: 'logout', [links[3]!]: 'logout' });
  for (const secret of [
    { auth: 'me:pw' },
    { headers: ['Cookie', 'a=b'] },
    { headers: ['Authorization', 'Bearer x'] },
  ]) {
    assert.deepEqual((await crawled(site.root, secret)).done, ['/'], JSON.stringify(secret));
  }
});

test('crawl: X-Robots-Tag says nofollow as meta robots does, where it speaks to us', async () => {
  const tags: Record<string, string> = { '/a': 'noindex, nofollow', '/b': 'otherbot: none', '/c': 'gossamer: none' };
  await using site = await serveSite((path, response) => {
    if (tags[path] !== undefined) response.setHeader('x-robots-tag', tags[path]);
    pages({ '/': ['/a', '/b', '/c'], '/a': ['/from-a'], '/b': ['/from-b'], '/c': ['/from-c'] })(path, response, null!);
  });
  const { done, skipped } = await crawled(site.root);
  assert.deepEqual(done, ['/', '/a', '/b', '/c', '/from-b']);
  assert.deepEqual(skipped, { '/from-a': 'nofollow', '/from-c': 'nofollow' });
  const all = await crawled(site.root, { followNofollow: true });
  assert.deepEqual(all.done, ['/', '/a', '/b', '/c', '/from-a', '/from-b', '/from-c']);
});

test('crawl: a link with nofollow is a row and is not asked for, unless another link leads there', async () => {
  const anchors = '<a rel=nofollow href=/noted>x</a><a rel="ugc NoFollow" href=/both>x</a><a href=/page>x</a>';
  await using site = await serveSite((path, response) => {
    if (path === '/') html(response, anchors);
    else html(response, path === '/page' ? '<a href=/both>x</a><a rel=nofollow href=https://b.example/>x</a>' : '');
  });
  const { done, skipped } = await crawled(site.root);
  assert.deepEqual(done, ['/', '/both', '/page']);
  assert.deepEqual(skipped, { '/noted': 'nofollow', '/both': 'nofollow', '/': 'scope' });
  assert.deepEqual((await crawled(site.root, { followNofollow: true })).done, ['/', '/both', '/noted', '/page']);
});

test('crawl: what pages say of themselves is kept, and only of pages that say something', async () => {
  const head =
    '<html lang=de><meta name=description content="Was  es ist"><link rel=canonical href=/one><meta name=robots content="NOARCHIVE, noindex">';
  await using site = await serveSite((path, response) =>
    html(response, path === '/' ? `${head}<a href=/2>x</a>` : 'x'),
  );
  await withFolder(async (folder) => {
    await crawl(site.root, { output: join(folder, 'job') }).summary;
    const { stdout } = await gossamer(['export', 'jsonl', join(folder, 'job')]);
    const texts = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ url, text }) => [new URL(url).pathname, text]);
    const canonical = `${site.root}one`;
    const said = { description: 'Was es ist', language: 'de', canonical, robots: ['noarchive', 'noindex'] };
    assert.deepEqual(texts.sort(), [
      ['/', said],
      ['/2', null],
      ['/one', null],
    ]);
    const why = await gossamer(['why', site.root, join(folder, 'job')]);
    assert.match(
      why.stdout,
      /about +Was es ist\n +language +de\n +canonical +http\S+one\n +to robots +noarchive, noindex\n/,
    );
  });
});

test('crawl: --host-limit is what one host is asked for in the life of the job, over runs', async () => {
  await using site = await serveSite(pages({ '/': ['/1', '/2', '/3', '/4', '/5'] }));
  await withFolder(async (folder) => {
    const output = join(folder, 'job');
    const first = await crawled(site.root, { store: null, output, hostLimit: 4, limit: 2 });
    assert.equal(first.summary.stoppedBy, 'limit');
    const second = await crawled(site.root, { store: null, output, hostLimit: 4 });
    assert.equal(second.summary.state, 'finished');
    assert.deepEqual(second.summary.urls, { queued: 0, leased: 0, done: 4, failed: 0, skipped: 2 });
    assert.deepEqual(Object.values(second.skipped), ['budget', 'budget']);
    assert.equal(site.log.length, 4);
  });
});

test('crawl: a script that always answers 503 with Retry-After fails by itself, and its healthy host is crawled', async () => {
  await using site = await serveSite((path, response) => {
    if (path !== '/cgi') return pages({ '/': ['/cgi', '/1', '/2', '/3'] })(path, response, null!);
    response.statusCode = 503;
    response.setHeader('retry-after', '1');
    response.end();
  });
  const { summary, done } = await crawled(site.root, { retries: 1 });
  assert.equal(summary.state, 'finished');
  assert.deepEqual(done, ['/', '/1', '/2', '/3', '/cgi']);
  // The two tries that it had, and before them once for which the host waited, or twice where no other page was
  // answered in between.
  const asked = site.log.filter(({ path }) => path === '/cgi').length;
  assert.ok(asked === 3 || asked === 4, `${asked} requests`);
});

test('crawl: --size-limit ends the run with exit code 14, and the same command goes on', async () => {
  const body = 'x'.repeat(10_000);
  await using site = await serveSite((path, response) => {
    const links = path === '/' ? Array.from({ length: 20 }, (_, page) => `<a href="/${page}">x</a>`).join('') : '';
    html(response, links + body);
  });
  await withFolder(async (folder) => {
    const args = ['crawl', site.root, '-o', join(folder, 'job'), '-c', '1', '--no-adapt', '--no-archive', '--json'];
    const stopped = await gossamer([...args, '--size-limit', '50000']);
    assert.equal(stopped.code, 14, stopped.stderr);
    const { urls, stoppedBy, bytes } = JSON.parse(stopped.stdout);
    assert.equal(stoppedBy, 'size');
    // One request at a time: what was in flight when the limit was reached is one page at most.
    assert.ok(bytes >= 50_000 && bytes < 50_000 + 11_000, `${bytes} bytes`);
    assert.equal(urls.done + urls.queued, 21);
    const finished = await gossamer(args);
    assert.equal(finished.code, 0, finished.stderr);
    assert.equal(JSON.parse(finished.stdout).urls.done, 21);
  });
});

test('crawl: a host that is held beyond patience ends the run with exit code 12', async () => {
  await using site = await serveSite((path, response) => {
    if (path === '/') return pages({ '/': ['/1', '/2'] })(path, response, null!);
    response.statusCode = 429;
    response.setHeader('retry-after', '600');
    response.end();
  });
  await withFolder(async (folder) => {
    const args = ['crawl', site.root, '-o', join(folder, 'job'), '-c', '1', '--host-patience', '5s', '--json'];
    const held = await gossamer(args);
    assert.equal(held.code, 12, held.stderr);
    const { urls, state, stoppedBy } = JSON.parse(held.stdout);
    assert.deepEqual([state, stoppedBy, urls.done, urls.queued], ['unfinished', 'held', 1, 2]);
  });
});

test('crawl: what is found does not depend on whether the short way or the long one is answered first', async () => {
  const links = { '/': ['/slow', '/1'], '/1': ['/2'], '/2': ['/3'], '/slow': ['/3'], '/3': ['/4'] };
  const asked = Promise.withResolvers<void>();
  await using site = await serveSite((path, response) => {
    const answer = (): void => pages(links)(path, response, null!);
    // Its answer waits until the long way has led to the page that it links to.
    if (path === '/slow') asked.promise.then(answer);
    else answer();
    if (path === '/3') asked.resolve();
  });
  const { done, summary } = await crawled(site.root, { depth: 3 });
  assert.deepEqual(done, ['/', '/1', '/2', '/3', '/4', '/slow']);
  assert.deepEqual(summary.urls, { queued: 0, leased: 0, done: 6, failed: 0, skipped: 0 });
});

test('crawl: the log has a line for each decision, and none that a page could break', async () => {
  await using site = await serveSite((path, response) => {
    if (path === '/')
      html(response, '<a href="/a%0a&#x9b;31m">x</a><a href=/gone>x</a><a href=/held>x</a><a href=//b.example/>x</a>');
    else if (path === '/gone') response.destroy();
    else if (path === '/held' && site.log.filter((request) => request.path === path).length === 1) {
      response.setHeader('retry-after', '1');
      response.statusCode = 429;
      response.end();
    } else html(response, '');
  });
  await withFolder(async (folder) => {
    const job = join(folder, 'job');
    const { code } = await gossamer(['crawl', site.root, '-o', job, '--retries', '0', '--log-level', 'debug', '-q']);
    assert.equal(code, 0);
    const text = readFileSync(join(job, 'logs/gossamer.jsonl'), 'utf8');
    assert.match(text, /^[ -~\n]+$/);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const about = (event: string): string[] => {
      return lines
        .filter((line) => line.event === event)
        .map(({ url, host, status, error, reason }) => {
          const path = url === undefined ? '' : new URL(url).pathname;
          return [path, host === undefined ? '' : 'host', status, error, reason].filter(Boolean).join(' ');
        });
    };
    assert.deepEqual(about('start').length, 1);
    assert.deepEqual(
      about('robots'),
      ['host 404', 'host 404'],
      'once more, to tell a page that breaks off from its host',
    );
    assert.deepEqual(new Set(about('held')), new Set(['host']));
    assert.deepEqual(about('again').sort(), ['/gone reset', '/held 429']);
    assert.deepEqual(about('failed'), ['/gone reset']);
    assert.deepEqual(about('not-admitted'), ['/ scope']);
    assert.deepEqual(about('done').sort(), ['/ 200', '/a%0a%E2%80%BA31m 200', '/held 200']);
    assert.deepEqual(lines.at(-1).event, 'end');
    assert.deepEqual(lines.at(-1).urls.done, 3);

    const quiet = join(folder, 'quiet');
    const unlogged = await gossamer(['crawl', site.root, '-o', quiet, '--retries', '0', '-q', '--log-level', 'off']);
    assert.equal(unlogged.code, 0);
    assert.equal(existsSync(join(quiet, 'logs')), false);
  });
});

const ADVICE =
  'Begin at a URL that robots.txt allows, or ask the owner of the site to allow this crawler.\nIf the site is your own, ';

test('crawl: a root that robots.txt forbids is told with the line and what can be done; that nothing came is exit 1', async () => {
  await using site = await serveSite(pages({}), 'User-agent: *\nCrawl-delay: 0\nDisallow: /a\n');
  await withFolder(async (folder) => {
    const words = ['crawl', `${site.root}a/x`, '-o', join(folder, 'a')];
    const first = await gossamer(words);
    const told = `robots.txt forbids ${site.root}a/x: line 3, "Disallow: /a".\n${ADVICE}`;
    assert.equal(first.code, 1);
    assert.ok(first.stdout.includes(told), first.stdout);
    // Also of a job that was finished already, and beside JSON.
    const again = await gossamer([...words, '--json']);
    assert.deepEqual([again.code, JSON.parse(again.stdout).urls.skipped], [1, 1]);
    assert.ok(again.stderr.includes(told), again.stderr);
    assert.equal((await gossamer([...words, '--no-robots', '--fresh'])).code, 0);
  });
});

test('crawl: also of one root among others, in a job in memory, and of one that redirects to what is forbidden', async () => {
  const answer: Answer = (path, response) => {
    if (path === '/moved') response.writeHead(302, { location: '/a/target' }).end();
    else html(response, '');
  };
  await using site = await serveSite(answer, 'User-agent: gossamer\nDisallow: /a*\n');
  const roots = ['a/1', 'moved', ''].map((path) => site.root + path);
  const { code, stdout } = await gossamer(['crawl', ...roots, '--store', 'memory:', '--no-sitemaps']);
  assert.equal(code, 0);
  const lines = stdout.split('\n').filter((line) => line.startsWith('robots.txt'));
  assert.deepEqual(lines, [
    `robots.txt forbids ${roots[0]}: line 2, "Disallow: /a*".`,
    `robots.txt forbids ${roots[1]}, which redirects to ${site.root}a/target: line 2, "Disallow: /a*".`,
  ]);
  assert.ok(stdout.includes(ADVICE));
});

test('crawl: a root of a host whose robots.txt is forbidden itself is told too', async () => {
  await using server = await rawServer(() => 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
  const words = ['crawl', server.url, '--store', 'memory:', '--robots-forbidden-denies'];
  const { code, stdout } = await gossamer(words);
  assert.equal(code, 1);
  assert.match(
    stdout,
    /robots\.txt forbids \S+: its robots\.txt has an error status, which forbids everything \(401 and 403 do so/,
  );
});
