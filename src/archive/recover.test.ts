import assert from 'node:assert/strict';
import {
  appendFileSync,
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
import { after, test } from 'node:test';
import { hasIndex } from './indexes.ts';
import { type KnownFiles, type Recovered, recoverArchive, stampOf } from './recover.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-recover-'));
after(() => rmSync(home, { recursive: true }));

const STARTED_AT = 1_700_000_000_000;
const FILE = `archive/a-${stampOf(STARTED_AT)}-00001.warc.gz`;
// The clock was set back by an hour during the run.
const PEACEFUL = [{ startedAt: STARTED_AT, endedAt: STARTED_AT - 3_600_000 }];
const KILLED = [{ startedAt: STARTED_AT, endedAt: null }];
const NOTHING = { cuts: [], lost: new Map() };

/** What a recovery changed or found. */
async function repaired(...args: Parameters<typeof recoverArchive>): Promise<Omit<Recovered, 'closed'>> {
  const { closed: _, ...others } = await recoverArchive(...args);
  return others;
}

function known(runs: KnownFiles['runs'], ends: KnownFiles['ends'], moved: KnownFiles['moved'] = new Map()) {
  return async (): Promise<KnownFiles> => ({ runs, ends, moved });
}

/** A job whose archive has one file of 100 bytes, with an index. */
function jobWith(name: string): { folder: string; path: string } {
  const folder = join(home, name);
  for (const each of ['archive', 'indexes']) mkdirSync(join(folder, each), { recursive: true });
  const path = join(folder, FILE);
  writeFileSync(path, 'x'.repeat(100));
  writeFileSync(join(folder, `indexes/${FILE.slice('archive/'.length)}.cdxj`), '');
  return { folder, path };
}

test('recoverArchive: what lies beyond the last row is cut off, whatever the clock said', async () => {
  const { folder, path } = jobWith('cut');
  const unused = FILE.replace('2023', '2020');
  writeFileSync(join(folder, unused), 'old');
  const ends = new Map([[FILE, 60]]);
  const { cuts, lost } = await recoverArchive(folder, known(KILLED, ends));
  assert.deepEqual(cuts, [
    { file: unused, bytes: 3 },
    { file: FILE, bytes: 40 },
  ]);
  assert.equal(lost.size, 0);
  assert.equal(readFileSync(path, 'utf8'), 'x'.repeat(60));
  assert.deepEqual([existsSync(join(folder, unused)), hasIndex(folder, FILE)], [false, false]);
  assert.deepEqual(await repaired(folder, known(KILLED, ends)), NOTHING);
  assert.deepEqual(await repaired(join(home, 'nowhere'), known(KILLED, new Map())), NOTHING);
});

test('recoverArchive: a file of a run that ended in peace is left alone', async () => {
  const { folder, path } = jobWith('peace');
  assert.deepEqual(await repaired(folder, known(PEACEFUL, new Map([[FILE, 60]]))), NOTHING);
  assert.deepEqual([statSync(path).size, hasIndex(folder, FILE)], [100, true]);
  // Without an index the file counts as not closed, so nothing is known about it.
  rmSync(join(folder, 'indexes'), { recursive: true });
  assert.deepEqual((await recoverArchive(folder, known(PEACEFUL, new Map([[FILE, 60]])))).cuts, [
    { file: FILE, bytes: 40 },
  ]);
});

test('recoverArchive: a file that is shorter than its rows say is told, and its index goes', async () => {
  const { folder, path } = jobWith('lost');
  const missing = FILE.replace('00001', '00002');
  truncateSync(path, 90);
  const ends = new Map([
    [FILE, 100],
    [missing, 5],
  ]);
  const { cuts, lost } = await recoverArchive(folder, known(PEACEFUL, ends));
  assert.deepEqual(cuts, []);
  assert.deepEqual(
    [...lost],
    [
      [FILE, 90],
      [missing, 0],
    ],
  );
  assert.equal(hasIndex(folder, FILE), false);
  // Once the row is queued again, the rest of the last record is cut too.
  assert.deepEqual((await recoverArchive(folder, known(PEACEFUL, new Map([[FILE, 60]])))).cuts, [
    { file: FILE, bytes: 30 },
  ]);
  appendFileSync(path, 'torn');
  assert.deepEqual((await recoverArchive(folder, known(KILLED, new Map([[FILE, 60]])))).cuts, [
    { file: FILE, bytes: 4 },
  ]);
});

test('recoverArchive: what another process is writing stays, and a file that another one removes is no error', async () => {
  const { folder, path } = jobWith('growing');
  const theirs = FILE.replace('2023', '2024');
  writeFileSync(join(folder, theirs), 'growing');
  const indexOf = (file: string): string => join(folder, `indexes/${file.slice('archive/'.length)}.cdxj`);
  for (const file of [FILE, theirs]) for (const kind of ['part', 'runs']) writeFileSync(`${indexOf(file)}.${kind}`, '');
  const stamp = stampOf(STARTED_AT).replace('2023', '2024');
  const open = async (): Promise<ReadonlySet<string>> => {
    // Both have listed the files by now.
    rmSync(path);
    return new Set([stamp]);
  };
  assert.deepEqual(await repaired(folder, known(KILLED, new Map()), open), NOTHING);
  assert.equal(readFileSync(join(folder, theirs), 'utf8'), 'growing');
  const left = [FILE, theirs].map((file) => ['part', 'runs'].map((kind) => existsSync(`${indexOf(file)}.${kind}`)));
  assert.deepEqual(left, [
    [false, false],
    [true, true],
  ]);
});

test('recoverArchive: what a process committed that began and died meanwhile is not cut', async () => {
  const { folder, path } = jobWith('meanwhile');
  let committed = 0;
  const open = async (): Promise<ReadonlySet<string>> => {
    committed = 60;
    return new Set();
  };
  const { cuts, lost } = await recoverArchive(folder, () => known(KILLED, new Map([[FILE, committed]]))(), open);
  assert.deepEqual([cuts, lost.size, statSync(path).size], [[{ file: FILE, bytes: 40 }], 0, 60]);
});

test('recoverArchive: a file that another process moves away meanwhile is not lost', async () => {
  const { folder, path } = jobWith('moving');
  const ends = new Map([[FILE, 60]]);
  const away = { file: FILE, place: 's3://bucket/prefix', bytes: 100, isThere: true, upload: '' };
  const steps = [known(PEACEFUL, ends), known(PEACEFUL, ends, new Map([[FILE, away]]))];
  const next = (): Promise<KnownFiles> => {
    rmSync(path, { force: true });
    return (steps.shift() ?? assert.fail('asked once more'))();
  };
  assert.deepEqual(await repaired(folder, next), NOTHING);
});

test('recoverArchive: a file that comes after the look, and one that still grows, do not count as closed', async () => {
  const { folder } = jobWith('closed');
  const [theirs, late] = ['2024', '2025'].map((year) => FILE.replace('2023', year)) as [string, string];
  writeFileSync(join(folder, theirs), 'growing');
  const open = async (): Promise<ReadonlySet<string>> => {
    // Its process may be dead before anybody asks again, and the end of its file torn.
    writeFileSync(join(folder, late), 'torn');
    return new Set([stampOf(STARTED_AT).replace('2023', '2024')]);
  };
  const { closed } = await recoverArchive(folder, known(KILLED, new Map([[FILE, 60]])), open);
  assert.deepEqual([...closed], [FILE.slice('archive/'.length)]);
});
