// The text of an element that is read as markup: what stands between the tags in it. Of a heading that is what people read; of a style or a
// script in XML or svg, what its own language says.

import { RAW_TEXT_LENGTH_MAX } from '../../base/limits.ts';
import { type Element, isNamed, nameEnd } from './elements.ts';
import { isSpace } from './raw-text.ts';

export const CDATA = '<![CDATA[';
/** A heading that nobody closes is given up here. */
const HEADING_TEXT_LENGTH_MAX = 4_096;

/** Its text is for the browser, also where the rules of XML make markup of it. */
export function isSource({ name }: Element): boolean {
  return name === 'style' || name === 'script';
}

/** Gathers for one element at a time. */
export class GatheredText {
  /** Null while nothing is gathered. */
  element: Element | null = null;
  #text = '';

  add(piece: string): void {
    this.#text += piece;
  }

  /** What a token within says to people or, as CDATA, to a style. */
  addToken(text: string, open: number, end: number): void {
    if (this.#isHeading) {
      if (text.startsWith('<br', open)) this.#text += ' ';
    } else if (text.startsWith(CDATA, open)) {
      this.#text += text.slice(open + CDATA.length, end - ']]>'.length).replaceAll('&', '&amp;');
    }
  }

  /** A heading ends at any heading's tag, another element at its own. */
  isOver(text: string, open: number): boolean {
    if (this.#text.length > (this.#isHeading ? HEADING_TEXT_LENGTH_MAX : RAW_TEXT_LENGTH_MAX)) return true;
    const from = text.charCodeAt(open + 1) === 0x2f ? open + 2 : open + 1;
    return this.#isHeading ? isHeadingName(text, from) : isNamed(text, from, nameEnd(text, from), this.element!.name);
  }

  /** What was gathered. */
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
