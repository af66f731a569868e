import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Links, Parser } from '../base/contracts.ts';
import { joinUrl, prepareBase } from '../url/join.ts';
import type { JoinTo } from './join-links.ts';
import { createParser } from './parse.ts';

const PAGE = 'http://h.org/a/b.html?q';

const joinTo: JoinTo = (base) => {
  const prepared = prepareBase(base);
  return prepared === null ? null : (href) => joinUrl(href, prepared);
};
const parser = createParser(joinTo);
const parserOfAll = createParser(joinTo, { requisites: true });

function parse(by: Parser, body: string, contentType: string, linkHeaders: readonly string[] = []): Links {
  const links = by(Buffer.from(body), { url: PAGE, contentType, linkHeaders });
  assert.ok(!(links instanceof Promise));
  return links;
}

test('createParser: what leads to no page, where it is wanted', () => {
  const table: Record<string, string> = {
    '<link rel=stylesheet href=s>': 'style s',
    '<link rel="alternate stylesheet" href=s>': 'style s',
    '<link rel="shortcut icon" href=i><link rel=preload href=p><link rel=manifest href=m>':
      'requisite i, requisite p, requisite m',
    '<link rel=preload as=image imagesrcset="a 1x, b 2x" imagesizes=x>': 'requisite a, requisite b',
    '<link rel=pingback href=p><link itemprop=url href=u><link href=v>': 'metadata p, metadata u, metadata v',
    '<a href=c><iframe src=f longdesc=l></iframe>': 'navigation c, frame f, metadata l',
    '<img src=i lowsrc=l srcset="j 1x, k,l 2x" longdesc=d>':
      'requisite i, requisite l, metadata d, requisite j, requisite k,l',
    '<IMAGE SRC=i>': 'requisite i',
    '<img src="" srcset=""><video poster=""><img>': '',
    '<picture><source srcset="a 100w 50h, b 200w"><img src=c></picture>': 'requisite a, requisite b, requisite c',
    '<video src=v poster=p><source src=s><track src=t></video><audio src=a></audio>':
      'requisite v, requisite p, requisite s, requisite t, requisite a',
    '<embed src=e><object data=d><param name=Movie value=m><param name=wmode value=w></object>':
      'requisite e, requisite d, requisite m',
    '<input type=IMAGE src=i><input type=text src=t>': 'requisite i',
    '<script src=s></script>': 'script s',
    '<meta property="og:image" content=i><meta name="twitter:image" content=t><meta property="og:title" content=x>':
      'requisite i, requisite t',
    '<meta property="og:url" content="http://h.org/a/u"><meta itemprop=image content="http://h.org/a/i"><meta itemprop=name content=n>':
      'metadata u, metadata i',
    '<blockquote cite=a></blockquote><q cite=b></q><ins cite=c></ins><del cite=d></del>':
      'metadata a, metadata b, metadata c, metadata d',
    '<svg><image href=i /><use xlink:href="u#x"/><feImage href=f xlink:href=g /><script href=s /><img src=n></svg>':
      'requisite i, requisite u, requisite f, script s, requisite n',
    '<svg><video src=v></video><q cite=c></q><input type=image src=i></svg><use href=u>': '',
    '<body background=a><table background=b><tr><td background=c><th background=d>':
      'requisite a, requisite b, requisite c, requisite d',
    '<html manifest=m>': 'requisite m',
    '<noscript><img src=i></noscript><template><img src=j></template>': 'requisite i, requisite j',
    '<script type="application/ld+json">{"url": "http://h.org/a/u", "@id": "http://h.org/i"}</script>': 'metadata u',
    '<script type=json>{"url": "http://h.org/a/u"}</script><script type=application/ld+json>{"url</script>': '',
  };
  for (const [html, want] of Object.entries(table)) {
    const { links } = parse(parserOfAll, html, 'text/html');
    assert.equal(
      links
        .map(({ kind, url }) => `${kind} ${url}`)
        .join(', ')
        .replaceAll('http://h.org/a/', ''),
      want,
      html,
    );
  }
});

test('createParser: links of the header, joined to the page and not to its base', () => {
  const linkHeaders = ['<c>; rel=canonical, </n>; rel="next", <p>; rel=preload', '<o>; rel=next; anchor="#x"'];
  const page = parse(parser, '<base href="/z/"><a href=x>', 'text/html', linkHeaders);
  assert.deepEqual(
    page.links.map(({ url, kind, rel, element }) => [url, kind, rel, element].join(' ')),
    [
      'http://h.org/a/c canonical canonical header',
      'http://h.org/n navigation next header',
      'http://h.org/z/x navigation  a',
    ],
  );
  assert.equal(page.text.canonical, 'http://h.org/a/c');
  const ofPdf = parse(parserOfAll, '%PDF', 'application/pdf', linkHeaders);
  assert.deepEqual(
    ofPdf.links.map(({ kind }) => kind),
    ['canonical', 'navigation', 'requisite'],
  );
  assert.equal(ofPdf.text.canonical, 'http://h.org/a/c');
});
