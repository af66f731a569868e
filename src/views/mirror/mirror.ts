// A copy of the site that opens from a disk: one file for each page and resource, with relative links between them. It
// reads the store twice (names first) and the archive once.

import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Contents } from '../../base/contents.ts';
import type { Ledger, Row } from '../../base/contracts.ts';
import { MIRROR_HELD_LENGTH_MAX } from '../../base/limits.ts';
import { type Damages, documents, noDamages } from '../documents.ts';
import { noteUnwritten, nothingUnwritten, soundRows, type Unwritten } from '../unwritten.ts';
import { createEncodings } from './encodings.ts';
import { mirroredFile } from './file.ts';
import { relativeLink } from './links.ts';
import { createMirrorPaths, ENTRY_FILE, isMirrored, leadsOn } from './paths.ts';

export interface MirrorSummary {
  readonly files: number;
  readonly damages: Damages;
  readonly unwritten: Unwritten;
}

const FILES_AT_ONCE = 8;

/** Writes the mirror into `folder`, which exists and is empty. */
export async function exportMirror(ledger: Ledger, contents: Contents, folder: string): Promise<MirrorSummary> {
  const paths = await createMirrorPaths(ledger);
  const encodingOf = createEncodings(ledger.links);
  const damages = noDamages();
  const unwritten = nothingUnwritten();
  const writer = createMirrorWriter(folder, unwritten);
  for await (const { row, content } of documents(ledger, contents, isMirrored, { damages, unwritten })) {
    const file = paths.own(row);
    const charset = await encodingOf(row, content);
    await writer.write(row, file, () => mirroredFile(row, content, file, paths, charset));
  }
  for await (const rows of soundRows(ledger, null)) {
    for (const row of rows) {
      if (!leadsOn(row) || isMirrored(row)) continue;
      const file = paths.own(row);
      const target = paths.of(row.url);
      const original = row.redirectTo! + (row.redirectFragment ?? '');
      await writer.write(row, file, () => redirectPage(target === null ? original : relativeLink(file, target)));
    }
  }
  const files = await writer.end();
  const { roots } = await ledger.job.identity();
  const entries = roots.map((root) => [root, paths.of(root)] as const);
  const [first] = entries.flatMap(([, file]) => (file === null ? [] : [relativeLink(ENTRY_FILE, file)]));
  if (first !== undefined) await writeFile(join(folder, ENTRY_FILE), entryPage(first, entries));
  return { files, damages, unwritten };
}

interface Writer {
  /**
   * Resolves when there is room for another file. If only this row is the cause of a failure, the failure is noted and
   * no part of the file remains.
   */
  write(row: Row, file: string, make: () => Uint8Array | string): Promise<void>;
  /** Resolves to the number of files. */
  end(): Promise<number>;
}

/**
 * Creates each folder once and writes a few files at a time, because the kernel needs most of the time to create names.
 */
function createMirrorWriter(folder: string, unwritten: Unwritten): Writer {
  const made = new Set<string>();
  const writing = new Set<Promise<void>>();
  let failure: unknown = null;
  let files = 0;
  let heldLength = 0;
  const note = (error: unknown, row: Row): void => {
    try {
      noteUnwritten(unwritten, error, row);
    } catch {
      failure ??= error;
    }
  };
  return {
    async write(row, file, make) {
      const path = join(folder, file);
      const parent = dirname(path);
      try {
        const bytes = make();
        if (!made.has(parent)) mkdirSync(parent, { recursive: true });
        made.add(parent);
        heldLength += bytes.length;
        const written = writeFile(path, bytes)
          .then(() => {
            files += 1;
          })
          .catch((error: unknown) => note(error, row))
          .finally(() => {
            heldLength -= bytes.length;
            writing.delete(written);
          });
        writing.add(written);
      } catch (error) {
        note(error, row);
      }
      while (writing.size >= FILES_AT_ONCE || heldLength > MIRROR_HELD_LENGTH_MAX) await Promise.race(writing);
      if (failure !== null) throw failure;
    },
    async end() {
      await Promise.all(writing);
      if (failure !== null) throw failure;
      return files;
    },
  };
}

function redirectPage(target: string): string {
  const link = escaped(target);
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${link}"><title>Moved</title><a href="${link}">${link}</a>\n`;
}

/** A page that links to all roots. If there is only one root it redirects to it. */
function entryPage(first: string, entries: readonly (readonly [root: string, file: string | null])[]): string {
  const items = entries.map(([root, file]) => {
    const link = file === null ? root : relativeLink(ENTRY_FILE, file);
    return `<li><a href="${escaped(link)}">${escaped(root)}</a></li>`;
  });
  const refresh = entries.length === 1 ? `<meta http-equiv="refresh" content="0;url=${escaped(first)}">` : '';
  return `<!doctype html><meta charset="utf-8">${refresh}<title>Mirror</title><ul>${items.join('')}</ul>\n`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (odd) => `&#${odd.charCodeAt(0)};`);
}
