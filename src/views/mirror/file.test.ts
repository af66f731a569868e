import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Content } from '../../base/contents.ts';
import type { Row } from '../../base/contracts.ts';
import { mirroredFile } from './file.ts';

const PATHS = { of: (url: string) => `a.test${decodeURIComponent(new URL(url).pathname)}` };
const cyrillic = Buffer.from('/* \xcf\xf0\xe8 */', 'latin1');
const inUtf8 = Buffer.from('\ufeff/* При */');

/** The file of a response with this type. `charset` is set if the crawl read it as a page. */
function fileOf(
  name: string,
  contentType: string,
  body: Buffer,
  more: { charset?: string; coding?: string; rawBody?: Buffer; outerCharset?: string; refresh?: string } = {},
): Uint8Array {
  const { charset = '', coding = '', rawBody = body } = more;
  const row = { contentType: contentType.split(';')[0]!, charset, url: `http://a.test/${name}` } as Row;
  const headers = ['Content-Type', contentType, ...(coding === '' ? [] : ['Content-Encoding', coding])];
  if (more.refresh !== undefined) headers.push('Refresh', more.refresh);
  const content = { url: `http://a.test/${name}`, headers, body, rawBody } as unknown as Content;
  return mirroredFile(row, content, `a.test/${name}`, PATHS, more.outerCharset ?? null);
}

test('mirroredFile: what the crawl took for a page is one, whatever its type says', () => {
  const page = Buffer.from('<title>x</title><a href=/x>');
  const mirrored = '<title>x</title><a href="x">';
  for (const type of ['text/html', 'html', '', '"text/html"', 'text/html, text/html', 'unknown/unknown']) {
    assert.equal(Buffer.from(fileOf('page', type, page, { charset: 'windows-1252' })).toString(), mirrored, type);
  }
  for (const type of ['text/plain', 'application/octet-stream']) assert.equal(fileOf('page', type, page), page, type);
  assert.equal(fileOf('page', '', page), page);
  const picture = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><a href="/x"/><use href="#m"/></svg>');
  assert.equal(
    Buffer.from(fileOf('a.svg', 'image/svg+xml', picture)).toString(),
    '<svg xmlns="http://www.w3.org/2000/svg"><a href="x"/><use href="#m"/></svg>',
  );
  const linked = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"><a x:href="/x"/></svg>',
  );
  assert.match(Buffer.from(fileOf('a.svg', '', linked, { charset: 'utf-8' })).toString(), /<a x:href="x"\/>/);
});

test('mirroredFile: a style sheet that the crawl knew without a type is one, and a script sent as a page stays', () => {
  const sheet = Buffer.from('a{b:url(/p.png)}');
  const row = { contentType: 'text/css', charset: 'utf-8', url: 'http://a.test/c/x' } as Row;
  const content = { url: row.url, headers: [], body: sheet, rawBody: sheet } as unknown as Content;
  assert.equal(Buffer.from(mirroredFile(row, content, 'a.test/c/x', PATHS, null)).toString(), 'a{b:url(../p.png)}');
  const script = Buffer.from(`document.write('<a href="/x">')`);
  assert.equal(fileOf('x.php', 'text/html', script), script);
});

test('mirroredFile: an encoding that only the header names is marked in style sheets, scripts and texts', () => {
  for (const type of [
    'text/css',
    'text/javascript',
    'application/x-javascript',
    'text/plain',
    'text/csv',
    'text/markdown',
  ]) {
    assert.deepEqual(fileOf('x', `${type}; charset=windows-1251`, cyrillic), inUtf8, type);
    for (const as of [type, `${type}; charset=no-such`]) {
      if (type !== 'text/css') assert.equal(fileOf('x', as, cyrillic), cyrillic, as);
    }
    const ascii = Buffer.from('/* ascii */');
    assert.equal(fileOf('x', `${type}; charset=windows-1251`, ascii), ascii, type);
    assert.equal(fileOf('x', `${type}; charset=windows-1251`, inUtf8), inUtf8, type);
  }
  const utf8 = Buffer.from('/* При */');
  assert.deepEqual(fileOf('x', 'text/css; charset=utf-8', utf8), inUtf8);
  assert.deepEqual(fileOf('x', 'text/javascript; charset=utf-8', utf8), inUtf8, 'else it has that of its page');
  assert.equal(fileOf('x', 'text/plain; charset=utf-8', utf8), utf8);
  for (const type of ['text/css', 'text/javascript', '']) assert.equal(fileOf('x', type, utf8), utf8, type);
  assert.deepEqual(fileOf('x.js', '', cyrillic, { outerCharset: 'windows-1251' }), inUtf8);
  const named = Buffer.concat([Buffer.from('@charset "windows-1251";'), cyrillic]);
  assert.equal(fileOf('x', 'text/css; charset=windows-1251', named), named);
  assert.deepEqual(fileOf('x', 'text/css; charset=koi8-r', named).subarray(0, 3), inUtf8.subarray(0, 3));
  const linked = Buffer.from('@charset "windows-1251";a{b:url(/\xef.png)}', 'latin1');
  assert.equal(
    Buffer.from(fileOf('c/x', 'text/css', linked)).toString(),
    '@charset "windows-1251";a{b:url(../%D0%BF.png)}',
  );
  const unnamed = (link: string): Buffer =>
    Buffer.concat([Buffer.from(`a{b:url(${link})}`), cyrillic, Buffer.from('c{d:url(e)}')]);
  assert.deepEqual(fileOf('c/x', 'text/css', unnamed('/p.png')), unnamed('../p.png'), 'the encoding of its pages');
  assert.deepEqual(fileOf('c/x', 'text/css', unnamed('p.png')), unnamed('p.png'));
  assert.equal(fileOf('x.png', 'image/png; charset=windows-1251', cyrillic), cyrillic);
});

