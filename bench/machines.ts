// Several workers on one job in PostgreSQL: whether N of them do N times as much where the answers of servers are what
// takes time, and what one PostgreSQL carries if its workers fetch nothing. The database is a private one in a
// temporary folder, with fsync and synchronous_commit on. Run with
//   npm run bench -- machines [--workers 1,2,4,8] [--seconds 20] [--rounds 3] [--only latency,carry,size]

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '../test/helpers/postgres.ts';
import { benchCarry } from './machines-carry.ts';
import { benchLatency } from './machines-latency.ts';
import { benchSize } from './machines-size.ts';
import { WORK } from './measure.ts';
import { printMachine } from './table.ts';

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '1,2,4,8' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'latency,carry,size' },
  },
});
const workers = values.workers.split(',').map(Number);
const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
const wanted = new Set(values.only.split(','));
const folder = mkdtempSync(join(WORK, 'machines-'));

/** Durable, as no test is, and with the memory of a small server. */
const database = await startPostgres([
  ...['fsync=on', 'full_page_writes=on', 'synchronous_commit=on'],
  ...['shared_buffers=1GB', 'max_wal_size=8GB'],
]);

printMachine();
try {
  if (wanted.has('latency')) await benchLatency(database, folder, workers, rounds);
  if (wanted.has('carry')) await benchCarry(database, workers, seconds, rounds);
  if (wanted.has('size')) await benchSize(database);
} finally {
  await database[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
}
