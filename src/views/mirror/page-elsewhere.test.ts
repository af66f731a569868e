// What only some programs read in a page: comments for Internet Explorer, and the bases of XML.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MirroredPage, mirroredPage } from './page.ts';

/** Every URL of a.test is in the mirror, under its path. */
const paths = {
  of(url: string): string | null {
    const { hostname, pathname } = new URL(url);
    return hostname === 'a.test' ? `a.test${pathname}` : null;
  },
};

function page(text: string | Buffer, more: Partial<MirroredPage> = {}): string {
  const at = { url: 'http://a.test/docs/page', file: 'a.test/docs/page.html', contentType: 'text/html', isXml: false };
  return mirroredPage(Buffer.from(text as string), { ...at, ...more }, paths).toString('latin1');
}

test('mirroredPage: what Internet Explorer reads in a comment is as the page', () => {
  const table: [string, string][] = [
    ['<!--[if IE]><img src=/a.png><![endif]-->', '<!--[if IE]><img src="../a.png"><![endif]-->'],
    [
      '<!--[if lt IE 9]><script src="file:///etc/x.js"></script><![endif]-->',
      '<!--[if lt IE 9]><script src="about:blank"></script><![endif]-->',
    ],
    [
      '<!--[if gte mso 9]><style>a{b:url(file://host/x)}</style><![endif]--><a href=/x>',
      '<!--[if gte mso 9]><style>a{b:url(about:blank)}</style><![endif]--><a href="../x">',
    ],
    ['<!--[if !IE]><!--><a href=/x><!--<![endif]-->', '<!--[if !IE]><!--><a href="../x"><!--<![endif]-->'],
    ['<base href=/y/><!--[if IE]><a href=x>-->', '<base ><!--[if IE]><a href="../y/x">-->'],
    ['<!-- [if IE]><img src=/a.png> --><!--[if>', '<!-- [if IE]><img src=/a.png> --><!--[if>'],
    ['<script>"<!--[if IE]><a href=/x>-->"</script>', '<script>"<!--[if IE]><a href=/x>-->"</script>'],
  ];
  for (const [html, expected] of table) assert.equal(page(html), expected, html);
  const latin = Buffer.from('<meta charset=iso-8859-1><!--[if IE]><a href="/x">\xe4</a><![endif]-->', 'latin1');
  assert.match(page(latin), /<!--\[if IE\]><a href="\.\.\/x">\xe4<\/a><!\[endif\]-->$/);
});

test('mirroredPage: xml:base is removed from pages, and from feeds where it is dangerous', () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" xml:base="file:///etc/"><g xml:base="/x/"><a href="y"/></g></svg>';
  const expected = svg.replace('xml:base="file:///etc/"', '').replace('xml:base="/x/"', '');
  assert.equal(page(svg, { contentType: 'image/svg+xml', isXml: true }), expected);
  assert.equal(page('<p xml:base="//host/x"><svg xml:base=/x></svg>'), '<p ><svg ></svg>');
  const feed = (base: string): string => `<feed xml:base="${base}"><link href="x"/></feed>`;
  const read = (text: string): string => page(text, { contentType: 'application/atom+xml', isXml: true, isData: true });
  assert.equal(read(feed('http://b.test/z/')), feed('http://b.test/z/'));
  assert.equal(read(feed('file:///etc/')), feed('about:blank'));
});

test('mirroredPage: a document of XML finds its style sheet in the mirror, and else stays as it is', () => {
  const sheet = '<?xml-stylesheet type="text/css" href="/x"?><b><a href="/x"/></b>';
  assert.equal(
    page(sheet, { contentType: 'text/xml', isXml: true, isData: true }),
    '<?xml-stylesheet type="text/css" href="../x"?><b><a href="/x"/></b>',
  );
});

test('mirroredPage: a style sheet in XSLT finds in the mirror what it imports', () => {
  const sheet = (body: string): string =>
    `<?xml version="1.0"?><t:stylesheet version="1.0" xmlns:t="http://www.w3.org/1999/XSL/Transform">${body}</t:stylesheet>`;
  const table: readonly (readonly [body: string, want: string])[] = [
    ['<t:import href="/x"/><t:include\nhref=\'y?a&amp;b\' />', '<t:import href="../x"/><t:include\nhref=\'y\' />'],
    ['<t:import href="//b.test/z"/>', '<t:import href="http://b.test/z"/>'],
    ['<t:import href="file:///etc/x"/>', '<t:import href="about:blank"/>'],
    ['<t:import href="/a@b=c"/>', '<t:import href="../a@b=c"/>'],
    // These are links of the document that it makes.
    ['<!-- <t:import href="/x"/> --><a href="/x"/>', '<!-- <t:import href="/x"/> --><a href="/x"/>'],
  ];
  for (const contentType of ['text/xsl', 'application/xslt+xml'])
    for (const [body, want] of table)
      assert.equal(page(sheet(body), { contentType, isXml: true, isData: true }), sheet(want));
});
