import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { resolveOptions } from './options.ts';
import { rootUrl } from './root-url.ts';

const ROOT = 'https://example.com/';

function refuses(act: () => unknown, part: string): void {
  assert.throws(act, (error: Error & { code?: string }) => error.code === 'usage' && error.message.includes(part));
}

test('rootUrl: https unless the host is loopback', () => {
  assert.equal(rootUrl('example.com'), 'https://example.com/');
  assert.equal(rootUrl(' example.com:8443/a#b '), 'https://example.com:8443/a');
  assert.equal(rootUrl('HTTP://Example.com/A?b'), 'http://example.com/A?b');
  assert.equal(rootUrl('localhost:8080'), 'http://localhost:8080/');
  assert.equal(rootUrl('site.localhost/x'), 'http://site.localhost/x');
  assert.equal(rootUrl('example.com:80'), 'https://example.com:80/');
  assert.equal(rootUrl('intranet:8080/a'), 'https://intranet:8080/a');
  assert.equal(rootUrl('tel.example:123'), 'https://tel.example:123/');
  assert.equal(rootUrl('127.0.0.1:3000/x'), 'http://127.0.0.1:3000/x');
  assert.equal(rootUrl('[::1]:8080'), 'http://[::1]:8080/');
  assert.equal(rootUrl('localhost.example.com'), 'https://localhost.example.com/');
  assert.equal(rootUrl('https://localhost/'), 'https://localhost/');
  assert.equal(rootUrl('bücher.example'), 'https://xn--bcher-kva.example/');
});

test('rootUrl: what is no http URL is named', () => {
  for (const bad of [
    '',
    'http://',
    'ftp://example.com/',
    'mailto:a@b.example',
    'javascript:alert(1)',
    'javascript:1',
    'JavaScript:0/x',
    'mailto:x',
    'data:1',
    'tel:123',
    'sms:123?body=x',
    'urn:1',
    'about:0#x',
    'not a url',
    './page.html',
    '/page',
    'http://[::1',
    '?x',
  ]) {
    refuses(() => rootUrl(bad), JSON.stringify(bad));
  }
  refuses(() => rootUrl(7), '7');
});

test('rootUrl: a password is refused and not repeated', () => {
  refuses(() => rootUrl('https://me:secret@example.com/'), '--auth');
  assert.throws(
    () => rootUrl('https://me:secret@example.com/'),
    (error: Error) => !error.message.includes('secret'),
  );
});

test('resolveOptions: roots are texts or URLs, and each bad one of a list is named by its place', () => {
  const url = new URL('https://example.com/a#b');
  assert.deepEqual(resolveOptions({ roots: url }).roots, ['https://example.com/a']);
  assert.deepEqual(resolveOptions({ roots: [url, 'example.org'] }).roots, [
    'https://example.com/a',
    'https://example.org/',
  ]);
  const other = runInNewContext('new URL("https://example.com/c")', { URL }) as URL;
  assert.deepEqual(resolveOptions({ roots: [other, other] }).roots, ['https://example.com/c']);
  refuses(() => resolveOptions({ roots: new URL('ftp://example.com/') }), '"ftp://example.com/" is not an http');
  refuses(() => resolveOptions({ roots: [ROOT, 'ftp://a/'] }), 'root 2: "ftp://a/"');
  const bad = [ROOT, 'ftp://a/', '', 7, 'http://b/\thttp://c/', null, 'https://me:secret@d/'];
  assert.throws(() => resolveOptions({ roots: bad as never }), {
    code: 'usage',
    message: [
      '6 of 7 roots are not URLs to begin at:',
      'root 2: "ftp://a/" is not an http or https URL to begin at.',
      'root 3: "" is not an http or https URL to begin at.',
      'root 4: 7 is not a URL to begin at.',
      'root 5: "http://b/\\thttp://c/" contains a tab or a line break: give one URL alone.',
      'root 6: null is not a URL to begin at.',
      'root 7: "https://...@d" contains a name and password: give them with --auth USER:PASS.',
    ].join('\n  '),
  });
  assert.throws(() => resolveOptions({ roots: '?'.repeat(3_000) }), /^UsageError: "\?{199}\.\.\. is not an http/);
  const many = Array.from({ length: 1_234 }, () => '?');
  assert.throws(() => resolveOptions({ roots: many }), /^UsageError: 1234 of 1234 .*\n {2}and 1134 more$/s);
});
