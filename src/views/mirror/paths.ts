// Maps each URL to its file in a mirror. It uses hashes of the URL's key, so that a million URLs fit into memory. No
// two URLs share a file, even on systems that ignore case.

import type { Ledger, Row } from '../../base/contracts.ts';
import { hasContent } from '../../base/redirects.ts';
import { pageKindOfRow, typeOfRow } from '../../parse/page-kind.ts';
import { keyOfJob } from '../../url/key.ts';
import { fileSegments } from '../file-names.ts';
import { createTakenNames, hashOf } from '../taken-names.ts';
import { soundRows } from '../unwritten.ts';

const HOPS_MAX = 20;
/** The entry page of the mirror. No host has a folder of this name. */
export const ENTRY_FILE = 'index.html';

export interface MirrorPaths {
  /**
   * The file of a URL, in any form of the URL, or of the target of its redirects; null if it is not in the mirror. If
   * the redirects name a fragment, it follows with its `#`.
   */
  of(url: string): string | null;
  /** The file of the row itself, even if it is a redirect. */
  own(row: Row): string;
}

export function isMirrored(row: Row): boolean {
  return row.state === 'done' && row.archive !== null && hasContent(row);
}

/**
 * Whether a row redirects to another row over HTTP. A stranger who made the job may have written a redirect to the
 * disk.
 */
export function leadsOn({ state, redirectTo }: Row): boolean {
  return state === 'done' && redirectTo !== null && /^https?:/.test(redirectTo);
}

/** The media type whose ending makes a browser treat the file as the crawl did. */
function fileTypeOf(row: Row): string {
  return pageKindOfRow(row) === 'html' ? 'text/html' : typeOfRow(row);
}

/** Gives each row a file, in the order in which URLs were found. */
export async function createMirrorPaths(ledger: Ledger): Promise<MirrorPaths> {
  const keyOf = keyOfJob(await ledger.job.identity());
  const names = createTakenNames();
  names.take([ENTRY_FILE], '');
  const files = new Map<number, string>();
  const redirects = new Map<number, number>();
  /** The fragments of redirects. */
  const fragments = new Map<number, string>();
  // Pages and resources get the plain names first; redirects get the names that are left.
  for await (const rows of soundRows(ledger, null)) {
    for (const row of rows.filter(isMirrored)) {
      files.set(hashOf(row.key), names.take(fileSegments(row.url, fileTypeOf(row)), row.key));
    }
  }
  const redirectFiles = new Map<number, string>();
  for await (const rows of soundRows(ledger, null)) {
    for (const row of rows) {
      if (!leadsOn(row) || isMirrored(row)) continue;
      const at = hashOf(row.key);
      redirects.set(at, hashOf(keyOf(row.redirectTo!)));
      if (row.redirectFragment !== null) fragments.set(at, row.redirectFragment);
      redirectFiles.set(at, names.take(fileSegments(row.url, 'text/html'), row.key));
    }
  }

  return {
    of(url) {
      let at = hashOf(keyOf(url));
      let fragment = '';
      for (let hops = 0; hops < HOPS_MAX; hops += 1) {
        const file = files.get(at);
        if (file !== undefined) return file + fragment;
        const next = redirects.get(at);
        if (next === undefined) return null;
        fragment = fragments.get(at) ?? fragment;
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
