import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createShard, openIndex } from './index-file.ts';
import { openSqliteReader } from './sqlite-reader.ts';

const PAGE = { url: "'http://h.example/'", at: '0', named: '0', high: '0', low: '0' };

/** What a reader answers about an index of one page with these values. */
async function asked(values: Partial<typeof PAGE>): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-index-'));
  try {
    const { url, at, named, high, low } = { ...PAGE, ...values };
    const { database } = openIndex(folder);
    createShard(database, 0);
    database.exec(`insert into pages values (1, 0, 0, ${url}, null, 'html', 'en', ${at}, ${high}, ${low}, ${named})`);
    database.close();
    await using reader = openSqliteReader(folder);
    return [await reader.listed([], 10), await reader.facts([1])].map((found) => found.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('openSqliteReader: a value that no crawl writes ends the question in a sentence', async () => {
  assert.deepEqual(await asked({}), [1, 1]);
  const strange = [
    { high: '9223372036854775807' },
    { named: '-9223372036854775808' },
    { at: '9223372036854775807' },
    { at: '8640000000000001' },
    { url: "'x y'" },
  ];
  for (const values of strange) {
    await assert.rejects(asked(values), /^JobError: The index of .* is damaged or of another version: make it with /);
  }
});
