import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/helpers/properties.ts';
import type { Link, ParsedPage } from '../base/contracts.ts';
import { BAD_LINK_LENGTH_MAX, BAD_LINKS_PER_PAGE_MAX, LINKS_PER_PAGE_MAX, TITLE_LENGTH_MAX } from '../base/limits.ts';
import { joinUrl, prepareBase } from '../url/join.ts';
import type { JoinTo } from './join-links.ts';
import { createParser } from './parse.ts';

const SEED = Number(process.env['GOSSAMER_SEED'] ?? 20_264);
const PAGE = 'http://h.org/a/b.html?q';

const joinTo: JoinTo = (base) => {
  const prepared = prepareBase(base);
  return prepared === null ? null : (href) => joinUrl(href, prepared);
};
const parser = createParser(joinTo);
/** A page so small that it is read at once. */
const parse = (body: string | Uint8Array, contentType = 'text/html; charset=utf-8'): ParsedPage => {
  const links = parser(typeof body === 'string' ? Buffer.from(body) : body, { url: PAGE, contentType });
  assert.ok(!(links instanceof Promise));
  return links;
};
const linksOf = (body: string, contentType?: string): string[] =>
  parse(body, contentType).links.map(({ kind, url }: Link) => `${kind} ${url}`);

test('createParser: links that are no URL are told, a few of a page', () => {
  const bad = (html: string) => parse(html).bad?.map(({ href, element }) => `${element} ${href}`);
  assert.deepEqual(
    bad('<base href="http://["><a href="///"><a href=" http://a b/ "><area href="//:x"><a href="https://">'),
    ['base http://[', 'a ///', 'a http://a b/', 'area //:x', 'a https://'],
  );
  const fine = [
    '',
    '#x',
    '%',
    'a b',
    'mailto:[',
    'javascript:(',
    ' data:[',
    'foo:bar',
    'http:x',
    '?[',
    'java\nscript:x',
  ];
  assert.deepEqual(bad(fine.map((href) => `<a href="${href}">`).join('')), []);
  assert.deepEqual(bad('<script type="application/ld+json">{"url": "http://["}</script>'), []);
  const many = Array.from(
    { length: BAD_LINKS_PER_PAGE_MAX + 5 },
    (_, at) => `<a href="http://[${at}${'x'.repeat(9_000)}">`,
  );
  const told = parse(many.join('')).bad!;
  assert.deepEqual([told.length, told[0]!.href.length], [BAD_LINKS_PER_PAGE_MAX, BAD_LINK_LENGTH_MAX]);
});

test('createParser: the kinds of links to pages', () => {
  const table: Record<string, string[]> = {
    '<a href=c>': ['navigation http://h.org/a/c'],
    '<area href=c>': ['navigation http://h.org/a/c'],
    '<a href="">': ['navigation http://h.org/a/b.html?q'],
    '<a href="#x">': ['navigation http://h.org/a/b.html?q'],
    '<a name=x>': [],
    '<iframe src=/f></iframe><frame src=//g.org>': ['frame http://h.org/f', 'frame http://g.org/'],
    '<iframe src=""></iframe><iframe src="about:blank"></iframe>': [],
    '<link rel=CANONICAL href=c>': ['canonical http://h.org/a/c'],
    '<link rel=alternate hreflang=de href=c>': ['alternate http://h.org/a/c'],
    '<link rel=alternate type="application/RSS+xml; charset=x" href=c>': ['feed http://h.org/a/c'],
    '<link rel=sitemap href=s><link rel=next href=n>': ['sitemap http://h.org/a/s', 'navigation http://h.org/a/n'],
    '<link rel="author\n license" href=n>': ['navigation http://h.org/a/n'],
    '<link rel=dns-prefetch href=//g.org><link rel=pingback href=p><link href=q><link rel=constructor href=r>': [],
    '<link rel=stylesheet href="">': [],
    '<meta http-equiv=Refresh content="0;URL=n">': ['refresh http://h.org/a/n'],
    '<a href="javascript:x"><a href="mailto:x"><a href="ftp://h/x"><a href="http://"><a href="data:,x">': [],
    '<svg><a href=s></a><link rel=next href=n></svg>': ['navigation http://h.org/a/s'],
    '<svg><a xlink:href=s></a><a href=h xlink:href=x></a></svg><a xlink:href=n>': [
      'navigation http://h.org/a/s',
      'navigation http://h.org/a/h',
    ],
    '<svg><foreignObject><iframe src=f></iframe></foreignObject></svg>': ['frame http://h.org/a/f'],
    '<template><a href=t></a></template><noscript><a href=n></a></noscript>': [
      'navigation http://h.org/a/t',
      'navigation http://h.org/a/n',
    ],
    '<form action=f><button formaction=g><input type=image src=i></form><a ping=p>': [],
    '<img src=i srcset="j 2x"><script src=s></script><link rel=stylesheet href=s><q cite=c><body background=b>': [],
  };
  for (const [html, links] of Object.entries(table)) assert.deepEqual(linksOf(html), links, html);
});

