// Where the scanner may read otherwise than the standard's parser, and why. Each is a decision of tree construction:
// whoever has no tree cannot make it, and a tree would cost twenty times the scan. `when` is held against the oracle's
// notes on what came before.

export interface Allowance {
  readonly when: RegExp;
  readonly because: string;
  /** A page that is still read otherwise for this reason: where none is left the allowance goes. */
  readonly example: string;
}

export const ALLOWED: readonly Allowance[] = [
  {
    when: /dropped IN_SELECT/,
    because:
      'parse5 drops tags inside of select, so that what they hold is no raw text; the standard has not done so since 2025',
    example: '<select><title><a href=in></title></select>',
  },
  {
    when: /dropped .*FRAMESET/,
    because: 'in a frameset everything but frames is dropped, and what a dropped element holds is markup',
    example: '<frameset><script><a href=in></script></frameset>',
  },
  {
    when: /dropped/,
    because: 'where only columns may stand, or a second head, an element is dropped, and what it holds is markup',
    example: '<template><col><title><a href=in></title>',
  },
  {
    when: /closes nothing/,
    because:
      'an end tag in svg or math that closes nothing there closes an element outside, or none: that is for a tree to know',
    example: '<svg></table><a>',
  },
  {
    when: /closes foreign/,
    because: 'an end tag closes an element around svg or math, and these with it',
    example: '<ruby><svg></ruby><a>',
  },
  {
    when: /CDATA/,
    because: 'parse5 knows no CDATA right inside an integration point; the standard does',
    example: '<math><mo><![CDATA[><img>',
  },
  {
    when: /table in point/,
    because: 'parts of tables inside an integration point are dropped or close what is open',
    example: '<math><mn><td></mn><a>',
  },
  {
    when: /misnested in point/,
    because: 'elements of HTML that are closed in the wrong order inside an integration point are opened again',
    example: '<math><ms><b><p></b></ms><a>',
  },
];
