// The archive as other people's software reads it, and as `verify` finds it: after a crawl, after kills, after damage.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { WARCParser, type WARCRecord } from 'warcio';
import type { UrlRecord } from '../../src/views/tables/record.ts';
import type { Verification } from '../../src/views/verify/verify.ts';
import { gossamer, startGossamer } from '../helpers/gossamer.ts';
import { runSeed, seededRandom } from '../helpers/random.ts';
import { isGuess, makeLinks, pagesAnswer, serveSite } from '../helpers/site.ts';

const folder = mkdtempSync(join(tmpdir(), 'gossamer-archive-'));
after(() => rmSync(folder, { recursive: true }));

interface Read {
  readonly type: string;
  readonly url: string;
  readonly head: string;
  readonly payload: Buffer;
}

/** Every record by a reader that is not ours, which must agree with all digests. */
async function readByOthers(job: string): Promise<Read[]> {
  const records: Read[] = [];
  for (const file of globSync(join(job, 'archive/*.warc.gz'))) {
    execFileSync('gzip', ['-t', file]);
    const bytes: AsyncIterable<Uint8Array> = createReadStream(file);
    for await (const record of new WARCParser(bytes)) {
      const payload = Buffer.from(await record.readFully(false));
      const head = record.httpHeaders?.toString() ?? '';
      const type = record.warcType ?? '';
      records.push({ type, url: record.warcTargetURI ?? '', head, payload });
      const digest = record.warcPayloadDigest;
      if (type !== 'response') continue;
      assert.equal(digest, `sha256:${createHash('sha256').update(payload).digest('hex')}`, record.warcTargetURI ?? '');
    }
  }
  return records;
}

async function verified(job: string): Promise<Verification> {
  const { code, stdout } = await gossamer(['verify', job, '--json']);
  const verdict = JSON.parse(stdout) as Verification;
  assert.deepEqual([code, verdict.faults], [0, []]);
  return verdict;
}

test('archive: codings, chunks, redirects, errors, robots.txt and cut bodies, as warcio reads them', async () => {
  const coded = gzipSync('<a href=/chunked>x</a>');
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    if (path === '/')
      response.end('<a href=/coded>x</a><a href=/moved>x</a><a href=/gone>x</a><a href=/cut>x</a><a href=/reset>x</a>');
    else if (path === '/coded') response.setHeader('content-encoding', 'gzip').end(coded);
    else if (path === '/moved') response.writeHead(301, { location: '/%63oded' }).end('moved');
    else if (path === '/cut') response.end('x'.repeat(3_000));
    else if (path === '/reset') response.destroy();
    else if (path === '/chunked') {
      response.write('one ');
      response.end('two');
    } else response.writeHead(404).end('gone');
  }, 'User-agent: *\nDisallow: /private\n');
  const job = join(folder, 'kinds');
  const args = ['crawl', site.root, '-o', job, '--max-body', '2000', '--auth', 'me:secret', '--retries', '0', '-q'];
  const run = await gossamer(args);
  assert.equal(run.code, 0, run.stderr);

  const records = await readByOthers(job);
  const of = (type: string, path: string): Read => {
    const found = records.filter((record) => record.type === type && record.url === site.root + path);
    assert.equal(found.length, 1, `${type} ${path}: ${found.length} records`);
    return found[0]!;
  };
  assert.equal(records[0]?.type, 'warcinfo');
  assert.match(records[0].payload.toString(), /\r\nrobots: obey\r\n/);
  // Asked for first, and again beside the URL that breaks off, to learn whether the host is still there.
  const robots = records.filter(({ type, url }) => type === 'response' && url === `${site.root}robots.txt`);
  assert.ok(robots.length >= 1);
  for (const { payload } of robots) assert.equal(payload.toString(), 'User-agent: *\nDisallow: /private\n');
  assert.ok(of('response', 'coded').payload.equals(coded), 'the body as it came');
  assert.equal(of('response', 'chunked').payload.toString(), 'one two');
  assert.match(of('response', 'chunked').head, /x-orig-transfer-encoding: chunked\r\n/i);
  assert.match(of('response', 'chunked').head, /\r\ncontent-length: 7\r\n/i);
  assert.equal(of('response', 'moved').payload.toString(), 'moved');
  assert.equal(of('response', 'gone').payload.toString(), 'gone');
  assert.equal(of('response', 'cut').payload.length, 2_000);
  assert.equal(records.filter(({ url }) => url === `${site.root}reset`).length, 0);
  for (const { head } of records.filter(({ type }) => type === 'request')) assert.doesNotMatch(head, /c2VjcmV0|secret/);
  assert.match(of('request', 'coded').head, /authorization: \[redacted\]\r\n/i);

  const verdict = await verified(job);
  assert.deepEqual([verdict.archived, verdict.unarchived, verdict.records], [6, 0, records.length]);
});

