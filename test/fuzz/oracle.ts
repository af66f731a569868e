// What the standard's parser sees of a page: the start tags as they come to tree construction, with the tokenizer's
// state set back by it (raw text, script, CDATA in foreign content). Beside them it notes what tree construction did
// that a scanner without a tree cannot know: each note stands before the tag that may differ for it.

import { type DefaultTreeAdapterMap, html, InsertionMode, Parser, type Token, TokenizerMode } from 'parse5';
import type { WantedElements } from '../../src/parse/html/elements.ts';

export interface OracleReading {
  /** A line for each wanted start tag. */
  readonly tags: readonly string[];
  readonly notes: readonly Note[];
}

/** Something that happened before the tag that is `at` in the list of tags. */
export interface Note {
  readonly at: number;
  readonly what: string;
}

/** The elements that a scanner is asked for, in HTML and in foreign content. */
export type Wishes = Required<WantedElements>;

/** One start tag as both readings tell it; null where nothing of it is wanted. */
export function lineOf(
  [inHtml, inForeign]: Wishes,
  element: string,
  isForeign: boolean,
  value: (name: string) => string | null,
): string | null {
  // The element that begins foreign content belongs to both sides.
  const isInside = isForeign && element !== 'svg' && element !== 'math';
  const wanted = isInside ? inForeign : inHtml;
  const names = Object.hasOwn(wanted, element) ? wanted[element] : null;
  if (names == null) return null;
  let line = isInside ? `${element} (foreign)` : element;
  for (const name of names) {
    const found = value(name);
    if (found !== null) line += ` ${name}=${JSON.stringify(found)}`;
  }
  return line;
}

export function readByOracle(text: string, wishes: Wishes): OracleReading {
  const oracle = new Oracle(wishes);
  oracle.tokenizer.write(text, true);
  return oracle;
}

const CONTENT_OF: Readonly<Record<string, number>> = {
  title: TokenizerMode.RCDATA,
  textarea: TokenizerMode.RCDATA,
  style: TokenizerMode.RAWTEXT,
  xmp: TokenizerMode.RAWTEXT,
  iframe: TokenizerMode.RAWTEXT,
  noembed: TokenizerMode.RAWTEXT,
  noframes: TokenizerMode.RAWTEXT,
  script: TokenizerMode.SCRIPT_DATA,
  plaintext: TokenizerMode.PLAINTEXT,
};

class Oracle extends Parser<DefaultTreeAdapterMap> implements OracleReading {
  readonly tags: string[] = [];
  readonly notes: Note[] = [];
  readonly #wishes: Wishes;
  #isForeign = false;

  constructor(wishes: Wishes) {
    super({ scriptingEnabled: false });
    this.#wishes = wishes;
  }

  override onStartTag(token: Token.TagToken): void {
    const { tagName } = token;
    const mode = this.insertionMode;
    // Tree construction changes names and attributes of foreign elements in place.
    const attributes = token.attrs.map(({ name, value }) => [name, value] as const);
    const at = this.tags.length;
    const wasForeign = this.#outermostForeign() >= 0;
    this.#isForeign = true;
    super.onStartTag(token);
    const isForeign = this.#isForeign;
    if (!isForeign && this.#isDropped(tagName, token.selfClosing))
      this.#note(`<${tagName}> dropped ${InsertionMode[mode]}`, at);
    if (
      !isForeign &&
      wasForeign &&
      /^(caption|col|colgroup|t(able|body|head|foot|r|h|d)|head|html|body|frame|frameset)$/.test(tagName)
    )
      this.#note('table in point', at);
    const value = (name: string): string | null => attributes.find((attribute) => attribute[0] === name)?.[1] ?? null;
    const line = lineOf(this.#wishes, tagName, isForeign, value);
    if (line !== null) this.tags.push(line);
  }

  override _startTagOutsideForeignContent(token: Token.TagToken): void {
    this.#isForeign = false;
    super._startTagOutsideForeignContent(token);
  }

  override onEndTag(token: Token.TagToken): void {
    const { tagName } = token;
    const root = this.#outermostForeign();
    if (root < 0) return super.onEndTag(token);
    const { items, stackTop, current } = this.openElements;
    const nameOf = (element: DefaultTreeAdapterMap['parentNode']): string =>
      'tagName' in element ? element.tagName.toLowerCase() : '';
    const isInside = items.slice(root, stackTop + 1).some((e) => nameOf(e) === tagName);
    const misnested =
      isInside &&
      current !== undefined &&
      'namespaceURI' in current &&
      current.namespaceURI === html.NS.HTML &&
      nameOf(current) !== tagName;
    super.onEndTag(token);
    if (!isInside) {
      const closed = this.openElements.stackTop < root;
      this.#note(closed ? `</${tagName}> closes foreign` : '</> closes nothing');
    } else if (misnested) this.#note('misnested in point');
  }

  #outermostForeign(): number {
    const { items, stackTop } = this.openElements;
    return items
      .slice(0, stackTop + 1)
      .findIndex((node) => 'namespaceURI' in node && node.namespaceURI !== html.NS.HTML);
  }

  override onComment(token: Token.CommentToken): void {
    if (this.currentNotInHTML && token.data.startsWith('[CDATA[')) this.#note('CDATA at an integration point');
    super.onComment(token);
  }

  /** The tag should have changed how what follows is read, and has not. */
  #isDropped(name: string, isSelfClosing: boolean): boolean {
    if (name === 'svg' || name === 'math')
      return !isSelfClosing && this.openElements.currentTagId !== (name === 'svg' ? html.TAG_ID.SVG : html.TAG_ID.MATH);
    return Object.hasOwn(CONTENT_OF, name) && this.tokenizer.state !== CONTENT_OF[name];
  }

  #note(what: string, at = this.tags.length): void {
    this.notes.push({ at, what });
  }
}
