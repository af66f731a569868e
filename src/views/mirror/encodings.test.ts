import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Content } from '../../base/contents.ts';
import type { Outer, Row } from '../../base/contracts.ts';
import { createEncodings } from './encodings.ts';

const LATIN = Buffer.from('caf\xe9', 'latin1');
const PAGE = 'http://a.test/';

/** A row with its body. `charset` is what the crawl found. */
function file(path: string, contentType: string, charset: string, body = LATIN): [Row, Content] {
  const url = PAGE + path;
  const mediaType = contentType.split(';')[0]!;
  const content = { url, headers: ['Content-Type', contentType], body, rawBody: body };
  return [{ id: 1, url, contentType: mediaType, charset } as Row, content as unknown as Content];
}

function encodings(outer: Outer | null) {
  return createEncodings({ outer: async () => outer });
}

test('createEncodings: what the header or the bytes tell is told, and the rest is what the crawl found', async () => {
  const of = encodings({ url: PAGE, charset: 'koi8-r' });
  const table: readonly (readonly [want: string | null, ...file: [Row, Content]])[] = [
    [null, ...file('x', 'text/html; charset=koi8-r', 'koi8-r')],
    [null, ...file('x', 'text/html', 'windows-1252')],
    ['koi8-r', ...file('x', 'text/html', 'koi8-r')],
    ['utf-8', ...file('x', 'text/html', 'utf-8')],
    ['koi8-r', ...file('x', 'text/css', 'koi8-r')],
    [null, ...file('x', 'text/css', 'utf-8')],
    [null, ...file('x', 'text/css', 'windows-1251', Buffer.from('@charset "windows-1251";a{}'))],
    ['koi8-r', ...file('x', 'text/javascript', '')],
    ['koi8-r', ...file('x.js', '', '')],
    [null, ...file('x', 'text/javascript', '', Buffer.from('ascii'))],
    [null, ...file('x', 'text/javascript; charset=koi8-r', '')],
    ...['text/plain', 'image/png', 'application/json', ''].map((type) => [null, ...file('x', type, '')] as const),
  ];
  for (const [want, row, content] of table) assert.equal(await of(row, content), want, content.headers.join());
  assert.equal(await encodings(null)(...file('x', 'text/javascript', '')), null);
});

test('createEncodings: the parts of a page that tells nothing tell nothing either', async () => {
  const of = encodings({ url: PAGE, charset: 'windows-1252' });
  assert.equal(await of(...file('x.css', 'text/css', 'windows-1252')), 'windows-1252');
  assert.equal(await of(...file('', 'text/html', 'windows-1252')), null);
  assert.equal(await of(...file('x.css', 'text/css', 'windows-1252')), null);
  assert.equal(await of(...file('x.js', 'text/javascript', '')), null);
  const imported = createEncodings({
    outer: async (id) => ({ url: id === 1 ? PAGE : `${PAGE}x.css`, charset: 'windows-1252' }),
  });
  await imported(...file('', 'text/html', 'windows-1252'));
  await imported(...file('x.css', 'text/css', 'windows-1252'));
  const [row, content] = file('y.css', 'text/css', 'windows-1252');
  assert.equal(await imported({ ...row, id: 2 }, content), null);
  const named = encodings({ url: PAGE, charset: 'koi8-r' });
  await named(...file('', 'text/html', 'windows-1252'));
  assert.equal(await named(...file('x.js', 'text/javascript', '')), 'koi8-r', 'its link names the encoding');
});
