import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { FREE, found, IDENTITY, NOW } from '../../../test/contract/store.ts';
import { SITEMAP_HOSTS_MAX, SITEMAPS_PER_HOST_MAX, SITEMAPS_PER_JOB_MAX } from '../../base/limits.ts';
import { allOf } from '../../base/paged.ts';
import { openLedger, openStore } from './store.ts';

const OPTIONS = { identity: IDENTITY, now: NOW };
const HOST = 'https://a.test';
const sitemap = (name: string, depth = 0) => ({ url: `${HOST}/${name}`, namedIn: null, host: HOST, depth });
const READ = {
  verdict: 'read',
  status: 200,
  error: null,
  isCut: false,
  entries: 1,
  excess: 0,
  outside: 0,
  unfit: 0,
} as const;

test('createSitemapList: gives what is new, and after a restart what is unread', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-sitemaps-'));
  const location = join(folder, 'gossamer.db');
  const first = await openStore(location, OPTIONS);
  const [one, two] = (await first.sitemaps.add([sitemap('one'), sitemap('two', 1), sitemap('one')])).added;
  assert.deepEqual([one?.url, one?.depth, two?.url, two?.depth], [`${HOST}/one`, 0, `${HOST}/two`, 1]);
  assert.deepEqual(await first.sitemaps.add([sitemap('two'), sitemap('one')]), { added: [], refused: 0 });
  await first.sitemaps.end(one!.id, READ);
  await first.frontier.close();

  const again = await openStore(location, OPTIONS);
  assert.deepEqual(await again.sitemaps.unread(), [two]);
  assert.equal((await again.ledger.job.counts()).unreadSitemaps, 1);
  await again.sitemaps.end(two!.id, { ...READ, verdict: 'missing' });
  assert.deepEqual(await again.sitemaps.unread(), []);
  await again.frontier.close();
  rmSync(folder, { recursive: true });
});

test('sitemaps: how each ended and what names it, also what was guessed before', async () => {
  const { sitemaps, ledger, frontier } = await openStore(':memory:', OPTIONS);
  const namedIn = `${HOST}/robots.txt`;
  const all = [sitemap('one'), { ...sitemap('two'), namedIn: `${HOST}/one` }, sitemap('three')];
  const [one, two] = (await sitemaps.add(all)).added;
  assert.deepEqual(
    await sitemaps.add([{ ...sitemap('one'), namedIn }, { ...sitemap('two'), namedIn }, sitemap('one')]),
    { added: [], refused: 0 },
  );
  await sitemaps.end(one!.id, { ...READ, isCut: true });
  await sitemaps.end(two!.id, { ...READ, verdict: 'failed', status: 0, error: 'reset' });
  assert.deepEqual(await allOf(ledger.job.sitemaps()), [
    { url: `${HOST}/one`, namedIn, verdict: 'read', status: 200, error: null, isCut: true },
    { url: `${HOST}/two`, namedIn: `${HOST}/one`, verdict: 'failed', status: 0, error: 'reset', isCut: false },
    { url: `${HOST}/three`, namedIn: null, verdict: null, status: null, error: null, isCut: false },
  ]);
  await frontier.close();
});

test('sitemaps: no host has more than its share, nor are there more hosts than may be, but for those that are guessed', async () => {
  const { sitemaps, frontier } = await openStore(':memory:', OPTIONS);
  const namedIn = `${HOST}/robots.txt`;
  const many = Array.from({ length: SITEMAPS_PER_HOST_MAX + 3 }, (_, n) => ({ ...sitemap(`${n}`), namedIn }));
  const one = await sitemaps.add(many);
  assert.deepEqual([one.added.length, one.refused], [SITEMAPS_PER_HOST_MAX, 3]);
  const on = (n: number, from: string | null) => ({
    url: `http://h${n}/`,
    host: `http://h${n}`,
    depth: 0,
    namedIn: from,
  });
  const hosts = Array.from({ length: SITEMAP_HOSTS_MAX + 5 }, (_, n) => on(n, namedIn));
  assert.equal((await sitemaps.add(hosts)).refused, 6);
  assert.equal((await sitemaps.add([on(-1, null)])).refused, 0);
  assert.equal((await sitemaps.add([{ ...on(-1, namedIn), url: 'http://h-1/more' }])).refused, 0, 'that host is known');
  await frontier.close();
});

