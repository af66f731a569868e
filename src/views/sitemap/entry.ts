// Decides which pages a search engine should know, and when each last changed. Pure.

import type { Content } from '../../base/contents.ts';
import type { Mention, Row } from '../../base/contracts.ts';
import { headerAll, headerOf } from '../../base/headers.ts';
import { isTextPage, mediaTypeOf } from '../../parse/page-kind.ts';
import { robotsTagDirectives } from '../../parse/robots-tag.ts';
import { isoTime } from '../tables/record.ts';

export interface SitemapEntry {
  readonly url: string;
  /** W3C date and time; null if there is no valid date. */
  readonly lastmod: string | null;
}

/** Readers of sitemaps accept only shorter URLs (sitemaps.org, "loc"). */
const URL_LENGTH_BELOW = 2_048;
/** https://www.w3.org/TR/NOTE-datetime */
const W3C_DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?)?)?$/;

/**
 * Whether the row alone shows a page for search engines: it was answered well, is not `noindex` and is canonical to
 * itself. `keyOf` makes keys as the job does.
 */
export function isListed(row: Row, keyOf: (url: string) => string): boolean {
  const { state, status, text, url, key } = row;
  if (state !== 'done' || status === null || status < 200 || status > 299) return false;
  if (!isDocument(row) || url.length >= URL_LENGTH_BELOW) return false;
  if (asksNoIndex(text?.robots ?? [])) return false;
  const canonical = text?.canonical ?? null;
  return canonical === null || canonical === url || keyOf(canonical) === keyOf(key);
}

function isDocument(row: Row): boolean {
  return isTextPage(row) || mediaTypeOf(row.contentType ?? '') === 'application/pdf';
}

/** The entry of a listed row; null if its response asks not to be listed. `content` is null if it was not stored. */
export function sitemapEntry(row: Row, content: Content | null, mention: Mention | null): SitemapEntry | null {
  const headers = content?.headers ?? [];
  // The row contains the robots header of a page, but not that of a PDF.
  if (asksNoIndex(robotsTagDirectives(headerAll(headers, 'x-robots-tag'), ''))) return null;
  const lastmod = w3cDate(mention?.lastmod ?? '') ?? lastModified(headerOf(headers, 'last-modified'), row.fetchedAt);
  return { url: content?.url || row.url, lastmod };
}

function asksNoIndex(directives: readonly string[]): boolean {
  return directives.includes('noindex') || directives.includes('none');
}

/** The date as written, if it is valid. */
function w3cDate(written: string): string | null {
  const [date, year, month, day] = W3C_DATE.exec(written.trim()) ?? [];
  if (date === undefined || Number.isNaN(Date.parse(date))) return null;
  // Date.parse accepts the 30th of February.
  const isDay = day === undefined || new Date(`${year}-${month}-${day}`).getUTCDate() === Number(day);
  return isDay ? date : null;
}

/**
 * The date of the Last-Modified header, to the second. A date later than the response cannot be right, so it gives null
 * (RFC 9110, section 8.8.2.1).
 */
function lastModified(header: string | undefined, fetchedAt: number | null): string | null {
  const at = Date.parse(header ?? '');
  if (Number.isNaN(at) || (fetchedAt !== null && at > fetchedAt)) return null;
  return isoTime(at)?.replace(/\.\d+Z$/, 'Z') ?? null;
}
