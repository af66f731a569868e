import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Link, ParseContext, ParsedPage } from '../../base/contracts.ts';
import { LIST_SLICE_BYTES, SITEMAP_BYTES_MAX, SITEMAP_ENTRIES_MAX } from '../../base/limits.ts';
import { joinUrl, prepareBase } from '../../url/join.ts';
import { createParser } from '../parse.ts';
import type { Listed } from './listed.ts';
import { createSitemapReader, type SitemapSlice } from './lists.ts';

const joinTo = (base: string) => {
  const prepared = prepareBase(base);
  return prepared === null ? null : (href: string) => joinUrl(href, prepared);
};
const parser = createParser(joinTo);
const parse = (bytes: Uint8Array, context: ParseContext): ParsedPage => {
  const links = parser(bytes, context);
  assert.ok(!(links instanceof Promise));
  return links;
};
const readSitemap = createSitemapReader(joinTo);
const PAGE = 'http://h/a/list';

function linksOf(text: string, contentType = 'application/xml'): [url: string, kind: Link['kind']][] {
  return parse(Buffer.from(text), { url: PAGE, contentType }).links.map(({ url, kind }) => [url, kind]);
}

async function read(bytes: Uint8Array, contentType = ''): Promise<{ listed: Listed[]; last: SitemapSlice }> {
  const listed: Listed[] = [];
  let last: SitemapSlice | null = null;
  for await (const slice of readSitemap(bytes, { url: PAGE, contentType })) {
    listed.push(...slice.listed);
    last = slice;
  }
  return { listed, last: last! };
}

const URLSET = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
  <url><loc> http://h/one?a=1&amp;b=2 </loc><lastmod>2024-05-01</lastmod><changefreq>daily</changefreq><priority>0.8</priority>
    <image:image><image:loc>http://h/picture.png</image:loc></image:image>
    <xhtml:link rel="alternate" hreflang="de" href="http://h/eins"/></url>
  <url><loc><![CDATA[http://h/two?a&b]]></loc></url>
</urlset>`;

test('createSitemapReader: entries with what is said of them, and their translations', async () => {
  const { listed, last } = await read(Buffer.from(URLSET));
  assert.deepEqual(
    listed.map(({ url, kind, facts }) => [url, kind, facts]),
    [
      ['http://h/one?a=1&b=2', 'navigation', { lastmod: '2024-05-01', changefreq: 'daily', priority: 0.8 }],
      ['http://h/eins', 'alternate', null],
      ['http://h/two?a&b', 'navigation', { lastmod: '', changefreq: '', priority: null }],
    ],
  );
  assert.deepEqual([last.isList, last.excess, last.cut], [true, 0, null]);
});

test('createSitemapReader: packed, in UTF-16, with a prefix, as text, as RSS and Atom', async () => {
  const urls = async (bytes: Uint8Array): Promise<string[]> => (await read(bytes)).listed.map(({ url }) => url);
  const plain = await urls(Buffer.from(URLSET));
  assert.deepEqual(await urls(gzipSync(URLSET)), plain);
  assert.deepEqual(await urls(Buffer.from(`\ufeff${URLSET}`, 'utf16le')), plain);
  assert.deepEqual(await urls(Buffer.from('<s:urlset><s:url><s:loc>http://h/p</s:loc></s:url></s:urlset>')), [
    'http://h/p',
  ]);
  assert.deepEqual(await urls(Buffer.from('\ufeffhttp://h/1\r\n\r\nnot a URL\rhttps://h/2#x')), [
    'http://h/1',
    'https://h/2',
  ]);
  assert.deepEqual(
    await urls(Buffer.from('<rss><channel><link>http://h</link><item><link>http://h/r</link></item></channel></rss>')),
    ['http://h/r'],
  );
  assert.deepEqual(await urls(Buffer.from('<feed><entry><link href="x"/></entry></feed>')), ['http://h/a/x']);
});

test('createSitemapReader: a page, a picture and nothing are no sitemaps', async () => {
  for (const text of ['<!doctype html><a href="http://h/x">x</a>', '<svg/>', '', 'GIF89a', 'nothing here', '{}']) {
    const { listed, last } = await read(Buffer.from(text));
    assert.deepEqual([listed, last.isList === true], [[], false], text);
  }
});

test('createSitemapReader: entries past the limit are counted', async () => {
  const entries = Array.from({ length: SITEMAP_ENTRIES_MAX + 7 }, (_, n) => `<url><loc>http://h/${n}</loc></url>`);
  const { listed, last } = await read(Buffer.from(`<urlset>${entries.join('')}</urlset>`));
  assert.deepEqual([listed.length, last.excess], [SITEMAP_ENTRIES_MAX, 7]);
  const { listed: lines, last: end } = await read(Buffer.from(entries.map((_, n) => `http://h/${n}\n`).join('')));
  assert.deepEqual([lines.length, end.excess], [SITEMAP_ENTRIES_MAX, 7]);
});

