// The style sheets that an XML document names before its first element (Associating Style Sheets with XML documents
// 1.0), and those that a style sheet in XSLT imports. A browser uses them, whatever the elements of the document are.

import type { Link, ParseContext } from '../base/contracts.ts';
import { PARSED_AT_ONCE_BYTES, XML_ROOT_BYTES_MAX } from '../base/limits.ts';
import { decoded, encodingOf } from './charset.ts';
import { isLocal } from './css/css.ts';
import { decodeReferences } from './html/references.ts';
import { isFit, type JoinTo, nothingUnkept } from './join-links.ts';
import { isXmlType, xmlProlog } from './page-kind.ts';

/** How many are read of one document. */
const SHEETS_MAX = 100;
const INSTRUCTION = /<\?xml-stylesheet\s([^<>]*)\?>/g;
const XSLT = 'http://www.w3.org/1999/XSL/Transform';
const IMPORT = /<(?:[\w.-]+:)?(?:import|include)\s([^<>]{0,2000})>/g;
const HREF = /(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)')/;

/** The links of a document of a type for which `mayNameSheets` holds. */
export function xmlSheetLinks(bytes: Uint8Array, { url, contentType }: ParseContext, joinTo: JoinTo): Link[] {
  const beginning = bytes.subarray(0, XML_ROOT_BYTES_MAX);
  const charset = encodingOf(beginning, contentType, true);
  const prolog = xmlProlog(decoded(beginning, charset));
  const named = prolog.includes('<?xml-stylesheet') ? attributesOf(prolog, INSTRUCTION) : [];
  const isXslt = prolog.includes(XSLT);
  const imported = isXslt ? attributesOf(decoded(bytes.subarray(0, PARSED_AT_ONCE_BYTES), charset), IMPORT) : [];
  const join = named.length + imported.length === 0 ? null : joinTo(url);
  if (join === null) return [];
  const unkept = nothingUnkept();
  return [...named, ...imported].flatMap((attributes): Link[] => {
    const [, double, single] = HREF.exec(attributes) ?? [];
    const href = decodeReferences(double ?? single ?? '', true).trim();
    const joined = href === '' || isLocal(href) ? null : join(href);
    if (joined === null || !isFit(joined, unkept)) return [];
    return [{ url: joined, kind: 'style', rel: '', element: 'xml-stylesheet' }];
  });
}

export function mayNameSheets(mediaType: string): boolean {
  return isXmlType(mediaType) || mediaType === 'text/xsl';
}

function attributesOf(text: string, element: RegExp): string[] {
  const said = text.replace(/<!--(?:(?!-->)[\s\S])*-->/g, '');
  return [...said.matchAll(element)].slice(0, SHEETS_MAX).map(([, attributes = '']) => attributes);
}
