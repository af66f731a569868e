// Plants a bug in a copy of src/: a fuzz that does not find it is worth nothing.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Bug {
  readonly name: string;
  /** Below src/. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly right: string;
  readonly wrong: string;
}

export interface Planted extends Disposable {
  /** Like src/, with the bug in it. */
  readonly source: URL;
}

/** Throws where the right text does not stand exactly once: then the bug must be written anew. */
export function plant({ name, file, right, wrong }: Bug): Planted {
  const folder = mkdtempSync(join(tmpdir(), 'gossamer-planted-'));
  const root = fileURLToPath(new URL('../../', import.meta.url));
  mkdirSync(join(folder, 'src'));
  for (const part of ['base', 'url', 'parse', 'robots', 'fetch', 'archive'])
    cpSync(join(root, 'src', part), join(folder, 'src', part), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, 'src', file);
  const parts = readFileSync(path, 'utf8').split(right);
  if (parts.length !== 2)
    throw new Error(`${name}: ${JSON.stringify(right)} stands ${parts.length - 1} times in ${file}`);
  writeFileSync(path, parts.join(wrong));
  return {
    source: pathToFileURL(`${join(folder, 'src')}/`),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
