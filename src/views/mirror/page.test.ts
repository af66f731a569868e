import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRelink, edited, relativePath } from './links.ts';
import { mirroredPage } from './page.ts';
import { mirroredStyle } from './style.ts';

/** Every URL of a.test is in the mirror, under its path. */
const paths = {
  of: (url: string): string | null => {
    const { hostname, pathname, search } = new URL(url);
    return hostname === 'a.test'
      ? `a.test${pathname === '/' ? '/index.html' : decodeURIComponent(pathname)}${search}`
      : null;
  },
};

function page(html: string | Buffer, more: { contentType?: string; isXml?: boolean } = {}): string {
  const { contentType = 'text/html', isXml = false } = more;
  const at = { url: 'http://a.test/docs/page', file: 'a.test/docs/page.html', contentType, isXml };
  return mirroredPage(Buffer.from(html as string), at, paths).toString('latin1');
}

test('mirroredPage: links that lead to files are relative, others absolute, and nothing else changes', () => {
  const table: [string, string][] = [
    ['<a href=/>', '<a href="../index.html">'],
    ["<A  HREF = '/x' class=y>", "<A  HREF = 'x' class=y>".replace("'x'", "'../x'")],
    ['<a href="other#part">', '<a href="other#part">'],
    ['<a href="#part">', '<a href="#part">'],
    ['<a href="https://b.test/x?a=1&amp;b=2#c">', '<a href="https://b.test/x?a=1&amp;b=2#c">'],
    ['<a href="//b.test/x?a=1&amp;b=2#c">', '<a href="http://b.test/x?a=1&#38;b=2#c">'],
    ['<a href="//b.test">', '<a href="http://b.test/">'],
    ['<a href="mailto:me@a.test">', '<a href="mailto:me@a.test">'],
    ['<a href="javascript:go()">', '<a href="javascript:go()">'],
    ['<a href="">', '<a href="">'],
    ['<a>', '<a>'],
    [
      '<img src=a.png srcset="a.png 1x, /b.png 2x, https://b.test/c.png 3x">',
      '<img src=a.png srcset="a.png 1x, ../b.png 2x, https://b.test/c.png 3x">',
    ],
    [
      '<img src="data:image/gif;base64,R0" data-src=/a.png data-srcset="/b.png 1x, c.png 2x" data-lazy=true>',
      '<img src="data:image/gif;base64,R0" data-src="../a.png" data-srcset="../b.png 1x, c.png 2x" data-lazy=true>',
    ],
    ['<div data-bg="url(/a.png)" data-src=nothing>', '<div data-bg="url(../a.png)" data-src=nothing>'],
    ['<noscript><img src=/a.png></noscript>', '<noscript><img src="../a.png"></noscript>'],
    ['<p style="fill: url(#m); background: url(/a.png)">', '<p style="fill: url(#m); background: url(../a.png)">'],
    [
      '<base href=/x/><p style="fill: url(#m)"><style>a{fill:url("#m")}</style>',
      '<base ><p style="fill: url(#m)"><style>a{fill:url("#m")}</style>',
    ],
    ['<p style="background: url(/a.png)">', '<p style="background: url(../a.png)">'],
    [
      '<svg><style>a { b: url(/a.png) url(#c) }</style></svg>',
      '<svg><style>a { b: url(../a.png) url(#c) }</style></svg>',
    ],
    [
      '<svg><style>a { b: url(/a.png?c&amp;d) } b>i{c:"d"}</style></svg>',
      '<svg><style>a { b: url(../a.png%3Fc%26d) } b&#62;i{c:"d"}</style></svg>',
    ],
    ['<p style=\'background: url("/a.png")\'>', "<p style='background: url(&#34;../a.png&#34;)'>"],
    [
      '<style>@import "/x.css"; a { b: url( /c.png ) }</style>',
      '<style>@import "../x.css"; a { b: url( ../c.png ) }</style>',
    ],
    [`<style>${' '.repeat(200_000)}a{b:url(/x)}</style>`, `<style>${' '.repeat(200_000)}a{b:url(../x)}</style>`],
    ['<meta http-equiv=refresh content="3; url=/next">', '<meta http-equiv=refresh content="3;url=../next">'],
    ['<meta http-equiv=refresh content=5>', '<meta http-equiv=refresh content=5>'],
    [
      '<meta http-equiv="Content-Security-Policy" content="default-src https:">',
      '<meta http-equiv="Content-Security-Policy" >',
    ],
    ['<script src=/s.js integrity="sha256-x" crossorigin></script>', '<script src="../s.js"  ></script>'],
    ['<link rel=stylesheet href=/s.css crossorigin=anonymous>', '<link rel=stylesheet href="../s.css" >'],
    ['<link rel=canonical href=/x>', '<link rel=canonical href="http://a.test/x">'],
    [
      '<form action=/search><button formaction=/y>',
      '<form action="http://a.test/search"><button formaction="http://a.test/y">',
    ],
    ['<base href=/other/><a href=x><a href=#p>', '<base ><a href="../other/x"><a href="../other/#p">'],
    ['<a href=x><base href="https://b.test/"><base href=/no>', '<a href="https://b.test/x"><base ><base >'],
    [
      '<svg><a xlink:href=/x><use href="/i.svg#a"/></a></svg>',
      '<svg><a xlink:href="../x"><use href="../i.svg#a"/></a></svg>',
    ],
    ['<!-- <a href=/x> --><textarea><a href=/x></textarea>', '<!-- <a href=/x> --><textarea><a href=/x></textarea>'],
    ['<script>"<a href=/x>"</script>', '<script>"<a href=/x>"</script>'],
    ['<a href="/%3Cb%3E/it\'s (1)">', '<a href="../%3Cb%3E/it%27s%20%281%29">'],
    ['<a href=/x', '<a href=/x'],
  ];
  for (const [given, expected] of table) assert.equal(page(given), expected, given.slice(0, 100));
});

