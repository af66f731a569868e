import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ParsedPage, Parser } from '../../base/contracts.ts';
import { joinUrl, prepareBase } from '../../url/join.ts';
import type { JoinTo } from '../join-links.ts';
import { createParser } from '../parse.ts';

const PAGE = 'http://h.org/a/b.html?q';

const joinTo: JoinTo = (base) => {
  const prepared = prepareBase(base);
  return prepared === null ? null : (href) => joinUrl(href, prepared);
};
const parser = createParser(joinTo);
const parserOfAll = createParser(joinTo, { requisites: true });

function parse(by: Parser, body: string, contentType: string, linkHeaders: readonly string[] = []): ParsedPage {
  const links = by(Buffer.from(body), { url: PAGE, contentType, linkHeaders });
  assert.ok(!(links instanceof Promise));
  return links;
}

function partsOf(html: string, type = 'text/html'): string {
  const { links } = parse(parserOfAll, html, type);
  const texts = links.map(({ kind, url }) => `${kind} ${url}`);
  return texts.join(', ').replaceAll('http://h.org/a/', '');
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
    '<div data-src="d.png?v=1"></div><iframe src="about:blank" data-src=f style="background: url(g)"></iframe>':
      'requisite d.png?v=1, requisite g, frame f',
    '<p style="fill: url(#a); mask: url(\'#b\')"><style>b { clip-path: url(#c) } c { b: url(d#e) }</style>':
      'requisite d',
    '<img src="#a" srcset="#b 1x"><svg><use href="#c"/><use xlink:href="d.svg#c"/><image href=" #e"/></svg>':
      'requisite d.svg',
    '<svg><style>@import "a"; b { c: url(d?e&amp;f) } </style><g style="c: url(g)"/></svg><style>h { i: url(j&amp;k) }</style>':
      'style a, requisite d?e&f, requisite g, requisite j&amp;k',
    '<h1>a<svg><style>b</style></svg>c</h1><svg><style/><image href=i /></svg>': 'requisite i',
    '<svg fill="url(a.svg#x)" stroke="url(#y)"><g filter="url(\'b.svg#x\') blur(2px)"><rect mask="url(c.svg#x)" clip-path="url(d.svg#x)"/></g><path marker-end="url(e.svg#x)" cursor="url(f.cur), auto"/></svg>':
      'requisite a.svg, requisite b.svg, requisite c.svg, requisite d.svg, requisite f.cur, requisite e.svg',
    '<svg style="background: url(a)"><foreignObject><p fill="url(n)" style="b: url(c)"></p></foreignObject></svg><p fill="url(n)">':
      'requisite a, requisite c',
    '<svg><linearGradient href="a.svg#x"/><pattern xlink:href="b.svg#x"/><textPath href="#y">t</textPath><mpath xlink:href="c.svg#x"/></svg><pattern href=n>':
      'requisite a.svg, requisite b.svg, requisite c.svg',
    '<script type=later data-src=a.js></script><script data-rocket-src="//h.org/a/b"></script><script data-src=banner></script>':
      'script a.js, script b',
    '<textarea style="background: url(a)"><img src=n></textarea><math style="b: url(c)"></math>':
      'requisite a, requisite c',
    '<noscript><img src=i></noscript><template><img src=j></template>': 'requisite i, requisite j',
    '<script type="application/ld+json">{"url": "http://h.org/a/u", "@id": "http://h.org/i"}</script>': 'metadata u',
    '<script type=json>{"url": "http://h.org/a/u"}</script><script type=application/ld+json>{"url</script>': '',
  };
  for (const [html, want] of Object.entries(table)) assert.equal(partsOf(html), want, html);
});

