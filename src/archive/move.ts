// Moves a complete file of an archive out of the job's folder, so that a crash at any point loses nothing: the store
// first says that it is on its way, then that it is there, and only then the copy in the folder is removed.

import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { MovedFile, MovedFiles } from '../base/contracts.ts';
import { removeFile } from '../base/remove.ts';
import type { Depot } from './depot/depot.ts';
import { archivePath } from './open-file.ts';

/** `known` is what the store says of the file; undefined if nothing. All records with rows in it must be committed. */
export async function moveFile(
  folder: string,
  file: string,
  known: MovedFile | undefined,
  depot: Depot,
  movedFiles: MovedFiles,
  signal: AbortSignal,
): Promise<void> {
  const path = archivePath(folder, file);
  const begun = known?.place === depot.place ? known.upload : '';
  const moved = { file, place: depot.place, bytes: statSync(path).size, isThere: false, upload: begun };
  if (known?.place !== depot.place) await movedFiles.note(moved);
  const note = (upload: string): Promise<void> => movedFiles.note({ ...moved, upload });
  await depot.put({ name: basename(file), path }, { begun, note, signal });
  await movedFiles.note({ ...moved, isThere: true, upload: '' });
  removeFile(path);
}
