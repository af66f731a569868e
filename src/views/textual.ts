// Which rows hold pages with text, and how to read them.

import type { Row } from '../base/contracts.ts';
import { hasContent } from '../base/redirects.ts';
import { isTextPage, isXmlType, mediaTypeOf, type PageKind, pageKindOfRow, xmlPageKind } from '../parse/page-kind.ts';

/** Whether the row may hold a page with text. Only the body tells whether XML does. */
export function isTextual(row: Row): boolean {
  return row.state === 'done' && hasContent(row) && (isTextPage(row) || isXmlType(mediaTypeOf(row.contentType ?? '')));
}

export function kindOfText(row: Row, body: Uint8Array): PageKind | null {
  return pageKindOfRow(row) ?? xmlPageKind(mediaTypeOf(row.contentType ?? ''), body);
}

/** The content type with the encoding that the crawl found. */
export function typeOfText(row: Row, kind: PageKind): string {
  const mediaType = kind === 'xhtml' ? 'application/xhtml+xml' : 'text/html';
  return row.charset === null || row.charset === '' ? mediaType : `${mediaType}; charset=${row.charset}`;
}
