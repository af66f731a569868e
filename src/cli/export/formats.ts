// The formats of `gossamer export`: the name of each, its purpose, and the view that makes it.

import type { Writable } from 'node:stream';
import type { Contents } from '../../base/contents.ts';
import type { Ledger } from '../../base/contracts.ts';
import { version } from '../../base/version.ts';
import type { Holdings } from '../../job/open-contents.ts';
import { mirrorInThread, parquetInThread, type WorkedJob } from '../../job/thread-work.ts';
import type { Damages } from '../../views/documents.ts';
import { exportMarkdown } from '../../views/markdown/markdown.ts';
import { exportSitemap } from '../../views/sitemap/sitemap.ts';
import { exportCsv } from '../../views/tables/csv.ts';
import { exportJsonl } from '../../views/tables/jsonl.ts';
import type { Unwritten } from '../../views/unwritten.ts';
import { exportWacz } from '../../views/wacz/wacz.ts';
import { plain, plainJson } from '../plain.ts';

export interface ExportJob extends WorkedJob {
  /** Wall milliseconds. */
  readonly now: number;
  readonly holdings: Holdings;
  readonly ledger: Ledger;
  readonly contents: Contents;
}

export interface ExportOptions {
  /** List the links of each page, not only their number. */
  readonly links: boolean;
  /** Whether the output goes to a file, a pipe or a terminal. A terminal would obey control characters in the text. */
  readonly to: 'file' | 'pipe' | 'terminal';
}

/**
 * The content of an export: how many items, their name (singular), what could not be read from the archive, and what
 * could not be written.
 */
export interface Exported {
  readonly count: number;
  readonly what: string;
  readonly damages: Damages | null;
  readonly unwritten?: Unwritten;
}

interface Common {
  /** One line for the help. */
  readonly about: string;
  /** What happens without images, styles and scripts if the crawl did not fetch them; missing if it changes nothing. */
  readonly withoutRequisites?: string;
  /** The work is done in a thread, whose young generation has a bound of its own. */
  readonly isInThread?: true;
}

interface FileFormat extends Common {
  readonly kind: 'text' | 'binary';
  /** Writes to `out` no faster than it accepts, and leaves it open. */
  readonly write: (job: ExportJob, options: ExportOptions, out: Writable) => Promise<Exported>;
}

interface FolderFormat extends Common {
  readonly kind: 'folder';
  /** Writes into an existing empty folder. */
  readonly write: (job: ExportJob, options: ExportOptions, folder: string) => Promise<Exported>;
}

export type Format = FileFormat | FolderFormat;

export const FORMATS: Readonly<Record<string, Format>> = {
  jsonl: {
    kind: 'text',
    about: 'one JSON object per URL, for every URL that was ever seen',
    async write({ ledger }, options, out) {
      // Text in a pipe may still reach a terminal, and for a program the escaped form means the same.
      const safe = options.to === 'file' ? {} : { line: plainJson };
      const { rows, unwritten } = await exportJsonl(ledger, { links: options.links, ...safe }, out);
      return { count: rows, what: 'URL', damages: null, unwritten };
    },
  },
  csv: {
    kind: 'text',
    about: 'the same as a table for spreadsheets (RFC 4180); no cell can run as a formula',
    async write({ ledger }, { to }, out) {
      const { rows, unwritten } = await exportCsv(ledger, out, to === 'terminal' ? plain : undefined);
      return { count: rows, what: 'URL', damages: null, unwritten };
    },
  },
  parquet: {
    kind: 'binary',
    about: 'the same as a table for data tools (DuckDB, pandas, Polars)',
    isInThread: true,
    async write(job, _options, out) {
      const { rows, unwritten } = await parquetInThread(job, out);
      return { count: rows, what: 'URL', damages: null, unwritten };
    },
  },
  mirror: {
    kind: 'folder',
    about: 'a copy of the site to open from disk, with relative links',
    isInThread: true,
    withoutRequisites: 'the copy loads them from the web',
    async write(job, _options, folder) {
      const { files, ...lacks } = await mirrorInThread(job, folder);
      return { count: files, what: 'file', ...lacks };
    },
  },
  wacz: {
    kind: 'binary',
    about: 'the whole archive in one file, with index and pages, for replay',
    withoutRequisites: 'pages replay without them',
    async write({ holdings, ledger, contents, now }, _options, out) {
      const { pages, ...lacks } = await exportWacz(
        ledger,
        contents,
        { holdings, now, software: `gossamer/${version}` },
        out,
      );
      return { count: pages, what: 'page', ...lacks };
    },
  },
  markdown: {
    kind: 'folder',
    about: 'the content of each page for language models; a folder with one file per page',
    withoutRequisites: 'images are links to the web',
    async write({ ledger, contents }, _options, folder) {
      const { pages, ...lacks } = await exportMarkdown(ledger, contents, folder);
      return { count: pages, what: 'page', ...lacks };
    },
  },
  sitemap: {
    kind: 'folder',
    about: 'sitemap.xml of the pages for search engines; a folder, with an index if one file is not enough',
    async write({ ledger, contents }, _, folder) {
      const { pages, ...lacks } = await exportSitemap(ledger, contents, folder);
      return { count: pages, what: 'page', ...lacks };
    },
  },
};