test('archive: killed at seeded points, gone on with, and then every row has its record and no record lacks its row', {
  timeout: 120_000,
}, async () => {
  const seed = runSeed('archive killed');
  const random = seededRandom(seed);
  await using site = await serveSite(pagesAnswer(makeLinks(seed, 600, 8)));
  const job = join(folder, 'killed');
  const args = ['crawl', site.root, '-o', job, '-c', '24', '--no-adapt', '-q'];
  for (const share of [0.1, 0.3, 0.5, 0.7]) {
    const stopAt = site.log.length + Math.floor(600 * 0.15 * (0.5 + random()));
    const run = startGossamer(args);
    site.onRequest = (_, count) => void (count >= stopAt && run.child.kill('SIGKILL'));
    assert.equal((await run.finished).signal, 'SIGKILL', `at ${share} (seed ${seed})`);
    site.onRequest = () => {};
  }
  assert.equal((await gossamer(args)).code, 0);
  const verdict = await verified(job);
  assert.deepEqual([verdict.archived, verdict.unarchived], [600, 0]);
  assert.ok(verdict.files > 2);
  const urls = (await readByOthers(job))
    .filter(({ type }) => type === 'response' || type === 'revisit')
    .map(({ url }) => url);
  const pages = urls.map((url) => new URL(url).pathname).filter((path) => path !== '/robots.txt' && !isGuess(path));
  assert.deepEqual([pages.length, new Set(pages).size], [600, 600]);
});

test('verify: names the file and the offset of what is damaged, and what is missing', async () => {
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(path === '/' ? '<a href=/1>x</a><a href=/2>x</a>' : `${path} `.repeat(2_000));
  });
  const job = join(folder, 'damaged');
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q'])).code, 0);
  const { stdout } = await gossamer(['export', 'jsonl', job]);
  const row = stdout
    .split('\n')
    .map((line) => JSON.parse(line || '{}') as UrlRecord)
    .find(({ url }) => url === `${site.root}1`);
  const { file, offset } = row!.archive!;
  const bytes = readFileSync(join(job, file));
  bytes.fill(0x55, offset + 40, offset + 60);
  writeFileSync(join(job, file), bytes);
  const run = await gossamer(['verify', job]);
  assert.equal(run.code, 1);
  assert.match(
    run.stdout,
    new RegExp(
      `^2 faults:\\n {2}${file} at ${offset}: .*\\n {2}${file} at ${offset}: the row points to no record {2}\\(\\S+/1\\)\\n`,
    ),
  );
});

test('crawl --no-archive: no archive, rows without a place, and verify says so', async () => {
  await using site = await serveSite((_, response) => response.end('x'));
  const job = join(folder, 'none');
  assert.equal((await gossamer(['crawl', site.root, '-o', job, '-q', '--no-archive'])).code, 0);
  const verdict = await verified(job);
  assert.deepEqual([verdict.files, verdict.archived, verdict.unarchived], [0, 0, 1]);
});

test('archive: a long body that nobody reads goes through a file, in one piece or cut, and nothing is left of that', async () => {
  const random = seededRandom(runSeed('long'));
  const body = Buffer.from(Array.from({ length: 3_000_000 }, () => random() * 256));
  let asked = 0;
  await using site = await serveSite((path, response) => {
    const types: Record<string, string> = { '/': 'text/html', '/page': 'text/html' };
    response.setHeader('content-type', types[path] ?? 'application/octet-stream');
    if (path === '/')
      return void response.end('<a href=/long>x</a><a href=/cut>x</a><a href=/page>x</a><a href=/again>x</a>');
    if (path === '/page') return void response.end(`${' '.repeat(2_000_000)}<a href=/end>x</a>`);
    if (path === '/cut') return void response.end(Buffer.concat([body, body]));
    asked += 1;
    // The first time the connection breaks in the middle.
    if (asked > 1) return void response.end(body);
    response.write(body.subarray(0, 2_000_000), () => response.destroy());
  });
  const job = join(folder, 'long');
  const run = await gossamer(['crawl', site.root, '-o', job, '--max-body', '4000000', '-q', '-c', '1']);
  assert.equal(run.code, 0, run.stderr);
  const rows = await rowsOf(job);
  const digest = createHash('sha256').update(body).digest('hex');
  for (const path of ['long', 'again']) {
    const { bytes, sha256, truncated } = rows.get(path)!;
    assert.deepEqual([bytes, sha256, truncated], [3_000_000, digest, null], path);
  }
  assert.deepEqual([rows.get('cut')?.bytes, rows.get('cut')?.truncated], [4_000_000, 'length']);
  assert.equal(rows.get('end')?.state, 'done');
  const records = await readByOthers(job);
  assert.equal(records.find(({ url, type }) => url.endsWith('/cut') && type === 'response')?.payload.length, 4_000_000);
  await verified(job);
  assert.deepEqual(globSync(join(job, 'archive/*.part')), []);

  const without = await gossamer(['crawl', site.root, '-o', join(folder, 'long-none'), '--no-archive', '-q']);
  assert.equal(without.code, 0, without.stderr);
  assert.equal((await rowsOf(join(folder, 'long-none'))).get('long')?.sha256, digest);
});