test('mirroredFile: a style sheet or a script that names no encoding has that of its page', () => {
  const outerCharset = 'windows-1251';
  for (const type of ['text/css', 'text/javascript', 'application/javascript']) {
    assert.deepEqual(fileOf('x', type, cyrillic, { outerCharset }), inUtf8, type);
    assert.equal(fileOf('x', type, inUtf8, { outerCharset }), inUtf8, type);
    const koi8 = fileOf('x', `${type}; charset=koi8-r`, cyrillic);
    assert.deepEqual(koi8, Buffer.from('\ufeff/* оПХ */'), type);
  }
  const linked = Buffer.concat([Buffer.from('a{b:url(/p.png)}'), cyrillic]);
  assert.equal(
    Buffer.from(fileOf('c/x', 'text/css', linked, { outerCharset })).toString(),
    '\ufeffa{b:url(../p.png)}/* При */',
  );
  const named = Buffer.concat([Buffer.from('@charset "windows-1251";'), cyrillic]);
  assert.equal(fileOf('x', 'text/css', named), named);
});

test('mirroredFile: a name of an encoding that nobody knows is none', () => {
  const outerCharset = 'windows-1251';
  for (const type of ['text/css', 'text/javascript']) {
    for (const label of ['no-such', '', 'none'])
      assert.deepEqual(
        fileOf('x', `${type}; charset=${label}`, cyrillic, { outerCharset }),
        inUtf8,
        `${type} ${label}`,
      );
  }
  const named = Buffer.concat([Buffer.from('@charset "windows-1251";'), cyrillic]);
  assert.equal(fileOf('x', 'text/css; charset=no-such', named), named);
});

test('mirroredFile: JSON in another encoding becomes UTF-8, without a mark', () => {
  for (const type of ['application/json', 'text/json', 'application/ld+json']) {
    assert.deepEqual(fileOf('x.json', `${type}; charset=windows-1251`, cyrillic), Buffer.from('/* При */'), type);
  }
  const utf8 = Buffer.from('"При"');
  assert.equal(fileOf('x.json', 'application/json; charset=windows-1251', utf8), utf8);
  assert.equal(fileOf('x.json', 'application/json', cyrillic), cyrillic);
});

test('mirroredFile: XML is a page where its first element is one, and only loses what leads onto the disk where it is none', () => {
  const table: [name: string, body: string, expected: string][] = [
    ['a.svg', '<svg><a href="/x"/></svg>', '<svg><a href="x"/></svg>'],
    [
      'a.xhtml',
      '\ufeff<?xml version="1.0"?><?xml-stylesheet href="/s.css"?><!-- <svg> --><!DOCTYPE html><html><a href="/x"/></html>',
      '\ufeff<?xml version="1.0"?><?xml-stylesheet href="s.css"?><!-- <svg> --><!DOCTYPE html><html><a href="x"/></html>',
    ],
    ['feed.xml', '<feed><link href="/x"/></feed>', '<feed><link href="/x"/></feed>'],
    [
      'feed.xml',
      '<r xmlns:h="x"><h:iframe src="file:///etc/passwd"/><link href="//host/x"/></r>',
      '<r xmlns:h="x"><h:iframe src="about:blank"/><link href="x"/></r>',
    ],
  ];
  const sheet = (href: string): string =>
    `<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:import href="${href}"/></xsl:stylesheet>`;
  assert.equal(Buffer.from(fileOf('a.xsl', 'text/xsl', Buffer.from(sheet('/x')))).toString(), sheet('x'));
  for (const type of ['application/xml', 'text/xml', 'application/rss+xml']) {
    for (const [name, body, expected] of table) {
      assert.equal(Buffer.from(fileOf(name, type, Buffer.from(body))).toString(), expected, `${type} ${body}`);
    }
  }
});

