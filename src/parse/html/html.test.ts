import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScanner } from './html.ts';

const scan = createScanner({ a: ['href'], base: ['href'], iframe: ['src'], link: ['href'] });

/** The href of each `a`, in order. */
function hrefs(text: string, isXml = false): string[] {
  const found: string[] = [];
  scan(
    { text, decode: (raw) => raw, isXml },
    {
      onTag(element, attributes, isForeign) {
        if (element === 'a') found.push(attributes.value('href') ?? 'none');
        else if (!isForeign) found.push(`${element} ${attributes.value('href') ?? attributes.value('src')}`);
      },
      onTitle: (raw) => found.push(`title ${raw}`),
    },
  );
  return found;
}

function holds(table: Readonly<Record<string, readonly string[]>>): void {
  for (const [text, found] of Object.entries(table)) assert.deepEqual(hrefs(text), found, text);
}

const LINK = '<a href=x>';

test('scanner: attributes in every spelling', () => {
  holds({
    '<a href="x">': ['x'],
    "<A HREF='x'>": ['x'],
    '<a href=x>': ['x'],
    '<a href=x/>': ['x/'],
    '<a href = "x" >': ['x'],
    '<a\nhref\t=\f"x"\r>': ['x'],
    '<a/href=x>': ['x'],
    '<a class="b"href="x">': ['x'],
    '<a href>': [''],
    '<a href=>': [''],
    '<a href= >': [''],
    '<a href="">': [''],
    '<a>': ['none'],
    '<a href=x href=y>': ['x'],
    '<a HrEf=x href=y>': ['x'],
    '<a =href=x href=y>': ['y'],
    '<a title=">" href=x>': ['x'],
    "<a title='<a href=y>' href=x>": ['x'],
    '<a href="x\r\ny\rz\0">': ['x\ny\nz\ufffd'],
    '<a href="?a=1&amp;b=2&copy=3&lt;">': ['?a=1&b=2&copy=3<'],
    '<a href=x"y\'z`>': ['x"y\'z`'],
    '<a data-href=y hre=z hreff=w>': ['none'],
  });
});

test('scanner: what the end cuts is no tag', () => {
  holds({
    '<a href="x"': [],
    '<a href="x': [],
    '<a href=x': [],
    '<a ': [],
    '<a': [],
    '<': [],
    '</': [],
    '<!': [],
    '<!--': [],
    '<?': [],
  });
});

test('scanner: comments and what is taken for them', () => {
  holds({
    [`<!-- ${LINK} -->${LINK}`]: ['x'],
    [`<!-->${LINK}`]: ['x'],
    [`<!--->${LINK}`]: ['x'],
    [`<!---->${LINK}`]: ['x'],
    [`<!-- ${LINK} --!>${LINK}`]: ['x'],
    [`<!--!>${LINK}-->`]: [],
    [`<!---!>${LINK}-->`]: [],
    [`<!----!>${LINK}`]: ['x'],
    [`<!-- -- > ${LINK} --->${LINK}`]: ['x'],
    [`<!-- <!-- -->${LINK}`]: ['x'],
    [`<!-- ${LINK}`]: [],
    [`<!bogus ">${LINK}`]: ['x'],
    [`<?php echo "${LINK}`]: [],
    [`<?xml?>${LINK}`]: ['x'],
    [`</ ${LINK}`]: [],
    [`</>${LINK}`]: ['x'],
    [`</3>${LINK}`]: ['x'],
    [`<3${LINK}`]: ['x'],
    [`<!DOCTYPE html SYSTEM "a>b">${LINK}`]: ['x'],
    [`<![CDATA[>${LINK}]]>`]: ['x'],
    [`</a title=">${LINK}">${LINK}`]: ['x'],
  });
});

test('scanner: raw text ends at its own end tag only', () => {
  for (const element of ['style', 'xmp', 'noembed', 'noframes', 'textarea', 'script']) {
    holds({
      [`<${element}>${LINK}</${element}>${LINK}`]: ['x'],
      [`<${element}/>${LINK}</${element}\n>${LINK}`]: ['x'],
      [`<${element}>${LINK}</${element}s></${element.toUpperCase()}/>${LINK}`]: ['x'],
      [`<${element}>${LINK}`]: [],
    });
  }
  holds({
    [`<iframe src=y>${LINK}</iframe>${LINK}`]: ['iframe y', 'x'],
    [`<title>a <b> &amp; ${LINK}</title><title>c</title>${LINK}`]: [`title a <b> &amp; ${LINK}`, 'x'],
    [`<plaintext>${LINK}</plaintext>${LINK}`]: [],
    [`<noscript>${LINK}</noscript>`]: ['x'],
    [`<template>${LINK}</template>`]: ['x'],
  });
});

