// npm run soak -- --minutes 60 --rate 100 --seed 1 Works on a job in a real PostgreSQL at a steady rate, while another
// process reads all of its rows again and again. It prints what the tables and the groups are like each minute, and
// fails if they drift.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/base/clock.ts';
import type { Ledger } from '../../src/base/contracts.ts';
import { createLine, type Line } from '../../src/store/postgres/line.ts';
import { databasePlace, quotedName } from '../../src/store/postgres/place.ts';
import { openPostgresLedger } from '../../src/store/postgres/store.ts';
import { childrenOf, startPostgres } from '../helpers/postgres.ts';
import { runSeed, seededRandom } from '../helpers/random.ts';
import { type Churn, GROUP, startChurn } from './churn.ts';
import { driftOf, MINUTES_MIN, type Minute } from './drift.ts';

const MINUTE_MS = 60_000;
const READ_PAUSE_MS = 200;
/** Tables whose rows are changed or deleted all the time. */
const CHURNED = ['queue', 'hosts', 'job', 'tallies', 'runs'];
/** Tables to which rows are only added. */
const ADDED = ['urls', 'visits', 'attempts', 'host_names'];
const MB = 1024 * 1024;
/** Where utime stands behind the name of the process. */
const UTIME = 11;
const TICK_MS = 10;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '100' },
    seed: { type: 'string' },
  },
});
const count = Number(values.minutes);
const rate = Number(values.rate);
if (count >= MINUTES_MIN && rate > 0) await soak(count, rate);
else {
  console.error(
    `usage: npm run soak -- [--minutes N] [--rate PAGES-A-SECOND] [--seed S]; ${MINUTES_MIN} minutes at least`,
  );
  process.exitCode = 2;
}

async function soak(count: number, rate: number): Promise<void> {
  const seed = values.seed === undefined ? runSeed('soak') : Number(values.seed);
  await using database = await startPostgres(['fsync=on', 'full_page_writes=on']);
  const place = databasePlace(database.url, 'soak');
  const churn = await startChurn(place, seededRandom(seed));
  const line = createLine(place);
  const ledger = await openPostgresLedger(place);
  const reading = { isOver: false };
  const read = readOn(ledger, reading);
  const minutes: Minute[] = [];
  console.log(`soak: ${count} minutes, ${rate} pages/s, seed ${seed}`);
  console.log(['minute', 'pages/s', 'ms a group', 'server ms a page', ...CHURNED, 'added', 'oldest ms'].join('\t'));
  while (minutes.length < count) {
    const minute = await oneMinute(churn, { line, schema: quotedName(place.schema), server: database.pid }, rate);
    minutes.push(minute);
    console.log(rowOf(minutes.length, minute));
  }
  reading.isOver = true;
  await read;
  await Promise.all([churn.close(), line.close(), ledger.close()]);
  const drifted = driftOf(minutes);
  console.log(drifted.length === 0 ? 'Nothing drifts.' : drifted.join('\n'));
  if (drifted.length > 0) process.exitCode = 1;
}

interface Measured {
  readonly line: Line;
  readonly schema: string;
  /** The first process of the server. */
  readonly server: number;
}

async function oneMinute(churn: Churn, { line, schema, server }: Measured, rate: number): Promise<Minute> {
  const begun = systemClock.now();
  const spentBefore = processorMs(server);
  const times: number[] = [];
  let pages = 0;
  for (let due = begun; due < begun + MINUTE_MS; due += (GROUP * 1_000) / rate) {
    await pause(due - systemClock.now());
    const before = systemClock.now();
    pages += await churn.group();
    times.push(systemClock.now() - before);
  }
  await pause(begun + MINUTE_MS - systemClock.now());
  times.sort((one, other) => one - other);
  const serverMs = (processorMs(server) - spentBefore) / pages;
  return { pages, groupMs: times[times.length >> 1]!, serverMs, ...(await measured(line, schema)) };
}

/** Another process's reader, as a long export: it is never at its end. */
async function readOn(ledger: Ledger, state: { readonly isOver: boolean }): Promise<void> {
  while (!state.isOver) {
    for await (const _ of ledger.rows.all()) {
      if (state.isOver) break;
      await pause(READ_PAUSE_MS);
    }
  }
}

async function measured({ ask }: Line, schema: string): Promise<Pick<Minute, 'churned' | 'added' | 'oldestMs'>> {
  const sql = `SELECT t.name, (SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c
      WHERE c.oid = t.id OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = t.id))
    FROM (SELECT name, ($2 || '.' || name)::regclass AS id FROM unnest($1::text[]) AS r(name)) t`;
  const sizes = new Map((await ask(sql, [[...CHURNED, ...ADDED], schema])).rows as unknown as [string, number][]);
  const { rows } = await ask(`SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)) * 1000, 0)::bigint
    FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`);
  return {
    churned: Object.fromEntries(CHURNED.map((table) => [table, sizes.get(table)!])),
    added: ADDED.reduce((sum, table) => sum + sizes.get(table)!, 0),
    oldestMs: rows[0]![0] as number,
  };
}

/** What the processes of the server have had of the processors, those that have ended included (proc(5)). */
function processorMs(server: number): number {
  const ticksOf = (pid: number, fields: number): number => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return stat.slice(UTIME, UTIME + fields).reduce((sum, ticks) => sum + Number(ticks), 0);
  };
  const ended = 4;
  const own = 2;
  return childrenOf(server).reduce((sum, pid) => sum + ticksOf(pid, own), ticksOf(server, ended)) * TICK_MS;
}

function rowOf(number: number, { pages, groupMs, serverMs, churned, added, oldestMs }: Minute): string {
  const sizes = [...Object.values(churned), added].map((bytes) => `${(bytes / MB).toFixed(2)} MB`);
  const rate = (pages / (MINUTE_MS / 1_000)).toFixed(1);
  return [number, rate, groupMs.toFixed(1), serverMs.toFixed(3), ...sizes, oldestMs].join('\t');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void systemClock.after(Math.max(0, ms), resolve));
}
