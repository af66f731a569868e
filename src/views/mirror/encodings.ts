// The encodings of files whose headers name none. On a disk no file inherits an encoding as it does on the web, so what
// the crawl found is needed to write it into the file.

import { isUtf8 } from 'node:buffer';
import type { Content } from '../../base/contents.ts';
import type { LinkReader, Row } from '../../base/contracts.ts';
import { contentTypeOf } from '../../base/headers.ts';
import { labelOf, toldEncodingOf, UNTOLD } from '../../parse/charset.ts';
import { declaredSheetEncoding } from '../../parse/css/style-sheet.ts';
import { pageKindOfRow, typeOfRow } from '../../parse/page-kind.ts';
import { hashOf } from '../taken-names.ts';
import { isScript, scriptTypeOf } from './style.ts';

/** Null if the bytes of the file tell its encoding, or if a browser guesses it here as on the web. */
type EncodingOf = (row: Row, content: Content) => string | null | Promise<string | null>;

/** It is asked of all files of a job, in the order in which they were found. */
export function createEncodings({ outer }: Pick<LinkReader, 'outer'>): EncodingOf {
  /** Pages that tell no encoding, and what they brought, by hashes of their URLs. */
  const guessed = new Set<number>();

  const ofPart = async ({ id, url }: Row): Promise<string | null> => {
    const found = await outer(id);
    if (found === null || found.charset !== UNTOLD || !guessed.has(hashOf(found.url))) return found?.charset ?? null;
    guessed.add(hashOf(url));
    return null;
  };

  return (row, { url, headers, body }) => {
    const contentType = contentTypeOf(headers);
    if (labelOf(contentType) !== undefined) return null;
    const kind = pageKindOfRow(row);
    if (kind !== null) {
      if (row.charset !== UNTOLD) return row.charset;
      if (toldEncodingOf(body, contentType, kind !== 'html') === null) guessed.add(hashOf(row.url));
      return null;
    }
    // The crawl has read style sheets, and no scripts.
    if (typeOfRow(row) !== 'text/css')
      return isScript(scriptTypeOf(url, contentType)) && !isUtf8(body) ? ofPart(row) : null;
    if (declaredSheetEncoding(body) !== null || row.charset === 'utf-8') return null;
    return row.charset === UNTOLD ? ofPart(row) : row.charset || null;
  };
}
