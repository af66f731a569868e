import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextDecoder as StandardDecoder } from '@exodus/bytes/encoding.js';
import { joinUrl, prepareBase } from '../url/join.ts';
import { declaredEncodingOf, encodingOf, hrefEncoder, slicesOf, textOf } from './charset.ts';
import { createParser } from './parse.ts';

const SINGLE = [
  ...'ibm866 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-8-i iso-8859-10'.split(
    ' ',
  ),
  ...'iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 koi8-r koi8-u macintosh windows-874 windows-1250 windows-1251'.split(
    ' ',
  ),
  ...'windows-1252 windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 windows-1258'.split(' '),
  ...'x-mac-cyrillic x-user-defined'.split(' '),
];
const MULTI = ['utf-8', 'gbk', 'gb18030', 'big5', 'euc-jp', 'iso-2022-jp', 'shift_jis', 'euc-kr'];
const UTF_16 = ['utf-16le', 'utf-16be'];

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

test('encodingOf: mark, header, declaration, fallback, in this order', () => {
  const meta = '<meta charset=koi8-r>';
  const table: readonly [want: string, body: string, type: string, isXml: boolean][] = [
    ['utf-8', `\xef\xbb\xbf${meta}`, 'text/html; charset=big5', false],
    ['utf-16le', `\xff\xfe${meta}`, 'text/html; charset=utf-8', false],
    ['utf-16be', `\xfe\xff${meta}`, 'text/html; charset=utf-8', false],
    ['big5', meta, 'text/html; charset=big5', false],
    ['koi8-r', meta, 'text/html', false],
    ['koi8-r', meta, 'text/html; charset=nonsense', false],
    ['koi8-r', '<meta http-equiv=content-type content="text/html; charset=koi8-r">', '', false],
    ['windows-1252', '<meta content="text/html; charset=koi8-r">', '', false],
    ['utf-8', '<meta charset=utf-16>', '', false],
    ['windows-1252', '<meta charset=x-user-defined>', '', false],
    ['koi8-r', `<!-- <meta charset=big5> -->${meta}`, '', false],
    ['koi8-r', `${' '.repeat(1024)}${meta}`, '', false],
    ['koi8-r', `<?xml version="1.0" encoding="windows-1251"?>${' '.repeat(9000)}${meta}`, 'text/html', false],
    ['big5', `${' '.repeat(1024)}${meta}`, 'text/html; charset=big5', false],
    ['utf-16le', `<\0?\0x\0m\0l\0${' '.repeat(1024)}`, 'text/html', false],
    ['windows-1251', '<?xml version="1.0" encoding="windows-1251"?>', 'text/html', false],
    ['koi8-r', `<?xml version="1.0" encoding="windows-1251"?>${meta}`, 'text/html', false],
    ['windows-1252', '', 'text/html', false],
    ['utf-8', meta, 'application/xhtml+xml', true],
    ['windows-1251', '<?xml version="1.0" encoding="windows-1251"?>', 'application/xhtml+xml', true],
    ['koi8-r', '<?xml version="1.0" encoding="windows-1251"?>', 'application/xhtml+xml; charset=koi8-r', true],
    ['utf-16le', '<\0?\0x\0m\0l\0', 'application/xhtml+xml', true],
    ['replacement', '', 'text/html; charset=iso-2022-kr', false],
  ];
  for (const [want, body, type, isXml] of table) {
    assert.equal(encodingOf(latin1(body), type, isXml), want, JSON.stringify([body, type]));
  }
});

test('encodingOf: of a page that names none, UTF-8 where its bytes can be nothing else', () => {
  const table: readonly [want: string, body: string][] = [
    ['utf-8', Buffer.from('<p>caf\u00e9').toString('latin1')],
    ['utf-8', Buffer.from('<title>\u043a\u043e\u0442</title>').toString('latin1')],
    ['utf-8', Buffer.from('\u{1f63a}').toString('latin1')],
    // Cut inside of a character of two, three and four bytes.
    ['utf-8', '\xc3\xa9 \xc3'],
    ['utf-8', '\xc3\xa9 \xe2\x82'],
    ['utf-8', '\xc3\xa9 \xf0\x9f\x98'],
    ['utf-8', `${'x'.repeat(200_000)}\xc3\xa9`],
    ['windows-1252', '<p>caf\xe9'],
    ['windows-1252', '<p>\xa92026 caf\xe9 na\xefve'],
    ['windows-1252', '\xc3\xa9 caf\xe9 and more'],
    // Over-long, a surrogate, beyond Unicode.
    ['windows-1252', '\xc0\xaf\xc3\xa9'],
    ['windows-1252', '\xed\xa0\x80'],
    ['windows-1252', '\xf4\x90\x80\x80'],
    ['windows-1252', '<p>plain'],
    ['windows-1252', '\xe9'],
    ['koi8-r', `<meta charset=koi8-r>\xc3\xa9`],
  ];
  for (const [want, body] of table) assert.equal(encodingOf(latin1(body), 'text/html', false), want, body.slice(-40));
  assert.equal(encodingOf(latin1('\xc3\xa9'), 'text/html; charset=iso-8859-1', false), 'windows-1252');
});

