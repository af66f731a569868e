import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyBudget } from '../base/body-budget.ts';
import type { Archive, Outcome } from '../base/contracts.ts';
import { blankOutcome } from '../fetch/blank-outcome.ts';
import { archivedFetch } from './archiving.ts';

const URL = 'http://a.test/robots.txt';

/** An archive whose appends end as `append` says. */
function archiveOf(append: () => Promise<null>): Archive & { readonly kept: Outcome[] } {
  const kept: Outcome[] = [];
  const appendKept = (outcome: Outcome): Promise<null> => {
    kept.push(outcome);
    return append();
  };
  return { kept, append: appendKept, close: async () => {} };
}

for (const [disk, append] of [
  ['never ready', () => new Promise<null>(() => {})],
  ['full', () => Promise.reject(new Error('disk full'))],
] as const) {
  test(`archivedFetch: what came is known at once and is handed to the archive, also where the disk is ${disk}`, async () => {
    const outcome = blankOutcome(URL, 1);
    const archive = archiveOf(append);
    const fetch = archivedFetch(async () => outcome, archive, new BodyBudget(1));
    assert.equal(await fetch({ url: URL, method: 'GET' }, new AbortController().signal), outcome);
    assert.deepEqual(archive.kept, [outcome]);
  });
}
