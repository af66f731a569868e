import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../../test/contract/store.ts';
import { mountSmallDisk, NO_SMALL_DISK, roomMadeBy } from '../../../test/helpers/small-disk.ts';
import { allOf } from '../../base/paged.ts';
import type { Store } from '../store.ts';
import { openStore } from './store.ts';

const ROUNDS = 40;

/**
 * Settles pages with new links, repeats and links nearer to a root, with sitemaps in between. It does the same whatever
 * happens to the disk.
 */
async function work({ frontier, sitemaps }: Store): Promise<void> {
  const url = (page: number) => `https://h${page % 3}.test/${'long/'.repeat(20)}${page}`;
  await frontier.add([found(url(0), { depth: 5 })]);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const leases = await frontier.lease(5, NOW, FREE);
    const settlements = leases.map((lease) => {
      const links = [1, 2, 3, 4].map((nth) => found(url(lease.id * 2 + nth), { depth: Math.max(1, 8 - round) }));
      return lease.id % 4 === 0 && lease.tries === 0
        ? ended(lease, { state: 'queued', error: 'reset', response: null })
        : ended(lease, { links });
    });
    const map = `https://h0.test/${'map/'.repeat(100)}${round}.xml`;
    await Promise.all([
      settle(frontier, ...settlements),
      sitemaps.add([{ url: map, host: 'https://h0.test', depth: 0, namedIn: null }]),
    ]);
    await frontier.add([found(url(1_000 + round), { depth: 2 })]);
  }
}

async function contentOf({ ledger }: Store): Promise<unknown> {
  const rows = (await allOf(ledger.rows.all())).map(({ id, url, state, depth, tries, referrer }) => [
    id,
    url,
    state,
    depth,
    tries,
    referrer,
  ]);
  return {
    rows,
    links: await allOf(ledger.links.lists()),
    counts: await ledger.job.counts(),
    sitemaps: (await allOf(ledger.job.sitemaps())).map(({ url }) => url),
  };
}

test('write: what a full disk refuses is done again once there is room, and the store is as if nothing had been', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-full-'));
  context.after(() => rmSync(folder, { recursive: true }));
  let sizeKb = 400;
  using disk = mountSmallDisk(folder, `${sizeKb}k`);
  if (disk === null) return context.skip(NO_SMALL_DISK);
  const lacked: string[] = [];
  const room = roomMadeBy(async (error) => {
    lacked.push((error as { code: string }).code);
    // Lets other tasks run while a write waits.
    await new Promise(setImmediate);
    sizeKb += 100;
    disk.remount(`size=${sizeKb}k`);
  });
  const options = { identity: { ...IDENTITY, depth: 6 }, now: NOW, seed: [1, 2] as const };
  const location = join(folder, 'gossamer.db');
  const starved = await openStore(location, { ...options, room });
  await work(starved);
  const undisturbed = await openStore(':memory:', options);
  await work(undisturbed);
  assert.ok(lacked.length > 3, `${lacked}`);
  assert.deepEqual(await contentOf(starved), await contentOf(undisturbed));
  await starved.frontier.close();
  const again = await openStore(location, options);
  assert.deepEqual(again.mended, []);
  assert.deepEqual(await contentOf(again), await contentOf(undisturbed));
  await again.frontier.close();
  await undisturbed.frontier.close();
});
