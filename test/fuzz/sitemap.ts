// The reader of sitemaps and feeds against a slow one that makes a tree of the whole document: the same links with the
// same facts, in whatever pieces the bytes come.

import { Dice } from './dice.ts';
import { type Case, type Difference, difference, type Target } from './fuzz.ts';
import { type AddressIn, type JoinTo, listedSlowly, type SlowListed } from './sitemap-oracle.ts';
import { SOURCE } from './source.ts';
import { words } from './words.ts';

type Lists = typeof import('../../src/parse/lists/list-reader.ts');
type Address = typeof import('../../src/url/address.ts');
type Join = typeof import('../../src/url/join.ts');

interface Pieces {
  readonly piece: number;
  readonly isCut: boolean;
}

const URL_OF_LIST = 'http://h.test/dir/list.xml';
const CONTENT_TYPE = 'text/xml; charset=utf-8';
const ROOTS = words('urlset urlset urlset sitemapindex SitemapIndex rss feed rdf:RDF s:urlset html constructor URLSET');
const ENTRY_OF: Readonly<Record<string, string>> = {
  urlset: 'url',
  sitemapindex: 'sitemap',
  rss: 'item',
  feed: 'entry',
};
const CHILDREN = words(
  'loc loc loc lastmod priority changefreq link guid updated pubDate date image:loc content enclosure title a x:loc LOC',
);
const ATTRIBUTES = [
  ...[
    'href="/b"',
    "href='c'",
    'href=d',
    'rel="alternate"',
    'rel="enclosure"',
    'rel="next"',
    'rel="ALTERNATE"',
    'about="e"',
  ],
  ...[
    'xml:base="/x/"',
    'xml:base="http://b.test/"',
    'xml:base="mailto:a"',
    'url="f"',
    'src="g"',
    'isPermaLink="false"',
  ],
  ...[
    'a=">"',
    'b',
    'href="&amp;x"',
    'href="&x;"',
    'href="a" href="b"',
    'xlink:href="h"',
    'xmlns="n"',
    'c = "d"',
    "e='\"'",
  ],
];
const TEXTS = [
  ...[
    'http://h.test/a',
    'http://h.test/b?c&amp;d',
    'HTTPS://s.test/',
    '/rel',
    'mailto:a@b',
    ' http://h.test/ ',
    'a b',
    '',
  ],
  ...[
    '2024-01-01',
    '0.5',
    '1.0',
    '1',
    '.5',
    '2',
    '-1',
    'daily',
    '&#x68;ttp://h.test/',
    '&unknown;',
    '&amp',
    '&#0;',
    'é😀',
  ],
  ...[
    '<![CDATA[http://h.test/c?a&b]]>',
    '<![CDATA[http://h.test/d?a&amp;b]]>',
    '<![CDATA[<a>]]>',
    '<!-- http://h.test/ -->',
    '<![CDATA[]]]]>',
    '<b>x</b>',
    '&lt;',
    '"http://h.test/q"',
    'www.h.test/w',
  ],
];
const MISC = [
  ...[
    '\n',
    ' ',
    '<!-- a -->',
    '<!---->',
    '<!-->',
    '<?pi ?>',
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '<!DOCTYPE a>',
    '<![CDATA[a',
    '< ',
    '<',
  ],
  ...[
    '</a>',
    '</urlset>',
    '<a>',
    '<a/>',
    '<loc>http://h.test/z</loc>',
    '<link rel="next" href="n"/>',
    '&',
    '>',
    '<=',
    '</',
  ],
];
/** It has no oracle: it must read the same in any pieces. */
const JSON_FEED = `{"version":"https://jsonfeed.org/version/1.1","next_url":"?2","items":[{"url":"/a","date_modified":
  "2024","attachments":[{"url":"/c.mp3"}]},{"external_url":"http://b.test/"},{"url":7},null]}`;
const INSERTS = ['<', '>', '"', "'", '/', '&', ';', '=', '!', '-', '[', ']', '?', '\n', ' ', '\0', '😀', '<!--', ']]>'];

