// A host of which every second answer is hostile, in virtual time: what single URLs do to us is not taken for a sign
// that the host has too much to do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startVirtual, type VirtualReply } from '../../test/helpers/virtual-world.ts';

const PAGES = 1_200;
const TIMES_MAX = 2;
const HTML = ['content-type', 'text/html'];
const broken: VirtualReply = { status: 200, headers: HTML, body: 'x', error: 'disconnect' };
const failing = (error: VirtualReply['error'] & string, status = 0): VirtualReply => ({ status, error, afterMs: 1 });

/** They follow one another; many end at once, a few break off, and one is silent until we give up. */
const KINDS: readonly VirtualReply[] = [
  failing('reset'),
  failing('http-malformed'),
  failing('http-header-size'),
  broken,
  failing('decode', 200),
  { status: 500, afterMs: 1 },
  failing('http-malformed', 200),
  { status: 404, afterMs: 1 },
  { status: 302, headers: ['location', '/good1'], afterMs: 1 },
  failing('reset'),
  { status: 200, headers: HTML, body: '<a href="http://[">', afterMs: 1 },
  { status: 204, afterMs: 1 },
];
const SILENT_MS = 1_000;
const SILENT: VirtualReply = { ...failing('first-byte-timeout'), afterMs: SILENT_MS };
const TRICKLE: VirtualReply = { status: 200, headers: HTML, body: 'x', error: 'min-rate', afterMs: SILENT_MS };

/** How long good pages take, and which slow answers begin each `every` hostile ones. */
interface Mix {
  readonly what: string;
  readonly goodMs: number;
  readonly every: number;
  readonly slow: readonly VirtualReply[];
}

const MIXES: readonly Mix[] = [
  { what: 'a few are silent', goodMs: 200, every: 24, slow: [SILENT] },
  {
    what: 'a few are silent or trickle, for ten times as long as a good one takes',
    goodMs: 100,
    every: 36,
    slow: [SILENT, TRICKLE],
  },
];

function replyTo(path: string, { goodMs, every, slow }: Mix = MIXES[0]!): VirtualReply {
  const number = Number(/\d+$/.exec(path)?.[0] ?? 0);
  if (!path.startsWith('/hostile')) return { status: 200, headers: HTML, body: `page ${number}`, afterMs: goodMs };
  return slow[number % every] ?? KINDS[number % KINDS.length]!;
}

function linksTo(name: string, count: number): VirtualReply {
  const body = Array.from({ length: count }, (_, at) => `<a href="/${name}${at}">x</a>`).join('');
  return { status: 200, headers: HTML, body };
}

/** How long the crawl takes, in virtual time, and which good pages were had. */
async function crawled(isHostile: boolean, mix: Mix) {
  const names = Array.from({ length: PAGES }, (_, at) => [
    `/good${at}`,
    ...(isHostile ? [`/hostile${at}`] : []),
  ]).flat();
  const first = { status: 200, headers: HTML, body: names.map((name) => `<a href="${name}">x</a>`).join('') };
  const roots = ['http://h.example/'];
  const started = await startVirtual({ roots, retries: 1, sitemaps: false }, (path) =>
    path === '/' ? first : replyTo(path, mix),
  );
  const { state, elapsedMs, urls } = await started.toTheEnd();
  const good = new Set(started.asked.map(([, path]) => path).filter((path) => path.startsWith('/good')));
  return { state, elapsedMs, urls, good: good.size, asked: started.asked };
}

for (const mix of MIXES) {
  test(`crawl: every second answer of a host is hostile, ${mix.what}: all good pages within twice the time`, async () => {
    const alone = await crawled(false, mix);
    const mixed = await crawled(true, mix);
    assert.deepEqual([alone.state, alone.good, alone.urls.done], ['finished', PAGES, PAGES + 1]);
    assert.deepEqual([mixed.state, mixed.good, mixed.urls.queued], ['finished', PAGES, 0]);
    assert.ok(mixed.elapsedMs <= TIMES_MAX * alone.elapsedMs, `${mixed.elapsedMs} ms, ${alone.elapsedMs} ms alone`);
  });
}

test('crawl: a host whose first hostile answers break off, are silent and trickle is asked for much all the same', async () => {
  const first: readonly VirtualReply[] = [failing('reset'), broken, SILENT];
  const trickle: VirtualReply = { status: 200, headers: HTML, body: 'x', afterMs: SILENT_MS };
  const names = Array.from({ length: PAGES }, (_, at) => [`/good${at}`, `/hostile${at}`]).flat();
  const root = { status: 200, headers: HTML, body: names.map((name) => `<a href="${name}">x</a>`).join('') };
  const started = await startVirtual({ roots: ['http://h.example/'], sitemaps: false }, (path) => {
    const number = Number(/\d+$/.exec(path)?.[0] ?? 0) % (4 * KINDS.length);
    if (path === '/') return root;
    return path.startsWith('/hostile')
      ? ([...first, trickle, broken][number] ?? KINDS[7]!)
      : { ...replyTo(path), afterMs: 100 };
  });
  await started.forMs(3_000);
  const good = started.asked.filter(([, path]) => path.startsWith('/good')).length;
  assert.ok(good > 100, `${good} good pages in the first three seconds`);
  started.run.stop('now');
  await started.toTheEnd();
});

test('crawl: a host of 500 responses that trickle holds its own share of the requests, and other hosts go on', async () => {
  const TRICKLE_MS = 30_000;
  const HOST_CONCURRENCY = 16;
  const trickle: VirtualReply = { status: 200, headers: HTML, body: 'x', error: 'min-rate', afterMs: TRICKLE_MS };
  const roots = ['http://a.example/trickles', 'http://b.example/goods'];
  const started = await startVirtual({ roots, sitemaps: false }, (path) => {
    if (path === '/trickles') return linksTo('trickle', 500);
    if (path === '/goods') return linksTo('good', PAGES);
    return path.startsWith('/trickle') ? trickle : { ...replyTo(path), afterMs: 100 };
  });
  await started.forMs(20_000);
  const times = (name: string) => started.asked.filter(([, path]) => path.startsWith(name)).map(([atMs]) => atMs);
  assert.equal(times('/good').length, PAGES + 1);
  const trickles = times('/trickle').slice(1);
  for (const from of trickles) {
    const inFlight = trickles.filter((atMs) => atMs >= from && atMs < from + TRICKLE_MS).length;
    assert.ok(inFlight <= HOST_CONCURRENCY, `${inFlight} at once`);
  }
  started.run.stop('now');
  await started.toTheEnd();
});

for (const [hosts, goodMin] of [
  [7, PAGES],
  [99, 150],
] as const) {
  test(`crawl: ${hosts} hosts whose responses never end leave places to one that answers`, async () => {
    const roots = Array.from({ length: hosts }, (_, at) => `http://t${at}.example/trickles`);
    const started = await startVirtual({ roots: [...roots, 'http://good.example/goods'], sitemaps: false }, (path) => {
      if (path === '/trickles') return linksTo('trickle', 100);
      if (path === '/goods') return linksTo('good', PAGES);
      return path.startsWith('/trickle') ? { ...TRICKLE, afterMs: 3_600_000 } : { ...replyTo(path), afterMs: 100 };
    });
    await started.forMs(20_000);
    const good = started.asked.filter(([, path]) => path.startsWith('/good')).length;
    assert.ok(good >= goodMin, `${good} good pages in twenty seconds`);
    started.run.stop('now');
    await started.toTheEnd();
  });
}
