import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { mountSmallDisk, NO_SMALL_DISK, roomMadeBy } from '../../test/helpers/small-disk.ts';
import { NO_PATIENCE, type Room } from '../base/room.ts';
import { createWarcFiles } from './warc-files.ts';

const home = mkdtempSync(join(tmpdir(), 'gossamer-files-'));
after(() => rmSync(home, { recursive: true }));

function filesIn(folder: string, room: Pick<Room, 'whenThere'> = NO_PATIENCE) {
  mkdirSync(folder, { recursive: true });
  let names = 0;
  const closed: string[] = [];
  const files = createWarcFiles({
    folder,
    nextName() {
      names += 1;
      return `${names}.warc`;
    },
    preamble: () => Buffer.from('begins'),
    onClosed: async (name) => void closed.push(name),
    fileBytesMax: 1e9,
    room,
  });
  return { ...files, closed };
}

test('createWarcFiles: a full disk is waited for, and then a MachineError; with room again all is written', async (context) => {
  const disk = join(home, 'disk');
  using mounted = mountSmallDisk(disk, '256k');
  if (mounted === null) return context.skip(NO_SMALL_DISK);
  const impatient = filesIn(disk);
  await assert.rejects(impatient.append([Buffer.alloc(300_000)]), {
    code: 'disk',
    message: /make room and run again/,
  });
  await assert.rejects(impatient.append([Buffer.alloc(1)]), { code: 'disk' });
  await impatient.close();
  assert.deepEqual(impatient.closed, []);

  // Space is freed after the next file could not even be created.
  const lacked: string[] = [];
  const room = roomMadeBy((error) => {
    lacked.push((error as { code: string }).code);
    rmSync(join(disk, 'archive/1.warc'));
  });
  const patient = filesIn(disk, room);
  const bytes = Buffer.alloc(100_000, 'abc');
  const place = await patient.append([bytes]);
  await patient.close();
  assert.deepEqual(lacked, ['ENOSPC']);
  assert.ok(readFileSync(join(disk, place.file)).subarray(place.offset).equals(bytes));
  assert.deepEqual(patient.closed, [place.file]);
  assert.deepEqual(readdirSync(join(disk, 'archive')), [place.file.slice('archive/'.length)]);
});

test('createWarcFiles: a file that was deleted or replaced while it is written is a MachineError', async () => {
  const ways: Record<string, (path: string) => void> = {
    deleted: (path) => rmSync(path),
    renamed: (path) => renameSync(path, `${path}.old`),
    replaced(path) {
      renameSync(path, `${path}.old`);
      writeFileSync(path, 'another');
    },
    'its folder deleted': (path) => rmSync(join(path, '..'), { recursive: true }),
  };
  for (const [name, way] of Object.entries(ways)) {
    const folder = join(home, name);
    const files = filesIn(folder);
    const place = await files.append([Buffer.from('one')]);
    way(join(folder, place.file));
    await assert.rejects(files.append([Buffer.from('two')]), { code: 'disk', message: /deleted or replaced/ }, name);
    await files.close();
    assert.deepEqual(files.closed, []);
  }
});

test('createWarcFiles: a folder that is gone is not made anew, and nothing is taken after the end', async () => {
  const folder = join(home, 'gone');
  const files = filesIn(folder);
  rmSync(folder, { recursive: true });
  await assert.rejects(files.append([Buffer.from('one')]), { code: 'disk', message: /ENOENT/ });
  assert.equal(existsSync(folder), false);
  const closed = filesIn(folder);
  await closed.close();
  await assert.rejects(closed.append([Buffer.from('one')]), /closed/);
  assert.deepEqual(readdirSync(folder), []);
});

test('createWarcFiles: a name that is taken is passed over', async () => {
  const folder = join(home, 'taken');
  mkdirSync(join(folder, 'archive'), { recursive: true });
  writeFileSync(join(folder, 'archive/1.warc'), 'of an earlier run');
  const files = filesIn(folder);
  assert.equal((await files.append([Buffer.from('one')])).file, 'archive/2.warc');
  await files.close();
  assert.equal(readFileSync(join(folder, 'archive/1.warc'), 'utf8'), 'of an earlier run');
});
