import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ParsedPage } from '../../base/contracts.ts';
import { SHEET_BYTES_MAX } from '../../base/limits.ts';
import { joinUrl } from '../../url/join.ts';
import { createParser } from '../parse.ts';

const PAGE = 'http://a.test/css/main.css';
const parse = createParser((base) => (href) => joinUrl(href, base), { requisites: true });

async function linksOf(body: string | Uint8Array, contentType: string): Promise<ParsedPage> {
  return parse(typeof body === 'string' ? Buffer.from(body) : body, { url: PAGE, contentType });
}

test('parse: a style sheet leads to what it imports and shows, by its own URL', async () => {
  const { links, base, charset } = await linksOf(
    '@import "print.css"; a { background: url(../i/a.png) } @font-face { src: url(data:x), url("//b.test/f.woff2") }',
    'text/css',
  );
  assert.equal(base, PAGE);
  assert.equal(charset, 'utf-8');
  assert.deepEqual(links, [
    { url: 'http://a.test/css/print.css', kind: 'style', rel: '', element: 'css' },
    { url: 'http://a.test/i/a.png', kind: 'requisite', rel: '', element: 'css' },
    { url: 'http://b.test/f.woff2', kind: 'requisite', rel: '', element: 'css' },
  ]);
});

test('parse: the encoding of a style sheet is that of its mark, its header, its rule, or UTF-8', async () => {
  const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
  const cases: readonly (readonly [Uint8Array, string, string])[] = [
    [Buffer.from('a{b:url(é)}'), 'text/css', 'utf-8'],
    [latin('a{b:url(é)}'), 'text/css; charset=iso-8859-1', 'windows-1252'],
    [latin('@charset "iso-8859-1";a{b:url(é)}'), 'text/css', 'windows-1252'],
    [Buffer.from('@charset "utf-16le";a{b:url(é)}'), 'text/css', 'utf-8'],
    [Buffer.from('\ufeff@charset "iso-8859-1";a{b:url(é)}'), 'text/css; charset=iso-8859-1', 'utf-8'],
    [Buffer.from('\ufeffa{b:url(é)}', 'utf16le'), 'text/css', 'utf-16le'],
  ];
  for (const [body, type, expected] of cases) {
    const { charset, links } = await linksOf(body, type);
    assert.equal(charset, expected);
    assert.deepEqual(
      links.map(({ url }) => url),
      ['http://a.test/css/%C3%A9'],
      expected,
    );
  }
});

test('parse: style elements and style attributes of any element are requisites', async () => {
  const { links } = await linksOf(
    `<style>@import url(s.css); p { background: url(p.png) }</style><p style="background:url('q.png')"><a href=x style=b:url(r.png)>
     <svg><g style="fill:url(t.svg)"></g></svg><custom-one style="b:url(&quot;u.png&quot;)">`,
    'text/html',
  );
  assert.deepEqual(
    links.map(({ url, kind, element }) => [url.replace('http://a.test/css/', ''), kind, element]),
    [
      ['s.css', 'style', 'style'],
      ['p.png', 'requisite', 'style'],
      ['q.png', 'requisite', 'p'],
      ['r.png', 'requisite', 'a'],
      ['x', 'navigation', 'a'],
      ['t.svg', 'requisite', 'g'],
      ['u.png', 'requisite', 'custom-one'],
    ],
  );
});

test('parse: of a style sheet without an end the beginning is read, and that is told', async () => {
  const rule = 'a{background:url(a.png)}\n';
  const whole = await linksOf(Buffer.alloc(SHEET_BYTES_MAX, rule), 'text/css');
  const long = await linksOf(Buffer.alloc(2 * SHEET_BYTES_MAX, rule), 'text/css');
  const all = ({ links, unkept }: ParsedPage): number => links.length + unkept.dropped;
  assert.equal(all(long), all(whole));
  assert.deepEqual([whole.remark, long.remark], [undefined, 'of the style sheet the first 8388608 bytes were read']);
});
