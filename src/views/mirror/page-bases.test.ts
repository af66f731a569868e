import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mirroredPage } from './page.ts';

/** Every URL is in the mirror, under its path. */
const paths = { of: (url: string) => `a.test${new URL(url).pathname.replace(/\/$/, '/index.html')}` };

function page(html: string): string {
  const at = { url: 'http://a.test/docs/page', file: 'a.test/docs/page.html', contentType: 'text/html', isXml: false };
  return mirroredPage(Buffer.from(html), at, paths).toString('latin1');
}

test('mirroredPage: with a base, parts of a picture stay in the page, and an empty link leads to the base', () => {
  const parts = ['use', 'image', 'feImage', 'linearGradient', 'textPath', 'mpath', 'pattern'];
  for (const [name, element] of ['href', 'xlink:href'].flatMap((each) => parts.map((part) => [each, part] as const))) {
    const picture = `<svg><${element} ${name}="#i"/></svg>`;
    assert.equal(page(`<base href="/">${picture}`), `<base >${picture}`);
  }
  const table: [string, string][] = [
    ['<svg><use href="/i.svg#i"/></svg>', '<svg><use href="../i.svg#i"/></svg>'],
    ['<svg><a href="#i"/></svg>', '<svg><a href="../index.html#i"/></svg>'],
    ['<a href="">', '<a href="../index.html">'],
    ['<a href>', '<a href="../index.html">'],
    ['<a href = >', '<a href = "../index.html">'],
    ["<area href='' alt=x>", "<area href='../index.html' alt=x>"],
    ['<img src=""><link rel=icon href="#">', '<img src=""><link rel=icon href="../index.html#">'],
  ];
  for (const [given, expected] of table) assert.equal(page(`<base href="/">${given}`), `<base >${expected}`);
});

test('mirroredPage: a form without an address leads to its page on the web', () => {
  const table: [string, string][] = [
    ['<form>', '<form action="http://a.test/docs/page">'],
    ['<form method=post action="">', '<form method=post  action="http://a.test/docs/page">'],
    ['<form action>', '<form  action="http://a.test/docs/page">'],
    ["<form action='' class=x>", '<form  class=x action="http://a.test/docs/page">'],
    ['<base href="/x/"><form id=a/>', '<base ><form id=a/ action="http://a.test/docs/page">'],
    ['<form action=/y><form/>', '<form action="http://a.test/y"><form action="http://a.test/docs/page"/>'],
  ];
  for (const [given, expected] of table) assert.equal(page(given), expected);
});

test('mirroredPage: the background of every part of a table is that of the table', () => {
  for (const element of ['table', 'thead', 'tbody', 'tfoot', 'tr', 'td', 'th'])
    assert.equal(page(`<${element} background="/a.png">`), `<${element} background="../a.png">`);
});
