import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { ended, FREE, found, IDENTITY, NOW, settle } from '../../../test/contract/store.ts';
import type { Row } from '../../base/contracts.ts';
import { allOf } from '../../base/paged.ts';
import { openStore } from '../../store/sqlite/store.ts';
import type { Store } from '../../store/store.ts';
import { exportJsonl } from './jsonl.ts';

const FIELDS =
  'url key state reason error status truncated depth referrer redirectTo redirectFragment tries contentType charset bytes sha256 title links fetchedAt elapsedMs remoteAddress protocol archive text unkept detail';
const ROOT = 'https://a.example/';

/** A root that links to `pages` URLs, which are queued, and to one on another host. */
async function makeJob(pages: number): Promise<Store> {
  const store = await openStore(':memory:', { identity: IDENTITY, now: NOW });
  await store.frontier.add([found(ROOT)]);
  const [lease] = await store.frontier.lease(1, NOW, FREE);
  const links = Array.from({ length: pages }, (_, page) => found(`${ROOT}${page}`, { depth: 1 }));
  const outside = found('https://b.example/', { depth: 1, skip: 'scope' });
  await settle(store.frontier, ended(lease!, { links: [...links, outside] }));
  return store;
}

/** A reader that takes one piece in each turn and counts the pieces that wait for it. */
function slowReader(): { out: Writable; text: () => string; mostWaiting: () => number } {
  let text = '';
  let most = 0;
  const out = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _, callback) {
      most = Math.max(most, out.writableLength);
      text += chunk.toString();
      setImmediate(callback);
    },
  });
  return { out, text: () => text, mostWaiting: () => most };
}

const NOTHING = { count: 0, first: [] };

test('exportJsonl: one line a URL with the fields in their order', async () => {
  const { ledger, frontier } = await makeJob(1);
  const reader = slowReader();
  assert.deepEqual(await exportJsonl(ledger, { links: false }, reader.out), { rows: 3, unwritten: NOTHING });
  const lines = reader.text().trimEnd().split('\n');
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const record of records) assert.equal(Object.keys(record).join(' '), FIELDS);
  assert.deepEqual(records[0], {
    ...records[0],
    url: ROOT,
    state: 'done',
    status: 200,
    referrer: null,
    tries: 1,
    contentType: 'text/html',
    sha256: 'ab'.repeat(32),
    title: 'A page',
    links: 2,
    fetchedAt: '2023-11-14T22:13:20.000Z',
    archive: null,
  });
  assert.deepEqual(
    [records[1]?.['state'], records[1]?.['referrer'], records[1]?.['fetchedAt']],
    ['queued', ROOT, null],
  );
  assert.deepEqual([records[2]?.['state'], records[2]?.['reason']], ['skipped', 'scope']);
  assert.equal(reader.out.writableEnded, false);
  await frontier.close();
});

test('exportJsonl: gives the links themselves where they are asked for', async () => {
  const { ledger, frontier } = await makeJob(1);
  const reader = slowReader();
  await exportJsonl(ledger, { links: true }, reader.out);
  assert.deepEqual(JSON.parse(reader.text().split('\n')[0]!).links, [`${ROOT}0`, 'https://b.example/']);
  await frontier.close();
});

test('exportJsonl: each row once and in order, no faster than the reader takes', async () => {
  const { ledger, frontier } = await makeJob(5000);
  const reader = slowReader();
  assert.deepEqual(await exportJsonl(ledger, { links: false }, reader.out), { rows: 5002, unwritten: NOTHING });
  const urls = reader
    .text()
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as Row).url);
  assert.deepEqual(
    urls,
    (await allOf(ledger.rows.all())).map(({ url }) => url),
  );
  assert.ok(reader.text().length > 1_000_000);
  assert.ok(reader.mostWaiting() < 200_000, `${reader.mostWaiting()} bytes waited`);
  await frontier.close();
});

test('exportJsonl: a broken reader rejects', async () => {
  const { ledger, frontier } = await makeJob(1);
  const broken = new Writable({ write: (_chunk, _encoding, callback) => callback(new Error('disk full')) });
  await assert.rejects(exportJsonl(ledger, { links: false }, broken), /disk full/);
  await frontier.close();
});