test('mirroredPage: images of AMP are those of pages', () => {
  assert.equal(
    page('<amp-img src=/a.png srcset="/b.png 2x" data-url=/about data-src-retina=/c.png>'),
    '<amp-img src="../a.png" srcset="../b.png 2x" data-url=/about data-src-retina="../c.png">',
  );
});

test('mirroredPage: lists of late images with conditions', () => {
  for (const [given, expected] of [
    ['<div data-bgset="/a.jpg [(x)] | /b.jpg 1x">', '<div data-bgset="../a.jpg [(x)] | ../b.jpg 1x">'],
    ['<p data-interchange="[/a.jpg, s], [/b.jpg, l]">', '<p data-interchange="[../a.jpg, s], [../b.jpg, l]">'],
    ['<img ix-src=/a.png ix-srcset="/b.png 2x">', '<img ix-src="../a.png" ix-srcset="../b.png 2x">'],
  ] as const) {
    assert.equal(page(given), expected);
  }
});

const DEAD_ADDRESSES = [
  ...[
    'file:///etc/passwd',
    'FILE:/etc/passwd',
    ' fi\tle:///etc/passwd',
    'file:etc',
    'file:\\\\host\\share',
    'file://host/share',
  ],
  ...[
    '&#102;ile:///x',
    'file&colon;///x',
    'smb://host/share',
    'jar:file:///x!/y',
    'view-source:file:///x',
    '//',
    '\\\\',
    '///',
    'C:\\Windows\\win.ini',
    'c:/windows',
  ],
];
const PLACES = [
  ...['<iframe src="@">', '<frame src="@">', '<img src="@">', '<a href="@">', '<link rel=stylesheet href="@">'],
  ...[
    '<object data="@">',
    '<embed src="@">',
    '<video poster="@">',
    '<body background="@">',
    '<script src="@"></script>',
  ],
  ...['<form action="@">', '<x-y src="@">', '<img data-src="@">', '<svg><image href="@"/></svg>'],
  ...['<svg><use xlink:href="@"/></svg>', '<svg><linearGradient href="@"/></svg>', '<svg><set to="@"/></svg>'],
  ...['<math><mi href="@"></mi></math>', '<link rel=icon href="@">', '<applet codebase="@">', '<param value="@">'],
];

