import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostPatternOf, matchesHost } from './host-pattern.ts';

function partsOf(url: string) {
  const { protocol, hostname, port } = new URL(url);
  const isSecure = protocol === 'https:';
  return { isSecure, hostname: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (isSecure ? 443 : 80) };
}

test('matchesHost: a name, a port, a scheme, and what stands below a name', () => {
  const cases: readonly (readonly [pattern: string, yes: readonly string[], no: readonly string[]])[] = [
    ['Example.com.', ['http://example.com', 'https://example.com:8443'], ['http://www.example.com']],
    ['example.com:8080', ['http://example.com:8080'], ['http://example.com', 'http://example.com:8081']],
    ['https://example.com', ['https://example.com', 'https://example.com:8443'], ['http://example.com']],
    ['example.com:443', ['https://example.com'], ['http://example.com']],
    [
      '*.example.com',
      ['http://a.example.com', 'https://a.b.example.com:1'],
      ['http://example.com', 'http://xexample.com'],
    ],
    ['*', ['http://a.test', 'https://[::1]:3'], []],
    ['[::1]', ['http://[::1]:80'], ['http://[::2]']],
    ['bücher.example', ['https://xn--bcher-kva.example'], []],
  ];
  for (const [text, yes, no] of cases) {
    const pattern = hostPatternOf(text)!;
    for (const url of yes) assert.ok(matchesHost(pattern, partsOf(url)), `${text} ${url}`);
    for (const url of no) assert.ok(!matchesHost(pattern, partsOf(url)), `${text} ${url}`);
  }
});

test('hostPatternOf: the more exact one has more, and what is no name of a host is none', () => {
  const rising = ['*', '*:80', '*.com', '*.example.com', '*.a.example.com', 'a.example.com', 'a.example.com:80'];
  const exact = rising.map((text) => hostPatternOf(text)!.exactness);
  assert.deepEqual(
    exact,
    exact.toSorted((a, b) => a - b),
  );
  assert.equal(new Set(exact).size, exact.length);
  for (const text of ['', 'a b', 'http://a/path', 'a:0', 'a:99999', '*.*', 'a.*', 'user@a', '**', 'ftp://a'])
    assert.equal(hostPatternOf(text), null, text);
});
