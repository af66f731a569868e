import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ParsedPage, Parser } from '../../base/contracts.ts';
import { HEADING_LENGTH_MAX, HEADINGS_PER_PAGE_MAX } from '../../base/limits.ts';
import { joinUrl, prepareBase } from '../../url/join.ts';
import type { JoinTo } from '../join-links.ts';
import { createParser } from '../parse.ts';

const PAGE = 'http://h.org/a/b.html?q';

const joinTo: JoinTo = (base) => {
  const prepared = prepareBase(base);
  return prepared === null ? null : (href) => joinUrl(href, prepared);
};
const parser = createParser(joinTo);
const parserOfHeadings = createParser(joinTo, { headings: true });

function parse(html: string, by: Parser = parser): ParsedPage {
  const links = by(Buffer.from(html), { url: PAGE, contentType: 'text/html; charset=utf-8' });
  assert.ok(!(links instanceof Promise));
  return links;
}

test('createParser: what a page says of itself', () => {
  const html = `<html lang=" de-CH "><meta name=Description content=" a &amp;&#10; b "><meta name=description content=c>
    <meta name=robots content="NoIndex, noarchive"><meta name=gossamer content="noindex,nosnippet">
    <link rel=canonical href=c><link rel=canonical href=d><h1>No headings</h1>`;
  const { text, nofollow } = parse(html);
  assert.deepEqual(text, {
    description: 'a & b',
    language: 'de-CH',
    canonical: 'http://h.org/a/c',
    robots: ['noindex', 'noarchive', 'nosnippet'],
    headings: [],
  });
  assert.equal(nofollow, false);
  assert.equal(parse('<meta name=gossamer content=none>').nofollow, true);
  assert.equal(parse('<html xml:lang=fr lang=fr>').text.language, 'fr');
});

test('createParser: headings where they are asked for', () => {
  const headingsOf = (html: string): string[] =>
    parse(html, parserOfHeadings).text.headings.map(({ level, text }) => `${level} ${text}`);
  const table: Record<string, string[]> = {
    '<h1>\n a &amp; <b>b</b><br>c<!-- d -->\u00e9</h1>x<H2 class=x>e</H2><h4>f</h4>': ['1 a & b c\u00e9', '2 e'],
    '<h1>a<h2>b</h2>c': ['1 a', '2 b'],
    '<h1>a<script>"</h1>"</script>b</h1>': ['1 ab'],
    '<h1></h1><h3> </h3>': [],
    '<h1>cut': ['1 cut'],
    '<h1>cut <b': ['1 cut'],
    '<svg><title><h1>a</h1></svg><h2>b': ['1 a', '2 b'],
  };
  for (const [html, headings] of Object.entries(table)) assert.deepEqual(headingsOf(html), headings, html);
  assert.equal(parse('<h1><a href=x>y</a></h1>', parserOfHeadings).links[0]?.url, 'http://h.org/a/x');
  assert.equal(headingsOf('<h1>x</h1>'.repeat(HEADINGS_PER_PAGE_MAX + 5)).length, HEADINGS_PER_PAGE_MAX);
  assert.deepEqual(headingsOf(`<h1>${'x'.repeat(9_999)}`), [`1 ${'x'.repeat(HEADING_LENGTH_MAX)}`]);
});