test('mirroredPage: what leads onto the disk or into its network is taken out, wherever it stands', () => {
  const gone = 'about:blank';
  for (const address of DEAD_ADDRESSES) {
    for (const place of PLACES)
      assert.equal(page(place.replace('@', address)), place.replace('@', gone), place + address);
  }
  const table: [string, string][] = [
    ['<img srcset="file:///x 1x, /a.png 2x">', '<img srcset="about:blank 1x, ../a.png 2x">'],
    ['<p style="background:url(file://host/x)">', '<p style="background:url(about:blank)">'],
    [
      '<style>@import "file:///x";a{b:url(\\66ile:///x)}</style>',
      '<style>@import "about:blank";a{b:url(about:blank)}</style>',
    ],
    ['<svg><style>a{b:url(&#102;ile:///x)}</style></svg>', '<svg><style>a{b:url(about:blank)}</style></svg>'],
    [
      '<svg cursor="url(file:///x)"><math xlink:href="file:///x">',
      '<svg cursor="url(about:blank)"><math xlink:href="about:blank">',
    ],
    ['<div data-src="file:///x">', '<div data-src="about:blank">'],
    ['<object archive="file:///x">', '<object archive="about:blank">'],
    ['<a href="feed:file:///x">', '<a href="about:blank">'],
    ['<a href="ms-word:ofe|u|file://host/x">', '<a href="about:blank">'],
    [
      '<a href="mailto:a@b?body=file:x"><a href="data:,file:x">',
      '<a href="mailto:a@b?body=file:x"><a href="data:,file:x">',
    ],
    ['<svg><rect filter="url(file:///x)"/></svg>', '<svg><rect filter="url(about:blank)"/></svg>'],
    ['<svg><animate values="/x;file:///y"/></svg>', '<svg><animate values="about:blank"/></svg>'],
    ['<svg><animate values="/x;//host/y; z"/></svg>', '<svg><animate values="/x;http://host/y; z"/></svg>'],
    ['<a href="ms-word:ofe|u|\\\\host\\x">', '<a href="about:blank">'],
    ['<a href="ms-word:ofe|u|http://host/x">', '<a href="ms-word:ofe|u|http://host/x">'],
    ['<input value="a:b"><p data-x="c:1">', '<input value="a:b"><p data-x="c:1">'],
    ['<a href="data:,a\\\\b">', '<a href="data:,a\\\\b">'],
    ['<meta http-equiv=refresh content="0;url=file:///x">', '<meta http-equiv=refresh content="">'],
    [
      '<meta http-equiv=refresh content="0;url=\\\\host\\x">',
      '<meta http-equiv=refresh content="0;url=http://host/x">',
    ],
    ['<img src="\\\\host\\share\\x">', '<img src="http://host/share/x">'],
    ['<img src="//host/share/x">', '<img src="http://host/share/x">'],
    ['<x-y src="//host/share/x">', '<x-y src="http://host/share/x">'],
    ['<base href="file:///etc/"><iframe src=passwd>', '<base ><iframe src=passwd>'],
    [`<img src="//host/${'x'.repeat(9_000)}">`, '<img src="about:blank">'],
    [
      '<iframe srcdoc="&lt;img src=/x>&lt;img src=file:///x>"></iframe>',
      '<iframe srcdoc="&#60;img src=&#34;../x&#34;&#62;&#60;img src=&#34;about:blank&#34;&#62;"></iframe>',
    ],
    ['<p>file:///etc/passwd <code>src="file:///x"</code>', '<p>file:///etc/passwd <code>src="file:///x"</code>'],
  ];
  for (const [given, expected] of table) assert.equal(page(given), expected, given.slice(0, 100));
  let nested = '<img src=file:///x>';
  for (let depth = 0; depth < 10; depth += 1)
    nested = `<iframe srcdoc='${nested.replace(/[&']/g, (odd) => `&#${odd.charCodeAt(0)};`)}'>`;
  assert.doesNotMatch(page(nested), /file/);
});

test('mirroredPage: in XML style sheets are relative, styles are read as markup, and entities lead nowhere', () => {
  const table: [string, string][] = [
    ['<?xml-stylesheet href="/s.css"?><html/>', '<?xml-stylesheet href="../s.css"?><html/>'],
    ['<?xml-stylesheet href="file:///s.css"?><html/>', '<?xml-stylesheet href="about:blank"?><html/>'],
    ['<style>a{b:url(/x?c&amp;d)}</style>', '<style>a{b:url(../x%3Fc%26d)}</style>'],
    ['<style><![CDATA[a{b:url(/x?c&d)}]]></style>', '<style><![CDATA[a{b:url(../x%3Fc%26d)}]]></style>'],
    ['<style>/* &amp; */<![CDATA[a{b:url(/x?c&d)}]]></style>', '<style>/* &#38; */a{b:url(../x%3Fc%26d)}</style>'],
    ['<!DOCTYPE svg SYSTEM "//host/x"><svg/>', '<!DOCTYPE svg SYSTEM ""><svg/>'],
    ['<style>a>b{c:"&lt;&amp;"}</style>', '<style>a>b{c:"&lt;&amp;"}</style>'],
    ['<!DOCTYPE svg SYSTEM "file:///x"><svg/>', '<!DOCTYPE svg SYSTEM ""><svg/>'],
    [
      '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "&#102;ile:///x"><!ENTITY ns "http://x/">]><svg/>',
      '<!DOCTYPE svg [<!ENTITY x SYSTEM ""><!ENTITY y ""><!ENTITY ns "http://x/">]><svg/>',
    ],
  ];
  for (const [given, expected] of table) {
    assert.equal(page(given, { contentType: 'image/svg+xml', isXml: true }), expected, given);
  }
});

test('mirroredPage: a page of countless declarations is mirrored too', () => {
  const entities = '<!ENTITY a "b">'.repeat(200_000);
  assert.ok(page(`<!DOCTYPE x [${entities}]><x/>`, { contentType: 'text/xml', isXml: true }).endsWith('<x/>'));
});

