// The short part of the harness: some kinds of faults, and of each kind the one that the seed chooses. `npm run crash
// -- --long` is the whole.

import { test } from 'node:test';
import { runHarness } from './run-harness.ts';

test(
  'crawl: nothing is lost, torn or double after kills, power cuts and other faults',
  {
    timeout: 600_000,
  },
  () => runHarness(),
);
