// Redirects of a URL to itself or to another form of itself: each request keeps the pace of its host and the limits of
// the job, robots.txt is asked of each form, and what is archived has its row.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import type { Row } from '../../src/base/contracts.ts';
import { allOf } from '../../src/base/paged.ts';
import { storyLines } from '../../src/cli/why.ts';
import { contentsOf, holdingsOf } from '../../src/job/open-contents.ts';
import { retryJob } from '../../src/job/retry.ts';
import { urlStory } from '../../src/views/report/url-story.ts';
import { verify } from '../../src/views/verify/verify.ts';
import { crawledTo, jobFolders, reading } from '../helpers/job-folders.ts';
import { type Answer, type Site, serveSite } from '../helpers/site.ts';

const newJob = jobFolders('own-redirects');

/**
 * A root with these links, and redirects; anything else is a page. `to` may hold several values of Location by lines.
 */
function redirecting(links: readonly string[], redirects: Readonly<Record<string, string>>): Answer {
  return (path, response) => {
    const to = redirects[path];
    response.setHeader('content-type', 'text/html');
    if (to !== undefined)
      response.setHeader('location', to.split('\n')).writeHead(302).end('<a href=/of-a-redirect>x</a>');
    else if (path === '/') response.end(links.map((href) => `<a href="${href}">x</a>`).join(''));
    else response.end('a page');
  };
}

/** What was asked, in order, without the root. */
function asked({ log }: Site): string[] {
  return log.map(({ path }) => path).filter((path) => path !== '/');
}

/** The row's fate, and what was tried before. */
async function fate(
  job: string,
  url: string,
): Promise<[state: Row['state'], why: string | null, status: number | null, forms: string[]]> {
  return await reading(job, async (ledger) => {
    const { id, state, error, reason, status } = (await ledger.rows.find(url))!;
    const forms = (await ledger.rows.attempts(id)).map(({ status, form }) => `${status} ${form ?? ''}`);
    return [state, error ?? reason, status, forms];
  });
}

async function assertAllExplained(job: string): Promise<void> {
  const { faults, lost } = await reading(job, (ledger) => verify(holdingsOf(job, ledger), ledger));
  assert.deepEqual([faults, lost], [[], 0]);
}

/** robots.txt is a request too. */
const ASIDE = 1;

test('crawl: a URL that redirects to itself is asked once', async () => {
  const loops = { '/loop': '/loop', '/hash': '/hash#again', '/dots': '/x/../dots', '/q?a=1': '?a=1' };
  const links = Object.keys(loops);
  await using site = await serveSite(redirecting(links, loops));
  const job = newJob();
  const summary = await crawledTo(job, site.root);
  assert.deepEqual(asked(site).sort(), [...links].sort());
  assert.equal(summary.requests, 1 + links.length + ASIDE);
  assert.deepEqual(summary.urls, { queued: 0, leased: 0, done: 1, failed: links.length, skipped: 0 });
  for (const path of links) {
    assert.deepEqual(await fate(job, new URL(path, site.root).href), ['failed', 'redirect-loop', 302, []], path);
  }
  await assertAllExplained(job);
});

test('crawl: a root that redirects to itself is asked once', async () => {
  await using site = await serveSite((_, response) => void response.writeHead(301, { location: site.root }).end());
  const job = newJob();
  const summary = await crawledTo(job, site.root);
  assert.deepEqual([site.log.length, summary.requests, summary.urls.failed], [1, 1 + ASIDE, 1]);
  await assertAllExplained(job);
});

