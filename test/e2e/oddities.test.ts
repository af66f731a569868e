// Each thing of a response that is not as the standards have it leaves a word on its row, which `why` and `fetch` tell.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { UrlRecord } from '../../src/views/tables/record.ts';
import { gossamer } from '../helpers/gossamer.ts';
import { jobFolders } from '../helpers/job-folders.ts';
import { rawServer } from '../helpers/raw-server.ts';

const newFolder = jobFolders('oddities');
const BODY = '<title>right</title>';
const HTML = 'Content-Type: text/html\r\n';
const CHUNKED = `HTTP/1.1 200 OK\r\n${HTML}Transfer-Encoding: chunked\r\n\r\n`;
const CHUNK = `14\r\n${BODY}\r\n`;

const page = (body: string, fields = '', status = '200 OK', type = HTML): string =>
  `HTTP/1.1 ${status}\r\n${type}Content-Length: ${body.length}\r\n${fields}\r\n${body}`;
const told = (length: string): string => `HTTP/1.1 200 OK\r\n${HTML}Content-Length: ${length}\r\n\r\n${BODY}`;
const of = (charset: string): string => `Content-Type: text/html; charset=${charset}\r\n`;
const moved = (fields: string): string => page('', fields, '302 Found');

/** By name: the response, and the words for it. A null is for what is usual. */
const ANSWERS: Readonly<Record<string, readonly [response: string, detail: string | null]>> = {
  usual: [page(BODY), null],
  'more than its length': [
    told('20').replace(BODY, `${BODY}HTTP/1.1 200 OK\r\n\r\n`),
    'more bytes came behind its end',
  ],
  'a line end behind it': [`${told('20')}\r\n`, null],
  'a body of a 204': [`HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello`, 'more bytes came behind its end'],
  'a signed length': [told('+20'), 'its Content-Length "+20" is no number'],
  'a length in hexadecimal': [told('0x14'), 'its Content-Length "0x14" is no number'],
  'a negative length': [told('-1'), 'its Content-Length "-1" is no number'],
  'a length beyond numbers': [told('9'.repeat(20)), 'its Content-Length is too large to count'],
  'the same length twice': [told('20\r\nContent-Length: 20'), null],
  'a length and chunks': [
    `${CHUNKED.replace('\r\n\r\n', '\r\nCONTENT-length: 1\r\n\r\n')}${CHUNK}0\r\n\r\n`,
    'it has a Content-Length and chunks: the chunks counted',
  ],
  'a transfer coding that nobody knows': [
    told('20').replace('\r\n\r\n', '\r\nTransfer-Encoding: x\r\n\r\n'),
    'its Transfer-Encoding "x" is no coding that is known',
  ],
  'an extension of a chunk': [`${CHUNKED}14;a="b" ; c\r\n${BODY}\r\n0\r\n\r\n`, null],
  'an extension without a semicolon': [
    `${CHUNKED}14 a\r\n${BODY}\r\n0\r\n\r\n`,
    'a chunk has an extension that is malformed',
  ],
  'a control character in an extension': [
    `${CHUNKED}14;\x01\r\n${BODY}\r\n0\r\n\r\n`,
    'a chunk has an extension that is malformed',
  ],
  'a trailer without a colon': [`${CHUNKED}${CHUNK}0\r\nx\r\n\r\n`, 'its trailer is malformed'],
  'a NUL in a field': [page(BODY, 'X: a\0b\r\n'), 'its header has control characters'],
  'a part': [page(BODY, '', '206 Part'), 'it is a part, and the whole was asked for'],
  'no change': ['HTTP/1.1 304 No\r\n\r\n', 'it has not changed, and nobody had asked that'],
  'two Locations': [
    moved('Location: /usual\r\nLocation: /elsewhere\r\n'),
    'it has 2 Locations that differ: the first one counted',
  ],
  'one Location twice': [moved('Location: /usual\r\nLocation: /usual\r\n'), null],
  'no Location': [moved(''), 'it redirects, and has no Location'],
  'no type': [page(`<html>${BODY}`, '', '200 OK', ''), 'it has no Content-Type and looks like a page'],
  'two types': [
    page(BODY, '', '200 OK', `Content-Type: text/plain\r\n${HTML}`),
    'it has 2 Content-Types that differ: text/html counted',
  ],
  'one type in two writings': [page(BODY, '', '200 OK', `Content-Type: Text/HTML; charset=utf-8\r\n${HTML}`), null],
  'a charset that nobody knows': [
    page(BODY, '', '200 OK', of('"klingon"')),
    'its charset "klingon" is unknown: read as windows-1252',
  ],
  'a charset by another name': [page(BODY, '', '200 OK', of('latin1')), null],
  'a byte order mark of another charset': [
    page(`\xef\xbb\xbf${BODY}`, '', '200 OK', of('koi8-r')),
    'its header says koi8-r, and its byte order mark utf-8',
  ],
  'a base of 9,000 characters': [page(`<base href="/${'x'.repeat(9_000)}">`), '1 link of more than 8192 characters'],
  'a program': [page('\x7fELF\x02\x01'), 'its type says text/html and it is an ELF program: not read'],
  'a database': [page('SQLite format 3\0'), 'its type says text/html and it is a SQLite database: not read'],
  'a Zstandard archive': [page('\x28\xb5\x2f\xfd '), 'its type says text/html and it is a Zstandard archive: not read'],
};

const pathOf = (name: string): string => `/${name.replaceAll(/\W/g, '-')}`;
const BY_PATH = new Map(Object.entries(ANSWERS).map(([name, [response]]) => [pathOf(name), response]));
const HOME = page([...BY_PATH.keys()].map((path) => `<a href="${path}">x</a>`).join(''));

test('crawl, why, fetch: what is odd of a response is told, and what is usual is not', async () => {
  // Some lengths say nothing, so the end of the connection is that of the body.
  await using server = await rawServer((peer, head) => {
    const path = head.split(' ')[1]!;
    const response = path === '/' ? HOME : BY_PATH.get(path);
    peer.end(response ?? 'HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n', 'latin1');
    return null;
  });
  const job = join(newFolder(), 'job');
  const run = await gossamer(['crawl', server.url, '-o', job, '-q', '--no-sitemaps', '--delay', '0']);
  assert.equal(run.code, 0, run.stderr);
  const { stdout } = await gossamer(['export', 'jsonl', job, '-o', '-']);
  const rows = stdout.trim().split('\n');
  const details = new Map(rows.map((line) => JSON.parse(line) as UrlRecord).map((row) => [row.url, row.detail]));
  for (const [name, [, detail]] of Object.entries(ANSWERS)) {
    assert.equal(details.get(new URL(pathOf(name), server.url).href), detail, name);
  }
  const odd = new URL(pathOf('a part'), server.url).href;
  assert.match((await gossamer(['why', odd, job])).stdout, /detail +it is a part, and the whole was asked for\n/);
  const fetched = JSON.parse((await gossamer(['fetch', odd, '--json'])).stdout);
  assert.equal(fetched.detail, 'it is a part, and the whole was asked for');
  const report = await gossamer(['report', job]);
  assert.match(report.stdout, /it has 2 Locations that differ/);
});
