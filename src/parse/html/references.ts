// Character references: `&amp;`, `&#228;`, `&#xe4;` (HTML standard, sections 13.2.5.72 to 13.2.5.80).

import { changedInPieces } from '../../base/changed-in-pieces.ts';
import { namedReferences } from './named-references.ts';

/** Names that count without a semicolon have at most six letters. */
const LEGACY_LENGTH_MAX = 6;
/** What the numbers 128 to 159 stand for: windows-1252, as authors meant it. Zero stands for the number itself. */
const WINDOWS_1252 = [
  0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17d, 0, 0, 0x2018,
  0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0, 0x17e, 0x178,
];
const REFERENCE = /&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?|([0-9A-Za-z]+)(;?)(?=(=?)))/g;

/** The text with its references replaced. In an attribute `&copy=1` and `&copyright` are queries, not references. */
export function decodeReferences(text: string, isAttribute: boolean): string {
  if (!text.includes('&')) return text;
  return changedInPieces(text, isAtReference, (piece) =>
    piece.replace(REFERENCE, (whole, hexadecimal, decimal, name, semicolon, equals) => {
      if (hexadecimal !== undefined) return numbered(Number.parseInt(hexadecimal, 16));
      if (decimal !== undefined) return numbered(Number.parseInt(decimal, 10));
      return named(whole, name, semicolon, isAttribute, equals !== '') ?? whole;
    }),
  );
}

function isAtReference(text: string, at: number): boolean {
  return text[at] === '&';
}

function named(
  whole: string,
  name: string,
  semicolon: string,
  isAttribute: boolean,
  isAssigned: boolean,
): string | null {
  const exact = namedReferences().get(name);
  if (exact !== undefined && (semicolon !== '' || (exact.isLegacy && !(isAttribute && isAssigned)))) return exact.text;
  // In an attribute, any letter or digit after a shorter name makes it plain text.
  if (isAttribute) return null;
  for (let length = Math.min(LEGACY_LENGTH_MAX, name.length); length > 1; length -= 1) {
    const shorter = namedReferences().get(name.slice(0, length));
    if (shorter?.isLegacy === true) return shorter.text + whole.slice(1 + length);
  }
  return null;
}

function numbered(code: number): string {
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd';
  if (code >= 0x80 && code <= 0x9f) return String.fromCharCode(WINDOWS_1252[code - 0x80] || code);
  return String.fromCodePoint(code);
}

/**
 * Normalises line ends to one character and removes NUL, which comes before everything else (sections 13.2.3.5 and
 * 13.2.5.36).
 */
export function cleaned(text: string): string {
  return changedInPieces(text, isBehindLine, (piece) =>
    piece.replace(/\r\n?|\0/g, (odd) => (odd === '\0' ? '\ufffd' : '\n')),
  );
}

function isBehindLine(text: string, at: number): boolean {
  return text[at - 1] !== '\r';
}
