import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinUrl } from '../url/join.ts';
import { doctypeAt, knownText, NO_ENTITIES } from './entities.ts';
import { createSitemapReader } from './lists/lists.ts';
import { createParser } from './parse.ts';

const joinTo = (base: string) => (href: string) => joinUrl(href, base);
const parse = createParser(joinTo, { requisites: true });

async function linksIn(text: string, contentType = 'image/svg+xml'): Promise<string[]> {
  const { links } = await parse(Buffer.from(text), { url: 'http://h/', contentType });
  return links.map(({ url }) => url.replace('http://h/', ''));
}

const svg = (subset: string, body: string): string =>
  `<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd" [${subset}\n] >
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">${body}</svg>`;

test('createParser: entities that a document declares stand for their text in its links, others give no link', async () => {
  const table: readonly (readonly [subset: string, body: string, links: readonly string[]])[] = [
    ['<!ENTITY l "a">', '<a href="&l;/b"/><a xlink:href="c&l;"/><image href="&l;&amp;&l;"/>', ['a/b', 'ca', 'a&a']],
    ['<!ENTITY l "a">', '<a href="&m;"/><a xlink:href="x/&m;/y"/><use href="&l"/>', ['&l']],
    ['<!ENTITY l \'a>b\'><!-- <!ENTITY m "]>"> -->', '<a href="&l;"/><a href="&m;"/>', ['a%3Eb']],
    ['<!ENTITY l "&m;?&#38;n"><!ENTITY m "&#97;b">', '<a href="&l;"/>', ['ab?&n']],
    ['<!ENTITY l "a"><!ENTITY l "b">', '<a href="&l;"/>', ['a']],
    ['<!ENTITY l SYSTEM "file:///etc/passwd"><!ENTITY m PUBLIC "p" "s">', '<a href="&l;"/><a href="&m;"/>', []],
    ['<!ENTITY l "&m;"><!ENTITY m "&l;">', '<a href="&l;"/>', []],
    ['<!ENTITY l "<a href=\'e\'/>"><!ENTITY m "&#60;b">', '<a href="&l;"/><a href="&m;"/>', []],
    ['%ext;<!ENTITY l "a">', '<a href="&l;"/>', []],
    ['<!ENTITY % p "x"><!ELEMENT svg ANY><!ENTITY l "a">', '<a href="&l;"/>', ['a']],
    ['<!ENTITY l "a">', '<a href="&eacute;"/><a href="&quot;"/><a href="&#x62;"/>', ['%22', 'b']],
    ['<!ENTITY x "http://www.w3.org/1999/xlink">', '<g xmlns:y="&x;"><a y:href="a"/></g>', ['a']],
  ];
  for (const [subset, body, links] of table) assert.deepEqual(await linksIn(svg(subset, body)), links, subset + body);
});

test('createParser: entities in XHTML, in other types of XML, and in a document in pieces', async () => {
  const html = (doctype: string): string =>
    `<!DOCTYPE html ${doctype}><html xmlns="http://www.w3.org/1999/xhtml"><a href="&l;&eacute;">x</a><a href="&l;">y</a></html>`;
  const xhtml = 'application/xhtml+xml';
  assert.deepEqual(await linksIn(html('[<!ENTITY l "a">]'), xhtml), ['a']);
  assert.deepEqual(await linksIn(html('PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd" [<!ENTITY l "a">]'), xhtml), [
    'a%C3%A9',
    'a',
  ]);
  assert.deepEqual(
    await linksIn('<!DOCTYPE svg [<!ENTITY n "http://www.w3.org/2000/svg">]><svg xmlns="&n;"><a href="a"/></svg>', ''),
    ['a'],
  );
  const long = svg('<!ENTITY l "a">', `<!--${' '.repeat(300_000)}--><a href="&l;"/><a href="&m;"/>`);
  assert.deepEqual(await linksIn(long), ['a']);
  assert.deepEqual(await linksIn('<!DOCTYPE html [<!ENTITY l "a">]><a href="&l;">', 'text/html'), ['&l;']);
});

test('createSitemapReader: entities in sitemaps and feeds, whole and in pieces', async () => {
  const read = createSitemapReader(joinTo);
  for (const [subset, loc, url] of [
    ['<!ENTITY site "http://h/a">\n', '&site;/b', 'http://h/a/b'],
    ['<!ENTITY site "http://h/a"><!ENTITY s "&site;?b&#38;c">', '&s;', 'http://h/a?b&c'],
    ['<!ENTITY site SYSTEM "http://h/a">', '&site;/b', null],
    ['<!ENTITY site "]>">', 'http://h/&site;/&other;', null],
    [`<!-- ${'x'.repeat(20_000)} --><!ENTITY site "http://h/a">`, '&site;', 'http://h/a'],
  ] as const) {
    for (const text of [
      `<!DOCTYPE urlset [${subset}] ><urlset><url><loc>${loc}</loc></url></urlset>`,
      `<!DOCTYPE feed [${subset}]><feed><entry><link href="${loc}"/></entry></feed>`,
    ]) {
      const urls: string[] = [];
      const context = { url: 'http://h/', contentType: '' };
      for await (const { listed } of read(Buffer.from(text), context)) urls.push(...listed.map((each) => each.url));
      assert.deepEqual(urls, url === null ? [] : [url], text.slice(-200));
    }
  }
});

test('knownText: what entities expand to is bounded, whatever they are made of', () => {
  const chain = (length: number, times: number): string =>
    `<!ENTITY l0 "lol">${Array.from({ length }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(times)}">`).join('')}`;
  const meaning = (subset: string, written: string): string | null =>
    knownText(written, doctypeAt(`<!DOCTYPE x [${subset}]>`, 0)!.entities);
  assert.equal(meaning(chain(3, 10), '&l3;')?.length, 3_000);
  assert.equal(meaning(chain(9, 10), '&l9;'), null);
  assert.equal(meaning(chain(60, 2), '&l60;'), null);
  assert.equal(meaning(chain(200, 1), '&l200;'), null);
  assert.equal(meaning(chain(3, 10), '&l3;'.repeat(1_000)), null);
  const { entities } = doctypeAt(`<!DOCTYPE x [${chain(3, 10)}]>`, 0)!;
  const known = Array.from({ length: 1_000 }, () => knownText('&l3;', entities)).filter((text) => text !== null);
  assert.ok(known.length > 100 && known.length < 400, `${known.length}`);
});

test('doctypeAt: ends where the document type ends, and reads hostile ones in linear time', () => {
  for (const [text, end] of [
    ['<!DOCTYPE html>x', 15],
    ['<!doctype html SYSTEM ">">x', 26],
    ['<!DOCTYPE a [<!ENTITY b "]>"> <?p ]> ?> <!-- " ]> --> ] >x', 57],
    ['<!DOCTYPE a [<!ENTITY b "', -1],
    ['<!DOCTYPE a [', -1],
  ] as const) {
    assert.equal(doctypeAt(text, 0)?.end, end, text);
  }
  assert.equal(doctypeAt('<!DOCTYPEhtml>', 0), null);
  assert.equal(doctypeAt(' <!DOCTYPE a>', 0), null);
  for (const piece of [
    '<!',
    '<!a',
    '"',
    "'",
    '<!--',
    '<?',
    '[',
    '<!ENTITY a ',
    '<!ENTITY a "',
    '%',
    '<!ENTITY a "&a;">',
  ]) {
    for (const ending of ['', '<!--"-->]>']) doctypeAt(`<!DOCTYPE a [${piece.repeat(6_000)}${ending}`, 0);
  }
  assert.equal(knownText('&a;', NO_ENTITIES), null);
});
