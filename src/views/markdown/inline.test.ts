import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdownOf } from '../../../test/helpers/markdown-of.ts';

const KATEX =
  '<span class="katex"><span class="katex-mathml"><math><semantics><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow><annotation encoding="application/x-tex">x^2</annotation></semantics></math></span><span class="katex-html" aria-hidden="true"><span>x</span><span>2</span></span></span>';
const WIKIPEDIA = (style: string): string =>
  `<span class="mwe-math-element"><span class="mwe-math-mathml-inline" style="${style}"><math alttext="{\\displaystyle x}"><mi>x</mi></math></span><img src="/x.svg" aria-hidden="true" alt="{\\displaystyle x}"></span>`;

const LINES: readonly (readonly [what: string, html: string, markdown: string])[] = [
  ['a power', '10<sup>6</sup>', '10^6'],
  ['a power of more than one sign', 'x<sup>n+1</sup> y<sup>a b</sup> z<sup>(n)</sup>', 'x^(n+1) y^(a b) z^(n)'],
  ['a power with a sign', '10<sup>-3</sup> Ca<sup>2+</sup> e<sup>−</sup> a<sub>i-1</sub>', '10^-3 Ca^2+ e^− a\\_(i-1)'],
  ['a power that text follows', '10<sup>6</sup>m', '10^(6)m'],
  ['a power in code', '<code>2<sup>n</sup></code>', '`2^n`'],
  [
    'a power in code that is a link',
    '<code><a href="/x">X</a><sup><a href="/n">NEW</a></sup></code>',
    '[`X`](https://a.test/x)^[`NEW`](https://a.test/n)',
  ],
  ['an index', 'H<sub>2</sub>O x<sub>i, j</sub>', 'H_2O x\\_(i, j)'],
  ['an index that text follows', 'log<sub>2</sub>n', 'log\\_(2)n'],
  ['a space inside', '<i>n</i><sup>th </sup><b>x</b>', '*n*^th **x**'],
  ['a word that is a link', 'X<sup><a href="/p">NEW</a></sup>', 'X[\\[NEW\\]](https://a.test/p)'],
  ['a power by its style', '10<span style="font-size: 70%; vertical-align: super">6</span>', '10^6'],
  ['marks of trade', 'A<sup>®</sup> B<sup>™</sup>', 'A® B™'],
  ['a place where a word may be cut', 'in\u00adter\u00adnet', 'internet'],
  [
    'images that come late',
    '<img data-original="/a" alt=a><img src="data:x" data-srcset="/b 2x" alt=b><img srcset="/c 1x" alt=c><img alt=d>',
    '![a](https://a.test/a)![b](https://a.test/b)![c](https://a.test/c)d',
  ],
  ['ordinal numbers', 'the 1<sup>st</sup> and 2<sup>nd</sup>', 'the 1st and 2nd'],
  [
    'notes',
    'a<sup><a href="#n">1</a></sup> b<sup>[<a href="#n">2</a>]</sup>',
    'a[\\[1\\]](https://a.test/docs/guide.html#n) b\\[[2](https://a.test/docs/guide.html#n)\\]',
  ],
  [
    'keys, marks, what was deleted',
    '<kbd>Ctrl</kbd>+<kbd>C</kbd> <mark>a</mark> <del>b</del> <ins>c</ins>',
    '`Ctrl`+`C` a ~~b~~ c',
  ],
  ['readings', '<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby><ruby>字<rt>ji</rt></ruby>', '漢(kan)字(ji)'],
  ['emphasis between letters', 'a<b>(b)</b>c a<i>b</i>c', 'a(b)c a*b*c'],
  ['emphasis next to emphasis', '<b>a</b><i>b</i> <b><b>c</b></b>', '**a***b* **c**'],
  ['KaTeX', KATEX, '`x^2`'],
  [
    'KaTeX that is drawn only',
    '<span class="katex"><span class="katex-html" aria-hidden="true">x2</span></span>',
    'x2',
  ],
  [
    'MathML',
    '<math><msup><mi>x</mi><mn>10</mn></msup><mo>+</mo><mfrac><mn>1</mn><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow></mfrac></math>',
    '`x^10+1/(a+b)`',
  ],
  ['MathML with a text of its own', '<math alttext="a_1"><msub><mi>a</mi><mn>1</mn></msub></math>', '`a_1`'],
  [
    'MathJax',
    '<mjx-container><mjx-math class="mjx-math" aria-hidden="true">q</mjx-math><mjx-assistive-mml><math><mi>q</mi></math></mjx-assistive-mml></mjx-container>',
    '`q`',
  ],
  ['MathJax that is not drawn', 'a <script type="math/tex">x_1 < y&</script> b', 'a `x_1 < y&` b'],
  [
    'MathJax that is drawn',
    'a <span class="MathJax_Preview">x</span><span class="MathJax" id="M"><nobr>x1</nobr><span class="MJX_Assistive_MathML"><math><mi>x</mi></math></span></span> <script type="math/tex" id="N">x_1</script>, b',
    'a `x_1`, b',
  ],
  [
    'MathJax with a line of its own',
    '<span class="MathJax_Preview"></span><div class="MathJax_SVG_Display"><span class="MathJax_SVG">q</span></div><script type="math/tex; mode=display">% <![CDATA[\nq^2 %]]></script>',
    '`q^2`',
  ],
  ['formulas in other notations', '<script type="math/asciimath">sum_(i=1)^n</script>', '`sum_(i=1)^n`'],
  [
    'scripts that are no formulas',
    'a<script type="text/x-math/tex">b</script><script type="math/texture">c</script>',
    'a',
  ],
  ['a formula with a picture', WIKIPEDIA('display: none;'), '`{\\displaystyle x}`'],
  ['a formula that is seen, with a picture', WIKIPEDIA(''), '`{\\displaystyle x}`'],
];