async function rowsOf(job: string): Promise<Map<string, UrlRecord>> {
  const { stdout } = await gossamer(['export', 'jsonl', job]);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as UrlRecord);
  return new Map(rows.map((row) => [new URL(row.url).pathname.slice(1), row]));
}

test('archive: what an earlier run or an earlier job has kept is referred to, and read all the same', async () => {
  const same = `<p>${'the same '.repeat(300)}</p>`;
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(path === '/' ? '<a href=/1>x</a><a href=/2>x</a><a href=/3>x</a>' : path === '/3' ? `${same}!` : same);
  });
  const first = join(folder, 'first');
  const crawl = ['crawl', site.root, '-q', '-c', '1', '--no-sitemaps'];
  assert.equal((await gossamer([...crawl, '-o', first, '--limit', '2'])).code, 16);
  assert.equal((await gossamer([...crawl, '-o', first])).code, 0);
  const types = async (job: string): Promise<string[]> =>
    (await readByOthers(job))
      .filter(({ type, url }) => /^(response|revisit)$/.test(type) && /\d$/.test(url))
      .map(({ type }) => type);
  assert.deepEqual(await types(first), ['response', 'revisit', 'response']);
  await verified(first);

  const second = join(folder, 'second');
  assert.equal((await gossamer([...crawl, '-o', second, '--revisits-of', first])).code, 0);
  assert.deepEqual(await types(second), ['revisit', 'revisit', 'revisit']);
  await verified(second);
  const ids = new Set((await rawRecords(first)).map((record) => record.warcHeader('WARC-Record-ID')));
  for (const record of await rawRecords(second)) {
    if (record.warcType !== 'revisit') continue;
    assert.ok(ids.has(record.warcHeader('WARC-Refers-To')), 'the very record of the other job');
    assert.equal(record.warcHeader('WARC-Refers-To-Target-URI')?.startsWith(site.root), true);
  }
  const mirror = join(folder, 'revisited');
  assert.equal((await gossamer(['export', 'mirror', second, '-o', mirror, '-q'])).code, 0);
  const [page] = globSync(join(mirror, '*/3.html'));
  assert.equal(readFileSync(page!, 'utf8'), `${same}!`);
  // Without the other job the rest can still be had, and what is missing is said.
  rmSync(first, { recursive: true });
  const without = await gossamer(['export', 'mirror', second, '-o', mirror, '-q']);
  assert.equal(without.code, 1);
  assert.match(without.stderr, /3 could not be read from the archive[\s\S]*the record that it refers to is not there/);
  const wrong = await gossamer([...crawl, '-o', join(folder, 'third'), '--revisits-of', first]);
  assert.equal(wrong.code, 2);
});

async function rawRecords(job: string): Promise<WARCRecord[]> {
  const records: WARCRecord[] = [];
  for (const file of globSync(join(job, 'archive/*.warc.gz'))) {
    const bytes: AsyncIterable<Uint8Array> = createReadStream(file);
    for await (const record of new WARCParser(bytes)) {
      await record.skipFully();
      records.push(record);
    }
  }
  return records;
}

test('archive: --archive-metadata keeps what pages link to and the addresses of names, and without it nothing', async () => {
  await using site = await serveSite((path, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(
      path === '/' ? '<a href=/1>x</a><link rel=stylesheet href=/s.css><img src=/i.png>' : '<a href=/>x</a>',
    );
  });
  const root = site.root.replace('127.0.0.1', 'localhost');
  const job = join(folder, 'metadata');
  const crawl = ['crawl', root, '-q', '--page-requisites', '--no-sitemaps'];
  assert.equal((await gossamer([...crawl, '-o', job, '--archive-metadata'])).code, 0);
  const records = await readByOthers(job);
  const outlinks = records.find(({ type, url }) => type === 'metadata' && url === root)?.payload.toString();
  assert.equal(outlinks, `outlink: ${root}1 L a\r\noutlink: ${root}s.css E link\r\noutlink: ${root}i.png E img\r\n`);
  const names = records.filter(({ type }) => type === 'resource');
  assert.deepEqual(
    names.map(({ url }) => url),
    ['dns:localhost'],
  );
  assert.match(names[0]!.payload.toString(), /^\d{14}\nlocalhost\.\tIN\t(A\t127\.0\.0\.1|AAAA\t::1)\n$/);
  await verified(job);
  const plain = join(folder, 'no-metadata');
  assert.equal((await gossamer([...crawl, '-o', plain])).code, 0);
  assert.ok((await readByOthers(plain)).every(({ type }) => type !== 'metadata' && type !== 'resource'));
});
