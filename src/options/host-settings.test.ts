import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHostRules, readHosts } from './host-settings.ts';
import { resolveOptions } from './options.ts';
import { readOptions } from './read-options.ts';

const at = (hostname: string, port = 443) => ({ isSecure: true, hostname, port });

test('createHostRules: the most exact name wins, setting by setting', () => {
  const rulesOf = createHostRules(
    readHosts('hosts', {
      'a.example.com': { delayMs: '2s', rateLimit: '100KB' },
      '*': { delayMs: 1, userAgent: 'all/1', concurrency: 2 },
      '*.example.com': { delayMs: 5, userAgent: 'below/1', headers: { 'X-A': '1', 'X-B': '2' }, proxy: null },
      'a.example.com:8443': { proxy: 'socks5://127.0.0.1:9' },
    }),
  );
  const below = { userAgent: 'below/1', concurrency: 2, headers: ['X-A', '1', 'X-B', '2'] };
  assert.deepEqual(rulesOf(at('a.example.com')), { ...below, delayMs: 2000, rateLimit: 102_400, proxy: [] });
  assert.deepEqual(rulesOf(at('a.example.com', 8443))?.proxy, ['socks5://127.0.0.1:9']);
  assert.deepEqual(rulesOf(at('b.example.com')), { ...below, delayMs: 5, proxy: [] });
  assert.deepEqual(rulesOf(at('example.com')), { delayMs: 1, userAgent: 'all/1', concurrency: 2 });
  assert.equal(createHostRules(readHosts('hosts', { 'a.test': { delayMs: 1 } }))(at('b.test')), null);
});

test('hosts: what is no setting is told with its host, and no password is shown', () => {
  const cases: readonly (readonly [hosts: unknown, message: RegExp])[] = [
    [[], /^hosts: \[\] is not an object of hosts, written like /],
    [{ 'a b': {} }, /^hosts: a b is not the name of a host, like example\.com/],
    [{ 'a.test': 5 }, /^hosts: a\.test: its settings are not an object/],
    [{ 'a.test': { delay: 5 } }, /^hosts: a\.test: delay is not a setting of a host: did you mean delayMs\?$/],
    [{ 'a.test': { zzzzzzzzzz: 5 } }, /is not a setting of a host: there are delayMs, concurrency, /],
    [{ 'a.test': { __proto__: null, toString: 5 } }, /^hosts: a\.test: toString is not a setting of a host/],
    [{ 'a.test': { delayMs: -1 } }, /^hosts: a\.test: delayMs is not a whole number from 0 to 86400000/],
    [{ 'a.test': { delayMs: 'soon' } }, /^hosts: a\.test: delayMs is not a duration from 0ms to 1d, written like/],
    [{ 'a.test': { rateLimit: '10 apples' } }, /^hosts: a\.test: rateLimit is not a size, written like/],
    [{ 'a.test': { concurrency: 0 } }, /^hosts: a\.test: concurrency is not a whole number from 1 to 20000/],
    [{ 'a.test': { auth: 's3cret' } }, /^hosts: a\.test: auth is not written like USER:PASS\.$/],
    [{ 'a.test': { headers: { 'Content-Length': '1' } } }, /^hosts: a\.test: headers is not a list of name, value/],
    [{ 'a.test': { proxy: 'ftp://me:s3cret@x' } }, /^hosts: a\.test: proxy is not a list of texts, each the address/],
    [{ '*.a.test': { auth: 'me:s3cret' } }, /^hosts: \*\.a\.test: a password goes to one host: name that host\.$/],
    [{ '*': { headers: ['Cookie', 's3cret'] } }, /^hosts: \*: a password goes to one host/],
  ];
  for (const [hosts, message] of cases) {
    const given = { roots: 'https://a.test', hosts } as Parameters<typeof resolveOptions>[0];
    assert.throws(
      () => resolveOptions(given),
      (error: Error) => message.test(error.message) && !/s3cret/.test(error.message),
      String(message),
    );
  }
});

test('--hosts: the same as JSON', () => {
  const typed = (text: string) => [{ name: 'hosts', as: '--hosts', text }] as const;
  const { hosts } = readOptions(['https://a.test'], typed('{"a.test": {"delayMs": "1s"}}'), {});
  assert.deepEqual(hosts, { 'a.test': { delayMs: 1000 } });
  assert.throws(
    () => readOptions(['https://a.test'], typed('{"a.test": '), {}),
    /--hosts: .* is not an object of hosts, written like/,
  );
});
