// Sites with a trap each: the walk ends by itself within a thousand pages past the real ones, and all of these were
// had.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed, seededRandom } from '../helpers/random.ts';
import {
  brands,
  fans,
  filter,
  gallery,
  hashes,
  histories,
  monthsOfEvents,
  newspaper,
  reference,
  repository,
  taxonomy,
} from './look-alikes.ts';
import { QUIET_SITES } from './quiet-sites.ts';
import { blog, forum, numberedTree, type RealSite, shop, shopInARow, wiki } from './real-sites.ts';
import { REAL_PAGES } from './trap-pages.ts';
import { trapSites } from './trap-site.ts';
import { walk } from './trap-walk.ts';

const PAGES_PAST_MOST = 1_000;
const seed = runSeed('traps');

for (const { name, site, missing } of trapSites(seed)) {
  test(`traps: ${name}: the crawl ends, and the real pages were had`, async () => {
    const { asked, isOver } = await walk(site, REAL_PAGES + PAGES_PAST_MOST, false, seededRandom(seed));
    assert.ok(isOver, `it was at ${asked.size} pages: ${[...asked].slice(-5).join(' ')}`);
    assert.deepEqual(missing(asked), []);
  });
}

const REAL: readonly RealSite[] = [
  shop(1_500, 0),
  shop(1_500, 4),
  shopInARow(2_000, 1),
  forum(2_000, 1),
  forum(2_000, 0),
  blog(20, 3),
  blog(20, 0),
  numberedTree(3_000, 3),
  numberedTree(1_500, 30),
  wiki(3_000, 4, seed),
  repository(150, 8),
  gallery(1_000),
  reference(30, 60),
  histories(120, 5),
  taxonomy(4, 8),
  newspaper(25, (year, month, day) => `/${year}/${month}/${day}`),
  newspaper(8, (year, month, day) => `/${day}-${month}-${year}`),
  monthsOfEvents(20),
  filter(700),
  hashes(1_000),
  brands(20, 60),
  fans(700, 4),
  ...QUIET_SITES,
];

for (const { name, site, paths } of REAL) {
  test(`traps: ${name}: no false alarm`, async () => {
    const { asked, aside } = await walk(site, Number.POSITIVE_INFINITY, false, seededRandom(seed));
    assert.deepEqual([...aside], []);
    assert.deepEqual(
      paths().filter((path) => !asked.has(path)),
      [],
    );
  });
}

for (const inFlight of [1, 200]) {
  test(`traps: ${inFlight} pages in flight raise no false alarm where pages say little`, async () => {
    for (const { name, site } of QUIET_SITES) {
      const { aside } = await walk(site, Number.POSITIVE_INFINITY, false, seededRandom(seed), inFlight);
      assert.deepEqual([...aside], [], name);
    }
  });
}
