import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type DefaultTreeAdapterMap, parse } from 'parse5';
import { fc } from '../../../test/helpers/properties.ts';
import { PAGE_TREE_NODES_MAX } from '../../base/limits.ts';
import { type Branch, type Node, pageTree } from './page-tree.ts';

type ParsedNode = DefaultTreeAdapterMap['node'];

const FOLDER = '/usr/share/doc/openjdk-17-jre-headless/api';
/** What is in these is not content. */
const EMPTIED = new Set(['nav', 'svg']);
const UNREAD = new Set(['head', 'script', 'style', 'title', 'textarea', 'noscript']);

/**
 * What is in the body, as `p(text b(text))`, without white space; `html`, `body` and `tbody` are for whoever wants to
 * write them.
 */
function ours(node: Node): string {
  if (typeof node === 'string') return node.replace(/\s+/g, '');
  if (UNREAD.has(node.name)) return '';
  return around(node.name, node.children.map(ours).join(''));
}

function theirs(node: ParsedNode): string {
  if ('value' in node) return node.value.replace(/\s+/g, '');
  const children = 'childNodes' in node ? node.childNodes.map(theirs).join('') : '';
  if (!('tagName' in node))
    return node.nodeName.startsWith('#doc') && node.nodeName !== '#documentType' ? children : '';
  return UNREAD.has(node.tagName) ? '' : around(node.tagName, children);
}

function around(name: string, children: string): string {
  return ['', 'html', 'body', 'tbody'].includes(name) ? children : `${name}(${EMPTIED.has(name) ? '' : children})`;
}

function treeOf(html: string): Branch {
  return pageTree(Buffer.from(html), 'text/html; charset=utf-8').root;
}

function parsed(html: string): string {
  return theirs(parse(html, { scriptingEnabled: false }));
}

test('pageTree: end tags that are left out stand where a browser puts them', () => {
  const pages = [
    '<p>a<p>b<div>c</div>d',
    '<p>a<b>b</b><ul><li>c<li>d<ul><li>e</ul><li>f</ul>g',
    '<dl><dt>a<dd>b<dd>c<dt>d</dl>',
    '<table><thead><tr><th>a<th>b<tbody><tr><td>c<td>d<tr><td>e</table>f',
    '<table><tr><td><table><tr><td>a</table>b<td>c</table>',
    '<table><tr><td>a</div>b</section>c</table>',
    '<h1>a<h2>b</h2><h3>c</h3>',
    '<a href=x>a<a href=y>b</a>',
    '<select><option>a<option>b</select>',
    '<div>a<br>b<img src=x>c<hr>d</div>',
    '<div><p>a</div>b</section>c',
    '<script>"<p>"</script>a<style><b></style>b<!-- <p> -->c<textarea><p></textarea>',
    '<title><p></title>a&amp;b &lt;p> &notit; <1 < a </ b></>c',
    '<p>a\r\nc',
    'a<![CDATA[b]]>c<?d e>f<!g>h',
    '<ul><li><nav><p>a<ul><li>b</ul></nav>c<li>d</ul>',
    '<nav>a<nav>b</nav>c</nav>d<svg><g/>e</svg>f',
    '<div><nav>a<div>b</div></div>c',
  ];
  for (const html of pages) assert.equal(ours(treeOf(html)), parsed(html), html);
});

test('pageTree: the pages of the openjdk documentation are those that parse5 reads', {
  skip: existsSync(FOLDER) ? false : 'openjdk-17-doc is not installed',
}, () => {
  const files = globSync(`${FOLDER}/java.{base,xml}/**/*.html`).sort();
  const sample = files.filter((_, at) => at % 50 === 0);
  assert.ok(sample.length > 20, `${sample.length} files`);
  for (const file of sample) {
    const html = readFileSync(file, 'utf8');
    assert.equal(ours(treeOf(html)), parsed(html), file);
  }
});

test('pageTree: drawings and formulas of any depth end where they end', () => {
  const pages = [
    `<p>a<svg>${'<path d="x"/>'.repeat(300)}</svg>b`,
    `<p>a<svg>${'<path>'.repeat(300)}</svg>b`,
    '<p>a<math><mspace/><mi>x</mi></math>b',
    `<div>a${'<i>'.repeat(150)}${'<b>'.repeat(150)}c${'</b>'.repeat(150)}${'</i>'.repeat(150)}</div><p>b`,
  ];
  for (const html of pages) {
    const [tree, oracle] = [ours(treeOf(html)), parsed(html)].map((text) => text.replace(/.*\)(?=p\(|b)/s, ''));
    assert.equal(tree, oracle, html.slice(0, 40));
  }
});

test('pageTree: no bytes make it throw, and every text of a page without markup is there', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom('text/html', 'application/xhtml+xml'),
      (bytes, type) => {
        pageTree(bytes, type);
      },
    ),
    { numRuns: 1_000 },
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab <>/&!-') }), (html) => {
      const text = html.replace(/<(?=[a-z/!?])/gi, '< ');
      assert.equal(ours(treeOf(text)), parsed(text));
    }),
    { numRuns: 1_000 },
  );
});

test('pageTree: of a page with more nodes than are read the beginning is there, and is told', () => {
  const page = (nodes: number): string => `<base href=b><p>a</p>${'<br>'.repeat(nodes - 3)}<p>last<p>beyond`;
  for (const [nodes, isWhole] of [
    [PAGE_TREE_NODES_MAX - 4, true],
    [PAGE_TREE_NODES_MAX, false],
    [PAGE_TREE_NODES_MAX + 1_000, false],
  ] as const) {
    const tree = pageTree(Buffer.from(page(nodes)), 'text/html; charset=utf-8');
    assert.equal(tree.isWhole, isWhole, String(nodes));
    assert.equal(tree.base, 'b');
    assert.deepEqual(tree.root.children.slice(0, 3).map(ours), ['base()', 'p(a)', 'br()']);
    assert.equal(/beyond/.test(tree.root.children.slice(-2).map(ours).join()), isWhole);
  }
});