test('sitemaps: to refuse those that are too many takes no longer than to add as many', async () => {
  const { sitemaps, frontier } = await openStore(':memory:', OPTIONS);
  const batch = (from: number) =>
    Array.from({ length: SITEMAPS_PER_HOST_MAX }, (_, n) => ({ ...sitemap(`${from + n}`), namedIn: `${HOST}/index` }));
  const costOf = async (from: number, refused: number): Promise<number> => {
    const before = process.threadCpuUsage();
    assert.equal((await sitemaps.add(batch(from))).refused, refused);
    const { user, system } = process.threadCpuUsage(before);
    return user + system;
  };
  const added = await costOf(0, 0);
  const refused = await costOf(SITEMAPS_PER_HOST_MAX, SITEMAPS_PER_HOST_MAX);
  assert.ok(refused <= 2 * added, `${refused} us and ${added} us`);
  await frontier.close();
});

test('sitemaps: no job has more than its share, over all of its runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-sitemaps-'));
  const location = join(folder, 'gossamer.db');
  const first = await openStore(location, OPTIONS);
  await first.sitemaps.add([sitemap('guessed')]);
  await first.frontier.close();
  const db = new DatabaseSync(location);
  db.prepare(`INSERT INTO sitemaps (url, host, depth, named_in)
    WITH RECURSIVE n(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM n WHERE n < ?)
    SELECT 'https://b.test/' || n, 1, 0, 'x' FROM n`).run(SITEMAPS_PER_JOB_MAX - 2);
  db.close();

  const { sitemaps, frontier } = await openStore(location, OPTIONS);
  const named = (n: number) => ({ url: `http://c.test/${n}`, host: 'http://c.test', depth: 0, namedIn: 'x' });
  const { added, refused } = await sitemaps.add([1, 2, 3].map(named));
  assert.deepEqual([added.map(({ url }) => url), refused], [['http://c.test/1', 'http://c.test/2'], 1]);
  assert.equal((await sitemaps.add([{ ...named(4), namedIn: null }])).refused, 0, 'a guess is not limited');
  await frontier.close();
  rmSync(folder, { recursive: true });
});

test('add: of many at once the first is opened first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-sitemaps-'));
  const { frontier } = await openStore(join(folder, 'gossamer.db'), OPTIONS);
  const batches = Array.from({ length: 50 }, (_, batch) =>
    Array.from({ length: 20 }, (_, each) => found(`${HOST}/${batch}/${each}`)),
  );
  await Promise.all(batches.map((urls) => frontier.add(urls)));
  const leases = await frontier.lease(1_000, NOW, FREE);
  assert.deepEqual(
    leases.map(({ url }) => url),
    batches.flat().map(({ url }) => url),
  );
  await frontier.close();
  rmSync(folder, { recursive: true });
});

test('add: what the first sitemap says of a URL is kept, also of one that was found before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-sitemaps-'));
  const location = join(folder, 'gossamer.db');
  const { frontier, sitemaps } = await openStore(location, OPTIONS);
  const [one] = (await sitemaps.add([sitemap('one')])).added;
  const mention = { sitemapId: one!.id, lastmod: '2024-05-01', changefreq: '', priority: 0.5 };
  await frontier.add([found(`${HOST}/linked`), found(`${HOST}/other`)]);
  await frontier.add([found(`${HOST}/linked`, { mention }), found(`${HOST}/new`, { mention })]);
  await frontier.add([found(`${HOST}/new`, { mention: { ...mention, lastmod: '1999' } })]);
  await frontier.close();

  const ledger = openLedger(location);
  const of = async (name: string) =>
    (await ledger.rows.mentions([(await ledger.rows.find(`${HOST}/${name}`))!.id]))[0]!;
  const said = { sitemap: `${HOST}/one`, lastmod: '2024-05-01', changefreq: null, priority: 0.5 };
  assert.deepEqual([await of('linked'), await of('new'), await of('other')], [said, said, null]);
  assert.equal((await ledger.job.counts()).queued, 3);
  await ledger.close();
  rmSync(folder, { recursive: true });
});
