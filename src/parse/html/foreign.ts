// Tracks whether the scanner is inside svg or math. There script, style and title are ordinary elements, CDATA exists,
// and base and link do not count (HTML standard, section 13.2.6.5). It keeps a stack of the elements that are open
// inside the outermost svg or math. Most of a page is outside, where the stack is empty and costs nothing.
//
// It does not know the elements that are open outside. It takes an end tag that matches nothing for one that closes an
// element outside, and the svg with it: a forgotten `</svg>` looks like this.

import { FOREIGN_DEPTH_MAX } from '../../base/limits.ts';
import type { XmlNames } from './prefixes.ts';

interface Open {
  readonly element: string;
  readonly kind: 'svg' | 'math' | 'html';
  /** Whether the content of the element is HTML again: all of it, or (`text`) all but two elements. */
  readonly integrates: 'no' | 'html' | 'text' | 'svg';
  /** In XML: names without a prefix are those of HTML here. */
  isHtmlByDefault?: boolean;
}

const OF_NOTHING: XmlNames = { isHtml: false, isHtmlByDefault: false };

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const SVG_HTML_POINTS = words('foreignobject desc title');
const MATH_TEXT_POINTS = words('mi mo mn ms mtext');
const MATH_IN_TEXT = words('mglyph malignmark');
/** Start tags that end foreign content: the author forgot to close it. */
const BREAKOUTS = words(
  `b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p pre
ruby s small span strong strike sub sup table tt u ul var`.replaceAll('\n', ' '),
);
const VOID = words(
  'area base br col embed hr image img input link meta source track wbr param frame keygen basefont bgsound',
);
/** HTML elements whose content the scanner skips up to their end tag. */
const SKIPPED = words('script style title textarea xmp iframe noembed noframes');
/** Elements that end when the next one of their kind begins. */
const IMPLIED = words('p li dd dt option rp rt tr td th');
/** Elements whose start tag closes an open one of their kind and everything in it. */
const NEVER_NESTED = words('a nobr button');
/** Elements that often contain an svg. Their end tag closes what was left open inside. */
const AROUND = words(
  `a abbr address article aside b bdi big blockquote button caption center cite code dd details dialog div dl dt em fieldset
figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup i label legend li main menu nav nobr ol pre q s section small
span strike strong sub summary sup table tbody td tfoot th thead tr tt u ul`.replaceAll('\n', ' '),
);

/** Elements that only their own end tag closes, or one of an element around them (13.2.4.2). */
const SPECIAL = words(
  `address applet article aside blockquote body button caption center colgroup dd details dir div dl dt fieldset figcaption figure
footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup html li listing main marquee menu nav noscript object ol p plaintext
pre search section select summary table tbody td template tfoot th thead tr ul`.replaceAll('\n', ' '),
);

/** Attributes that decide whether an element is foreign. */
export const FOREIGN_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  font: ['color', 'face', 'size'],
  'annotation-xml': ['encoding'],
};

export class ForeignContent {
  readonly #isXml: boolean;
  readonly #stack: Open[] = [];
  /** How often each element is open. An end tag that matches nothing then needs no search. */
  readonly #counts = new Map<string, number>();
  #points = 0;
  /** The name of an HTML element whose text is being skipped. Its end tag closes nothing else. */
  #skipped = '';
  #names = OF_NOTHING;

  /** `isXml`: elements close themselves, and no element ends another one. */
  constructor(isXml: boolean) {
    this.#isXml = isXml;
  }

  /** Whether the scanner is somewhere inside svg or math. */
  get isOpen(): boolean {
    return this.#stack.length > 0;
  }

  /** Whether the current node is foreign: only there `<![CDATA[` begins a CDATA section. */
  get isForeign(): boolean {
    const top = this.#stack.at(-1);
    return top !== undefined && top.kind !== 'html';
  }

  /** In XML: whether names without a prefix are those of HTML here; null outside. */
  get isHtmlByDefault(): boolean | null {
    return this.#stack.length === 0 ? null : this.#stack.at(-1)!.isHtmlByDefault === true;
  }

