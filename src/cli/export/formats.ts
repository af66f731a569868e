// The formats of `gossamer export`: a name, what it is for, and the view that makes it.

import type { Writable } from 'node:stream';
import type { Contents } from '../../base/contents.ts';
import type { Ledger } from '../../base/contracts.ts';
import { version } from '../../job/assemble.ts';
import type { Damages } from '../../views/documents.ts';
import { exportMarkdown } from '../../views/markdown/markdown.ts';
import { exportMirror } from '../../views/mirror/mirror.ts';
import { exportSitemap } from '../../views/sitemap/sitemap.ts';
import { exportCsv } from '../../views/tables/csv.ts';
import { exportJsonl } from '../../views/tables/jsonl.ts';
import { exportParquet } from '../../views/tables/parquet.ts';
import type { Unwritten } from '../../views/unwritten.ts';
import { exportWacz } from '../../views/wacz/wacz.ts';
import { plain, plainJson } from '../plain.ts';

export interface ExportJob {
  /** Wall milliseconds. */
  readonly now: number;
  readonly folder: string;
  readonly ledger: Ledger;
  readonly contents: Contents;
}

export interface ExportOptions {
  /** Each page with the links that it has, not only their number. */
  readonly links: boolean;
  /** To stdout, or to a file; and whether stdout is a terminal, which obeys what a text may hold. */
  readonly to: 'file' | 'pipe' | 'terminal';
}

/** What an export holds: how many, of what (in the singular), what of the archive could not be read for it, and what could not be written. */
export interface Exported {
  readonly count: number;
  readonly what: string;
  readonly damages: Damages | null;
  readonly unwritten?: Unwritten;
}

interface Common {
  /** In a line, for the help. */
  readonly about: string;
  /** What becomes of images, styles and scripts that the crawl did not ask for; absent where that changes nothing. */
  readonly withoutRequisites?: string;
}

interface FileFormat extends Common {
  readonly kind: 'text' | 'binary';
  /** Writes to `out` no faster than it takes it, and leaves it open. */
  readonly write: (job: ExportJob, options: ExportOptions, out: Writable) => Promise<Exported>;
}

interface FolderFormat extends Common {
  readonly kind: 'folder';
  /** Writes into a folder that is there and empty. */
  readonly write: (job: ExportJob, options: ExportOptions, folder: string) => Promise<Exported>;
}

export type Format = FileFormat | FolderFormat;

export const FORMATS: Readonly<Record<string, Format>> = {
  jsonl: {
    kind: 'text',
    about: 'one JSON object a URL, every URL that was ever seen',
    async write({ ledger }, options, out) {
      // What is not escaped in a pipe may come to a terminal behind it, and to a reader it is the same.
      const safe = options.to === 'file' ? {} : { line: plainJson };
      const { rows, unwritten } = await exportJsonl(ledger, { links: options.links, ...safe }, out);
      return { count: rows, what: 'URL', damages: null, unwritten };
    },
  },
  csv: {
    kind: 'text',
    about: 'the same as a table for spreadsheets (RFC 4180), in which no cell is a formula',
    async write({ ledger }, { to }, out) {
      const { rows } = await exportCsv(ledger, out, to === 'terminal' ? plain : undefined);
      return { count: rows, what: 'URL', damages: null };
    },
  },
  parquet: {
    kind: 'binary',
    about: 'the same as a table for data tools (DuckDB, pandas, Polars)',
    async write({ ledger }, _options, out) {
      const { rows } = await exportParquet(ledger, out);
      return { count: rows, what: 'URL', damages: null };
    },
  },
  mirror: {
    kind: 'folder',
    about: 'a copy that opens from a disk, its links relative',
    withoutRequisites: 'the copy loads them from the web',
    async write({ ledger, contents }, _options, folder) {
      const { files, ...lacks } = await exportMirror(ledger, contents, folder);
      return { count: files, what: 'file', ...lacks };
    },
  },
  wacz: {
    kind: 'binary',
    about: 'the whole archive in one file, with index and pages, for replay',
    withoutRequisites: 'pages are replayed without them',
    async write({ folder, ledger, contents, now }, _options, out) {
      const { pages, damages } = await exportWacz(
        ledger,
        contents,
        { folder, now, software: `gossamer/${version}` },
        out,
      );
      return { count: pages, what: 'page', damages };
    },
  },
  markdown: {
    kind: 'folder',
    about: 'the content of each page for language models, a file a page; a folder',
    withoutRequisites: 'images are links to the web',
    async write({ ledger, contents }, _options, folder) {
      const { pages, ...lacks } = await exportMarkdown(ledger, contents, folder);
      return { count: pages, what: 'page', ...lacks };
    },
  },
  sitemap: {
    kind: 'folder',
    about:
      'sitemap.xml of the pages that search engines should know; a folder, with an index where one file is too small',
    async write({ ledger, contents }, _, folder) {
      const { pages, damages } = await exportSitemap(ledger, contents, folder);
      return { count: pages, what: 'page', damages };
    },
  },
};
