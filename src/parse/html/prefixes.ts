// The namespaces of names in XML: in `<s:a>` the name is `a` if the document binds `s` to a namespace of pages
// (Namespaces in XML 1.0). A prefix counts from its declaration to the end of the document, or to the next one. What
// names without a prefix belong to, foreign.ts remembers with the open elements.

import type { Attributes } from './attributes.ts';
import { tagEnd } from './tag-places.ts';

const DECLARATION = /\sxmlns(?::([\w.-]+))?\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
/** The namespaces whose elements a scan knows. */
const XHTML = 'http://www.w3.org/1999/xhtml';
const OF_PAGES: ReadonlySet<string> = new Set([
  XHTML,
  'http://www.w3.org/2000/svg',
  'http://www.w3.org/1998/Math/MathML',
]);

const XLINK = 'http://www.w3.org/1999/xlink';

/** What XML says about the namespace of a start tag. */
export interface XmlNames {
  /** Its own name is one of HTML, wherever it stands. */
  readonly isHtml: boolean;
  /** Names in it that have no prefix are those of HTML. */
  readonly isHtmlByDefault: boolean;
}

/** Those of one document. HTML has none. */
export class Prefixes {
  readonly #ofPages = new Set<string>();
  readonly #ofHtml = new Set<string>();
  /** The prefix of the last name, with its colon. */
  #written = '';
  /** Whether the last tag says that names without a prefix are those of HTML; null if it does not say. */
  #declared: boolean | null = null;
  /** The same of the first tag that says it: it counts outside of svg and math. */
  #declaredFirst: boolean | null = null;

  /**
   * Reads the declarations of a start tag, whose name ends at `end`. `attributes` learns how `xlink:href` is written.
   */
  declare(text: string, end: number, attributes: Attributes): void {
    this.#declared = null;
    const close = tagEnd(text, end);
    if (close < 0) return;
    for (const [, prefix, double, single] of text.slice(end, close).matchAll(DECLARATION)) {
      const namespace = (attributes.meaning(double ?? single!) ?? '').trim();
      if (prefix === undefined) {
        this.#declared = namespace === XHTML;
        this.#declaredFirst ??= this.#declared;
        continue;
      }
      if (namespace === XLINK) attributes.alias(`${prefix}:href`, 'xlink:href');
      setIn(this.#ofPages, prefix, OF_PAGES.has(namespace));
      setIn(this.#ofHtml, prefix, namespace === XHTML);
    }
  }

  /**
   * Whether the name that is written at `written`, and begins at `from` behind its prefix, is one of HTML. `around`:
   * whether names without a prefix are those of HTML where it stands; null outside of svg and math.
   */
  namesOf(text: string, written: number, from: number, around: boolean | null): XmlNames {
    // Authors forget the declaration of an svg in XHTML.
    const outside = from > written && this.#declaredFirst === true;
    const isHtmlByDefault = this.#declared ?? around ?? outside;
    const isHtml = from > written ? this.#ofHtml.has(text.slice(written, from - 1)) : isHtmlByDefault;
    return { isHtml, isHtmlByDefault };
  }

  /** Where the name of an element begins, which is written from `from` to `end`. */
  nameFrom(text: string, from: number, end: number): number {
    if (this.#ofPages.size === 0) return from;
    const colon = text.indexOf(':', from);
    const isPrefixed = colon > from && colon < end - 1 && this.#ofPages.has(text.slice(from, colon));
    this.#written = isPrefixed ? text.slice(from, colon + 1) : '';
    return isPrefixed ? colon + 1 : from;
  }

  /** The name of the last element as it is written, with its prefix. */
  written(name: string): string {
    return this.#written + name;
  }
}

function setIn(set: Set<string>, prefix: string, isIn: boolean): void {
  if (isIn) set.add(prefix);
  else set.delete(prefix);
}
