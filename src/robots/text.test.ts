import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { parseRobots, rulesFor } from './rules.ts';
import { isLost } from './text.ts';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const little = (text: string): Buffer => Buffer.from(text, 'utf16le');
/** UTF-16 and, behind it, ASCII. */
const wide = (text: string, ascii: string): Uint8Array => Buffer.concat([little(`\ufeff${text}`), latin1(ascii)]);
const big = (text: string): Uint8Array => little(text).swap16();

const RULES_GZIP = gzipSync('User-agent: *\nDisallow: /a');
const RULES_ZLIB = deflateSync('User-agent: *\nDisallow: /a');

const FILES: readonly (readonly [name: string, file: Uint8Array, line: number])[] = [
  ['a comment of HTML before it', latin1('<!-- ours: http://h/ -->\nUser-agent: *\nDisallow: /a'), 3],
  ['a comment before the first line', latin1('<!-- ours -->User-agent: *\nDisallow: /a'), 2],
  ['a long comment of HTML around it', latin1('<!-- User-agent: *\nDisallow: /a -->'), 2],
  ['a comment with a tag in it before the first line', latin1('<!-- <b>ours</b> -->User-agent: *\nDisallow: /a'), 2],
  ['an arrow in a comment', latin1('<!-- http -> https -->\tUser-agent: *\nDisallow: /a'), 2],
  ['a program before the first line', latin1('<?php $a->b(); ?>User-agent: *\nDisallow: /a'), 2],
  ['a directive before the first line', latin1('<%@ Page %> User-agent: *\nDisallow: /a'), 2],
  ['a style sheet before the first line', latin1('<style>a>b{c:d}</style>User-agent: *\nDisallow: /a'), 2],
  ['CDATA', latin1('<![CDATA[User-agent: *\nDisallow: /a$]]>'), 2],
  ['CDATA in XML', latin1('<?xml version="1.0"?>\n<r><![CDATA[ User-agent: *\nDisallow: /a]]></r>'), 3],
  ['spaces of HTML', latin1('<p>User-agent:&nbsp;*</p>\n<p>&nbsp;Disallow:&nbsp;/a</p>'), 2],
  ['a rule in a comment of HTML', latin1('<!-- x -->\nUser-agent: *\n<!-- Disallow: /a -->'), 0],
  ['tags around it', latin1('\n<pre>User-agent: *<br>\nDisallow: /a</pre>'), 3],
  ['a break of HTML at the end of each line', latin1('User-agent: *<br>\r\nDisallow: /a<BR /> \nAllow: /b<br/>'), 2],
  ['breaks of HTML alone', latin1('<pre>User-agent: *<br>Disallow: /a</pre>'), 1],
  ['breaks of HTML alone, in other spellings', latin1('\n<PRE>User-agent: *<BR />Allow: /b<br/>Disallow: /a'), 2],
  ['paragraphs', latin1('<p>User-agent: *</p><p class=x>Disallow: /a</p>'), 1],
  ['cells and lists', latin1('<div>User-agent: *</div><ul><li>Disallow: /a</li></ul>'), 1],
  ['breaks of HTML alone, without anything around them', latin1('User-agent: *<br>Disallow: /a<br/>Allow: /b'), 1],
  ['breaks in a comment of HTML', latin1('<!-- x -->User-agent: *<!-- y --><br>Disallow: /a'), 1],
  ['a rule with markup in its midst', latin1('User-agent: *\nDisallow: /a<br>b'), 0],
  ['two marks of UTF-8', latin1('\xef\xbb\xbf\xef\xbb\xbfUser-agent: *\nDisallow: /a'), 2],
  ['a declaration of XML before it', latin1('<?xml version="1.0"?>\nUser-agent: *\nDisallow: /a'), 3],
  ['a tag that is no page', latin1('<html-robots>\nUser-agent: *\nDisallow: /a'), 3],
  ['a lone bracket before it', latin1('<\nUser-agent: *\nDisallow: /a'), 3],
  ['UTF-16, little end first', little('\ufeff# кот\r\nUser-agent: *\r\nDisallow: /a\r\n'), 3],
  ['UTF-16, big end first', big('\ufeffUser-agent: *\nDisallow: /a'), 2],
  ['UTF-16 without a mark', little('User-agent: *\nDisallow: /a'), 2],
  ['UTF-16, big end first, without a mark', big('User-agent: *\nDisallow: /a'), 2],
  ['UTF-16 with half a character at its end', little('\ufeffUser-agent: *\nDisallow: /a\nx').subarray(0, -1), 2],
  ['UTF-16 with a line feed of ASCII at its end', wide('User-agent: *\nDisallow: /a', '\n'), 2],
  ['UTF-16 with a line end of Windows at its end', wide('User-agent: *\nDisallow: /a', '\r\n'), 2],
  ['UTF-16 with line ends of ASCII', Buffer.concat([wide('User-agent: *', '\r\n'), little('Disallow: /a')]), 2],
  [
    'UTF-16, big end first, with a line feed of ASCII',
    Buffer.concat([big('\ufeffUser-agent: *\nDisallow: /a'), latin1('\n')]),
    2,
  ],
  ['a gzip that is not declared', gzipSync('User-agent: *\nDisallow: /a'), 2],
  ['a gzip that is not declared, of UTF-16', gzipSync(little('\ufeffUser-agent: *\nDisallow: /a')), 2],
  ['the beginning of such a gzip', gzipSync('User-agent: *\nDisallow: /a\n').subarray(0, -8), 2],
  ['a zlib stream that is not declared', deflateSync('User-agent: *\nDisallow: /a'), 2],
  ['a Brotli that is not declared', brotliCompressSync('User-agent: *\nDisallow: /a'), 2],
  ['a bare deflate that is not declared', deflateRawSync('User-agent: *\nDisallow: /a'), 2],
  ['a zstd that is not declared', zstdCompressSync(Buffer.from('User-agent: *\nDisallow: /a')), 2],
  ['a gzip without its trailer', RULES_GZIP.subarray(0, -8), 2],
  ['a gzip with half a trailer', RULES_GZIP.subarray(0, -3), 2],
  ['a gzip with a wrong trailer', Buffer.concat([RULES_GZIP.subarray(0, -8), Buffer.alloc(8, 'x')]), 2],
  ['two members of gzip', Buffer.concat([gzipSync('User-agent: *\n'), gzipSync('Disallow: /a')]), 2],
  ['a zlib stream without its sum', RULES_ZLIB.subarray(0, -4), 2],
  ['a zlib stream with a wrong sum', Buffer.concat([RULES_ZLIB.subarray(0, -4), Buffer.alloc(4)]), 2],
  ['a mark of UTF-16 before plain text', latin1('\xff\xfeUser-agent: *\nDisallow: /a'), 2],
  ['UTF-32', latin1('\0\0\xfe\xff\0\0\0#\0\0\0\nUser-agent: *\nDisallow: /a'), 3],
  ['line ends of Unicode', Buffer.from('User-agent: *\u2028Disallow: /b\u0085Disallow: /a\u2029'), 3],
  ['form feeds and vertical tabs', latin1('User-agent: *\fDisallow: /b\vDisallow: /a'), 3],
  ['NULs for line ends', latin1('User-agent: *\0Disallow: /a\0'), 2],
  ['line ends as a program writes them', latin1('"User-agent: *\\r\\nDisallow: /a\\n"'), 1],
  ['the end of a pattern that looks like one', latin1('User-agent: *\nDisallow: /b\\nAllow/a'), 0],
  ['records in brackets', latin1('<User-agent: *>\n<Disallow: /a>'), 2],
  ['a comment before a page that has rules', latin1('<!-- x --><!DOCTYPE html><html>User-agent: *<br>Disallow: /a'), 1],
  ['UTF-16 with lines in ASCII behind', Buffer.concat([little('\ufeffUser-agent: *\r\n'), latin1('Disallow: /a')]), 2],
  ['ASCII with lines in UTF-16 behind', Buffer.concat([latin1('User-agent: *\n'), little('Disallow: /a\n')]), 2],
  ['no line ends, spaces in their place', latin1('User-agent: * Disallow: /b Disallow: /a\n'), 1],
  ['no line ends, nothing in their place', latin1('User-agent: *Allow: /bDisallow: /a'), 1],
  ['one line that is a comment', latin1('# User-agent: * Disallow: /a'), 0],
  ['a line that names two records', latin1('User-agent: *\nDisallow: /b Disallow: /a'), 0],
  ['line ends of Python', latin1('User-agent: *\x1cDisallow: /b\x1dDisallow: /a\x1e'), 3],
  ['a hyphen of Windows', latin1('User\x96agent: *\nDis\x97allow: /a'), 2],
  ['a soft hyphen of Latin-1', latin1('User\xadagent: *\nDisallow: /a'), 2],
  ["the line end of IBM's machines", latin1('User-agent: *\x85Disallow: /a'), 2],
  ['a string in XML', latin1('<?xml version="1.0"?><string>User-agent: *&#xD;&#xA;Disallow: /a</string>'), 1],
  ['carriage returns as XML writes them', latin1('User-agent: *&#13;\nDisallow: /a&#xD;\n'), 2],
  [
    'line ends as XML writes them, without XML',
    latin1('User-agent: *&#13;&#10;Disallow: /b&#x0A;Disallow: /a&#10;'),
    1,
  ],
  ['a reference within a pattern', latin1('User-agent: *\nDisallow: /a&#13;b'), 0],
  [
    'rich text of a Mac',
    latin1('{\\rtf1\\ansi{\\fonttbl\\f0 Arial;}\n\\f0\\fs24 \\cf0 User-agent: *\\\nDisallow: /a\\\n}'),
    3,
  ],
  ['rich text of Windows', latin1('{\\rtf1{\\fonttbl;}\n\\pard\\lang7 User-agent: *\\par\nDisallow: /a\\par\n}'), 3],
  ['rich text in one line', latin1('{\\rtf1 User-agent: *\\par Disallow: /b\\line Disallow: /a}'), 1],
  ['NULs that pad it', latin1(`User-agent: *\nDisallow: /a${'\0'.repeat(100)}`), 2],
  ['a byte of Latin-1', latin1('# \xe9\nUser-agent: *\nDisallow: /a # \xe9'), 3],
  ['spaces of Latin-1 that do not break', latin1('\xa0User-agent: *\n\xa0 Disallow:\xa0/a'), 2],
  ['a page', latin1('<html>\nUser-agent: *\nDisallow: /a'), 3],
  ['a page with attributes', latin1('<HTML lang=en>\nUser-agent: *\nDisallow: /a'), 3],
  ['a page behind a mark', latin1('\xef\xbb\xbf\n <!doctype html>\nUser-agent: *\nDisallow: /a'), 4],
  ['a page in UTF-16', little('\ufeff<!DOCTYPE html>\nUser-agent: *\nDisallow: /a'), 3],
  ['a page of a text editor', latin1('<html><body><pre class=x>\nUser-agent: *\nDisallow: /a</pre></body>'), 3],
  ['a page whose first group stands behind a tag', latin1('<html><pre>User-agent: *\n Disallow: /a # x\n'), 2],
  ['a page with prose', latin1('<html>\nUser-agent: *\n<p>We say\nDisallow: /a if you like'), 0],
  ['a page with prose around it', latin1('<html>\n<p>The User-agent: *\nmeans all,\nDisallow: /a\nthat'), 0],
  ['a page with a rule and no group', latin1('<!doctype html>\n<pre>\nDisallow: /a\nAllow: /b'), 0],
  ['a page that only names them', latin1('<html>\n<p>A robots.txt has User-agent: * and Disallow: /a'), 0],
  ['a script behind the last value', latin1('User-agent: *\nDisallow: /a<!-- x --><script src=y></script>'), 2],
  ['a script of more lines behind it', latin1('User-agent: *\nDisallow: /a<script>go();\nx()</script>'), 2],
  ['a script behind it in markup', latin1('<!-- x -->\nUser-agent: *\nDisallow: /a<script>go()</script>'), 3],
  ['a script behind it in a page', latin1('<html>\nUser-agent: *\nDisallow: /a<script>go(1, 2)</script></pre>'), 3],
  ['lines of a page that only its tags end', latin1('<html><body>User-agent: *<br>Disallow: /a<br></body></html>'), 1],
  ['a picture behind it', latin1('User-agent: *\nDisallow: /a <img src="y">\n'), 2],
  ['markup behind the group', latin1('User-agent: *<!-- all -->\nDisallow: /a'), 2],
  ['a mark of UTF-8 in Windows-1251', Buffer.from('п»їUser-agent: *\nDisallow: /a'), 2],
  ['a mark of UTF-8 in DOS', Buffer.from('∩╗┐User-agent: *\nDisallow: /a'), 2],
  [
    'a mark of UTF-8 in the octets of DOS',
    latin1('\xef\xbb\xbf\xe2\x88\xa9\xe2\x95\x97 User-agent: *\nDisallow: /a'),
    2,
  ],
  ['a mark of UTF-8 on a Mac', Buffer.from('Ôªø User-agent: *\nDisallow: /a'), 2],
  ['a sign of comments after a mark', Buffer.from('п»ї# User-agent: *\nDisallow: /a'), 0],
  ['one line end, behind a comment', latin1('# ours\nUser-agent: * Disallow: /b Disallow: /a'), 2],
  ['one line end, before a sitemap', latin1('User-agent: *Disallow: /bDisallow: /a\nSitemap: http://h/s'), 1],
  ['one line end, behind the group', latin1('User-agent: *\nDisallow: /b Disallow: /c Disallow: /a'), 2],
  ['a comment that names records', latin1('User-agent: *\nDisallow: /b # User-agent: x Disallow: /c Disallow: /a'), 0],
];
for (const [name, file, line] of FILES) {
  test(`robotsLines: ${name}`, () => {
    const decision = rulesFor(parseRobots(file), 'gossamer').decide('http://h/a');
    assert.deepEqual([decision.line, decision.allowed], [line, line === 0]);
  });
}

