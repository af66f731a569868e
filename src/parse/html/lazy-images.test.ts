import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinUrl } from '../../url/join.ts';
import { createParser } from '../parse.ts';

const parse = createParser((base) => (href) => joinUrl(href, base), { requisites: true });

async function linksIn(html: string): Promise<string> {
  const { links } = await parse(Buffer.from(html), { url: 'http://h/', contentType: 'text/html' });
  return links.map(({ kind, url }) => `${kind} ${url.replace('http://h/', '')}`).join(', ');
}

test('createParser: any attribute of an image that is called and filled like one', async () => {
  for (const [html, links] of [
    [
      '<img data-sf-src=a.jpg data-hover="b.png?c" data-2x=\'d.webp\'>',
      'requisite a.jpg, requisite b.png?c, requisite d.webp',
    ],
    ['<img data-brsrcset="a.jpg 1x, b.jpg 2x" src=c>', 'requisite a.jpg, requisite b.jpg, requisite c'],
    [
      '<img DATA-DESKTOP-SRC=a.jpg data-mobile="b.jpg|c.jpg" ng-src=d.gif>',
      'requisite a.jpg, requisite b.jpg, requisite c.jpg, requisite d.gif',
    ],
    ['<img data-image-title=a.jpg data-src-name="b.jpg" data-alt="c.jpg" data-pin-media=d.jpg data-user=e.jpg>', ''],
    ['<img data-image-role=thumb data-full-url="/about" data-a-src="{x}.jpg" data-caption-src="a photo.jpg">', ''],
    ['<p data-hover="a.jpg"></p><a data-full-url="b.jpg"></a>', ''],
    [
      '<li data-thumb="a.jpg"></li><div data-bg-mobile="b.jpg" data-thumb="/c"></div>',
      'requisite b.jpg, requisite a.jpg',
    ],
  ] as const) {
    const sorted = (list: string): string[] => list.split(', ').sort();
    assert.deepEqual(sorted(await linksIn(html)), sorted(links), html);
  }
});

test('createParser: frames, scripts and style sheets that wait', async () => {
  for (const [html, links] of [
    ['<iframe data-cookieblock-src=a></iframe><iframe data-lazyload="b"></iframe>', 'frame a, frame b'],
    ['<script data-pmdelayedscript=a.js></script><script data-cmp-src="//h/b"></script>', 'script a.js, script b'],
    [
      '<link rel=stylesheet data-href=a.css><link data-rocket-href=b.css rel="stylesheet"><link rel=icon data-href=c>',
      'style a.css, style b.css',
    ],
  ] as const) {
    assert.equal(await linksIn(html), links, html);
  }
});
