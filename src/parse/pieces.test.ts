// A page in pieces says what the whole page says, wherever it is cut; and what fills a piece by itself is shortened
// without harm.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../test/helpers/properties.ts';
import { PARSED_SLICE_BYTES, URL_LENGTH_MAX } from '../base/limits.ts';
import { createPieceScanner, createScanner } from './html/html.ts';
import type { TagSink } from './html/tag-sink.ts';

const SEED = Number(process.env['GOSSAMER_SEED'] ?? 20_265);
const WANTED = { a: ['href', 'rel'], base: ['href'], iframe: ['src'], script: ['type'], style: [], h1: [], h2: [] };
const scan = createScanner(WANTED);
const scanPieces = createPieceScanner(WANTED);
const decode = (raw: string): string => raw;

function recorder(): { told: string[]; sink: TagSink } {
  const told: string[] = [];
  const sink: TagSink = {
    onTag(element, attributes, isForeign) {
      const values = ['href', 'rel', 'src', 'type'].map((name) => attributes.value(name));
      told.push(`${element} ${JSON.stringify(values)} ${isForeign} ${attributes.isSelfClosing}`);
    },
    onTitle: (raw) => told.push(`title ${raw}`),
    onText: (element, raw) => told.push(`${element} text ${raw}`),
  };
  return { told, sink };
}

function inOne(text: string, isXml = false): string[] {
  const { told, sink } = recorder();
  scan({ text, decode, isXml }, sink);
  return told;
}

function inPieces(pieces: readonly string[], isXml = false): string[] {
  const { told, sink } = recorder();
  const take = scanPieces({ decode, isXml }, sink);
  pieces.forEach((piece, at) => void take(piece, at === pieces.length - 1));
  return told;
}

const PARTS = [
  ...'<a href=x>|<a href="y" rel=z>|<A HREF=\'w\'/>|</a>|<a href|="|">|\'|<base href=b>|<iframe src=f>|</iframe>| |text|é'.split(
    '|',
  ),
  ...'<!--|-->|--!>|-|<!|<?|</|<|>|/|<![CDATA[|]]>|<svg>|</svg>|<math><mi>|<foreignObject>|<font color=x>|<p>'.split(
    '|',
  ),
  ...'<script>|<script type=t>|</script>|</scrip|<style>|</style>|<title>|</title>|<textarea>|</textarea>|<xmp>'.split(
    '|',
  ),
  ...'<h1>|</h1>|<h2 class=x>|</h2>|<br>|<plaintext>|<div class="a b">|</div>|&amp;|=|\n'.split('|'),
];

test(`createPieceScanner: tells what createScanner tells, seed ${SEED}`, () => {
  const page = fc.array(fc.constantFrom(...PARTS), { maxLength: 30, size: 'max' }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(page, fc.array(fc.nat(12), { minLength: 1, maxLength: 8 }), fc.boolean(), (text, steps, isXml) => {
      const pieces: string[] = [];
      for (let at = 0, step = 0; at < text.length; step += 1) {
        const length = steps[step % steps.length]! + 1;
        pieces.push(text.slice(at, at + length));
        at += length;
      }
      assert.deepEqual(inPieces([...pieces, ''], isXml), inOne(text, isXml), JSON.stringify(pieces));
    }),
    { numRuns: 6_000, seed: SEED },
  );
});

/** Between `open` and `close` stands so much that the token fills several pieces. */
function long(open: string, filler: string, close: string): string[] {
  const pieces = [open];
  const piece = filler.repeat(PARSED_SLICE_BYTES / filler.length + 1);
  for (let count = 0; count < 3; count += 1) pieces.push(piece);
  return [...pieces, close];
}

test('createPieceScanner: tokens that fill pieces', () => {
  const link = '<a href=x>';
  const same: readonly string[][] = [
    long('<!--', ' -', `->${link}`),
    long('<!--', '<a href=y>', `--!>${link}`),
    long('<!', 'x', `>${link}`),
    long('<?', '"', `>${link}`),
    long('</ ', 'x', `>${link}`),
    long('<svg><![CDATA[', '<a href=y>]', `]]></svg>${link}`),
    long('<![CDATA[', 'x', `>${link}`),
    long('<script>', '<a href=y></scrip', `</script>${link}`),
    long('<script><!-- <script> ', '<a href=y></scrip', `</script>${link} --></script>${link}`),
    long('<textarea>', '</textare', `a>${link}</textarea>${link}`),
    long('<plaintext>', '<a href=y>', link),
    long('', 'text', link),
    long('<a href=x class="', '>', `" rel=r>${link}`),
    long("<a href=x class='", '">', `' rel=r>${link}`),
    long('<a href=x class=', '"', ` rel=r>${link}`),
    long('<a href=x ', 'n', `=v rel=r>${link}`),
    long('<a href=x ', ' ', `rel=r>${link}`),
    long('<a href=x class', ' ', `= "a>b" rel=r>${link}`),
    long('<a href=x rel = ', '\n', `"a>b" rel=r>${link}`),
    long('<a href=x ', 'class=y ', `rel=r/>${link}`),
    long('<a href=x ', '/', `>${link}`),
    long('<a href=x ', '= ', `>${link}`),
    long('<a rel=r HREF="a&amp;b" ', 'href=z class="" c ', `rel=r>${link}`),
    long('<svg><a href=x ', 'class=y ', `/><base href=y></svg>${link}`),
    long('</p ', 'class=">" ', `>${link}`),
    long('<', 'x', ` href=y>${link}`),
    long('', '<p>', link),
    long('', '<svg><g>', link),
    long('<title>t</title>', '</', link),
  ];
  for (const pieces of same) {
    const name = `${pieces[0]}${pieces[1]!.slice(0, 20)}...${pieces.at(-1)}`;
    assert.deepEqual(inPieces(pieces), inOne(pieces.join('')), name);
  }
});

test('createPieceScanner: a link too long for a URL, in a tag that fills pieces, stays too long, and its tag short', () => {
  const value = 'x'.repeat(URL_LENGTH_MAX);
  for (const pieces of [long(`<a href="${value}" rel=r `, 'class=y ', '>'), long('<a rel=r href="', 'x', '">')]) {
    const [tag] = inPieces(pieces);
    assert.match(tag!, /^a \["x{8192,}","r",null,null\] false false$/);
    assert.ok(tag!.length < 2 * PARSED_SLICE_BYTES, `${tag!.length} characters`);
  }
});
