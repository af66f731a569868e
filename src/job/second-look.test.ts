import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../test/contract/store-samples.ts';
import { systemClock } from '../base/clock.ts';
import { tellOfRoots } from '../options/root-url.ts';
import { openStore } from '../store/sqlite/store.ts';
import { createScope } from '../url/scope.ts';
import { createSecondLook } from './second-look.ts';

const ROOTS = ['https://a.test/', 'https://b.test/'];

test('createSecondLook: a place that another process has found is judged by what is in scope now', async () => {
  const identity = { ...IDENTITY, scope: 'host', roots: ROOTS } as const;
  const { frontier, ledger } = await openStore(':memory:', { identity, now: NOW });
  const scope = createScope({ ...identity, strict: false });
  const lookAgain = createSecondLook({
    ...{ frontier, ledger, scope, clock: systemClock },
    admission: { again: scope.admits },
    learnFromOthers: () => tellOfRoots(scope, ledger, { roots: ROOTS, redirectsMax: 10 }),
  });
  const reasonOf = async (path: string): Promise<unknown> => {
    const { state, reason } = (await ledger.rows.find(`https://c.test${path}`))!;
    return reason ?? state;
  };
  await frontier.add(ROOTS.map((url) => found(url)));
  const [one, other] = await frontier.lease(2, NOW, FREE);
  const links = ['/page', '/private'].map((path) => found(`https://c.test${path}`, { depth: 1, skip: 'scope' }));
  await settle(frontier, ended(one!, { links }));
  assert.equal(await lookAgain(), false);
  await settle(frontier, ended(other!, { redirect: found('https://c.test/') }));
  assert.equal(await lookAgain(), false, 'where the root ends is not known yet');
  const [end] = await frontier.lease(1, NOW, FREE);
  await settle(frontier, ended(end!));
  assert.equal(await lookAgain(), true);
  assert.deepEqual([await reasonOf('/page'), await reasonOf('/private')], ['queued', 'excluded']);
  assert.equal(await lookAgain(), false, 'each is judged once');
  await frontier.close();
});
