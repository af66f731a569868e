// Decides what the file of a response in a mirror contains. Pages, style sheets and texts get what a browser must know
// about them; everything else stays as it is.

import type { Content } from '../../base/contents.ts';
import type { Row } from '../../base/contracts.ts';
import { headerOf } from '../../base/headers.ts';
import { isXmlType, mediaTypeOf, pageKindOfRow } from '../../parse/page-kind.ts';
import { createRelink } from './links.ts';
import { mirroredPage } from './page.ts';
import type { MirrorPaths } from './paths.ts';
import { mirroredSheet, mirroredText } from './style.ts';

/** File names that say that the file itself is compressed. */
const PACKED_NAMES: Readonly<Record<string, RegExp>> = {
  gzip: /\.(?:gz|tgz|taz)$/i,
  'x-gzip': /\.(?:gz|tgz|taz)$/i,
  br: /\.br$/i,
  zstd: /\.t?zst$/i,
};

const PROLOG_BYTES_MAX = 16_384;

export function mirroredFile(row: Row, content: Content, file: string, paths: MirrorPaths): Uint8Array {
  const { url, headers, body, rawBody } = content;
  // The content coding is one that gossamer cannot undo.
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
function isPackedFile({ headers, body, rawBody }: Content, file: string): boolean {
  const coding = headerOf(headers, 'content-encoding')?.trim().toLowerCase() ?? '';
  if (!Object.hasOwn(PACKED_NAMES, coding) || !PACKED_NAMES[coding]!.test(file)) return false;
  return body[0] !== rawBody[0] || body[1] !== rawBody[1];
}
