import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { madeJob } from '../../../test/helpers/made-job.ts';
import { markdownOf } from '../../../test/helpers/markdown-of.ts';
import { fc } from '../../../test/helpers/properties.ts';
import { runSeed, seededRandom } from '../../../test/helpers/random.ts';
import { PAGE_TREE_NODES_MAX } from '../../base/limits.ts';
import { frontMatterOf, pageMarkdown } from './page.ts';

const URL_OF_PAGE = 'https://a.test/docs/guide.html';

const CASES: readonly (readonly [what: string, html: string, markdown: string])[] = [
  ['headings', '<h1>One</h1><h2 id=x>Two <a href="#x">#</a></h2><h6>Six</h6>', '# One\n\n## Two\n\n###### Six\n'],
  ['paragraphs, spaces, lines', '<p>a\n  b<p> c <br> d', 'a b\n\nc\\\nd\n'],
  ['emphasis', 'a<b> b </b>c <em>d</em> <del>e</del> <i></i>', 'a **b** c *d* ~~e~~\n'],
  ['emphasis that goes on', '<b>a</b><b>b</b> <code>a</code><code>b</code>', '**ab** `a` `b`\n'],
  [
    'links, absolute',
    '<a href="../x?a=1#b c">x</a> <a href=/y>y</a>',
    '[x](https://a.test/x?a=1#b%20c) [y](https://a.test/y)\n',
  ],
  ['links to a base', '<base href="/other/"><a href=x>x</a>', '[x](https://a.test/other/x)\n'],
  ['links that lead to no page', '<a href="javascript:x()">a</a> <a href="data:x,y">b</a> <a>c</a>', 'a b c\n'],
  [
    'brackets in links',
    '<a href="/a(b)c)">x</a> <a href="/a(b)">[y]</a>',
    '[x](https://a.test/a%28b%29c%29) [\\[y\\]](https://a.test/a(b))\n',
  ],
  ['a card that is a link', '<a href=/x><div><h3>Title</h3><p>Text</p></div></a>', '[Title Text](https://a.test/x)\n'],
  [
    'images with a text only',
    '<img src=a.png alt="An [image]"><img src=b.png>',
    '![An \\[image\\]](https://a.test/docs/a.png)\n',
  ],
  [
    'images that come later',
    '<img src="data:image/gif;base64,R0" data-src=a.png alt=x>',
    '![x](https://a.test/docs/a.png)\n',
  ],
  ['a sign before a link', 'Look!<a href=/x>x</a>', 'Look\\![x](https://a.test/x)\n'],
  ['lists', '<ul><li>a<li>b<ul><li>c</ul><li>d</ul>', '- a\n- b\n  - c\n- d\n'],
  [
    'lists that are deep',
    '<ul><li>a'.repeat(18),
    Array.from({ length: 18 }, (_, at) => `${'  '.repeat(Math.min(at, 16))}- a\n`).join(''),
  ],
  ['numbered lists', '<ol start=9><li>a<li><p>b<p>c</ol>', '9. a\n\n10. b\n\n    c\n'],
  ['lists of definitions', '<dl><dt>a<dd>b<dd>c<dt>d<dd>e</dl>', '**a**\n\n- b\n- c\n\n**d**\n\n- e\n'],
  ['a list for the layout', '<ul><li><h2>a</h2>b<li><h2>c</h2>d</ul>', '## a\n\nb\n\n## c\n\nd\n'],
  ['quotes', '<blockquote><p>a<p>b</blockquote>', '> a\n>\n> b\n'],
  ['quotes that are deep', `${'<blockquote>'.repeat(18)}a`, `${'> '.repeat(16)}a\n`],
  ['code in a line', '<code>a_b*c</code> <code>`x`</code> <kbd>Ctrl</kbd>', '`a_b*c` `` `x` `` `Ctrl`\n'],
  ['code with links', '<code>Map&lt;<a href=/K>K</a>&gt;</code>', '`Map<`[`K`](https://a.test/K)`>`\n'],
  ['code blocks', '<pre>\n  a\n\n  <b>b</b> &lt;</pre>', '```\n  a\n\n  b <\n```\n'],
  ['code with a language', '<pre><code class="hljs language-c++">x</code></pre>', '```c++\nx\n```\n'],
  [
    'a language around',
    'a<div class="highlight-python notranslate"><div><pre>x</pre></div></div>',
    'a\n\n```python\nx\n```\n',
  ],
  ['no language at all', '<pre data-lang="a b`c">x</pre>', '```\nx\n```\n'],
  ['fences in code', '<pre>```\nx</pre>', '````\n```\nx\n````\n'],
  [
    'tables',
    '<table><caption>T</caption><tr><th>a<th>b<tr><td>1|2<td><p>3<p>4</table>',
    'T\n\n| a | b |\n| --- | --- |\n| 1\\|2 | 3 4 |\n',
  ],
  [
    'tables without a head',
    '<table><tr><td>1<td>2<tr><td colspan=2>3</table>',
    '|  |  |\n| --- | --- |\n| 1 | 2 |\n| 3 |  |\n',
  ],
  ['tables for the layout', '<table><tr><td>a<td><pre>b</pre></table>', 'a\n\n```\nb\n```\n'],
  ['mathematics', '<math alttext="x^2"><mi>x</mi></math>', '`x^2`\n'],
  ['lines', 'a<hr>b', 'a\n\n---\n\nb\n'],
  [
    'what looks like Markdown',
    '<p># a<p>- b<p>1. c<p>&gt; d<p>*e* _f_ g_h [i] `j` ~~k~~<p>---<p>===',
    '\\# a\n\n\\- b\n\n1\\. c\n\n\\> d\n\n\\*e\\* \\_f\\_ g_h \\[i\\] \\`j\\` \\~\\~k\\~\\~\n\n\\---\n\n\\===\n',
  ],
  [
    'what looks like HTML',
    '&lt;script>alert(1)&lt;/script> &amp;lt; 1 &lt; 2',
    '\\<script>alert(1)\\</script> &amp;lt; 1 < 2\n',
  ],
  [
    'scripts, styles, comments',
    'a<script>b</script><style>c</style><!-- d --><noscript>e</noscript><template>f</template>',
    'a\n',
  ],
  ['what is hidden', 'a<p hidden>b<p aria-hidden=true>c<p style="display: none">d', 'a\n'],
  ['controls', 'a&#27;[2Jb\u202ec', 'a\ufffd\\[2Jb\ufffdc\n'],
  ['nothing', '<html><body></body></html>', ''],
];

