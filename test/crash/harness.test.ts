// The harness sees what it is for: each kind of damage is done to a job that is whole, and must be complained of.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { runSeed, seededRandom } from '../helpers/random.ts';
import { startProcess } from './crawl-process.ts';
import {
  type Complaint,
  checkFiles,
  checkIndexes,
  checkKept,
  checkRows,
  checkSet,
  checkWire,
  type Truth,
} from './invariants.ts';
import { makePages } from './pages.ts';
import { buildPreload, type Rule, rulesText } from './preload.ts';
import { readStore } from './rows.ts';
import { readLog, type SiteRequest, startSite } from './site.ts';
import { readArchive } from './warc.ts';
import { crawlArguments, type Written } from './written.ts';

const KINDS = ['gzip', 'zstd', 'none'] as const;
const folder = mkdtempSync(join(tmpdir(), 'gossamer-harness-'));
const seed = runSeed('harness');
const whole = new Map<string, { readonly truth: Truth; readonly log: readonly SiteRequest[] }>();

before(async () => {
  await using site = startSite();
  for (const compression of KINDS) {
    const written: Written = {
      compression,
      metadata: true,
      requisites: true,
      archive: true,
      memory: false,
      inFlight: 8,
      delayMs: 0,
      pages: 40,
    };
    const job = join(folder, compression);
    mkdirSync(job);
    const log = join(folder, `${compression}.log`);
    const root = `http://127.0.0.1:${await site.serve(seed, 1, written.pages, log)}`;
    const tools = { library: null, cache: join(folder, 'cache') };
    const { code, stderr } = await startProcess(
      tools,
      crawlArguments([`${root}/`], job, written),
      { scratch: folder, job },
      seed,
    ).ended;
    assert.equal(code, 0, stderr);
    whole.set(compression, { truth: { root, pages: makePages(seed, written.pages), written }, log: readLog(log) });
  }
});

after(() => rmSync(folder, { recursive: true }));

/** What is complained of where `damage` was done to a copy of the job. */
function complaintsAfter(compression: string, damage: (job: string) => void): Complaint[] {
  const job = join(folder, 'damaged');
  cpSync(join(folder, compression), job, { recursive: true });
  try {
    damage(job);
    const { truth } = whole.get(compression)!;
    const stored = readStore(job, folder)!;
    const archive = readArchive(job);
    return [
      ...checkRows(truth, stored, archive),
      ...checkKept(readStore(join(folder, compression), folder), stored),
      ...checkFiles(stored, archive, archive),
      ...checkIndexes(job, archive),
      ...checkSet(truth, stored),
    ];
  } finally {
    rmSync(job, { recursive: true });
  }
}

function harms(complaints: readonly Complaint[]): string[] {
  return [...new Set(complaints.map(({ harm }) => harm))].sort();
}

function firstFile(job: string): string {
  return join(job, readArchive(job)[0]!.file);
}

function sql(statements: string): (job: string) => void {
  return (job) => {
    const db = new DatabaseSync(join(job, 'gossamer.db'));
    db.exec(statements);
    db.close();
  };
}

for (const compression of KINDS) {
  test(`invariants: a whole job is complained of in nothing, and damage to a ${compression} archive is`, () => {
    assert.deepEqual(
      complaintsAfter(compression, () => {}),
      [],
    );
    const torn = complaintsAfter(compression, (job) => {
      const { file, records } = readArchive(job)[0]!;
      const bytes = readFileSync(join(job, file));
      appendFileSync(join(job, file), bytes.subarray(records[1]!.offset, records[1]!.offset + records[1]!.length - 5));
    });
    assert.deepEqual(harms(torn), ['torn']);
    const flipped = complaintsAfter(compression, (job) => {
      const { file, records } = readArchive(job)[0]!;
      const bytes = readFileSync(join(job, file));
      const last = records.at(-1)!;
      bytes[last.offset + (last.length >> 1)]! ^= 1;
      writeFileSync(join(job, file), bytes);
    });
    assert.ok(harms(flipped).includes('torn'), String(harms(flipped)));
    const short = complaintsAfter(compression, (job) =>
      truncateSync(firstFile(job), statSync(firstFile(job)).size - 1),
    );
    assert.ok(harms(short).includes('lost'), String(harms(short)));
    const twice = complaintsAfter(compression, (job) => {
      const { file, records } = readArchive(job)[0]!;
      const at = records.findLastIndex(({ type }) => type === 'request');
      appendFileSync(join(job, file), readFileSync(join(job, file)).subarray(records[at]!.offset));
    });
    assert.ok(harms(twice).includes('double'), String(harms(twice)));
  });
}

