// Asking again: rows go back to the queue on the user's word, the same crawl command asks for them, and what was had
// before stays.

import assert from 'node:assert/strict';
import { globSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { contentsOf, holdingsOf } from '../../src/job/open-contents.ts';
import { type UrlStory, urlStory } from '../../src/views/report/url-story.ts';
import { type Finished, gossamer } from '../helpers/gossamer.ts';
import { reading } from '../helpers/job-folders.ts';
import { type Answer, type Site, serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-retry-'));
after(() => rmSync(folder, { recursive: true }));

interface Asked {
  readonly urls: number;
  readonly hosts: readonly { readonly host: string; readonly urls: number }[];
  readonly lostRecords: number;
  readonly unseen: readonly string[];
  readonly removed: readonly string[];
  readonly next: string;
}

/** Finished well, or says why not. */
async function well(args: readonly string[]): Promise<Finished> {
  const run = await gossamer(args);
  assert.equal(run.code, 0, `${args.join(' ')}: ${run.stdout}${run.stderr}`);
  return run;
}

async function asked(...args: string[]): Promise<Asked> {
  return JSON.parse((await well(['retry', ...args, '--json'])).stdout) as Asked;
}

/** What `gossamer why` knows, without a process for each question. */
async function why(job: string, url: string): Promise<UrlStory> {
  const story = await reading(job, (ledger) =>
    urlStory(ledger, contentsOf(holdingsOf(job, ledger), ledger), url, () => ({ allowed: true, line: 0, text: '' })),
  );
  return story!;
}

async function counts(job: string): Promise<string> {
  const { queued, done, failed, skipped } = await reading(job, (ledger) => ledger.job.counts());
  return `${queued} queued, ${done} done, ${failed} failed, ${skipped} skipped`;
}

/** The paths that were asked since the last call, in order. */
function askedPaths({ log }: Site): string[] {
  return log.splice(0).map(({ path }) => path);
}

/** A site that is ill until it is mended. */
function illSite() {
  let isWell = false;
  const answer: Answer = (path, response, request) => {
    response.setHeader('content-type', 'text/html');
    if (path === '/') {
      const paths = ['a', 'reset', 'gone', 'private', 'near', 'old/x'];
      response.end(`${paths.map((each) => `<a href=/${each}>x</a>`).join('')}<a href=http://127.0.0.2:1/>x</a>`);
    } else if (path === '/reset' && !isWell) request.socket.destroy();
    else if (path === '/a' && !isWell) response.writeHead(503).end('too much');
    else if (path === '/gone') response.writeHead(404).end('gone');
    else response.end(`${path}${isWell ? ' is well' : ''}<a href=/far>x</a>`);
  };
  return {
    answer,
    mend: () => {
      isWell = true;
    },
  };
}

test('retry: what failed, was forbidden or left out is asked again by the same command, and nothing is lost', async () => {
  const ill = illSite();
  await using site = await serveSite(ill.answer, 'User-agent: *\nDisallow: /private\n');
  const job = join(folder, 'ill');
  const crawl = ['crawl', site.root, '-o', job, '-d', '1', '--exclude', '/old/', '--retries', '0', '-q'];
  await well(crawl);
  const before = '0 queued, 4 done, 1 failed, 4 skipped';
  assert.equal(await counts(job), before);
  askedPaths(site);

  // A dry run changes nothing.
  const words = ['--status', '5xx,404', '--error', 'reset', '--reason', 'robots,depth', '--reason', 'excluded'];
  const dry = await well(['retry', job, ...words, '--dry-run']);
  assert.match(dry.stdout, /^6 URLs would be queued again; nothing is changed:\n +6 {2}http:\/\/127\.0\.0\.1:\d+\n/);
  assert.equal(await counts(job), before);

  const said = await well(['retry', job, ...words]);
  assert.match(said.stdout, /^6 URLs are queued again:\n +6 {2}http:\/\/127\.0\.0\.1:\d+\n\nNext: +gossamer crawl /);
  const command = `gossamer crawl ${site.root} -o ${job} --depth 1 --exclude /old/`;
  assert.ok(said.stdout.replaceAll(/ \\\n +/g, ' ').includes(command), said.stdout);
  assert.equal(await counts(job), '6 queued, 2 done, 0 failed, 1 skipped');
  await well(['verify', job]);
  // To repeat it is harmless.
  assert.match((await well(['retry', job, ...words])).stdout, /^No URL matches that is not queued already/);
  assert.equal(await counts(job), '6 queued, 2 done, 0 failed, 1 skipped');
  const waiting = await why(job, `${site.root}a`);
  assert.deepEqual([waiting.state, waiting.tries, waiting.status, waiting.archive], ['queued', 0, null, null]);

  ill.mend();
  await well(crawl);
  // robots.txt still forbids what it forbade; a limit of the user's gives way to the user's word.
  assert.deepEqual(askedPaths(site).sort(), ['/a', '/far', '/gone', '/old/x', '/reset']);
  assert.equal(await counts(job), '0 queued, 7 done, 0 failed, 2 skipped');
  const verified = await gossamer(['verify', job]);
  assert.equal(verified.code, 0, verified.stdout);
  const healed = await why(job, `${site.root}a`);
  assert.deepEqual([healed.state, healed.status, healed.tries], ['done', 200, 1]);
  const [earlier] = healed.attempts;
  assert.deepEqual([earlier?.status, earlier?.takenBack?.state], [503, 'done']);
  assert.notDeepEqual(earlier?.takenBack?.archive, healed.archive);
  const lines = (await well(['why', `${site.root}a`, job])).stdout;
  assert.match(lines, /tries +\S+Z {2}status 503; queued again \S+Z by gossamer retry\n +\S+Z {2}status 200/);
  const forbidden = (await well(['why', `${site.root}private`, job])).stdout;
  assert.match(forbidden, /tries +skipped: robots; queued again \S+Z by gossamer retry\n/);
  assert.match(forbidden, /robots.txt, line 2: Disallow: \/private/);
  const { stdout } = await well(['export', 'jsonl', job]);
  assert.deepEqual(
    [...stdout.matchAll(/"status":(\d+)/g)]
      .map(([, status]) => status)
      .sort()
      .join(),
    '200,200,200,200,200,200,404',
  );
});

test('retry: robots.txt is asked for again, also where a copy is still good', async () => {
  let robots = 'User-agent: *\nDisallow: /private\n';
  await using site = await serveSite(
    (path, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<a href=/private>x</a> ${path}`);
    },
    () => robots,
  );
  const job = join(folder, 'robots');
  await well(['crawl', site.root, '-o', job, '-q']);
  assert.equal((await why(job, `${site.root}private`)).reason, 'robots');
  robots = 'User-agent: *\nAllow: /\n';
  assert.equal((await asked(job, '--reason', 'robots')).urls, 1);
  assert.match((await well(['why', `${site.root}private`, job])).stdout, /robots .*, to be retried\n/);
  await well(['crawl', site.root, '-o', job, '-q']);
  assert.equal((await why(job, `${site.root}private`)).state, 'done');
});

test('retry: URLs by name, and what cannot be asked again', async () => {
  const refused = Promise.withResolvers<Finished>();
  let isBusy = false;
  const job = join(folder, 'named');
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    const answer = (): void =>
      void response.end(path === '/' ? '<a href=/1>x</a><a href=/2>x</a><a href=/3>x</a>' : path);
    if (path !== '/1' || isBusy) return answer();
    isBusy = true;
    void gossamer(['retry', job, '--error', 'reset']).then((run) => {
      refused.resolve(run);
      answer();
    });
  });
  await well(['crawl', site.root, '-o', job, '-q']);
  const locked = await refused.promise;
  assert.equal(locked.code, 2);
  assert.match(locked.stderr, /another process/);
  await well(['remove', `${site.root}3`, job]);
  const before = await counts(job);

  for (const [words, message] of [
    [['--error', 'reset,banana'], /--error: "banana" is not one of the errors dns-not-found, .*families dns, tls, /],
    [['--reason', 'bored'], /--reason: "bored" is not a reason. The reasons are scope, robots, depth, /],
    [['--reason', 'removed'], /--reason: "removed" stays: a URL that was taken down/],
    [['--status', '6xx'], /--status: "6xx" is not one of 1xx, 2xx, 3xx, 4xx, 5xx/],
    [['--status', ''], /--status: "" is not one of/],
    [['crawls/other'], /"crawls\/other" is neither the folder of a job nor a URL of the job/],
    [[], /Say which URLs to retry: .*--lost/],
  ] as const) {
    const { code, stderr, stdout } = await gossamer(['retry', job, ...words]);
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  }
  const unseen = await gossamer(['retry', job, `${site.root}3`, 'http://nowhere.example/', '--json']);
  assert.equal(unseen.code, 1);
  assert.deepEqual(JSON.parse(unseen.stdout), {
    ...{
      job,
      dryRun: false,
      urls: 0,
      hosts: [],
      lostRecords: 0,
      unseen: ['http://nowhere.example/'],
      removed: [`${site.root}3`],
    },
    next: `gossamer crawl ${site.root} -o ${job}`,
  });
  assert.equal(await counts(job), before);

  // As people paste it, and with the job behind it.
  const { host } = new URL(site.root);
  const { urls, hosts } = await asked(`${host}/1#part`, `${site.root}2`, job);
  assert.deepEqual([urls, hosts], [2, [{ host: `http://${host}`, urls: 2 }]]);
  askedPaths(site);
  await well(['crawl', site.root, '-o', job, '-q']);
  assert.deepEqual(askedPaths(site).sort(), ['/1', '/2']);
  assert.equal(await counts(job), before);
  await well(['verify', job]);
});

test('retry: limits count a URL once, and a root that is asked again still widens the scope', async () => {
  let more = '';
  await using target = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(path === '/' ? `<a href=/1>x</a><a href=/2>x</a><a href=/3>x</a>` : `${path}${more}`);
  });
  await using site = await serveSite((_, response) => void response.writeHead(301, { location: target.root }).end());
  const job = join(folder, 'limited');
  const crawl = ['crawl', site.root, '-o', job, '-q', '--allow-private', '-c', '1'];
  assert.equal((await gossamer([...crawl, '--limit', '4'])).code, 16);
  more = '<a href=/new>x</a>';
  assert.equal((await asked(job, '--status', '301', `${target.root}1`)).urls, 2);
  assert.equal((await gossamer([...crawl, '--limit', '5'])).code, 16);
  // The limit is used up, and what it has counted already is asked again all the same.
  assert.equal((await asked(job, `${target.root}1`)).urls, 1);
  const before = target.log.length;
  assert.equal((await gossamer([...crawl, '--limit', '5'])).code, 16);
  assert.deepEqual(
    target.log.slice(before).map(({ path }) => path),
    ['/1'],
  );
  const distinct = new Set([...askedPaths(target), ...askedPaths(site).map((path) => `root ${path}`)]);
  assert.equal(distinct.size, 5);
  await well(crawl);
  assert.equal((await why(job, `${target.root}new`)).state, 'done');
  await well(['verify', job]);
});

test('retry --lost: what the archive has no longer is asked again, and no more than that', async () => {
  const shared = `<p>${'the same on both '.repeat(100)}</p>`;
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(
      path === '/' ? '<a href=/1>x</a><a href=/2>x</a><a href=/gone>x</a>' : path === '/gone' ? 'x' : shared,
    );
  });
  const job = join(folder, 'lost');
  const crawl = ['crawl', site.root, '-o', job, '-q', '-c', '1', '--no-sitemaps'];
  await well(crawl);
  assert.equal((await asked(job, '--lost')).urls, 0);

  // Cut in the middle of its last record: that of a kill, or a copy that was taken in the wrong order.
  const [file] = globSync(join(job, 'archive/*.warc.gz'));
  truncateSync(file!, statSync(file!).size - 20);
  const told = await gossamer(crawl.filter((word) => word !== '-q'));
  assert.match(told.stderr, /has no record of 1 URL any more\. To retry them: gossamer retry \S+ --lost\n/);
  const dry = await asked(job, '--lost', '--dry-run');
  assert.equal(dry.urls, 1);
  askedPaths(site);
  assert.equal((await asked(job, '--lost')).urls, 1);
  await well(crawl);
  assert.equal(askedPaths(site).length, 1);
  const mended = await gossamer(['verify', job]);
  assert.equal(mended.code, 0, mended.stdout);

  // Then all of it: what refers to a record that is gone is lost with it.
  rmSync(file!);
  const { urls } = await asked(job, '--lost');
  assert.ok(urls >= 3, String(urls));
  await well(crawl);
  assert.equal(askedPaths(site).length, urls);
  assert.equal((await asked(job, '--lost')).urls, 0);
  const verified = await gossamer(['verify', job]);
  assert.equal(verified.code, 0, verified.stdout);

  // A run without an archive is made good, where the job keeps one.
  assert.equal((await asked(job, `${site.root}1`)).urls, 1);
  await well([...crawl, '--no-archive']);
  assert.equal((await asked(job, '--lost')).urls, 1);
  rmSync(join(job, 'archive'), { recursive: true });
  const all = await asked(job, '--lost');
  assert.deepEqual([all.urls, all.lostRecords], [3, 1]);
  assert.deepEqual(await asked(job, '--lost'), { ...all, urls: 0, hosts: [], lostRecords: 0 });
  const empty = await gossamer(['verify', job]);
  assert.equal(empty.code, 0, empty.stdout);
});