const RECORDS: readonly (readonly [name: string, agent: string, rule: string])[] = [
  ['spaces that do not break', '\u00a0User-agent:\u00a0*', '\u00a0\u00a0Disallow\u00a0:\u00a0/a\u00a0'],
  ['marks without width', '\u200bUser-agent: *', '\u200b\u200dDisallow: /a\u200b'],
  ['byte order marks', '\ufeffUser-agent: *', '\ufeff\ufeffDisallow: \ufeff/a'],
  ['a byte order mark that was taken for Latin-1', '\u00ef\u00bb\u00bfUser-agent: *', '\u00ef\u00bb\u00bfDisallow: /a'],
  ['wide spaces and marks of direction', '\u3000User-agent: *', '\u200e\u202aDisallow: /a\u202c'],
  ['quotes around the line', '"User-agent: *"', '"Disallow: /a"'],
  ['quotes around the value', 'User-agent: "*"', "Disallow: '/a'"],
  ['quotes of print', '“User-agent: *”', '„Disallow: /a“'],
  ['quotes of a list', '"User-agent": "*",', '"Disallow": "/a",'],
  ['colons of full width', 'User-agent：*', 'Disallow： /a'],
  ['signs of a list', '- User-agent: *', '* Disallow: /a'],
  ['signs of a quotation', '> User-agent: *', '> Disallow: /a'],
  ['numbers of a list', '1. User-agent: *', '2) Disallow: /a'],
  ['a mark that became question marks', '???User-agent: *', 'Disallow: /a'],
  ['a mark that became replacement characters', '\ufffd\ufffdUser-agent: *', 'Disallow: /a'],
  ['a mark that became a reference', '&#xfeff;User-agent: *', '&#65279;Disallow: /a'],
  ['a control character before it', '\x02User-agent: *', 'Disallow: /a'],
  ['colons written twice', 'User-agent:: *', 'Disallow : : /a'],
  ['equals signs', 'User-agent = *', 'Disallow=/a'],
  ['other spellings', 'User_agents: *'.replace('_', ' '), 'Disallowed: /a'],
  ['other spellings, again', 'User_agent: *', 'Dis-allow: /a'],
  ['hyphens of print', 'User\u2011agent: *', 'Disallow: /a'],
  ['hyphens that are not seen', 'User\u00adagent: *', 'Dis\u00adallow: /a'],
];
for (const [name, agent, rule] of RECORDS) {
  test(`recordOf: ${name}`, () => {
    const file = Buffer.from(`${agent}\n${rule}\nAllow: /`);
    assert.equal(rulesFor(parseRobots(file), 'gossamer').decide('http://h/a').line, 2);
  });
}

