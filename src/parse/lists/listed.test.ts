import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { joinUrl } from '../../url/join.ts';
import type { Listed } from './listed.ts';
import { createSitemapReader } from './lists.ts';

const readSitemap = createSitemapReader((base) => (href) => joinUrl(href, base));

async function listedIn(text: string | Buffer, isCut = false): Promise<Listed[]> {
  const found: Listed[] = [];
  const context = { url: 'http://h/a/list', contentType: '' };
  for await (const { listed } of readSitemap(Buffer.from(text as string), context, isCut)) found.push(...listed);
  return found;
}

const urlsOf = async (text: string | Buffer, isCut = false): Promise<string[]> =>
  (await listedIn(text, isCut)).map(({ url }) => url);

test('createSitemapReader: the first root tells what the document is, and lists behind it are read too', async () => {
  const list = (n: number): string => `<urlset><url><loc>http://h/${n}</loc></url></urlset>`;
  assert.deepEqual(await urlsOf(list(1) + list(2)), ['http://h/1', 'http://h/2']);
  assert.deepEqual(await urlsOf(`${list(1)}<p><url><loc>http://h/2</loc></url></p>`), ['http://h/1']);
  assert.deepEqual(await urlsOf(`<html></html>${list(1)}`), []);
  for await (const { isList } of readSitemap(Buffer.from(`${list(1)}<p>`), { url: 'http://h/', contentType: '' }))
    assert.equal(isList, true);
});

test('createSitemapReader: an address in which another one begins is none, and that one is read', async () => {
  const url = (n: number): string => `<url><loc>http://h/${n}</loc></url>`;
  for (const [text, urls] of [
    [`<urlset>${url(1)}<url><loc>http://h/2${url(3)}${url(4)}</urlset>`, [1, 3, 4]],
    [`<urlset><url><loc>http://h/1</loc>${url(2)}${url(3)}</urlset>`, [1, 2, 3]],
    [`<urlset>${url(1)}<url><loc>http://h/2<?xml version="1.0"?><urlset>${url(3)}</urlset>`, [1, 3]],
    [`<s:urlset><s:url><s:loc>http://h/1<s:url><s:loc>http://h/2</s:loc></s:url></s:urlset>`, [2]],
    ['<sitemapindex><sitemap>http://h/1<sitemap>http://h/2</sitemap></sitemapindex>', [2]],
    [`<urlset><url><loc>http://h/1<br/>2</loc></url>${url(3)}</urlset>`, [3]],
    [`<urlset><url><loc><b>http://h/1</b></loc></url><url><loc>http://h/2<br/></loc></url></urlset>`, [1, 2]],
    ['<rss><channel><item><link>http://h/1<link>http://h/2</link></item></channel></rss>', []],
    [`<urlset>${url(1)}<url><loc>http://h/2<loc>http://h/3</loc></url>${url(4)}</urlset>`, [1, 4]],
  ] as const) {
    assert.deepEqual(
      await urlsOf(text),
      urls.map((n) => `http://h/${n}`),
      text,
    );
  }
});

test('createSitemapReader: no word that JavaScript knows is the root of a list', async () => {
  for (const root of ['constructor', '__proto__', 'toString', 'html']) {
    const context = { url: 'http://h/', contentType: '' };
    for await (const { isList } of readSitemap(Buffer.from(`<${root}><url/></${root}>`), context))
      assert.equal(isList, false, root);
  }
});

