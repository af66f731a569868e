import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import type { Ledger, Row, RowFilter } from '../base/contracts.ts';
import { exportJsonl } from './jsonl.ts';

const FIELDS =
  'url key state reason error status truncated depth referrer redirectTo tries contentType charset bytes sha256 title links fetchedAt elapsedMs remoteAddress archive';

function row(id: number, more: Partial<Row> = {}): Row {
  return {
    id,
    url: `https://a.example/${id}`,
    key: `https://a.example/${id}`,
    state: 'done',
    reason: null,
    error: null,
    status: 200,
    truncated: null,
    depth: 1,
    hops: 0,
    referrer: 'https://a.example/',
    redirectTo: null,
    tries: 1,
    contentType: 'text/html',
    charset: 'utf-8',
    bytes: 10,
    sha256: '00',
    title: 'A "title" \u2028 \u001b[2J',
    links: 2,
    fetchedAt: 1_700_000_000_123,
    elapsedMs: 5,
    remoteAddress: '192.0.2.1',
    archive: null,
    dueAt: null,
    ...more,
  };
}

/** Reads as the store does: in order of id, after one, so many. */
function ledger(rows: readonly Row[]): Ledger {
  const asked: Pick<Ledger, 'rows' | 'links'> = {
    *rows({ afterId = 0, limit = Number.POSITIVE_INFINITY }: RowFilter = {}) {
      yield* rows.filter(({ id }) => id > afterId).slice(0, limit);
    },
    links: (id) => [`https://a.example/${id + 1}`, 'https://b.example/'],
  };
  return asked as Ledger;
}

/** A reader that takes one piece at a time, each in a turn of its own, and counts what waits for it. */
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

test('exportJsonl: one line a URL with the fields in their order', async () => {
  const reader = slowReader();
  const unasked = { state: 'skipped', reason: 'scope', status: null, fetchedAt: null, tries: 0 } as const;
  const summary = await exportJsonl(ledger([row(1), row(5, unasked)]), null, { links: false }, reader.out);
  assert.deepEqual(summary, { rows: 2 });
  const lines = reader.text().trimEnd().split('\n');
  assert.equal(lines.length, 2);
  const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(Object.keys(first!).join(' '), FIELDS);
  assert.equal(Object.keys(second!).join(' '), FIELDS);
  assert.equal(first!['fetchedAt'], '2023-11-14T22:13:20.123Z');
  assert.equal(first!['links'], 2);
  assert.equal(second!['fetchedAt'], null);
  assert.equal(second!['reason'], 'scope');
  assert.equal(reader.out.writableEnded, false);
});

test('exportJsonl: gives the links themselves where they are asked for', async () => {
  const reader = slowReader();
  await exportJsonl(ledger([row(1)]), null, { links: true }, reader.out);
  assert.deepEqual(JSON.parse(reader.text()).links, ['https://a.example/2', 'https://b.example/']);
});

test('exportJsonl: reads in pieces, each row once, no faster than the reader takes', async () => {
  const reader = slowReader();
  const rows = Array.from({ length: 2500 }, (_, at) => row(at * 3 + 1));
  assert.deepEqual(await exportJsonl(ledger(rows), null, { links: false }, reader.out), { rows: 2500 });
  const urls = reader
    .text()
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as Row).url);
  assert.deepEqual(
    urls,
    rows.map(({ url }) => url),
  );
  assert.ok(reader.mostWaiting() < 200_000, `${reader.mostWaiting()} bytes waited`);
});

test('exportJsonl: an empty job writes nothing, and a broken reader rejects', async () => {
  const reader = slowReader();
  assert.deepEqual(await exportJsonl(ledger([]), null, { links: false }, reader.out), { rows: 0 });
  assert.equal(reader.text(), '');
  const broken = new Writable({ write: (_chunk, _encoding, callback) => callback(new Error('disk full')) });
  await assert.rejects(exportJsonl(ledger([row(1)]), null, { links: false }, broken), /disk full/);
});
