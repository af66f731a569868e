import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretLines } from './secret-lines.ts';

const told = (headers: readonly string[], secretHeaders: readonly string[] = []): string =>
  secretLines({ headers, secretHeaders }).join('\n');

test('secretLines: a field that sounds like a secret and goes to every host is told once', () => {
  for (const name of [
    'X-Api-Key',
    'PRIVATE-TOKEN',
    'apikey',
    'X-Auth-Email',
    'CF-Access-Client-Secret',
    'X-Session-Id',
  ]) {
    const text = told([name, '1', name, '2']);
    assert.match(text, new RegExp(`^${name} goes to every host .*--secret-header ${name}[^\n]*$`));
  }
  assert.equal(told(['X-Api-Key', '1', 'Ocp-Apim-Subscription-Key', '2']).split('\n').length, 2);
});

test('secretLines: nothing is told of fields that are no secrets, that are kept, or that are for one origin', () => {
  assert.equal(told(['Accept-Language', 'de', 'X-Author', 'me', 'Cache-Control', 'no-cache', 'X-Custom', '1']), '');
  assert.equal(told(['Authorization', 'Bearer x', 'Cookie', 'a=1']), '');
  assert.equal(told(['x-api-key', '1'], ['X-Api-Key']), '');
  assert.equal(told(['https://api.test=X-Api-Key', '1']), '');
});