test('createSitemapReader: what grows out of little, what is too long and what breaks off are read up to there', async () => {
  const entry = '<urlset><url><loc>http://h/first</loc></url>';
  const bomb = await read(gzipSync(entry + ' '.repeat(SITEMAP_BYTES_MAX)));
  assert.deepEqual([bomb.listed.length, bomb.last.cut], [1, 'ratio']);
  const long = await read(Buffer.from(`${entry + ' '.repeat(SITEMAP_BYTES_MAX)}<url><loc>http://h/last</loc></url>`));
  assert.deepEqual([long.listed.length, long.last.cut], [1, 'length']);
  const many = Array.from({ length: 5_000 }, (_, n) => `<url><loc>http://h/${n}</loc></url>`).join('');
  const packed = gzipSync(`<urlset>${many}</urlset>`);
  const broken = await read(packed.subarray(0, packed.length - 1_000));
  assert.equal(broken.last.cut, 'damaged');
  assert.ok(broken.listed.length > 100, `${broken.listed.length}`);
});

test('createSitemapReader: XML that ends within an element breaks off, text does not', async () => {
  const url = '<url><loc>http://h/1</loc></url>';
  for (const [text, cut] of [
    [`<urlset>${url}<url><loc>http://h/2`, 'damaged'],
    [`<urlset>${url}<url><loc>http://h/2</lo`, 'damaged'],
    [`<urlset>${url}`, 'damaged'],
    ['<rss><channel><item><link>http://h/1</link></item>', 'damaged'],
    [`<urlset>${url}</urlset><!-- made by`, null],
    ['http://h/1\nhttp://h/2', null],
  ] as const) {
    const { listed, last } = await read(Buffer.from(text));
    assert.deepEqual([listed[0]?.url, last.isList, last.cut], ['http://h/1', true, cut], text);
  }
});

test('createSitemapReader: no slice takes long', async () => {
  const bytes = Buffer.from(`<urlset>${'<url><loc>http://h/some/page</loc></url>'.repeat(40_000)}</urlset>`);
  assert.ok(bytes.length > 20 * LIST_SLICE_BYTES);
  const times: number[] = [];
  // Of the processor, because others may have it too.
  const nowMs = (): number => process.threadCpuUsage().user / 1000;
  let from = nowMs();
  for await (const slice of readSitemap(bytes, { url: PAGE, contentType: '' })) {
    times.push(nowMs() - from + 0 * slice.listed.length);
    from = nowMs();
  }
  const median = times.sort((a, b) => a - b)[times.length >> 1]!;
  assert.ok(times.length > 20 && median < 10, `${times.length} slices, the median of ${median} ms`);
});

test('createParser: RSS 2.0, also 0.9x', () => {
  const text = `<rss version="2.0"><channel><link>http://h/</link><atom:link rel="self" href="http://h/feed"/>
    <atom:link rel="next" href="/feed?page=2"/>
    <item><title>&eacute; &lt;a href="x"></title><link>/one</link><guid>http://h/permanent</guid>
      <enclosure url="http://h/one.mp3" type="audio/mpeg"/></item>
    <item><guid isPermaLink="false">http://h/no</guid><link><![CDATA[ http://h/two?a=1&b=2 ]]></link></item>
    <item><guid>tag:h,2024:3</guid><link>mailto:a@b</link></item></channel></rss>`;
  const expected = [
    ['http://h/feed?page=2', 'feed'],
    ['http://h/one', 'navigation'],
    ['http://h/permanent', 'navigation'],
    ['http://h/one.mp3', 'requisite'],
    ['http://h/two?a=1&b=2', 'navigation'],
  ];
  assert.deepEqual(linksOf(text, 'application/rss+xml; charset=utf-8'), expected);
  assert.deepEqual(linksOf(text, 'text/xml'), expected);
  assert.deepEqual(linksOf('<rss version="0.91"><channel><item><link>http://h/x</link></item></channel></rss>'), [
    ['http://h/x', 'navigation'],
  ]);
});

