import assert from 'node:assert/strict';
import { createWriteStream, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { copied, placesIn } from '../../../test/helpers/crafted-jobs.ts';
import { unzip } from '../../../test/helpers/unzip.ts';
import { contentsOf, holdingsOf } from '../../job/open-contents.ts';
import { jobLocation } from '../../store/location.ts';
import { exportWacz } from './wacz.ts';

for (const moment of ['sizeOf', 'bytes'] as const) {
  test(`exportWacz: a run that closes its file when the export calls ${moment} adds nothing to the index`, async () => {
    const { job, path } = copied();
    const [indexes, away] = ['indexes', 'indexes-to-come'].map((name) => join(job, name)) as [string, string];
    renameSync(indexes, away);
    const closed = (): void => {
      if (existsSync(away)) renameSync(away, indexes);
    };
    // The run has committed three records, and the fourth is just behind them.
    const { offset, length } = placesIn(job)[2]!;
    const end = offset + length;
    const name = `archive/${path.split('/').at(-1)}`;
    const ledger = await jobLocation(job).read();
    const holdings = holdingsOf(job, ledger);
    const growing = {
      ...holdings,
      async sizeOf() {
        if (moment === 'sizeOf') closed();
        return end;
      },
      bytes(...args: Parameters<typeof holdings.bytes>) {
        closed();
        return holdings.bytes(...args);
      },
    };
    const archived = { ...ledger.archived, ends: async () => new Map([[name, end]]) };
    const options = { holdings: growing, software: 'a test', now: 0 };
    const file = join(job, 'a.wacz');
    const out = createWriteStream(file);
    await exportWacz({ ...ledger, archived }, contentsOf(holdings, ledger), options, out);
    await finished(out.end());
    await ledger.close();
    const entries = await unzip(file);
    assert.equal(entries.get(name)?.bytes.length, end);
    const lines = gunzipSync(entries.get('indexes/index.cdx.gz')!.bytes).toString().trimEnd().split('\n');
    const places = lines.map(
      (line) => JSON.parse(line.slice(line.indexOf('{'))) as Record<'offset' | 'length', string>,
    );
    assert.ok(places.length >= 3 && existsSync(indexes));
    for (const place of places) assert.ok(Number(place.offset) + Number(place.length) <= end, JSON.stringify(place));
  });
}
