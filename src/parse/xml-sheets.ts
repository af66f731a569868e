// The style sheets that an XML document names before its first element (Associating Style Sheets with XML documents
// 1.0), and those that a style sheet in XSLT imports. A browser uses them, whatever the elements of the document are.

import type { Link, ParseContext } from '../base/contracts.ts';
import { PARSED_AT_ONCE_BYTES, XML_ROOT_BYTES_MAX } from '../base/limits.ts';
import { decoded, encodingOf } from './charset.ts';
import { isLocal } from './css/css.ts';
import { knownText, NO_ENTITIES } from './entities.ts';
import { isFit, type JoinTo, nothingUnkept } from './join-links.ts';
import { isXmlType, xmlProlog } from './page-kind.ts';

/** How many are read of one document. */
const SHEETS_MAX = 100;
const INSTRUCTION = /<\?xml-stylesheet(?=\s)[^<>]*?\shref\s*=\s*(["'])([^<>]*?)\1/dg;
const XSLT = 'http://www.w3.org/1999/XSL/Transform';
const IMPORT = /<(?:[\w.-]+:)?(?:import|include)(?=\s)[^<>]{0,2000}?\shref\s*=\s*(["'])([^<>]{0,2000}?)\1/dg;
const COMMENT = /<!--(?:(?!-->)[\s\S])*-->/g;

/** An address in the text of a document, as written. */
export interface WrittenHref {
  readonly href: string;
  readonly start: number;
  readonly end: number;
}

/** The links of a document of a type for which `mayNameSheets` holds. */
export function xmlSheetLinks(bytes: Uint8Array, { url, contentType }: ParseContext, joinTo: JoinTo): Link[] {
  const beginning = bytes.subarray(0, XML_ROOT_BYTES_MAX);
  const charset = encodingOf(beginning, contentType, true);
  const prolog = xmlProlog(decoded(beginning, charset));
  const named = prolog.includes('<?xml-stylesheet') ? hrefsOf(prolog, INSTRUCTION) : [];
  const isXslt = prolog.includes(XSLT);
  const imported = isXslt ? hrefsOf(decoded(bytes.subarray(0, PARSED_AT_ONCE_BYTES), charset), IMPORT) : [];
  const join = named.length + imported.length === 0 ? null : joinTo(url);
  if (join === null) return [];
  const unkept = nothingUnkept();
  return [...named, ...imported].flatMap(({ href }): Link[] => {
    // In an instruction no entity counts.
    const target = (knownText(href, NO_ENTITIES) ?? '').trim();
    const joined = target === '' || isLocal(target) ? null : join(target);
    if (joined === null || !isFit(joined, unkept)) return [];
    return [{ url: joined, kind: 'style', rel: '', element: 'xml-stylesheet' }];
  });
}

/** The addresses of what a style sheet in XSLT imports; none in any other document. */
export function xsltImports(text: string): WrittenHref[] {
  return xmlProlog(text).includes(XSLT) ? hrefsOf(text.slice(0, PARSED_AT_ONCE_BYTES), IMPORT) : [];
}

export function mayNameSheets(mediaType: string): boolean {
  return isXmlType(mediaType) || mediaType === 'text/xsl';
}

function hrefsOf(text: string, element: RegExp): WrittenHref[] {
  const said = text.replace(COMMENT, (comment) => ' '.repeat(comment.length));
  return [...said.matchAll(element)].slice(0, SHEETS_MAX).map(({ 2: href = '', indices }) => {
    const [start, end] = indices![2]!;
    return { href, start, end };
  });
}
