// A folder as the place of complete archive files, for example one that several machines share. A file comes there
// under another name and is renamed when it is whole.

import { closeSync, constants, fstatSync, lstatSync, realpathSync } from 'node:fs';
import { copyFile, link, mkdtemp, open, rename, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MachineError, UsageError } from '../../base/errors.ts';
import { ArchiveAway, systemName, whyUnread } from '../../base/machine.ts';
import { CAN_SYNC_FOLDERS } from '../../base/platform.ts';
import { removeFile } from '../../base/remove.ts';
import { bytesAt, openFile } from '../open-file.ts';
import { type Depot, type FileHere, notThere } from './depot.ts';
import { digestOf } from './digest.ts';
import { windowOn } from './window.ts';

const PROBE = '.gossamer-';
/** What the system says if a file cannot have a second name: on another disk, or a disk without such names. */
const NO_LINKS: ReadonlySet<string | null> = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** `folder` is absolute. */
export function folderDepot(folder: string): Depot {
  const away = (error: unknown): unknown =>
    systemName(error) === null ? error : new ArchiveAway(folder, whyUnread(error), { cause: error });

  const put = async ({ name, path }: FileHere): Promise<void> => {
    const target = join(folder, name);
    if (realpathSync(dirname(path)) === realpathSync(folder)) throw ownFolder(folder);
    const isNew = (await linked(path, target)) || (await copied(path, target, link));
    if (!isNew && !(await isSame(path, target))) {
      const what = `${target} is there already and is another file, so nothing was written to it`;
      throw new MachineError('archive', `${what}; give another place with --archive and run again to go on`);
    }
    await syncFolder(folder);
  };
  return {
    place: folder,
    async check() {
      try {
        await rmdir(await mkdtemp(join(folder, PROBE)));
      } catch (error) {
        throw new UsageError(`--archive: ${JSON.stringify(folder)} cannot be used: ${whyUnread(error)}.`, {
          cause: error,
        });
      }
    },
    async put(file) {
      try {
        await put(file);
      } catch (error) {
        throw away(error);
      }
    },
    async replace({ name, path }, tag) {
      const target = join(folder, name);
      try {
        if (tagOf(target) !== tag) throw new MachineError('archive', `${target} was changed meanwhile; try again`);
        await copied(path, target, rename);
        await syncFolder(folder);
      } catch (error) {
        throw away(error);
      }
    },
    async open(name) {
      const path = join(folder, name);
      try {
        const fetchBytes = async (from: number, end: number): Promise<Buffer> =>
          reading(path, (file) => bytesAt(file, from, end - from));
        const bytes = reading(path, (file) => fstatSync(file).size);
        return { ...windowOn(path, bytes, fetchBytes), tag: tagOf(path) };
      } catch (error) {
        if (systemName(error) !== 'ENOENT') throw away(error);
        // Without its folder nothing can be said of the file.
        if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) throw away(error);
        throw notThere(path);
      }
    },
  };
}

function ownFolder(folder: string): UsageError {
  return new UsageError(`--archive: ${JSON.stringify(folder)} is the folder where the job writes its archive anyway.`);
}

function reading<T>(path: string, work: (file: number) => T): T {
  const file = openFile(path);
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}

function tagOf(path: string): string {
  const { ino, size, mtimeMs } = lstatSync(path);
  return `${ino} ${size} ${mtimeMs}`;
}

/** Gives the file a second name; false if it cannot have one, or the name is taken. */
async function linked(path: string, target: string): Promise<boolean> {
  try {
    await link(path, target);
    return true;
  } catch (error) {
    const name = systemName(error);
    if (name === 'EEXIST' || NO_LINKS.has(name)) return false;
    throw error;
  }
}

/** Copies the file beside the target and then names it so; false if the name is taken. */
async function copied(path: string, target: string, naming: typeof link): Promise<boolean> {
  const part = `${target}.part`;
  removeFile(part);
  try {
    await copyFile(path, part, constants.COPYFILE_EXCL);
    const file = await open(part, 'r+');
    await file.sync().finally(() => file.close());
    await naming(part, target).catch(async (error) => {
      // A disk without second names: the name is not taken, as was just seen, and only this process writes it.
      if (naming !== link || !NO_LINKS.has(systemName(error)) || isThere(target)) throw error;
      await rename(part, target);
    });
    return true;
  } catch (error) {
    if (systemName(error) !== 'EEXIST') throw error;
    return false;
  } finally {
    removeFile(part);
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

async function isSame(path: string, target: string): Promise<boolean> {
  const [one, other] = [lstatSync(path), lstatSync(target)];
  if (!other.isFile() || one.size !== other.size) return false;
  if (one.ino === other.ino && one.dev === other.dev) return true;
  return (await digestOf(path)).sha256 === (await digestOf(target)).sha256;
}

async function syncFolder(folder: string): Promise<void> {
  if (!CAN_SYNC_FOLDERS) return;
  const directory = await open(folder, 'r');
  await directory.sync().finally(() => directory.close());
}
