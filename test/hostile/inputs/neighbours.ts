// Neighbours of the inputs that are one page, `/hostile`: the same harm in another form.

import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import {
  CHUNKED,
  closing,
  done,
  failed,
  type HostileInput,
  HTML,
  OK,
  page,
  pouring,
  redirect,
  type Served,
  type Told,
} from '../hostile-input.ts';

const RIGHT = '<title>right</title>';
const CHUNK = `14\r\n${RIGHT}\r\n`;
const LONG = `${RIGHT}${Array.from({ length: 2_000 }, (_, at) => `<p>${at * 7919}</p>`).join('')}`;
const cut = { status: 200, truncated: 'disconnect', isDropped: true } as const;
const right = (detail: string): Told => done(200, { title: 'right', detail });
const odd = (detail: string): Told => done(200, { title: 'right', detail, isDropped: true });
const coded = (coding: string, body: Buffer | string): Buffer => page(body, `Content-Encoding: ${coding}\r\n`);
const short = (packed: Buffer): Buffer => packed.subarray(0, -30);
const br = (body: Buffer | string): Buffer =>
  brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
const nested = (tags: string): Buffer => page(`${RIGHT}${tags.repeat(Math.floor(1_900_000 / tags.length))}`);
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Nothing of it is ever closed. */
const NESTED: readonly (readonly [letter: string, what: string, tags: string])[] = [
  ['b', 'pictures in pictures', '<svg><foreignObject>'],
  ['c', 'formulas in formulas', '<math><annotation-xml encoding=text/html>'],
  ['d', 'templates in templates', '<template>'],
  ['e', 'tables in cells of tables', '<table><tr><td>'],
];

