import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasContent, isContent, writtenLocation } from './redirects.ts';

test('writtenLocation: the first that names something, of what is a redirect', () => {
  for (const [status, headers, location] of [
    [302, ['Location', '/a'], '/a'],
    [308, ['location', '', 'LOCATION', ' /b'], ' /b'],
    [301, ['Location', '  '], null],
    [303, [], null],
    [200, ['Location', '/a'], null],
    [300, ['Location', '/a'], null],
    [304, ['Location', '/a'], null],
  ] as const) {
    assert.equal(writtenLocation({ status, headers }), location, `${status} ${headers}`);
  }
});

test('isContent, hasContent: successes, and redirects that lead nowhere', () => {
  for (const [status, location, expected] of [
    [200, null, true],
    [299, '/a', true],
    [302, null, true],
    [302, '/a', false],
    [300, null, false],
    [404, null, false],
  ] as const) {
    const headers = location === null ? [] : ['Location', location];
    assert.equal(isContent({ status, headers }), expected, `${status} ${location}`);
    assert.equal(hasContent({ status, redirectTo: location }), expected, `row with ${status} ${location}`);
  }
  assert.equal(hasContent({ status: null, redirectTo: null }), false);
});