test('crawl: other forms of a URL are followed, each counts, and each has its record and its try', async () => {
  const redirects = {
    '/%7Eu': '/~u',
    '/%7e%61': '/%7Ea\n/elsewhere',
    '/%7Ea': '/~a',
    '/Case': '/case',
    '/folder': '/folder/',
    '/p?utm_source=x': '/p',
    '/%62ack': '/back',
    '/back': '/%62ack',
  };
  const links = ['/%7Eu', '/%7e%61', '/Case', '/folder', '/p?utm_source=x', '/%62ack'];
  await using site = await serveSite(redirecting(links, redirects));
  const job = newJob();
  const summary = await crawledTo(job, site.root);
  const at = (path: string): string => new URL(path, site.root).href;
  const all = [
    '/%7Eu',
    '/~u',
    '/%7e%61',
    '/%7Ea',
    '/~a',
    '/Case',
    '/case',
    '/folder',
    '/folder/',
    '/p?utm_source=x',
    '/p',
    '/%62ack',
    '/back',
  ];
  assert.deepEqual(asked(site).sort(), all.sort());
  assert.equal(summary.requests, 1 + all.length + ASIDE);
  assert.deepEqual(await fate(job, at('/%7Eu')), ['done', null, 200, [`302 ${at('/~u')}`]]);
  assert.deepEqual(await fate(job, at('/%7e%61')), ['done', null, 200, [`302 ${at('/%7Ea')}`, `302 ${at('/~a')}`]]);
  assert.deepEqual(await fate(job, at('/p?utm_source=x')), ['done', null, 200, [`302 ${at('/p')}`]]);
  assert.deepEqual(await fate(job, at('/%62ack')), ['failed', 'redirect-loop', 302, [`302 ${at('/back')}`]]);
  // Another case or a slash is another URL, with a row of its own.
  assert.deepEqual(await fate(job, at('/Case')), ['done', null, 302, []]);
  assert.deepEqual(await fate(job, at('/folder/')), ['done', null, 200, []]);
  await assertAllExplained(job);
  const story = await reading(job, (ledger) =>
    urlStory(ledger, contentsOf(holdingsOf(job, ledger), ledger), at('/%7Eu'), () => ({
      allowed: true,
      line: 0,
      text: '',
    })),
  );
  const text = storyLines(story!, Date.now()).join('\n');
  assert.match(
    text,
    /tries +\S+ {2}status 302; another form of the same URL is requested next: http:.*\/~u\n +\S+ {2}status 200,/,
  );
});

test('crawl: a session that changes at each redirect ends at --max-redirects', async () => {
  let session = 0;
  await using site = await serveSite((_, response) => {
    session += 1;
    response.writeHead(302, { location: `/?sessionid=${sessionId(session)}` }).end();
  });
  const job = newJob();
  const summary = await crawledTo(job, site.root, { redirectsMax: 4 });
  assert.deepEqual([site.log.length, summary.requests], [5, 5 + ASIDE]);
  assert.deepEqual((await fate(job, site.root)).slice(0, 2), ['failed', 'redirect-limit']);
  await assertAllExplained(job);
});

test('crawl: --limit counts each form, and what it leaves is gone on with where it was', async () => {
  await using site = await serveSite(redirecting([], { '/%7Eu': '/%7eu', '/%7eu': '/~u' }));
  const job = newJob();
  const root = `${site.root}%7Eu`;
  for (const [limit, paths] of [
    [1, ['/%7Eu']],
    [2, ['/%7Eu', '/%7eu']],
    [2, ['/%7Eu', '/%7eu']],
  ] as const) {
    const { stoppedBy, state, urls } = await crawledTo(job, root, { limit });
    assert.deepEqual([stoppedBy, state, urls.queued], ['limit', 'unfinished', 1]);
    assert.deepEqual(asked(site), paths);
  }
  const { requests, urls } = await crawledTo(job, root, { limit: 3 });
  assert.deepEqual([requests, urls.done], [3 + ASIDE, 1]);
  assert.deepEqual(asked(site), ['/%7Eu', '/%7eu', '/~u']);
  await assertAllExplained(job);
  // Asked again it begins where it was found, and its requests count once.
  const wanted = { reasons: [], errors: [], statuses: [], urls: [root], lost: false };
  await retryJob(job, wanted, (ledger, url) => ledger.rows.find(url), systemClock, false);
  assert.equal((await crawledTo(job, root, { limit: 3 })).state, 'finished');
  assert.deepEqual(asked(site).slice(3), ['/%7Eu', '/%7eu', '/~u']);
  await assertAllExplained(job);
});

test('crawl: --host-limit and robots.txt are asked of each form', async () => {
  await using site = await serveSite(
    redirecting([], { '/a?utm_source=x': `/a?sessionid=${sessionId(1)}`, '/%7Eu': '/~u' }),
    'User-agent: *\nDisallow: /a?sessionid\n',
  );
  const [byRobots, byBudget] = [newJob(), newJob()];
  await crawledTo(byRobots, `${site.root}a?utm_source=x`);
  assert.deepEqual(asked(site), ['/a?utm_source=x']);
  assert.deepEqual((await fate(byRobots, `${site.root}a?utm_source=x`)).slice(0, 2), ['skipped', 'robots']);
  await crawledTo(byBudget, `${site.root}%7Eu`, { hostLimit: 1 });
  assert.deepEqual(asked(site).slice(1), ['/%7Eu']);
  assert.deepEqual((await fate(byBudget, `${site.root}%7Eu`)).slice(0, 2), ['skipped', 'budget']);
  for (const job of [byRobots, byBudget]) await assertAllExplained(job);
});

