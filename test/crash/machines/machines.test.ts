// The short part of the harness for jobs in PostgreSQL. `npm run crash -- machines --long` is the whole.

import { test } from 'node:test';
import { missingLoopback } from '../../helpers/loopback.ts';
import { NO_POSTGRES } from '../../helpers/postgres.ts';
import { runHarness } from '../run-harness.ts';

test(
  'crawl: nothing is lost, torn or double on PostgreSQL after kills and lost answers',
  {
    skip: NO_POSTGRES || (await missingLoopback('127.0.0.3')),
    timeout: 600_000,
  },
  () => runHarness('machines'),
);
