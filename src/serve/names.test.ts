import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserName, namesOf, plainAddress, shownName, withPort } from './names.ts';

test('namesOf, shownName: the printed name is one by which the server may be asked', () => {
  for (const typed of [
    '127.0.0.1',
    'localhost',
    'LOCALHOST',
    '127.0.0.2',
    '::1',
    '192.0.2.7',
    'FE80::1',
    '0.0.0.0',
    '::',
  ]) {
    const address = plainAddress(typed);
    const shown = shownName(address);
    assert.ok(namesOf(address).includes(shown), `${typed}: ${shown} of ${namesOf(address).join(' ')}`);
    // As the browser writes it into the header Host.
    assert.equal(new URL(`http://${shown}/`).hostname, shown, typed);
  }
  assert.deepEqual(['::1', '127.0.0.2', 'fe80::1'].map(browserName), ['localhost', '127.0.0.2', '[fe80::1]']);
  assert.ok(namesOf('::1').includes(browserName('::1')));
  assert.deepEqual(namesOf('192.0.2.7'), ['192.0.2.7'], 'no other name leads there');
});

test('withPort: as browsers write it', () => {
  for (const port of [80, 443, 7070])
    assert.equal(withPort('127.0.0.1', port), new URL(`http://127.0.0.1:${port}/`).host);
});
