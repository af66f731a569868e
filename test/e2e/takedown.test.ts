// Takedown: a URL goes from the store, the archive and what is exported, and everything else stays as it was.

import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Content } from '../../src/base/contents.ts';
import { contentsOf, holdingsOf } from '../../src/job/open-contents.ts';
import { openLedger } from '../../src/store/sqlite/store.ts';
import type { UrlRecord } from '../../src/views/tables/record.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { type Answer, serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-takedown-'));
after(() => rmSync(folder, { recursive: true }));

const SECRET = 'the secret of the seven seals';
const SHARED = `<title>${SECRET}</title><p>${'shared '.repeat(300)}</p><a href=/only-from-secret>x</a>`;

const site: Answer = (path, response) => {
  response.setHeader('content-type', 'text/html');
  if (path === '/') response.end('<a href=/secret>x</a><a href=/same>x</a><a href=/moved>x</a><a href=/other>x</a>');
  else if (path === '/moved') response.writeHead(302, { location: '/%73ecret' }).end();
  else if (path === '/secret' || path === '/same') response.end(SHARED);
  else response.end(`page ${path}`);
};

/** Every byte of the job's store and archive, unpacked. */
function bytesOf(job: string): string {
  const files = globSync(join(job, '{gossamer.db*,archive/*,indexes/*}'));
  const unpacked = files.map((file) => {
    const bytes = readFileSync(file);
    if (file.endsWith('.gz')) return gunzipSync(bytes);
    return file.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes;
  });
  return Buffer.concat(unpacked).toString('latin1');
}

async function rowsOf(job: string): Promise<Map<string, UrlRecord>> {
  const { stdout } = await gossamer(['export', 'jsonl', job]);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as UrlRecord);
  return new Map(rows.map((row) => [new URL(row.url).pathname, row]));
}

async function bodyOf(job: string, url: string): Promise<string> {
  const ledger = openLedger(join(job, 'gossamer.db'));
  const content = (await contentsOf(holdingsOf(job, ledger), ledger).of((await ledger.rows.find(url))!)) as Content;
  await ledger.close();
  return Buffer.from(content.body).toString();
}

test('remove: gone from the store and from the archive, and the job goes on without it', async () => {
  for (const compression of ['gzip', 'none']) {
    await using served = await serveSite(site);
    const job = join(folder, compression);
    const crawl = ['crawl', served.root, '-o', job, '-q', '-c', '1', '--warc-compression', compression];
    assert.equal((await gossamer(crawl)).code, 0);
    const before = await rowsOf(job);
    assert.ok(bytesOf(job).includes(SECRET));
    const secret = `${served.root}secret`;

    // As a killed run may leave it.
    writeFileSync(join(job, 'indexes/killed.warc.gz.cdxj.runs'), `x {"url":"${secret}"}\n`);

    // First the page whose content another one shares: that one keeps it.
    const removed = await gossamer(['remove', `${secret}#part`, job, '--json']);
    assert.equal(removed.code, 0, removed.stderr);
    const { url, wasState, records, moved } = JSON.parse(removed.stdout);
    assert.deepEqual([url, wasState, records, moved], [secret, 'done', 2, 1]);
    assert.equal(await bodyOf(job, `${served.root}same`), SHARED);
    const after = await rowsOf(job);
    const { state, reason, title, sha256, archive, status, links, referrer } = after.get('/secret')!;
    assert.deepEqual(
      [state, reason, title, sha256, archive, status, links, referrer],
      ['skipped', 'removed', null, null, null, null, 0, served.root],
    );
    for (const [path, row] of before) {
      const same = { ...after.get(path)!, archive: row.archive };
      if (path !== '/secret') assert.deepEqual(path === '/same' ? same : after.get(path), row, path);
    }
    const verdict = await gossamer(['verify', job]);
    assert.equal(verdict.code, 0, verdict.stdout);
    const why = await gossamer(['why', secret, job]);
    assert.match(why.stdout, /because +it was taken down at \d{4}-\d\d-\d\dT\S+ by gossamer remove/);

    // Then that one too, and nothing is left.
    assert.equal((await gossamer(['remove', `${served.root}same`, job])).code, 0);
    assert.ok(!bytesOf(job).includes(SECRET), 'the text is still there');
    const index = globSync(join(job, 'indexes/*')).map((file) => readFileSync(file, 'utf8'));
    assert.deepEqual([...index.join('').matchAll(/"url":"[^"]*\/([\w-]*)"/g)].map(([, path]) => path).sort(), [
      '',
      'moved',
      'only-from-secret',
      'other',
    ]);
    assert.equal((await gossamer(['verify', job])).code, 0);
    const asked = served.log.length;
    assert.equal((await gossamer([...crawl, '--json'])).code, 0);
    assert.equal(served.log.length, asked);
    const status_ = JSON.parse((await gossamer(['status', job, '--json'])).stdout);
    assert.deepEqual(status_.urls, { queued: 0, leased: 0, done: 4, failed: 0, skipped: 2 });

    // Again and again, also what led to it: nothing changes, and the job goes on.
    for (const url of [secret, `${served.root}same`, secret, `${served.root}%73ecret`]) {
      const again = await gossamer(['remove', url, job]);
      assert.match(again.stdout, /was removed, with 0 records/);
    }
    assert.equal((await gossamer(['why', secret, job])).stdout, why.stdout);
    assert.equal((await gossamer(['verify', job])).code, 0);
    const after_ = await gossamer([...crawl, '--json']);
    assert.deepEqual([after_.code, JSON.parse(after_.stdout).urls, after_.stderr], [0, status_.urls, '']);
    const unknown = await gossamer(['remove', `${served.root}unknown`, job]);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /never seen/);
  }
});

test('remove: what waits is not asked for, what was skipped says so, and a job at work is left alone', async () => {
  const job = join(folder, 'waiting');
  const refused = Promise.withResolvers<Awaited<ReturnType<typeof gossamer>>>();
  const whileAtWork: Answer = (path, response, request) => {
    if (path !== '/same') return site(path, response, request);
    void gossamer(['remove', `http://${request.headers.host}/`, job]).then((run) => {
      refused.resolve(run);
      site(path, response, request);
    });
  };
  await using served = await serveSite(whileAtWork, 'User-agent: *\nDisallow: /other\n');
  const crawl = ['crawl', served.root, '-o', job, '-q', '-c', '1'];
  assert.equal((await gossamer([...crawl, '--limit', '1'])).code, 16);
  for (const path of ['secret', 'moved']) {
    const { code, stderr } = await gossamer(['remove', `${served.root}${path}`, job]);
    assert.equal(code, 0, stderr);
  }
  assert.equal((await gossamer(crawl)).code, 0);
  const { code, stderr } = await refused.promise;
  assert.equal(code, 2);
  assert.match(stderr, /another process/);
  const rows = await rowsOf(job);
  assert.deepEqual([rows.get('/secret')?.reason, rows.get('/moved')?.reason], ['removed', 'removed']);
  assert.ok(!served.log.some(({ path }) => path === '/secret' || path === '/moved'));
  assert.equal(rows.get('/other')?.reason, 'robots');
  assert.equal((await gossamer(['remove', `${served.root}other`, job])).code, 0);
  assert.equal((await rowsOf(job)).get('/other')?.reason, 'removed');
});