test('encodingOf: a declaration that never ends holds up nothing', () => {
  for (const begin of ['<?xml ', '<meta charset ', '<script>charset', '<!--charset', 'charset<']) {
    const bytes = Buffer.alloc(2 ** 26, begin);
    const started = performance.now();
    encodingOf(bytes, 'text/html', false);
    assert.ok(performance.now() - started < 500, begin);
  }
});

test('declaredEncodingOf: what the page says, and not what a header or a guess says', () => {
  assert.equal(declaredEncodingOf(latin1('\xef\xbb\xbfx'), false), 'utf-8');
  assert.equal(declaredEncodingOf(latin1('<meta charset=koi8-r>'), false), 'koi8-r');
  assert.equal(declaredEncodingOf(latin1('<?xml version="1.0" encoding="koi8-r"?>'), true), 'koi8-r');
  assert.equal(declaredEncodingOf(latin1('<meta charset=koi8-r>'), true), null);
  assert.equal(declaredEncodingOf(latin1('\xc3\xa9'), false), null);
});

test('textOf: every encoding of the standard, each byte of it', () => {
  for (const label of [...SINGLE, ...MULTI]) {
    const charset = encodingOf(latin1(''), `text/html; charset=${label}`, false);
    assert.equal(charset, label);
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    const { text, decode } = textOf(bytes, charset);
    assert.equal(decode(text), new StandardDecoder(label, { ignoreBOM: true }).decode(bytes), label);
  }
});

test('slicesOf: a character that a slice cuts in two', () => {
  for (const label of [...MULTI, ...UTF_16]) {
    const sample = new StandardDecoder(label).decode(Uint8Array.from([0xb0, 0xa1, 0xb0, 0xa2]));
    const bytes = Uint8Array.from([0xb0, 0xa1, 0xb0, 0xa2]);
    const { read, decode } = slicesOf(label);
    const pieces = [...bytes].map((_, at) => read(bytes.subarray(at, at + 1), at === bytes.length - 1));
    assert.equal(decode(pieces.join('')), sample, label);
  }
});

test('hrefEncoder: a query is sent in the encoding of the page, the rest in UTF-8', () => {
  const parse = createParser((base) => {
    const prepared = prepareBase(base);
    return prepared === null ? null : (href) => joinUrl(href, prepared);
  });
  const urlOf = (charset: string, href: Buffer): string | undefined => {
    const body = Buffer.concat([latin1('<a href="'), href, latin1('">')]);
    const links = parse(body, { url: 'http://h/', contentType: `text/html; charset=${charset}` });
    assert.ok(!(links instanceof Promise));
    return links.links[0]?.url;
  };
  assert.equal(urlOf('windows-1252', latin1('\xe4?\xe4&amp;b=\x80#\xe4')), 'http://h/%C3%A4?%E4&b=%80');
  assert.equal(urlOf('windows-1251', latin1('?q=\xe4&#8364;&#x4f60;')), 'http://h/?q=%E4%88%26%2320320%3B');
  assert.equal(urlOf('shift_jis', latin1('?\x95\x5c')), 'http://h/?%95\\');
  assert.equal(urlOf('gbk', latin1('?\xc4\xe3')), 'http://h/?%C4%E3');
  // 0x1b begins a shift; the bytes of the characters are all that ASCII has: here `#` and `'`.
  assert.equal(urlOf('iso-2022-jp', latin1('?q=\x1b$B#1$\x27\x1b(B&b=c#d')), 'http://h/?q=%1B$B%231$%27%1B(B&b=c');
  assert.equal(urlOf('iso-2022-jp', latin1('?\x1b$B"<\x1b(B')), 'http://h/?%1B$B%22%3C%1B(B');
  assert.equal(urlOf('iso-2022-jp', latin1('?&yen;a~')), 'http://h/?%1B(J\\a%1B(B~');
  assert.equal(urlOf('windows-1252', latin1('\n ?a\tb\xe4 \n')), 'http://h/?ab%E4');
  assert.equal(urlOf('gb18030', latin1('?\xa1\xe7&quot;<&gt;')), 'http://h/?%A1%E7%22%3C%3E');
  assert.equal(urlOf('utf-8', Buffer.from('?ä')), 'http://h/?%C3%A4');
  assert.equal(hrefEncoder('utf-16le'), null);
  assert.equal(hrefEncoder('koi8-r')?.('a#?ä'), 'a#?ä');
});