test('recordOf: octets that look like white space are part of their characters', () => {
  const file = Buffer.from('User-agent: *\nDisallow: /caf\u00e0\nDisallow: /\u0445');
  const { decide } = rulesFor(parseRobots(file), 'gossamer');
  const paths = ['/caf%C3%A0', '/caf%C3', '/%D1%85', '/%D1'];
  assert.deepEqual(
    paths.map((path) => decide(`http://h${path}`).allowed),
    [false, true, false, true],
  );
});

test('recordOf: white space without end costs no more than its length', { timeout: 5_000 }, () => {
  const blank = '\u00a0'.repeat(100_000);
  const file = Buffer.from(`User-agent: *\n${blank}Disallow:${blank}/a${blank}x`);
  assert.equal(rulesFor(parseRobots(file), 'gossamer').decide('http://h/a').line, 0);
});

test('robotsLines: a path in UTF-16 is the path in UTF-8', () => {
  const file = parseRobots(little('\ufeffUser-agent: *\nDisallow: /кот\nSitemap: http://h/ö'));
  const read = rulesFor(file, 'gossamer');
  assert.deepEqual(
    ['/%D0%BA%D0%BE%D1%82', '/x'].map((path) => read.decide(`http://h${path}`).allowed),
    [false, true],
  );
  assert.deepEqual([read.decide('http://h/кот').text, read.sitemaps], ['Disallow: /кот', ['http://h/ö']]);
});