test('createParser: rel in lower case, and the element', () => {
  const { links } = parse('<A HREF=c REL="NoFollow UGC"><link rel="Next" href=d>');
  assert.deepEqual(links, [
    { url: 'http://h.org/a/c', kind: 'navigation', rel: 'nofollow ugc', element: 'a' },
    { url: 'http://h.org/a/d', kind: 'navigation', rel: 'next', element: 'link' },
  ]);
});

test('createParser: the refresh in every spelling', () => {
  const table: Record<string, string | null> = {
    '5; url=n': 'n',
    '5;url = "n" x': 'n',
    "5;URL='n": 'n',
    '5,n': 'n',
    ' 5.5 n': 'n',
    '.5;n': 'n',
    '5;"n"x': 'n',
    '5;urn': 'urn',
    '5;url n': 'url%20n',
    '5': null,
    '5; ': null,
    '5;url=': null,
    '5x;url=n': null,
    'url=n': null,
    '-5;url=n': null,
  };
  for (const [content, url] of Object.entries(table)) {
    const links = linksOf(`<meta http-equiv=refresh content="${content.replaceAll('"', '&quot;')}">`);
    assert.deepEqual(links, url === null ? [] : [`refresh http://h.org/a/${url}`], content);
  }
});

test('createParser: the first base with an href counts for the whole page', () => {
  const html = '<a href=x><base target=y><base href="/z/"><base href="/w/"><a href=v>';
  assert.deepEqual(linksOf(html), ['navigation http://h.org/z/x', 'navigation http://h.org/z/v']);
  assert.equal(parse(html).base, 'http://h.org/z/');
  assert.equal(parse('<base href="http://"><base href="/w/"><a href=v>').base, PAGE);
  assert.deepEqual(linksOf('<base href="ftp://g/"><a href=v>'), []);
});

test('createParser: the query of a base is in the encoding of the page (HTML standard, section 4.2.3)', () => {
  for (const [charset, query] of [
    ['windows-1251', '%E4'],
    ['koi8-r', '%C4'],
    ['utf-8', '%D0%B4'],
  ] as const) {
    const html = `<base href="/z?&#1076;"><a href="#x"><a href=v>`;
    const urls = [`navigation http://h.org/z?${query}`, 'navigation http://h.org/v'];
    assert.deepEqual(linksOf(html, `text/html; charset=${charset}`), urls);
  }
});

test('createParser: meta robots', () => {
  const asks = ['nofollow', 'NONE', 'noindex,nofollow', 'noindex , none', 'all nofollow'];
  for (const content of asks) assert.equal(parse(`<meta name=ROBOTS content="${content}">`).nofollow, true, content);
  for (const content of ['follow', 'noindex', '', 'nofollows']) {
    assert.equal(parse(`<meta name=robots content="${content}">`).nofollow, false, content);
  }
  assert.equal(parse('<meta name=description content=nofollow>').nofollow, false);
});

test('createParser: the title', () => {
  assert.equal(
    parse('<title>\n a  &amp;\tb <i>&copy;\u00e9 </title><title>second</title>').title,
    'a & b <i>\u00a9\u00e9',
  );
  assert.equal(parse('<svg><title>x</title></svg>').title, '');
  assert.equal(
    parse(`<title>${'x'.repeat(TITLE_LENGTH_MAX - 1)}\u{1f600}</title>`).title,
    'x'.repeat(TITLE_LENGTH_MAX - 1),
  );
  assert.equal(parse('<title>cut').title, 'cut');
});

test('createParser: what is a page', () => {
  const page = '<!doctype html><a href=c>';
  for (const type of ['text/html', 'TEXT/HTML;x', 'application/xhtml+xml', '', 'nonsense', 'unknown/unknown', '*/*']) {
    assert.equal(linksOf(page, type).length, 1, type);
  }
  for (const type of ['text/plain', 'application/json', 'image/png', 'text/xml', 'application/octet-stream']) {
    assert.deepEqual(linksOf(page, type), [], type);
    assert.equal(parse(page, type).charset, '');
  }
  for (const body of [' \n<HTML>', '\ufeff<p >', '<!-- -->', '<a href=c>'])
    assert.notEqual(parse(body, '').charset, '', body);
  for (const body of ['', 'text', '<abc>', '<?xml ?>', '{"<html>": 1}'])
    assert.equal(parse(body, '').charset, '', body);
});

