// Gathers the text between the tags of an element that is read as markup. In a heading it is what people read. In a
// style or a script in XML or svg it is source code.

import { RAW_TEXT_LENGTH_MAX } from '../../base/limits.ts';
import { type Element, isNamed, nameEnd } from './elements.ts';
import type { Prefixes } from './prefixes.ts';
import { isSpace } from './raw-text.ts';

export const CDATA = '<![CDATA[';
/** A heading that is never closed is given up at this length. */
const HEADING_TEXT_LENGTH_MAX = 4_096;

/** Whether the text of the element is source code for the browser, also where XML rules read it as markup. */
export function isSource({ name }: Element): boolean {
  return name === 'style' || name === 'script';
}

/** Gathers for one element at a time. */
export class GatheredText {
  /** The element whose text is gathered; null if there is none. */
  element: Element | null = null;
  readonly #prefixes: Prefixes;
  #text = '';

  constructor(prefixes: Prefixes) {
    this.#prefixes = prefixes;
  }

  add(piece: string): void {
    this.#text += piece;
  }

  /** Adds the text that a token contributes: what a tag shows people, or CDATA in a style. */
  addToken(text: string, open: number, end: number): void {
    if (this.#isHeading) {
      if (text.startsWith('<br', open)) this.#text += ' ';
    } else if (text.startsWith(CDATA, open)) {
      this.#text += text.slice(open + CDATA.length, end - ']]>'.length).replaceAll('&', '&amp;');
    }
  }

  /** Whether the tag ends the element. Any heading's tag ends a heading; other elements end at their own tag. */
  isOver(text: string, open: number): boolean {
    if (this.#text.length > (this.#isHeading ? HEADING_TEXT_LENGTH_MAX : RAW_TEXT_LENGTH_MAX)) return true;
    const from = text.charCodeAt(open + 1) === 0x2f ? open + 2 : open + 1;
    const end = nameEnd(text, from);
    const name = this.#prefixes.nameFrom(text, from, end);
    return this.#isHeading ? isHeadingName(text, name) : isNamed(text, name, end, this.element!.name);
  }

  /** Returns what was gathered and starts anew. */
  take(): string {
    const text = this.#text;
    this.element = null;
    this.#text = '';
    return text;
  }

  get #isHeading(): boolean {
    return this.element?.content === 'heading';
  }
}

function isHeadingName(text: string, at: number): boolean {
  const digit = text.charCodeAt(at + 1);
  if ((text.charCodeAt(at) | 0x20) !== 0x68 || digit < 0x31 || digit > 0x36) return false;
  const code = text.charCodeAt(at + 2);
  return code === 0x3e || code === 0x2f || isSpace(code);
}