test('pageMarkdown: elements', () => {
  for (const [what, html, markdown] of CASES) assert.equal(markdownOf(html), markdown, what);
});

const TEXT = 'This is what the page is about, told at some length. '.repeat(6);
const LINKS = Array.from({ length: 12 }, (_, at) => `<li><a href=/${at}>Chapter ${at}</a>`).join('');

const PAGES: readonly (readonly [what: string, html: string])[] = [
  ['main', `<body><header>OUT</header><nav>OUT</nav><main><h1>Title</h1><p>${TEXT}</main><footer>OUT</footer>`],
  ['role=main', `<body><div>OUT</div><div role=main><h1>Title</h1><p>${TEXT}</div><div>OUT</div>`],
  [
    'an article',
    `<body><div class=top>OUT</div><article><header><h1>Title</h1></header><p>${TEXT}</article><div>OUT</div>`,
  ],
  [
    'names only',
    `<body><div id=navBar>OUT</div><div class=cookie-consent>OUT</div><div><h1>Title</h1><p>${TEXT}</div><div class="site-footer">OUT</div>`,
  ],
  [
    'no names at all',
    `<body><div><ul>${LINKS}</ul>OUT</div><div><div><div><h1>Title</h1><p>${TEXT}</div></div></div><div>OUT</div>`,
  ],
  ['a table for the layout', `<body><table><tr><td>OUT<ul>${LINKS}</ul><td><h1>Title</h1><p>${TEXT}</table>`],
  [
    'navigation in main',
    `<main><h1>Title</h1><div class=breadcrumbs>OUT</div><nav>OUT</nav><p>${TEXT}<div class=share>OUT</div><aside><ul>${LINKS}</ul>OUT</aside></main>`,
  ],
];

test('pageMarkdown: the content without what stands around it', () => {
  for (const [what, html] of PAGES) assert.equal(markdownOf(html), `# Title\n\n${TEXT.trim()}\n`, what);
});

test('pageMarkdown: what is text stays, whatever it is called', () => {
  const notes = `<main><p>${TEXT}<aside class=note><p>Mind the gap.</aside><div class=menu><p>Soup</p>${TEXT}</div></main>`;
  const markdown = markdownOf(notes);
  assert.match(markdown, /\n\nMind the gap\.\n\nSoup\n\nThis is/);
  assert.equal(markdownOf(`<body><nav>x</nav><ul>${LINKS}</ul>`).split('\n').length, 13);
  assert.equal(markdownOf(`<form><p>${TEXT}<input><button>OUT</button></form>`), `${TEXT.trim()}\n`);
});

