// What the scanner tells of a page.

import type { Attributes } from './attributes.ts';

export interface TagSink {
  /** A wanted element, in svg or math if `isForeign`. `attributes` is valid until the call returns. */
  onTag(element: string, attributes: Attributes, isForeign: boolean): void;
  /** The text of the first title, as written. */
  onTitle(raw: string): void;
  /**
   * The text of a wanted script, style or heading. `isMarkup`: without its tags, but its references are not decoded.
   */
  onText?(element: string, raw: string, isMarkup: boolean): void;
  /** A comment, from its `<` to the place after it. */
  onComment?: (open: number, end: number) => void;
}
