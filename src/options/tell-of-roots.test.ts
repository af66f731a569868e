// Very many roots hold up the event loop for no longer than anything else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { madeJob } from '../../test/helpers/made-job.ts';
import { tellOfRoots } from './root-url.ts';

test('tellOfRoots: between any two of very many roots the event loop may have its turn', async () => {
  const { ledger, frontier } = await madeJob({});
  const roots = Array.from({ length: 100 }, (_, at) => `http://h${at}.test/`);
  const ended: string[] = [];
  const scope = { countsRefreshes: true, moved: () => {}, ended: (url: string) => void ended.push(url) };
  let pauses = 0;
  await tellOfRoots(scope, ledger, { roots, redirectsMax: 10 }, () => {
    pauses += 1;
    assert.equal(ended.length, pauses);
    return null;
  });
  assert.deepEqual([ended, pauses], [roots, roots.length]);
  await frontier.close();
});
