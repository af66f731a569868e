import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentOf } from './content.ts';
import { cover, KINDS, noCoverage } from './coverage.ts';
import { DOCUMENTATION, pagesOf } from './documentation.ts';

const WORDS_SHARE = 0.995;
/** One page in so many. `npm run coverage:markdown` measures all. */
const EVERY: Readonly<Record<string, number>> = { postgresql: 15, openjdk: 150, rust: 300 };

test('contentOf: what the standard calls content, and what it does not', () => {
  const html = `<title>T</title><body><header>H</header><nav>N</nav><h1>a b</h1><p class=menu>c<b>d</b><pre>e
  f<br>g</pre><table><tr><td>h<td>10<sup>6</sup></table><p hidden>i<p aria-hidden=true>j<div class=top>k</div><footer>F</footer>`;
  assert.deepEqual(contentOf(html, ['top']), {
    headings: ['a b'],
    paragraphs: ['cd'],
    codeBlocks: ['e\n  f\ng'],
    rows: ['h 10 6'],
    words: ['a', 'b', 'cd', 'e', 'f', 'g', 'h', '10', '6'],
  });
  assert.deepEqual(contentOf(`<header>H</header><main><header>a</header></main>`).words, ['a']);
});

for (const documentation of DOCUMENTATION) {
  const { name, chrome } = documentation;
  const files = pagesOf(documentation, EVERY[name]);
  test(`export markdown: the content of the ${name} documentation is in it, and nothing else`, {
    skip: files.length > 0 ? false : `the documentation of ${name} is not installed`,
  }, () => {
    const coverage = noCoverage();
    for (const file of files) cover(coverage, file, chrome);
    const { wanted, had, strange, lacking } = coverage;
    const missing = lacking.map(({ file, missing }) => `${file}: ${missing.slice(0, 3).join(', ')}`).join('\n');
    for (const kind of KINDS)
      assert.ok(had[kind] >= wanted[kind] * WORDS_SHARE, `${kind}: ${had[kind]} of ${wanted[kind]}\n${missing}`);
    assert.ok(strange <= wanted.words * (1 - WORDS_SHARE), `${strange} words are not of the content`);
  });
}
