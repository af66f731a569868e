// verify: no false alarm beside a crawl, after a kill and of records that need no row; and every real fault, with what
// to do.

import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { allOf } from '../../src/base/paged.ts';
import { holdingsOf } from '../../src/job/open-contents.ts';
import { openLedger } from '../../src/store/sqlite/store.ts';
import { type Verification, verify } from '../../src/views/verify/verify.ts';
import { gossamer, startGossamer } from '../helpers/gossamer.ts';
import { runSeed } from '../helpers/random.ts';
import { type Answer, makeLinks, pagesAnswer, serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-verify-'));
after(() => rmSync(folder, { recursive: true }));

async function verdictOf(job: string): Promise<Verification> {
  const ledger = openLedger(join(job, 'gossamer.db'));
  try {
    return await verify(holdingsOf(job, ledger), ledger);
  } finally {
    await ledger.close();
  }
}

const small: Answer = (path, response) => {
  response.setHeader('content-type', 'text/html');
  response.end(path === '/' ? '<a href=/1>x</a><a href=/2>x</a><a href=/3>x</a>' : `page ${path}`);
};

/** The last file of the archive that rows point to, and where its last record is. */
async function lastRecord(job: string): Promise<{ path: string; file: string; offset: number; length: number }> {
  const ledger = openLedger(join(job, 'gossamer.db'));
  const places = (await allOf(ledger.rows.all())).flatMap(({ archive }) => archive ?? []);
  await ledger.close();
  const last = places.sort((a, b) => (a.file === b.file ? a.offset - b.offset : a.file < b.file ? -1 : 1)).at(-1)!;
  return { path: join(job, last.file), ...last };
}

test('verify: beside a running crawl it tells nothing that is not so', { timeout: 120_000 }, async () => {
  const seed = runSeed('verify');
  await using site = await serveSite(pagesAnswer(makeLinks(seed, 600, 8)));
  const job = join(folder, 'running');
  const started = Promise.withResolvers<void>();
  site.onRequest = (_, count) => void (count >= 100 && started.resolve());
  const { child, finished } = startGossamer(['crawl', site.root, '-o', job, '-q', '--no-adapt', '-c', '30']);
  await Promise.race([started.promise, finished]);
  const seen: number[] = [];
  while (child.exitCode === null) {
    const { faults, rows, archived } = await verdictOf(job);
    assert.deepEqual(faults, [], `with ${rows} rows`);
    seen.push(archived);
    await setImmediate();
  }
  assert.equal((await finished).code, 0);
  assert.ok(
    seen.some((archived) => archived > 0 && archived < 600),
    seen.join(),
  );
  const { faults, archived, unsettledBytes } = await verdictOf(job);
  assert.deepEqual([faults, archived, unsettledBytes], [[], 600, 0]);
});

test('verify: the record of a sitemap whose reading broke off is no fault', async () => {
  await using site = await serveSite(small, null, '<urlset><url><loc>ROOT4</loc></url></urlset>');
  const job = join(folder, 'sitemap');
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q'])).code, 0);
  const db = new DatabaseSync(join(job, 'gossamer.db'));
  assert.equal(db.prepare("UPDATE sitemaps SET verdict = NULL WHERE verdict = 'read'").run().changes, 1);
  db.close();
  assert.deepEqual((await verdictOf(job)).faults, []);
});

test('verify: the torn end of a killed run is no fault, and the next run cuts it off', async () => {
  const job = join(folder, 'killed');
  const asked = Promise.withResolvers<void>();
  let isOpen = false;
  await using site = await serveSite((path, response, request) => {
    if (path === '/3' && !isOpen) asked.resolve();
    else small(path, response, request);
  });
  const crawl = ['crawl', site.root, '-o', job, '-q', '-c', '1'];
  const { child, finished } = startGossamer(crawl);
  await asked.promise;
  child.kill('SIGKILL');
  await finished;
  const { path } = await lastRecord(job);
  // A whole record without a row, and a torn one.
  appendFileSync(path, readFileSync(path));
  appendFileSync(path, gzipSync('WARC/1.1\r\n').subarray(0, 20));
  const { code, stdout } = await gossamer(['verify', job]);
  assert.equal(code, 0, stdout);
  assert.match(
    stdout,
    /^All is well\.\n(.*\n)* +beyond +\d.* that no row refers to, from a run that is at work or was killed/,
  );
  isOpen = true;
  assert.equal((await gossamer(crawl)).code, 0);
  const { faults, archived, unsettledBytes } = await verdictOf(job);
  assert.deepEqual([faults, archived, unsettledBytes], [[], 4, 0]);
});

test('verify: records that no row points to are told, and those that need none are not', async () => {
  const robots = 'User-agent: *\nDisallow: /private\nSitemap: ROOTmap.xml\n';
  await using site = await serveSite((path, response, request) => {
    const redirects: Record<string, string> = { '/map.xml': '/maps/real.xml', '/rules': '/more/rules', '/%7Eu': '/~u' };
    const to = redirects[path];
    if (to !== undefined) response.writeHead(301, { location: to }).end('moved');
    else if (path === '/more/rules') response.end(robots);
    else if (path === '/maps/real.xml') response.end('<urlset><url><loc>/4</loc></url></urlset>');
    else if (path === '/cookie' && request.headers.cookie === undefined) {
      response.writeHead(302, { location: '/cookie', 'set-cookie': 'a=b' }).end();
    } else if (path === '/')
      response.setHeader('content-type', 'text/html').end('<a href=/%7Eu>x</a><a href=/cookie>x</a>');
    else small(path, response, request);
  }, robots);
  const job = join(folder, 'rowless');
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q'])).code, 0);
  const { faults, records, archived } = await verdictOf(job);
  assert.deepEqual(faults, []);
  assert.ok(records > 2 * archived, 'there are records without a row');

  const { path, offset, length } = await lastRecord(job);
  const double = readFileSync(path).subarray(offset, offset + length);
  const stranger =
    'WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.test/\r\nContent-Length: 19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n\r\n\r\n';
  const end = statSync(path).size;
  appendFileSync(path, Buffer.concat([double, gzipSync(stranger)]));
  const told = (await verdictOf(job)).faults.map(({ what, offset }) => [what, offset]);
  assert.deepEqual(told, [
    ['a second record, to which its row does not point', end],
    ['a record without a row', end + length],
  ]);
});

test('an archive that is shorter than its rows: told by verify and at the start, and asked again on the word of the user', async () => {
  await using site = await serveSite(small);
  for (const [name, lose] of [
    ['torn', ({ path, offset }: { path: string; offset: number }) => truncateSync(path, offset + 5)],
    ['gone', ({ path }: { path: string }) => rmSync(path)],
  ] as const) {
    const job = join(folder, `lost-${name}`);
    const crawl = ['crawl', site.root, '-o', job, '-q', '-c', '1'];
    assert.equal((await gossamer(crawl)).code, 0);
    lose(await lastRecord(job));
    const lost = name === 'torn' ? 1 : 4;
    const verified = await gossamer(['verify', job]);
    assert.equal(verified.code, 1);
    const sentence = new RegExp(`no record of ${lost} URLs? any more\\. To retry them: gossamer retry ${job} --lost`);
    assert.match(verified.stdout, sentence);
    const asked = site.log.length;
    for (let time = 0; time < 2; time += 1) {
      const { code, stderr } = await gossamer(crawl);
      assert.deepEqual([code, stderr.match(/\n/g)?.length], [0, 1]);
      assert.match(stderr, sentence);
    }
    assert.equal(site.log.length, asked);
    assert.equal((await gossamer(['retry', job, '--lost'])).code, 0);
    const again = await gossamer(crawl);
    assert.deepEqual([again.code, again.stderr], [0, '']);
    assert.equal(site.log.length, asked + lost);
    const { faults, archived } = await verdictOf(job);
    assert.deepEqual([faults, archived], [[], 4]);
  }
});

test('verify: totals that are wrong are told, and the next crawl counts again and says so', async () => {
  await using site = await serveSite(small);
  const job = join(folder, 'totals');
  const crawl = ['crawl', site.root, '-o', job, '-q'];
  assert.equal((await gossamer(crawl)).code, 0);
  for (const sql of [
    'UPDATE totals SET skipped = skipped - 1',
    'UPDATE totals SET done = done - 1, failed = failed + 1',
  ]) {
    const db = new DatabaseSync(join(job, 'gossamer.db'));
    db.exec(sql);
    db.close();
    const verified = await gossamer(['verify', job]);
    assert.equal(verified.code, 1);
    assert.match(verified.stdout, /\d rows are \w+, and the totals say -?\d; the next crawl counts again/);
    const { code, stderr } = await gossamer(crawl);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /^The job's totals were wrong, and its rows were counted again: 4 done, 0 failed and 0 skipped, not .*\.\n$/,
    );
    assert.deepEqual((await verdictOf(job)).faults, []);
    assert.equal((await gossamer(crawl)).stderr, '');
  }
});
