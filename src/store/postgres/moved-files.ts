// Which files of the archive are kept outside of the job's folder.

import type { MovedFile } from '../../base/contracts.ts';
import type { Ask } from './line.ts';

/** For each file what is known of it. */
export async function readMovedFiles(ask: Ask, schema: string): Promise<ReadonlyMap<string, MovedFile>> {
  const { rows } = await ask(`SELECT file, place, bytes, is_there, upload FROM ${schema}.moved_files`);
  return new Map(
    rows.map((cells) => {
      const [file, place, bytes, isThere, upload] = cells as [string, string, number, boolean, string];
      return [file, { file, place, bytes, isThere, upload }] as const;
    }),
  );
}

/** Replaces what was known of the file, within the caller's transaction. */
export async function writeMovedFile(ask: Ask, schema: string, moved: MovedFile): Promise<void> {
  const { file, place, bytes, isThere, upload } = moved;
  await ask(
    `INSERT INTO ${schema}.moved_files (file, place, bytes, is_there, upload) VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (file) DO UPDATE SET place = $2, bytes = $3, is_there = $4, upload = $5`,
    [file, place, bytes, isThere, upload],
  );
}
