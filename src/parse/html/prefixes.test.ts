import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinUrl, prepareBase } from '../../url/join.ts';
import { createParser } from '../parse.ts';

const HTML = 'http://www.w3.org/1999/xhtml';
const SVG = 'http://www.w3.org/2000/svg';

const parse = createParser(
  (base) => {
    const prepared = prepareBase(base);
    return prepared === null ? null : (href) => joinUrl(href, prepared);
  },
  { requisites: true },
);

async function read(contentType: string, body: string): Promise<{ title: string; links: string }> {
  const { title, links } = await parse(Buffer.from(body), { url: 'http://h.org/a/', contentType });
  return { title, links: links.map(({ kind, url }) => `${kind} ${url.replace('http://h.org/a/', '')}`).join(', ') };
}

test('parse: elements of HTML anywhere in an SVG document', async () => {
  const table: Record<string, string> = {
    [`<svg xmlns="${SVG}" xmlns:h="${HTML}"><h:link rel="stylesheet" href="l"/><h:iframe src="f"/><h:a href="n"/></svg>`]:
      'style l, frame f, navigation n',
    [`<svg xmlns="${SVG}" xmlns:h="${HTML}"><g><h:script src="s"/><h:style>b{c:url(d)}</h:style></g><image href="i"/></svg>`]:
      'script s, requisite d, requisite i',
    [`<svg xmlns="${SVG}"><video xmlns="${HTML}" src="v"/><g><p xmlns="${HTML}"><embed src="e"/></p></g><video src="x"/></svg>`]:
      'requisite v, requisite e',
    [`<s:svg xmlns="${HTML}" xmlns:s="${SVG}"><video src="v"/><s:g><object data="o"/></s:g><s:image href="i"/></s:svg>`]:
      'requisite v, requisite o, requisite i',
    [`<svg xmlns="${SVG}"><video src="x"/><s:script xmlns:s="${SVG}" src="x" href="s"/></svg>`]: 'script s',
  };
  for (const [body, want] of Object.entries(table)) assert.equal((await read('image/svg+xml', body)).links, want, body);
});

test('parse: an svg with a prefix in XHTML holds elements of HTML without one', async () => {
  const page = `<html xmlns="${HTML}" xmlns:s="${SVG}"><s:svg><video src="v"/><s:image href="i"/></s:svg><svg><image href="k"/></svg></html>`;
  assert.equal((await read('application/xhtml+xml', page)).links, 'requisite v, requisite i, requisite k');
});

test('parse: a title with a prefix ends at its own tag', async () => {
  const page = `<h:html xmlns:h="${HTML}"><h:title>a &amp; b</h:title><h:a href="n"/><h:img src="i"/></h:html>`;
  assert.deepEqual(await read('application/xhtml+xml', page), { title: 'a & b', links: 'navigation n, requisite i' });
});
