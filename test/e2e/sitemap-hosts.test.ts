// Which hosts sitemaps may lead to: those of the roots, and those that a root's robots.txt names, which lead nowhere
// else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CrawlSettings, crawl } from '../../src/index.ts';
import { type Answer, type Site, serveSite } from '../helpers/site.ts';

const INDEX = (urls: readonly string[]): string =>
  `<sitemapindex>${urls.map((url) => `<sitemap><loc>${url}</loc></sitemap>`).join('')}</sitemapindex>`;
const MANY = Array.from({ length: 5_000 }, (_, n) => n);

function files(bodies: Readonly<Record<string, string>>): Answer {
  return (path, response) => {
    const body = bodies[path];
    response.setHeader('content-type', body === undefined ? 'text/html' : 'application/xml');
    response.end(body ?? '');
  };
}

function pathsOf(site: Site): string[] {
  return site.log.map(({ path }) => path);
}

/** What was asked of another host, robots.txt included. */
async function askedElsewhere(
  make: (elsewhere: string) => { readonly answer: Answer; readonly robots?: string; readonly sitemap?: string },
  settings: CrawlSettings = {},
) {
  let robots = 0;
  await using elsewhere = await serveSite(files({}), () => {
    robots += 1;
    return '';
  });
  const { answer, robots: text = null, sitemap = null } = make(elsewhere.root);
  await using site = await serveSite(answer, text, sitemap);
  const summary = await crawl(site.root, { store: 'memory:', ...settings }).summary;
  assert.equal(summary.state, 'finished');
  return { robots, paths: pathsOf(elsewhere), own: pathsOf(site) };
}

for (const scope of ['host', 'prefix', 'site'] as const) {
  test(`crawl: an index that names 5000 sitemaps of another host has nothing asked of it: --scope ${scope}`, async () => {
    // A name is another site than an address.
    const { robots, paths } = await askedElsewhere(
      (root) => ({
        answer: files({}),
        sitemap: INDEX(MANY.map((n) => `${scope === 'site' ? root.replace('127.0.0.1', 'localhost') : root}map-${n}`)),
      }),
      { scope, limit: 20 },
    );
    assert.deepEqual([robots, paths], [0, []]);
  });
}

test('crawl: a sitemap that redirects to another host has nothing asked of it', async () => {
  const { robots, paths, own } = await askedElsewhere((root) => ({
    answer: (path, response) =>
      path === '/map' ? response.writeHead(302, { location: `${root}map` }).end() : response.end(),
    robots: 'Sitemap: /map\n',
  }));
  assert.deepEqual([robots, paths, own], [0, [], ['/', '/map']]);
});

test('crawl: pages of feeds in a sitemap, and style sheets of it, lead no further than its sitemaps', async () => {
  const { robots, paths } = await askedElsewhere((root) => ({
    answer: files({ '/feed': `<rss><channel><item><link>${root}entry</link></item></channel></rss>` }),
    sitemap: INDEX(['/feed', `${root}feed`]),
  }));
  assert.deepEqual([robots, paths], [0, []]);
});

test('crawl: what robots.txt names on another host is read, and leads to its own host and back, but to no third one', async () => {
  await using third = await serveSite(files({}));
  let home = '';
  await using elsewhere = await serveSite((path, response) => {
    response.end(path === '/index' ? INDEX(['/child', `${third.root}map`, `${home}named`]) : '');
  });
  await using site = await serveSite(files({ '/named': '<urlset><url><loc>/page</loc></url></urlset>' }), () => {
    return `Sitemap: ${elsewhere.root}index\n`;
  });
  home = site.root;
  const summary = await crawl(site.root, { store: 'memory:' }).summary;
  assert.deepEqual(pathsOf(elsewhere), ['/index', '/child']);
  assert.deepEqual(pathsOf(third), []);
  assert.deepEqual(pathsOf(site), ['/', '/named', '/page']);
  assert.equal(summary.urls.done, 2);
});
