import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../../test/contract/store.ts';
import { runSeed, seededRandom } from '../../../test/helpers/random.ts';
import type { Ledger, Settlement } from '../../base/contracts.ts';
import { allOf } from '../../base/paged.ts';
import type { Selection } from '../job-location.ts';
import { matchInStore, retryInStore } from './retry.ts';
import { openLedger, openStore } from './store.ts';

const OPTIONS = { identity: IDENTITY, now: NOW };
const NOTHING: Selection = { reasons: [], errors: [], statuses: [], ids: [], lost: [], lostRecords: [] };
const LATER = NOW + 5000;
const url = (page: number): string => `https://${page % 2 === 0 ? 'a' : 'b'}.test/${page}`;
const place = (offset: number) => ({ file: 'archive/a-1.warc.gz', offset, length: 10 });

/** Makes a job with six URLs that were settled in different ways (ids from 1) and one that was never requested. */
async function makeJob(context: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-retry-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const location = join(folder, 'gossamer.db');
  const { frontier } = await openStore(location, OPTIONS);
  await frontier.add([1, 2, 3, 4, 5, 6].map((page) => found(url(page))));
  await frontier.add([found(url(7), { skip: 'depth' })]);
  const leases = new Map((await frontier.lease(6, NOW, FREE)).map((lease) => [lease.id, lease]));
  const end = (id: number, more: Partial<Settlement>): Settlement => ended(leases.get(id)!, more);
  await settle(frontier, end(2, { state: 'queued', error: 'reset', response: null }));
  const [second] = await frontier.lease(1, NOW, FREE);
  await settle(
    frontier,
    end(1, { place: place(0), links: [found(url(9))] }),
    ended(second!, { state: 'failed', error: 'reset', response: null }),
    end(3, { state: 'failed', error: 'refused', response: null, fetchedAt: 0 }),
    end(4, { state: 'skipped', reason: 'robots', response: null, fetchedAt: 0 }),
    end(5, { response: { ...ended(leases.get(5)!).response!, status: 503 }, place: place(10) }),
    end(6, { redirect: found(url(11)), place: place(20) }),
  );
  const robots = { fetchedAt: NOW, expiresAt: NOW + 9000, status: 200, body: new Uint8Array(3) };
  const hosts = [
    { host: 'https://a.test', heldUntil: NOW + 9000, why: 'refused', robots },
    { host: 'https://b.test', heldUntil: NOW + 9000, why: 'status 429', robots },
  ];
  await frontier.settle({ settlements: [], hosts, run: null });
  await frontier.close();
  return location;
}

async function reading<T>(location: string, read: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = openLedger(location);
  try {
    return await read(ledger);
  } finally {
    await ledger.close();
  }
}

async function idsIn(location: string, state: 'queued'): Promise<number[]> {
  return await reading(location, async (ledger) => (await allOf(ledger.rows.all({ state }))).map(({ id }) => id));
}

/** Throws if the totals differ from the rows. */
async function assertSound(location: string): Promise<void> {
  const store = await openStore(location, OPTIONS);
  const rows = await allOf(store.ledger.rows.all());
  const { nextAt: _, awaited: __, ...counts } = store.frontier.counts();
  const counted = { queued: 0, leased: 0, done: 0, failed: 0, skipped: 0 };
  for (const { state } of rows) counted[state] += 1;
  assert.deepEqual(counts, counted);
  await store.frontier.close();
}

test('retryInStore: each way of naming rows means those rows', async (context) => {
  const table: [Partial<Selection>, number[]][] = [
    [{ errors: ['reset'] }, [2]],
    [{ errors: ['refused', 'reset'] }, [2, 3]],
    [{ reasons: ['robots'] }, [4]],
    [{ reasons: ['depth'] }, [7]],
    [{ reasons: ['robots', 'depth'], errors: ['refused'] }, [3, 4, 7]],
    [{ statuses: [[500, 599]] }, [5]],
    [
      {
        statuses: [
          [200, 299],
          [503, 503],
        ],
      },
      [1, 5, 6],
    ],
    [{ ids: [1, 7] }, [1, 7]],
    [{ lost: [6], ids: [6] }, [6]],
    [{ errors: ['min-rate'] }, []],
    [{ ids: [8, 999] }, []],
  ];
  for (const [selection, expected] of table) {
    const location = await makeJob(context);
    const before = await idsIn(location, 'queued');
    const matched = matchInStore(location, { ...NOTHING, ...selection });
    assert.deepEqual(await idsIn(location, 'queued'), before);
    assert.deepEqual(retryInStore(location, { ...NOTHING, ...selection }, LATER), matched);
    const added = (await idsIn(location, 'queued')).filter((id) => !before.includes(id));
    assert.deepEqual(added, expected, JSON.stringify(selection));
    assert.equal(
      matched.reduce((sum, [, urls]) => sum + urls, 0),
      expected.length,
    );
    await assertSound(location);
    assert.deepEqual(retryInStore(location, { ...NOTHING, ...selection }, LATER), [], 'again');
    await assertSound(location);
  }
});

