// Decides what the file of a response in a mirror contains. Pages, style sheets and texts get what a browser must know
// about them; everything else stays as it is.

import type { Content } from '../../base/contents.ts';
import type { Row } from '../../base/contracts.ts';
import { contentTypeOf, headerAll, headerOf, wordsOf } from '../../base/headers.ts';
import { mediaTypeOf, pageKindOfRow } from '../../parse/page-kind.ts';
import { mayNameSheets } from '../../parse/xml-sheets.ts';
import { createRelink } from './links.ts';
import { mirroredPage } from './page.ts';
import type { MirrorPaths } from './paths.ts';
import { mirroredSheet, mirroredText, scriptTypeOf } from './style.ts';

/** The words for a content coding, and the file names that say that the file itself is compressed with it. */
const PACKED_NAMES: readonly (readonly [coding: RegExp, names: RegExp])[] = [
  [/^(?:application\/)?(?:x-)?gz(?:ip)?$/, /\.(?:gz|gzip|tgz|taz)$/i],
  [/^(?:x-)?br(?:otli)?$/, /\.(?:br|tbr)$/i],
  [/^(?:x-)?zstd$/, /\.t?zst$/i],
];

/** The words for the content codings that gossamer undoes. */
const UNDONE = /^(?:(?:application\/)?(?:x-)?gz(?:ip)?|(?:x-)?deflate|zlib|(?:x-)?br(?:otli)?|(?:x-)?zstd)$/;

/** Pictures and fonts that a page shows, whatever their names end in. */
const SHOWN = /^(?:image\/(?:avif|bmp|gif|jpeg|png|webp|x-icon|vnd\.microsoft\.icon)|font\/)/;
const SHEET = 'text/css';
const PROLOG_BYTES_MAX = 16_384;

/** `charset` is the encoding of the file if its header names none; null if its bytes tell it, or nothing does. */
export function mirroredFile(
  row: Row,
  content: Content,
  file: string,
  paths: Pick<MirrorPaths, 'of'>,
  charset: string | null,
): Uint8Array {
  const { url, headers, body, rawBody } = content;
  if (body.length === 0 && !codingsOf(content).every((word) => UNDONE.test(word))) return rawBody;
  const named = contentTypeOf(headers);
  // The crawl may have seen by the body what it is.
  const given = row.contentType === SHEET && mediaTypeOf(named) !== SHEET ? SHEET : named;
  const contentType = charset === null ? given : `${scriptTypeOf(url, given)}; charset=${charset}`;
  const kind = pageKindOfRow(row);
  if (kind !== null) {
    const refresh = kind === 'html' ? headerOf(headers, 'refresh') : undefined;
    return mirroredPage(body, { url, contentType, isXml: kind !== 'html', file, refresh }, paths);
  }
  const mediaType = mediaTypeOf(contentType);
  if (!SHOWN.test(mediaType) && isPackedFile(content, file)) return rawBody;
  if (mayNameSheets(mediaType)) {
    return mirroredPage(body, { url, contentType, isXml: true, isData: !hasPageRoot(body), file }, paths);
  }
  if (mediaType === SHEET) return mirroredSheet(body, contentType, createRelink(paths, file, url));
  return mirroredText(body, mediaType, contentType);
}

/** A browser decides by the first element what an XML file is. */
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
 * Servers also report the compression of an archive file as its content coding. If the decoded body still begins with
 * the same format, the coding was added for the transfer.
 */
function isPackedFile(content: Content, file: string): boolean {
  const { body, rawBody } = content;
  const codings = codingsOf(content);
  const isNamed = PACKED_NAMES.some(([coding, names]) => names.test(file) && codings.some((word) => coding.test(word)));
  return isNamed && (body[0] !== rawBody[0] || body[1] !== rawBody[1]);
}

function codingsOf({ headers }: Content): string[] {
  return headerAll(headers, 'content-encoding').flatMap(wordsOf);
}