test('mirroredFile: an archive whose packing its server calls a coding stays packed under its name', () => {
  const tar = Buffer.from('a tar of files');
  const zipped = gzipSync(tar);
  const packed = { coding: 'x-gzip', rawBody: zipped };
  assert.equal(fileOf('a.tar.gz', 'application/x-tar', tar, packed), zipped);
  assert.equal(fileOf('a.TGZ', 'application/x-gzip', tar, { coding: ' GZIP ', rawBody: zipped }), zipped);
  const smaller = zstdCompressSync(tar);
  assert.equal(fileOf('a.tar.zst', '', tar, { coding: 'zstd', rawBody: smaller }), smaller);
  const brotli = brotliCompressSync(tar);
  assert.equal(fileOf('a.tar.br', '', tar, { coding: 'br', rawBody: brotli }), brotli);
  for (const coding of ['application/x-gzip', 'gz', 'gzip, identity', '"gzip"'])
    assert.equal(fileOf('a.tar.gz', '', tar, { coding, rawBody: zipped }), zipped, coding);
  // An XML file that no browser opens under this name.
  const feed = Buffer.from('<urlset/>');
  assert.deepEqual(fileOf('s.xml.gz', 'text/xml', feed, { coding: 'gzip', rawBody: gzipSync(feed) }), gzipSync(feed));
  // A content coding that gossamer cannot undo.
  assert.equal(fileOf('a.tar.Z', '', Buffer.alloc(0), { coding: 'compress', rawBody: zipped }), zipped);
  // A picture in a page.
  const picture = Buffer.from('\x89PNG', 'latin1');
  assert.equal(fileOf('a.png.gz', 'image/png', picture, { coding: 'gzip', rawBody: gzipSync(picture) }), picture);
  // Compressed once more for the transfer.
  assert.equal(fileOf('a.tar.gz', '', zipped, { coding: 'gzip', rawBody: gzipSync(zipped) }), zipped);
  assert.equal(fileOf('a.tar', 'application/x-tar', tar, packed), tar);
  assert.equal(fileOf('a.svgz', 'text/plain', tar, { coding: 'gzip', rawBody: zipped }), tar);
  assert.equal(fileOf('a.gz', '', tar), tar);
  // A file that a browser shows has another ending, and its content is decoded.
  const page = Buffer.from('<title>x</title>');
  const coded = { charset: 'utf-8', coding: 'gzip', rawBody: gzipSync(page) };
  assert.equal(Buffer.from(fileOf('a.html.gz', 'text/html', page, coded)).toString(), '<title>x</title>');
});

test('mirroredFile: a body that is empty behind its coding is empty, and one whose coding cannot be undone stays', () => {
  const empty = Buffer.alloc(0);
  for (const [coding, rawBody] of [
    ['gzip', gzipSync('')],
    ['br', brotliCompressSync('')],
    ['zstd', zstdCompressSync(Buffer.alloc(0))],
    ['deflate, gzip', gzipSync('')],
  ] as const) {
    for (const [name, type] of [
      ['x.png', 'image/png'],
      ['x.css', 'text/css'],
      ['x', 'text/plain'],
    ] as const)
      assert.equal(fileOf(name, type, empty, { coding, rawBody }).length, 0, `${coding} ${type}`);
    assert.equal(fileOf('page', 'text/html', empty, { coding, rawBody, charset: 'utf-8' }).length, 0, coding);
  }
  const lacking = Buffer.from('coded');
  assert.equal(fileOf('x', 'text/plain', empty, { coding: 'compress, gzip', rawBody: lacking }), lacking);
});

test('mirroredFile: a page whose header refreshes has an element that does', () => {
  const table: readonly (readonly [refresh: string, added: string])[] = [
    ['0; url=/x', '<meta http-equiv="refresh" content="0;url=../x">'],
    ["3;URL='/x#part'", '<meta http-equiv="refresh" content="3;url=../x#part">'],
    ['0; url=file:///etc/passwd', ''],
    ['5', ''],
    ['never', ''],
  ];
  const html = Buffer.from('<title>x</title>');
  for (const [refresh, added] of table) {
    const made = fileOf('c/page', 'text/html', html, { charset: 'utf-8', refresh });
    assert.equal(Buffer.from(made).toString(), `<title>x</title>${added}`, refresh);
    assert.equal(fileOf('c/x', 'text/plain', html, { refresh }), html, refresh);
  }
});