test('createParser: images that a script shows late, or that AMP shows', () => {
  const table: Record<string, string> = {
    '<img src="data:image/gif;base64,R0" data-src=i data-srcset="j 1x, k 2x" class=lazy><noscript><img src=i></noscript>':
      'requisite i, requisite j, requisite k, requisite i',
    '<img data-lazy-src=a data-original=b><a data-bg=z.png data-src=y.jpg><source data-srcset="c 1x"><video data-src=d data-poster=e></video>':
      'requisite b, requisite a, requisite y.jpg, requisite z.png, requisite c, requisite d, requisite e',
    '<div data-bg="url(a)"></div><p data-background-image=b.jpg></p><section data-bg="./c" data-bgset="d 100w, e 200w">':
      'requisite a, requisite b.jpg, requisite c, requisite d, requisite e',
    '<div data-bg="#fff" data-background=dark data-src="about"></div><img data-src="{{ url }}" data-lazy=true data-original=""><img data-src="holder.js/300x200"><img data-src="%s">':
      '',
    '<amp-img src=a srcset="b 2x"><amp-anim src=c></amp-anim></amp-img><amp-video src=d poster=e><source src=f></amp-video><amp-audio src=g>':
      'requisite a, requisite b, requisite c, requisite d, requisite e, requisite f, requisite g',
    '<img nitro-lazy-srcset="a 1x" src=b><img src=c>': 'requisite a, requisite b, requisite c',
    '<amp-img data-src=a data-lazy-srcset="b 1x">': 'requisite a, requisite b',
    '<img data-src-retina=a data-actualsrc=b lazy-src=c nitro-lazy-src=d data-real-src=e data-original-src=f>':
      'requisite a, requisite f, requisite b, requisite e, requisite c, requisite d',
    '<img data-url=a.jpg data-image=b.webp?w=1 data-large-file=c.png data-rjs=d@2x.png data-zoom-image=e.gif data-thumb=f.jpeg>':
      'requisite f.jpeg, requisite a.jpg, requisite b.webp?w=1, requisite d@2x.png, requisite c.png, requisite e.gif',
    '<img data-url=/about data-image=12 data-full=yes data-rjs=2><a data-url=a.jpg></a><p data-image-src=/x data-image-src=b></p>':
      '',
    '<p data-bg-src="a.webp"></p><p data-bg-src="red"></p>': 'requisite a.webp',
    '<p data-setbg="a.jpg"></p><p data-bg-multi="url(b), url(\'c\')"></p><p data-bg-set="url(d) 1x"></p><p data-bg-hidpi="e.png">':
      'requisite a.jpg, requisite b, requisite c, requisite d, requisite e.png',
    '<div class=lazy data-original="i/a.jpg"></div><div data-original="/about"></div><p data-lazy-background="/b" data-background-url="url(c)">':
      'requisite i/a.jpg, requisite http://h.org/b, requisite c',
    '<div data-bgimage=a.webp data-vc-parallax-image="//h.org/a/b"></div><div data-bgimage=dark></div>':
      'requisite a.webp, requisite b',
    '<iframe data-lazy-src=a></iframe><iframe src="" data-src=b></iframe><iframe data-litespeed-src=c></iframe>':
      'frame a, frame b, frame c',
    '<p data-style="background-image: url(a)"></p><p data-style="dark.png">': 'requisite a',
    '<div data-background-image="a.jpg,b.png"></div><img data-src="c.jpg|d.jpg"><img data-src="e,w_1/f.jpg">':
      'requisite a.jpg, requisite b.png, requisite c.jpg, requisite d.jpg, requisite e,w_1/f.jpg',
    "<div data-background-image-set=\"url('a.jpg') 1x, url('b.jpg') 2x\"></div><img data-iesrc=c data-normal=d data-flickity-lazyload-src=e>":
      'requisite a.jpg, requisite b.jpg, requisite c, requisite d, requisite e',
    '<div data-bgset="a.jpg [(max-width: 480px)] | b.jpg"></div><p data-bgset="c.jpg 200w, d.jpg 400w [--small] [type: image/webp] | e.jpg"></p><p data-bgset="f 1x | g"></p>':
      'requisite a.jpg, requisite b.jpg, requisite c.jpg, requisite d.jpg, requisite e.jpg, requisite f, requisite g',
    '<div data-interchange="[a.jpg, small], [b.png?c,d, (min-width: 9px)], [part.html, large]"></div><img data-interchange="[e.webp,small]"><p data-interchange="f.jpg"></p>':
      'requisite a.jpg, requisite b.png?c,d, requisite e.webp',
    '<img ix-src=a ix-srcset="b 1x, c 2x"><p ix-src=d></p>': 'requisite a, requisite b, requisite c',
    '<p data-lazy-bg="url(a)"></p><div data-bg-image=b.jpg></div><div data-image-src=c.jpg></div><i nitro-lazy-bg="//h.org/a/d"></i>':
      'requisite a, requisite b.jpg, requisite c.jpg, requisite d',
  };
  for (const [html, want] of Object.entries(table)) assert.equal(partsOf(html), want, html);
});

