import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusedPort } from './ports.ts';

test('isRefusedPort: refuses the ports of other protocols', () => {
  for (const port of [0, 21, 22, 23, 25, 110, 143, 587, 993, 6000, 6379, 6667, 10080, 11211]) {
    assert.equal(isRefusedPort(port), true, String(port));
  }
});

test('isRefusedPort: lets the web and every unlisted port through', () => {
  for (const port of [80, 443, 3000, 8000, 8080, 8443, 9090, 65535])
    assert.equal(isRefusedPort(port), false, String(port));
});
