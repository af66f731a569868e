import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startVirtual, type VirtualReply } from '../../test/helpers/virtual-world.ts';
import { SITEMAP_DEPTH_MAX, SITEMAPS_BYTES_MAX } from '../base/limits.ts';

const ROOT = 'http://h.example/';
const XML = ['content-type', 'application/xml'];
const PAGE = { status: 200, headers: ['content-type', 'text/html'], body: 'a page' };
const urlset = (...paths: readonly string[]) => ({
  status: 200,
  headers: XML,
  body: `<urlset>${paths.map((path) => `<url><loc>http://h.example${path}</loc></url>`).join('')}</urlset>`,
});
const index = (...paths: readonly string[]) => ({
  status: 200,
  headers: XML,
  body: `<sitemapindex>${paths.map((path) => `<sitemap><loc>http://h.example${path}</loc></sitemap>`).join('')}</sitemapindex>`,
});
const pathsOf = (asked: readonly (readonly [number, string])[]): string[] => asked.map(([, path]) => path);

test('sitemaps: they come last, and the second guess only where the first is missing', async () => {
  const links = { ...PAGE, body: '<a href=/linked>x</a>' };
  const started = await startVirtual({ roots: [ROOT] }, (path) => {
    if (path === '/sitemap.xml') return { status: 404 };
    if (path === '/sitemap_index.xml') return index('/one.xml', '/two.xml');
    if (path.endsWith('.xml')) return urlset(`/of-${path.slice(1, 4)}`);
    return path === '/' ? links : PAGE;
  });
  const summary = await started.toTheEnd();
  assert.deepEqual([summary.state, summary.urls.done], ['finished', 4]);
  assert.deepEqual(pathsOf(started.asked).slice(0, 5), [
    '/robots.txt',
    '/',
    '/linked',
    '/sitemap.xml',
    '/sitemap_index.xml',
  ]);
  assert.deepEqual(pathsOf(started.asked).slice(5).sort(), ['/of-one', '/of-two', '/one.xml', '/two.xml']);
});

test('sitemaps: one that leads to itself is asked for once, and one that breaks off is asked again', async () => {
  let broken = 0;
  const started = await startVirtual({ roots: [ROOT] }, (path) => {
    if (path === '/sitemap.xml') return index('/loop.xml', '/cut.xml');
    if (path === '/loop.xml') return { status: 301, headers: ['location', '/loop.xml'] };
    if (path !== '/cut.xml') return PAGE;
    broken += 1;
    return broken === 1 ? { status: 0, error: 'reset' } : urlset('/found');
  });
  const { state, urls } = await started.toTheEnd();
  assert.deepEqual([state, urls.done, broken], ['finished', 2, 2]);
  assert.equal(pathsOf(started.asked).filter((path) => path === '/loop.xml').length, 1);
});

test('sitemaps: they keep the delay of their host', async () => {
  const started = await startVirtual({ roots: [ROOT], delayMs: 2_000 }, (path) => {
    if (path === '/sitemap.xml') return index('/a.xml', '/b.xml', '/c.xml');
    return path.endsWith('.xml') ? urlset() : PAGE;
  });
  await started.toTheEnd();
  const times = started.asked.map(([atMs]) => atMs);
  assert.equal(times.length, 6);
  for (const [nth, atMs] of times.slice(1).entries()) assert.ok(atMs - times[nth]! >= 2_000, `${times}`);
});

test('sitemaps: past --limit none is read', async () => {
  const started = await startVirtual({ roots: [ROOT], limit: 1 }, () => ({ ...PAGE, body: '<a href=/b>x</a>' }));
  const { stoppedBy } = await started.toTheEnd();
  assert.deepEqual([stoppedBy, pathsOf(started.asked)], ['limit', ['/robots.txt', '/']]);
});

/** Indexes that each name the next one: `/sitemap.xml`, `/1.xml` and so on. */
async function askedInARow(sizeOf: (number: number) => Pick<VirtualReply, 'wireBytes'>) {
  const started = await startVirtual({ roots: [ROOT] }, (path) => {
    if (!path.endsWith('.xml')) return PAGE;
    const number = path === '/sitemap.xml' ? 0 : Number(path.slice(1, -4));
    return { ...index(`/${number + 1}.xml`), ...sizeOf(number) };
  });
  const { state, urls } = await started.toTheEnd();
  assert.deepEqual([state, urls.done], ['finished', 1]);
  return pathsOf(started.asked).filter((path) => path.endsWith('.xml'));
}

test('sitemaps: indexes in indexes are read to a depth, and no deeper', async () => {
  const asked = await askedInARow(() => ({}));
  assert.deepEqual(
    asked.slice(1),
    Array.from({ length: SITEMAP_DEPTH_MAX }, (_, at) => `/${at + 1}.xml`),
  );
});

test('sitemaps: a run receives so many bytes of them, and then asks for no more', async () => {
  const sizes = [SITEMAPS_BYTES_MAX - 2, 1, 1, 1];
  assert.deepEqual(await askedInARow((number) => ({ wireBytes: sizes[number]! })), [
    '/sitemap.xml',
    '/1.xml',
    '/2.xml',
  ]);
});