test('mirroredPage: a base that makes a page too long is one that cannot be written, and a longer one is none', () => {
  const links = '<a href=x>'.repeat(20_000);
  assert.throws(() => page(`<base href="http://b.test/${'y'.repeat(8_000)}/">${links}`), /too long/);
  assert.equal(page(`<base href="http://b.test/${'y'.repeat(9_000)}/"><a href=x>`), '<base ><a href="about:blank">');
});

test('mirroredPage: frames that are shown late lead to files, whatever their addresses look like', () => {
  assert.equal(page('<iframe data-src=/x>'), '<iframe data-src="../x">');
  assert.equal(page('<iframe src=about:blank data-src="/a.png">'), '<iframe src=about:blank data-src="../a.png">');
});

test('mirroredPage: bytes that are no address stay, and what only a header told is told by a mark', () => {
  const latin = Buffer.from('<meta charset=iso-8859-1><p>gr\xfc\xdfe <a href=/x>\xe4</a>', 'latin1');
  const kept = '<meta charset=iso-8859-1><p>gr\xfc\xdfe <a href="../x">\xe4</a>';
  assert.equal(page(latin), kept);
  const unsaid = Buffer.from('<p>gr\xfc\xdfe', 'latin1');
  assert.equal(page(unsaid), '<p>gr\xfc\xdfe', 'a browser guesses here as on the web');
  const cyrillic = Buffer.from('<p>\xcf\xf0\xe8', 'latin1');
  const utf8 = (text: string): string => Buffer.from(`\ufeff${text}`).toString('latin1');
  assert.equal(page(unsaid, { contentType: 'text/html; charset=iso-8859-1' }), utf8('<p>grüße'));
  assert.equal(page(cyrillic, { contentType: 'text/html; charset=windows-1251' }), utf8('<p>При'));
  assert.equal(page('<p>grüße', { contentType: 'text/html; charset=utf-8' }), utf8('<p>grüße'));
  const asked = page(Buffer.from('<p>\xcf<a href="/?q=\xcf">', 'latin1'), { contentType: 'text/html; charset=koi8-r' });
  assert.equal(asked, utf8('<p>о<a href="../index.html%3Fq%3D%25CF">'));
  const escapes = Buffer.from('<p>\x1b$BF|\x1b(B');
  assert.equal(page(escapes, { contentType: 'text/html; charset=iso-2022-jp' }), utf8('<p>日'));
  const wide = Buffer.from('<p>no mark', 'utf16le');
  assert.equal(page(wide, { contentType: 'text/html; charset=utf-16le' }), utf8('<p>no mark'));
  const japanese = Buffer.from('<meta charset=shift_jis><a href=/x>\x93\xfa</a>', 'latin1');
  assert.equal(page(japanese), utf8('<meta charset=shift_jis><a href="../x">日</a>'));
});

test('mirroredStyle: only addresses change, and none can end what it stands in', () => {
  const link = createRelink(paths, 'a.test/css/site.css', 'http://a.test/css/site.css');
  const table: [string, string][] = [
    ['a{b:url(x.png)}', 'a{b:url(x.png)}'],
    ['a{b:url("/x\'(1).png")}', 'a{b:url("../x%27%281%29.png")}'],
    ['@import url(/a.css) print;', '@import url(../a.css) print;'],
    ['a{b:image-set("/a.png" 1x)}', 'a{b:image-set("../a.png" 1x)}'],
    ['/* url(/x) */ a{content:"url(/x)"}', '/* url(/x) */ a{content:"url(/x)"}'],
    ['a{fill:url(#m);filter:url("#f");b:url( #x )}', 'a{fill:url(#m);filter:url("#f");b:url( #x )}'],
    ['a{b:url(data:image/png;base64,x)}', 'a{b:url(data:image/png;base64,x)}'],
    ['a{b:url(\\2f x.png)}', 'a{b:url(../x.png)}'],
    ['a{b:url(https://b.test/x%25)}', 'a{b:url(https://b.test/x%25)}'],
  ];
  for (const [given, expected] of table)
    assert.equal(
      mirroredStyle(given, link, (raw) => raw),
      expected,
      given,
    );
});

test('relativePath: from any file to any other', () => {
  const table: [string, string, string][] = [
    ['a/index.html', 'a/index.html', 'index.html'],
    ['a/b/c.html', 'a/d.html', '../d.html'],
    ['index.html', 'a/b.html', 'a/b.html'],
    ['a/x.html', 'b/y.html', '../b/y.html'],
    ['a/b', 'a/b/c', 'b/c'],
    ['x', "it's 100% #1?.html", 'it%27s%20100%25%20%231%3F.html'],
  ];
  for (const [from, to, expected] of table) assert.equal(relativePath(from, to), expected);
});

test('edited: edits in any order', () => {
  assert.equal(
    edited('abcdef', [
      { from: 4, to: 6, text: 'X' },
      { from: 0, to: 1, text: '' },
    ]),
    'bcdX',
  );
});
