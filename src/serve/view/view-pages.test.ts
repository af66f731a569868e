// The banner of archived pages stands wherever a browser shows it: parse5 reads them as a browser does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { bannered } from './view-pages.ts';

const NAME = 'gossamer-banner';
const UNSEEN = [
  'head',
  'template',
  'noscript',
  'select',
  'textarea',
  'title',
  'style',
  'script',
  'svg',
  'math',
  'object',
];
const SILENT = ['script', 'style', 'gossamer-end'];

interface Found {
  /** Elements around the banner. */
  around: readonly string[];
  /** Text behind the page that no element hides. */
  stray: string;
}

function found(html: string): Found {
  let around: readonly string[] = ['nowhere'];
  let stray = '';
  const visit = (node: DefaultTreeAdapterTypes.Node, path: readonly string[]): void => {
    if (node.nodeName === NAME) around = path;
    else if (node.nodeName === '#text') stray += (node as DefaultTreeAdapterTypes.TextNode).value;
    else if ('childNodes' in node && !SILENT.includes(node.nodeName))
      for (const child of node.childNodes) visit(child, [...path, node.nodeName]);
  };
  // Frames of archived pages run no scripts.
  visit(parse(html, { scriptingEnabled: false }), []);
  return { around, stray };
}

function shownOn(page: string): Found {
  return found(
    Buffer.from(bannered(Buffer.from(page), 'html', 'http://a.test/<b>', '2026-11-26T10:01:02.5Z')).toString(),
  );
}

test('bannered: a page of HTML that is whole, or cut anywhere, shows the banner and no other text', () => {
  const whole = '<!doctype html><title>T</title><p>text</p>';
  const cuts = [
    '<html><body><p>x</body></html>',
    '<p>a <!-- a comment',
    '<p>a <a href="http://a.test/x',
    "<p>a <a title='b c",
    ...['script', 'style', 'textarea', 'title', 'noscript', 'xmp', 'iframe', 'template', 'object'].map(
      (name) => `<p>a <${name}> if (a < b) "`,
    ),
    '<script><!-- <script> a',
    '<table><tr><td>a<select><option>b',
    '<p>a <svg><g><text>b',
    '<math><mi>x',
  ];
  for (const cut of ['', ...cuts]) {
    const { around, stray } = shownOn(whole + cut);
    assert.ok(!around.some((name) => UNSEEN.includes(name) || name === 'nowhere'), `${cut}: ${around.join(' ')}`);
    assert.ok(!/-->|'"|gossamer/.test(stray), `${cut}: ${stray}`);
  }
  assert.match(
    Buffer.from(bannered(Buffer.from(whole), 'html', 'http://a.test/<b>', '2026-11-26T10:01:02.5Z')).toString(),
    />Archived copy of http:\/\/a\.test\/&#60;b&#62;, captured 2026-11-26 10:01:02 UTC</,
  );
});

test('bannered: in a page of XML it stands within the root, which stays the only one', () => {
  const begin = '<?xml version="1.0"?><h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:body>é</h:body>';
  for (const end of ['</h:html>', '</h:html >\n<!-- made by hand -->\n']) {
    const page = Buffer.from(
      bannered(Buffer.from(begin + end), 'xhtml', 'http://a.test/', '2026-11-26T10:01:02Z'),
    ).toString();
    assert.ok(page.startsWith(`${begin}<${NAME} xmlns="http://www.w3.org/1999/xhtml" `), page);
    assert.ok(page.endsWith(`</${NAME}>${end}`), page);
  }
  const cut = Buffer.from('<html xmlns="http://www.w3.org/1999/xhtml"><body>');
  assert.deepEqual(bannered(cut, 'xhtml', 'http://a.test/', '2026-11-26T10:01:02Z'), cut);
});
