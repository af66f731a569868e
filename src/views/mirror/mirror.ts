// A copy of the site that opens from a disk: a file for each page and what it is made of, their links relative to each other. Read twice from the store (names
// first), once from the archive.

import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Contents } from '../../base/contents.ts';
import type { Ledger } from '../../base/contracts.ts';
import { type Damages, documents, noDamages } from '../documents.ts';
import { mirroredFile } from './file.ts';
import { relativePath } from './links.ts';
import { createMirrorPaths, isMirrored, isRedirect } from './paths.ts';

export interface MirrorSummary {
  readonly files: number;
  readonly damages: Damages;
}

const FILES_AT_ONCE = 8;

/** Writes into `folder`, which is there and empty. */
export async function exportMirror(ledger: Ledger, contents: Contents, folder: string): Promise<MirrorSummary> {
  const paths = createMirrorPaths(ledger);
  const damages = noDamages();
  const { write, end } = createWriter(folder);
  let files = 0;
  for await (const { row, content } of documents(ledger, contents, isMirrored, damages)) {
    const file = paths.own(row);
    await write(file, mirroredFile(row, content, file, paths));
    files += 1;
  }
  for (const row of ledger.rows()) {
    if (!isRedirect(row) || isMirrored(row)) continue;
    const file = paths.own(row);
    const target = paths.of(row.redirectTo!);
    await write(file, redirectPage(target === null ? row.redirectTo! : relativePath(file, target)));
    files += 1;
  }
  const roots = ledger.identity().roots;
  const entries = roots.map((root) => [root, paths.of(root)] as const);
  const [first] = entries.flatMap(([, file]) => (file === null ? [] : [relativePath('index.html', file)]));
  if (first !== undefined) await write('index.html', entryPage(first, entries));
  await end();
  return { files, damages };
}

interface Writer {
  /** Resolves when there is room for another file. */
  write(file: string, bytes: Uint8Array | string): Promise<void>;
  end(): Promise<void>;
}

/** Makes the folders that files need, once each, and writes a few files at a time: most of that time the kernel makes their names. */
function createWriter(folder: string): Writer {
  const made = new Set<string>();
  const writing = new Set<Promise<void>>();
  let failure: unknown = null;
  return {
    async write(file, bytes) {
      const path = join(folder, file);
      const parent = dirname(path);
      if (!made.has(parent)) mkdirSync(parent, { recursive: true });
      made.add(parent);
      const written = writeFile(path, bytes)
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => writing.delete(written));
      writing.add(written);
      if (writing.size >= FILES_AT_ONCE) await Promise.race(writing);
      if (failure !== null) throw failure;
    },
    async end() {
      await Promise.all(writing);
      if (failure !== null) throw failure;
    },
  };
}

function redirectPage(target: string): string {
  const link = escaped(target);
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${link}"><title>Moved</title><a href="${link}">${link}</a>\n`;
}

/** Leads to the first root, and to the others by hand. */
function entryPage(first: string, entries: readonly (readonly [root: string, file: string | null])[]): string {
  const items = entries.map(([root, file]) => {
    const link = file === null ? root : relativePath('index.html', file);
    return `<li><a href="${escaped(link)}">${escaped(root)}</a></li>`;
  });
  const refresh = entries.length === 1 ? `<meta http-equiv="refresh" content="0;url=${escaped(first)}">` : '';
  return `<!doctype html><meta charset="utf-8">${refresh}<title>Mirror</title><ul>${items.join('')}</ul>\n`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (odd) => `&#${odd.charCodeAt(0)};`);
}
