// Which URL has which file in a mirror. Found by a hash of the URL's key, so that a million URLs fit into memory; no
// two have the same file, on systems too that do not tell case apart.

import type { Ledger, Row } from '../../base/contracts.ts';
import { hasContent } from '../../base/redirects.ts';
import { pageKindOfRow, typeOfRow } from '../../parse/page-kind.ts';
import { keyOfJob } from '../../url/key.ts';
import { fileSegments } from '../file-names.ts';
import { createTakenNames, hashOf } from '../taken-names.ts';

const HOPS_MAX = 20;
/** Leads to the first root; no host has its folder there. */
export const ENTRY_FILE = 'index.html';

export interface MirrorPaths {
  /** The file of a URL in any of its forms, or of where it redirects to; null where it is not in the mirror. */
  of(url: string): string | null;
  /** The file of a row's own, also where it is a redirect. */
  own(row: Row): string;
}

export function isMirrored(row: Row): boolean {
  return row.state === 'done' && row.archive !== null && hasContent(row);
}

/** A redirect that leads to another row; one that a stranger wrote into the job may lead onto the disk. */
export function leadsOn({ state, redirectTo }: Row): boolean {
  return state === 'done' && redirectTo !== null && /^https?:/.test(redirectTo);
}

/** The type by whose ending a browser takes the file for what the crawl took it for. */
function fileTypeOf(row: Row): string {
  return pageKindOfRow(row) === 'html' ? 'text/html' : typeOfRow(row);
}

/** Gives each row its file, in the order in which URLs were found. */
export async function createMirrorPaths(ledger: Ledger): Promise<MirrorPaths> {
  const keyOf = keyOfJob(await ledger.job.identity());
  const names = createTakenNames();
  names.take([ENTRY_FILE], '');
  const files = new Map<number, string>();
  const redirects = new Map<number, number>();
  // What the site is made of takes the plain names, its redirects what is left.
  for await (const rows of ledger.rows.all()) {
    for (const row of rows.filter(isMirrored))
      files.set(hashOf(row.key), names.take(fileSegments(row.url, fileTypeOf(row)), row.key));
  }
  const redirectFiles = new Map<number, string>();
  for await (const rows of ledger.rows.all()) {
    for (const row of rows) {
      if (!leadsOn(row) || isMirrored(row)) continue;
      redirects.set(hashOf(row.key), hashOf(keyOf(row.redirectTo!)));
      redirectFiles.set(hashOf(row.key), names.take(fileSegments(row.url, 'text/html'), row.key));
    }
  }

  return {
    of(url) {
      let at = hashOf(keyOf(url));
      for (let hops = 0; hops < HOPS_MAX; hops += 1) {
        const file = files.get(at);
        if (file !== undefined) return file;
        const next = redirects.get(at);
        if (next === undefined) return null;
        at = next;
      }
      return null;
    },
    own(row) {
      const at = hashOf(row.key);
      return (files.get(at) ?? redirectFiles.get(at))!;
    },
  };
}
