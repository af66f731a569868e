// Killed at any moment, the same command goes on: the same set of pages in the end, and no more asked twice than was in
// flight.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gossamer, startGossamer } from '../helpers/gossamer.ts';
import { runSeed, seededRandom } from '../helpers/random.ts';
import { makeLinks, pagesAnswer, pathOf, serveSite } from '../helpers/site.ts';

const PAGES = 2_000;
const KILLS = 10;
const CONCURRENCY = 24;

test('crawl: SIGKILL at ten seeded points and the same command again give the same set', {
  timeout: 120_000,
}, async () => {
  const seed = runSeed('killed');
  const random = seededRandom(seed);
  await using site = await serveSite(pagesAnswer(makeLinks(seed, PAGES, 8)));
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-killed-'));
  const command = [
    'crawl',
    site.root,
    '-c',
    String(CONCURRENCY),
    '--host-concurrency',
    '16',
    '--no-adapt',
    '--no-archive',
    '-q',
    '-o',
    folder,
  ];

  const points = Array.from({ length: KILLS }, () => Math.floor((0.05 + 0.9 * random()) * PAGES)).sort((a, b) => a - b);
  const asked = new Set<string>();
  for (const point of points) {
    const run = startGossamer(command);
    const before = site.log.length;
    site.onRequest = ({ path }) => {
      asked.add(path);
      if (asked.size >= point) run.child.kill('SIGKILL');
    };
    const { signal } = await run.finished;
    assert.equal(signal, 'SIGKILL', `killed at ${point} of ${PAGES}`);
    const again = repeatsSince(site.log, before);
    assert.ok(
      again <= CONCURRENCY,
      `${again} asked again after the kill before ${point}, more than ${CONCURRENCY} in flight`,
    );
  }
  const before = site.log.length;
  site.onRequest = () => {};
  const { code, stderr } = await gossamer(command);
  assert.equal(code, 0, stderr);
  assert.ok(repeatsSince(site.log, before) <= CONCURRENCY);

  const expected = Array.from({ length: PAGES }, (_, page) => pathOf(page)).sort();
  assert.deepEqual([...new Set(site.log.map(({ path }) => path))].sort(), expected, 'what was asked');
  assert.deepEqual(await exported(folder, site.root), expected, 'what the store has as done');
  rmSync(folder, { recursive: true });
});

/** Requests from `start` on for what had been asked before. */
function repeatsSince(log: readonly { path: string }[], start: number): number {
  const earlier = new Set(log.slice(0, start).map(({ path }) => path));
  return log.slice(start).filter(({ path }) => earlier.has(path)).length;
}

async function exported(folder: string, root: string): Promise<string[]> {
  const file = join(folder, 'rows.jsonl');
  const { code, stderr } = await gossamer(['export', 'jsonl', folder, '-o', file]);
  assert.equal(code, 0, stderr);
  const rows = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { url: string; state: string });
  assert.ok(rows.every(({ state }) => state === 'done'));
  return rows.map(({ url }) => `/${url.slice(root.length)}`).sort();
}
