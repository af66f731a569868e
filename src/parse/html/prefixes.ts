// The prefixes of names in XML: in `<s:a>` the name is `a` if the document binds `s` to a namespace of pages
// (Namespaces in XML 1.0). A prefix counts from its declaration to the end of the document, or to the next one.

import { type Attributes, tagEnd } from './attributes.ts';

const DECLARATION = /\sxmlns:([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
/** The namespaces whose elements a scan knows. */
const OF_PAGES: ReadonlySet<string> = new Set([
  'http://www.w3.org/1999/xhtml',
  'http://www.w3.org/2000/svg',
  'http://www.w3.org/1998/Math/MathML',
]);

const XLINK = 'http://www.w3.org/1999/xlink';

/** Those of one document. HTML has none. */
export class Prefixes {
  readonly #ofPages = new Set<string>();

  /**
   * Reads the declarations of a start tag, whose name ends at `end`. `attributes` learns how `xlink:href` is written.
   */
  declare(text: string, end: number, attributes: Attributes): void {
    const close = tagEnd(text, end);
    if (close < 0) return;
    for (const [, prefix, double, single] of text.slice(end, close).matchAll(DECLARATION)) {
      const namespace = (double ?? single)!.trim();
      if (namespace === XLINK) attributes.alias(`${prefix}:href`, 'xlink:href');
      if (OF_PAGES.has(namespace)) this.#ofPages.add(prefix!);
      else this.#ofPages.delete(prefix!);
    }
  }

  /** Where the name of an element begins, which is written from `from` to `end`. */
  nameFrom(text: string, from: number, end: number): number {
    if (this.#ofPages.size === 0) return from;
    const colon = text.indexOf(':', from);
    return colon > from && colon < end - 1 && this.#ofPages.has(text.slice(from, colon)) ? colon + 1 : from;
  }
}
