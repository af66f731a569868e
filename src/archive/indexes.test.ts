import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { getSurt } from 'warcio';
import { fc } from '../../test/helpers/properties.ts';
import { cdxjLine, surtOf } from './cdxj.ts';
import { createHoldings } from './holdings.ts';
import { indexLines, merged } from './indexes.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-indexes-'));
after(() => rmSync(home, { recursive: true }));

test('surtOf: the host turned round, then port, path and query, as the readers of the field make it', () => {
  const long = 'x'.repeat(8_000);
  const table: [string, string][] = [
    ['http://example.com/', 'com,example)/'],
    ['https://www.Example.com/A/b?', 'com,example)/a/b'],
    ['https://www2.example.co.uk/x?b=2&a=1&b=1', 'uk,co,example)/x?a=1&b=1&b=2'],
    ['http://www.www.example.com/', 'com,example,www)/'],
    ['http://wwwx.example.com/', 'com,example,wwwx)/'],
    ['http://example.com:8080/a%20b', 'com,example:8080)/a%20b'],
    ['https://example.com:443/', 'com,example)/'],
    ['http://127.0.0.1:81/x', '1,0,0,127:81)/x'],
    ['http://[::1]:81/x', '[::1]:81)/x'],
    ['http://example.com/a#part', 'com,example)/a'],
    // Escapes that a form would write in another way stay as they are.
    ['http://a.test/q?q=a%20b', 'test,a)/q?q=a%20b'],
    ['http://a.test/q?q=a+b', 'test,a)/q?q=a+b'],
    ['http://a.test/q?x=(1)', 'test,a)/q?x=(1)'],
    ["http://a.test/q?x=~!*'", 'test,a)/q?x=~!*%27'],
    ['http://a.test/q?a', 'test,a)/q?a'],
    ['http://a.test/q?a=', 'test,a)/q?a='],
    ['http://a.test/q?b&a=&&c', 'test,a)/q?&a=&b&c'],
    ['http://a.test/q?a=1&a-b=2', 'test,a)/q?a-b=2&a=1'],
    ['http://a.test/q?a=b=c?d/e', 'test,a)/q?a=b=c?d/e'],
    // Bytes that are not UTF-8 stay distinct.
    ['http://a.test/q?a=%E2', 'test,a)/q?a=%e2'],
    ['http://a.test/q?a=%E3', 'test,a)/q?a=%e3'],
    ['http://a.test/q?a=%', 'test,a)/q?a=%'],
    ['http://a.test/A%2FB/%E2', 'test,a)/a%2fb/%e2'],
    ['http://a.test/%D0%BA%D0%BE%D1%82?%D0%BA', 'test,a)/%d0%ba%d0%be%d1%82?%d0%ba'],
    ['http://xn--j1aim.test/', 'test,xn--j1aim)/'],
    ['http://a.test/a/', 'test,a)/a/'],
    ['http://a.test/a//b', 'test,a)/a//b'],
    [`http://a.test/${long}?${long}`, `test,a)/${long}?${long}`],
    ['urn:text:x', 'urn:text:x'],
    ['dns:a.test', 'dns:a.test'],
    ['http://a.test:x/', 'http://a.test:x/'],
    ['not a URL', 'not a URL'],
  ];
  for (const [url, expected] of table) {
    assert.equal(surtOf(url), expected, url);
    assert.equal(getSurt(url), expected, `${url}, by warcio`);
  }
});

test('surtOf: whatever the query is, it is what warcio makes', () => {
  const piece = fc.stringMatching(/^[\x21-\x7e]{0,12}$/);
  fc.assert(
    fc.property(piece, fc.array(piece, { maxLength: 5 }), (path, fields) => {
      const url = URL.parse(`http://A.test/${path}?${fields.join('&')}`)!.href;
      assert.equal(surtOf(url), getSurt(url));
    }),
    { numRuns: 500 },
  );
});

test('cdxjLine: key, time of 14 digits, and the fields as texts', () => {
  const record = { url: 'http://a.test/', date: '2026-11-23T15:10:56.437Z', status: 200, digest: 'sha256:00' } as const;
  const place = { file: 'archive/a.warc.gz', offset: 12, length: 345 };
  assert.equal(
    cdxjLine({ ...record, type: 'response', contentType: 'Text/HTML; charset=x' }, place),
    'test,a)/ 20261123151056 {"url":"http://a.test/","mime":"text/html","status":"200","digest":"sha256:00","length":"345","offset":"12","filename":"a.warc.gz"}',
  );
  const odd = cdxjLine({ ...record, type: 'response', contentType: 'text/"h\xe4tml' }, place);
  assert.match(odd, /^[ -~]+$/);
  assert.equal(JSON.parse(odd.slice(odd.indexOf('{'))).mime, 'text/"h\xe4tml');
  assert.match(cdxjLine({ ...record, type: 'revisit', contentType: 'a/b' }, place), /"mime":"warc\/revisit"/);
  assert.match(cdxjLine({ ...record, type: 'response', contentType: '' }, place), /"mime":"unk"/);
});

test('indexLines: a stored index is given line by line, however its pieces are cut', async () => {
  const holdings = createHoldings({ folder: home, moved: async () => new Map(), depotAt: assert.fail });
  mkdirSync(join(home, 'indexes'));
  const line = fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 3_000 })
    .filter((text) => !text.includes('\n'));
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 60 }), async (lines) => {
      writeFileSync(join(home, 'indexes/a.warc.gz.cdxj'), lines.map((each) => `${each}\n`).join(''));
      assert.deepEqual([...merged([await indexLines(holdings, 'archive/a.warc.gz', 0)])], lines);
    }),
    { numRuns: 50 },
  );
});
