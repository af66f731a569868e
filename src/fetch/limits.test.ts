import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fetch } from '../base/contracts.ts';
import { URL_LENGTH_MAX } from '../base/limits.ts';
import { blankOutcome } from './blank-outcome.ts';
import { limitsLayer } from './limits.ts';

const unasked: Fetch = (request) => Promise.resolve({ ...blankOutcome(request.url, 7), status: 200 });
const fetch = limitsLayer(() => 7)(unasked);
const { signal } = new AbortController();

test('limitsLayer: a usual request goes on', async () => {
  assert.equal((await fetch({ url: 'http://a.test/', method: 'GET', headers: ['Accept', '*/*'] }, signal)).status, 200);
});

test('limitsLayer: refuses a URL that is too long', async () => {
  const url = `http://a.test/${'x'.repeat(URL_LENGTH_MAX)}`;
  const outcome = await fetch({ url, method: 'GET' }, signal);
  assert.equal(outcome.refused, 'url-length');
  assert.equal(outcome.startedAt, 7);
});

test('limitsLayer: an aborted signal begins nothing', async () => {
  const outcome = await fetch({ url: 'http://a.test/', method: 'GET' }, AbortSignal.abort());
  assert.equal(outcome.error, 'aborted');
});

test('limitsLayer: no header of a request may carry a line break', async () => {
  for (const headers of [
    ['X', 'a\r\nHost: b'],
    ['X\n', 'a'],
    ['X', 'a\0'],
    ['X', 'ж'],
    ['', 'a'],
  ]) {
    const outcome = await fetch({ url: 'http://a.test/', method: 'GET', headers }, signal);
    assert.equal(outcome.error, 'http-malformed', JSON.stringify(headers));
    assert.equal(outcome.status, 0);
  }
});