export async function sitemapTarget(source = SOURCE): Promise<Target<Pieces>> {
  const lists = (await import(new URL('parse/lists/list-reader.ts', source).href)) as Lists;
  const { addressIn } = (await import(new URL('url/address.ts', source).href)) as Address;
  const { joinUrl, prepareBase } = (await import(new URL('url/join.ts', source).href)) as Join;
  const joinTo: JoinTo = (base) => {
    const prepared = prepareBase(base);
    return prepared === null ? null : (href) => joinUrl(href, prepared);
  };
  return {
    make(random) {
      const dice = new Dice(random);
      const list = dice.chance(0.1)
        ? dice.several(5, () => dice.pick(TEXTS) + dice.pick(['\n', '\r\n', '\r']))
        : madeList(dice);
      const input = list !== '' && dice.chance(0.4) ? dice.damaged(list, INSERTS) : list;
      return { input, how: { piece: 1 + dice.below(20), isCut: dice.chance(0.2) } };
    },
    check: (made) => differenceOf(lists, joinTo, addressIn, made),
  };
}

function madeList(dice: Dice): string {
  if (dice.chance(0.02)) return JSON_FEED;
  const attributes = (): string => (dice.chance(0.2) ? dice.several(2, () => ` ${dice.pick(ATTRIBUTES)}`) : '');
  const misc = (): string => (dice.chance(0.1) ? dice.pick(MISC) : '');
  const root = dice.pick(ROOTS);
  const child = (): string => {
    const name = dice.pick(CHILDREN);
    const hrefs = /link|content|enclosure|guid/.test(name)
      ? dice.several(3, () => ` ${dice.pick(ATTRIBUTES)}`)
      : attributes();
    if (dice.chance(0.1)) return `<${name}${hrefs}/>`;
    return `<${name}${hrefs}>${dice.several(2, () => dice.pick(TEXTS))}${misc()}${dice.chance(0.97) ? `</${name}>` : ''}`;
  };
  const entry = (): string => {
    const name = dice.chance(0.95)
      ? (ENTRY_OF[root.replace(/^\w+:/, '').toLowerCase()] ?? 'item')
      : dice.pick(CHILDREN);
    const own = dice.chance(0.1) ? dice.pick(TEXTS) : '';
    return `${misc()}<${name}${attributes()}>${own}${dice.several(4, child)}</${name}>`;
  };
  const inside = dice.several(4, () => (dice.chance(0.15) ? `<channel>${entry()}${misc()}</channel>` : entry()));
  const prolog = dice.pick(['', '', '<?xml version="1.0"?>', '\ufeff', ' \n', '<!-- a -->', '<!DOCTYPE a>']);
  return `${prolog}<${root}${attributes()}>${inside}${misc()}</${root}>${misc()}`;
}

function differenceOf(
  { createListReader }: Lists,
  joinTo: JoinTo,
  addressIn: AddressIn,
  { input, how }: Case<Pieces>,
): Difference | null {
  const bytes = Buffer.from(input);
  const read = (piece: number): string[] => {
    const lines: string[] = [];
    const context = { url: URL_OF_LIST, contentType: CONTENT_TYPE };
    const reader = createListReader(context, joinTo, (listed) => lines.push(lineOf(listed)), true);
    for (let at = 0; at < bytes.length; at += piece) reader.write(bytes.subarray(at, at + piece));
    reader.end(how.isCut);
    return [`a list: ${reader.isList === true}`, ...lines];
  };
  const whole = read(Math.max(1, bytes.length));
  const text = bytes.toString().trimStart();
  const want = text.startsWith('{') ? whole : slowly(text, joinTo, addressIn, how.isCut);
  return difference(want, whole) ?? difference(want, read(how.piece));
}

function slowly(text: string, joinTo: JoinTo, addressIn: AddressIn, isCut: boolean): string[] {
  if (text.startsWith('<')) {
    const listed = listedSlowly(text, URL_OF_LIST, joinTo, addressIn);
    return [`a list: ${listed !== null}`, ...(listed ?? []).map(lineOf)];
  }
  const lines = text.split(/\r\n|\n|\r/).map((line) => addressIn(line, URL_OF_LIST) ?? '');
  if (isCut) lines.pop();
  const urls = lines
    .filter((line) => /^https?:\/\/\S*$/i.test(line))
    .map((line) => joinTo(URL_OF_LIST)!(line))
    .filter((url) => url !== null);
  const facts = { lastmod: '', changefreq: '', priority: null };
  const listed = urls.map((url) => lineOf({ url, kind: 'navigation', rel: '', element: '', facts }));
  return [`a list: ${urls.length > 0}`, ...listed];
}

function lineOf({ url, kind, rel, element, facts }: SlowListed): string {
  return JSON.stringify([url, kind, rel, element, facts?.lastmod, facts?.changefreq, facts?.priority]);
}
