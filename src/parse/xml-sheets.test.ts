import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinUrl, prepareBase } from '../url/join.ts';
import { createParser } from './parse.ts';

const joinTo = (base: string) => {
  const prepared = prepareBase(base);
  return prepared === null ? null : (href: string) => joinUrl(href, prepared);
};
const parse = createParser(joinTo, { requisites: true });

async function linksOf(contentType: string, body: string | Buffer, read = parse): Promise<string> {
  const { links } = await read(Buffer.from(body), { url: 'http://h.org/a/', contentType });
  return links.map(({ kind, url }) => `${kind} ${url.replace('http://h.org/a/', '')}`).join(', ');
}

test('parse: any XML leads to the style sheets that it names before its first element', async () => {
  const item = '<item><link>http://h.org/a/n</link></item>';
  const table: readonly (readonly [type: string, body: string | Buffer, want: string])[] = [
    ['text/xml', '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="a"?><b/>', 'style a'],
    [
      'application/xml',
      `<!-- x --><?xml-stylesheet href='a?b&amp;c'?>\n<?xml-stylesheet href="d"?><b/>`,
      'style a?b&c, style d',
    ],
    [
      'application/rss+xml',
      `<?xml-stylesheet href="s"?><rss version="2.0"><channel>${item}</channel></rss>`,
      'style s, navigation n',
    ],
    ['text/xml', Buffer.from('\ufeff<?xml-stylesheet href="s"?><b/>', 'utf16le'), 'style s'],
    ['text/xml', '<!-- <?xml-stylesheet href="a"?> --><b/>', ''],
    ['text/xml', '<b><?xml-stylesheet href="a"?></b>', ''],
    ['text/xml', '<?xml-stylesheet href="#own"?><b/>', ''],
    ['text/plain', '<?xml-stylesheet href="a"?><b/>', ''],
  ];
  for (const [type, body, want] of table) assert.equal(await linksOf(type, body), want, String(body));
  assert.equal(await linksOf('text/xml', '<?xml-stylesheet href="a"?><b/>', createParser(joinTo)), '');
});

test('parse: a style sheet in XSLT leads to those that it imports', async () => {
  const sheet = (body: string): string =>
    `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">${body}</xsl:stylesheet>`;
  for (const type of ['text/xsl', 'application/xml', 'application/xslt+xml'])
    assert.equal(await linksOf(type, sheet('<xsl:import href="a"/><xsl:include href="b"/>')), 'style a, style b', type);
  assert.equal(await linksOf('text/xsl', sheet('<!-- <xsl:import href="a"/> --><xsl:template/>')), '');
  assert.equal(await linksOf('text/xml', '<x xmlns="urn:x"><import href="a"/></x>'), '');
});