test('inlineText: what stands in a line means what it meant', () => {
  for (const [what, html, markdown] of LINES)
    assert.equal(markdownOf(`<main><p>${html}</p></main>`), `${markdown}\n`, what);
});

const HEADINGS: readonly (readonly [what: string, inside: string])[] = [
  ['a sign', 'T<a href="#t">¶</a>'],
  ['a sign in front', '<a href="#t">#</a> T'],
  ['nothing that is seen', 'T<a class="hash-link" href="#t">\u200b</a>'],
  ['words', 'T <a class="headerlink" href="#t">Link to this heading</a>'],
  ['a picture', 'T <a class="anchor-link" href="#t"><img alt="Link icon" src="/i"></a>'],
  ['the heading', '<a class="header" href="#t">T</a>'],
  ['the heading, which is called an anchor', '<a class="anchor" href="#t">T</a>'],
  ['a link to edit it', 'T<span class="mw-editsection">[<a href="?edit">edit</a>]</span>'],
];

test('toMarkdown: a heading is its text without links to itself', () => {
  for (const [what, inside] of HEADINGS)
    assert.equal(markdownOf(`<main><h2 id=t>${inside}</h2></main>`), '## T\n', what);
  assert.equal(markdownOf('<main><h2><a href="/x">T</a></h2></main>'), '## [T](https://a.test/x)\n');
});

const BLOCKS: readonly (readonly [what: string, html: string, markdown: string])[] = [
  [
    'tasks',
    '<ul><li><input type=checkbox checked disabled> a<li><label><input type=checkbox> b</label></ul>',
    '- [x] a\n- [ ] b',
  ],
  ['numbers', '<ol start=5><li>a<li value=9>b<li>c</ol>', '5. a\n9. b\n10. c'],
  ['numbers backwards', '<ol reversed><li>a<li>b</ol>', '2. a\n1. b'],
  [
    'code in lists in lists',
    '<ol><li><p>a</p><ul><li>b<pre>c\n d</pre></ul></ol>',
    '1. a\n   - b\n\n     ```\n     c\n      d\n     ```',
  ],
  ['a list in a list, in no item', '<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>', '- a\n  - b\n- c'],
  ['code as old pages show it', '<p>a<xmp><b> &amp;\nc</xmp>d', 'a\n\n```\n<b> &amp;\nc\n```\n\nd'],
  ['a caption', '<figure><img src="/i" alt="a"><figcaption>b</figcaption></figure>', '![a](https://a.test/i)\n\nb'],
  ['definitions in groups', '<dl><div><dt>a<dd>b</div><div><dt>c<dd>d</div></dl>', '**a**\n\n- b\n\n**c**\n\n- d'],
  [
    'an anchor that is left open',
    '<a name=top><h2>a</h2><p>b<table><tr><th>c<th>d</table>',
    '## a\n\nb\n\n| c | d |\n| --- | --- |',
  ],
  ['a link around a list', '<a href="/x"><ul><li>a<li>b</ul></a>', '- a\n- b'],
  ['a select in a paragraph', '<p>a <label>b <select><option>c</select></label> d', 'a b d'],
];

test('toMarkdown: blocks that are seldom', () => {
  for (const [what, html, markdown] of BLOCKS) assert.equal(markdownOf(`<main>${html}</main>`), `${markdown}\n`, what);
});
