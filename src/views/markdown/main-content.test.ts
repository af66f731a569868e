import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdownOf } from '../../../test/helpers/markdown-of.ts';
import { fc } from '../../../test/helpers/properties.ts';

const TEXT = 'This is what the page is about, told at some length. '.repeat(6);
const LINKS = Array.from({ length: 12 }, (_, at) => `<li><a href=/${at}>Chapter ${at}</a>`).join('');

/** Names that pages give both to content and to what surrounds it. */
const NAMES =
  'pagination cookies comments tags menu meta footer navbar sidebar share social related banner newsletter ad consent breadcrumb popup modal subscribe toolbar promo sponsor linenos headerlink skip noprint hljs-meta cookie-banner site-footer'.split(
    ' ',
  );

const PARTS: readonly (readonly [what: string, html: (name: string) => string, markdown: string])[] = [
  ['h2 id', (name) => `<h2 id="${name}">KEPT</h2>`, '## KEPT'],
  ['h3 class', (name) => `<h3 class="${name}">KEPT</h3>`, '### KEPT'],
  ['p', (name) => `<p class="${name}" id="${name}-1">KEPT</p>`, 'KEPT'],
  ['span', (name) => `<p>a <span class="${name}">KEPT</span> b</p>`, 'a KEPT b'],
  ['a', (name) => `<p><a class="${name}" id="${name}" href="/x">KEPT</a></p>`, '[KEPT](https://a.test/x)'],
  ['img', (name) => `<p><img class="${name}" src="/x" alt="KEPT"></p>`, '![KEPT](https://a.test/x)'],
  ['code', (name) => `<p><code class="${name}">KEPT</code></p>`, '`KEPT`'],
  ['pre', (name) => `<pre class="${name}">KEPT</pre>`, '```\nKEPT\n```'],
  ['words of code', (name) => `<pre><code><span class="${name}">KEPT</span> x</code></pre>`, '```\nKEPT x\n```'],
  ['dt, dd', (name) => `<dl><dt id="${name}">KEPT</dt><dd class="${name}">x</dd></dl>`, '**KEPT**\n\n- x'],
  ['li', (name) => `<ul><li id="${name}">KEPT</li><li class="${name}">x</li></ul>`, '- KEPT\n- x'],
  [
    'tr, td, th',
    (name) =>
      `<table><tr class="${name}"><th id="${name}">a<th class="${name}">b<tr><td class="${name}">KEPT<td>x</table>`,
    '| a | b |\n| --- | --- |\n| KEPT | x |',
  ],
  ['blockquote', (name) => `<blockquote class="${name}"><p>KEPT</p></blockquote>`, '> KEPT'],
  ['figure', (name) => `<figure id="${name}"><figcaption class="${name}">KEPT</figcaption></figure>`, 'KEPT'],
  ['section with a heading', (name) => `<section id="${name}"><h2>KEPT</h2><p>x</p></section>`, '## KEPT\n\nx'],
  ['div with a heading', (name) => `<div class="section ${name}"><h3>KEPT</h3><p>x</p></div>`, '### KEPT\n\nx'],
  [
    'an index below a heading',
    (name) => `<section id="${name}"><h2>KEPT</h2><ul><li><a href="/x">x</a></ul></section>`,
    '## KEPT\n\n- [x](https://a.test/x)',
  ],
  ['a list of words', (name) => `<ul class="${name}"><li>KEPT</li></ul>`, '- KEPT'],
];

test('mainContent: a name does not take content away', () => {
  for (const [what, html, markdown] of PARTS) {
    for (const name of NAMES) {
      // A part with such a two-word name and only links belongs to the layout.
      const isOfLayout = name.includes('-') && what === 'an index below a heading';
      const page = `<body><main><h1>Title</h1><p>${TEXT}</p>${html(name)}</main></body>`;
      if (!isOfLayout) assert.equal(markdownOf(page), `# Title\n\n${TEXT.trim()}\n\n${markdown}\n`, `${what}: ${name}`);
    }
  }
});

const AROUND: readonly (readonly [what: string, html: string])[] = [
  ['nav', `<nav><h2>OUT</h2><ul>${LINKS}</ul></nav>`],
  ['role=navigation', `<section role="navigation"><h2>OUT</h2><p>OUT</p></section>`],
  ['role=navigation with another', '<ul role="Navigation list"><li>OUT</ul>'],
  ['role=search, role=dialog', '<div role="search"><p>OUT</p></div><div role="dialog"><h2>OUT</h2><p>OUT</p></div>'],
  ['hidden', '<section hidden><h2>OUT</h2><p>OUT</p></section><p style="color: red; display:none">OUT</p>'],
  ['aria-hidden', '<span aria-hidden="true">OUT</span>'],
  ['links with a class', `<div class="related"><h2>OUT</h2><ul>${LINKS}</ul></div>`],
  ['links with an id', `<div id="breadcrumb"><a href="/">OUT</a> &gt; OUT</div>`],
  ['a list of links', `<ol class="pagination"><li><a href="/1">OUT</a><li>OUT</ol>`],
  ['links in an aside', `<aside><h2>OUT</h2><ul>${LINKS}</ul></aside>`],
  [
    'what asks for something',
    '<div class="newsletter"><h3>OUT</h3><p>OUT</p><form><input><button>OUT</button></form></div>',
  ],
  ['consent', '<div id="cookie-banner"><h2>OUT</h2><p>OUT <a href="/p">OUT</a></p><button>OUT</button></div>'],
  ['consent without a button', '<div class="cookieConsent"><p>OUT</p></div>'],
  ['words without a paragraph', '<div class="share">OUT</div><div class="breadcrumbs">OUT</div>'],
  ['buttons', '<p><button>OUT</button></p><select><option>OUT</select>'],
];