test('crawl: the starts of forms keep the delay, whoever asks for it', async () => {
  for (const [robots, delayMs] of [
    ['User-agent: *\nCrawl-delay: 0.2\n', 0],
    [null, 200],
  ] as const) {
    const starts: number[] = [];
    const answer = redirecting([], { '/%7Eu': '/%7eu', '/%7eu': '/~u' });
    await using site = await serveSite((...given) => {
      starts.push(performance.now());
      answer(...given);
    }, robots);
    await crawledTo(newJob(), `${site.root}%7Eu`, { delayMs });
    assert.equal(starts.length, 3);
    const gaps = starts.slice(1).map((start, at) => start - starts[at]!);
    for (const gap of gaps) assert.ok(gap > 190, `${gap} ms between two starts`);
  }
});

test('crawl: a form that fails for a moment is asked again, and not the one before it', async () => {
  let fails = 1;
  const answer = redirecting([], { '/%7Eu': '/~u' });
  await using site = await serveSite((path, response, request) => {
    if (path !== '/~u' || fails === 0) return answer(path, response, request);
    fails -= 1;
    response.writeHead(503).end();
  });
  const job = newJob();
  await crawledTo(job, `${site.root}%7Eu`);
  assert.deepEqual(asked(site), ['/%7Eu', '/~u', '/~u']);
  assert.deepEqual(await fate(job, `${site.root}%7Eu`), ['done', null, 200, [`302 ${site.root}~u`, '503 ']]);
  await assertAllExplained(job);
});

test('crawl: a redirect that names nothing is none: its body is the page', async () => {
  const heads: Record<string, readonly [status: number, locations: readonly string[], links: readonly string[]]> = {
    '/': [302, [''], ['/spaces', '/missing', '/second']],
    '/spaces': [301, ['  '], ['/of-spaces']],
    '/missing': [303, [], ['/of-missing']],
    '/second': [302, ['', '/there'], ['/of-second']],
  };
  await using site = await serveSite((path, response) => {
    const [status, locations, links] = heads[path] ?? [200, [], []];
    if (locations.length > 0) response.setHeader('location', locations);
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end(`<title>${path}</title>${links.map((href) => `<a href="${href}">x</a>`).join('')}`);
  });
  const job = newJob();
  const { state } = await crawledTo(job, site.root);
  const paths = ['/', '/missing', '/of-missing', '/of-spaces', '/second', '/spaces', '/there'];
  assert.deepEqual([site.log.map(({ path }) => path).sort(), state], [paths, 'finished']);
  assert.equal(await reading(job, async (ledger) => (await ledger.rows.find(`${site.root}spaces`))?.title), '/spaces');
  await assertAllExplained(job);
});

test('crawl: sitemaps that redirect to themselves or to each other are asked once each, and have failed', async () => {
  const asked: string[] = [];
  const redirects: Record<string, string> = { '/own.xml': '/own.xml', '/a.xml': '/b.xml', '/b.xml': '/a.xml' };
  await using site = await serveSite((path, response) => {
    if (path.endsWith('.xml')) asked.push(path);
    const to = redirects[path];
    if (to !== undefined) response.setHeader('location', to).writeHead(302);
    response.end();
  }, 'Sitemap: ROOTown.xml\nSitemap: ROOTa.xml\n');
  const job = newJob();
  assert.equal((await crawledTo(job, site.root, { sitemaps: true })).state, 'finished');
  assert.deepEqual(asked.sort(), ['/a.xml', '/b.xml', '/own.xml']);
  const ends = await reading(job, async (ledger) =>
    (await allOf(ledger.job.sitemaps())).map(({ url, verdict, error }) => [url, verdict, error]),
  );
  const at = (path: string): string => new URL(path, site.root).href;
  assert.deepEqual(
    ends.filter(([url]) => redirects[new URL(url!).pathname] !== undefined),
    [
      [at('/own.xml'), 'failed', 'redirect-loop'],
      [at('/a.xml'), 'moved', null],
      [at('/b.xml'), 'failed', 'redirect-loop'],
    ],
  );
  await assertAllExplained(job);
});

/** A value that looks like a session's. */
function sessionId(n: number): string {
  return createHash('md5').update(String(n)).digest('hex');
}