test('retryInStore: what was, stays as an attempt, and the records of the archive are known', async (context) => {
  const location = await makeJob(context);
  const asked = await reading(location, async (ledger) => [...(await ledger.rows.askedByHost())]);
  retryInStore(location, { ...NOTHING, ids: [1, 2, 4, 6, 7], lost: [5] }, LATER);
  await reading(location, async (ledger) => {
    const attempts = async (id: number) =>
      (await ledger.rows.attempts(id)).map(({ at, error, status, takenBack }) => {
        return [
          at,
          error ?? status,
          takenBack?.state ?? null,
          takenBack?.reason ?? null,
          takenBack?.archive?.offset ?? null,
        ];
      });
    assert.deepEqual(await attempts(1), [[NOW, 200, 'done', null, 0]]);
    assert.deepEqual(await attempts(2), [
      [NOW, 'reset', null, null, null],
      [NOW, 'reset', 'failed', null, null],
    ]);
    assert.deepEqual(await attempts(4), [[0, 0, 'skipped', 'robots', null]]);
    assert.deepEqual(await attempts(5), [[NOW, 503, 'done', null, null]]);
    assert.deepEqual(await attempts(7), [[0, 0, 'skipped', 'depth', null]]);
    assert.equal((await ledger.rows.attempts(6))[0]?.takenBack?.redirectTo, url(11));
    assert.equal((await ledger.rows.attempts(6))[0]?.takenBack?.againAt, LATER);
    assert.deepEqual(
      (await allOf(ledger.archived.earlier())).map(({ url, status, sha256, archive }) => [
        url,
        status,
        sha256,
        archive,
      ]),
      [
        [url(1), 200, 'ab'.repeat(32), place(0)],
        [url(6), 200, 'ab'.repeat(32), place(20)],
      ],
    );
    // The end of the last known record, even if it is not the record of a row.
    assert.deepEqual([...(await ledger.archived.ends())], [['archive/a-1.warc.gz', 30]]);
    // A limit of URLs still counts them once.
    assert.deepEqual([...(await ledger.rows.askedByHost())].sort(), asked.sort());
    const row = (await ledger.rows.find(url(1)))!;
    const { state, reason, tries, dueAt, archive, text, links, status } = row;
    assert.deepEqual(
      [state, reason, tries, dueAt, archive, text, links, status],
      ['queued', null, 0, null, null, null, 0, null],
    );
  });
});

test('retryInStore: the leases of what it put back say so, those of all others do not', async (context) => {
  const location = await makeJob(context);
  const before = await idsIn(location, 'queued');
  retryInStore(location, { ...NOTHING, ids: [4, 7] }, LATER);
  const { frontier } = await openStore(location, OPTIONS);
  const leases = await frontier.lease(20, LATER, FREE);
  assert.deepEqual(
    leases.map(({ id, wasTakenBack }) => (wasTakenBack ? -id : id)).sort((a, b) => a - b),
    [-7, -4, ...before],
  );
  await frontier.close();
});

test('retryInStore: a host that could not be reached is tried at once, one that asked to wait is not', async (context) => {
  const location = await makeJob(context);
  retryInStore(location, { ...NOTHING, errors: ['refused', 'reset'], reasons: ['robots'] }, LATER);
  await reading(location, async (ledger) => {
    const hosts = (await allOf(ledger.job.hosts())).map(({ heldUntil, robots }) => [heldUntil, robots?.expiresAt]);
    // The row that robots.txt denied belongs to the first host.
    assert.deepEqual(
      hosts.sort(),
      [
        [null, 0],
        [NOW + 9000, NOW + 9000],
      ].sort(),
    );
  });
});

test('retryInStore: a store in which rows are settled and asked again in any order is sound', async (context) => {
  const location = await makeJob(context);
  const random = seededRandom(runSeed('retry'));
  for (let round = 0; round < 12; round += 1) {
    const ids = Array.from({ length: 4 }, () => 1 + Math.floor(random() * 9));
    retryInStore(location, { ...NOTHING, [random() < 0.3 ? 'lost' : 'ids']: ids }, LATER + round);
    const { frontier } = await openStore(location, OPTIONS);
    const leases = await frontier.lease(1 + Math.floor(random() * 4), LATER, FREE);
    await settle(
      frontier,
      ...leases.map((lease) => {
        const dice = random();
        if (dice < 0.2) return ended(lease, { state: 'queued', error: 'reset', response: null });
        if (dice < 0.4) return ended(lease, { state: 'skipped', reason: 'budget', response: null, fetchedAt: 0 });
        return ended(lease, { place: place(100 * round + lease.id), links: [found(url(20 + round))] });
      }),
    );
    await frontier.close();
    await assertSound(location);
  }
});
