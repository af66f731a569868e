import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../../test/contract/store.ts';
import type { Ledger } from '../../base/contracts.ts';
import { allOf } from '../../base/paged.ts';
import { removeFromStore } from './removal.ts';
import { openLedger, openStore } from './store.ts';

const OPTIONS = { identity: IDENTITY, now: NOW };

/** How many rows are in each state, counted one by one. */
async function counted(ledger: Ledger): Promise<object> {
  const counts = { queued: 0, leased: 0, done: 0, failed: 0, skipped: 0, unreadSitemaps: 0 };
  for (const { state } of await allOf(ledger.rows.all())) counts[state] += 1;
  return counts;
}

test('removeFromStore: a URL in any state, as often as one likes, leaves the totals right and the job open', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-removal-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const location = join(folder, 'gossamer.db');
  const { frontier } = await openStore(location, OPTIONS);
  const paths = ['done', 'failed', 'skipped', 'moved', 'queued', 'out'];
  await frontier.add(paths.map((path) => found(`https://a.test/${path}`, { skip: path === 'out' ? 'scope' : null })));
  const [done, failed, skipped, moved] = await frontier.lease(4, NOW, FREE);
  await settle(
    frontier,
    ended(done!),
    ended(failed!, { state: 'failed', error: 'reset', response: null }),
    ended(skipped!, { state: 'skipped', reason: 'robots', response: null }),
    ended(moved!, { redirect: found('https://a.test/done') }),
  );
  await frontier.close();

  for (const [times, at] of [NOW, NOW + 1000, NOW + 2000].entries()) {
    for (let id = 1; id <= paths.length; id += 1) {
      removeFromStore(location, id, [], at);
      const ledger = openLedger(location);
      assert.deepEqual(await ledger.job.counts(), await counted(ledger), `${paths[id - 1]} for the ${times + 1}. time`);
      assert.deepEqual(
        [await ledger.rows.removedAt(id), (await ledger.rows.find(`https://a.test/${paths[id - 1]}`))?.reason],
        [NOW, 'removed'],
      );
      await ledger.close();
    }
    const { frontier, ledger, mended } = await openStore(location, OPTIONS);
    assert.deepEqual(mended, []);
    assert.deepEqual(await ledger.job.counts(), {
      queued: 0,
      leased: 0,
      done: 0,
      failed: 0,
      skipped: paths.length,
      unreadSitemaps: 0,
    });
    await frontier.close();
  }
});