test('createSitemapReader: an address that the end of the file cuts is none', async () => {
  const whole =
    '<sitemapindex><sitemap><loc>http://h/1.xml</loc></sitemap><sitemap><loc>http://h/22.xml</loc></sitemap>';
  for (let length = 0; length <= whole.length; length += 1) {
    const want = ['http://h/1.xml', 'http://h/22.xml'].slice(0, whole.slice(0, length).split('</loc>').length - 1);
    assert.deepEqual(await urlsOf(whole.slice(0, length)), want, whole.slice(0, length));
  }
  assert.deepEqual(await urlsOf('<sitemapindex><sitemap>http://h/1.xml</sitemap><sitemap>http://h/2.x'), [
    'http://h/1.xml',
  ]);
  assert.deepEqual(await urlsOf('<urlset><url><loc><![CDATA[http://h/1]]></loc><lastmod>20'), ['http://h/1']);
  assert.deepEqual(await urlsOf('<urlset><url><loc><![CDATA[http://h/1'), []);
  assert.deepEqual(await urlsOf('<rss><channel><item><link>http://h/1</link></item><item><guid>http://h/2'), [
    'http://h/1',
  ]);
  assert.deepEqual(await urlsOf('<feed><entry><link href="http://h/1"/></entry><entry><link href="http://h/2'), [
    'http://h/1',
  ]);
  assert.deepEqual(await urlsOf('http://h/1\nhttp://h/2'), ['http://h/1', 'http://h/2']);
  assert.deepEqual(await urlsOf('http://h/1\nhttp://h/2', true), ['http://h/1']);
  const lines = Array.from({ length: 20_000 }, (_, n) => `http://h/${n * 7919}/${n ** 3 % 1013}/end`).join('\n');
  const packed = gzipSync(lines);
  const unpacked = await urlsOf(packed.subarray(0, packed.length >> 1));
  assert.ok(unpacked.length > 100 && unpacked.every((url) => url.endsWith('/end')));
});

test('createSitemapReader: an address with a reference that nobody knows is none', async () => {
  const table: readonly (readonly [loc: string, url: string | null])[] = [
    ['http://h/?a=1&amp;b=2', 'http://h/?a=1&b=2'],
    ['http://h/?a=1&b=2', 'http://h/?a=1&b=2'],
    ['http://h/&apos;&quot;', "http://h/'%22"],
    ['http://h/caf&eacute;', null],
    ['http://h/a&nbsp;b', null],
    ['http://h/?a=1&copy;', null],
    ['http://h/?a=1&copy=2;', 'http://h/?a=1&copy=2;'],
    ['http://h/&my-site;/', null],
    ['http://h/&m.s:\u00e4;/', null],
    ['http://h/&;', 'http://h/&;'],
    ['http://h/&#;', null],
    ['http://h/&#1;', null],
    ['http://h/&#xffff;', null],
    ['http://h/&#x1f600;', 'http://h/%F0%9F%98%80'],
    ['http://h/&#228;&#xe4;', 'http://h/%C3%A4%C3%A4'],
    ['http://h/&site;/x', 'http://h/s/x'],
    ['http://h/&site;&amp;&site;', 'http://h/s&s'],
    ['&base;x', null],
    ['http://h/&notit;', null],
    ['http://h/&#0;', null],
    ['http://h/&#x110000;', null],
    ['http://h/&#xzz;', null],
    ['<![CDATA[http://h/?a&site;b]]>', 'http://h/?a&site;b'],
  ];
  for (const [loc, url] of table) {
    const text = `<!DOCTYPE urlset [<!ENTITY site "s">]><urlset><url><loc>${loc}</loc></url></urlset>`;
    assert.deepEqual(await urlsOf(text), url === null ? [] : [url], loc);
  }
  assert.deepEqual(await urlsOf('<feed><entry><link href="/a&site;"/><link href="/a?b&amp;c"/></entry></feed>'), [
    'http://h/a?b&c',
  ]);
  assert.deepEqual(
    await urlsOf('<rss><channel><item><link>/a&site;</link><guid>http://h/&b;</guid></item></channel></rss>'),
    [],
  );
});

