import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankOutcome } from './blank-outcome.ts';
import { createGuard, type GuardRules, guardLayer } from './guard.ts';
import { Origins } from './net/origins.ts';

const STRICT: GuardRules = { allowPrivate: false, allowedHosts: [], allowedAddresses: new Map(), allowedPorts: [] };

async function refusedBy(rules: GuardRules, url: string): Promise<string | null> {
  const guard = createGuard(rules);
  const layer = guardLayer(new Origins(guard.verdictOf), () => 0);
  const fetch = layer((request) => Promise.resolve(blankOutcome(request.url, 0)));
  const outcome = await fetch({ url, method: 'GET' }, new AbortController().signal);
  assert.equal(outcome.status, 0);
  assert.equal(outcome.error, null);
  return outcome.refused;
}

const TABLE: readonly (readonly [string, string | null])[] = [
  ['http://example.com/', null],
  ['https://example.com:8443/', null],
  ['http://1.1.1.1/', null],
  ['ftp://example.com/', 'scheme'],
  ['file:///etc/passwd', 'scheme'],
  ['javascript:alert(1)', 'scheme'],
  ['data:text/html,x', 'scheme'],
  ['http://example.com:22/', 'port'],
  ['http://example.com:25/', 'port'],
  ['http://example.com:6379/', 'port'],
  ['http://127.0.0.1/', 'address'],
  ['http://0x7f.1/', 'address'],
  ['http://2130706433/', 'address'],
  ['http://017700000001/', 'address'],
  ['http://127.1/', 'address'],
  ['http://[::1]/', 'address'],
  ['http://[::ffff:127.0.0.1]/', 'address'],
  ['http://[fe80::1%25eth0]/', 'address'],
  ['http://[64:ff9b::7f00:1]/', 'address'],
  ['http://[2002:7f00:1::]/', 'address'],
  ['http://169.254.169.254/latest/meta-data/', 'address'],
  ['http://good@10.0.0.1/', 'address'],
];

for (const [url, expected] of TABLE) {
  test(`guard: ${url} ${expected === null ? 'goes on' : `is refused for its ${expected}`}`, async () => {
    assert.equal(await refusedBy(STRICT, url), expected);
  });
}

test('guard: a private host that a root names is allowed, and no other', async () => {
  const rules = { ...STRICT, allowedHosts: ['127.0.0.1', '[::1]', 'LOCALHOST'] };
  assert.equal(await refusedBy(rules, 'http://127.0.0.1:8080/'), null);
  assert.equal(await refusedBy(rules, 'http://[::1]/'), null);
  assert.equal(await refusedBy(rules, 'http://127.0.0.2/'), 'address');
  const guard = createGuard(rules);
  assert.equal(guard.admits('localhost', '127.0.0.1'), true);
  assert.equal(guard.admits('example.com', '127.0.0.1'), false);
  assert.equal(guard.admits('example.com', '1.1.1.1'), true);
});

test('guard: a name may have the private addresses that are known of it, and no other', () => {
  const guard = createGuard({ ...STRICT, allowedAddresses: new Map([['shop.test', ['10.0.0.1', 'fd00::1']]]) });
  const admitted = (name: string): string[] =>
    ['10.0.0.1', 'fd00::1', '10.0.0.2', '127.0.0.1', '169.254.169.254', '::ffff:10.0.0.1', '1.1.1.1'].filter(
      (address) => guard.admits(name, address),
    );
  assert.deepEqual(admitted('shop.test'), ['10.0.0.1', 'fd00::1', '1.1.1.1']);
  assert.deepEqual(admitted('www.shop.test'), ['1.1.1.1']);
});

test('guard: the user may allow private addresses and single ports', async () => {
  assert.equal(await refusedBy({ ...STRICT, allowPrivate: true }, 'http://10.0.0.1/'), null);
  assert.equal(await refusedBy({ ...STRICT, allowedPorts: [6379] }, 'http://example.com:6379/'), null);
  assert.equal(await refusedBy({ ...STRICT, allowedPorts: [6379] }, 'http://example.com:22/'), 'port');
});
