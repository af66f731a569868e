import assert from 'node:assert/strict';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AT_ONCE } from './depot.ts';
import { folderDepot } from './folder-depot.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-depot-'));
after(() => rmSync(home, { recursive: true }));

const NAME = 'x.warc.gz';

/** A job's folder with a file, and a folder beside it. */
function folders(name: string, text = 'a file'): { path: string; shared: string } {
  const [job, shared] = [join(home, name, 'archive'), join(home, name, 'shared')];
  for (const each of [job, shared]) mkdirSync(each, { recursive: true });
  const path = join(job, NAME);
  writeFileSync(path, text);
  return { path, shared };
}

test('folderDepot: what was put is read back, once or again, and after any step of an earlier try', async () => {
  const before: Record<string, (path: string, target: string) => void> = {
    nothing: () => {},
    'a second name of it': linkSync,
    'a copy of it': (path, target) => writeFileSync(target, readFileSync(path)),
    'a part of a copy': (_, target) => writeFileSync(`${target}.part`, 'a f'),
  };
  for (const [what, make] of Object.entries(before)) {
    const { path, shared } = folders(what);
    make(path, join(shared, NAME));
    const depot = folderDepot(shared);
    await depot.check();
    await depot.put({ name: NAME, path }, AT_ONCE);
    await depot.put({ name: NAME, path }, AT_ONCE);
    const file = await depot.open(NAME);
    assert.deepEqual([file.bytes, String(await file.read(2, 100))], [6, 'file'], what);
  }
});

test('folderDepot: another file is not overwritten, and only the file that was opened is replaced', async () => {
  const { path, shared } = folders('taken');
  const depot = folderDepot(shared);
  writeFileSync(join(shared, NAME), 'a fine');
  await assert.rejects(depot.put({ name: NAME, path }, AT_ONCE), /is there already and is another file/);
  const { tag } = await depot.open(NAME);
  writeFileSync(join(shared, NAME), 'changed since');
  await assert.rejects(depot.replace({ name: NAME, path }, tag), /was changed meanwhile/);
  await depot.replace({ name: NAME, path }, (await depot.open(NAME)).tag);
  assert.equal(readFileSync(join(shared, NAME), 'utf8'), 'a file');
  assert.deepEqual(readdirSync(shared), [NAME]);
  assert.equal(readFileSync(path, 'utf8'), 'a file');
});

test('folderDepot: what is not there, what is no file, and a folder that is gone', async () => {
  const { path, shared } = folders('gone');
  const depot = folderDepot(shared);
  await assert.rejects(depot.open(NAME), { code: 'ENOENT' });
  symlinkSync(path, join(shared, NAME));
  await assert.rejects(depot.open(NAME), /is not a regular file/);
  await assert.rejects(depot.put({ name: NAME, path }, AT_ONCE), /is another file/);
  const same = folderDepot(join(home, 'gone/archive'));
  await assert.rejects(same.put({ name: NAME, path }, AT_ONCE), /is the folder where the job writes its archive/);
  assert.equal(readFileSync(path, 'utf8'), 'a file');
  rmSync(shared, { recursive: true });
  for (const ask of [depot.open(NAME), depot.put({ name: NAME, path }, AT_ONCE)])
    await assert.rejects(ask, { name: 'ArchiveAway' });
  await assert.rejects(depot.check(), { name: 'UsageError' });
});