test('invariants: damage to a store is complained of', () => {
  const done = 'SELECT max(url) FROM outcomes WHERE state = 1';
  const damages: Record<string, string> = {
    'a row that is gone': `DELETE FROM outcomes WHERE url = (${done}); UPDATE totals SET done = done - 1`,
    'totals that are wrong': 'UPDATE totals SET done = done + 1',
    'another digest': `UPDATE outcomes SET sha256 = zeroblob(32) WHERE url = (${done})`,
    'another place': `UPDATE outcomes SET archive_offset = archive_offset + 1 WHERE url = (${done})`,
    'another status': `UPDATE outcomes SET status = 500 WHERE url = (${done})`,
    'a URL twice': `INSERT INTO urls (hash_high, hash_low, host, depth, hops, skip, url, key)
      SELECT 1, 1, 1, 0, 0, 1, url, 'x' FROM urls WHERE id = 1`,
    'queued and done': `INSERT INTO queue SELECT host, id, 0, 0 FROM urls WHERE id = (${done})`,
  };
  for (const [what, statements] of Object.entries(damages)) {
    assert.ok(harms(complaintsAfter('gzip', sql(statements))).includes('lost'), what);
  }
  const unindexed = complaintsAfter('gzip', (job) => {
    const index = join(job, 'indexes', `${readArchive(job)[0]!.file.slice('archive/'.length)}.cdxj`);
    truncateSync(index, statSync(index).size >> 1);
  });
  assert.deepEqual(harms(unindexed), ['view']);
});

test('checkWire: what was asked too often, never, or is no page is complained of', () => {
  const { truth, log } = whole.get('gzip')!;
  const pages = log.filter(({ kind }) => kind === 'page');
  const repeated = pages.slice(0, 9);
  assert.deepEqual(checkWire(truth, log, 0), { complaints: [], repeats: 0 });
  assert.deepEqual(harms([...checkWire(truth, [...log, ...repeated], 8).complaints]), ['double'], '9 of 8 in flight');
  assert.deepEqual(checkWire(truth, [...log, ...repeated], 9), { complaints: [], repeats: 9 });
  assert.deepEqual(harms([...checkWire(truth, pages.slice(1), 0).complaints]), ['lost']);
  const strange = { ...pages[0]!, path: '/nowhere' };
  assert.deepEqual(harms([...checkWire(truth, [...log, strange], 0).complaints]), ['double']);
});

const WRITER = `
  import { closeSync, fdatasyncSync, openSync, renameSync, writeSync, fsyncSync } from 'node:fs';
  const [folder] = process.argv.slice(1);
  const file = openSync(folder + '/a', 'w');
  writeSync(file, 'synced ');
  fdatasyncSync(file);
  const parent = openSync(folder, 'r');
  fsyncSync(parent);
  writeSync(file, 'over', 0);
  for (let n = 0; n < 200; n += 1) writeSync(file, 'unsynced');
  try { writeSync(openSync(folder + '/b', 'w'), 'b'); } catch (error) { console.log(error.code); }
  console.log(new Date().getUTCFullYear());
  renameSync(folder + '/a', folder + '/c');
  console.log('not killed');`;

test('preload.c: kills, refuses, writes half, changes the clock, and a power cut takes what was not synced', (context) => {
  const library = buildPreload(folder);
  if (library === null) return context.skip('there is no C compiler');
  const run = (rules: readonly Rule[], cut: number): { said: string; read: (name: string) => string | null } => {
    const job = mkdtempSync(join(folder, 'preload-'));
    const clock = join(job, 'clock');
    writeFileSync(clock, new BigInt64Array([-50n * 365n * 86_400_000n]));
    const env = {
      LD_PRELOAD: library,
      CRASH_FOLDER: job,
      CRASH_RULES: rulesText(rules),
      CRASH_SEED: String(cut),
      CRASH_CLOCK: clock,
    };
    let said = '';
    try {
      said = execFileSync(process.execPath, ['--input-type=module', '--eval', WRITER, job], { env, encoding: 'utf8' });
    } catch (error) {
      said = `${(error as { signal: string }).signal}`;
    }
    const read = (name: string): string | null =>
      existsSync(join(job, name)) ? readFileSync(join(job, name), 'utf8') : null;
    return { said, read };
  };
  const at = (action: Rule['action'], call: Rule['call'], pattern: string): Rule => ({
    action,
    call,
    pattern,
    first: 1,
    times: 1,
  });
  const year = new Date().getUTCFullYear() - 50;
  assert.match(run([], 1).said, new RegExp(`^(${year}|${year + 1})\nnot killed`));
  assert.match(run([at('ENOSPC', 'create', '*/b')], 1).said, /^ENOSPC\n/);
  assert.equal(run([at('short', 'write', '*/b')], 1).read('b'), 'b');
  const killed = run([at('kill-before', 'rename', '*/c')], 1);
  assert.equal(killed.said, 'SIGKILL');
  assert.equal(killed.read('a')?.length, 'overed '.length + 200 * 8);
  const random = seededRandom(seed);
  const lengths = Array.from({ length: 4 }, () => {
    const cutOff = run([at('power-before', 'rename', '*/c')], Math.floor(random() * 1e6));
    const text = cutOff.read('a')!;
    assert.equal(cutOff.said, 'SIGKILL');
    assert.match(text, /^(synced |overed )/);
    return text.length;
  });
  assert.ok(new Set(lengths).size > 1, `each seed loses as much: ${lengths}`);
  assert.match(
    run([at('power-after', 'rename', '*/c')], 7).read('c')!,
    /^(synced |overed )/,
    'a renamed file loses too',
  );
});