  /** Takes a start tag. Returns whether its element is foreign. `value` returns its attributes. */
  start(
    element: string,
    isSelfClosing: boolean,
    value: (name: string) => string | null,
    names: XmlNames = OF_NOTHING,
  ): boolean {
    this.#names = names;
    if (names.isHtml || this.#takesHtml(element)) return this.#startInHtml(element, isSelfClosing);
    const isBreakout =
      BREAKOUTS.has(element) ||
      (element === 'font' && FOREIGN_ATTRIBUTES['font']!.some((name) => value(name) !== null));
    if (isBreakout) {
      if (!this.#isXml) this.#breakOut();
      return this.#startInHtml(element, isSelfClosing);
    }
    if (!isSelfClosing) this.#pushForeign(element, value);
    return true;
  }

  end(element: string): void {
    if (element === this.#skipped) {
      this.#skipped = '';
      return;
    }
    if (!this.#isXml && this.isForeign && (element === 'p' || element === 'br')) this.#breakOut();
    const match = this.#counts.has(element) ? this.#matchOf(element) : -1;
    // Elements that are open inside a form stay open.
    if (match >= 0 && element === 'form' && this.#stack[match]!.kind === 'html') this.#remove(match);
    else if (match >= 0) this.#popTo(match);
    // An end tag closes nothing beyond an integration point.
    else if (this.#points === 0 && AROUND.has(element)) this.#popTo(0);
  }

  /** The index of the element that an end tag closes; -1 if an element in between keeps it open. */
  #matchOf(element: string): number {
    let isInHtml = false;
    let isBlocked = false;
    let hasPoint = false;
    for (let at = this.#stack.length - 1; at >= 0; at -= 1) {
      const open = this.#stack[at]!;
      const isHtml = open.kind === 'html';
      if (isHtml ? hasPoint : isInHtml) return -1;
      if (open.element === element) return isBlocked && !AROUND.has(element) ? -1 : at;
      isInHtml ||= isHtml;
      if (isHtml) isBlocked ||= SPECIAL.has(open.element);
      else hasPoint ||= open.integrates !== 'no';
    }
    return -1;
  }

  #takesHtml(element: string): boolean {
    const top = this.#stack.at(-1);
    if (top === undefined || top.kind === 'html' || top.integrates === 'html') return true;
    if (top.integrates === 'text') return !MATH_IN_TEXT.has(element);
    return top.integrates === 'svg' && element === 'svg';
  }

  #startInHtml(element: string, isSelfClosing: boolean): boolean {
    const isRoot = element === 'svg' || element === 'math';
    if (isRoot && !isSelfClosing) this.#push({ element, kind: element, integrates: 'no' });
    if (this.#isXml) {
      if (!isRoot && !isSelfClosing && this.isOpen) this.#push({ element, kind: 'html', integrates: 'no' });
      return isRoot;
    }
    // An HTML element inside foreign content is remembered until it ends.
    const earlier = NEVER_NESTED.has(element) && this.#counts.has(element) ? this.#matchOf(element) : -1;
    if (this.#stack[earlier]?.kind === 'html') this.#popTo(earlier);
    const isNext = IMPLIED.has(element) && this.#stack.at(-1)?.element === element;
    if (SKIPPED.has(element)) this.#skipped = element;
    else if (!isRoot && this.isOpen && !isNext && !VOID.has(element)) {
      this.#push({ element, kind: 'html', integrates: 'no' });
    }
    return isRoot;
  }

  #pushForeign(element: string, value: (name: string) => string | null): void {
    const kind = this.#stack.at(-1)!.kind;
    if (kind === 'svg') this.#push({ element, kind, integrates: SVG_HTML_POINTS.has(element) ? 'html' : 'no' });
    else if (MATH_TEXT_POINTS.has(element)) this.#push({ element, kind, integrates: 'text' });
    else if (element === 'annotation-xml') this.#push({ element, kind, integrates: annotationKind(value('encoding')) });
    else this.#push({ element, kind, integrates: 'no' });
  }

  /** Closes elements back to where HTML is allowed: an integration point, an HTML element, or outside. */
  #breakOut(): void {
    for (let top = this.#stack.at(-1); top !== undefined && top.kind !== 'html'; top = this.#stack.at(-1)) {
      if (top.integrates === 'html' || top.integrates === 'text') return;
      this.#pop();
    }
  }

  #push(open: Open): void {
    if (this.#stack.length >= FOREIGN_DEPTH_MAX) return;
    if (this.#isXml) open.isHtmlByDefault = this.#names.isHtmlByDefault;
    this.#stack.push(open);
    if (open.integrates !== 'no') this.#points += 1;
    this.#counts.set(open.element, (this.#counts.get(open.element) ?? 0) + 1);
  }

  #popTo(length: number): void {
    while (this.#stack.length > length) this.#pop();
  }

  #pop(): void {
    this.#remove(this.#stack.length - 1);
  }

  #remove(at: number): void {
    const [open] = this.#stack.splice(at, 1);
    if (open === undefined) return;
    if (open.integrates !== 'no') this.#points -= 1;
    const count = this.#counts.get(open.element)! - 1;
    if (count === 0) this.#counts.delete(open.element);
    else this.#counts.set(open.element, count);
  }
}

function annotationKind(encoding: string | null): Open['integrates'] {
  return /^(?:text\/html|application\/xhtml\+xml)$/i.test(encoding ?? '') ? 'html' : 'svg';
}
