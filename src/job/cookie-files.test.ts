import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { resolveOptions } from '../options/options.ts';
import { cookieFiles } from './cookie-files.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-cookie-files-'));
after(() => rmSync(home, { recursive: true }));

function inFile(text: string): () => readonly [string, string, string, boolean, number | null][] {
  const file = join(home, 'cookies');
  writeFileSync(file, text, 'latin1');
  const cookies = cookieFiles(resolveOptions({ roots: 'a.test', cookieFile: file }));
  return () =>
    cookies().map(({ name, value, domain, isHostOnly, expiresAt }) => [name, value, domain, isHostOnly, expiresAt]);
}

test('cookieFiles: reads what browsers, curl and Playwright write', () => {
  const later = 4_102_444_800;
  const txt = [
    '\xef\xbb\xbf# Netscape HTTP Cookie File',
    '',
    `.A.test\tTRUE\t/\tTRUE\t${later}\tone\t1`,
    `#HttpOnly_b.a.test\tFALSE\t/x\tfalse\t${later}.5\ttwo\ta=b \xe4\r`,
    '127.0.0.1\tFALSE\t/\tFALSE\t0\tthree',
    'org\tTRUE\t/\tFALSE\t-1\tfour\twith\ttab',
    '::1\tFALSE\t/\tFALSE\t0\t\tnameless',
  ];
  assert.deepEqual(inFile(txt.join('\n'))(), [
    ['one', '1', 'a.test', false, later * 1000],
    ['two', 'a=b \xe4', 'b.a.test', true, later * 1000 + 500],
    ['three', '', '127.0.0.1', true, null],
    ['four', 'with\ttab', 'org', true, null],
    ['', 'nameless', '::1', true, null],
  ]);
  const state = { cookies: [{ name: 'one', value: '\u00e4', domain: '.a.test', path: '/', expires: -1 }], origins: [] };
  const bytes = Buffer.from(JSON.stringify(state)).toString('latin1');
  assert.deepEqual(inFile(bytes)(), [['one', '\xc3\xa4', 'a.test', false, null]]);
  const list = [{ name: 'two', value: 'x', domain: 'a.test', expirationDate: later, session: false }];
  assert.deepEqual(inFile(JSON.stringify(list))(), [['two', 'x', 'a.test', true, later * 1000]]);
  assert.deepEqual(inFile('')(), []);
});

test('cookieFiles: a file that is none is told with its line, in one sentence', () => {
  const cases: readonly (readonly [text: string, told: RegExp])[] = [
    ['<!doctype html>\n<p>', /, line 1: it has not the seven fields of cookies.txt/],
    ['a.test TRUE / TRUE 0 n v', /, line 1: it has not the seven fields/],
    ['# x\na.test\tmaybe\t/\tFALSE\t0\tn\tv', /, line 2: "maybe" is neither TRUE nor FALSE/],
    ['a.test\tTRUE\t/\tTRUE\tsoon\tn\tv', /, line 1: "soon" is not a time in seconds/],
    ['a b\tTRUE\t/\tTRUE\t0\tn\tv', /, line 1: "a b" is not the name of a host/],
    ['a.test:8\tTRUE\t/\tTRUE\t0\tn\tv', /, line 1: "a.test:8" is not the name of a host/],
    ['a.test\tTRUE\t/\tTRUE\t0\tn\tv;w', /, line 1: it has a character that no cookie can have/],
    ['a.test\tTRUE\t/\tTRUE\t0\tn=x\tv', /, line 1: it has a character that no cookie can have/],
    [`a.test\tTRUE\t/\tTRUE\t0\tn\t${'x'.repeat(4_096)}`, /, line 1: it has more than 4096 bytes/],
    ['{"cookies": [\n{"name": }]}', /, line 2: it is not JSON/],
    ['{"origins": []}', /, line 1: it has no list of cookies/],
    ['[1]', /, cookie 1: it is not an object/],
    ['{"cookies": [{"name": "a", "value": 1, "domain": "a.test"}]}', /, cookie 1: its value is not a text/],
    ['{"cookies": [{"name": "a", "value": "1"}]}', /, cookie 1: its domain is not a text/],
  ];
  for (const [text, told] of cases) assert.throws(() => inFile(text), { name: 'UsageError', message: told }, text);
  for (const [options, message] of [
    [{ cookieFile: join(home, 'missing') }, /missing cannot be read as a file of cookies: there is no such file\.$/],
    [{ cookieFile: home }, /cannot be read as a file of cookies: it is a folder\.$/],
    [{ saveCookies: join(home, 'no', 'file') }, /--save-cookies: .*no is not a folder/],
    [{ saveCookies: home }, /--save-cookies: .* is a folder/],
  ] as const) {
    assert.throws(() => cookieFiles(resolveOptions({ roots: 'a.test', ...options })), { name: 'UsageError', message });
  }
});
