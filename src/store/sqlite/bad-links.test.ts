import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../../test/contract/store.ts';
import { ROWS_READ_MAX } from '../../base/limits.ts';
import { allOf } from '../../base/paged.ts';
import { removeFromStore } from './removal.ts';
import { retryInStore } from './retry.ts';
import { openLedger, openStore } from './store.ts';

test('badLinks: all of them in order of page, however many, until the page is asked again or taken down', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-bad-links-'));
  const location = join(folder, 'gossamer.db');
  const { frontier } = await openStore(location, { identity: IDENTITY, now: NOW });
  await frontier.add([1, 2, 3, 4].map((page) => found(`https://a.test/${page}`)));
  const leases = await frontier.lease(4, NOW, FREE);
  const many = Array.from({ length: ROWS_READ_MAX + 10 }, (_, at) => ({ href: `http://[${at}`, element: 'a' }));
  const few = [
    { href: 'http://[1', element: 'iframe' },
    { href: 'http://[1', element: 'a' },
  ];
  await settle(
    frontier,
    ended(leases[0]!, { badLinks: many }),
    ended(leases[1]!, { badLinks: few }),
    ended(leases[2]!, { badLinks: [] }),
    ended(leases[3]!, { badLinks: few }),
  );
  await frontier.close();
  const read = async (): Promise<string[]> => {
    const ledger = openLedger(location);
    const all = (await allOf(ledger.links.bad())).map(({ page, href, element }) => `${page} ${href} ${element}`);
    await ledger.close();
    return all;
  };
  const first = many.map(({ href }) => `1 ${href} a`);
  assert.deepEqual(await read(), [...first, '2 http://[1 iframe', '4 http://[1 iframe']);
  retryInStore(location, { reasons: [], errors: [], statuses: [], ids: [2], lost: [], lostRecords: [] }, NOW);
  assert.deepEqual(await read(), [...first, '4 http://[1 iframe']);
  removeFromStore(location, 1, [], NOW);
  assert.deepEqual(await read(), ['4 http://[1 iframe']);
  rmSync(folder, { recursive: true });
});
