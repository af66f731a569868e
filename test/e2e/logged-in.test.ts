// A login that is lost in the middle of a crawl: it is seen, the host waits, and once the user has logged in again the
// crawl goes on with all tries, as if nothing had been.

import assert from 'node:assert/strict';
import { createReadStream, globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { WARCParser } from 'warcio';
import { allOf } from '../../src/base/paged.ts';
import { startCrawl } from '../../src/job/assemble.ts';
import { logIn } from '../../src/job/login.ts';
import { type CrawlInput, resolveOptions } from '../../src/options/options.ts';
import { gossamer, severally, startGossamer } from '../helpers/gossamer.ts';
import { jobFolders, reading } from '../helpers/job-folders.ts';
import { MEMBERS_PAGES, type Members, membersSite } from '../helpers/members-site.ts';

const newJob = jobFolders('logged-in');
const EXPECTED = [
  ...['/ 200 1', '/bare 200 1', '/missing 404 1', '/moved 302 1'],
  ...MEMBERS_PAGES.map((path) => `${path} 200 1`),
].sort();

/** Logs in as `gossamer login` does. */
async function logInAt({ root }: Members, file: string): Promise<void> {
  const options = resolveOptions({ roots: `${root}login`, saveCookies: file });
  const fields = new Map([
    ['user', 'me'],
    ['pw', 'x'],
  ]);
  const { failure } = await logIn(options, fields, async () => '');
  assert.equal(failure, null);
}

/** The rows that were requested, and the title of each page of the archive. */
async function checkJob(job: string): Promise<void> {
  const rows = await reading(job, (ledger) => allOf(ledger.rows.all()));
  const asked = rows.filter(({ state }) => state !== 'skipped');
  assert.deepEqual(
    asked.map(({ url, status, tries }) => `${new URL(url).pathname} ${status} ${tries}`).sort(),
    EXPECTED,
  );
  const titles = new Set<string>();
  for (const file of globSync('archive/*.warc.gz', { cwd: job }))
    for await (const record of new WARCParser(createReadStream(join(job, file)) as never)) {
      const { pathname } = new URL(record.warcTargetURI ?? 'http://none/');
      if (record.warcType !== 'response' || pathname === '/robots.txt') continue;
      const title = /<title>(.*?)<\/title>/.exec(await record.contentText())?.[1];
      assert.ok(title === undefined || title === pathname, `${pathname} has the content of ${title}`);
      assert.ok(!titles.has(pathname), pathname);
      titles.add(pathname);
    }
  assert.equal(titles.size, EXPECTED.length);
}

/** Crawls, and logs in again each time that the login is seen to be lost. Returns why the host was held. */
async function crawled(site: Members, given: Partial<CrawlInput>, file: string): Promise<string[]> {
  const whys: string[] = [];
  const options = resolveOptions({ roots: site.root, sitemaps: false, concurrency: 4, ...given });
  const run = await startCrawl(options, {
    onDecision(event, fields) {
      if (event !== 'held') return;
      whys.push((fields as { why: string }).why);
      void logInAt(site, file);
    },
  });
  assert.equal((await run.summary).state, 'finished');
  return whys;
}

for (const [how, mark] of [
  ['redirect', 'Log out'],
  ['form', 'css:a.out[href*=logout]'],
  ['forbidden', 'text:Log out'],
] as const)
  test(`crawl --logged-in ${mark}: a session that ends twice, where strangers get a ${how}`, async () => {
    await using site = await membersSite(how, 14);
    const job = newJob();
    const file = `${job}.txt`;
    await logInAt(site, file);
    const whys = await crawled(
      site,
      { output: job, cookieFile: file, loggedIn: mark, ...(how === 'form' && { concurrency: 1 }) },
      file,
    );
    assert.ok(whys.length >= 2, `${whys.length} times`);
    const told = {
      redirect: /^logged out: run gossamer login 'http:\S+\/login\?next=\S+' --save \S+\.txt$/,
      form: /^logged out: run gossamer login http:\S+ --save \S+\.txt$/,
      forbidden:
        /^logged out: http:\S+ answers with status 403 and does not show it: log in, and write .* to \S+\.txt$/,
    };
    assert.match(whys[0]!, told[how]);
    await checkJob(job);
    // Those that were in flight, and the probes.
    assert.ok(site.strangers.length <= whys.length * 10, `${site.strangers.length} requests of a stranger`);
  });

test('crawl --logged-in URL: the URL is asked where a response is doubtful, and cookies come from the job’s folder', async () => {
  await using site = await membersSite('redirect', 20);
  const job = newJob();
  const file = join(job, 'cookies.txt');
  const whys = await crawled(site, { output: job, loggedIn: `${site.root}p1` }, file);
  assert.ok(whys.length >= 2, `${whys.length} times`);
  assert.match(whys[0]!, /^logged out: run gossamer login '\S+\/login\?next=\/p1' --save \S+\/cookies\.txt$/);
  await checkJob(job);
});

test('crawl --logged-in: killed while it waits, and gone on with after a login, in another process', async () => {
  await using site = await membersSite('redirect', 16);
  const job = newJob();
  const file = `${job}.txt`;
  await logInAt(site, file);
  const command = ['crawl', site.root, '-o', job, '--cookies', file, '--logged-in', 'Log out', '--no-sitemaps'];
  const first = startGossamer(command);
  first.child.stderr!.on('data', (text: Buffer) => {
    if (text.includes('logged out: run gossamer login')) first.child.kill('SIGKILL');
  });
  assert.equal((await first.finished).signal, 'SIGKILL');
  const why = ['why', `${site.root}${MEMBERS_PAGES.at(-1)!.slice(1)}`, job];
  const { stdout } = await severally([['status', job], why]);
  assert.match(stdout, /held .*: logged out: run gossamer login/);
  site.pages = 1_000;
  await logInAt(site, file);
  const before = site.strangers.length;
  const { code, stderr } = await gossamer(command);
  assert.equal(code, 0, stderr);
  assert.equal(site.strangers.length, before);
  await checkJob(job);
});

test('crawl --logged-in: a login that nobody renews ends the run after the patience, and its URLs stay queued', async () => {
  await using site = await membersSite('form', 0);
  const job = newJob();
  const words = ['crawl', site.root, '-o', job, '--logged-in', 'Log out', '--no-sitemaps', '--host-patience', '0'];
  const { stdout, stderr } = await severally([
    words,
    ['status', job, '--json'],
    [...words.slice(0, 4), '--logged-in', 'css:a b'],
  ]);
  assert.deepEqual(stderr.match(/^= .*$/gm), ['= crawl 12', '= status 0', '= crawl 2']);
  assert.match(stdout, /"why": "logged out: run gossamer login \S+ --save \S+cookies\.txt"/);
  assert.match(stdout, /"queued": 1,/);
  assert.match(stderr, /--logged-in: "css:a b" is not a text, css: with a selector of one element/);
});