test('mainContent: an id that says more than a part is for is a name of what is in it', () => {
  const part = (id: string): string =>
    `<main><h1>Title</h1><p>${TEXT}</p><div id="${id}"><a href="/x">KEPT</a></div></main>`;
  for (const id of ['related-package-summary', 'menu-bar-properties', 'TAGS-OF-HTML'])
    assert.match(markdownOf(part(id)), /KEPT/, id);
  for (const id of ['related', 'menuBar', 'sideBar', 'page-nav']) assert.doesNotMatch(markdownOf(part(id)), /KEPT/, id);
});

test('mainContent: what stands around the content stays out, in a main part and without one', () => {
  for (const [what, html] of AROUND) {
    for (const page of [
      `<main><h1>Title</h1><p>${TEXT}</p>${html}</main>`,
      `<body><h1>Title</h1><p>${TEXT}</p>${html}`,
    ]) {
      assert.equal(markdownOf(page), `# Title\n\n${TEXT.trim()}\n`, what);
    }
  }
});

const WHOLE: readonly (readonly [what: string, html: string])[] = [
  ['a main part that is short', `<body><div><p>OUT ${TEXT}</p></div><main><h1>a</h1><p>b</p></main>`],
  ['most of the text in one part, and a title above', `<div><h1>a</h1></div><div><p>b</p>`],
  ['an introduction', `<h1>a</h1><div><p>b</p></div>`],
  ['a title above an article', `<div><h1>a</h1></div><article><p>b</p></article>`],
];

test('mainContent: the footer of a page is none of its content, that of an article may be', () => {
  const footer = `<footer><h2>About</h2><p>${TEXT}</footer>`;
  assert.equal(markdownOf(`<body><h1>Title</h1><p>${TEXT}</p>${footer}`), `# Title\n\n${TEXT.trim()}\n`);
  assert.match(markdownOf(`<article><h1>Title</h1><p>x${footer}</article>`), /## About/);
});

test('mainContent: no title and no paragraph is left behind', () => {
  for (const [what, html] of WHOLE) assert.match(markdownOf(html), /^# a\n\nb\n/, what);
  // As DocBook writes it: the largest part of the page holds neither its title nor its first paragraph.
  const parts = `<div class="refnamediv"><h2>SELECT</h2><p>SELECT, TABLE</p></div><div class="refsect1"><h2>Parameters</h2><p>${TEXT.repeat(9)}</p></div>`;
  const head = `<div class="navheader"><table><tr><th>OUT<td><a href="/p">OUT</a></table></div>`;
  assert.match(
    markdownOf(`<body>${head}<div class="refentry">${parts}</div>`),
    /^## SELECT\n\nSELECT, TABLE\n\n## Param/,
  );
  const index = `<body><div><h1>a</h1></div><p>Contents</p><div class="toc"><dl><dt><a href=/1>One</a></dl></div>`;
  assert.equal(markdownOf(index), '# a\n\nContents\n\n**[One](https://a.test/1)**\n');
});

test('mainContent: pages as generators of old made them', () => {
  const authors = '<h3><a href=/g>A Group</a></h3><p><a href=/mail>b at c.test</a> &lt;&gt;';
  const contents = `<div class=TOC><dl><dt>1. <a href=/1>One</a></dl></div>`;
  const page = `<body><div><h1>a</h1>${authors}</div>${contents}<div><h1>1. One</h1><p>${TEXT}</div>`;
  assert.match(markdownOf(page), /^# a\n[\s\S]*\[One\][\s\S]*# 1\. One\n\nThis is/);
  const layout = `<center><table><tr><td>Metal<td>160</table></center><center><p>${TEXT}</center>`;
  assert.match(markdownOf(layout), /\| Metal \| 160 \|[\s\S]*This is/);
  // A script shows this page when it is done.
  assert.match(markdownOf(`<body><div style="visibility:hidden"><h1>a</h1><p>b</div>`), /^# a\n\nb\n/);
  assert.equal(markdownOf(`<main><p>a<span style="visibility: hidden">OUT</span></main>`), 'a\n');
});

test('mainContent: what can be opened and pressed is content where it is a title or a panel', () => {
  assert.equal(markdownOf('<main><h2><span><button>Title</button></span></h2><p>x</main>'), '## Title\n\nx\n');
  assert.equal(markdownOf('<main><h2>Title <button>Copy</button></h2><p>x</main>'), '## Title\n\nx\n');
  assert.equal(markdownOf('<main><details><summary>Why</summary><p>x</details></main>'), '**Why**\n\nx\n');
  assert.equal(markdownOf('<main><div role=tabpanel hidden><p>x</p></div></main>'), 'x\n');
  assert.equal(markdownOf('<main><p hidden=until-found>x</p></main>'), 'x\n');
  assert.equal(markdownOf('<main><blockquote><p>x</p><footer>y</footer></blockquote></main>'), '> x\n>\n> y\n');
});

test('mainContent: whatever a heading, a paragraph and a row are called, they are there', () => {
  const name = fc.array(fc.constantFrom(...NAMES, 'x', '1'), { maxLength: 3 }).map((parts) => parts.join('-'));
  const attributes = fc.record({ id: name, class: name }).map((made) => `id="${made.id}" class="${made.class}"`);
  fc.assert(
    fc.property(fc.array(attributes, { minLength: 3, maxLength: 3 }), ([heading, paragraph, row]) => {
      const html = `<body><h1>Title</h1><h2 ${heading}>a</h2><p ${paragraph}>b<table><tr ${row}><td ${row}>c<td>d</table>`;
      assert.equal(markdownOf(html), '# Title\n\n## a\n\nb\n\n|  |  |\n| --- | --- |\n| c | d |\n');
    }),
    { numRuns: 500 },
  );
});
