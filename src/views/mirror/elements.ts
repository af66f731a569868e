// Which attributes a mirror reads, and what kind of value they hold.

import type { Wanted } from '../../parse/html/elements.ts';
import { withLazy } from '../../parse/html/lazy-images.ts';
import { EFFECTS, FRAMES, LATE_SCRIPTS, LATE_SHEETS, PAINTS } from '../../parse/html/requisites.ts';

/** Attributes that hold exactly one URL. */
export const URLS: Wanted = {
  ...{
    a: ['href', 'ping'],
    area: ['href', 'ping'],
    link: ['href', ...LATE_SHEETS],
    // What may be an image of any element is looked at with those.
    iframe: [...FRAMES.filter((name) => name !== 'data-src'), 'longdesc'],
  },
  ...{ frame: ['src', 'longdesc'], fencedframe: ['src'], portal: ['src'], head: ['profile'] },
  ...{ img: ['src', 'lowsrc', 'dynsrc', 'longdesc'], image: ['src'], source: ['src'], audio: ['src'] },
  ...{ video: ['src', 'poster'], embed: ['src'], track: ['src'], bgsound: ['src'], input: ['src', 'formaction'] },
  ...{ 'amp-img': ['src'], 'amp-anim': ['src'], 'amp-audio': ['src'], 'amp-video': ['src', 'poster'] },
  ...{
    button: ['formaction'],
    script: ['src', ...LATE_SCRIPTS],
    object: ['data', 'classid', 'codebase', 'archive'],
    applet: ['codebase', 'code', 'archive'],
  },
  ...{ form: ['action'], blockquote: ['cite'], q: ['cite'], ins: ['cite'], del: ['cite'] },
  ...{ body: ['background'], table: ['background'], tr: ['background'], td: ['background'], th: ['background'] },
  ...{ thead: ['background'], tbody: ['background'], tfoot: ['background'] },
  // Names the style sheet of an XML document.
  'xml-stylesheet': ['href'],
};
export const SETS: Wanted = {
  ...{ img: ['srcset'], image: ['srcset'], source: ['srcset'], 'amp-img': ['srcset'], 'amp-anim': ['srcset'] },
  link: ['imagesrcset'],
};
/** Attributes that make a browser refuse a file from a disk or a changed file. */
export const BARRIERS: readonly string[] = ['integrity', 'crossorigin'];
export const BARRED: readonly string[] = ['link', 'script', 'img', 'audio', 'video'];
/** Attributes of any element of SVG and MathML. */
export const HREFS: readonly string[] = ['href', 'xlink:href'];
export const FOREIGN_URLS: Wanted = { a: HREFS, image: HREFS, use: HREFS, feimage: HREFS, script: HREFS };
export const STYLE = 'style';
/** Changes the base of all links in an element, for programs that follow XML to the letter. */
export const XML_BASE = 'xml:base';
/**
 * Attributes that may hold an address in any other element: in XML, in an animation, or in a language that only some
 * browser knows.
 */
export const ELSEWHERE: readonly string[] = [
  ...['src', 'srcset', 'data', 'action', 'formaction', 'background', 'poster', 'codebase', 'archive'],
  ...['from', 'to', 'by', 'values', 'value'],
];

/** What the scan reads: of HTML elements, of SVG and MathML elements, and of all others. */
export function wantedOfMirror(): [Wanted, Wanted, readonly string[]] {
  const foreign = Object.entries(FOREIGN_URLS).map(([element, names]) => {
    // Only these style attributes have an effect on an image.
    return [element, [...names, STYLE, XML_BASE, ...(element === 'image' ? EFFECTS : PAINTS)]] as const;
  });
  const everywhere = withLazy('', [STYLE, XML_BASE, ...HREFS, ...PAINTS, ...ELSEWHERE]);
  return [wantedOfPages(), Object.fromEntries(foreign), everywhere];
}

function wantedOfPages(): Wanted {
  const wanted: Record<string, readonly string[]> = { ...URLS };
  const add = (element: string, ...names: readonly string[]): void => {
    wanted[element] = [...(wanted[element] ?? []), ...names];
  };
  for (const [element, names] of Object.entries(SETS)) add(element, ...names);
  for (const element of BARRED) add(element, ...BARRIERS);
  add('link', 'rel');
  add('base', 'href');
  add('html', 'manifest');
  add('meta', 'http-equiv', 'content');
  add('iframe', 'srcdoc');
  // `math` and `svg` begin foreign content, but are HTML elements themselves.
  add('math', ...HREFS);
  add('svg', ...PAINTS);
  add('style');
  const all = Object.entries(wanted).map(
    ([element, names]) => [element, withLazy(element, [...names, STYLE, XML_BASE])] as const,
  );
  return Object.fromEntries(all);
}
