// A job that is moved in the middle of its crawl, from its folder to PostgreSQL and back, and killed while it moves.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { comparable } from '../helpers/comparable.ts';
import { makeFullJob } from '../helpers/full-job.ts';
import { severally, startGossamer } from '../helpers/gossamer.ts';
import { jobFolders } from '../helpers/job-folders.ts';
import { serveOddSite } from '../helpers/odd-site.ts';
import { NO_POSTGRES, startPostgres, type TestDatabase } from '../helpers/postgres.ts';
import { startRelay } from '../helpers/postgres-relay.ts';
import { runSeed, seededRandom } from '../helpers/random.ts';

const newFolder = jobFolders('move');
const PAGES = 60;
const HALF = 25;
const KILLS = 1;
const ROWS = 6_000;
/** An export reads many rows at once. */
const ROUNDS_MAX = ROWS / 50;
const PACE = ['-c', '1', '--host-concurrency', '1', '--quiet'];

/** Runs the commands in one process; each must end with its code. Returns what they printed on stdout. */
async function all(...commands: readonly (readonly [code: number, ...args: string[]])[]): Promise<string> {
  const { stdout, stderr } = await severally(commands.map(([, ...args]) => args));
  const codes = [...stderr.matchAll(/^= \w+ (\d+)$/gm)].map(([, code]) => Number(code));
  assert.deepEqual(
    codes,
    commands.map(([code]) => code),
    stderr,
  );
  return stdout;
}

if (NO_POSTGRES !== false) {
  test('move: a job between two databases', { skip: NO_POSTGRES }, () => {});
} else {
  const database = await startPostgres();
  after(() => database[Symbol.asyncDispose]());
  tests(database);
}

function tests(database: TestDatabase): void {
  const { url } = database;
  const store = ['--store', url];

  test('move: a job crawled half, moved and crawled to its end has the rows of one that stayed', async () => {
    await using site = await serveOddSite(PAGES);
    const [whole, there, back] = [newFolder(), newFolder(), newFolder()];
    const half = ['--limit', String(HALF), ...PACE];
    const exporting = (job: string, ...more: string[]): string[] => ['export', 'jsonl', '--links', job, '-q', ...more];
    await all([0, 'crawl', site.root, '-o', whole, ...PACE]);
    const expected = comparable(await all([0, ...exporting(whole)]));
    assert.ok(expected.length > PAGES);

    await all(
      [16, 'crawl', site.root, '-o', there, ...half],
      [0, 'move', there, ...store, '-q'],
      [2, 'crawl', site.root, '-o', there, ...PACE],
      [2, 'status', there],
      [2, 'crawl', site.root, '-o', there, '--fresh', ...PACE],
      [0, 'crawl', site.root, '-o', there, ...PACE, ...store],
      [0, 'verify', there, '-q', ...store],
    );
    assert.deepEqual(comparable(await all([0, ...exporting(there, ...store)])), expected);

    await all(
      [16, 'crawl', site.root, '-o', back, ...half, ...store],
      [0, 'move', back, '--store', 'sqlite:', '--from', url, '-q'],
      [2, 'crawl', site.root, '-o', back, ...PACE, ...store],
      [0, 'crawl', site.root, '-o', back, ...PACE],
      [0, 'verify', back, '-q'],
    );
    assert.deepEqual(comparable(await all([0, ...exporting(back)])), expected);
  });

  test('move: what it prints, and what the place that was left says', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    await makeFullJob(join(folder, 'gossamer.db'));
    const { code, stdout, stderr } = await startGossamer(['move', folder, '--store', 'postgres:', '--json'], {
      DATABASE_URL: url,
    }).finished;
    assert.equal(code, 0, stderr);
    const moved = JSON.parse(stdout);
    assert.deepEqual([moved.job, moved.from, moved.wasThere], [folder, `the job in ${folder}`, false]);
    assert.match(moved.to, /^the job "\w+" in postgres:\/\/\//);
    assert.match(stderr, /urls +36 of 36/);
    const again = await severally([
      ['status', folder],
      ['move', folder, ...store],
    ]);
    assert.match(again.stderr, /gossamer\.db was moved: the job is now the job "\w+" in postgres:/);
    assert.match(again.stdout, /The job was moved before: it is the job "\w+" in postgres:/);
    assert.ok(!again.stdout.includes('gossamer@'), 'the address is not printed');
  });

  test('move: a move that is killed at random goes on with the same command', async (context) => {
    const random = seededRandom(runSeed('move'));
    const relay = await startRelay(database, 5434);
    const folder = newFolder();
    mkdirSync(folder);
    await makeFullJob(join(folder, 'gossamer.db'), ROWS);
    const exporting = ['export', 'jsonl', '--links', folder];
    const before = await all([0, ...exporting]);
    relay.after(18, () => void database.kill());
    const { code, stderr } = await startGossamer(['move', folder, '--store', relay.url]).finished;
    assert.equal(code, 3, stderr);
    assert.match(stderr, /could not be (written|read): the database does not answer; run again to go on/);
    await database.start();
    for (const [from, to] of [
      ['sqlite:', relay.url],
      [relay.url, 'sqlite:'],
    ] as const) {
      for (let kill = 0; kill < KILLS; kill += 1) {
        const { child, finished } = startGossamer(['move', folder, '--from', from, '--store', to]);
        const rounds = 15 + Math.floor(random() * 20);
        relay.after(rounds, () => child.kill('SIGKILL'));
        const { signal, code, stderr } = await finished;
        context.diagnostic(`killed after ${rounds} rounds: ${signal ?? code}`);
        if (code !== null) assert.equal(code, 0, stderr);
      }
      await all([0, 'move', folder, '--from', from, '--store', to, '-q']);
      const [here, other] = to === 'sqlite:' ? [[], ['--store', relay.url]] : [['--store', relay.url], []];
      await all([2, 'status', folder, ...other]);
      const rounds = relay.rounds;
      const after = await all([0, ...exporting, ...here]);
      assert.ok(after === before, `the rows are not the same after the move to ${to}`);
      assert.ok(relay.rounds - rounds < ROUNDS_MAX, `${relay.rounds - rounds} round trips for an export`);
    }
    relay.close();
  });
}