test('scanner: the script escapes', () => {
  holds({
    [`<script><!-- </script>${LINK}`]: ['x'],
    [`<script><!-- <script> </script>${LINK}`]: [],
    [`<script><!-- <script> </script> --></script>${LINK}`]: ['x'],
    [`<script><!-- <script> </script> </script>${LINK}`]: ['x'],
    [`<script><!--><script></script>${LINK}`]: ['x'],
    [`<script><!-- --><script></script>${LINK}`]: ['x'],
    [`<script><!-- <scripted> </script>${LINK}`]: ['x'],
    [`<script>"<script>" </script>${LINK}`]: ['x'],
  });
});

test('scanner: an end tag inside of svg or math closes as far as the standard says', () => {
  holds({
    // No element that is known stands between.
    [`<math><ms><ms><e><math></ms><style>${LINK}</style>`]: [],
    [`<math><ms><i><math></ms><style>${LINK}</style>`]: ['x'],
    // What is open in a form stays open.
    [`<math><mtext><form><svg></form><style>${LINK}</style>`]: ['x'],
    // A second one closes the first, and what is in it.
    [`<math><mtext><a href=y><t><a href=z></a></mtext><style>${LINK}</style>`]: ['y', 'z', 'x'],
    [`<math><mtext><button><t><button></button></mtext><style>${LINK}</style>`]: ['x'],
  });
});

test('scanner: svg and math have elements of their own', () => {
  holds({
    [`<svg><style>${LINK}</style></svg>`]: ['x'],
    [`<svg><script>${LINK}</script></svg>${LINK}`]: ['x', 'x'],
    [`<svg><title>t${LINK}</title></svg><title>real</title>`]: ['x', 'title real'],
    [`<svg><![CDATA[${LINK}]]></svg>${LINK}`]: ['x'],
    [`<svg/><![CDATA[>${LINK}]]>`]: ['x'],
    '<svg><base href=y><link href=z><iframe src=w></iframe></svg><link href=v>': ['link v'],
    [`<svg><foreignObject><style>${LINK}</style><base href=y></foreignObject><style>${LINK}</style></svg>`]: [
      'base y',
      'x',
    ],
    [`<math><mi><style>${LINK}</style></mi></math><style>${LINK}</style>`]: [],
    [`<math><annotation-xml encoding="TEXT/html"><style>${LINK}</style></annotation-xml></math>`]: [],
    [`<svg><p><style>${LINK}</style>`]: [],
    [`<svg><font><style>${LINK}</style></svg>`]: ['x'],
    [`<svg><font color=red><style>${LINK}</style>`]: [],
    [`<div><svg><g></div><style>${LINK}</style>`]: [],
  });
});

test('scanner: by the rules of XML there is no raw text', () => {
  assert.deepEqual(hrefs(`<script src="y"/>${LINK}<![CDATA[${LINK}]]><title/><title>t</title>`, true), [
    'x',
    'title t',
  ]);
});

test('scanner: hostile input takes time in proportion to its length', () => {
  const length = 400_000;
  const pieces = [
    '<!--',
    '<!-- -->',
    '-',
    '<script><!--',
    '<svg>',
    '<svg><foreignObject>',
    '<svg></g>',
    '</x>',
    '<x ',
    '<a href="',
    '&',
  ];
  const more = [
    '<![CDATA[',
    "<a b='",
    '<title>',
    '</title',
    '<textarea></',
    '<p a=b ',
    '<math><mi><p>',
    '<a href=&',
    '<script></script',
  ];
  for (const piece of [...pieces, ...more]) {
    const started = performance.now();
    hrefs(piece.repeat(length / piece.length));
    hrefs(`<svg>${piece.repeat(length / piece.length)}`);
    hrefs(`<a ${piece.repeat(length / piece.length)}>`);
    const elapsedMs = performance.now() - started;
    assert.ok(elapsedMs < 2_000, `${piece}: ${elapsedMs} ms`);
  }
});
