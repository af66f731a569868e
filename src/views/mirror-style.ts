// A style sheet, an inline one or the value of a style attribute, as it is in a mirror: only its addresses change.

import { cssLinks } from '../parse/css.ts';
import { type Edit, edited, type Relink } from './mirror-links.ts';

/** `decode` gives what an address means whose characters are bytes of the page. */
export function mirroredStyle(text: string, relink: Relink, decode: (raw: string) => string): string {
  const edits: Edit[] = [];
  cssLinks(text, (url, _isImport, from, to) => {
    const link = relink(decode(url));
    if (link !== null) edits.push({ from, to, text: safeInCss(link) });
  });
  return edits.length === 0 ? text : edited(text, edits);
}

/** Neither ends a string or a bracket, nor begins an escape; what is not ASCII is escaped as in a URL. */
function safeInCss(link: string): string {
  return encodeURI(link.toWellFormed())
    .replace(/%25/g, '%')
    .replace(/['()]/g, (odd) => `%${odd.charCodeAt(0).toString(16)}`);
}