test('createSitemapReader: sitemaps in capitals, with the entries of the other kind, and without any', async () => {
  for (const [text, want] of [
    ['<URLSET><URL><LOC>http://h/1</LOC><LastMod>2024</LastMod></URL></URLSET>', ['navigation http://h/1 2024']],
    ['<sitemapIndex><Sitemap><Loc>http://h/1.xml</Loc></Sitemap></sitemapIndex>', ['sitemap http://h/1.xml ']],
    ['<urlset><sitemap><loc>http://h/1.xml</loc></sitemap></urlset>', ['sitemap http://h/1.xml ']],
    ['<sitemapindex><url><loc>http://h/1.xml</loc></url></sitemapindex>', ['sitemap http://h/1.xml ']],
    [
      '<urlset><loc>http://h/1</loc><loc>http://h/2</loc></urlset>',
      ['navigation http://h/1 ', 'navigation http://h/2 '],
    ],
    ['<sitemapindex><loc> http://h/1.xml </loc></sitemapindex>', ['sitemap http://h/1.xml ']],
    ['<urlset><image:image><image:loc>http://h/i.png</image:loc></image:image><loc>x</loc></urlset>', []],
    ['<urlset><url><image:loc>http://h/i.png</image:loc></url><video:loc>http://h/v</video:loc></urlset>', []],
    ['<rss><channel><Item><link>http://h/1</link></Item></channel></rss>', []],
  ] as const) {
    const listed = await listedIn(text);
    assert.deepEqual(
      listed.map(({ kind, url, facts }) => `${kind} ${url} ${facts?.lastmod}`),
      want,
      text,
    );
  }
});

test('createSitemapReader: an address without its loc', async () => {
  const urls = async (text: string): Promise<string[]> =>
    (await listedIn(text)).map(({ url, kind }) => `${kind} ${url}`);
  assert.deepEqual(
    await urls(
      '<sitemapindex><sitemap> http://h/1?a&amp;b </sitemap><sitemap><![CDATA[http://h/2]]></sitemap></sitemapindex>',
    ),
    ['sitemap http://h/1?a&b', 'sitemap http://h/2'],
  );
  assert.deepEqual(
    await urls(
      '<urlset><url>http://h/1<lastmod>2024</lastmod></url><url>http://h/2<loc>http://h/3</loc></url></urlset>',
    ),
    ['navigation http://h/1', 'navigation http://h/3'],
  );
  assert.deepEqual(
    await urls('<urlset><url>news</url><url>http://h/&x;</url><url><foo>http://h/4</foo></url></urlset>'),
    [],
  );
  assert.deepEqual(await urls('<rss><channel><item>http://h/1</item></channel></rss>'), []);
});

test('createSitemapReader: what is around an address is none of it, and no text becomes one', async () => {
  const inLoc = (text: string): string => `<urlset><url><loc>${text}</loc></url></urlset>`;
  for (const [text, url] of [
    [inLoc('"http://h/1"'), 'http://h/1'],
    [inLoc("\n '<![CDATA[ http://h/1 ]]>'\n"), 'http://h/1'],
    [inLoc('&lt;![CDATA[http://h/1]]&gt;'), 'http://h/1'],
    [inLoc('&quot;http://h/1&quot;'), 'http://h/1'],
    [inLoc('<a href="http://h/1">http://h/1</a>'), 'http://h/1'],
    [inLoc('http://h/\n  1'), null],
    [inLoc('www.h/1'), null],
    ['<sitemapindex><sitemap>"http://h/1.xml"</sitemap></sitemapindex>', 'http://h/1.xml'],
    ['<rss><channel><item><link>"http://h/1"</link></item></channel></rss>', 'http://h/1'],
    ["<rss><channel><item><guid>'http://h/1'</guid></item></channel></rss>", 'http://h/1'],
    ['<rss><channel><item><link>www.h.org/1</link></item></channel></rss>', null],
    ['"http://h/1"\n<http://h/2', 'http://h/1'],
  ] as const) {
    assert.deepEqual(await urlsOf(text), url === null ? [] : [url], text);
  }
});
