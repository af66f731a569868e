import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdownOf } from '../../../test/helpers/markdown-of.ts';
import { fc } from '../../../test/helpers/properties.ts';

const LINES: readonly (readonly [what: string, html: string])[] = [
  ['line feeds', '<pre>one\n\n  two</pre>'],
  ['br', '<pre>one<br><br>  two</pre>'],
  ['br in code', '<pre><code>one<br/><br/>  two</code></pre>'],
  ['a span a line', '<pre><span>one</span><span></span><span>  two</span></pre>'],
  [
    'a span a line, named',
    '<pre><code><span class="line a">one</span><span class="line"></span><span class="line">  <b>two</b></span></code></pre>',
  ],
  [
    'a span a line, as a block',
    '<pre><span style="display: block">one</span><span style="display:block"></span><span style="display:block">  two</span></pre>',
  ],
  [
    'a span a line, with line feeds',
    '<pre><span class="line">one</span>\n<span class="line"></span>\n<span class="line">  two</span></pre>',
  ],
  [
    'a span a line, which ends in a line feed',
    '<pre><span class="line">one\n</span><span class="line">\n</span><span class="line">  two\n</span></pre>',
  ],
  [
    'a span a line, which ends in br',
    '<pre><span class="token-line">one<br></span><span class="token-line"><br></span><span class="token-line">  two<br></span></pre>',
  ],
  ['a div a line', '<pre><div>one</div><div></div><div>  two</div></pre>'],
  [
    'a div a line, in code',
    '<pre><code><div class="x">one</div><div class="y"><br></div><div>  two</div></code></pre>',
  ],
  ['a div a line, with line feeds', '<pre><div>one</div>\n<div></div>\n<div>  two</div></pre>'],
  ['a code a line', '<pre><code>one</code><code></code><code>  two</code></pre>'],
  ['a paragraph a line', '<pre><p>one</p><p></p><p>  two</p></pre>'],
  ['an item a line', '<pre><ol><li>one</li><li></li><li>  two</li></ol></pre>'],
  [
    'a row a line',
    '<pre><table><tbody><tr><td>one</td></tr><tr><td></td></tr><tr><td>  two</td></tr></tbody></table></pre>',
  ],
  [
    'a row a line with its number',
    '<pre><code><table class="hljs-ln"><tr><td class="hljs-ln-numbers">1</td><td>one</td></tr><tr><td class="hljs-ln-numbers">2</td><td></td></tr><tr><td class="hljs-ln-numbers">3</td><td>  two</td></tr></table></code></pre>',
  ],
  [
    'numbers in front',
    '<pre><span class="linenos">1</span>one\n<span class="linenos">2</span>\n<span class="linenos">3</span>  two</pre>',
  ],
  [
    'numbers in front, as links',
    '<pre><span class="line"><a class="ln" href="#1">1</a>one</span><span class="line"><a class="ln" href="#2">2</a></span><span class="line"><a class="ln" href="#3">3</a>  two</span></pre>',
  ],
  [
    'numbers beside',
    '<div><pre class="line-numbers"><span>1</span>\n<span>2</span>\n<span>3</span></pre><pre>one\n\n  two</pre></div>',
  ],
  [
    'numbers in a part beside',
    '<div class="line-numbers"><a>1</a><a>2</a><a>3</a></div><div><pre>one\n\n  two</pre></div>',
  ],
  [
    'numbers in a cell beside',
    '<table class="highlighttable"><tr><td class="linenos"><div><pre>1\n2\n3</pre></div></td><td class="code"><div><pre>one\n\n  two</pre></div></td></tr></table>',
  ],
  ['a block that is one of several', '<pre>one\n<div>\n  two</div></pre>'],
];

test('codeText: a line is a line, however it is marked up', () => {
  for (const [what, html] of LINES) assert.equal(markdownOf(`<main>${html}</main>`), '```\none\n\n  two\n```\n', what);
});

const KEPT: readonly (readonly [what: string, html: string, code: string])[] = [
  ['words of one line', '<pre><span class="k">if</span><span class="p">(</span><span class="n">x</span></pre>', 'if(x'],
  [
    'words with colours',
    '<pre><code><span style="color:red">a</span><span style="color:blue">b</span></code></pre>',
    'ab',
  ],
  ['words in a line', '<pre><span class="line"><span>a</span><span>b</span></span></pre>', 'ab'],
  ['one element', '<pre><span>a</span></pre>', 'a'],
  [
    'names of programs that paint',
    '<pre><span class="hljs-meta">#!</span> <span class="hljs-comment menu">x</span></pre>',
    '#! x',
  ],
  [
    'numbers that are code',
    '<pre><span class="hljs-number">1</span>\n<span class="hljs-number">2</span></pre>',
    '1\n2',
  ],
  ['a number beside no code', '<pre class="line-numbers">42</pre>', '42'],
  ['what is raised', '<pre>2<sup>10</sup></pre>', '2^10'],
  ['a carriage return', '<pre>&#13;a&#13;&#10;b</pre>', 'a\nb'],
  ['a button', '<pre>a<button>Copy</button></pre>', 'a'],
  ['signs of html', '<pre>&lt;b&gt; &amp;lt;\n</pre>', '<b> &lt;'],
];

test('codeText: what is one line stays one, and nothing of it is lost', () => {
  for (const [what, html, code] of KEPT)
    assert.equal(markdownOf(`<main>${html}</main>`), `\`\`\`\n${code}\n\`\`\`\n`, what);
});

test('codeText: a column of a table may be called as the numbers of lines are', () => {
  const table = '<table><tr><th>Error<th class="lineno">Line<tr><td>x<td class="lineno">12</table>';
  assert.equal(markdownOf(`<main>${table}</main>`), '| Error | Line |\n| --- | --- |\n| x | 12 |\n');
});

test('codeText: any lines in any of the forms give the same block', () => {
  const line = fc.string({ unit: fc.constantFrom(...'ab <&"`\\'), maxLength: 6 }).map((text) => `${text}.`);
  const forms: readonly ((lines: readonly string[]) => string)[] = [
    (lines) => lines.join('\n'),
    (lines) => lines.join('<br>'),
    (lines) => lines.map((each) => `<span>${each}</span>`).join(''),
    (lines) => lines.map((each) => `<span class="line">${each}</span>`).join('\n'),
    (lines) => lines.map((each) => `<div>${each}</div>`).join(''),
    (lines) => lines.map((each) => `<div>${each}\n</div>`).join(''),
    (lines) => `<code>${lines.map((each) => `<div>${each}</div>`).join('\n')}</code>`,
    (lines) =>
      `<table>${lines.map((each, at) => `<tr><td class="gutter">${at}</td><td>${each}</td>`).join('')}</table>`,
  ];
  fc.assert(
    fc.property(fc.array(line, { minLength: 2, maxLength: 5 }), (lines) => {
      const escaped = lines.map((each) => each.replaceAll('&', '&amp;').replaceAll('<', '&lt;'));
      const made = forms.map((form) => markdownOf(`<main><pre>${form(escaped)}</pre></main>`));
      assert.match(made[0]!, /^`{3,}\n/);
      assert.deepEqual(new Set(made), new Set([made[0]]));
      assert.ok(made[0]!.includes(lines.map((each) => each.trimEnd()).join('\n')));
    }),
    { numRuns: 300 },
  );
});
