import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { makeFullJob } from '../../../test/helpers/full-job.ts';
import { NO_POSTGRES, startPostgres, type TestDatabase } from '../../../test/helpers/postgres.ts';
import { runSeed, seededRandom } from '../../../test/helpers/random.ts';
import { systemClock } from '../../base/clock.ts';
import { columnsOf } from '../postgres/copy-columns.ts';
import { openPostgresCopySource } from '../postgres/copy-source.ts';
import { openPostgresCopyTarget } from '../postgres/copy-target.ts';
import { createLine } from '../postgres/line.ts';
import { databasePlace } from '../postgres/place.ts';
import { openPostgresLedger } from '../postgres/store.ts';
import { openCopySource } from '../sqlite/copy-source.ts';
import { openCopyTarget } from '../sqlite/copy-target.ts';
import { openLedger, openStore } from '../sqlite/store.ts';
import type { CopySource, CopyTarget } from './contract.ts';
import { type Copied, moveJob } from './copy.ts';
import { type CopiedRow, firstKey, keyOfRow, PARTS, type Part } from './parts.ts';

// Waited for before there is a test: if all tests that there are have ended meanwhile, the runner cleans up.
const database = NO_POSTGRES === false ? await startPostgres() : null;
after(() => database?.[Symbol.asyncDispose]());
const folder = mkdtempSync(join(tmpdir(), 'gossamer-copy-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
function newFile(): string {
  files += 1;
  return join(folder, `${files}.db`);
}

/** Columns of SQLite's tables that a copy does not have: the rest of a run, the totals, and ids that are its own. */
const NOT_COPIED = ['host_rests.host', 'host_rests.rest', 'runs.uptime_ms', 'job.move'];

const fromFile = (path: string, clock = systemClock): CopySource => openCopySource(path, `the job in ${path}`, clock);
const toFile = (path: string, clock = systemClock): CopyTarget => openCopyTarget(path, `the job in ${path}`, clock);

/** Columns of PostgreSQL's tables for which SQLite has nothing. */
const BY_DEFAULT = ['visits.generation'];

/** Closes both, also if the move fails. */
async function moving(
  source: CopySource | Promise<CopySource>,
  target: CopyTarget | Promise<CopyTarget>,
  tell: (part: Part, rows: number, all: number) => void = () => {},
): Promise<Copied> {
  const [from, to] = await Promise.all([source, target]);
  try {
    return await moveJob(from, to, tell);
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}

/** All rows of all parts, without times of this moment. */
async function rowsOf(source: CopySource): Promise<Record<string, readonly CopiedRow[]>> {
  const all: Record<string, CopiedRow[]> = {};
  for (const part of PARTS) {
    const rows: CopiedRow[] = [];
    for (let after = firstKey(part); ; ) {
      const page = await source.page(part, after);
      if (page.length === 0) break;
      rows.push(...page.map((row) => ({ ...row })));
      after = keyOfRow(part, page.at(-1)!);
    }
    all[part] = rows;
  }
  await source.close();
  return all;
}

/** Times by the clock of the database or of the move; that of the test reads how far they are apart. */
const TIMES = new Set(['held_until', 'robots_fetched_at', 'robots_expires_at', 'due_at', 'updated_at']);
const LAST_MARK = 2;

function assertSameRows(copy: Record<string, readonly CopiedRow[]>, job: Record<string, readonly CopiedRow[]>): void {
  for (const part of PARTS) {
    assert.equal(copy[part]!.length, job[part]!.length, part);
    for (const [at, row] of copy[part]!.entries()) {
      const other = job[part]![at]!;
      for (const name of Object.keys(other)) {
        const isTime = TIMES.has(name) && other[name] > LAST_MARK && row[name] > LAST_MARK;
        if (!isTime) assert.deepEqual(plainOf(row[name]), plainOf(other[name]), `${part} ${at}: ${name}`);
      }
    }
  }
}

function plainOf(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}

test('makeFullJob: every column of every table has a value, so a copy that forgets one is found out', async () => {
  const path = newFile();
  await makeFullJob(path);
  using db = new DatabaseSync(path);
  const columns = db.prepare(`SELECT t.name AS "table", c.name FROM sqlite_schema t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'`);
  const empty = columns.all().filter(({ table, name }) => {
    const value = db.prepare(`SELECT 1 FROM ${table} WHERE "${name}" IS NOT NULL AND "${name}" <> 0 LIMIT 1`).get();
    return value === undefined && !NOT_COPIED.includes(`${table}.${name}`);
  });
  assert.deepEqual(
    empty.map(({ table, name }) => `${table}.${name}`),
    [],
  );
});

if (database !== null) tests(database);
else test('copy: a job that goes from one database to the other', { skip: NO_POSTGRES }, () => {});

function tests({ url }: TestDatabase): void {
  const fromDatabase = (job: string, clock = systemClock) => openPostgresCopySource(databasePlace(url, job), clock);
  const toDatabase = (job: string, clock = systemClock) => openPostgresCopyTarget(databasePlace(url, job), clock);

  test('moveJob: a job is the same after it went to PostgreSQL, to another PostgreSQL job and back', async () => {
    const [path, back] = [newFile(), newFile()];
    await makeFullJob(path);
    const before = await rowsOf(fromFile(path));
    const told: Part[] = [];
    const { rows, wasThere } = await moving(fromFile(path), toDatabase('one'), (part) => told.push(part));
    assert.deepEqual([...new Set(told)], [...PARTS]);
    assert.deepEqual([rows.urls, rows.visits, wasThere], [before['urls']!.length, before['visits']!.length, false]);
    await moving(fromDatabase('one'), toDatabase('two'));
    await moving(fromDatabase('two'), toFile(back));
    assertSameRows(await rowsOf(fromFile(back)), before);
    const [one, other] = [path, back].map((file) => new DatabaseSync(file));
    for (const table of ['totals', 'page_texts', 'unkept_links', 'bad_links']) {
      const count = `SELECT count(*) AS count FROM ${table}`;
      assert.deepEqual(other!.prepare(count).all(), one!.prepare(count).all(), table);
    }
    assert.deepEqual(other!.prepare('SELECT * FROM totals').all(), one!.prepare('SELECT * FROM totals').all());
    for (const db of [one, other]) db!.close();
  });

  test('moveJob: times are by the clock of the database there, and by that of the machine here', async () => {
    const [path, back] = [newFile(), newFile()];
    await makeFullJob(path);
    const heldUntil = async (source: CopySource): Promise<number> => (await rowsOf(source))['hosts']![0]!['held_until'];
    const before = await heldUntil(fromFile(path));
    const hour = 3_600_000;
    // Of a machine whose clock is an hour behind that of the database and of the one that made the job.
    const behind = { ...systemClock, wall: () => systemClock.wall() - hour };
    await moving(fromFile(path), toDatabase('times', behind));
    const there = await heldUntil(await fromDatabase('times'));
    await moving(fromDatabase('times', behind), toFile(back, behind));
    const here = await heldUntil(fromFile(back, behind));
    const hours = [there - before, here - there].map((ms) => Math.round(ms / hour));
    assert.deepEqual(hours, [1, -1]);
  });

  test('copy: PostgreSQL has no column that a copy forgets', async () => {
    const path = newFile();
    await makeFullJob(path);
    await moving(fromFile(path), toDatabase('columns'));
    const rows = await rowsOf(fromFile(path));
    const line = createLine(databasePlace(url, 'columns'));
    for (const part of PARTS) {
      const columns = Object.keys(await columnsOf(line.ask, '"gossamer:columns"', part));
      const unknown = columns.filter((name) => !(name in rows[part]![0]!) && !BY_DEFAULT.includes(`${part}.${name}`));
      assert.deepEqual(unknown, [], part);
    }
    await line.close();
  });

  test('moveJob: ids with gaps become ids without, and the copy can be opened and leased from', async () => {
    const path = newFile();
    await makeFullJob(path);
    await moving(fromFile(path), toDatabase('gaps'));
    const line = createLine(databasePlace(url, 'gaps'));
    const tables = {
      urls: ['id', 'referrer'],
      queue: ['url'],
      visits: ['url'],
      attempts: ['url'],
      removals: ['url'],
      mentions: ['url'],
    };
    for (const [table, columns] of Object.entries(tables)) {
      const changes = columns.map((name) => `${name} = ${name} * 10 + 90000`);
      await line.ask(`UPDATE "gossamer:gaps".${table} SET ${changes.join(', ')}`);
    }
    await line.close();
    const back = newFile();
    await moving(fromDatabase('gaps'), toFile(back));
    const store = await openStore(back, {
      identity: (await openedIdentity(back))!,
      now: systemClock.wall(),
      clock: systemClock,
    });
    assert.deepEqual(store.mended, []);
    const leases = await store.frontier.lease(3, systemClock.now(), () => ({ take: 9, notBefore: 0 }));
    assert.equal(leases.length, 3);
    assert.equal((await store.ledger.rows.find('https://a.test/page?'))?.links, 4);
    await store.frontier.close();
  });

  test('moveJob: a copy that broke off anywhere goes on, and until it is whole the job stays where it was', async () => {
    const random = seededRandom(runSeed('copy'));
    const path = newFile();
    await makeFullJob(path, 6_000);
    const before = await rowsOf(fromFile(path));
    const breaking = (target: CopyTarget, left: { writes: number }): CopyTarget => ({
      ...target,
      async write(part, rows, mark) {
        left.writes -= 1;
        if (left.writes < 0) throw new Error('broken off');
        await target.write(part, rows, mark);
      },
    });
    let written = 0;
    for (const isOver = { now: false }; !isOver.now; ) {
      const left = { writes: Math.floor(random() * 8) };
      const most = left.writes;
      await moving(
        fromFile(path),
        toDatabase('broken').then((target) => breaking(target, left)),
      ).then(
        () => {
          isOver.now = true;
        },
        (error: Error) => assert.match(error.message, /broken off/),
      );
      written += most - Math.max(0, left.writes);
      if (isOver.now) break;
      await openLedger(path).close();
      if (written === 0) continue;
      await assert.rejects(openPostgresLedger(databasePlace(url, 'broken')), {
        code: 'moved',
        message: /is a copy that is not whole yet, of the job in .*; give the same gossamer move again/,
      });
    }
    // Each page was written once: 7 of urls, 7 of the queue, one of each of the others.
    assert.equal(written, 23);
    assert.throws(() => openLedger(path), {
      code: 'moved',
      message: /was moved: the job is now the job "broken" in postgres:/,
    });
    assertSameRows(await rowsOf(await fromDatabase('broken')), before);
  });

  test('moveJob: a move that broke off between the two marks goes on, and a move that is over is told so', async () => {
    const path = newFile();
    await makeFullJob(path);
    const failing = toDatabase('between').then((target) => ({
      ...target,
      arrive: () => Promise.reject(new Error('cut')),
    }));
    await assert.rejects(moving(fromFile(path), failing), /cut/);
    await assert.rejects(openPostgresLedger(databasePlace(url, 'between')), { code: 'moved' });
    assert.throws(() => openLedger(path), { code: 'moved' });
    assert.equal((await moving(fromFile(path), toDatabase('between'))).wasThere, false);
    await (await openPostgresLedger(databasePlace(url, 'between'))).close();
    assert.equal((await moving(fromFile(path), toDatabase('between'))).wasThere, true);
    await assert.rejects(moving(fromFile(path), toDatabase('elsewhere')), { code: 'moved' });
  });

  test('moveJob: a copy of the job as it was is thrown away, and a job that is there is not', async () => {
    const path = newFile();
    await makeFullJob(path);
    const cut = toDatabase('old').then((target) => ({ ...target, sums: () => Promise.reject(new Error('cut')) }));
    await assert.rejects(moving(fromFile(path), cut), /cut/);
    const identity = (await openedIdentity(path))!;
    const store = await openStore(path, { identity, now: systemClock.wall(), clock: systemClock });
    await store.frontier.add([
      { url: 'https://a.test/x', key: 'https://a.test/x', host: 'https://a.test', depth: 0, hops: 0, skip: null },
    ]);
    await store.frontier.close();
    const urls = (await rowsOf(fromFile(path)))['urls']!.length;
    assert.equal((await moving(fromFile(path), toDatabase('old'))).rows.urls, urls);
    const other = newFile();
    await makeFullJob(other);
    await assert.rejects(moving(fromFile(other), toDatabase('old')), {
      code: 'exists',
      message: /is there already; nothing was changed/,
    });
    await openLedger(other).close();
    await assert.rejects(moving(fromDatabase('old'), toFile(other)), { code: 'exists' });
  });
}

async function openedIdentity(path: string) {
  const ledger = openLedger(path);
  const identity = await ledger.job.identity();
  await ledger.close();
  return identity;
}
