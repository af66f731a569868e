// The URLs of a `srcset`, by the algorithm "parse a srcset attribute" (HTML standard, section 4.8.4.2.1). A comma may
// be part of a URL. It ends a candidate only at the end of a URL or after its descriptors.

import { isSpace } from './raw-text.ts';

const COMMA = 0x2c;
const NUMBER = /^-?(?:[0-9]+|[0-9]*\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;

/** The URLs in order, as written. A candidate with invalid descriptors does not count. */
export function srcsetUrls(text: string): string[] {
  return srcsetPlaces(text).map(([start, end]) => text.slice(start, end));
}

/** Where the URLs stand in the text. */
export function srcsetPlaces(text: string): (readonly [start: number, end: number])[] {
  const places: (readonly [number, number])[] = [];
  const begin = /[^\t\n\f\r ,]/g;
  for (let start = begin.exec(text); start !== null; start = begin.exec(text)) {
    let at = start.index;
    while (at < text.length && !isSpace(text.charCodeAt(at))) at += 1;
    let urlEnd = at;
    while (text.charCodeAt(urlEnd - 1) === COMMA) urlEnd -= 1;
    const { descriptors, end } = urlEnd < at ? { descriptors: [], end: at } : descriptorsFrom(text, at);
    begin.lastIndex = end;
    if (areValid(descriptors)) places.push([start.index, urlEnd]);
  }
  return places;
}

/**
 * The descriptors between a URL and the comma that ends the candidate. Spaces and commas in parentheses end nothing.
 */
function descriptorsFrom(text: string, from: number): { descriptors: string[]; end: number } {
  const descriptors: string[] = [];
  let current = '';
  let isInside = false;
  let at = from;
  for (; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (isInside) {
      if (char === ')') isInside = false;
    } else if (char === ',') break;
    else if (char === '(') isInside = true;
    else if (isSpace(char.charCodeAt(0))) {
      if (current !== '') descriptors.push(current);
      current = '';
      continue;
    }
    current += char;
  }
  if (current !== '') descriptors.push(current);
  return { descriptors, end: at + 1 };
}

function areValid(descriptors: readonly string[]): boolean {
  const seen = { w: false, x: false, h: false };
  for (const descriptor of descriptors) {
    const unit = descriptor.slice(-1);
    const number = descriptor.slice(0, -1);
    if (unit === 'x') {
      if (seen.w || seen.x || seen.h || !NUMBER.test(number) || Number(number) < 0) return false;
    } else if (unit === 'w' || unit === 'h') {
      if (seen[unit] || seen.x || !/^[0-9]+$/.test(number) || Number(number) === 0) return false;
    } else return false;
    seen[unit] = true;
  }
  // A height is valid only together with a width.
  return seen.w || !seen.h;
}
