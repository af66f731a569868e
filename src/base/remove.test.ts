import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { NOBODY } from '../../test/helpers/nobody.ts';
import { mountSmallDisk, NO_SMALL_DISK } from '../../test/helpers/small-disk.ts';
import { systemName } from './machine.ts';
import { removeFile, removeTree } from './remove.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-remove-'));
after(() => rmSync(home, { recursive: true, force: true }));

test('remove: what is not there is removed already, and what is refused keeps the name of the system', () => {
  removeFile(join(home, 'nothing'));
  removeTree(join(home, 'nothing'));
  mkdirSync(join(home, 'folder'));
  // Linux says EISDIR, others EPERM.
  assert.throws(
    () => removeFile(join(home, 'folder')),
    (error) => ['EISDIR', 'EPERM'].includes(systemName(error) ?? ''),
  );
  removeTree(join(home, 'folder'));
  assert.deepEqual(readdirSync(home), []);
});

test('remove: a tree goes with all in it, and what a link leads to stays', () => {
  const tree = join(home, 'tree');
  mkdirSync(join(tree, 'a', 'b'), { recursive: true });
  writeFileSync(join(tree, 'a', 'b', 'file'), 'x');
  mkdirSync(join(home, 'elsewhere'));
  writeFileSync(join(home, 'elsewhere', 'kept'), 'x');
  symlinkSync(join(home, 'elsewhere'), join(tree, 'a', 'link'));
  removeTree(tree);
  assert.equal(existsSync(tree), false);
  assert.deepEqual(readdirSync(join(home, 'elsewhere')), ['kept']);
  symlinkSync(join(home, 'elsewhere'), join(home, 'link'));
  removeTree(join(home, 'link'));
  assert.deepEqual(readdirSync(home), ['elsewhere']);
  assert.deepEqual(readdirSync(join(home, 'elsewhere')), ['kept']);
});

test('remove: of a folder that is mounted all goes that is in it', (context) => {
  const folder = join(home, 'mounted');
  using disk = mountSmallDisk(folder, '64k');
  if (disk === null) return context.skip(NO_SMALL_DISK);
  mkdirSync(join(folder, 'a'));
  writeFileSync(join(folder, 'a', 'file'), 'x');
  removeTree(folder);
  assert.deepEqual(readdirSync(folder), []);
});

test('remove: of a folder that is mounted the part stays that belongs to the disk', (context) => {
  const folder = join(home, 'disk');
  using disk = mountSmallDisk(folder, '64k');
  if (disk === null) return context.skip(NO_SMALL_DISK);
  mkdirSync(join(folder, 'lost+found'), { mode: 0o700 });
  writeFileSync(join(folder, 'file'), 'x');
  for (const path of [home, folder]) chmodSync(path, 0o777);
  // Who mounts is root; an ordinary user may not look into it.
  process.seteuid!(NOBODY.uid!);
  try {
    removeTree(folder);
  } finally {
    process.seteuid!(0);
  }
  assert.deepEqual(readdirSync(folder), ['lost+found']);
});
