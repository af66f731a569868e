// The view for language models: the content of each page as Markdown, one file a page. Threads convert the pages; this
// file reads the archive.

import { join } from 'node:path';
import type { Contents } from '../../base/contents.ts';
import type { Ledger, Row } from '../../base/contracts.ts';
import { MachineError } from '../../base/errors.ts';
import { MARKDOWN_PAGE_BYTES_MAX } from '../../base/limits.ts';
import { systemName } from '../../base/machine.ts';
import { threadFile } from '../../base/thread-file.ts';
import { type Damages, documents, noDamages, noteDamage } from '../documents.ts';
import { fileSegments } from '../file-names.ts';
import { harmlessName } from '../harmless-names.ts';
import { createTakenNames } from '../taken-names.ts';
import { isTextual, kindOfText, typeOfText } from '../textual.ts';
import { createThreadPool } from '../thread-pool.ts';
import { noteUnwritten, nothingUnwritten, reasonOf, type Unwritten } from '../unwritten.ts';
import { frontMatterOf, type PageTask } from './page.ts';

export interface MarkdownSummary {
  readonly pages: number;
  readonly damages: Damages;
  readonly unwritten: Unwritten;
}

const THREAD = threadFile('views/markdown/thread');

/**
 * Writes every page that was answered well into `folder`. Each host gets a folder, and the names in it are like those
 * of the site.
 */
export async function exportMarkdown(ledger: Ledger, contents: Contents, folder: string): Promise<MarkdownSummary> {
  const damages = noDamages();
  const unwritten = nothingUnwritten();
  const names = createTakenNames();
  await using threads = createThreadPool<PageTask>(THREAD);
  let pages = 0;
  let broken: Error | null = null;
  for await (const { row, content } of documents(ledger, contents, isTextual, { damages, unwritten })) {
    if (broken !== null) break;
    const kind = kindOfText(row, content.body);
    if (kind !== 'html' && kind !== 'xhtml') continue;
    // Copied, because a transfer to a thread takes the whole buffer, which other bodies may share.
    const body = Uint8Array.from(content.body.subarray(0, MARKDOWN_PAGE_BYTES_MAX));
    const file = join(folder, names.take(segmentsOf(row), row.key));
    const task = {
      file,
      url: content.url || row.url,
      contentType: typeOfText(row, kind),
      body,
      frontMatter: frontMatterOf(row),
      isCut: content.body.length > MARKDOWN_PAGE_BYTES_MAX,
    };
    await threads.give(task, [body.buffer], (failure) => {
      if (failure === null) pages += 1;
      else if (reasonOf(failure) !== null) noteUnwritten(unwritten, failure, row);
      // A full disk is a failure for all pages.
      else if (systemName(failure) !== null || failure instanceof MachineError) broken ??= failure;
      else noteDamage(damages, { file: row.archive!.file, offset: row.archive!.offset, damage: failure.message }, row);
    });
  }
  await threads.idle();
  if (broken !== null) throw broken;
  return { pages, damages, unwritten };
}

/** The same path as in a mirror, with another ending. */
function segmentsOf({ url }: Row): string[] {
  const segments = fileSegments(url, 'text/html');
  return [...segments.slice(0, -1), harmlessName(segments.at(-1)!.replace(/\.x?html?$/i, '.md'), true)];
}
