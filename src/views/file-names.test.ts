import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runSeed } from '../../test/helpers/random.ts';
import { fileSegments, otherName } from './file-names.ts';

test('fileSegments: readable names with an ending that says what it is', () => {
  const table: [url: string, mediaType: string, path: string][] = [
    ['http://a.test/', 'text/html', 'a.test/index.html'],
    ['http://a.test:8080/docs/', 'text/html', 'a.test_8080/docs/index.html'],
    ['http://a.test/page', 'text/html', 'a.test/page.html'],
    ['http://a.test/page.php', 'text/html', 'a.test/page.php.html'],
    ['http://a.test/page.HTM', 'text/html', 'a.test/page.HTM'],
    ['http://a.test/style.php?v=1', 'text/css', 'a.test/style.php@v=1.css'],
    ['http://a.test/style.css?v=1&w=2', 'text/css', 'a.test/style@v=1&w=2.css'],
    ['http://a.test/x?q=a%2Fb', 'image/png', 'a.test/x@q=a_b'],
    ['http://a.test/gr%C3%BC%C3%9Fe/%E6%97%A5', 'text/html', 'a.test/grüße/日.html'],
    ['http://a.test/bad%ff', 'image/png', 'a.test/bad_ff'],
    ['http://a.test/..%2f..%2fetc/passwd', 'text/plain', 'a.test/.._.._etc/passwd'],
    ['http://a.test/a//b', 'image/png', 'a.test/a/_/b'],
    ['http://a.test/CON', 'text/plain', 'a.test/_CON'],
    ['http://a.test/aux.h/nul', 'text/plain', 'a.test/_aux.h/_nul'],
    ['http://a.test/dot./space%20', 'text/plain', 'a.test/dot_/space_'],
    ['http://a.test/a:b*c', 'text/plain', 'a.test/a_b_c'],
    ['http://[::1]/x', 'text/plain', '[__1]/x'],
  ];
  for (const [url, mediaType, path] of table) assert.equal(fileSegments(url, mediaType).join('/'), path, url);
});

test('fileSegments: what is long is shortened by a hash, and different stays different', () => {
  const [, one] = fileSegments(`http://a.test/${'x'.repeat(300)}1`, 'text/html');
  const [, other] = fileSegments(`http://a.test/${'x'.repeat(300)}2`, 'text/html');
  assert.match(one!, /^x{50,}~[0-9a-f]{8}\.html$/);
  assert.notEqual(one, other);
  const deep = fileSegments(`http://a.test/${'a/'.repeat(500)}b`, 'text/html');
  assert.ok(deep.length < 50 && deep.join('/').length < 400);
});

test('fileSegments: safe on every system, for any URL', () => {
  const seed = runSeed('file-names');
  const segment = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('..', 'CON', 'a ', 'NUL.txt', '...', '\u202e'),
  );
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 6 }), fc.string(), (segments, search) => {
      const path = segments.map((each) => encodeURIComponent(each.toWellFormed())).join('/');
      const url = new URL(`http://a.test/${path}?${encodeURIComponent(search.toWellFormed())}`).href;
      for (const name of fileSegments(url, 'text/html')) {
        assert.ok(name !== '' && Buffer.byteLength(name) <= 130, name);
        assert.doesNotMatch(name, /[<>:"|?*\\/\p{Cc}]|[. ]$|^\.+$/u);
        assert.doesNotMatch(name, /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
      }
      assert.ok(fileSegments(url, 'text/html').at(-1)!.endsWith('.html'));
    }),
    { seed, numRuns: 2_000 },
  );
});

test('otherName: another one of the same kind', () => {
  assert.match(otherName('page.html', 'http://a.test/Page'), /^page~[0-9a-f]{8}\.html$/);
  assert.match(otherName('page', 'http://a.test/Page'), /^page~[0-9a-f]{8}$/);
});