test('createParser: in XML every element closes itself, and HTML does not end a picture', () => {
  const svg = (body: string): string => `<svg xmlns="http://www.w3.org/2000/svg">${body}<image href="a.gif"/></svg>`;
  const div = '<div xmlns="http://www.w3.org/1999/xhtml"/>';
  for (const body of [
    `<foreignObject>${div}</foreignObject>`,
    `<foreignObject/>${div}`,
    '<g><b/></g>',
    '<metadata><p>x</p></metadata>',
    '<metadata><ul><li/><li><p/></li></ul></metadata>',
    '<desc><br/><p/><table><tr/></table></desc>',
    '<foreignObject><script/><p><nobr/><nobr/></p></foreignObject>',
    '<g><img/><font color="red"/></g>',
  ]) {
    assert.equal(partsOf(svg(body), 'image/svg+xml'), 'requisite a.gif', body);
    const page = `<html xmlns="http://www.w3.org/1999/xhtml"><body><p>${svg(body)}</p></body></html>`;
    assert.equal(partsOf(page, 'application/xhtml+xml'), 'requisite a.gif', body);
  }
  assert.equal(partsOf(svg(`<foreignObject>${div}</foreignObject>`)), '', 'in HTML the element stays open');
});

test('createParser: styles and parts of documents in XML', () => {
  const html = (body: string): string => `<html xmlns="http://www.w3.org/1999/xhtml">${body}</html>`;
  const svg = (body: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">${body}</svg>`;
  const xhtml = 'application/xhtml+xml';
  const table: readonly (readonly [type: string, body: string, want: string])[] = [
    [xhtml, html('<head><style>@import "a"; b { c: url(d) }</style></head>'), 'style a, requisite d'],
    [
      xhtml,
      html('<style>/*<![CDATA[*/ b > c { d: url("e?f&g") } /*]]>*/ h { i: url(j?k&amp;l) }</style>'),
      'requisite e?f&g, requisite j?k&l',
    ],
    [xhtml, html('<style/><img src="i"/><style><!-- b { c: url(d) } --></style>'), 'requisite i'],
    [xhtml, html('<style>b { c: url(d) }</style><h1>x<br/>y</h1><a href="n">z</a>'), 'requisite d, navigation n'],
    [xhtml, html('<script type="application/ld+json">{"url": "http://h.org/a/u?v&amp;w"}</script>'), 'metadata u?v&w'],
    [
      xhtml,
      `<?xml-stylesheet type="text/css" href="s?t&amp;u"?>${html('<?xml-stylesheet href="v"?>')}`,
      'style s?t&u, style v',
    ],
    ['text/html', '<?xml-stylesheet href="s"?>', ''],
    ['application/xml', html('<img src="i"/><a href="n">z</a>'), 'requisite i, navigation n'],
    ['text/xml; charset=utf-8', svg('<a href="n"/><image href="i"/>'), 'navigation n, requisite i'],
    ['text/xml', '<books><a xmlns="http://www.w3.org/1999/xhtml" href="n">z</a></books>', ''],
    [
      'image/svg+xml',
      `<?xml-stylesheet href="s"?>${svg('<a xlink:href="l"/><a href="m"/>')}`,
      'style s, navigation l, navigation m',
    ],
    [
      'image/svg+xml; charset=utf-8',
      svg('<image href="i"/><use xlink:href="u#v"/><use href="#w"/>'),
      'requisite i, requisite u',
    ],
    [
      'image/svg+xml',
      svg('<style>@import "a"; b { c: url(d) url(#e) }</style><script href="f"/>'),
      'style a, requisite d, script f',
    ],
    [
      'image/svg+xml',
      '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"><a x:href="l"/><use x:href="u#v"/><image X:href="i" href="j"/></svg>',
      'navigation l, requisite u, requisite j',
    ],
    [
      'image/svg+xml',
      svg('<rect fill="url(a.svg#b)" stroke="url(#c)"/><g mask="url(d.svg#e)"/>'),
      'requisite a.svg, requisite d.svg',
    ],
    ['', `<?xml version="1.0"?>${svg('<a href="n"/><image href="i"/>')}`, 'navigation n, requisite i'],
    ['', svg('<a xlink:href="n"/>'), 'navigation n'],
    ['', '<svg><a href="n"/></svg>', ''],
    [
      'image/svg+xml',
      svg('<foreignObject><a xmlns="http://www.w3.org/1999/xhtml" href="n"/></foreignObject>'),
      'navigation n',
    ],
  ];
  for (const [type, body, want] of table) {
    const links = parse(parserOfAll, body, type).links.map(({ kind, url }) => `${kind} ${url}`);
    assert.equal(links.join(', ').replaceAll('http://h.org/a/', ''), want, body);
  }
  const [link] = parse(parser, svg('<a xlink:href="l"/><image href="i"/>'), 'image/svg+xml').links;
  assert.equal(link?.url, 'http://h.org/a/l');
});

test('createParser: documents in srcdoc', () => {
  const table: Record<string, string> = {
    '<iframe srcdoc="<a href=n>x</a><img src=i><style>p { b: url(s) }</style>"></iframe>':
      'navigation n, requisite i, requisite s',
    '<iframe src=f srcdoc="&lt;a href=&quot;n?a&amp;amp;b&quot;&gt;"></iframe><a href=m>':
      'frame f, navigation n?a&b, navigation m',
    '<iframe srcdoc=\'<iframe srcdoc="<img src=i>"></iframe>\'></iframe>': 'requisite i',
    '<iframe srcdoc="<base href=http://h.org/a/z/><a href=n>"></iframe><a href=m>': 'navigation z/n, navigation m',
    '<iframe srcdoc="<meta http-equiv=refresh content=0;url=r><link rel=canonical href=c><title>t</title>"></iframe>':
      'frame r',
    '<base href=b/><iframe srcdoc="<a href=n>"></iframe>': 'navigation b/n',
    '<svg><iframe srcdoc="<a href=n>"/></svg><frame srcdoc="<a href=n>">': '',
  };
  for (const [html, want] of Object.entries(table)) assert.equal(partsOf(html), want, html);
  const { links, title, text } = parse(
    parser,
    '<title>t</title><iframe srcdoc="<title>u</title><html lang=de><a href=n><img src=i>">',
    'text/html',
  );
  assert.deepEqual([links.map(({ url }) => url), title, text.language], [['http://h.org/a/n'], 't', '']);
  const [link] = parse(parser, '<meta charset=windows-1251><iframe srcdoc="<a href=?\xef>">', 'text/html').links;
  assert.equal(link?.url, 'http://h.org/a/b.html?%D0%93%D0%87');
});

test('createParser: elements with the prefix of a namespace of pages', () => {
  const xhtml = 'application/xhtml+xml';
  const html = (body: string): string => `<html xmlns="http://www.w3.org/1999/xhtml">${body}</html>`;
  const table: readonly (readonly [type: string, body: string, want: string])[] = [
    [
      'image/svg+xml',
      '<s:svg xmlns:s="http://www.w3.org/2000/svg" xmlns:xlink="x"><s:a xlink:href="n"/><s:image href="i"/></s:svg>',
      'navigation n, requisite i',
    ],
    [
      'image/svg+xml',
      '<g:svg xmlns:g="http://www.w3.org/2000/svg"><g:style>b { c: url(d) }</g:style><g:title>t</g:title><g:a href="n"/></g:svg>',
      'requisite d, navigation n',
    ],
    [
      xhtml,
      '<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:a href="n"/><h:img src="i"/></h:html>',
      'navigation n, requisite i',
    ],
    [
      xhtml,
      html('<svg:svg xmlns:svg="http://www.w3.org/2000/svg"><svg:image href="i"/></svg:svg><a href="n"/>'),
      'requisite i, navigation n',
    ],
    [xhtml, html('<x:a xmlns:x="urn:x" href="n"/><y:img src="i"/>'), ''],
    ['text/html', '<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:a xlink:href="n"/></s:svg>', ''],
  ];
  for (const [type, body, want] of table) {
    const links = parse(parserOfAll, body, type).links.map(({ kind, url }) => `${kind} ${url}`);
    assert.equal(links.join(', ').replaceAll('http://h.org/a/', ''), want, body);
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