test('createParser: RSS 1.0 has its items beside the channel', () => {
  const text = `<rdf:RDF><channel rdf:about="http://h/feed"><items><rdf:Seq><rdf:li rdf:resource="http://h/1"/></rdf:Seq></items></channel>
    <item rdf:about="http://h/1"><link>http://h/1?rss</link></item></rdf:RDF>`;
  assert.deepEqual(linksOf(text), [
    ['http://h/1', 'navigation'],
    ['http://h/1?rss', 'navigation'],
  ]);
});

test('createParser: Atom, with the bases that its elements name', () => {
  const text = `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/blog/"><link rel="self" href="http://h/feed"/>
    <entry xml:base="2024/"><link href="one"/><link rel="enclosure" href="/one.ogg"/><link rel="edit" href="/edit"/></entry>
    <entry><link rel="alternate" href="two" xml:base="http://other/x/"/><content src="whole"/></entry></feed>`;
  assert.deepEqual(linksOf(text, 'application/atom+xml'), [
    ['http://h/blog/2024/one', 'navigation'],
    ['http://h/one.ogg', 'requisite'],
    ['http://other/x/two', 'navigation'],
    ['http://h/blog/whole', 'navigation'],
  ]);
});

test('createParser: JSON Feed', () => {
  const text = JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    next_url: '/feed2.json',
    items: [
      { id: '1', url: '/one', external_url: 'http://o/x', attachments: [{ url: '/one.mp3' }] },
      null,
      'x',
      { url: 1 },
    ],
  });
  const expected = [
    ['http://h/one', 'navigation'],
    ['http://o/x', 'navigation'],
    ['http://h/one.mp3', 'requisite'],
    ['http://h/feed2.json', 'feed'],
  ];
  assert.deepEqual(linksOf(text, 'application/feed+json'), expected);
  assert.deepEqual(linksOf(text, 'application/json'), expected);
  for (const other of ['{"items":[{"url":"/x"}]}', '{', '[]', 'null', '{"version":1}']) {
    assert.deepEqual(linksOf(other, 'application/feed+json'), [], other);
  }
});

test('createParser: sitemaps as pages, and XML that is neither sitemap nor feed', () => {
  assert.deepEqual(linksOf(URLSET, 'text/xml'), [
    ['http://h/one?a=1&b=2', 'navigation'],
    ['http://h/eins', 'alternate'],
    ['http://h/two?a&b', 'navigation'],
  ]);
  assert.deepEqual(linksOf('<sitemapindex><sitemap><loc>/s.xml</loc></sitemap></sitemapindex>'), [
    ['http://h/s.xml', 'sitemap'],
  ]);
  assert.deepEqual(linksOf('<opml><url><loc>http://h/x</loc></url></opml>'), []);
  assert.deepEqual(linksOf('http://h/x\n', 'text/plain'), []);
});

test('createParser: a feed in another encoding, by its declaration', () => {
  const head = '<?xml version="1.0" encoding="windows-1251"?><rss><channel><item><link>http://h/';
  const bytes = Buffer.concat([Buffer.from(head), Buffer.from([0xff]), Buffer.from('</link></item></channel></rss>')]);
  const { links, charset } = parse(bytes, { url: PAGE, contentType: 'application/rss+xml' });
  assert.deepEqual([links[0]?.url, charset], ['http://h/%D1%8F', 'windows-1251']);
});

test('createParser: a large sitemap and a packed one are read in slices, and a packed file that is none is left', async () => {
  let turns = 0;
  const turn = async (): Promise<void> => {
    turns += 1;
  };
  const parseInTurns = createParser(joinTo, { turn });
  const large = `<urlset>${'<url><loc>http://h/some/page</loc></url>'.repeat(20_000)}</urlset>`;
  for (const [bytes, contentType] of [
    [Buffer.from(large), 'application/xml'],
    [gzipSync(large), 'application/gzip'],
  ] as const) {
    const links = parseInTurns(bytes, { url: PAGE, contentType });
    assert.ok(links instanceof Promise);
    assert.equal((await links).links.length, 20_000);
    assert.ok(turns > 5, `${turns} turns`);
    turns = 0;
  }
  const tar = await parseInTurns(gzipSync(Buffer.alloc(1e6, 'x')), { url: PAGE, contentType: 'application/gzip' });
  assert.deepEqual([tar.links, turns <= 1], [[], true]);
});