test('createParser: XHTML by its own rules', () => {
  const xhtml = '<script src="x"/><a href="c"/><title/><![CDATA[<a href="d">]]>';
  assert.deepEqual(linksOf(xhtml, 'application/xhtml+xml'), ['navigation http://h.org/a/c']);
  assert.equal(parse(xhtml, 'application/xhtml+xml').charset, 'utf-8');
});

test('createParser: the charset, and values in it', () => {
  const bytes = (...parts: (string | number[])[]) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));
  const table: readonly [charset: string, type: string, body: Buffer, path: string][] = [
    ['utf-8', 'text/html; charset=UTF-8', bytes('<a href="', [0xc3, 0xa4, 0xff], '">'), '%C3%A4%EF%BF%BD'],
    ['utf-8', 'text/html', bytes('<meta charset=utf8><a href="', [0xef, 0xbb, 0xbf, 0x78], '">'), '%EF%BB%BFx'],
    ['utf-8', 'text/html; charset=latin1', bytes([0xef, 0xbb, 0xbf], '<a href="', [0xc3, 0xa4], '">'), '%C3%A4'],
    ['windows-1252', 'text/html', bytes('<a href="', [0x80, 0xe4], '">'), '%E2%82%AC%C3%A4'],
    ['windows-1251', 'text/html; charset="cp1251"', bytes('<a href="', [0xe4], '&amp;">'), '%D0%B4&'],
    ['shift_jis', 'text/html;charset=sjis', bytes('<a href="', [0x95, 0x5c], '">'), '%E8%A1%A8'],
    ['gbk', 'text/html', bytes('<meta charset=gb2312><a href="', [0xc4, 0xe3], '">'), '%E4%BD%A0'],
    ['utf-16le', 'text/html', Buffer.from('\ufeff<a href="\u00e4">', 'utf16le'), '%C3%A4'],
  ];
  for (const [charset, type, body, path] of table) {
    const found = parse(body, type);
    assert.equal(found.charset, charset);
    assert.deepEqual(
      found.links.map(({ url }) => url),
      [`http://h.org/a/${path}`],
      charset,
    );
  }
  assert.deepEqual(parse('<a href=x>', 'text/html; charset=hz-gb-2312').links, []);
});

test('createParser: links past the limit are counted, not kept', async () => {
  const body = Buffer.from('<a href=x>'.repeat(LINKS_PER_PAGE_MAX + 5));
  const { links, unkept } = await parser(body, { url: PAGE, contentType: 'text/html' });
  assert.deepEqual([links.length, unkept.dropped], [LINKS_PER_PAGE_MAX, 5]);
});

test(`createParser: never throws, seed ${SEED}`, () => {
  const labels = [
    '',
    '; charset=utf-8',
    '; charset=shift_jis',
    '; charset=utf-16be',
    '; charset=replacement',
    '; charset=x-user-defined',
  ];
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        ...'<a href=|<base href=|<meta |content=|http-equiv=refresh|<title>|&#x|"|>|<svg>|<!--|iso-2022-jp|\x1b$B'.split(
          '|',
        ),
      )
      .map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 20 }),
      fc.constantFrom(...labels),
      fc.constantFrom('text/html', 'application/xhtml+xml', ''),
      fc.boolean(),
      (parts, label, type, hasUrl) => {
        parser(Buffer.concat(parts), { url: hasUrl ? PAGE : 'no url', contentType: type + label });
      },
    ),
    { numRuns: 3_000, seed: SEED },
  );
});

test('parse: a link that fills pieces by itself is counted, unless it leads nowhere', async () => {
  const long = 'y'.repeat(300_000);
  for (const [html, tooLong] of [
    [`<a href="/${long}">x</a>`, 1],
    [`<a href='/${long}'>x</a><iframe src=/${long}></iframe>`, 2],
    [`<a x=1 href=/${long} rel=next>x</a>`, 1],
    [`<a href="javascript:${long}">x</a>`, 0],
    [`<a title="${long}" href="/a">x</a>`, 0],
  ] as const) {
    const { links, unkept } = await parser(Buffer.from(`${html}<a href=/end>x</a>`), {
      url: PAGE,
      contentType: 'text/html',
    });
    assert.equal(unkept.tooLong, tooLong, html.slice(0, 20));
    assert.equal(links.at(-1)?.url, new URL('/end', PAGE).href);
  }
});
