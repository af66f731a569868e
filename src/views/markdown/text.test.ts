import assert from 'node:assert/strict';
import { test } from 'node:test';
import MarkdownIt from 'markdown-it';
import { type DefaultTreeAdapterMap, parseFragment } from 'parse5';
import { fc } from '../../../test/helpers/properties.ts';
import { runSeed } from '../../../test/helpers/random.ts';
import { pageMarkdown } from './page.ts';

type Node = DefaultTreeAdapterMap['node'];

// Raw HTML is allowed, so text that looks like HTML would come out as an element.
const renderer = new MarkdownIt('default', { html: true });

function rendered(html: string): { readonly text: string; readonly elements: string[]; readonly markdown: string } {
  const page = { url: 'https://a.test/', contentType: 'text/html; charset=utf-8', body: Buffer.from(html) };
  const markdown = pageMarkdown({ ...page, frontMatter: '' });
  return { ...read(parseFragment(renderer.render(markdown))), markdown };
}

/** The text without white space, and the elements with their link targets. */
function read(node: Node): { text: string; elements: string[] } {
  if ('value' in node) return { text: node.value.replace(/\s+/g, ''), elements: [] };
  const inside = 'childNodes' in node ? node.childNodes.map(read) : [];
  const name =
    'tagName' in node ? [node.tagName, ...node.attrs.map(({ name, value }) => `${name}=${value}`)].join(' ') : null;
  return {
    text: inside.map(({ text }) => text).join(''),
    elements: [...(name === null ? [] : [name]), ...inside.flatMap(({ elements }) => elements)],
  };
}

const HARMLESS =
  /^(?:p|strong|em|s|code|br|hr|h[1-6]|ul|ol(?: start=\d+)?|li|blockquote|pre|table|thead|tbody|tr|t[dh]|a href=https:\/\/a\.test\/\S*|img src=https:\/\/a\.test\/x alt=.*)$/s;

const ATTACKS: readonly (readonly [what: string, html: string])[] = [
  ['a tag in two text nodes', '&lt;<b></b>img src=x onerror=alert(1)&gt;'],
  ['a tag in three', '&lt;<i></i>scr<b></b>ipt&gt;alert(1)&lt;<i></i>/script&gt;'],
  ['a tag behind a comment', '&lt;<!-- x -->img src=x onerror=alert(1)&gt;'],
  ['a tag behind a word break', '&lt;<wbr>svg onload=alert(1)&gt;'],
  ['a tag that emphasis begins', '&lt;<b>img src=x onerror=alert(1)&gt;</b>'],
  ['a tag that a hidden part divides', '&lt;<span hidden>x</span>img src=x&gt;'],
  ['a comment', '&lt;<b></b>!-- x --&gt; &lt;!<i></i>-- --&gt;'],
  ['a declaration, an instruction', '&lt;<b></b>!DOCTYPE x&gt; &lt;<b></b>?php ?&gt; &lt;![CDATA[x]]&gt;'],
  ['an autolink', '&lt;<b></b>javascript:alert(1)&gt; &lt;javascript:alert(1)&gt;'],
  ['a link', '[x](javascript:alert(1)) [<b></b>x<b></b>](javascript:alert(1))'],
  ['a link to a link', '<a href=/x>[y](javascript:alert(1))</a>'],
  ['an image', '!<b></b>[x](javascript:alert(1)) ![x](https://b.test/)'],
  ['a definition', '<p>[x]: javascript:alert(1)<p>[x]'],
  ['a note', '<p>[^1]: javascript<p>x[^1]'],
  ['a reference', '&amp;<b></b>lt;img src=x&amp;gt; &amp;l<b></b>t; &amp;#6<i></i>0; &amp;#x3<i></i>c;'],
  ['backticks', '`<b>`</b>x`` `<code>`y`</code>`'],
  ['a fence', '<p>```<br>x<p>~~~<br>y'],
  ['a heading below', '<p>x<br>===<p>y<br>---<p>z<br>- - -'],
  ['a heading in front', '<p><span>#</span> x<p>#<b></b># y'],
  ['items', '<p><b></b>- x<p>+ y<p>1<i></i>. z<p>2) z<p>* z'],
  ['a quotation', '<p><i></i>&gt; x'],
  ['a table', '<p>a | b<br>--- | ---<br>c | d<p>| a |<br>| - |<br>| b |'],
  ['a table below a word', '<p>a<br>:-<br>b<p>a<br>-:<br>b'],
  ['bars in cells', '<table><tr><th>a|b<th><code>c|d</code><tr><td>\\|e<td><code>\\\\|f</code></table>'],
  ['a language', '<pre data-lang="x`` <img>">y</pre>'],
  ['a text of an image', '<img src=/x alt="](javascript:alert(1)) <img src=x onerror=y>">'],
  ['a place that a link leads to', '<a href="/&quot;&gt;&lt;img src=x&gt; &amp;lt;b&amp;gt;)(">x</a>'],
  ['a link that is no link', '<a href="java&#9;script:alert(1)">x</a> <a href=" javascript:alert(1)">y</a>'],
  ['signs of direction', 'a\u202e\u2066b <a href="/\u202ex">c</a>'],
];

