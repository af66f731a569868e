// An archived page as it is shown: its links lead to archived pages, its scripts are off, and a banner tells when it
// was captured. The address of what is not archived says so.

import type { Row } from '../../base/contracts.ts';
import { headerOf } from '../../base/headers.ts';
import { mediaTypeOf, pageKindOfRow, xmlPageKind } from '../../parse/page-kind.ts';
import { mirroredFile } from '../../views/mirror/file.ts';
import { soundRow } from '../../views/unwritten.ts';
import { bannered, missingPage } from '../view/view-pages.ts';
import { viewedUrl, viewName } from '../view/view-url.ts';
import type { AskedJob } from './job-answers.ts';

/** What the server of archived pages sends. */
export interface ViewedPage {
  readonly status: number;
  readonly contentType: string;
  /** Where a redirect leads, relative. */
  readonly location: string | null;
  readonly body: Uint8Array;
}

/** Every link stays in the archive; there is one folder for all pages. */
const PATHS = { of: viewName };

export async function viewedPageOf(job: AskedJob, name: string): Promise<ViewedPage> {
  const url = viewedUrl(name);
  if (url === null) return missing('This is no address of an archived page.', '', null);
  await job.ready();
  const row = await rowOf(job, url);
  if (row === null) return missing('It was never seen in this crawl.', url, null);
  const content = row.archive === null ? null : await job.contents.of(row);
  if (content === null) {
    if (row.redirectTo !== null) return redirect(row.redirectTo, row.redirectFragment);
    return missing('It was not archived.', url, row);
  }
  if ('damage' in content) return missing(`Its record cannot be read: ${content.damage}.`, url, row);
  if (row.redirectTo !== null && content.status >= 300 && content.status < 400) {
    return redirect(row.redirectTo, row.redirectFragment);
  }
  const body = mirroredFile(row, content, viewName(row.url), PATHS, null);
  const named = headerOf(content.headers, 'content-type') || row.contentType || '';
  const kind = pageKindOfRow(row) ?? xmlPageKind(mediaTypeOf(named), content.body);
  if (kind !== 'html' && kind !== 'xhtml') {
    return { status: 200, contentType: named || 'application/octet-stream', location: null, body };
  }
  // A browser is told to believe the type. A page without one was known by its bytes.
  const type = kind === 'html' && mediaTypeOf(named) !== HTML ? HTML : named;
  // The text may have become UTF-8, which it then says itself.
  const contentType = hasMark(body) ? `${mediaTypeOf(type)}; charset=utf-8` : type;
  return { status: 200, contentType, location: null, body: bannered(body, kind, row.url, content.date) };
}

const HTML = 'text/html';

/** The row of the URL or of its key. */
async function rowOf({ ledger }: AskedJob, url: string): Promise<Row | null> {
  return soundRow(ledger.rows, url);
}

function redirect(to: string, fragment: string | null): ViewedPage {
  return { status: 302, contentType: 'text/plain', location: viewName(to) + (fragment ?? ''), body: new Uint8Array(0) };
}

function missing(why: string, url: string, row: Row | null): ViewedPage {
  const body = Buffer.from(missingPage(why, url, row));
  return { status: 404, contentType: 'text/html; charset=utf-8', location: null, body };
}

function hasMark(body: Uint8Array): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}
