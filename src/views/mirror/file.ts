// What of a response stands in its file of a mirror: a page, a style sheet or a text with what a browser must know of
// it, and everything else as it is.

import type { Content } from '../../base/contents.ts';
import type { Row } from '../../base/contracts.ts';
import { headerOf } from '../../base/headers.ts';
import { isXmlType, mediaTypeOf, pageKindOfRow } from '../../parse/page-kind.ts';
import { createRelink } from './links.ts';
import { mirroredPage } from './page.ts';
import type { MirrorPaths } from './paths.ts';
import { mirroredSheet, mirroredText } from './style.ts';

/** Names of files that are what a content coding makes. */
const PACKED_NAMES: Readonly<Record<string, RegExp>> = {
  gzip: /\.(?:gz|tgz|taz)$/i,
  'x-gzip': /\.(?:gz|tgz|taz)$/i,
  br: /\.br$/i,
  zstd: /\.t?zst$/i,
};

const PROLOG_BYTES_MAX = 16_384;

export function mirroredFile(row: Row, content: Content, file: string, paths: MirrorPaths): Uint8Array {
  const { url, headers, body, rawBody } = content;
  // Its coding is one that nobody undoes here.
  if (body.length === 0) return rawBody;
  const contentType = headerOf(headers, 'content-type') ?? '';
  const kind = pageKindOfRow(row);
  if (kind !== null) return mirroredPage(body, { url, contentType, isXml: kind !== 'html', file }, paths);
  const mediaType = mediaTypeOf(contentType);
  if (isXmlType(mediaType)) {
    return mirroredPage(body, { url, contentType, isXml: true, isData: !hasPageRoot(body), file }, paths);
  }
  if (mediaType === 'text/css') return mirroredSheet(body, contentType, createRelink(paths, file, url));
  return isPackedFile(content, file) ? rawBody : mirroredText(body, mediaType, contentType);
}

/** A browser shows XML as what its first element says. */
function hasPageRoot(body: Uint8Array): boolean {
  const text = Buffer.from(body.subarray(0, PROLOG_BYTES_MAX)).toString('latin1');
  for (let open = text.indexOf('<'); open >= 0; ) {
    const isComment = text.startsWith('<!--', open);
    if (!isComment && !/[!?]/.test(text.charAt(open + 1)))
      return /^<(?:svg|html)[\s/>]/.test(text.slice(open, open + 6));
    const end = text.indexOf(isComment ? '-->' : '>', open);
    open = end < 0 ? -1 : text.indexOf('<', end);
  }
  return false;
}

/**
 * Servers call the packing of a file that is an archive its coding. Where what is within begins alike, the coding came
 * on top of it.
 */
function isPackedFile({ headers, body, rawBody }: Content, file: string): boolean {
  const coding = headerOf(headers, 'content-encoding')?.trim().toLowerCase() ?? '';
  if (!Object.hasOwn(PACKED_NAMES, coding) || !PACKED_NAMES[coding]!.test(file)) return false;
  return body[0] !== rawBody[0] || body[1] !== rawBody[1];
}