test('parseRobots: a sitemap in Latin-1 is asked for as it stands', () => {
  const file = parseRobots(latin1('Sitemap: http://h/caf\xe9.xml\nSitemap: /\xc3\xb6.xml'));
  assert.deepEqual(file.sitemaps, ['http://h/caf%E9.xml', '/ö.xml']);
});

test('robotsLines: an ampersand in HTML is the ampersand of the URL', () => {
  const allows = (file: string): boolean =>
    rulesFor(parseRobots(latin1(file)), 'gossamer').decide('http://h/?a&b').allowed;
  assert.equal(allows('<pre>\nUser-agent: *\nDisallow: /?a&amp;b</pre>'), false);
  assert.equal(allows('User-agent: *\nDisallow: /?a&amp;b'), true, 'a file without markup is taken as it is');
});

test('isLost: what is packed and damaged, or no text, and has no line that begins a group', () => {
  const file = 'User-agent: *\nDisallow: /a\n';
  const lost = [
    gzipSync(file).subarray(0, -9),
    Buffer.concat([gzipSync('# a\n'), gzipSync(file).subarray(0, -9)]),
    zstdCompressSync(Buffer.from(file)).subarray(0, -3),
    brotliCompressSync(file.repeat(9)).subarray(0, -4),
    latin1('PK\x03\x04\x14\0\x08\0'),
    Buffer.alloc(9),
  ];
  for (const bytes of lost) assert.equal(isLost(bytes), true, String(bytes));
  for (const bytes of [gzipSync(file).subarray(0, -8), gzipSync('# x').subarray(0, -1)])
    assert.equal(isLost(bytes), false, 'its last block is there');
  const read = [
    ...[gzipSync(file), brotliCompressSync(file), deflateRawSync(file), little(file), latin1(`${file}\x1a`)],
    ...[
      latin1('# caf\xe9\x85'),
      latin1('# \xef\xe5\xf2 \xef\xf0\xe0\xe2\xe8\xeb'),
      Buffer.from(''),
      latin1('\x89PNG\r\n\x1a\n\0\0'),
    ],
    latin1('# \x1b$B%m%\x1b(B\n# \x1b$B%\x1b(J\x1b$B!!\x1b(B\n'),
    latin1('\x1b$)C# \x0e;g?k\x0f \x0e0!\x0f\n'),
    ...[latin1('# a bell\x07 rings here\n'), latin1('# x\0\0\0\0'), little('\ufeff# x'), latin1('x^2 + y^2')],
  ];
  for (const bytes of read) assert.equal(isLost(bytes), false, String(bytes));
});

test('robotsLines: brackets without end cost no more than their length', { timeout: 5_000 }, () => {
  assert.equal(parseRobots(latin1(`<!--${'<a'.repeat(200_000)}`)).groups.length, 0);
  assert.equal(parseRobots(latin1(`<${'<!--'.repeat(100_000)}`)).groups.length, 0);
  assert.equal(parseRobots(latin1(`<${'>\t'.repeat(200_000)}`)).groups.length, 0);
  assert.equal(parseRobots(latin1(`<b>${' '.repeat(400_000)}x`)).groups.length, 0);
});