const PAGES: readonly (readonly [number: string, what: string, served: Served, told: Told])[] = [
  ['1b', 'an end before the status', closing(''), failed('reset', { asks: [2, 4] })],
  [
    '8b',
    'a Content-Length in hexadecimal',
    closing(`${HTML}Content-Length: 0x14\r\n\r\n${RIGHT}`),
    odd('its Content-Length "0x14" is no number'),
  ],
  [
    '8c',
    'two Content-Lengths that differ, in one line that goes on',
    `${HTML}Content-Length: 20\r\n ,5\r\n\r\n${RIGHT}`,
    failed('http-malformed', { detail: 'two lengths, 20 and 5', isDropped: true }),
  ],
  [
    '9b',
    'chunks before a Content-Length, in other letters',
    `${HTML}transfer-ENCODING: ChUnKeD\r\nCONTENT-length: 1\r\n\r\n${CHUNK}0\r\n\r\n`,
    odd('it has a Content-Length and chunks'),
  ],
  [
    '9c',
    'a transfer coding that nobody knows beside a Content-Length',
    page(RIGHT, 'Transfer-Encoding: xchunked\r\n'),
    odd('its Transfer-Encoding "xchunked" is no coding that is known'),
  ],
  ['10b', 'a chunk size below zero', `${CHUNKED}-5\r\nhello\r\n0\r\n\r\n`, failed('http-malformed', cut)],
  ['10c', 'a chunk size of 2^64', `${CHUNKED}10000000000000014\r\n${RIGHT}`, failed('http-malformed', cut)],
  [
    '10d',
    'a chunk that is longer than its size',
    `${CHUNKED}5\r\n${RIGHT}\r\n0\r\n\r\n`,
    failed('http-malformed', cut),
  ],
  [
    '10e',
    'a control character in the extension of a chunk',
    `${CHUNKED}14;a=\x01\r\n${RIGHT}\r\n0\r\n\r\n`,
    odd('a chunk has an extension that is malformed'),
  ],
  [
    '12b',
    'one trailer without end',
    pouring(`${CHUNKED}${CHUNK}0\r\nX: `, Buffer.alloc(64 * 1024, 'x')),
    odd('its trailer has more than 16384 bytes'),
  ],
  ['17c', 'another protocol that looks like HTTP', page(RIGHT, '', 'RTSP/1.0 200 OK\r\n'), failed('http-malformed')],
  [
    '18b',
    'an interim response without end',
    pouring('HTTP/1.1 103 Early Hints\r\n', Buffer.from('a: b\r\n'.repeat(1_000))),
    failed('http-header-size'),
  ],
  ['19c', 'a 304 that nobody asked for', 'HTTP/1.1 304 No\r\n\r\n', done(304, { detail: 'nobody had asked that' })],
  [
    '19d',
    'a part that nobody asked for',
    page(RIGHT, '', HTML.replace('200 OK', '206 Part')),
    done(206, { title: 'right', detail: 'the whole was asked for' }),
  ],
  [
    '25e',
    '64 MB of zeros in gzip in br',
    coded('gzip, br', br(gzipSync(Buffer.alloc(64 * 1024 * 1024)))),
    done(200, { truncated: 'length', detail: 'the gzip was cut at', isKeptWhole: true }),
  ],
  ['27c', 'a deflate that ends too early', coded('deflate', short(deflateSync(LONG))), right('the deflate is damaged')],
  ['27d', 'a br that ends too early', coded('br', short(br(LONG))), right('the br is damaged')],
  [
    '27e',
    'a zstd that ends too early',
    coded('zstd', short(zstdCompressSync(LONG))),
    done(200, { detail: 'the zstd is damaged' }),
  ],
  ['28b', 'declared br that is plain', coded('br', LONG), right('declared br, is not')],
  ['28c', 'declared zstd that is plain', coded('zstd', LONG), right('declared zstd, is not')],
  [
    '29b',
    'gzip under a coding that nobody knows',
    coded('gzip, exi', gzipSync(LONG)),
    done(200, { detail: 'the content coding "exi"' }),
  ],
  [
    '30d',
    'a refresh to itself, in its header and in its page',
    page('<meta http-equiv=refresh content="0;url=/hostile">', 'Refresh: 0; url=/hostile\r\n'),
    done(),
  ],
  [
    '30e',
    'two Locations that differ',
    page('', 'Location: /good\r\nLocation: /no\r\n', 'HTTP/1.1 302 Found\r\n'),
    done(302, { redirectTo: '/good', detail: 'it has 2 Locations that differ' }),
  ],
  [
    '46b',
    'a Location of 200,000 characters',
    redirect(`/${'x'.repeat(200_000)}`),
    done(302, { detail: 'more than servers accept' }),
  ],
  [
    '46c',
    'a base of 1 MB',
    page(`${RIGHT}<base href="/${'x'.repeat(1_000_000)}/"><a href="good">x</a>`),
    right('1 link of more than 8192 characters'),
  ],
  ...NESTED.map(([letter, what, tags]) => [`50${letter}`, what, nested(tags), done(200, { title: 'right' })] as const),
  [
    '52b',
    'lone surrogates in UTF-16',
    page(Buffer.from('\ufeff<title>a\ud800b</title>', 'utf16le')),
    done(200, { charset: 'utf-16le', title: 'a\ufffdb' }),
  ],
  [
    '53b',
    'a charset that nobody knows',
    page(RIGHT, '', `${OK}Content-Type: text/html; charset=klingon\r\n`),
    right('its charset "klingon" is unknown'),
  ],
  [
    '54c',
    'a program that is sent as HTML',
    page(bytes('\x7fELF\x02\x01<a href=/no>x</a>')),
    done(200, { detail: 'it is an ELF program: not read' }),
  ],
  [
    '54d',
    'HTML that is sent as a picture',
    page('<html><a href=/no>x</a>', '', `${OK}Content-Type: image/png\r\n`),
    done(),
  ],
];

export const NEIGHBOURS: readonly HostileInput[] = PAGES.map(([number, what, served, told]) => ({
  ...{ number, what, group: 'host', serves: { '/hostile': served }, becomes: { '/hostile': told }, unasked: ['/no'] },
}));