test('pageMarkdown: what is text of a page is text of what is rendered, and nothing else', () => {
  for (const [what, html] of ATTACKS) {
    const { text, elements, markdown } = rendered(html);
    const strange = elements.filter((element) => !HARMLESS.test(element));
    assert.deepEqual(strange, [], `${what}: ${markdown}`);
    if (!/image|signs|bars|hidden/.test(what)) assert.equal(text, visible(html), `${what}: ${markdown}`);
  }
});

test('pageMarkdown: braces of a page are no attributes in the dialects that have them', () => {
  const table = [
    ['<code>&lt;img src=x&gt;</code>{=html}', '`<img src=x>`\\{=html}'],
    ['<a href=/x>y</a><b></b>{<i></i>onclick=alert(1)}', '[y](https://a.test/x)\\{onclick=alert(1)}'],
    ['<p>x<br>{<b></b>: onclick="alert(1)"}', 'x\\\n\\{: onclick="alert(1)"}'],
    ['<h2>x {#y .z}</h2>', '## x \\{#y .z}'],
    ['{<b></b>{ x }} {<b></b>% include y %}', '\\{\\{ x }} \\{% include y %}'],
    ['x^{2} {1, 2}', 'x^{2} {1, 2}'],
  ] as const;
  for (const [html, markdown] of table) assert.equal(rendered(html).markdown.trim(), markdown);
});

function visible(html: string): string {
  return read(parseFragment(html.replace(/<span hidden>x<\/span>|<img[^>]*>/g, ''))).text;
}

const SIGNS =
  '< > & ; ! [ ] ( ) * ** _ __ ` `` ``` ~ ~~ ~~~ # ## - -- --- + = == === | : :- \\ / ? " \' ^ . , 1 1. 2) a b Z é \u4e2d \ud83d\ude00 img script lt gt amp #60 #x3c javascript: https://b.test/ www.b.test x@b.test <img <!-- --> </p> [x](y) &lt; &#60; \u00a0 \u200b'.split(
    ' ',
  );
const TAGS = ['', '', 'b', 'i', 'em', 'strong', 'del', 'span', 'code', 'a href=/x', 'kbd', 'q', 'wbr', 'br'];
const BLOCKS = ['p', 'div', 'li', 'dd', 'dt', 'h2', 'blockquote', 'td', 'th', 'summary', 'figcaption'];

const runs = fc.array(
  fc.record({ tag: fc.constantFrom(...TAGS), text: fc.array(fc.constantFrom(...SIGNS, ' '), { maxLength: 4 }) }),
  { maxLength: 8 },
);
const blocks = fc.array(fc.record({ block: fc.constantFrom(...BLOCKS), runs }), { minLength: 1, maxLength: 3 });

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function htmlOf(
  made: readonly {
    readonly block: string;
    readonly runs: readonly { readonly tag: string; readonly text: readonly string[] }[];
  }[],
): string {
  const blocks = made
    .map(({ block, runs }) => {
      const inside = runs.map(({ tag, text }) => {
        const around = tag === '' ? '' : `<${tag}>`;
        const isEmpty = tag === '' || tag === 'br' || tag === 'wbr';
        return `${around}${escaped(text.join(''))}${isEmpty ? '' : `</${tag.split(' ')[0]}>`}`;
      });
      const text = `<${block}>${inside.join('')}</${block}>`;
      return /^t[dh]$/.test(block) ? `<table><tr>${text}<td>x</table>` : text;
    })
    .join('');
  return `<main>${blocks}</main>`;
}

/** A quotation adds its marks. In a cell, code cannot have a single backslash before a bar. */
function comparable(text: string): string {
  return text.replaceAll('"', '').replace(/\\+(?=\|)/g, '');
}

test('pageMarkdown: whatever signs a page has, in whatever pieces, they are its text', () => {
  const seed = runSeed('markdown text');
  fc.assert(
    fc.property(blocks, (made) => {
      const html = htmlOf(made);
      const { text, elements, markdown } = rendered(html);
      assert.deepEqual(
        elements.filter((element) => !HARMLESS.test(element)),
        [],
        markdown,
      );
      assert.equal(comparable(text), comparable(visible(html)), markdown);
    }),
    { numRuns: 2_000, seed },
  );
});