test('pageMarkdown: in the encoding of the page, and by the rules of XML', () => {
  const body = Buffer.from('<p>caf\xe9', 'latin1');
  const page = { url: URL_OF_PAGE, contentType: 'text/html; charset=iso-8859-1', body, frontMatter: '---\n---\n' };
  assert.equal(pageMarkdown(page), '---\n---\n\ncafé\n');
  const xhtml = '<html><body><script/><p>a<![CDATA[<b>]]></p></body></html>';
  assert.equal(markdownOf(xhtml, 'application/xhtml+xml'), 'a<b>\n'.replace('<', '\\<'));
  const prefixed = '<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:h1>A</h:h1><h:p>b <h:b>c</h:b></h:p></h:html>';
  assert.equal(markdownOf(prefixed, 'application/xhtml+xml'), '# A\n\nb **c**\n');
  for (const tex of ['a&lt;b', '<![CDATA[a<b]]>'])
    assert.equal(markdownOf(`<p><script type="math/tex">${tex}</script></p>`, 'application/xhtml+xml'), '`a<b`\n');
});

test('pageMarkdown: a link leads to the URL that the crawl asks for, in the encoding of the page', () => {
  const linked = (charset: string, html: string): string => {
    const body = Buffer.from(html, 'latin1');
    return pageMarkdown({ url: URL_OF_PAGE, contentType: `text/html; charset=${charset}`, body, frontMatter: '' });
  };
  const latin = '<a href="/caf\xe9?q=\xe9#\xe9">x</a>';
  assert.equal(linked('iso-8859-1', latin), '\n[x](https://a.test/caf%C3%A9?q=%E9#é)\n');
  assert.equal(linked('windows-1251', '<a href="?q=\xef">x</a>'), '\n[x](https://a.test/docs/guide.html?q=%EF)\n');
  assert.equal(
    linked('shift_jis', '<base href=/b/><a href="a?q=\x82\xa0">x</a>'),
    '\n[x](https://a.test/b/a?q=%82%A0)\n',
  );
  assert.equal(linked('utf-8', '<a href="?q=\xc3\xa9">x</a>'), '\n[x](https://a.test/docs/guide.html?q=%C3%A9)\n');
});

test('frontMatterOf: one line a field, whatever the page says', async () => {
  const { ledger, frontier } = await madeJob({});
  const row = (await ledger.rows.find('http://a.test/'))!;
  const text = { ...row.text!, language: null, description: 'two\nlines: "x"' };
  assert.equal(
    frontMatterOf({ ...row, title: '---\u0085evil: true', text }),
    [
      '---',
      'url: "http://a.test/"',
      'title: "---\ufffdevil: true"',
      'description: "two lines: \\"x\\""',
      'fetched: "2023-11-14T22:13:20.000Z"',
      'status: 200',
      `sha256: "${'ab'.repeat(32)}"`,
      '---',
      '',
    ].join('\n'),
  );
  const cut = frontMatterOf({ ...row, truncated: 'length' });
  assert.ok(cut.endsWith('\ntruncated: "length"\n---\n'), cut);
  await frontier.close();
});

test('pageMarkdown: the front matter tells once that the rest of a page is missing', () => {
  const page = { url: URL_OF_PAGE, contentType: 'text/html; charset=utf-8' };
  const many = Buffer.from(`a${'<br>'.repeat(PAGE_TREE_NODES_MAX)}`);
  const front = '---\nurl: "x"\n---\n';
  const told = '---\nurl: "x"\ntruncated: "length"\n---\n\na\n';
  const by = { ...page, frontMatter: front };
  assert.equal(pageMarkdown({ ...by, body: Buffer.from('a') }), `${front}\na\n`);
  assert.equal(pageMarkdown({ ...by, body: Buffer.from('a'), isCut: true }), told);
  assert.equal(pageMarkdown({ ...by, body: many }), told);
  const cut = front.replace('---\n', '---\ntruncated: "time"\n');
  assert.equal(pageMarkdown({ ...page, frontMatter: cut, body: many }), `${cut}\na\n`);
});

const FOLDER = '/usr/share/doc/openjdk-17-jre-headless/api';
const DOCUMENTED: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  'java.base/java/util/Map.html': [
    '# Interface Map\\<K,V>\n',
    '\n## Unmodifiable Maps\n',
    '\n- They disallow `null` keys and values. Attempts to create them with `null` keys or values result in `NullPointerException`.\n',
    '[`HashMap`](https://a.test/java.base/java/util/HashMap.html)',
    '\n**Parameters:**\n\n- `key` - key whose presence in this map is to be tested\n',
    /\n *```\n *for \(Map\.Entry<K, V> entry : map\.entrySet\(\)\)\n *action\.accept/,
  ],
  'java.base/java/util/Formatter.html': [
    '| Conversion | Argument Category | Description |\n| --- | --- | --- |\n',
    '\n### Format String Syntax\n',
  ],
  'java.base/java/lang/String.html': [
    '# Class String\n',
    '[java.lang.Object](https://a.test/java.base/java/lang/Object.html)',
    '> ```\n>      String str = "abc";\n> ```',
  ],
};

test('pageMarkdown: the openjdk documentation, what is in it and what is not', {
  skip: existsSync(FOLDER) ? false : 'openjdk-17-doc is not installed',
}, () => {
  for (const [path, wanted] of Object.entries(DOCUMENTED)) {
    const body = readFileSync(join(FOLDER, path));
    const page = { url: `https://a.test/${path}`, contentType: 'text/html; charset=utf-8', body, frontMatter: '' };
    const markdown = pageMarkdown(page);
    for (const text of wanted) {
      assert.ok(typeof text === 'string' ? markdown.includes(text) : text.test(markdown), `${path}: ${text}`);
    }
    assert.doesNotMatch(
      markdown,
      /JavaScript is disabled|Skip navigation|SEARCH|Report a bug|loadScripts|Copyright ©/,
      path,
    );
  }
});

const PIECES =
  '<p> </p> <b> </b> <a href=/x> </a> <li> <ul> </ul> <td> <tr> <table> </table> <pre> </pre> <code> </code> <h1> <div> </div> <br> <script> </script> <!-- --> <svg> <svg/> <math> <xmp> </xmp> <sup> </sup> <sub> <button> <td_rowspan=2> <p_hidden> <div_class=nav> <li_value=3> <img_srcset=x> <![CDATA[ ]]> &lt; &#x3c; text ` * _ [ ] ( ) < > " \' # - \n | ~ \\ ! 1.'
    .split(' ')
    .map((piece) => piece.replace(/(?<=^<\w+)_/, ' '));

test('pageMarkdown: no page makes it throw, and none leaves markup or more links than it has', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }), (pieces) => {
      const html = pieces.join(' ');
      const markdown = markdownOf(html);
      // Without what is escaped and without code.
      const outside = markdown.replace(/\\[\s\S]|(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, ' ');
      assert.doesNotMatch(outside, /<[a-z/!]/i);
      assert.ok((outside.match(/\]\(https/g) ?? []).length <= (html.match(/<a /g) ?? []).length);
    }),
    { numRuns: 2_000 },
  );
});

test('pageMarkdown: pages made to be slow or deep are read as any other', () => {
  const random = seededRandom(runSeed('markdown'));
  const names = ['div', 'b', 'ul', 'li', 'table', 'td', 'a', 'p', 'blockquote'];
  const tags = Array.from(
    { length: 100_000 },
    () => `<${random() < 0.3 ? '/' : ''}${names[Math.floor(random() * 9)]}>`,
  );
  const hostile = [
    '<div>'.repeat(1_000_000),
    `${'<div>'.repeat(300_000)}x${'</b>'.repeat(300_000)}`,
    '<ul><li>'.repeat(100_000),
    '<table><tr><td>'.repeat(50_000),
    '<blockquote>x'.repeat(100_000),
    `<a href=/x>${'<b>x</b>'.repeat(200_000)}`,
    '<p '.repeat(300_000),
    '<!--'.repeat(300_000),
    `<p ${'a=1 '.repeat(500_000)}>x`,
    '`'.repeat(1_000_000),
    `<code>${'`'.repeat(1_000_000)}</code>`,
    ' '.repeat(2_000_000),
    '&amp'.repeat(500_000),
    '# - '.repeat(300_000),
    `<p class="${'nav-'.repeat(300_000)}">x`,
    tags.join('x'),
    `<table><tr>${'<td rowspan=65000>'.repeat(199)}${'<tr><td>x'.repeat(200_000)}`,
    `<table><tr>${'<td>'.repeat(200)}${'<tr><td>x'.repeat(200_000)}`,
    `<table>${'<tr><td rowspan=9>x<td>'.repeat(100_000)}`,
    '<p>x'.repeat(300_000),
    'x<!-- --> '.repeat(200_000),
    'a<sup>1</sup>'.repeat(100_000),
    '<b>x</b><i>y</i>'.repeat(100_000),
    `<code>${'`x'.repeat(300_000)}</code>`,
    `<pre>${'<div>a</div>'.repeat(200_000)}</pre>`,
    `${'<b></b>'.repeat(200_000)}${'<pre class=ln>1</pre>'.repeat(50_000)}`,
    '<i style=display:none><math></math></i>'.repeat(50_000),
  ];
  for (const html of hostile) {
    const markdown = markdownOf(html);
    assert.ok(markdown.length < 60 * html.length, html.slice(0, 30));
  }
});
